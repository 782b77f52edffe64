//! Every format gives the same documents, and what is kept of it is what it was.

use std::convert::Infallible;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, StructArray};
use arrow::datatypes::{DataType, Field};
use parquet::arrow::ArrowWriter;
use twinprint_documents::{
    Documents, Error, Facts, FieldPath, Fields, Format, Inputs, Options, Outcome, Reason, Removal, SetAside, Split,
    SplitError,
};

/// Id, text and language.
type Text = (String, String, Option<String>);

fn texts() -> Vec<Text> {
    let odd =
        ["", "one", "two\nlines, \"quoted\"\tand tabbed", "日本語 и кириллица", "\u{1f600} end\r\nof it", " spaced "];
    let text = |number: usize| format!("{}{}", odd[number % odd.len()], "x".repeat(number % 7 * number % 50));
    (0..3_000).map(|number| (format!("d{number}"), text(number), Some("en".to_string()))).collect()
}

fn fields() -> Fields {
    let path = FieldPath::new;
    Fields { id: Some(path("meta.id")), text: vec![path("body")], block: Some(path("meta.lang")), ..Fields::default() }
}

fn flat() -> Fields {
    let path = FieldPath::new;
    Fields { id: Some(path("id")), text: vec![path("body")], block: Some(path("lang")), ..Fields::default() }
}

fn json_lines(texts: &[Text]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (id, text, lang) in texts {
        let record = serde_json::json!({"meta": {"id": id, "lang": lang}, "body": text, "more": [1, {"x": null}]});
        writeln!(lines, "{record}").expect("memory");
    }
    lines
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn csv(texts: &[Text], delimiter: u8) -> Vec<u8> {
    let mut table = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    table.write_record(["number", "id", "lang", "body"]).expect("memory");
    for (number, (id, text, lang)) in texts.iter().enumerate() {
        let number = number.to_string();
        table.write_record([&number, id, lang.as_deref().unwrap_or_default(), text]).expect("memory");
    }
    table.into_inner().expect("memory")
}

fn parquet(path: &Path, texts: &[Text]) {
    let strings = |of: &dyn Fn(&Text) -> Option<String>| -> ArrayRef {
        Arc::new(StringArray::from(texts.iter().map(of).collect::<Vec<_>>()))
    };
    let meta = StructArray::from(vec![
        (Arc::new(Field::new("id", DataType::Utf8, true)), strings(&|text| Some(text.0.clone()))),
        (Arc::new(Field::new("lang", DataType::Utf8, true)), strings(&|text| text.2.clone())),
    ]);
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..texts.len() as i64));
    let columns = [("number", numbers), ("meta", Arc::new(meta)), ("body", strings(&|text| Some(text.1.clone())))];
    let rows = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut writer = ArrowWriter::try_new(File::create(path).expect("created"), rows.schema(), None).expect("begun");
    writer.write(&rows).expect("written");
    writer.close().expect("closed");
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("written");
    path
}

fn find(path: &Path) -> Inputs {
    Inputs::find(&[path.to_str().expect("UTF-8").to_string()], None).expect("there")
}

fn read_with(inputs: &Inputs, fields: Fields, options: Options) -> Result<(Vec<Text>, SetAside, Vec<Error>), Error> {
    let (mut texts, mut aside, mut errors) = (Vec::new(), SetAside::default(), Vec::new());
    let mut documents = Documents::open(inputs.clone(), fields, options);
    while let Some(batch) = documents.next_batch()? {
        for (id, text, facts) in batch.records() {
            texts.push((id.to_string(), text.to_string(), facts.and_then(|Facts { block, .. }| block.clone())));
        }
        aside.add(&batch.skipped);
        errors.extend_from_slice(&batch.skipped);
    }
    if let Some(total) = documents.bytes_total() {
        let read = documents.bytes_read();
        assert!(read.abs_diff(total) <= total / 10, "{read} of {total}");
    }
    Ok((texts, aside, errors))
}

fn read(inputs: &Inputs, fields: Fields) -> Vec<Text> {
    read_with(inputs, fields, Options::default()).expect("sound").0
}

fn third(number: u32) -> Result<Option<Removal>, Infallible> {
    let removal = || Removal { duplicate_of: format!("d{}", number / 2), jaccard: 0.75, containment: 1.0 };
    Ok(number.is_multiple_of(3).then(removal))
}

fn split(folder: &Path, inputs: &Inputs, aside: &SetAside, documents: usize) -> Outcome {
    let split = Split { folder: folder.into() };
    split.run(inputs, aside, documents as u32, third).expect("divided")
}

#[test]
fn every_format_is_read_and_divided() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let texts = texts();
    let lines = json_lines(&texts);
    let (first, second) = lines.split_at(lines.len() / 3);
    let two_members = [gzip(first), gzip(second)].concat();
    let two_frames =
        [zstd::encode_all(first, 1), zstd::encode_all(second, 1)].map(|frame| frame.expect("memory")).concat();
    let table = folder.path().join("e.parquet");
    parquet(&table, &texts);
    let cases = [
        (put(folder.path(), "a.jsonl", &lines), fields(), Format::JsonLines),
        (put(folder.path(), "b.jsonl.gz", &two_members), fields(), Format::JsonLines),
        (put(folder.path(), "c.unknown", &two_frames), fields(), Format::JsonLines),
        (put(folder.path(), "d.csv", &csv(&texts, b',')), flat(), Format::Csv),
        (put(folder.path(), "d.tsv", &csv(&texts, b'\t')), flat(), Format::Tsv),
        (table, fields(), Format::Parquet),
    ];
    for (number, (path, fields, format)) in cases.into_iter().enumerate() {
        let inputs = find(&path);
        assert_eq!(inputs.format(), format);
        assert_eq!(read(&inputs, fields.clone()), texts, "{}", path.display());

        let output = folder.path().join(number.to_string());
        fs::create_dir(&output).expect("made");
        let outcome = split(&output, &inputs, &SetAside::default(), texts.len());
        assert_eq!((outcome.kept, outcome.removed, outcome.bad), (2_000, 1_000, 0));
        let [kept, removed] = &outcome.files[..] else { panic!("{outcome:?}") };
        let thirds = |wanted: bool| {
            let these = texts.iter().enumerate().filter(move |(number, _)| number.is_multiple_of(3) == wanted);
            these.map(|(_, text)| text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(read(&find(kept), fields.clone()), thirds(false));
        assert_eq!(read(&find(removed), fields.clone()), thirds(true));
        let reason =
            Fields { id: Some(FieldPath::new("duplicate_of")), block: Some(FieldPath::new("jaccard")), ..fields };
        let reasons = read(&find(removed), reason);
        assert_eq!((reasons[5].0.as_str(), reasons[5].2.as_deref()), ("d7", Some("0.75")));
        if number == 0 {
            let all: Vec<&[u8]> = lines.split_inclusive(|&byte| byte == b'\n').collect();
            let expected = all.iter().enumerate().filter(|(number, _)| !number.is_multiple_of(3));
            assert_eq!(
                fs::read(kept).expect("there"),
                expected.flat_map(|(_, line)| line.to_vec()).collect::<Vec<_>>()
            );
        }
        assert!(fs::read_dir(&output).expect("there").count() == 2, "nothing unfinished is left");
    }
}

#[test]
fn a_folder_is_read_and_divided() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let texts_in = folder.path().join("texts");
    fs::create_dir_all(texts_in.join("b/c")).expect("made");
    for (name, text) in [("a.txt", "first"), ("b/a.txt", "second"), ("b/c/x.TXT", "third"), ("z.md", "not read")] {
        put(&texts_in, name, text.as_bytes());
    }
    let inputs = find(&texts_in);
    let documents = read(&inputs, Fields::default());
    let ids: Vec<_> = documents.iter().map(|(id, text, _)| (id.as_str(), text.as_str())).collect();
    assert_eq!(ids, [("a", "first"), ("b/a", "second"), ("b/c/x", "third")]);
    let outcome = split(folder.path(), &inputs, &SetAside::default(), 3);
    assert_eq!((outcome.kept, outcome.removed), (2, 1));
    let kept = read(&find(&outcome.files[0]), Fields::default());
    assert_eq!(kept, documents[1..]);
    let removed = fs::read_to_string(&outcome.files[1]).expect("there");
    assert!(removed.contains("\"duplicate_of\":\"d0\"") && removed.contains("\"id\":\"a\""), "{removed}");
}

#[test]
fn several_files_are_one_corpus_in_order() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lines = |id: &str| format!("{{\"id\": \"{id}\", \"text\": \"x\"}}");
    put(folder.path(), "p2.jsonl", lines("b").as_bytes());
    put(folder.path(), "p10.jsonl", (lines("a") + "\n\n").as_bytes());
    put(folder.path(), "other.jsonl", b"");
    let pattern = folder.path().join("p*.jsonl").to_str().expect("UTF-8").to_string();
    let other = folder.path().join("other.jsonl").to_str().expect("UTF-8").to_string();
    let inputs = Inputs::find(&[pattern, other.clone()], None).expect("there");
    let ids: Vec<String> = read(&inputs, Fields::default()).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, ["a", "b"]);
    let outcome = split(folder.path(), &inputs, &SetAside::default(), 2);
    // The last line of a file had no end.
    assert_eq!(fs::read_to_string(&outcome.files[0]).expect("there"), lines("b") + "\n");
    assert!(matches!(
        Split { folder: folder.path().into() }.run(&inputs, &SetAside::default(), 3, third),
        Err(SplitError::Changed(_))
    ));

    let none = Inputs::find(&[folder.path().join("q*").to_str().expect("UTF-8").to_string()], None);
    assert!(matches!(none, Err(Error { reason: Reason::NoMatch, .. })));
    let table = put(folder.path(), "t.csv", b"id,text\n1,x\n").to_str().expect("UTF-8").to_string();
    assert!(matches!(Inputs::find(&[other, table], None), Err(Error { reason: Reason::MixedFormats(..), .. })));
}

#[test]
fn what_is_wrong_is_named_and_can_be_set_aside() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let skip = Options { skip_bad: true, repeated_ids: true, ..Options::default() };
    let cases: [(&str, &[u8], Option<u64>); 6] = [
        ("a.jsonl", b"{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2}\n{\"id\": 3, \"text\": \"x\"}\n", Some(2)),
        ("b.jsonl", b"\xef\xbb\xbf{\"id\": 1, \"text\": \"x\"}\r\n\r\nnot\n{\"id\": 3, \"text\": \"x\"}", Some(3)),
        ("c.csv", b"id,text\n1,x\n2\n3,x\n", Some(3)),
        ("d.csv", b"\xef\xbb\xbfid,text,\n1,\"x\ny\",\n2,\"\xff\",\n3,x,\n", Some(4)),
        ("e.tsv", b"text\tid\nx\t1\nx\t\nx\t3\n", Some(3)),
        (
            "f.jsonl",
            b"{\"id\": 1, \"text\": \"x\"}\n{\"id\": 1.5, \"text\": \"x\"}\n{\"id\": 3, \"text\": \"\"}\n",
            Some(2),
        ),
    ];
    for (name, bytes, line) in cases {
        let inputs = find(&put(folder.path(), name, bytes));
        let refused = read_with(&inputs, Fields::default(), Options::default()).expect_err("one is bad");
        assert_eq!(refused.line, line, "{refused}");
        let (texts, aside, errors) = read_with(&inputs, Fields::default(), skip).expect("set aside");
        assert_eq!(texts.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>(), ["1", "3"], "{name}");
        assert_eq!(errors, [refused]);
        let outcome = split(folder.path(), &inputs, &aside, 2);
        assert_eq!((outcome.kept, outcome.removed, outcome.bad, outcome.files.len()), (1, 1, 1, 3), "{name}");
    }
    let column = find(&put(folder.path(), "g.csv", b"id,body\n1,x\n"));
    let refused = read_with(&column, Fields::default(), skip).expect_err("no text");
    assert_eq!(refused.reason, Reason::MissingColumn("text".to_string()));
    let cut = gzip(&json_lines(&texts()));
    let cut = find(&put(folder.path(), "h.jsonl.gz", &cut[..cut.len() - 9]));
    assert!(matches!(read_with(&cut, fields(), skip), Err(Error { reason: Reason::Io(_), .. })));
    let not_parquet = find(&put(folder.path(), "i.parquet", b"PAR1 and nothing more"));
    assert!(matches!(read_with(&not_parquet, fields(), skip), Err(Error { reason: Reason::BadFile(_), .. })));
    for name in ["j.jsonl", "k.csv"] {
        let empty = find(&put(folder.path(), name, b""));
        let read = read_with(&empty, Fields::default(), skip);
        assert!(read.is_err() || read.is_ok_and(|(texts, ..)| texts.is_empty()));
    }
}
