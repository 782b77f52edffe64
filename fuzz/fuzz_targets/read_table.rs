//! CSV and TSV: every row of the parser is a document or rejected, and a document has the values of its row.

#![no_main]

mod files;

use csv::ReaderBuilder;
use libfuzzer_sys::fuzz_target;
use twinprint_documents::Options;

fuzz_target!(|input: (bool, &[u8])| {
    let (name, separator) = if input.0 { ("a.csv", b',') } else { ("a.tsv", b'\t') };
    let options = Options { skip_bad: true, repeated_ids: true, ..Options::default() };
    // Most inputs have no usable header, so one is put first; the others test how columns are checked.
    let _ = files::documents(name, input.1, &options);
    let table = [b"id", &[separator][..], b"text\n", input.1].concat();
    let (documents, rejected) = files::documents(name, &table, &options).expect("bad rows are rejected");
    // Tables with tabs have rules of their own for quotes and line ends; without either, rows are lines.
    if !input.0 && input.1.iter().any(|byte| matches!(byte, b'"' | b'\r')) {
        return;
    }
    let mut rows = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(&*table);
    let rows: Vec<_> = rows.byte_records().map(|row| row.expect("in memory")).collect();
    assert_eq!(documents.len() + rejected, rows.len());
    let mut rows = rows.iter();
    for (id, text) in &documents {
        assert!(rows.any(|row| row.len() == 2 && row[0] == *id.as_bytes() && row[1] == *text.as_bytes()), "{id:?}");
    }
});
