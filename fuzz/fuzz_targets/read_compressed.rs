//! Compressed files: what was compressed is read as if it were not, in several members or frames too, and damage is no panic.

#![no_main]

mod files;

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use twinprint_documents::{Format, Options};

fuzz_target!(|input: (bool, u8, &[u8])| {
    let (is_gzip, cut, bytes) = input;
    let options = Options { lossy: true, format: Some(Format::Text), ..Options::default() };
    let magic: &[u8] = if is_gzip { &[0x1f, 0x8b] } else { &[0x28, 0xb5, 0x2f, 0xfd] };
    let _ = files::documents("a.txt", &[magic, bytes].concat(), &options);

    let compress = |bytes: &[u8]| if is_gzip { gzip(bytes) } else { zstd::encode_all(bytes, 1).expect("in memory") };
    let (first, second) = bytes.split_at(usize::from(cut).min(bytes.len()));
    let compressed = [compress(first), compress(second)].concat();
    // What is another format by its first bytes is refused. Inside compressed data it is named, also where it could be read as text.
    let plain = files::documents("b.txt", bytes, &options);
    let found = files::documents("a.txt", &compressed, &options);
    let Ok(found) = found else {
        let is_text = files::are_plain(bytes) && std::str::from_utf8(bytes).is_ok();
        assert!(plain.is_err() || !is_text, "compressed: {found:?}");
        return;
    };
    let text = String::from_utf8_lossy(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)).into_owned();
    assert_eq!(found, (vec![("a".to_string(), text)], 0));
});

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}
