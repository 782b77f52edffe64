//! Files in which some text is not UTF-8.
//!
//! The Parquet reader refuses such a batch as a whole. So the texts are read as bytes, and each is checked here.

use std::sync::Arc;

use arrow_array::builder::LargeStringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, LargeListArray, ListArray, MapArray, RecordBatch, RecordBatchOptions,
    StructArray,
};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::{ConvertedType, LogicalType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, ParquetMetaData};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use crate::formats::rows::BadTexts;
use crate::formats::rows::cells::bytes;
use crate::schemas::adapt_column;

/// Returns the metadata of a file as if its texts were bytes.
pub(super) fn as_binary(metadata: &ArrowReaderMetadata) -> Result<ArrowReaderMetadata, ParquetError> {
    let fields = binary_fields(metadata.schema().fields());
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata.schema().metadata().clone()));
    let file = metadata.metadata();
    let of_file = file.file_metadata();
    let root = of_file.schema_descr().root_schema_ptr();
    let of_file = FileMetaData::new(
        of_file.version(),
        of_file.num_rows(),
        of_file.created_by().map(str::to_string),
        of_file.key_value_metadata().cloned(),
        Arc::new(SchemaDescriptor::new(binary_type(&root)?)),
        of_file.column_orders().cloned(),
    );
    let file = ParquetMetaData::new(of_file, file.row_groups().to_vec());
    ArrowReaderMetadata::try_new(Arc::new(file), ArrowReaderOptions::new().with_schema(schema))
}

/// Removes from a type of the file, and from those in it, that values are texts.
fn binary_type(kind: &TypePtr) -> Result<TypePtr, ParquetError> {
    let info = kind.get_basic_info();
    let id = info.has_id().then(|| info.id());
    Ok(match kind.as_ref() {
        Type::PrimitiveType { physical_type, .. } => {
            let is_text = matches!(info.converted_type(), ConvertedType::UTF8 | ConvertedType::JSON)
                || matches!(info.logical_type_ref(), Some(LogicalType::String | LogicalType::Json));
            if !is_text {
                return Ok(Arc::clone(kind));
            }
            let builder = Type::primitive_type_builder(info.name(), *physical_type);
            Arc::new(builder.with_repetition(info.repetition()).with_id(id).build()?)
        }
        Type::GroupType { fields, .. } => {
            let fields = fields.iter().map(binary_type).collect::<Result<Vec<_>, _>>()?;
            let builder = Type::group_type_builder(info.name()).with_fields(fields).with_id(id);
            let builder = builder.with_converted_type(info.converted_type());
            let builder = builder.with_logical_type(info.logical_type_ref().cloned());
            // The root has no repetition.
            let builder = if info.has_repetition() { builder.with_repetition(info.repetition()) } else { builder };
            Arc::new(builder.build()?)
        }
    })
}

/// Returns fields of bytes for fields of texts.
fn binary_fields(fields: &Fields) -> Fields {
    let field = |field: &FieldRef| Arc::new(field.as_ref().clone().with_data_type(binary(field.data_type())));
    fields.iter().map(field).collect()
}

/// Returns the type of bytes for a type of texts.
fn binary(kind: &DataType) -> DataType {
    let item = |item: &FieldRef| Arc::new(item.as_ref().clone().with_data_type(binary(item.data_type())));
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::LargeBinary,
        DataType::Dictionary(_, values) if values.is_string() => DataType::LargeBinary,
        DataType::Struct(fields) => DataType::Struct(binary_fields(fields)),
        DataType::List(it) => DataType::List(item(it)),
        DataType::LargeList(it) => DataType::LargeList(item(it)),
        DataType::FixedSizeList(it, size) => DataType::FixedSizeList(item(it), *size),
        DataType::Map(it, sorted) => DataType::Map(item(it), *sorted),
        kind => kind.clone(),
    }
}

/// Returns rows with texts again, of the types of the schema, and the rows in which one is not UTF-8. Bad bytes are
/// replaced by U+FFFD. With `lossy`, no row is bad.
pub(super) fn as_texts(
    rows: &RecordBatch,
    schema: &SchemaRef,
    lossy: bool,
) -> Result<(RecordBatch, BadTexts), ArrowError> {
    let mut bad_texts = BadTexts::new();
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (column, field) in rows.columns().iter().zip(rows.schema_ref().fields()) {
        let field = schema.field_with_name(field.name())?;
        let (texts, bad) = with_texts(column, field)?;
        if !lossy {
            bad_texts.extend(bad.into_iter().map(|row| (row, field.name().clone())));
        }
        columns.push(texts);
        fields.push(field.clone());
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    Ok((RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)?, bad_texts))
}

/// Converts a column, and returns the rows in which a text is not UTF-8.
fn with_texts(column: &ArrayRef, to: &Field) -> Result<(ArrayRef, Vec<usize>), ArrowError> {
    let is_text = |kind: &DataType| match kind {
        DataType::Dictionary(_, values) => values.is_string(),
        kind => kind.is_string(),
    };
    match (column.data_type(), to.data_type()) {
        (DataType::LargeBinary, kind) if is_text(kind) => {
            let (mut texts, mut bad) = (LargeStringBuilder::new(), Vec::new());
            for row in 0..column.len() {
                let bytes = bytes(column, row);
                if bytes.is_some_and(|bytes| std::str::from_utf8(bytes).is_err()) {
                    bad.push(row);
                }
                texts.append_option(bytes.map(String::from_utf8_lossy));
            }
            let texts: ArrayRef = Arc::new(texts.finish());
            Ok((adapt_column(&texts, to)?, bad))
        }
        (DataType::Struct(_), DataType::Struct(fields)) => {
            let old = column.as_struct();
            let (mut columns, mut bad) = (Vec::new(), Vec::new());
            for (column, field) in old.columns().iter().zip(fields) {
                let (column, of_column) = with_texts(column, field)?;
                columns.push(column);
                bad.extend(of_column);
            }
            Ok((Arc::new(StructArray::try_new(fields.clone(), columns, old.nulls().cloned())?), bad))
        }
        (DataType::List(_), DataType::List(item)) => {
            let old = column.as_list::<i32>();
            let (values, bad) = with_texts(old.values(), item)?;
            let bad = rows_of(&bad, old.offsets().iter().map(|&offset| offset as usize));
            let list = ListArray::try_new(Arc::clone(item), old.offsets().clone(), values, old.nulls().cloned())?;
            Ok((Arc::new(list), bad))
        }
        (DataType::LargeList(_), DataType::LargeList(item)) => {
            let old = column.as_list::<i64>();
            let (values, bad) = with_texts(old.values(), item)?;
            let bad = rows_of(&bad, old.offsets().iter().map(|&offset| offset as usize));
            let list = LargeListArray::try_new(Arc::clone(item), old.offsets().clone(), values, old.nulls().cloned())?;
            Ok((Arc::new(list), bad))
        }
        (DataType::FixedSizeList(..), DataType::FixedSizeList(item, size)) => {
            let old = column.as_fixed_size_list();
            let (values, bad) = with_texts(old.values(), item)?;
            let bad = rows_of(&bad, (0..=old.len()).map(|row| row * old.value_length() as usize));
            let list = FixedSizeListArray::try_new(Arc::clone(item), *size, values, old.nulls().cloned())?;
            Ok((Arc::new(list), bad))
        }
        (DataType::Map(..), DataType::Map(entry, sorted)) => {
            let old = column.as_map();
            let entries: ArrayRef = Arc::new(old.entries().clone());
            let (entries, bad) = with_texts(&entries, entry)?;
            let bad = rows_of(&bad, old.offsets().iter().map(|&offset| offset as usize));
            let (offsets, entries) = (old.offsets().clone(), entries.as_struct().clone());
            let map = MapArray::try_new(Arc::clone(entry), offsets, entries, old.nulls().cloned(), *sorted)?;
            Ok((Arc::new(map), bad))
        }
        _ => Ok((adapt_column(column, to)?, Vec::new())),
    }
}

/// Returns the rows of a column of lists that hold these values.
fn rows_of(values: &[usize], offsets: impl Iterator<Item = usize>) -> Vec<usize> {
    let offsets: Vec<_> = offsets.collect();
    values.iter().map(|value| offsets.partition_point(|offset| offset <= value).saturating_sub(1)).collect()
}
