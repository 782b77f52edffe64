//! Arrow IPC, as a file and as a stream: whatever the bytes, reading ends with documents or an error, and sound columns are documents.

#![no_main]

mod files;

use std::sync::{Arc, Once};

use arbitrary::Arbitrary;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use libfuzzer_sys::fuzz_target;
use twinprint_documents::{Format, Options};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    is_stream: bool,
    texts: Vec<&'a str>,
    /// Places and bytes to change in a sound file. Nearly all of a file is found through its end, so random bytes do not get far.
    changes: Vec<(u16, u8)>,
    cut: Option<u16>,
    bytes: &'a [u8],
}

/// The reader catches panics of `arrow-ipc`. A panic that nothing catches still ends the process, behind this hook.
static LET_PANICS_BE_CAUGHT: Once = Once::new();

fuzz_target!(|input: Input<'_>| {
    LET_PANICS_BE_CAUGHT.call_once(|| std::panic::set_hook(Box::new(|_| ())));
    let options = Options { format: Some(Format::Arrow), skip_bad: true, max_record: 1 << 24, ..Options::default() };
    let _ = files::documents("a.arrow", input.bytes, &options);
    let _ = files::documents("a.arrow", &[b"ARROW1\0\0", input.bytes, b"ARROW1"].concat(), &options);

    let mut written = write(&input.texts, input.is_stream);
    let (found, rejected) = files::documents("a.arrow", &written, &options).expect("sound");
    let expected = input.texts.iter().enumerate().map(|(number, text)| (format!("n{number}"), (*text).to_string()));
    assert_eq!((found, rejected), (expected.collect(), 0));
    for (at, byte) in input.changes {
        let at = usize::from(at) % written.len();
        written[at] = byte;
    }
    written.truncate(input.cut.map_or(usize::MAX, usize::from));
    let _ = files::documents("a.arrow", &written, &options);
});

/// Writes the texts in two batches.
fn write(texts: &[&str], is_stream: bool) -> Vec<u8> {
    let ids: Vec<String> = (0..texts.len()).map(|number| format!("n{number}")).collect();
    let columns: [(&str, ArrayRef); 2] =
        [("id", Arc::new(StringArray::from(ids))), ("text", Arc::new(StringArray::from(texts.to_vec())))];
    let rows = RecordBatch::try_from_iter(columns).expect("two columns of one length");
    let half = rows.num_rows() / 2;
    let batches = [rows.slice(0, half), rows.slice(half, rows.num_rows() - half)];
    let mut bytes = Vec::new();
    if is_stream {
        let mut writer = StreamWriter::try_new(&mut bytes, &rows.schema()).expect("in memory");
        batches.iter().for_each(|batch| writer.write(batch).expect("in memory"));
        writer.finish().expect("in memory");
    } else {
        let mut writer = FileWriter::try_new(&mut bytes, &rows.schema()).expect("in memory");
        batches.iter().for_each(|batch| writer.write(batch).expect("in memory"));
        writer.finish().expect("in memory");
    }
    bytes
}
