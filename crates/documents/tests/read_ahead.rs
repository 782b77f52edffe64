//! What several threads decompress ahead is what one thread reads, errors included.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use twinprint_documents::{Fields, Inputs, Options};

/// Ids and texts, messages of rejected records, documents after each batch, and how the reading ended.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    documents: Vec<(String, String)>,
    rejected: Vec<String>,
    batches: Vec<usize>,
    end: Result<u64, String>,
}

/// Reads a file with this number of threads.
fn read(path: &Path, options: &Options, raw: bool, threads: usize) -> Found {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let mut found = Found { documents: Vec::new(), rejected: Vec::new(), batches: Vec::new(), end: Ok(0) };
        let reader = Inputs::find([path], options).map(|inputs| inputs.read(options, &Fields::default()));
        let mut reader = match reader {
            Ok(reader) => {
                if raw {
                    reader.with_raw()
                } else {
                    reader
                }
            }
            Err(error) => return Found { end: Err(error.to_string()), ..found },
        };
        loop {
            match reader.next_batch() {
                Ok(Some(batch)) => {
                    found.documents.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
                    found.rejected.extend(batch.rejected.iter().map(|rejected| rejected.error.to_string()));
                    found.batches.push(found.documents.len());
                }
                Ok(None) => return Found { end: Ok(reader.position().bytes), ..found },
                Err(error) => return Found { end: Err(error.to_string()), ..found },
            }
        }
    })
}

/// Requires that any number of threads reads the same.
fn same_for_all_threads(path: &Path, options: &Options) -> Found {
    let alone = read(path, options, false, 1);
    for (threads, raw) in [(2, false), (4, false), (4, true), (9, false)] {
        let found = read(path, options, raw, threads);
        assert!(found == alone, "{threads} threads: {:?} instead of {:?}", found.end, alone.end);
    }
    alone
}

/// The text of a row. Some are long, and a few are missing.
fn text(row: usize, seed: u64) -> Option<String> {
    let number = (row as u64 + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    (number % 5_003 != 1).then(|| format!("text {row} ").repeat(1 + number as usize % 7))
}

/// Writes rows in groups and pages of these sizes, and returns the number of rows that have a text.
fn write_parquet(path: &Path, rows: usize, group: usize, page: usize, seed: u64) -> usize {
    let id: ArrayRef = Arc::new(Int64Array::from_iter_values((0..rows as i64).map(|id| id * 3)));
    let texts: Vec<_> = (0..rows).map(|row| text(row, seed)).collect();
    let column: ArrayRef = Arc::new(StringArray::from_iter(texts.iter().map(Option::as_deref)));
    let rows = RecordBatch::try_from_iter_with_nullable([("id", id, false), ("text", column, true)]).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(if seed % 2 == 0 { Compression::SNAPPY } else { Compression::UNCOMPRESSED })
        .set_max_row_group_row_count(Some(group))
        .set_data_page_row_count_limit(page)
        .set_dictionary_page_size_limit(2_000)
        .set_write_batch_size(64)
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), rows.schema(), Some(properties)).unwrap();
    writer.write(&rows).unwrap();
    writer.close().unwrap();
    texts.iter().flatten().count()
}

const SKIP: Options = Options { skip_bad: true, ..Options::DEFAULT };

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_of_parquet(rows in 1_usize..40_000, group in 300_usize..30_000, page in 50_usize..9_000, seed in 0_u64..1_000) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let expected = write_parquet(&path, rows, group, page, seed);
        let found = same_for_all_threads(&path, &SKIP);
        prop_assert_eq!(found.end, Ok(fs::metadata(&path).unwrap().len()));
        prop_assert_eq!(found.documents.len(), expected);
        prop_assert_eq!(found.rejected.len(), rows - expected);
        // Without --bad, the first row that lacks a text ends the reading.
        same_for_all_threads(&path, &Options::default());
    }

    #[test]
    fn damaged_rows_of_parquet(place in 0.0_f64..1.0, byte in 1_u8..=255, seed in 0_u64..1_000) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        write_parquet(&path, 30_000, 7_000, 1_000, seed);
        let mut bytes = fs::read(&path).unwrap();
        let place = (bytes.len() as f64 * place) as usize;
        bytes[place] ^= byte;
        fs::write(&path, bytes).unwrap();
        same_for_all_threads(&path, &SKIP);
    }
}

#[test]
fn texts_that_are_not_utf8_are_found_by_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    write_parquet(&path, 30_000, 7_000, 1_000, 1);
    let mut bytes = fs::read(&path).unwrap();
    let place = bytes.windows(11).position(|bytes| bytes == b"text 21500 ").unwrap();
    bytes[place] = 0xff;
    fs::write(&path, bytes).unwrap();
    let found = same_for_all_threads(&path, &SKIP);
    assert!(found.rejected.iter().any(|error| error.contains("row 21501")), "{:?}", found.rejected);
    let lossy = same_for_all_threads(&path, &Options { lossy: true, ..SKIP });
    assert!(lossy.documents.iter().any(|(_, text)| text.starts_with("\u{fffd}ext 21500 ")));
}
