//! The frames of an Arrow IPC file, checked before its batches are read.
//!
//! The library slices its memory by the offsets and lengths that a file claims, and panics where they are wrong. So they are compared
//! with the size of the file first. This reads the metadata twice, but no data.

use std::io::{self, ErrorKind as IoKind, Read, Seek, SeekFrom};

use arrow_ipc::reader::read_footer_length;
use arrow_ipc::{Block, Message, RecordBatch, root_as_footer, root_as_message};

/// Why a file is refused.
pub(super) enum Fault {
    Io(io::Error),
    /// What is wrong with it.
    Bad(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What marks a frame since version 0.15 of the format. The length of the metadata follows.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// What the format aligns metadata and columns to, in bytes.
const ALIGNMENT: u64 = 8;

/// Bytes at the end of a file: the length of the footer, and `ARROW1`.
const END_BYTES: u64 = 10;

/// Bytes at the beginning of a file: `ARROW1`, aligned.
const MAGIC_BYTES: u64 = 8;

/// The most bytes between two parts of a file: a mark, and as many as any program aligns to.
const MAX_GAP: u64 = 1 << 10;

/// A codec makes at most this of one byte: Zstandard says with four bytes that a block of 128 KiB holds one value.
const MAX_RATIO: u64 = 1 << 15;

/// Bytes that a compressed buffer may claim to hold, however short it is.
const MIN_UNPACKED: u64 = 1 << 20;

/// Checks every frame that the index of a file names.
pub(super) fn check_file(file: &mut (impl Read + Seek)) -> Result<(), Fault> {
    let size = file.seek(SeekFrom::End(0))?;
    let mut end = [0; END_BYTES as usize];
    if size < END_BYTES {
        return bad("the file is too short");
    }
    file.seek(SeekFrom::Start(size - END_BYTES))?;
    file.read_exact(&mut end)?;
    let length = read_footer_length(end).map_err(|error| Fault::Bad(error.to_string()))? as u64;
    let Some(start) = (size - END_BYTES).checked_sub(length) else {
        return bad("the footer is longer than the file");
    };
    let footer = read_at(file, start, length)?;
    let footer = root_as_footer(&footer).map_err(|error| Fault::Bad(format!("the footer is damaged: {error}")))?;
    let blocks = [footer.dictionaries(), footer.recordBatches()];
    let mut end = end_of_schema(file)?;
    for block in blocks.into_iter().flatten().flatten() {
        end = end.max(check_block(file, block, size)?);
    }
    check_gap(file, end, start)
}

/// Returns where the schema ends, which is the first frame. Zeros in front of it align it to as many bytes as the program that wrote it likes.
fn end_of_schema(file: &mut (impl Read + Seek)) -> io::Result<u64> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(MAGIC_BYTES))?;
    Read::by_ref(file).take(MAX_GAP).read_to_end(&mut first)?;
    let zeros = first.iter().take_while(|&&byte| byte == 0).count() as u64;
    let start = MAGIC_BYTES + zeros / ALIGNMENT * ALIGNMENT;
    Ok(next_metadata(file, start)?.map_or(start, |(start, length)| start.saturating_add(length)))
}

/// Checks that nothing is between the last frame and the footer but the mark of the end, and zeros that align it. The footer counts from the
/// beginning of its own file, so if another file is in front of it, it names frames of that one.
fn check_gap(file: &mut (impl Read + Seek), end: u64, footer: u64) -> Result<(), Fault> {
    let length = footer.saturating_sub(end);
    let gap = read_at(file, end, length.min(MAX_GAP))?;
    let zeros = gap.strip_prefix(&CONTINUATION).unwrap_or(&gap);
    if length > MAX_GAP || zeros.iter().any(|&byte| byte != 0) {
        return bad("more than one file is in it; write each to a file of its own");
    }
    Ok(())
}

/// Checks a frame, and returns where it ends.
fn check_block(file: &mut (impl Read + Seek), block: &Block, size: u64) -> Result<u64, Fault> {
    let lengths = [block.offset(), block.metaDataLength().into(), block.bodyLength()];
    let [Ok(offset), Ok(head), Ok(body)] = lengths.map(u64::try_from) else {
        return bad("the length of a batch is negative");
    };
    let end = offset.checked_add(head).and_then(|end| end.checked_add(body)).filter(|&end| end <= size);
    let Some(end) = end.filter(|_| head >= 8) else {
        return bad("a batch is not within the file");
    };
    if !head.is_multiple_of(ALIGNMENT) {
        return bad("a batch is not aligned");
    }
    let metadata = read_at(file, offset, head)?;
    let skipped = if metadata.starts_with(&CONTINUATION) { 8 } else { 4 };
    check_message(file, &metadata[skipped..], offset + head, body)?;
    Ok(end)
}

/// Checks every frame of a stream. Its reader would take as much memory as a frame claims to hold, before it notices that the file
/// ends too early.
pub(super) fn check_stream(file: &mut (impl Read + Seek)) -> Result<(), Fault> {
    let size = file.seek(SeekFrom::End(0))?;
    let mut at = 0;
    while let Some((start, length)) = next_metadata(file, at)? {
        if start.saturating_add(length) > size {
            return bad("the file ends within the description of a batch");
        }
        let metadata = read_at(file, start, length)?;
        let body = message(&metadata)?.bodyLength();
        let Ok(body) = u64::try_from(body) else { return bad("the length of a batch is negative") };
        let start = start + length;
        if start.saturating_add(body) > size {
            return bad("the file ends within a batch");
        }
        check_message(file, &metadata, start, body)?;
        at = start + body;
    }
    check_end(file, at, size)
}

/// Checks that nothing follows the mark that ends a stream. The reader stops there, so that texts after it would be lost without a word.
fn check_end(file: &mut (impl Read + Seek), at: u64, size: u64) -> Result<(), Fault> {
    let mark = read_at(file, at, (size - at).min(8))?;
    let length = mark.strip_prefix(&CONTINUATION).unwrap_or(&mark);
    if mark.is_empty() || (length.starts_with(&[0; 4]) && size == at + (mark.len() - length.len()) as u64 + 4) {
        return Ok(());
    }
    if length.starts_with(&[0; 4]) {
        return bad("more follows the end of the stream; write each stream to a file of its own");
    }
    bad("what follows the last batch is no part of a stream")
}

/// Returns where the metadata of the next frame are, and their length; nothing at the end of the stream.
fn next_metadata(file: &mut (impl Read + Seek), at: u64) -> io::Result<Option<(u64, u64)>> {
    let (mut bytes, mut start) = ([0; 4], at + 4);
    file.seek(SeekFrom::Start(at))?;
    let mut next = || match file.read_exact(&mut bytes) {
        Err(error) if error.kind() == IoKind::UnexpectedEof => Ok(None),
        read => read.map(|()| Some(bytes)),
    };
    let mut length = next()?;
    if length == Some(CONTINUATION) {
        length = next()?;
        start += 4;
    }
    let length = length.and_then(|length| u64::try_from(i32::from_le_bytes(length)).ok());
    Ok(length.filter(|&length| length > 0).map(|length| (start, length)))
}

/// Checks the buffers of a message, whose body begins at this byte of the file and has this length.
fn check_message(file: &mut (impl Read + Seek), metadata: &[u8], start: u64, body: u64) -> Result<(), Fault> {
    let message = message(metadata)?;
    let dictionary = message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
    let Some(batch) = message.header_as_record_batch().or(dictionary) else { return Ok(()) };
    check_batch(file, batch, start, body)
}

fn check_batch(file: &mut (impl Read + Seek), batch: RecordBatch<'_>, start: u64, body: u64) -> Result<(), Fault> {
    let is_negative = |node: &arrow_ipc::FieldNode| node.length() < 0 || node.null_count() < 0;
    if batch.length() < 0 || batch.nodes().into_iter().flatten().any(is_negative) {
        return bad("the number of rows of a batch is negative");
    }
    for buffer in batch.buffers().into_iter().flatten() {
        let (Ok(offset), Ok(length)) = (u64::try_from(buffer.offset()), u64::try_from(buffer.length())) else {
            return bad("the length of a column is negative");
        };
        if offset.checked_add(length).is_none_or(|end| end > body) {
            return bad("a column is not within its batch");
        }
        if !offset.is_multiple_of(ALIGNMENT) {
            return bad("a column is not aligned");
        }
        if batch.compression().is_some() && length >= 8 {
            let unpacked = read_at(file, start + offset, 8)?;
            let unpacked = unpacked.try_into().map_or(0, i64::from_le_bytes);
            if u64::try_from(unpacked).is_ok_and(|unpacked| unpacked > MIN_UNPACKED + length.saturating_mul(MAX_RATIO))
            {
                return bad("a compressed column claims to hold more than it can");
            }
        }
    }
    Ok(())
}

fn message(metadata: &[u8]) -> Result<Message<'_>, Fault> {
    root_as_message(metadata).map_err(|error| Fault::Bad(format!("the description of a batch is damaged: {error}")))
}

/// Reads a range of the file, which must be within it.
fn read_at(file: &mut (impl Read + Seek), start: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    Read::by_ref(file).take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length { Err(IoKind::UnexpectedEof.into()) } else { Ok(bytes) }
}

fn bad<T>(what: &str) -> Result<T, Fault> {
    Err(Fault::Bad(what.to_string()))
}
