//! Parquet files are read and split as other inputs are.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, LargeStringArray, RecordBatch, StringArray, StructArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use twinprint_documents::{Duplicate, FieldPath, Fields, Format, Inputs, Options, Splitter, Verdict};

const ROWS: i64 = 10_000;

/// Rows with an integer `id`, a large string `text`, and a struct `meta` with a string `url`.
fn write(path: &Path) {
    let text: ArrayRef = Arc::new(LargeStringArray::from_iter_values((0..ROWS).map(|id| format!("text {id}"))));
    let url: ArrayRef = Arc::new(StringArray::from_iter_values((0..ROWS).map(|id| format!("http://{id}"))));
    let meta = StructArray::try_from(vec![("url", url)]).unwrap();
    let id: ArrayRef = Arc::new(Int64Array::from_iter_values(0..ROWS));
    let rows = RecordBatch::try_from_iter([("id", id), ("meta", Arc::new(meta)), ("text", text)]).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), rows.schema(), None).unwrap();
    writer.write(&rows).unwrap();
    writer.close().unwrap();
}

fn read(path: &Path, fields: &Fields) -> Result<Vec<(String, String)>, String> {
    let inputs = Inputs::find([path], &Options::default()).map_err(|error| error.to_string())?;
    assert_eq!(inputs.format(), Format::Parquet);
    let mut reader = inputs.read(&Options::default(), fields);
    let mut documents = Vec::new();
    while let Some(batch) = reader.next_batch().map_err(|error| error.to_string())? {
        documents.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
    }
    assert_eq!(Some(reader.position().bytes), reader.position().total_bytes);
    Ok(documents)
}

#[test]
fn columns_are_read_nested_ones_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("any name");
    write(&path);
    let expected: Vec<_> = (0..ROWS).map(|id| (id.to_string(), format!("text {id}"))).collect();
    assert_eq!(read(&path, &Fields::default()).unwrap(), expected);
    let fields = Fields { id: Some(FieldPath::new("meta.url")), ..Fields::default() };
    let expected: Vec<_> = (0..ROWS).map(|id| (format!("http://{id}"), format!("text {id}"))).collect();
    assert_eq!(read(&path, &fields).unwrap(), expected);
    let fields = Fields { text: vec![FieldPath::new("body")], ..Fields::default() };
    assert!(read(&path, &fields).unwrap_err().contains("no column \"body\""));
}

#[test]
fn a_file_cut_short_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    write(&path);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(read(&path, &Fields::default()).unwrap_err().contains("a.parquet"));
}

#[test]
fn rows_are_split_with_all_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write(&path("a.parquet"));
    let inputs = Inputs::find([path("a.parquet")], &Options::default()).unwrap();
    let splitter = Splitter { kept: path("kept.parquet"), removed: path("removed.parquet") };
    let verdict = |number| match number % 3 {
        0 => Verdict::Remove(Duplicate { of: format!("{}", number + 1), jaccard: 0.5, containment: 0.75 }),
        _ => Verdict::Keep,
    };
    splitter.split(&inputs, &Options::default(), &Fields::default(), verdict).unwrap();
    let schema = |name: &str| {
        let file = File::open(path(name)).unwrap();
        Arc::clone(ParquetRecordBatchReaderBuilder::try_new(file).unwrap().schema())
    };
    assert_eq!(schema("kept.parquet"), schema("a.parquet"));
    let kept = read(&path("kept.parquet"), &Fields::default()).unwrap();
    let expected: Vec<_> =
        (0..ROWS).filter(|id| id % 3 != 0).map(|id| (id.to_string(), format!("text {id}"))).collect();
    assert_eq!(kept, expected);
    let fields = Fields { text: vec![FieldPath::new("duplicate_of")], ..Fields::default() };
    let removed = read(&path("removed.parquet"), &fields).unwrap();
    let expected: Vec<_> = (0..ROWS).step_by(3).map(|id| (id.to_string(), (id + 1).to_string())).collect();
    assert_eq!(removed, expected);
}
