//! What real programs write is read, or refused with a remedy.
#![cfg(feature = "formats")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use twinprint_documents::{
    Decision, DocumentTexts, DuplicateOf, Error, FieldPath, Fields, Format, Inputs, Options, Quote, Rewriter, Splitter,
};

/// Documents as pairs of id and text.
type Documents = Vec<(String, String)>;

fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn documents(pairs: &[(&str, &str)]) -> Documents {
    pairs.iter().map(|(id, text)| ((*id).to_string(), (*text).to_string())).collect()
}

/// Reads documents, and the errors of rejected records.
fn read_with(path: &Path, options: &Options, fields: &Fields) -> Result<(Documents, Vec<String>), String> {
    let inputs = Inputs::find([path], options).map_err(|error| error.to_string())?;
    let mut reader = inputs.read(options, fields);
    let (mut found, mut rejected) = (Vec::new(), Vec::new());
    while let Some(batch) = reader.next_batch().map_err(|error| error.to_string())? {
        found.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
        rejected.extend(batch.rejected.iter().map(|rejected| rejected.error.to_string()));
    }
    Ok((found, rejected))
}

fn read(path: &Path) -> Result<Documents, String> {
    read_with(path, &Options::default(), &Fields::default()).map(|(documents, _)| documents)
}

fn numbered() -> Fields {
    Fields { id: None, ..Fields::default() }
}

/// Splits inputs so that the documents of odd numbers are removed.
fn split(folder: &TempDir, inputs: &[PathBuf], options: &Options, fields: &Fields) -> [String; 2] {
    let inputs = Inputs::find(inputs, options).unwrap();
    let splitter =
        Splitter { kept: folder.path().join("kept"), removed: folder.path().join("removed"), passages: false };
    let decide = |number| match number % 2 {
        0 => Decision::Keep,
        _ => Decision::Remove(DuplicateOf { id: "a".to_string(), jaccard: 0.5, containment: 1.0, passage: None }),
    };
    splitter.split(&inputs, options, fields, decide).unwrap();
    [splitter.kept, splitter.removed].map(|path| fs::read_to_string(path).unwrap())
}

/// What is wrong with a value is not said of the line that holds it.
#[test]
fn a_value_that_is_there_is_not_called_missing() {
    let folder = tempfile::tempdir().unwrap();
    for (line, reason) in [
        (r#"{"id": null, "text": "a"}"#, "the field \"id\" must be a string or an integer, and not empty"),
        (r#"{"id": "", "text": "a"}"#, "the field \"id\" must be a string or an integer, and not empty"),
        (r#"{"id": 1, "text": null}"#, "the field \"text\" must be a string"),
        (r#"{"id": 1, "body": "a"}"#, "the field \"text\" is missing; there are \"id\", \"body\""),
        (r#"{"id": 1E400, "text": "a"}"#, "the number 1E400 is too large"),
    ] {
        let error = read(&write(&folder, "a.jsonl", line.as_bytes())).unwrap_err();
        assert!(error.contains(reason) && !error.contains("does not begin with"), "{line}: {error}");
    }
}

#[test]
fn a_byte_order_mark_alone_is_an_empty_file() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.jsonl", "\u{feff}"), ("b.jsonl", "\u{feff}\r\n"), ("c.csv", "\u{feff}")] {
        assert_eq!(read(&write(&folder, name, bytes.as_bytes())), Ok(Vec::new()), "{name}");
    }
}

#[test]
fn ids_of_real_programs_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let ids = |values: &[&str]| -> Vec<String> {
        let lines: Vec<_> = values.iter().map(|id| format!("{{\"id\": {id}, \"text\": \"\"}}\n")).collect();
        read(&write(&folder, "a.jsonl", lines.concat().as_bytes())).unwrap().into_iter().map(|(id, _)| id).collect()
    };
    let values = ["1.0", "123456789012345678901234567890", "-7", "18446744073709551615", "\"x\""];
    let expected = ["1", "123456789012345678901234567890", "-7", "18446744073709551615", "x"];
    assert_eq!(ids(&values), expected);
    let refused = read(&write(&folder, "a.jsonl", b"{\"id\": 1.5, \"text\": \"\"}\n")).unwrap_err();
    assert!(refused.contains("must be a string or an integer"), "{refused}");
    for id in ["\"\"", "null", "true"] {
        let line = format!("{{\"id\": {id}, \"text\": \"\"}}\n");
        let refused = read(&write(&folder, "a.jsonl", line.as_bytes())).unwrap_err();
        assert!(refused.contains("must be a string or an integer, and not empty"), "{id}: {refused}");
    }
}

#[test]
fn faults_of_json_are_named_with_their_column() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |line: &str| read(&write(&folder, "a.jsonl", format!("\n{line}\n").as_bytes())).unwrap_err();
    for (line, expected) in [
        ("{\"id\": 1, \"text\": NaN}", "line 2: not a JSON object: JSON has no NaN (column 19)"),
        ("{\"id\": 1, \"text\": \"a\\ud800\"}", "half of a surrogate pair"),
        ("[1]", "the line is an array"),
        ("id,text", "does not begin with {"),
        ("{\"id\": 1, \"text\": ", "ends in the middle of it (column 18)"),
    ] {
        let message = refused(line);
        assert!(message.contains(expected) && !message.contains("at line 1"), "{message}");
    }
    let lossy = Options { lossy: true, ..Options::default() };
    let line = b"{\"id\": 1, \"text\": \"a\\ud800 \\ud83d\\ude00\", \"n\": \"\\udfff\"}\n";
    let path = write(&folder, "a.jsonl", line);
    let (found, _) = read_with(&path, &lossy, &Fields::default()).unwrap();
    assert_eq!(found, documents(&[("1", "a\u{fffd} \u{1f600}")]));
    assert_eq!(split(&folder, &[path], &lossy, &Fields::default())[0].as_bytes(), line, "byte for byte");
}

#[test]
fn depth_does_not_matter_where_it_is_not_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let line = format!("{{\"id\": 1, \"text\": \"x\", \"deep\": {deep}, \"site\": \"s\"}}\n");
    let path = write(&folder, "a.jsonl", line.as_bytes());
    let fields = Fields { source: Some(FieldPath::new("site")), ..Fields::default() };
    assert_eq!(read_with(&path, &Options::default(), &fields).unwrap().0, documents(&[("1", "x")]));
}

#[test]
fn arrays_and_spread_objects_are_json_too() {
    let folder = tempfile::tempdir().unwrap();
    let expected = documents(&[("1", "x\n"), ("2", "[y]")]);
    for (name, json) in [
        ("a.json", "[{\"id\": 1, \"text\": \"x\\n\"}, {\"id\": 2, \"text\": \"[y]\"}]"),
        ("b.json", "[\n  {\n    \"id\": 1,\n    \"text\": \"x\\n\"\n  },\n  {\"id\": 2, \"text\": \"[y]\"}\n]\n"),
        ("c.json", "{\n  \"id\": 1,\n  \"text\": \"x\\n\"\n}\n{\n  \"id\": 2, \"text\": \"[y]\"\n}\n"),
        ("d.jsonl", "\u{1e}{\"id\": 1, \"text\": \"x\\n\"}\n\u{1e}{\"id\": 2, \"text\": \"[y]\"}\n"),
    ] {
        assert_eq!(read(&write(&folder, name, json.as_bytes())).unwrap(), expected, "{name}");
    }
    let refused = read(&write(&folder, "e.json", b"[{\"id\": 1, \"text\": \"\"},\n{\"id\": 2}]")).unwrap_err();
    assert!(refused.contains("e.json, record 2: the field \"text\" is missing"), "{refused}");
    let [kept, removed] = split(&folder, &[folder.path().join("b.json")], &Options::default(), &Fields::default());
    assert_eq!(kept, "{    \"id\": 1,    \"text\": \"x\\n\"  }\n");
    assert!(removed.starts_with("{\"id\": 2, \"text\": \"[y]\",\"duplicate_of\":\"a\""), "{removed}");
}

#[test]
fn chats_are_texts() {
    let folder = tempfile::tempdir().unwrap();
    let line = b"{\"id\": 1, \"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"content\": \"b\"}]}\n";
    let path = write(&folder, "a.jsonl", line);
    let fields = Fields { text: vec![FieldPath::new("messages[].content")], ..Fields::default() };
    assert_eq!(read_with(&path, &Options::default(), &fields).unwrap().0, documents(&[("1", "a\n\nb")]));
    let whole = Fields { text: vec![FieldPath::new("messages")], ..Fields::default() };
    let refused = read_with(&path, &Options::default(), &whole).unwrap_err();
    assert!(refused.contains("messages[].content"), "{refused}");
    let inputs = Inputs::find([&path], &Options::default()).unwrap();
    let refused = Rewriter::create(&folder.path().join("new"), &inputs, &fields).unwrap_err().to_string();
    assert!(refused.contains("cannot be rewritten"), "{refused}");
}

#[test]
fn a_byte_order_mark_is_at_most_at_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let line = |id: u32| format!("{{\"id\": {id}, \"text\": \"x\"}}\n");
    let file = |name: &str, first: u32| {
        let text = format!("\u{feff}{}{}", line(first), line(first + 1));
        write(&folder, name, text.as_bytes())
    };
    let inputs = [file("a.jsonl", 1), file("b.jsonl", 3)];
    let [kept, removed] = split(&folder, &inputs, &Options::default(), &Fields::default());
    assert_eq!(kept, format!("\u{feff}{}{}", line(1), line(3)));
    assert!(!removed.contains('\u{feff}'));
    let shifted =
        [write(&folder, "c.jsonl", line(9).as_bytes()), folder.path().join("a.jsonl"), folder.path().join("b.jsonl")];
    let [kept, removed] = split(&folder, &shifted, &Options::default(), &Fields::default());
    assert!(!kept.contains('\u{feff}') && !removed.contains('\u{feff}'), "{kept}{removed}");
}

#[test]
fn quotes_of_tab_separated_values_do_not_swallow_rows() {
    let folder = tempfile::tempdir().unwrap();
    let table =
        "id\ttext\n1\t\"Stray, he said\n2\tx\n3\tthe end\"\n4\t\"a\tb\"\"\"\n5\t\"over\ntwo lines\"\n6\t\"in\" front\n";
    let path = write(&folder, "a.tsv", table.as_bytes());
    let expected = [
        ("1", "\"Stray, he said"),
        ("2", "x"),
        ("3", "the end\""),
        ("4", "a\tb\""),
        ("5", "over\ntwo lines"),
        ("6", "\"in\" front"),
    ];
    assert_eq!(read(&path).unwrap(), documents(&expected));
    let [kept, _] = split(&folder, std::slice::from_ref(&path), &Options::default(), &Fields::default());
    assert_eq!(kept, "id\ttext\n1\t\"Stray, he said\n3\tthe end\"\n5\t\"over\ntwo lines\"\n");
    let none = Options { quote: Quote::None, skip_bad: true, ..Options::default() };
    let (found, rejected) = read_with(&path, &none, &Fields::default()).unwrap();
    assert_eq!((found.len(), rejected.len()), (5, 2), "{rejected:?}");
    assert!(rejected[0].contains("a.tsv, row 5: the row has 3 values"), "{rejected:?}");
    // New texts are quoted where they must be, and read again as they are.
    let inputs = Inputs::find([&path], &Options::default()).unwrap();
    let fields = Fields::default();
    let new = folder.path().join("new.tsv");
    let mut rewriter = Rewriter::create(&new, &inputs, &fields).unwrap();
    let mut reader = inputs.read(&Options::default(), &fields).with_raw();
    while let Some(batch) = reader.next_batch().unwrap() {
        let edit = |document: DocumentTexts<'_>| {
            Ok::<_, Error>(vec![document.texts[0].as_deref().map(|text| format!("\"{text}"))])
        };
        rewriter.write(batch, edit).unwrap();
    }
    rewriter.finish().unwrap();
    let quoted: Vec<_> = expected.iter().map(|(id, text)| (id.to_string(), format!("\"{text}"))).collect();
    assert_eq!(read(&new).unwrap(), quoted);
}

#[test]
fn other_bytes_may_be_between_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "a.csv", b"id;text\n1;'a;b'\n");
    let refused = read(&path).unwrap_err();
    assert!(refused.contains("row 1: the table has no column \"id\"; the only one is \"id;text\""), "{refused}");
    assert!(refused.contains("--delimiter ';'"), "{refused}");
    let options = Options { delimiter: Some(b';'), quote: Quote::Byte(b'\''), ..Options::default() };
    assert_eq!(read_with(&path, &options, &Fields::default()).unwrap().0, documents(&[("1", "a;b")]));
    let [kept, _] = split(&folder, &[path], &options, &Fields::default());
    assert_eq!(kept, "id;text\n1;'a;b'\n");
}

#[test]
fn missing_columns_and_fields_list_those_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let refused = read(&write(&folder, "a.csv", b"url,body\nu,x\n")).unwrap_err();
    assert!(
        refused.contains("there are \"url\", \"body\"") && refused.contains("--id") && refused.contains("--number")
    );
    let path = write(&folder, "b.jsonl", b"{\"url\": 1, \"body\": \"x\"}\n");
    let refused = read_with(&path, &Options::default(), &numbered()).unwrap_err();
    assert!(refused.contains("there are \"url\", \"body\": name one of them with --text"), "{refused}");
}

#[test]
fn lines_are_documents_if_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "a.txt", b"\xef\xbb\xbfone\r\n\ntwo\nthree");
    let options = Options { format: Some(Format::Lines), ..Options::default() };
    let (found, _) = read_with(&path, &options, &Fields::default()).unwrap();
    assert_eq!(found, documents(&[("a.txt:1", "one"), ("a.txt:3", "two"), ("a.txt:4", "three")]));
    let [kept, removed] = split(&folder, std::slice::from_ref(&path), &options, &Fields::default());
    assert_eq!(kept, "\u{feff}one\r\nthree");
    let path = serde_json::Value::from(path.display().to_string());
    assert!(
        removed.starts_with(&format!("{{\"id\":\"a.txt:3\",\"path\":{path},\"text\":\"two\",\"duplicate_of\"")),
        "{removed}"
    );
}

#[test]
fn other_compressions_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let lines = b"{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2, \"text\": \"y\"}\n";
    let half = lines.len() / 2;
    let several = |compress: &dyn Fn(&[u8]) -> Vec<u8>| [compress(&lines[..half]), compress(&lines[half..])].concat();
    let xz = |bytes: &[u8]| {
        let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 6);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let bzip2 = |bytes: &[u8]| {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let lz4 = |bytes: &[u8]| {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let skipped =
        |length: u32| [&[0x53, 0x2a, 0x4d, 0x18][..], &length.to_le_bytes(), &vec![b'x'; length as usize]].concat();
    let expected = documents(&[("1", "x"), ("2", "y")]);
    for (name, bytes) in [
        ("a.jsonl.xz", several(&xz)),
        ("b.jsonl.bz2", several(&bzip2)),
        ("c.jsonl.lz4", several(&lz4)),
        (
            "skipped.jsonl.lz4",
            [&skipped(20)[..], &lz4(&lines[..half]), &skipped(0), &skipped(9), &lz4(&lines[half..])].concat(),
        ),
        ("long.jsonl.lz4", [skipped(1 << 20), lz4(lines), skipped(1)].concat()),
        ("d.jsonl.gz", [several(&gzip), vec![0; 512]].concat()),
        ("no ending", xz(lines)),
    ] {
        assert_eq!(read(&write(&folder, name, &bytes)).unwrap(), expected, "{name}");
    }
    assert_eq!(read(&write(&folder, "nothing else.zst", &skipped(20))), Ok(Vec::new()));
    for (name, bytes, expected) in [
        (
            "cut.xz",
            {
                let mut bytes = xz(lines);
                bytes.truncate(40);
                bytes
            },
            "cut short",
        ),
        (
            "cut.bz2",
            {
                let mut bytes = bzip2(lines);
                bytes.truncate(30);
                bytes
            },
            "cut short",
        ),
        (
            "cut.lz4",
            {
                let mut bytes = lz4(lines);
                bytes.truncate(30);
                bytes
            },
            "cut short",
        ),
        (
            "cut.gz",
            {
                let mut bytes = gzip(lines);
                bytes.truncate(30);
                bytes
            },
            "cut short",
        ),
        (
            "wrong.gz",
            {
                let mut bytes = gzip(lines);
                let at = bytes.len() - 6;
                bytes[at] ^= 1;
                bytes
            },
            "damaged",
        ),
        (
            "old.lz4",
            b"\x02\x21\x4c\x18\x05\0\0\0\x40{}{}".to_vec(),
            "legacy format, which is not read; decompress it first: lz4 -dc",
        ),
        ("zlib.jsonl.gz", deflated(lines, true), "a zlib stream"),
        ("deflate.jsonl.gz", deflated(lines, false), "read(), -15)"),
        ("skip.lz4", skipped(20)[..12].to_vec(), "cut short"),
        ("more.gz", [gzip(lines), b"more".to_vec()].concat(), "is not gzip"),
    ] {
        let error = read(&write(&folder, name, &bytes)).unwrap_err();
        assert!(error.contains(name) && error.contains(expected), "{error}");
    }
}

#[test]
fn lz4_files_that_lack_their_end_are_cut_short() {
    let folder = TempDir::new().unwrap();
    let lines: String = (0..3_000).map(|id| format!("{{\"id\": {id}, \"text\": \"some words of {id}\"}}\n")).collect();
    let info = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
    let whole = |info: lz4_flex::frame::FrameInfo| {
        let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(lines.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let plain = whole(info.clone());
    let checked = whole(info.content_checksum(true).content_size(Some(lines.len() as u64)));
    let first_block = 11 + u32::from_le_bytes(plain[7..11].try_into().unwrap()) as usize;
    for (name, bytes) in [
        ("after a block", &plain[..first_block]),
        ("without the end mark", &plain[..plain.len() - 4]),
        ("within the header", &plain[..4]),
        ("without the checksum", &checked[..checked.len() - 4]),
        ("without the end mark and the checksum", &checked[..checked.len() - 8]),
    ] {
        let path = write(&folder, &format!("{name}.jsonl.lz4"), bytes);
        let error = read(&path).unwrap_err();
        assert!(error.contains(name) && error.contains("cut short"), "{error}");
        let twice = write(&folder, &format!("{name}, second.jsonl.lz4"), &[&plain, bytes].concat());
        assert!(read(&twice).unwrap_err().contains("cut short"), "{name}");
    }
    for (name, bytes) in [("plain.jsonl.lz4", plain), ("checked.jsonl.lz4", checked)] {
        assert_eq!(read(&write(&folder, name, &bytes)).unwrap().len(), 3_000, "{name}");
    }
}

/// DEFLATE data, with the header of zlib or without any.
fn deflated(bytes: &[u8], with_header: bool) -> Vec<u8> {
    let mut compressor = flate2::Compress::new(flate2::Compression::best(), with_header);
    let mut found = Vec::with_capacity(1 << 16);
    compressor.compress_vec(bytes, &mut found, flate2::FlushCompress::Finish).unwrap();
    found
}

#[test]
fn a_dictionary_that_is_needed_is_named() {
    let folder = TempDir::new().unwrap();
    let dictionary: Vec<_> =
        (0..200).flat_map(|number| format!("{{\"id\": {number}, \"text\": \"x\"}}\n").into_bytes()).collect();
    let samples: Vec<_> = dictionary.chunks(40).collect();
    let dictionary = zstd::dict::from_samples(&samples, 1_024).unwrap();
    let mut encoder = zstd::stream::write::Encoder::with_dictionary(Vec::new(), 3, &dictionary).unwrap();
    encoder.write_all(b"{\"id\": 1, \"text\": \"x\"}\n").unwrap();
    let error = read(&write(&folder, "a.jsonl.zst", &encoder.finish().unwrap())).unwrap_err();
    assert!(error.contains("compressed with a dictionary") && error.contains("zstd -d -D DICT"), "{error}");
}

/// An archive of these files.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, *content).unwrap();
    }
    archive.into_inner().unwrap()
}

#[test]
fn archives_of_texts_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{}/b.txt", "folder/".repeat(30));
    let bytes = tar(&[("x/a.md", b"one"), (&long, b"two"), ("._a.md", b"\0"), ("c", b"three")]);
    let path = write(&folder, "texts.tar", &bytes);
    assert_eq!(read(&path).unwrap(), documents(&[("x/a.md", "one"), (&long, "two"), ("c", "three")]));
    let (found, _) = read_with(&path, &Options::default(), &numbered()).unwrap();
    assert_eq!(found[0].0, "texts.tar:x/a.md");
    let [kept, removed] = split(&folder, std::slice::from_ref(&path), &Options::default(), &Fields::default());
    assert_eq!(kept, format!("x/a.md\t{0}\nc\t{0}\n", path.display()));
    assert!(removed.contains("\"text\":\"two\""), "{removed}");
    let bytes = tar(&[("a.txt", b"one"), ("b.jsonl", b"{}"), ("c.txt", b"\xff"), ("d.txt", &[b'x'; 2_000])]);
    let path = write(&folder, "mixed", &bytes);
    let options = Options { skip_bad: true, max_record: 1_000, ..Options::default() };
    let (found, rejected) = read_with(&path, &options, &Fields::default()).unwrap();
    assert_eq!((found.len(), rejected.len()), (1, 3), "{rejected:?}");
    assert!(rejected[0].contains("record 2: b.jsonl: this is no text but a file of records"), "{rejected:?}");
    assert!(rejected[1].contains("c.txt: byte 0 is not UTF-8") && rejected[2].contains("2000 bytes"), "{rejected:?}");
    let cut = write(&folder, "cut.tar", &bytes[..700]);
    assert!(read(&cut).unwrap_err().contains("the archive cannot be read"));
}

#[test]
fn archives_are_read_to_the_end_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (tar(&[("a.txt", b"one"), ("b.txt", b"two")]), tar(&[("c.txt", b"three")]));
    let expected = documents(&[("a.txt", "one"), ("b.txt", "two"), ("c.txt", "three")]);
    let joined = [&first[..], &second].concat();
    assert_eq!(read(&write(&folder, "joined.tar", &joined)).unwrap(), expected);
    // A block of zeros within an archive.
    let lone = [&first[..1_024], &[0; 512], &first[1_024..]].concat();
    assert_eq!(read(&write(&folder, "lone.tar", &lone)).unwrap(), expected[..2]);
    for more in [&b"garbage".repeat(100)[..], b"\n"] {
        let error = read(&write(&folder, "more.tar", &[&first, more].concat())).unwrap_err();
        assert!(error.contains("after its file 2, or something else follows its end"), "{error}");
    }
    let path = write(&folder, "newer.tar", &tar(&[("a.txt", b"one"), ("a.txt", b"two")]));
    for fields in [Fields::default(), numbered()] {
        let error = read_with(&path, &Options::default(), &fields).unwrap_err();
        assert!(error.contains("record 2: the id") && error.contains("tar -xf"), "{error}");
        assert!(!error.contains("--number"), "{error}");
    }
}

/// A record of a web archive, whose content is plain text.
fn warc(kind: &str, id: u32, text: &str) -> String {
    warc_of("text/plain", kind, id, text)
}

/// A record of a web archive.
fn warc_of(content: &str, kind: &str, id: u32, text: &str) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://x/{id}\r\nWARC-Date: 2026-11-25T00:00:00Z\r\n\
         WARC-Record-ID: <urn:uuid:{id}>\r\nContent-Type: {content}\r\nContent-Length: {}\r\n\r\n{text}\r\n\r\n",
        text.len()
    )
}

#[test]
fn web_archives_of_texts_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let records =
        [warc("warcinfo", 1, "Software: x"), warc("conversion", 2, "one\r\n\r\nWARC/1.0"), warc("resource", 3, "two")];
    let path = write(&folder, "a.warc.wet", records.concat().as_bytes());
    assert_eq!(read(&path).unwrap(), documents(&[("2", "one\r\n\r\nWARC/1.0"), ("3", "two")]));
    let fields = Fields { id: Some(FieldPath::new("url")), dates: vec![FieldPath::new("date")], ..Fields::default() };
    let (found, _) = read_with(&path, &Options::default(), &fields).unwrap();
    assert_eq!(found[0].0, "http://x/2");
    let [kept, removed] = split(&folder, std::slice::from_ref(&path), &Options::default(), &Fields::default());
    let line = "{\"id\":\"2\",\"url\":\"http://x/2\",\"date\":\"2026-11-25T00:00:00Z\",\"text\":\"one\\r\\n\\r\\nWARC/1.0\"}\n";
    assert_eq!(kept, line);
    assert!(removed.starts_with("{\"id\":\"3\",") && removed.contains("\"duplicate_of\":\"a\""), "{removed}");
    let pages = write(&folder, "b.warc", warc("response", 1, "HTTP/1.1 200 OK").as_bytes());
    assert!(read(&pages).unwrap_err().contains("WET files"));
    for cut in [30, 150, 180] {
        let path = write(&folder, "cut.warc", &warc("conversion", 1, "some text").as_bytes()[..cut]);
        assert!(read(&path).unwrap_err().contains("cut.warc"), "{cut}");
    }
}

#[test]
fn pages_among_the_texts_of_web_archives_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let response = warc("response", 2, "HTTP/1.1 200 OK");
    let page = warc_of("text/html", "resource", 3, "<p>two");
    let others = ["warcinfo", "request", "metadata"].map(|kind| warc(kind, 4, "x")).concat();
    let part = warc("continuation", 6, "and the rest of one");
    let records = [warc("conversion", 1, "one"), response.clone(), page.clone(), part, others];
    let paths = [
        write(&folder, "a.warc", records.concat().as_bytes()),
        write(&folder, "b.warc", [page.clone(), warc("resource", 5, "five")].concat().as_bytes()),
    ];
    let mut reader = Inputs::find(&paths, &Options::default()).unwrap().read(&Options::default(), &Fields::default());
    while reader.next_batch().unwrap().is_some() {}
    assert_eq!((reader.position().documents, reader.position().passed_over), (2, 4));
    for pages in [response, page] {
        let path = write(&folder, "c.warc", pages.as_bytes());
        assert!(read(&path).unwrap_err().contains("WET files"));
    }
}

#[test]
fn long_records_are_refused_before_they_take_memory() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { max_record: 1_000, skip_bad: true, ..Options::default() };
    let long = "x".repeat(20 << 20);
    let line = |id: u32, text: &str| format!("{{\"id\": {id}, \"text\": \"{text}\"}}\n");
    let lines = [line(1, "a"), line(2, &long), line(3, &"y".repeat(2_000)), line(4, "b")].concat();
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let path = write(&folder, "a.jsonl.gz", &gzip(&lines));
    let (found, rejected) = read_with(&path, &options, &Fields::default()).unwrap();
    assert_eq!(found, documents(&[("1", "a"), ("4", "b")]));
    assert!(
        rejected[0].contains(&format!("line 2: the record has {} bytes, more than the limit of 1000", (20 << 20) + 21))
    );
    assert!(rejected[1].contains("line 3: the record has 2021 bytes") && rejected[1].contains("--max-record"));
    let stop = Options { skip_bad: false, ..options };
    let refused = read_with(&path, &stop, &Fields::default()).unwrap_err();
    assert!(refused.contains("line 2: the record is longer than the limit of 1000"), "{refused}");

    let table = format!("id\ttext\n1\ta\n2\t{long}\n3\tb\n");
    let (found, rejected) =
        read_with(&write(&folder, "a.tsv", table.as_bytes()), &options, &Fields::default()).unwrap();
    assert_eq!((found.len(), rejected.len()), (2, 1));
    assert!(rejected[0].contains("row 3: the record has 20971522 bytes"), "{rejected:?}");
    let table = table.replace('\t', ",");
    let (found, rejected) =
        read_with(&write(&folder, "b.csv", &table.as_bytes()[..20_000]), &options, &Fields::default()).unwrap();
    assert_eq!((found.len(), rejected.len()), (1, 1));
    let refused = read_with(&write(&folder, "a.csv", table.as_bytes()), &options, &Fields::default()).unwrap_err();
    assert!(refused.contains("a.csv, row 3: the record is longer than the limit"), "{refused}");

    for (name, bytes) in [("a.txt", long.as_bytes().to_vec()), ("b.txt.gz", gzip(&long))] {
        let (found, rejected) = read_with(&write(&folder, name, &bytes), &options, &Fields::default()).unwrap();
        assert_eq!((found.len(), rejected.len()), (0, 1));
        assert!(rejected[0].contains(name) && rejected[0].contains("--max-record"), "{rejected:?}");
    }
    let record =
        write(&folder, "a.wet", [warc("conversion", 1, &long), warc("conversion", 2, "b")].concat().as_bytes());
    let (found, rejected) = read_with(&record, &options, &Fields::default()).unwrap();
    assert_eq!((found.len(), rejected.len()), (1, 1));
}
