//! Parquet: whatever the bytes, reading ends with documents or an error.

#![no_main]

mod files;

use libfuzzer_sys::fuzz_target;
use twinprint_documents::{Format, Options};

fuzz_target!(|bytes: &[u8]| {
    let options = Options { format: Some(Format::Parquet), skip_bad: true, ..Options::default() };
    let _ = files::documents("a.parquet", bytes, &options);
    // Nearly all of a file is found through its end, so damage in the middle is tried behind an intact frame.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let _ = files::documents("a.parquet", &[b"PAR1", bytes, &length, b"PAR1"].concat(), &options);
});
