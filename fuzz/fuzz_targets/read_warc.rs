//! WARC: whatever the bytes, reading ends with documents or an error, and the texts of sound records are documents.

#![no_main]

mod files;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use twinprint_documents::{Format, Options};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    bytes: &'a [u8],
    /// Lines that are put behind the head of a record.
    headers: &'a [u8],
    texts: Vec<&'a str>,
}

fuzz_target!(|input: Input<'_>| {
    let options = Options { format: Some(Format::Warc), skip_bad: true, ..Options::default() };
    let _ = files::documents("a.warc", input.bytes, &options);
    let record = [b"WARC/1.0\r\nWARC-Type: conversion\r\n", input.headers, b"\r\n\r\n", input.bytes].concat();
    let _ = files::documents("a.warc", &record, &options);

    let texts: Vec<&str> = input.texts.into_iter().filter(|text| !text.starts_with('\u{feff}')).collect();
    let records: String = texts.iter().enumerate().map(record_of).collect();
    let (found, rejected) = files::documents("a.warc", records.as_bytes(), &options).unwrap_or_default();
    if !texts.is_empty() {
        let expected = texts.iter().enumerate().map(|(number, text)| (format!("urn:{number}"), (*text).to_string()));
        assert_eq!((found, rejected), (expected.collect(), 0));
    }
});

fn record_of((number, text): (usize, &&str)) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:{number}>\r\nContent-Type: text/plain\r\n\
         Content-Length: {}\r\n\r\n{text}\r\n\r\n",
        text.len()
    )
}
