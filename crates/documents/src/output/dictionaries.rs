//! Columns of dictionaries, written as their values.
//!
//! An Arrow file has one dictionary a column. Inputs have one each, and a stream may replace its own between two batches, so the rows of
//! several would need their dictionaries united before the first row is written.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef};

/// Returns a schema that has the values of dictionaries in their place.
pub(super) fn schema_without_dictionaries(schema: &SchemaRef) -> SchemaRef {
    let fields = fields_of(schema.fields());
    if fields == *schema.fields() {
        return Arc::clone(schema);
    }
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// Returns rows with the values of dictionaries in their place.
pub(super) fn without_dictionaries(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = schema_without_dictionaries(&rows.schema());
    if schema == rows.schema() {
        return Ok(rows.clone());
    }
    let columns = rows.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type())).collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    RecordBatch::try_new_with_options(schema, columns, &options)
}

fn fields_of(fields: &Fields) -> Fields {
    fields.iter().map(field_of).collect()
}

fn field_of(field: &FieldRef) -> FieldRef {
    let values = values_of(field.data_type());
    if values == *field.data_type() {
        return Arc::clone(field);
    }
    // Made anew, because a field that was of dictionaries also has their number.
    Arc::new(Field::new(field.name(), values, field.is_nullable()).with_metadata(field.metadata().clone()))
}

fn values_of(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => values_of(values),
        DataType::List(item) => DataType::List(field_of(item)),
        DataType::LargeList(item) => DataType::LargeList(field_of(item)),
        DataType::FixedSizeList(item, length) => DataType::FixedSizeList(field_of(item), *length),
        DataType::Struct(fields) => DataType::Struct(fields_of(fields)),
        DataType::Map(entries, is_sorted) => DataType::Map(field_of(entries), *is_sorted),
        other => other.clone(),
    }
}
