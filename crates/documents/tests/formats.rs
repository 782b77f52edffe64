//! Every format gives the same documents, and odd inputs are named or read, never a panic.
#![cfg(feature = "formats")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;
use twinprint_documents::{FieldPath, Fields, Format, Inputs, Options, RejectedRecord};

type Documents = Vec<(String, String)>;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 1).unwrap()
}

fn json_lines(documents: &[(String, String)]) -> Vec<u8> {
    let line = |(id, text): &(String, String)| serde_json::json!({"id": id, "text": text}).to_string() + "\n";
    documents.iter().map(line).collect::<String>().into_bytes()
}

fn table(documents: &[(String, String)], separator: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    writer.write_record(["text", "more", "id"]).unwrap();
    documents.iter().for_each(|(id, text)| writer.write_record([text, "", id]).unwrap());
    writer.into_inner().unwrap()
}

fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Returns the documents and the rejected records.
fn read_with(path: &Path, options: &Options, fields: &Fields) -> Result<(Documents, Vec<String>), String> {
    let inputs = Inputs::find([path], options).map_err(|error| error.to_string())?;
    let (mut documents, mut rejected) = (Vec::new(), Vec::new());
    let told =
        |RejectedRecord { error, bytes, .. }: &RejectedRecord| format!("{error} <{}>", String::from_utf8_lossy(bytes));
    let mut reader = inputs.read(options, fields);
    while let Some(batch) = reader.next_batch().map_err(|error| error.to_string())? {
        documents.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
        rejected.extend(batch.rejected.iter().map(told));
    }
    assert_eq!(reader.position().documents, documents.len() as u64);
    Ok((documents, rejected))
}

fn read(path: &Path) -> Result<Documents, String> {
    read_with(path, &Options::default(), &Fields::default()).map(|(documents, _)| documents)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_format_gives_the_same_documents(texts in prop::collection::vec("(?s).{0,40}", 1..20)) {
        let documents: Documents =
            texts.into_iter().enumerate().map(|(number, text)| (format!("d{number}"), text)).collect();
        let folder = tempfile::tempdir().unwrap();
        let lines = json_lines(&documents);
        let half = lines.len() / 2;
        let several = |compress: fn(&[u8]) -> Vec<u8>| [compress(&lines[..half]), compress(&lines[half..])].concat();
        let files = [
            ("a.jsonl", lines.clone()),
            ("b.jsonl.gz", several(gzip)),
            ("c.zst", several(zstandard)),
            ("d.csv", table(&documents, b',')),
        ];
        for (name, bytes) in files {
            prop_assert_eq!(&read(&write(&folder, name, &bytes)).unwrap(), &documents, "{}", name);
        }
        // A text whose lines look like rows is read as rows where tabs are between values, so no text has both here.
        let plain = |(id, text): &(String, String)| (id.clone(), text.replace(if text.contains('\n') { '\t' } else { '\0' }, " "));
        let documents: Documents = documents.iter().map(plain).collect();
        let path = write(&folder, "e.tsv.gz", &gzip(&table(&documents, b'\t')));
        prop_assert_eq!(&read(&path).unwrap(), &documents);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), name in "[a-c]\\.(jsonl|csv|tsv|txt|zst|gz)") {
        let folder = tempfile::tempdir().unwrap();
        let path = write(&folder, &name, &bytes);
        // An error is as good as documents; what must not be is a panic.
        let _ = read(&path);
        let options = Options { skip_bad: true, lossy: true, ..Options::default() };
        let _ = read_with(&path, &options, &Fields::default());
    }
}

#[test]
fn a_table_may_have_odd_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(
        &folder,
        "a.csv",
        b"\xef\xbb\xbfid,text\r\n1,\"x, \"\"y\"\"\"\r\n\r\n2\r\n1,again\r\n3,\xff\r\n,none\r\n4,z",
    );
    let options = Options { skip_bad: true, ..Options::default() };
    let (documents, rejected) = read_with(&path, &options, &Fields::default()).unwrap();
    assert_eq!(documents, [("1".to_string(), "x, \"y\"".to_string()), ("4".to_string(), "z".to_string())]);
    let expected = [
        "row 3: the row has 1 value, but",
        "row 4: the id \"1\" is already used in row 2",
        "row 5: byte 2 is not",
        "row 6: the field \"id\" is null or empty; give it a value, or number the documents with --number",
    ];
    assert_eq!(rejected.len(), expected.len(), "{rejected:?}");
    for (found, expected) in rejected.iter().zip(expected) {
        assert!(found.contains(expected), "{found} should say {expected}");
    }
    assert!(rejected[0].ends_with("<2>"), "{}", rejected[0]);
}

#[test]
fn a_quote_that_is_not_closed_is_named_with_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let read = |table: &str| {
        let options = Options { skip_bad: true, ..Options::default() };
        let (documents, rejected) =
            read_with(&write(&folder, "a.csv", table.as_bytes()), &options, &Fields::default()).unwrap();
        (documents.len(), rejected)
    };
    for end in ["\n", "\r\n"] {
        let lines = ["id,text", "1,\"two", "lines\"", "", "3,\"x \"\"y\"\" , z", "4,y", "5,\"\"", ""].join(end);
        let (documents, rejected) = read(&lines);
        assert_eq!((documents, rejected.len()), (1, 1), "{rejected:?}");
        assert!(rejected[0].contains("row 3: a quote is not closed in the row that begins in line 5 of the file"));
        assert!(rejected[0].contains("4,y"), "its bytes are kept: {}", rejected[0]);
    }
    for (table, documents) in [("id,text\n1,a 5\" disk", 1), ("id,text\n1,\"x\"\"\"", 1), ("id,text\n1,\"\"", 1)] {
        assert_eq!(read(table), (documents, vec![]), "{table:?}");
    }
    for table in ["id,text\n1,\"", "id,text\n1,\"x\"\"", "id,text\n1,x\n\"2,y"] {
        let (_, rejected) = read(table);
        assert!(rejected.len() == 1 && rejected[0].contains("not closed"), "{table:?}: {rejected:?}");
    }
}

#[test]
fn quotes_that_are_too_many_swallow_no_rows() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { skip_bad: true, max_record: 100, ..Options::default() };
    let read = |table: &str| {
        let path = write(&folder, "a.csv", table.as_bytes());
        read_with(&path, &options, &Fields::default()).map_err(|error| error.to_string())
    };
    let (documents, rejected) = read("id,text\n1,x\n\n2,\"y\n3,z\n4,\"w v\n5,u\n").unwrap();
    assert_eq!(documents, [("1".to_string(), "x".to_string()), ("5".to_string(), "u".to_string())]);
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    for part in
        ["row 3: in the row of the lines 4 to 6 of the file, \"w v\" follows the quote", "<2,\"y\n3,z\n4,\"w v>"]
    {
        assert!(rejected[0].contains(part), "{rejected:?}");
    }
    let (documents, rejected) = read("id,text\n1,\"x\" \"y\n2,z").unwrap();
    assert_eq!((documents.len(), rejected.len()), (1, 1), "{rejected:?}");
    assert!(rejected[0].contains("in line 2 of the file, \" \\\"y\" follows"), "{rejected:?}");
    assert!(read("id,\"text\n1,x\n2,\"y\n").unwrap_err().contains("row 1: in the row of the lines 1 to 3"));
    // A quote that is closed only after the limit, or never.
    let lines = "9,words\n".repeat(30);
    let (_, rejected) = read(&format!("id,text\n1,\"x\n{lines}2,y\"\n")).unwrap();
    assert!(rejected[0].contains("a quote may not be closed in the row that begins in line 2"), "{rejected:?}");
    let lines = "9,words\n".repeat(2 << 20);
    let Err(error) = read(&format!("id,text\n1,\"x\n{lines}")) else { panic!("it is too long") };
    assert!(error.contains("row 2") && error.contains("a quote may not be closed in the row that begins in line 2"));
}

#[test]
fn columns_must_be_there_once() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read(&write(&folder, "a.csv", b"id,txt\n1,x\n")).unwrap_err().contains("no column \"text\""));
    let said = read(&write(&folder, "sep.csv", b"sep=;\nid;text\n1;x\n")).unwrap_err();
    assert!(said.contains("remove it, and give --delimiter ';'"), "{said}");
    let said = read(&write(&folder, "own.csv", b"sep=,\nid,text\n1,x\n")).unwrap_err();
    assert!(said.ends_with("remove it"), "the delimiter is right already: {said}");
    assert!(read(&write(&folder, "b.csv", b"id,text,text\n1,x,y\n")).unwrap_err().contains("several columns"));
    assert_eq!(read(&write(&folder, "c.csv", b"id,text,n,n\n1,x,y,z\n")).unwrap().len(), 1);
    assert_eq!(read(&write(&folder, "d.csv", b"")).unwrap(), []);
}

#[test]
fn a_line_end_may_be_of_windows_and_the_last_may_lack() {
    let folder = tempfile::tempdir().unwrap();
    let path =
        write(&folder, "a.jsonl", b"\xef\xbb\xbf{\"id\": 1, \"text\": \"x\"}\r\n\r\n{\"id\": 2, \"text\": \"y\"}");
    assert_eq!(read(&path).unwrap(), [("1".to_string(), "x".to_string()), ("2".to_string(), "y".to_string())]);
}

#[test]
fn a_file_that_is_cut_short_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let lines = json_lines(&[("1".to_string(), "some words ".repeat(100))]);
    for (name, bytes) in [("a.gz", gzip(&lines)), ("a.zst", zstandard(&lines))] {
        let path = write(&folder, name, &bytes[..bytes.len() - 5]);
        let message = read(&path).unwrap_err();
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn a_line_may_be_longer_than_what_is_read_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let documents: Documents = (0..3).map(|id| (id.to_string(), "é\n".repeat(4 << 20))).collect();
    let path = write(&folder, "a.jsonl", &json_lines(&documents));
    assert!(read(&path).unwrap() == documents, "long lines differ");
}

#[test]
fn inputs_follow_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let line = |id: &str| format!("{{\"id\": \"{id}\", \"text\": \"x\"}}\n").into_bytes();
    write(&folder, "b.jsonl", &line("b"));
    write(&folder, "a.jsonl.gz", &gzip(&line("a")));
    let pattern = folder.path().join("*.jsonl*");
    let ids = |found: Documents| found.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(ids(read(&pattern).unwrap()), ["a", "b"]);
    write(&folder, "c.jsonl", &line("a"));
    let message = read(&pattern).unwrap_err();
    assert!(
        message.contains("c.jsonl, line 1: the id \"a\" is already used in") && message.contains("a.jsonl.gz, line 1"),
        "{message}"
    );
    assert!(read(&folder.path().join("*.none")).unwrap_err().contains("no file matches"));
    write(&folder, "d.csv", b"id,text\n");
    assert!(read(&folder.path().join("[cd].*")).unwrap_err().contains("CSV"));
}

#[test]
fn folders_are_read_in_order_and_deep_where_asked() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deep")).unwrap();
    for (name, text) in [("b.txt", "2"), ("a.TXT", "1"), ("README.md", "5"), ("deep/a.txt", "3"), ("other.rs", "4")] {
        write(&folder, name, text.as_bytes());
    }
    write(&folder, "c.v1.txt.gz", &gzip(b"\xef\xbb\xbf5"));
    let document = |(id, text): (&str, &str)| (id.to_string(), text.to_string());
    let shallow = [("a", "1"), ("b", "2"), ("c.v1", "5"), ("other", "4")];
    assert_eq!(read(folder.path()).unwrap(), shallow.map(document));
    let options = Options { recursive: true, ..Options::default() };
    let (deep, _) = read_with(folder.path(), &options, &Fields::default()).unwrap();
    assert_eq!(deep, [shallow[0], shallow[1], shallow[2], ("deep/a", "3"), shallow[3]].map(document));
    write(&folder, "bad.txt", b"\xff");
    assert!(read(folder.path()).unwrap_err().contains("bad.txt: byte 0 is not UTF-8"));
    fs::write(folder.path().join("bad.txt"), b"\x7fELF\x02\x01\x01\0\0\xff").unwrap();
    let refused = read(folder.path()).unwrap_err();
    assert!(refused.contains("bad.txt: this is a binary file, which is not read; leave it out"), "{refused}");
}

#[test]
fn ids_may_be_made_where_they_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let fields = Fields { id_if_present: true, ..Fields::default() };
    let ids = |path: PathBuf| -> Vec<String> {
        let (documents, _) = read_with(&path, &Options::default(), &fields).unwrap();
        documents.into_iter().map(|(id, _)| id).collect()
    };
    let lines = b"{\"id\": \"x\", \"text\": \"\"}\n\n{\"text\": \"\"}\n{\"id\": null, \"text\": \"\"}\n";
    assert_eq!(ids(write(&folder, "a.jsonl", lines)), ["x", "a.jsonl:3", "a.jsonl:4"]);
    assert_eq!(ids(write(&folder, "a.csv", b"id,text\n7,x\n,y\n")), ["7", "a.csv:3"]);
    assert_eq!(ids(write(&folder, "b.csv", b"text\nx\n")), ["b.csv:2"]);
}

#[test]
fn a_way_through_an_array_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "a.jsonl", b"{\"id\": 1, \"meta\": [{\"text\": \"x\"}]}\n");
    let fields = Fields { text: vec![FieldPath::new("meta.text")], ..Fields::default() };
    let message = read_with(&path, &Options::default(), &fields).unwrap_err();
    let words = ["line 1: the field \"meta\" must be an object", "messages[].content"];
    assert!(words.iter().all(|word| message.contains(word)), "{message}");
}

#[test]
fn a_format_may_be_forced_and_is_known_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "a.txt", b"id\ttext\n1\tx\n");
    let options = Options { format: Some(Format::Tsv), ..Options::default() };
    let (documents, _) = read_with(&path, &options, &Fields::default()).unwrap();
    assert_eq!(documents, [("1".to_string(), "x".to_string())]);
    assert_eq!(read(&path).unwrap(), [("a".to_string(), "id\ttext\n1\tx\n".to_string())]);
}

#[test]
fn it_is_known_how_far_reading_is() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = gzip(&json_lines(&[("1".to_string(), "x".to_string())]));
    let path = write(&folder, "a.gz", &bytes);
    let mut reader = Inputs::find([path], &Options::default()).unwrap().read(&Options::default(), &Fields::default());
    assert_eq!((reader.position().bytes, reader.position().total_bytes), (0, Some(bytes.len() as u64)));
    while reader.next_batch().unwrap().is_some() {}
    assert_eq!((reader.position().bytes, reader.position().documents), (bytes.len() as u64, 1));
}
