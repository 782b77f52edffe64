//! Small sound files in every format that the command reads.

use std::io::{Cursor, Write};
use std::sync::Arc;

use anyhow::Result;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use twinprint_generator::{Generator, Settings};

/// The name of a file and its bytes.
pub(crate) type Seed = (&'static str, Vec<u8>);

/// Makes the files.
pub(crate) fn all() -> Result<Vec<Seed>> {
    let settings = Settings { near_duplicates: 0.4, median_words: 30.0, ..Settings::default() };
    let documents: Vec<(String, String)> = Generator::new(settings)
        .take(40)
        .map(|made| (made.id.to_string(), made.text.replace(['\t', '\n'], " ")))
        .collect();
    let lines: String =
        documents.iter().map(|(id, text)| format!("{}\n", serde_json::json!({"id": id, "text": text}))).collect();
    let lines = lines.into_bytes();
    let rows = rows(&documents)?;
    let text = documents[0].1.clone().into_bytes();
    Ok(vec![
        ("a.csv", table(&documents, ",")),
        ("a.tsv", table(&documents, "\t")),
        ("a.txt", text),
        ("a.warc", warc(&documents)),
        ("a.tar", archive(&documents)?),
        ("a.jsonl.gz", gzip(&lines)?),
        ("a.jsonl.zst", zstd::encode_all(&lines[..], 1)?),
        ("a.jsonl.xz", xz(&lines)?),
        ("a.jsonl.bz2", bzip2(&lines)?),
        ("a.jsonl.lz4", lz4(&lines)?),
        ("a.parquet", parquet(&rows, Compression::UNCOMPRESSED)?),
        ("b.parquet", parquet(&rows, Compression::SNAPPY)?),
        ("c.parquet", parquet(&rows, Compression::ZSTD(ZstdLevel::default()))?),
        ("a.arrow", arrow_file(&rows)?),
        ("b.arrow", arrow_stream(&rows)?),
        ("a.jsonl", lines),
    ])
}

fn rows(documents: &[(String, String)]) -> Result<RecordBatch> {
    let column = |values: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(values)) };
    let ids = column(documents.iter().map(|(id, _)| id.as_str()).collect());
    let texts = column(documents.iter().map(|(_, text)| text.as_str()).collect());
    Ok(RecordBatch::try_from_iter([("id", ids), ("text", texts)])?)
}

fn table(documents: &[(String, String)], separator: &str) -> Vec<u8> {
    let rows = documents.iter().map(|(id, text)| format!("{id}{separator}\"{}\"\n", text.replace('"', "\"\"")));
    std::iter::once(format!("id{separator}text\n")).chain(rows).collect::<String>().into_bytes()
}

fn warc(documents: &[(String, String)]) -> Vec<u8> {
    let record = |(id, text): &(String, String)| {
        format!(
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:{id}>\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n\
             {text}\r\n\r\n",
            text.len()
        )
    };
    documents.iter().map(record).collect::<String>().into_bytes()
}

fn archive(documents: &[(String, String)]) -> Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for (id, text) in documents {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("texts/{id}.txt"), text.as_bytes())?;
    }
    Ok(archive.into_inner()?)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn xz(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn bzip2(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn lz4(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn parquet(rows: &RecordBatch, compression: Compression) -> Result<Vec<u8>> {
    let properties =
        WriterProperties::builder().set_compression(compression).set_max_row_group_row_count(Some(16)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows.schema(), Some(properties))?;
    writer.write(rows)?;
    writer.close()?;
    Ok(bytes)
}

fn arrow_file(rows: &RecordBatch) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = FileWriter::try_new(&mut bytes, &rows.schema())?;
    writer.write(rows)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes.into_inner())
}

fn arrow_stream(rows: &RecordBatch) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &rows.schema())?;
    writer.write(rows)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}
