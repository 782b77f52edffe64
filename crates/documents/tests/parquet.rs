//! Parquet files are read and split as other inputs are.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Date64Array, FixedSizeListArray, Int64Array, LargeStringArray, RecordBatch, StringArray, StructArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::LogicalType;
use parquet::file::metadata::{KeyValue, ParquetMetaDataWriter};
use parquet::file::properties::WriterProperties;
use twinprint_documents::{Decision, DuplicateOf, ErrorKind, FieldPath, Fields, Format, Inputs, Options, Splitter};

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
    let splitter = Splitter { kept: path("kept.parquet"), removed: path("removed.parquet"), passages: false };
    let verdict = |number| match number % 3 {
        0 => Decision::Remove(DuplicateOf {
            id: format!("{}", number + 1),
            jaccard: 0.5,
            containment: 0.75,
            passage: None,
        }),
        _ => Decision::Keep,
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

#[test]
fn rows_are_written_in_groups_that_memory_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write(&path("a.parquet"));
    let groups = |row_group| {
        let options = Options { row_group, ..Options::default() };
        let inputs = Inputs::find([path("a.parquet")], &options).unwrap();
        let splitter = Splitter { kept: path("kept.parquet"), removed: path("removed.parquet"), passages: false };
        splitter.split(&inputs, &options, &Fields::default(), |_| Decision::Keep).unwrap();
        assert_eq!(read(&path("kept.parquet"), &Fields::default()), read(&path("a.parquet"), &Fields::default()));
        let file = File::open(path("kept.parquet")).unwrap();
        ParquetRecordBatchReaderBuilder::try_new(file).unwrap().metadata().num_row_groups()
    };
    // Batches have 4096 rows at most.
    assert_eq!((groups(64 << 20), groups(1)), (1, 3));
}

/// Writes rows with metadata, as other programs do: of the schema, of a field, and of the file.
fn write_rows(path: &Path, rows: &RecordBatch) {
    let entry = KeyValue::new("pandas".to_string(), "{\"index_columns\": []}".to_string());
    let properties = WriterProperties::builder().set_key_value_metadata(Some(vec![entry])).build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), rows.schema(), Some(properties)).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
}

/// Texts with ids, a field with metadata, and a `jaccard` of its own.
fn annotated(texts: &[&str]) -> RecordBatch {
    let id: ArrayRef = Arc::new(Int64Array::from_iter_values((0..).take(texts.len())));
    let text: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
    let field = |name: &str, column: &ArrayRef| Field::new(name, column.data_type().clone(), false);
    let unit = [("unit".to_string(), "word".to_string())];
    let fields = vec![field("id", &id), field("jaccard", &id), field("text", &text).with_metadata(unit.into())];
    let schema = Schema::new_with_metadata(fields, [("made by".to_string(), "hand".to_string())].into());
    RecordBatch::try_new(Arc::new(schema), vec![Arc::clone(&id), id, text]).unwrap()
}

/// Splits files so that every second row is removed; returns the numbers of kept, removed and rejected rows.
fn split(folder: &Path, inputs: &[&str]) -> Result<[u64; 3], twinprint_documents::Error> {
    let inputs = Inputs::find(inputs.iter().map(|name| folder.join(name)), &Options::default()).unwrap();
    let splitter =
        Splitter { kept: folder.join("kept.parquet"), removed: folder.join("removed.parquet"), passages: false };
    let counts = splitter.split(&inputs, &Options::default(), &Fields::default(), |number| match number % 2 {
        0 => Decision::Keep,
        _ => Decision::Remove(DuplicateOf { id: "0".to_string(), jaccard: 0.5, containment: 0.75, passage: None }),
    })?;
    Ok([counts.kept, counts.removed, counts.rejected])
}

/// The schema of a file with its metadata, and what the file says of itself besides, sorted.
fn said_of(path: &Path) -> (Schema, Vec<(String, Option<String>)>) {
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let entries = file.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let mut entries: Vec<_> = entries.into_iter().map(|entry| (entry.key, entry.value)).collect();
    entries.retain(|(key, _)| key != "ARROW:schema");
    entries.sort();
    (file.schema().as_ref().clone(), entries)
}

#[test]
fn metadata_stays_and_columns_of_the_same_names_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write_rows(&path("a.parquet"), &annotated(&["x", "y"]));
    assert_eq!(split(folder.path(), &["a.parquet"]), Ok([1, 1, 0]));
    let ((schema, said), (kept_schema, kept_said)) = (said_of(&path("a.parquet")), said_of(&path("kept.parquet")));
    assert_eq!(schema.metadata()["pandas"], "{\"index_columns\": []}");
    assert_eq!((schema.metadata()["made by"].as_str(), &kept_schema), ("hand", &schema));
    assert!(!said.is_empty() && said.iter().all(|entry| kept_said.contains(entry)), "{said:?} {kept_said:?}");
    let names: Vec<_> = said_of(&path("removed.parquet")).0.fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["id", "text", "duplicate_of", "jaccard", "containment"]);
}

#[test]
fn a_file_without_rows_is_split_into_two_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write_rows(&path("a.parquet"), &annotated(&[]));
    assert_eq!(split(folder.path(), &["a.parquet"]), Ok([0, 0, 0]));
    assert_eq!(said_of(&path("kept.parquet")).0, said_of(&path("a.parquet")).0);
    assert_eq!(said_of(&path("removed.parquet")).0.fields().len(), 5);
}

#[test]
fn files_of_different_columns_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write_rows(&path("a.parquet"), &annotated(&["x", "y"]));
    let id: ArrayRef = Arc::new(StringArray::from(vec!["7"]));
    let text: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    write_rows(&path("b.parquet"), &RecordBatch::try_from_iter([("id", id), ("text", text)]).unwrap());
    assert_eq!(read(&path("b.parquet"), &Fields::default()).unwrap().len(), 1);
    let refused = split(folder.path(), &["a.parquet", "b.parquet"]).unwrap_err();
    let ErrorKind::MixedColumns(first, difference) = refused.kind else { panic!("{refused:?}") };
    assert_eq!((refused.path, first), (path("b.parquet"), path("a.parquet")));
    assert_eq!(difference, "the column \"id\" is Int64 there and Utf8 here");
    assert!(!path("kept.parquet").exists() && !path("removed.parquet").exists());
}

#[test]
fn a_value_within_nothing_is_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let body: ArrayRef = Arc::new(StringArray::from(vec![Some("x"), Some("hidden"), None]));
    let inner = StructArray::try_new(
        vec![Field::new("body", body.data_type().clone(), true)].into(),
        vec![body],
        Some(NullBuffer::from(vec![true, false, true])),
    )
    .unwrap();
    let title: ArrayRef = Arc::new(StringArray::from(vec!["t0", "t1", "t2"]));
    let meta: ArrayRef = Arc::new(inner);
    let rows = RecordBatch::try_from_iter_with_nullable([("title", title, false), ("meta", meta, true)]).unwrap();
    write_rows(&path, &rows);
    let text = ["title", "meta.body"].map(FieldPath::new).to_vec();
    let found = read(&path, &Fields { id: None, text, ..Fields::default() }).unwrap();
    let texts: Vec<_> = found.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["t0\n\nx", "t1", "t2"]);
}

#[test]
fn long_rows_are_read_few_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let texts: Vec<String> = (0..64).map(|number| format!("{number} ").repeat(1 << 18)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    write_rows(&path, &annotated(&texts));
    let inputs = Inputs::find([&path], &Options::default()).unwrap();
    let mut reader = inputs.read(&Options::default(), &Fields::default());
    let (mut count, mut longest) = (0, 0);
    while let Some(batch) = reader.next_batch().unwrap() {
        count += batch.len();
        longest = longest.max(batch.documents().map(|(_, text)| text.len()).sum::<usize>());
    }
    assert_eq!(count, 64);
    assert!(longest <= 10 << 20, "{longest} bytes");
}

/// Two texts with dates in milliseconds: of a column, in a list and in a struct.
fn dated(days: [i64; 2], more: i64) -> RecordBatch {
    let dates = days.map(|day| day * 86_400_000 + more);
    let date: ArrayRef = Arc::new(Date64Array::from(dates.to_vec()));
    let item = Arc::new(Field::new("item", date.data_type().clone(), true));
    let list: ArrayRef = Arc::new(FixedSizeListArray::new(item, 1, Arc::clone(&date), None));
    let within: ArrayRef = Arc::new(StructArray::try_from(vec![("date", Arc::clone(&date))]).unwrap());
    let text: ArrayRef = Arc::new(StringArray::from(vec!["x", "y"]));
    let id: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let columns = [("id", id), ("text", text), ("date", date), ("list", list), ("struct", within)];
    RecordBatch::try_from_iter(columns).unwrap()
}

#[test]
fn dates_in_milliseconds_stay_dates() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let rows = dated([19_000, -7], 0);
    write_rows(&path("a.parquet"), &rows);
    assert_eq!(split(folder.path(), &["a.parquet"]), Ok([1, 1, 0]));
    for (name, row) in [("kept.parquet", 0), ("removed.parquet", 1)] {
        let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path(name)).unwrap()).unwrap();
        let leaves = file.parquet_schema().columns()[2..5].iter();
        let kinds: Vec<_> = leaves.map(|leaf| leaf.logical_type_ref().cloned()).collect();
        assert_eq!(kinds, vec![Some(LogicalType::Date); 3], "{name}");
        let found = file.build().unwrap().next().unwrap().unwrap();
        let columns = 2..5;
        assert_eq!(found.columns()[columns.clone()], rows.slice(row, 1).columns()[columns], "{name}");
    }
}

#[test]
fn a_time_of_day_is_not_cut_off_a_date() {
    let folder = tempfile::tempdir().unwrap();
    write_rows(&folder.path().join("a.parquet"), &dated([19_000, 19_001], 1));
    let refused = split(folder.path(), &["a.parquet"]).unwrap_err();
    assert!(matches!(&refused.kind, ErrorKind::WrongType(column, _) if column == "date"), "{refused}");
    assert!(!folder.path().join("kept.parquet").exists());
}

#[test]
fn a_summary_of_other_files_is_called_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write(&path("a.parquet"));
    let file = ParquetRecordBatchReaderBuilder::try_new(File::open(path("a.parquet")).unwrap()).unwrap();
    let group = file.metadata().row_group(0).clone();
    let named = group.columns().iter().map(|column| {
        let column = column.clone().into_builder().set_offset_index_offset(None).set_offset_index_length(None);
        let column = column.set_column_index_offset(None).set_column_index_length(None);
        column.set_file_path("a.parquet".to_string()).build().unwrap()
    });
    let group = group.clone().into_builder().set_column_metadata(named.collect()).build().unwrap();
    let summary = file.metadata().as_ref().clone().into_builder().set_row_groups(vec![group]).build();
    let mut bytes = b"PAR1".to_vec();
    ParquetMetaDataWriter::new(&mut bytes, &summary).finish().unwrap();
    std::fs::write(path("_metadata"), bytes).unwrap();
    let error = read(&path("_metadata"), &Fields::default()).unwrap_err();
    assert!(error.contains("a summary of other Parquet files") && error.contains("name the folder"), "{error}");
}

#[test]
fn a_text_within_nothing_is_called_null() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let body: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    let fields = vec![Field::new("body", body.data_type().clone(), true)].into();
    let meta: ArrayRef = Arc::new(StructArray::try_new(fields, vec![body], Some(NullBuffer::new_null(1))).unwrap());
    write_rows(&path, &RecordBatch::try_from_iter_with_nullable([("meta", meta, true)]).unwrap());
    let found = read(&path, &Fields { id: None, text: vec![FieldPath::new("meta.body")], ..Fields::default() });
    assert!(found.as_ref().unwrap_err().contains("\"meta.body\" is null or empty"), "{found:?}");
}
