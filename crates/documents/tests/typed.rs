//! Typed tables of several programs are read and written as one.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{FixedSizeListBuilder, ListBuilder, MapBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, Decimal128Array, DictionaryArray, FixedSizeBinaryArray, Float64Array, Int32Array,
    Int64Array, LargeStringArray, NullArray, RecordBatch, StringArray, StringViewArray, StructArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::Field;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{BrotliLevel, Compression};
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;
use twinprint_documents::{Decision, DuplicateOf, FieldPath, Fields, Format, Inputs, Options, Splitter};

/// Documents as pairs of id and text.
type Documents = Vec<(String, String)>;

fn rows(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.iter().map(|(name, column)| (*name, Arc::clone(column), true)))
        .unwrap()
}

fn strings(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn write_with(folder: &TempDir, name: &str, rows: &RecordBatch, compression: Compression) -> PathBuf {
    let path = folder.path().join(name);
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), rows.schema(), Some(properties)).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
    path
}

fn write(folder: &TempDir, name: &str, rows: &RecordBatch) -> PathBuf {
    write_with(folder, name, rows, Compression::UNCOMPRESSED)
}

/// Reads documents, and the errors and bytes of rejected records.
fn read_with(path: &Path, options: &Options, fields: &Fields) -> Result<(Documents, Vec<String>), String> {
    let inputs = Inputs::find([path], options).map_err(|error| error.to_string())?;
    let mut reader = inputs.read(options, fields);
    let (mut found, mut rejected) = (Vec::new(), Vec::new());
    while let Some(batch) = reader.next_batch().map_err(|error| error.to_string())? {
        found.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
        let rejected_record =
            |it: &twinprint_documents::RejectedRecord| format!("{} <{}>", it.error, String::from_utf8_lossy(&it.bytes));
        rejected.extend(batch.rejected.iter().map(rejected_record));
    }
    Ok((found, rejected))
}

fn read(path: &Path) -> Result<Documents, String> {
    read_with(path, &Options::default(), &Fields::default()).map(|(documents, _)| documents)
}

fn ids(found: Result<Documents, String>) -> Vec<String> {
    found.unwrap().into_iter().map(|(id, _)| id).collect()
}

/// Keeps all documents but the last, and returns the kept and the removed rows.
fn split(folder: &TempDir, inputs: &[PathBuf], last: u64, options: &Options) -> Result<[Vec<RecordBatch>; 2], String> {
    let inputs = Inputs::find(inputs, options).unwrap();
    let splitter =
        Splitter { kept: folder.path().join("kept"), removed: folder.path().join("removed"), passages: false };
    let decide = |number| match number == last {
        false => Decision::Keep,
        true => Decision::Remove(DuplicateOf { id: "a".to_string(), jaccard: 0.5, containment: 1.0, passage: None }),
    };
    splitter.split(&inputs, options, &Fields::default(), decide).map_err(|error| error.to_string())?;
    Ok([splitter.kept, splitter.removed].map(|path| match inputs.format() {
        Format::Arrow => arrow_ipc::reader::FileReader::try_new(File::open(path).unwrap(), None)
            .unwrap()
            .map(Result::unwrap)
            .collect(),
        _ => {
            let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
            builder.build().unwrap().map(Result::unwrap).collect()
        }
    }))
}

#[test]
fn every_codec_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows(&[("id", strings(&["a"])), ("text", strings(&["x"]))]);
    for codec in [Compression::BROTLI(BrotliLevel::default()), Compression::LZ4_RAW, Compression::SNAPPY] {
        assert_eq!(read(&write_with(&folder, "a.parquet", &rows, codec)).unwrap().len(), 1, "{codec}");
    }
}

#[test]
fn schemas_that_differ_without_loss_are_written_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let inner = |column: ArrayRef| -> ArrayRef {
        let field = Arc::new(Field::new("x", column.data_type().clone(), true));
        Arc::new(StructArray::from(vec![(field, column)]))
    };
    let first = rows(&[
        ("id", Arc::new(Int32Array::from(vec![1, 2]))),
        ("text", strings(&["a", "b"])),
        ("meta", inner(Arc::new(NullArray::new(2)))),
        ("url", strings(&["u", "v"])),
    ]);
    let second = rows(&[
        ("text", Arc::new(LargeStringArray::from(vec!["c", "d"]))),
        ("id", Arc::new(Int64Array::from(vec![3, 1 << 40]))),
        ("meta", inner(Arc::new(Int64Array::from(vec![7, 8])))),
        ("lang", Arc::new(StringViewArray::from(vec!["en", "de"]))),
    ]);
    let dictionary: DictionaryArray<Int32Type> = vec!["e", "f"].into_iter().collect();
    let third = rows(&[("id", Arc::new(Int64Array::from(vec![5, 6]))), ("text", Arc::new(dictionary))]);
    let inputs = [("a", &first), ("b", &second), ("c", &third)].map(|(name, rows)| write(&folder, name, rows));
    let [kept, removed] = split(&folder, &inputs, 5, &Options::default()).unwrap();
    let kept = arrow_select::concat::concat_batches(&kept[0].schema(), &kept).unwrap();
    let names: Vec<_> = kept.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["id", "text", "meta", "url", "lang"]);
    assert_eq!(kept["id"].as_primitive::<Int64Type>().values(), &[1, 2, 3, 1 << 40, 5]);
    let texts: Vec<_> = kept["text"].as_string::<i64>().iter().flatten().collect();
    assert_eq!(texts, ["a", "b", "c", "d", "e"]);
    assert_eq!((kept["url"].null_count(), kept["lang"].null_count()), (3, 3));
    let x = Arc::clone(kept["meta"].as_struct().column(0));
    assert_eq!((x.null_count(), x.as_primitive::<Int64Type>().value(2)), (3, 7));
    assert_eq!(removed[0]["duplicate_of"].as_string::<i32>().value(0), "a");
    let wrong = rows(&[("id", Arc::new(Float64Array::from(vec![1.5]))), ("text", strings(&["x"]))]);
    let inputs = [inputs[0].clone(), write(&folder, "d", &wrong)];
    let refused =
        Inputs::find(&inputs, &Options::default()).unwrap().check_columns(&Options::default(), &Fields::default());
    let refused = refused.unwrap_err().to_string();
    assert!(
        refused.contains("d: its columns") && refused.contains("the column \"id\" is Int32 there and Float64 here"),
        "{refused}"
    );
}

#[test]
fn ids_and_texts_may_have_many_types() {
    let folder = tempfile::tempdir().unwrap();
    let with_id =
        |id: ArrayRef| ids(read(&write(&folder, "a.parquet", &rows(&[("id", id), ("text", strings(&["x"]))]))));
    assert_eq!(with_id(Arc::new(Float64Array::from(vec![7.0]))), ["7"]);
    let decimal = Decimal128Array::from(vec![123_456_789_012_345_678_901_234_567_800]);
    assert_eq!(with_id(Arc::new(decimal.with_precision_and_scale(38, 2).unwrap())), ["1234567890123456789012345678"]);
    let uuid = FixedSizeBinaryArray::try_from_iter([b"0123456789abcdef"].iter()).unwrap();
    assert_eq!(with_id(Arc::new(uuid)), ["30313233-3435-3637-3839-616263646566"]);
    assert_eq!(with_id(Arc::new(BinaryArray::from(vec![&b"\xff\0"[..]]))), ["ff00"]);

    let texts: ArrayRef = Arc::new(BinaryArray::from(vec!["é".as_bytes(), b"a\xff"]));
    let path = write(&folder, "b.parquet", &rows(&[("id", strings(&["1", "2"])), ("text", texts)]));
    assert!(read(&path).unwrap_err().contains("b.parquet, row 2: the value of \"text\" is not UTF-8"));
    let lossy = Options { lossy: true, ..Options::default() };
    let (found, _) = read_with(&path, &lossy, &Fields::default()).unwrap();
    assert_eq!(found[1].1, "a\u{fffd}");
}

/// Replaces bytes of a file.
fn replace(path: &Path, from: &[u8], to: &[u8]) {
    let mut bytes = std::fs::read(path).unwrap();
    let places: Vec<_> =
        bytes.windows(from.len()).enumerate().filter(|(_, at)| *at == from).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn one_bad_string_is_one_bad_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut tags = ListBuilder::new(StringBuilder::new());
    for tag in ["t0", "t1", "t2", "t3"] {
        tags.append_value([Some("s"), Some(tag)]);
    }
    let table = rows(&[
        ("id", strings(&["0", "1", "2", "3"])),
        ("text", strings(&["good", "once broken", "fine", "well"])),
        ("tags", Arc::new(tags.finish())),
    ]);
    let path = write(&folder, "a.parquet", &table);
    replace(&path, b"once broken", b"once \xffroken");
    replace(&path, b"t3", b"\xff3");
    let refused = read(&path).unwrap_err();
    assert!(refused.contains("a.parquet, row 2: the value of \"text\" is not UTF-8"), "{refused}");
    let aside = Options { skip_bad: true, ..Options::default() };
    let (found, rejected) = read_with(&path, &aside, &Fields::default()).unwrap();
    assert_eq!(ids(Ok(found)), ["0", "2"]);
    assert!(
        rejected[0].contains("row 2") && rejected[0].contains("<{") && rejected[0].contains("\"tags\":[\"s\",\"t1\"]")
    );
    assert!(rejected[1].contains("row 4: the value of \"tags\" is not UTF-8"), "{rejected:?}");
    let [kept, removed] = split(&folder, std::slice::from_ref(&path), 1, &aside).unwrap();
    assert_eq!((kept[0].num_rows(), removed[0].num_rows()), (1, 1));
    assert_eq!(kept[0].schema().field(1).data_type(), &arrow_schema::DataType::Utf8);
    let lossy = Options { lossy: true, ..Options::default() };
    let (found, _) = read_with(&path, &lossy, &Fields::default()).unwrap();
    assert_eq!((found.len(), found[1].1.as_str()), (4, "once \u{fffd}roken"));
}

#[test]
fn bad_strings_are_found_in_maps_and_lists_of_one_length() {
    let folder = tempfile::tempdir().unwrap();
    let mut maps = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    let mut pairs = FixedSizeListBuilder::new(StringBuilder::new(), 2);
    for number in 0..4 {
        maps.keys().append_value("key");
        maps.values().append_value(format!("m{number}"));
        maps.append(number != 0).unwrap();
        pairs.values().append_value("p");
        pairs.values().append_value(format!("p{number}"));
        pairs.append(number != 0);
    }
    let table = rows(&[
        ("id", strings(&["0", "1", "2", "3"])),
        ("text", strings(&["one", "two", "three", "four"])),
        ("map", Arc::new(maps.finish())),
        ("pair", Arc::new(pairs.finish())),
    ]);
    let path = write(&folder, "a.parquet", &table);
    replace(&path, b"m1", b"\xff1");
    replace(&path, b"p3", b"\xff3");
    let aside = Options { skip_bad: true, ..Options::default() };
    let (found, rejected) = read_with(&path, &aside, &Fields::default()).unwrap();
    assert_eq!(ids(Ok(found)), ["0", "2"]);
    for (said, part) in
        rejected.iter().zip(["row 2: the value of \"map\" is not", "row 4: the value of \"pair\" is not"])
    {
        assert!(said.contains(part), "{rejected:?}");
    }
    let [kept, removed] = split(&folder, std::slice::from_ref(&path), 0, &aside).unwrap();
    for (rows, number) in [(&kept[0], 2), (&removed[0], 0)] {
        for column in ["map", "pair"] {
            let [written, expected] = [rows, &table].map(|rows| Arc::clone(rows.column_by_name(column).unwrap()));
            assert_eq!(&written, &expected.slice(number, 1));
        }
    }
    let lossy = Options { lossy: true, ..Options::default() };
    assert_eq!(read_with(&path, &lossy, &Fields::default()).unwrap().0.len(), 4);
}

#[test]
fn scores_must_be_finite() {
    let folder = tempfile::tempdir().unwrap();
    let scores = [Some(0.5), Some(f64::INFINITY), Some(f64::NAN), None];
    let table = rows(&[
        ("id", strings(&["0", "1", "2", "3"])),
        ("text", strings(&["one", "two", "three", "four"])),
        ("score", Arc::new(Float64Array::from_iter(scores))),
    ]);
    let path = write(&folder, "a.parquet", &table);
    let aside = Options { skip_bad: true, ..Options::default() };
    let fields = Fields { scores: vec![FieldPath::new("score")], ..Fields::default() };
    let (found, rejected) = read_with(&path, &aside, &fields).unwrap();
    assert_eq!(ids(Ok(found)), ["0", "3"]);
    for (said, row) in rejected.iter().zip(["row 2", "row 3"]) {
        assert!(said.contains(&format!("{row}: the field \"score\" must be a finite number")), "{rejected:?}");
    }
    assert_eq!(read(&path).unwrap().len(), 4, "where it is no score");
}

#[test]
fn chats_are_texts_in_parquet_too() {
    let folder = tempfile::tempdir().unwrap();
    let role = Arc::new(Field::new("role", arrow_schema::DataType::Utf8, true));
    let content = Arc::new(Field::new("content", arrow_schema::DataType::Utf8, true));
    let turns = StructArray::from(vec![(role, strings(&["user", "bot"])), (content, strings(&["a", "b"]))]);
    let item = Arc::new(Field::new_list_field(turns.data_type().clone(), true));
    let offsets = arrow_buffer::OffsetBuffer::from_lengths([2]);
    let messages = arrow_array::ListArray::new(item, offsets, Arc::new(turns), None);
    let path = write(&folder, "a.parquet", &rows(&[("id", strings(&["1"])), ("messages", Arc::new(messages))]));
    let text = |name: &str| {
        let fields = Fields { text: vec![FieldPath::new(name)], ..Fields::default() };
        read_with(&path, &Options::default(), &fields).map(|(found, _)| found[0].1.clone())
    };
    assert_eq!(text("messages[].content").as_deref(), Ok("a\n\nb"));
    assert!(text("messages").unwrap_err().contains("messages[].content"));
    assert!(text("turns[].content").unwrap_err().contains("there are \"id\", \"messages\""));
}

#[test]
fn columns_of_one_name_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let fields = ["id", "text", "text"].map(|name| Field::new(name, arrow_schema::DataType::Utf8, true));
    let columns = [["1"], ["x"], ["y"]].map(|values| strings(&values));
    let rows = RecordBatch::try_new(Arc::new(arrow_schema::Schema::new(fields.to_vec())), columns.to_vec()).unwrap();
    assert!(read(&write(&folder, "a.parquet", &rows)).unwrap_err().contains("several columns are called \"text\""));
}

#[test]
fn values_that_are_too_long_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(5_000);
    let few = rows(&[("id", strings(&["1", "2"])), ("text", strings(&["a", &long]))]);
    let path = write(&folder, "a.parquet", &few);
    let options = Options { max_record: 4_000, skip_bad: true, ..Options::default() };
    let (found, rejected) = read_with(&path, &options, &Fields::default()).unwrap();
    assert_eq!((found.len(), rejected.len()), (1, 1));
    assert!(rejected[0].contains("row 2: the record has 5000 bytes, more than the limit of 4000"), "{rejected:?}");
    let options = Options { max_record: 1_000, ..options };
    let refused = read_with(&path, &options, &Fields::default()).unwrap_err();
    assert!(refused.contains("row 1: the record has") && refused.contains("--max-record"), "{refused}");
}

#[test]
fn arrow_files_and_streams_are_read_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let many: Vec<String> = (0..10_000).map(|id| id.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let rows = rows(&[("id", strings(&many)), ("text", strings(&many))]);
    let (file, stream) = (folder.path().join("a.feather"), folder.path().join("b"));
    let mut writer = FileWriter::try_new(File::create(&file).unwrap(), &rows.schema()).unwrap();
    writer.write(&rows).unwrap();
    writer.finish().unwrap();
    let mut writer = StreamWriter::try_new(File::create(&stream).unwrap(), &rows.schema()).unwrap();
    writer.write(&rows).unwrap();
    writer.finish().unwrap();
    for path in [&file, &stream] {
        assert_eq!(ids(read(path)), many);
        let [kept, removed] = split(&folder, std::slice::from_ref(path), 7, &Options::default()).unwrap();
        assert_eq!(kept.iter().map(RecordBatch::num_rows).sum::<usize>(), 9_999);
        assert_eq!(removed.iter().map(RecordBatch::num_rows).sum::<usize>(), 1);
    }
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(read(&file).unwrap_err().contains("a.feather"));
}

/// The reader of a stream stops at the mark of its end. What follows would be lost without a word.
#[test]
fn what_follows_the_end_of_an_arrow_stream_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows(&[("id", strings(&["a"])), ("text", strings(&["one text"]))]);
    let mut stream = Vec::new();
    let mut writer = StreamWriter::try_new(&mut stream, &rows.schema()).unwrap();
    writer.write(&rows).unwrap();
    writer.finish().unwrap();
    let path = folder.path().join("a.arrows");
    let unmarked = &stream[..stream.len() - 8];
    for sound in [&stream[..], unmarked, &[unmarked, &[0; 4]].concat()] {
        std::fs::write(&path, sound).unwrap();
        assert_eq!(ids(read(&path)), ["a"]);
    }
    for (rest, why) in [(&stream[..], "more follows"), (b"x", "more follows"), (&[0; 9], "more follows")] {
        std::fs::write(&path, [&stream, rest].concat()).unwrap();
        let error = read(&path).unwrap_err();
        assert!(error.contains("a.arrows") && error.contains(why), "{error}");
    }
    for (rest, why) in
        [(&b"x"[..], "no part of a stream"), (b"a length", "within the description"), (&[0xff; 9], "no part")]
    {
        std::fs::write(&path, [unmarked, rest].concat()).unwrap();
        let error = read(&path).unwrap_err();
        assert!(error.contains("a.arrows") && error.contains(why), "{error}");
    }
}

/// The index at the end counts from the beginning of its own file, and would name batches of the other one.
#[test]
fn an_arrow_file_that_follows_another_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |ids: &[&str]| rows(&[("id", strings(ids)), ("text", strings(ids))]);
    let file = |rows: &RecordBatch, batches: usize| {
        let mut file = Vec::new();
        let mut writer = FileWriter::try_new(&mut file, &rows.schema()).unwrap();
        (0..batches).for_each(|_| writer.write(rows).unwrap());
        writer.finish().unwrap();
        file
    };
    let path = folder.path().join("a.arrow");
    let (first, second) = (rows(&["a", "b"]), rows(&["c", "d"]));
    for batches in [0, 1, 3] {
        let files = [file(&first, batches), file(&second, 1)];
        for joined in [files.concat(), [&files[1][..], &files[0]].concat()] {
            std::fs::write(&path, joined).unwrap();
            let error = read(&path).unwrap_err();
            assert!(error.contains("a.arrow") && error.contains("more than one file is in it"), "{error}");
        }
    }
    std::fs::write(&path, file(&second, 1)).unwrap();
    assert_eq!(ids(read(&path)), ["c", "d"]);
    std::fs::write(&path, file(&second, 0)).unwrap();
    assert_eq!(ids(read(&path)), [""; 0]);
}

/// A file has one dictionary a column, and inputs have one each.
#[test]
fn dictionaries_of_several_arrow_files_are_written_as_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, ids: &[&str], kinds: Vec<Option<&str>>| {
        let kinds: DictionaryArray<Int32Type> = kinds.into_iter().collect();
        let rows = rows(&[("id", strings(ids)), ("text", strings(ids)), ("kind", Arc::new(kinds))]);
        let path = folder.path().join(name);
        let mut writer = FileWriter::try_new(File::create(&path).unwrap(), &rows.schema()).unwrap();
        writer.write(&rows).unwrap();
        writer.finish().unwrap();
        path
    };
    let files =
        [file("a.arrow", &["a", "b"], vec![Some("x"), None]), file("b.arrow", &["c", "d"], vec![Some("y"), Some("x")])];
    let [kept, removed] = split(&folder, &files, 3, &Options::default()).unwrap();
    let kinds = |batches: &[RecordBatch]| -> Vec<Option<String>> {
        let columns = batches.iter().map(|rows| rows.column(2).as_any().downcast_ref::<StringArray>().unwrap());
        columns.flat_map(|kinds| kinds.iter().map(|kind| kind.map(String::from))).collect()
    };
    assert_eq!(kinds(&kept), [Some("x".into()), None, Some("y".into())]);
    assert_eq!(kinds(&removed), [Some("x".into())]);
}

/// Offsets and lengths in a file are checked before memory is sliced by them.
#[test]
fn damaged_arrow_files_are_errors_and_no_panics() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows(&[("id", strings(&["a", "b", "c"])), ("text", strings(&["one text", "another", ""]))]);
    let path = folder.path().join("a.arrow");
    for codec in [None, Some(CompressionType::LZ4_FRAME)] {
        let options = || IpcWriteOptions::default().try_with_compression(codec).unwrap();
        let (mut file, mut stream) = (Vec::new(), Vec::new());
        let mut writer = FileWriter::try_new_with_options(&mut file, &rows.schema(), options()).unwrap();
        writer.write(&rows).unwrap();
        writer.finish().unwrap();
        let mut writer = StreamWriter::try_new_with_options(&mut stream, &rows.schema(), options()).unwrap();
        writer.write(&rows).unwrap();
        writer.finish().unwrap();
        for sound in [file, stream] {
            for at in 0..sound.len() {
                for byte in [0x7f, 0xff] {
                    let mut damaged = sound.clone();
                    damaged[at] = byte;
                    std::fs::write(&path, &damaged).unwrap();
                    if let Err(error) = read(&path) {
                        assert!(error.contains("a.arrow"), "byte {at}: {error}");
                    }
                }
            }
        }
    }
}
