//! What several threads decompress ahead is what one thread reads, errors included.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs::{self, File};
use std::io::Write;
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
        .set_compression(if seed & 1 == 0 { Compression::SNAPPY } else { Compression::UNCOMPRESSED })
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

/// Texts on JSON lines, from a number on.
fn lines(numbers: std::ops::Range<usize>) -> Vec<u8> {
    let line = |number| format!("{{\"id\": {number}, \"text\": {}}}\n", serde_json::json!(text(number, 7)));
    numbers.map(line).collect::<String>().into_bytes()
}

/// How a frame is written.
#[derive(Clone, Debug)]
struct Frame {
    lines: usize,
    level: i32,
    states_size: bool,
    has_checksum: bool,
    /// The length of a skippable frame before it.
    skipped: Option<u8>,
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let lines = prop_oneof![4 => 0_usize..3_000, 1 => 3_000_usize..30_000];
    let parts = (lines, 1..4_i32, any::<bool>(), any::<bool>(), proptest::option::of(any::<u8>()));
    parts.prop_map(|(lines, level, states_size, has_checksum, skipped)| Frame {
        lines,
        level,
        states_size,
        has_checksum,
        skipped,
    })
}

/// Compresses lines as frames, and returns the number of documents among them.
fn zstandard_of(frames: &[Frame]) -> (Vec<u8>, usize) {
    let (mut out, mut number) = (Vec::new(), 0);
    for frame in frames {
        if let Some(length) = frame.skipped {
            out.extend([0x53, 0x2a, 0x4d, 0x18, length, 0, 0, 0]);
            out.extend(std::iter::repeat_n(length, usize::from(length)));
        }
        let lines = lines(number..number + frame.lines);
        number += frame.lines;
        let mut encoder = zstd::stream::write::Encoder::new(&mut out, frame.level).unwrap();
        encoder.include_checksum(frame.has_checksum).unwrap();
        encoder.set_pledged_src_size(frame.states_size.then_some(lines.len() as u64)).unwrap();
        encoder.write_all(&lines).unwrap();
        encoder.finish().unwrap();
    }
    (out, (0..number).filter(|&number| text(number, 7).is_some()).count())
}

/// Writes a file of frames; returns its path, and its folder, which is removed when dropped.
fn file_of(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl.zst");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn frames_of_zstandard(frames in prop::collection::vec(any_frame(), 1..30), read_ahead in 0_usize..20_000_000) {
        let (bytes, documents) = zstandard_of(&frames);
        let (_folder, path) = file_of(&bytes);
        let found = same_for_all_threads(&path, &Options { read_ahead, ..SKIP });
        prop_assert_eq!(found.end, Ok(bytes.len() as u64));
        prop_assert_eq!(found.documents.len(), documents);
        same_for_all_threads(&path, &Options::default());
    }

    #[test]
    fn damaged_frames_of_zstandard(
        frames in prop::collection::vec(any_frame(), 1..12),
        place in 0.0_f64..1.0,
        damage in prop::option::of(1_u8..=255),
        more in prop::option::of(prop::collection::vec(any::<u8>(), 1..20)),
    ) {
        let (mut bytes, _) = zstandard_of(&frames);
        let place = (bytes.len() as f64 * place) as usize;
        match (damage, more) {
            (Some(damage), _) => bytes[place] ^= damage,
            (None, Some(more)) => bytes.extend(more),
            (None, None) => bytes.truncate(place),
        }
        let (_folder, path) = file_of(&bytes);
        same_for_all_threads(&path, &SKIP);
    }
}

#[test]
fn a_window_beyond_the_limit_is_refused_by_any_number_of_threads() {
    let frame = |log: u32, range| {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(log).unwrap();
        encoder.write_all(&lines(range)).unwrap();
        encoder.finish().unwrap()
    };
    let wide = frame(22, 5_000..50_000);
    let options = Options { max_window: 1 << 20, ..SKIP };
    let (_folder, path) = file_of(&[frame(18, 0..5_000), wide.clone()].concat());
    assert!(same_for_all_threads(&path, &options).end.unwrap_err().contains("--max-window"));
    let (_folder, path) = file_of(&[wide, frame(18, 0..5_000)].concat());
    assert!(same_for_all_threads(&path, &options).end.unwrap_err().contains("--max-window"));
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
