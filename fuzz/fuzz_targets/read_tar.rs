//! Tar archives: whatever the bytes, reading ends with documents or an error, and the files of a sound archive are documents.

#![no_main]

mod files;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use twinprint_documents::{Format, Options};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    bytes: &'a [u8],
    texts: Vec<&'a str>,
    /// A header of the sound archive is changed at this place.
    change: Option<(u16, u8)>,
}

fuzz_target!(|input: Input<'_>| {
    let options = Options { format: Some(Format::Tar), skip_bad: true, ..Options::default() };
    let _ = files::documents("a.tar", input.bytes, &options);

    let texts: Vec<&str> = input.texts.into_iter().filter(|text| !text.starts_with(['{', '[', '\u{feff}'])).collect();
    let mut archive = archive(&texts);
    let found = files::documents("a.tar", &archive, &options).expect("sound");
    assert_eq!(found.0.len() + found.1, texts.len());
    for (name, text) in found.0 {
        let number = name.strip_prefix("texts/").and_then(|name| name.strip_suffix(".txt"));
        let number: usize = number.and_then(|number| number.parse().ok()).expect("a name of the archive");
        assert_eq!(text, texts[number]);
    }
    if let Some((at, byte)) = input.change {
        let at = usize::from(at) % archive.len();
        archive[at] = byte;
        let _ = files::documents("a.tar", &archive, &options);
    }
});

/// Packs texts as `texts/0.txt` and so on.
fn archive(texts: &[&str]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (number, text) in texts.iter().enumerate() {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("texts/{number}.txt"), text.as_bytes()).expect("in memory");
    }
    archive.into_inner().expect("in memory")
}
