//! Schemas of typed tables that are written as one table.
//!
//! Two schemas are unified if a schema exists that holds the values of both without loss: columns may be in another
//! order or missing in one, strings and lists may have other layouts, and integers other widths.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, LargeListArray, ListArray, RecordBatch, RecordBatchOptions, StructArray, new_null_array,
};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef};

/// Returns a schema that holds the values of both, in the order and with the metadata of the first, or says what
/// prevents it.
pub(crate) fn unified(first: &SchemaRef, other: &SchemaRef) -> Result<SchemaRef, String> {
    if first.fields() == other.fields() {
        return Ok(Arc::clone(first));
    }
    let fields = unified_fields(first.fields(), other.fields(), "")?;
    Ok(Arc::new(Schema::new_with_metadata(fields, first.metadata().clone())))
}

/// Unifies the columns of two tables, or the fields of two structs. A column that one lacks is null there, so it
/// becomes nullable. `outer` is the path to them, for messages.
fn unified_fields(first: &Fields, other: &Fields, outer: &str) -> Result<Fields, String> {
    let mut fields = Vec::with_capacity(first.len());
    for field in first {
        let name = format!("{outer}{}", field.name());
        if first.iter().filter(|other| other.name() == field.name()).count() > 1 {
            return Err(format!("several columns are called {name:?}"));
        }
        let nullable = |field: &FieldRef| Arc::new(field.as_ref().clone().with_nullable(true));
        fields.push(match other.find(field.name()) {
            None => nullable(field),
            Some((_, other)) => unified_field(field, other, &name)?,
        });
    }
    let is_new = |field: &&FieldRef| first.find(field.name()).is_none();
    fields.extend(other.iter().filter(is_new).map(|field| Arc::new(field.as_ref().clone().with_nullable(true))));
    Ok(fields.into())
}

/// Unifies two columns of one name.
fn unified_field(first: &FieldRef, other: &FieldRef, name: &str) -> Result<FieldRef, String> {
    let kind = unified_type(first.data_type(), other.data_type(), name)?;
    let nullable = first.is_nullable() || other.is_nullable() || kind.is_null();
    Ok(Arc::new(first.as_ref().clone().with_data_type(kind).with_nullable(nullable)))
}

/// Unifies two types: equal ones, layouts of one kind of value, and the wider of two numbers. A number and a text
/// are a conflict, because a reader of the output would have to guess which of them a value was.
fn unified_type(first: &DataType, other: &DataType, name: &str) -> Result<DataType, String> {
    use DataType::{Date32, Date64, Decimal128, Dictionary, Float16, Float32, Float64, LargeList, List, Null, Struct};
    let list = |first: &FieldRef, other: &FieldRef| unified_field(first, other, &format!("{name}[]"));
    if first.equals_datatype(other) {
        return Ok(first.clone());
    }
    Ok(match (first, other) {
        (Null, kind) | (kind, Null) => kind.clone(),
        (Dictionary(_, first), other) => unified_type(first, other, name)?,
        (first, Dictionary(_, other)) => unified_type(first, other, name)?,
        (first, other) if first.is_string() && other.is_string() => DataType::LargeUtf8,
        (first, other) if is_binary(first) && is_binary(other) => DataType::LargeBinary,
        (first, other) if first.is_integer() && other.is_integer() => {
            wider_integer(first, other).ok_or_else(|| conflict(first, other, name))?
        }
        (Float16 | Float32 | Float64, Float64) | (Float64, Float16 | Float32) => Float64,
        (Float16, Float32) | (Float32, Float16) => Float32,
        (Date32, Date64) | (Date64, Date32) => Date64,
        (Decimal128(digits, scale), Decimal128(others, other_scale)) if scale == other_scale => {
            Decimal128(*digits.max(others), *scale)
        }
        (Struct(first), Struct(other)) => Struct(unified_fields(first, other, &format!("{name}."))?),
        (List(first), List(other)) => List(list(first, other)?),
        (List(first) | LargeList(first), List(other) | LargeList(other)) => LargeList(list(first, other)?),
        (first, other) => return Err(conflict(first, other, name)),
    })
}

/// Says that two types cannot be unified.
fn conflict(first: &DataType, other: &DataType, name: &str) -> String {
    format!("the column {name:?} is {first} there and {other} here")
}

/// Returns whether a type holds bytes, in any layout.
fn is_binary(kind: &DataType) -> bool {
    matches!(kind, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

/// Returns the narrowest integer that holds the values of both.
fn wider_integer(first: &DataType, other: &DataType) -> Option<DataType> {
    let width = |kind: &DataType| kind.primitive_width().unwrap_or_default();
    let (one, two) = (width(first), width(other));
    if first.is_signed_integer() == other.is_signed_integer() {
        return Some(if one >= two { first.clone() } else { other.clone() });
    }
    let (signed, unsigned) = if first.is_signed_integer() { (one, two) } else { (two, one) };
    match signed.max(2 * unsigned) {
        2 => Some(DataType::Int16),
        4 => Some(DataType::Int32),
        8 => Some(DataType::Int64),
        _ => None,
    }
}

/// Converts rows to a schema that [`unified`] returned for theirs.
pub(crate) fn adapt(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    if rows.schema_ref().fields() == schema.fields() {
        return Ok(rows.clone());
    }
    let columns = adapt_columns(rows.schema_ref().fields(), rows.columns(), schema.fields(), rows.num_rows())?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}

/// Puts columns into the order of a schema, and fills those that are missing with nulls.
fn adapt_columns(from: &Fields, columns: &[ArrayRef], to: &Fields, rows: usize) -> Result<Vec<ArrayRef>, ArrowError> {
    let column = |field: &FieldRef| match from.find(field.name()) {
        Some((index, _)) => adapt_column(&columns[index], field),
        None => Ok(new_null_array(field.data_type(), rows)),
    };
    to.iter().map(column).collect()
}

/// Converts a column to the type of a unified field, which holds all of its values.
pub(crate) fn adapt_column(column: &ArrayRef, to: &Field) -> Result<ArrayRef, ArrowError> {
    if column.data_type() == to.data_type() {
        return Ok(Arc::clone(column));
    }
    match (column.data_type(), to.data_type()) {
        (DataType::Struct(from), DataType::Struct(fields)) => {
            let old = column.as_struct();
            let columns = adapt_columns(from, old.columns(), fields, old.len())?;
            Ok(Arc::new(StructArray::try_new(fields.clone(), columns, old.nulls().cloned())?))
        }
        (DataType::List(_), DataType::List(item)) => {
            let old = column.as_list::<i32>();
            let values = adapt_column(old.values(), item)?;
            Ok(Arc::new(ListArray::try_new(Arc::clone(item), old.offsets().clone(), values, old.nulls().cloned())?))
        }
        (DataType::LargeList(_), DataType::LargeList(item)) => {
            let old = column.as_list::<i64>();
            let values = adapt_column(old.values(), item)?;
            Ok(Arc::new(LargeListArray::try_new(
                Arc::clone(item),
                old.offsets().clone(),
                values,
                old.nulls().cloned(),
            )?))
        }
        (DataType::List(item), DataType::LargeList(_)) => {
            let large = cast(column, &DataType::LargeList(Arc::clone(item)))?;
            adapt_column(&large, to)
        }
        (_, kind) => cast(column, kind),
    }
}

/// Casts a column, and fails rather than replace a value that does not fit by null.
fn cast(column: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    cast_with_options(column, to, &CastOptions { safe: false, ..CastOptions::default() })
}

#[cfg(test)]
mod tests {
    use arrow_array::{Int32Array, StringArray};

    use super::*;

    fn schema(fields: &[(&str, DataType)]) -> SchemaRef {
        let fields: Vec<_> = fields.iter().map(|(name, kind)| Field::new(*name, kind.clone(), false)).collect();
        Arc::new(Schema::new(fields))
    }

    #[test]
    fn integers_get_wider() {
        use DataType::{Int8, Int16, Int32, Int64, UInt8, UInt32, UInt64};
        for (first, other, expected) in [
            (Int8, Int64, Some(Int64)),
            (UInt8, UInt64, Some(UInt64)),
            (Int8, UInt8, Some(Int16)),
            (UInt32, Int32, Some(Int64)),
            (UInt64, Int64, None),
            (UInt64, Int8, None),
        ] {
            assert_eq!(wider_integer(&first, &other), expected, "{first} and {other}");
        }
    }

    #[test]
    fn schemas_are_unified_or_the_column_is_named() {
        let inner = |kind| DataType::Struct(vec![Field::new("n", kind, true)].into());
        let first = schema(&[("a", DataType::Utf8), ("b", DataType::Int32), ("s", inner(DataType::Null))]);
        let other = schema(&[("c", DataType::Boolean), ("s", inner(DataType::Int8)), ("a", DataType::Utf8View)]);
        let both = unified(&first, &other).expect("no loss");
        let names: Vec<_> = both.fields().iter().map(|field| (field.name().as_str(), field.is_nullable())).collect();
        assert_eq!(names, [("a", false), ("b", true), ("s", false), ("c", true)]);
        assert_eq!(both.field(0).data_type(), &DataType::LargeUtf8);
        assert_eq!(both.field(2).data_type(), &inner(DataType::Int8));
        let wrong = unified(&first, &schema(&[("b", DataType::Utf8)])).expect_err("a string is no integer");
        assert_eq!(wrong, "the column \"b\" is Int32 there and Utf8 here");
        let wrong = unified(&first, &schema(&[("s", inner(DataType::Date32)), ("b", DataType::Float64)]));
        assert!(wrong.expect_err("a float is no integer").contains("\"b\""));
        let deep = unified(&schema(&[("s", inner(DataType::Int8))]), &schema(&[("s", inner(DataType::Utf8))]));
        assert_eq!(deep.expect_err("nested"), "the column \"s.n\" is Int8 there and Utf8 here");
    }

    #[test]
    fn rows_are_adapted() {
        let first = schema(&[("a", DataType::Utf8), ("b", DataType::Int32)]);
        let both =
            unified(&first, &schema(&[("b", DataType::Int64), ("a", DataType::LargeUtf8), ("c", DataType::Utf8)]));
        let columns: Vec<ArrayRef> =
            vec![Arc::new(StringArray::from(vec!["x", "é"])), Arc::new(Int32Array::from(vec![-1, 7]))];
        let rows = RecordBatch::try_new(first, columns).expect("rows");
        let adapted = adapt(&rows, &both.expect("no loss")).expect("adapted");
        assert_eq!(adapted.column(0).as_string::<i64>().value(1), "é");
        assert_eq!(adapted.column(1).as_primitive::<arrow_array::types::Int64Type>().value(0), -1);
        assert_eq!(adapted.column(2).null_count(), 2);
    }
}
