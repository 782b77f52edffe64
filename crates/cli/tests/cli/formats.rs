//! The same documents in other formats.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::ArrowWriter;

use crate::corpora::{Document, documents, folder_of, ids, json_lines};
use crate::process::{command, run};

#[test]
fn the_pairs_are_the_same_in_every_format() {
    let documents = documents(100);
    let lines = json_lines(&documents);
    let folder = folder_of(&lines);
    let (path, write) = (
        |name: &str| folder.path().join(name),
        |name: &str, bytes: &[u8]| {
            fs::write(folder.path().join(name), bytes).unwrap();
        },
    );
    let pairs = |inputs: &str| run(folder.path(), &format!("pairs {inputs} --words 3 --threshold 0.5")).done();
    let expected = pairs("corpus.jsonl");
    assert!(expected.lines().count() > 10, "the corpus has pairs");

    write("packed.jsonl.gz", &gzip(lines.as_bytes()));
    write("packed.jsonl.zst", &zstd::encode_all(lines.as_bytes(), 3).unwrap());
    write("table.csv", table(&documents, ",").as_bytes());
    write("table.tsv", table(&documents, "\t").as_bytes());
    write("table.csv.gz", &gzip(table(&documents, ",").as_bytes()));
    write_parquet(&path("rows.parquet"), &documents);
    let half = documents.len() / 2;
    write("part-1.ndjson", json_lines(&documents[..half]).as_bytes());
    write("part-2.ndjson", json_lines(&documents[half..]).as_bytes());
    write("unnamed", table(&documents, ",").as_bytes());
    let inputs = [
        "packed.jsonl.gz",
        "packed.jsonl.zst",
        "table.csv",
        "table.tsv",
        "table.csv.gz",
        "rows.parquet",
        "part-*.ndjson",
        "part-1.ndjson part-2.ndjson",
        "unnamed --format csv",
    ];
    for input in inputs {
        assert_eq!(pairs(input), expected, "{input}");
    }
}

#[test]
fn web_pages_among_texts_are_told() {
    let record = |kind: &str, content: &str, id: u32, text: &str| {
        let length = text.len();
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{id}>\r\nContent-Type: {content}\r\n\
             Content-Length: {length}\r\n\r\n{text}\r\n\r\n"
        )
    };
    let text = "the ferry to skelby was cancelled";
    let texts = [1, 2].map(|id| record("conversion", "text/plain", id, text)).concat();
    let pages = [
        record("response", "application/http", 3, "HTTP/1.1 200 OK\r\n\r\n<p>ferry"),
        record("resource", "text/html", 4, "<p>ferry"),
    ];
    let folder = folder_of("");
    fs::write(folder.path().join("texts.warc"), &texts).unwrap();
    fs::write(folder.path().join("mixed.warc"), texts + &pages.concat()).unwrap();
    let mixed = run(folder.path(), "pairs mixed.warc");
    assert!(mixed.err.contains("passed over 2 records of web pages"), "{}", mixed.err);
    assert_eq!(mixed.done(), "1\t2\t1.000000\n");
    assert!(!run(folder.path(), "pairs texts.warc").err.contains("passed over"));
}

#[test]
fn a_folder_of_texts_has_the_pairs_of_its_files() {
    let mut documents = documents(60);
    documents.sort();
    let folder = folder_of(&json_lines(&documents));
    fs::create_dir(folder.path().join("texts")).unwrap();
    for (id, text) in &documents {
        fs::write(folder.path().join(format!("texts/{id}.txt")), text).unwrap();
    }
    let pairs = |inputs: &str| run(folder.path(), &format!("pairs {inputs}")).done();
    let sorted = |text: String| {
        let mut lines: Vec<_> = text.lines().map(str::to_string).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(pairs("texts")), sorted(pairs("corpus.jsonl")));
}

#[test]
fn inputs_of_several_formats_are_refused() {
    let folder = folder_of(&json_lines(&documents(9)));
    fs::write(folder.path().join("table.csv"), "id,text\n1,x\n").unwrap();
    let err = run(folder.path(), "pairs corpus.jsonl table.csv").refused();
    assert!(err.contains("table.csv") && err.contains("CSV") && err.contains("JSON lines"), "{err}");
}

#[test]
fn a_deduplication_writes_the_format_it_reads() {
    let documents = documents(100);
    let folder = folder_of(&json_lines(&documents));
    let dedup = |input: &str, output: &str| {
        let ended = run(folder.path(), &format!("dedup {input} --output {output}"));
        assert_eq!(ended.done(), "", "{input}");
    };
    dedup("corpus.jsonl", "plain");
    let kept = ids(&folder.path().join("plain/kept.jsonl"));
    assert!(kept.len() < documents.len());
    let kept: Vec<_> = documents.iter().filter(|(id, _)| kept.contains(id)).cloned().collect();

    fs::write(folder.path().join("table.tsv"), table(&documents, "\t")).unwrap();
    dedup("table.tsv", "table");
    let written = fs::read_to_string(folder.path().join("table/kept.tsv")).unwrap();
    assert_eq!(written.replace("\r\n", "\n"), table(&kept, "\t"));

    fs::write(folder.path().join("packed.jsonl.zst"), zstd::encode_all(json_lines(&documents).as_bytes(), 1).unwrap())
        .unwrap();
    dedup("packed.jsonl.zst", "packed");
    let written = zstd::decode_all(File::open(folder.path().join("packed/kept.jsonl.zst")).unwrap()).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), json_lines(&kept));

    write_parquet(&folder.path().join("rows.parquet"), &documents);
    dedup("rows.parquet", "rows");
    let inputs = |file: &str| run(folder.path(), &format!("pairs {file} --threshold 0.3")).done();
    assert_eq!(inputs("rows/kept.parquet"), inputs("plain/kept.jsonl"));
    assert!(folder.path().join("rows/removed.parquet").exists());
}

#[test]
fn parquet_may_come_by_standard_input() {
    let documents = documents(60);
    let folder = folder_of(&json_lines(&documents));
    let path = folder.path().join("rows.parquet");
    write_parquet(&path, &documents);
    let rows = fs::read(&path).unwrap();
    let piped = |arguments: &str| {
        let output = command(folder.path(), arguments.split(' ')).write_stdin(rows.clone()).output().unwrap();
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let pairs = run(folder.path(), "pairs corpus.jsonl").done();
    assert!(pairs.lines().count() > 5, "the corpus has pairs");
    assert_eq!(piped("pairs -"), pairs);
    assert_eq!(piped("pairs - --format parquet --work kept"), pairs);
    assert!(piped("plan -").starts_with("68 documents"));
    assert_eq!(piped("dedup - --output out"), "");
    assert!(folder.path().join("out/kept.parquet").exists() && !folder.path().join("out/work").exists());
    for (at, format) in ["", " --format parquet"].into_iter().enumerate() {
        assert_eq!(piped(&format!("trim -{format} --output trimmed-{at}")), "");
        let trimmed = run(folder.path(), &format!("pairs trimmed-{at}/trimmed.parquet --threshold 0.3"));
        assert!(trimmed.done().lines().count() > 5);
    }
    assert_eq!(piped("rewrites - --threshold 0.3"), run(folder.path(), "rewrites corpus.jsonl --threshold 0.3").done());
    let same = piped("pairs rows.parquet --against -");
    assert!(same.lines().count() >= 60, "each is its own copy");
    let both = command(folder.path(), ["pairs", "-", "corpus.jsonl"]).write_stdin(rows).output().unwrap();
    assert_eq!(both.status.code(), Some(2), "nothing else goes with it");
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Quotes every value, because the texts contain commas, quotes and line breaks.
pub(crate) fn table(documents: &[Document], between: &str) -> String {
    let quoted = |value: &str| format!("\"{}\"", value.replace('"', "\"\""));
    let rows = documents.iter().map(|(id, text)| format!("{}{between}{}\n", quoted(id), quoted(text)));
    std::iter::once(format!("id{between}text\n")).chain(rows).collect()
}

#[test]
fn without_quotes_no_value_gets_a_separator() {
    let folder = tempfile::tempdir().unwrap();
    // The documents have no ids, so they are named by the file.
    let rows = "text\nthe \"ferry to skelby was late\nthe \"ferry to skelby was late\n";
    for name in ["a,b.csv", "plain.csv"] {
        fs::write(folder.path().join(name), rows).unwrap();
    }
    let refused = run(folder.path(), "dedup a,b.csv --quote none --number --output out").refused();
    assert!(refused.contains("cannot be written without quotes"), "{refused}");
    assert!(!folder.path().join("out/removed.csv").exists());
    run(folder.path(), "dedup plain.csv --quote none --number --output plain").done();
    let removed = fs::read_to_string(folder.path().join("plain/removed.csv")).unwrap();
    assert!(removed.lines().all(|row| row.split(',').count() == removed.lines().next().unwrap().split(',').count()));
    run(folder.path(), "dedup a,b.csv --number --quote ' --output quoted").done();
}

pub(crate) fn write_parquet(path: &Path, documents: &[Document]) {
    let column =
        |of: fn(&Document) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(documents.iter().map(of))) };
    let rows = RecordBatch::try_from_iter([("id", column(|(id, _)| id)), ("text", column(|(_, text)| text))]).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), rows.schema(), None).unwrap();
    writer.write(&rows).unwrap();
    writer.close().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn names_of_bytes_that_are_not_utf_8_are_told_apart() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    let texts = folder.path().join("texts");
    fs::create_dir(&texts).unwrap();
    let written = [
        (&b"caf\xe8.txt"[..], "caf%E8", "The ferry to Skelby was cancelled on Monday."),
        (b"caf\xe9.txt", "caf%E9", "Councillors voted to close the harbour road."),
        (b"100%\t.txt", "100%25%09", "A storm has closed the bridge over the river."),
        (b"a%20b.txt", "a%20b", "The library opens again after the repairs."),
    ];
    for (name, _, text) in written {
        fs::write(texts.join(OsStr::from_bytes(name)), text).unwrap();
    }
    run(folder.path(), "dedup texts --output out").done();
    let mut listed: Vec<String> =
        fs::read_to_string(folder.path().join("out/kept.tsv")).unwrap().lines().map(str::to_string).collect();
    listed.sort_unstable();
    let mut expected = written.map(|(_, id, _)| format!("{id}\ttexts/{id}.txt"));
    expected.sort_unstable();
    assert_eq!(listed, expected);
    // A name that reads like the escapes of another one is escaped too.
    fs::write(texts.join("caf%E9.txt"), "Trains run late after a fault in the signals.").unwrap();
    run(folder.path(), "dedup texts --output again").done();
    let listed = fs::read_to_string(folder.path().join("again/kept.tsv")).unwrap();
    for path in ["texts/caf%25E9.txt", "texts/caf%E9.txt"] {
        assert!(listed.contains(&format!("{path}\t{path}\n")), "{listed}");
    }
    assert!(listed.contains("a%20b\ttexts/a%20b.txt\n"), "{listed}");
}
