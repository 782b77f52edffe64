//! Text files: the text is the bytes without a byte order mark, an error names the first bad byte, and lossy reading replaces it.

#![no_main]

mod files;

use libfuzzer_sys::fuzz_target;
use twinprint_documents::{ErrorKind, Options};

fuzz_target!(|bytes: &[u8]| {
    if !files::are_plain(bytes) {
        return;
    }
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let document = |text: &str| (vec![("a".to_string(), text.to_string())], 0);
    let read = files::documents("a.txt", bytes, &Options::default());
    if matches!(&read, Err(error) if matches!(error.kind, ErrorKind::ForeignFormat(..))) {
        return;
    }
    match (read, std::str::from_utf8(text)) {
        (Ok(found), Ok(text)) => assert_eq!(found, document(text)),
        (Err(found), Err(expected)) => {
            let offset = bytes.len() - text.len() + expected.valid_up_to();
            assert_eq!(found.kind, ErrorKind::NotUtf8(offset));
        }
        (found, expected) => panic!("{found:?} instead of {expected:?}"),
    }
    let lossy = Options { lossy: true, ..Options::default() };
    assert_eq!(files::documents("a.txt", bytes, &lossy).ok(), Some(document(&String::from_utf8_lossy(text))));
});
