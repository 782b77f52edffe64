//! Columns of dates in milliseconds, written to Parquet as its dates of days.
//!
//! Parquet has no date of 64 bits. The library writes such a column as plain integers, which other programs no longer take for dates.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Date64Type;
use arrow_array::{Array, RecordBatch, make_array};
use arrow_schema::{DataType, Schema};
use parquet::arrow::ArrowSchemaConverter;
use parquet::basic::{LogicalType, Repetition, Type as PhysicalType};
use parquet::errors::ParquetError;
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Returns the Parquet schema of columns, with dates of days for those of milliseconds.
pub(super) fn parquet_schema(schema: &Schema) -> Result<SchemaDescriptor, ParquetError> {
    let plain = ArrowSchemaConverter::new().convert(schema)?;
    // Coercion renames the fields of lists and maps too, so only its dates are taken over.
    let coerced = ArrowSchemaConverter::new().with_coerce_types(true).convert(schema)?;
    let leaves = plain.columns().iter().zip(coerced.columns());
    let is_date = leaves.map(|(one, other)| one.physical_type() != other.physical_type() && is_date(other.self_type()));
    let root = with_dates(&plain.root_schema_ptr(), &mut is_date.collect::<Vec<_>>().into_iter())?;
    Ok(SchemaDescriptor::new(root))
}

fn is_date(leaf: &Type) -> bool {
    leaf.get_basic_info().logical_type_ref() == Some(&LogicalType::Date)
}

/// Makes dates of the leaves for which the iterator says so.
fn with_dates(node: &TypePtr, is_date: &mut impl Iterator<Item = bool>) -> Result<TypePtr, ParquetError> {
    let info = node.get_basic_info();
    let id = info.has_id().then(|| info.id());
    let repetition = if info.has_repetition() { info.repetition() } else { Repetition::REQUIRED };
    let made = match node.as_ref() {
        Type::PrimitiveType { .. } if is_date.next() == Some(true) => {
            Type::primitive_type_builder(node.name(), PhysicalType::INT32)
                .with_logical_type(Some(LogicalType::Date))
                .with_repetition(repetition)
                .with_id(id)
                .build()?
        }
        Type::PrimitiveType { .. } => return Ok(Arc::clone(node)),
        Type::GroupType { fields, .. } => Type::GroupType {
            basic_info: info.clone(),
            fields: fields.iter().map(|field| with_dates(field, is_date)).collect::<Result<_, _>>()?,
        },
    };
    Ok(Arc::new(made))
}

/// Returns the first column with a time of day in a date, which a date of days would lose.
pub(super) fn with_time_of_day(rows: &RecordBatch) -> Option<String> {
    let schema = rows.schema_ref();
    let found = schema.fields().iter().zip(rows.columns()).find(|(_, column)| has_time_of_day(column.as_ref()));
    found.map(|(field, _)| field.name().clone())
}

fn has_time_of_day(column: &dyn Array) -> bool {
    match column.data_type() {
        DataType::Date64 => column.as_primitive::<Date64Type>().iter().flatten().any(|value| value % DAY != 0),
        DataType::Struct(_) => column.as_struct().columns().iter().any(|inner| has_time_of_day(inner)),
        DataType::List(_) => has_time_of_day(column.as_list::<i32>().values()),
        DataType::LargeList(_) => has_time_of_day(column.as_list::<i64>().values()),
        DataType::ListView(_) => has_time_of_day(column.as_list_view::<i32>().values()),
        DataType::LargeListView(_) => has_time_of_day(column.as_list_view::<i64>().values()),
        DataType::FixedSizeList(..) => has_time_of_day(column.as_fixed_size_list().values()),
        DataType::Map(..) => column.as_map().entries().columns().iter().any(|inner| has_time_of_day(inner)),
        DataType::Dictionary(..) => has_time_of_day(column.as_any_dictionary().values()),
        DataType::RunEndEncoded(..) => {
            column.to_data().child_data().iter().any(|inner| has_time_of_day(&make_array(inner.clone())))
        }
        _ => false,
    }
}
