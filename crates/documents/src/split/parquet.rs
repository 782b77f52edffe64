//! Parquet: rows are copied in stretches, with all their columns.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::output::Unfinished;
use super::{FIELDS, Judge, Removal, Split, SplitError, Verdict};
use crate::corpus::Inputs;
use crate::corpus::parquet::{bad, builder};
use crate::error::{Error, Reason};

pub(super) fn split<E, F: FnMut(u32) -> Result<Option<Removal>, E>>(
    to: &Split,
    inputs: &Inputs,
    judge: &mut Judge<'_, F>,
) -> Result<Vec<Unfinished>, SplitError<E>> {
    let Some(first) = inputs.iter().next() else { return Ok(Vec::new()) };
    let schema = Arc::clone(builder(&first.path)?.schema());
    let mut kept = Table::create(to.path("kept", "parquet"), Arc::clone(&schema))?;
    let mut removed = Table::create(to.path("removed", "parquet"), with_reason(&schema))?;
    let mut aside = None;
    for input in inputs.iter() {
        let rows = builder(&input.path)?;
        if rows.schema().fields() != schema.fields() {
            let reason = Reason::BadFile("its columns are not those of the first table".to_string());
            return Err(Error { path: input.path.clone(), line: None, reason }.into());
        }
        let mut number = 0;
        for rows in rows.build().map_err(|error| bad(&input.path, &error))? {
            let rows = rows.map_err(|error| arrow(&input.path, &error))?;
            let mut stretch = Stretch::default();
            for _ in 0..rows.num_rows() {
                number += 1;
                stretch.push(judge.verdict(&input.path, number)?);
            }
            kept.write(&rows, stretch.keep)?;
            if stretch.aside.contains(&true) {
                if aside.is_none() {
                    aside = Some(Table::create(to.path("bad", "parquet"), Arc::clone(&schema))?);
                }
                if let Some(aside) = &mut aside {
                    aside.write(&rows, stretch.aside)?;
                }
            }
            removed.write_removed(&rows, stretch.remove, &stretch.removals)?;
        }
    }
    let files = [Some(kept), Some(removed), aside].into_iter().flatten();
    files.map(|table| Ok(table.end()?)).collect()
}

/// Where the rows of a stretch go.
#[derive(Default)]
struct Stretch {
    keep: Vec<bool>,
    remove: Vec<bool>,
    aside: Vec<bool>,
    removals: Vec<Removal>,
}

impl Stretch {
    fn push(&mut self, verdict: Verdict) {
        self.keep.push(matches!(verdict, Verdict::Keep));
        self.remove.push(matches!(verdict, Verdict::Remove(_)));
        self.aside.push(matches!(verdict, Verdict::SetAside));
        if let Verdict::Remove(removal) = verdict {
            self.removals.push(removal);
        }
    }
}

/// The columns, and those that say why.
fn with_reason(schema: &Schema) -> SchemaRef {
    let mut fields: Vec<Arc<Field>> =
        schema.fields().iter().filter(|field| !FIELDS.contains(&field.name().as_str())).cloned().collect();
    let kinds = [DataType::Utf8, DataType::Float64, DataType::Float64];
    fields.extend(FIELDS.into_iter().zip(kinds).map(|(name, kind)| Arc::new(Field::new(name, kind, false))));
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// A table that is written.
struct Table {
    file: Unfinished,
    schema: SchemaRef,
    writer: ArrowWriter<File>,
}

impl Table {
    fn create(path: PathBuf, schema: SchemaRef) -> Result<Self, Error> {
        let file = Unfinished::at(path);
        let to = File::create(&file.unfinished).map_err(|error| Error::io(&file.path, &error))?;
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
        let writer = ArrowWriter::try_new(to, Arc::clone(&schema), Some(properties));
        let writer = writer.map_err(|error| bad(&file.path, &error))?;
        Ok(Self { file, schema, writer })
    }

    fn write(&mut self, rows: &RecordBatch, these: Vec<bool>) -> Result<(), Error> {
        let rows =
            filter_record_batch(rows, &BooleanArray::from(these)).map_err(|error| arrow(&self.file.path, &error))?;
        self.put(&rows)
    }

    fn write_removed(&mut self, rows: &RecordBatch, these: Vec<bool>, why: &[Removal]) -> Result<(), Error> {
        let refused = |error: ArrowError| arrow(&self.file.path, &error);
        let rows = filter_record_batch(rows, &BooleanArray::from(these)).map_err(refused)?;
        let own = rows.schema_ref().fields().iter().zip(rows.columns());
        let own = own.filter(|(field, _)| !FIELDS.contains(&field.name().as_str()));
        let mut columns: Vec<ArrayRef> = own.map(|(_, column)| Arc::clone(column)).collect();
        columns.push(Arc::new(StringArray::from_iter_values(why.iter().map(|removal| &removal.duplicate_of))));
        columns.push(Arc::new(Float64Array::from_iter_values(why.iter().map(|removal| removal.jaccard))));
        columns.push(Arc::new(Float64Array::from_iter_values(why.iter().map(|removal| removal.containment))));
        let rows = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(refused)?;
        self.put(&rows)
    }

    fn put(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        self.writer.write(rows).map_err(|error| bad(&self.file.path, &error))
    }

    fn end(self) -> Result<Unfinished, Error> {
        let file = self.writer.into_inner().map_err(|error| bad(&self.file.path, &error))?;
        file.sync_all().map_err(|error| Error::io(&self.file.path, &error))?;
        Ok(self.file)
    }
}

fn arrow(path: &Path, error: &ArrowError) -> Error {
    Error { path: path.into(), line: None, reason: Reason::BadFile(error.to_string()) }
}
