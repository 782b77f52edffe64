//! Where the frames of a file end (RFC 8878), found without decompressing them.

use std::io;

use crate::positioned::PositionedFile;

/// The most bytes of the header of a frame, with its magic number.
const MAX_HEADER: usize = 18;

/// The most bytes that a block holds.
const MAX_BLOCK: u64 = 128 << 10;

/// What the header of a frame says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FrameHeader {
    /// Its own length.
    length: u64,
    /// The window in bytes.
    pub(super) window: u64,
    /// The length of the decompressed data, if it is stated.
    content: Option<u64>,
    has_checksum: bool,
}

impl FrameHeader {
    /// Reads the header at the beginning of a frame, or returns `None` if there is none, or a part of one.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let [0x28, 0xb5, 0x2f, 0xfd, descriptor, rest @ ..] = bytes else { return None };
        let is_single_segment = descriptor & 0x20 != 0;
        let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let stated = match descriptor >> 6 {
            0 => usize::from(is_single_segment),
            size => 1 << size,
        };
        let before = usize::from(!is_single_segment) + dictionary;
        let content = rest.get(before..before + stated)?;
        let content = content.iter().rev().fold(0, |size, &byte| size << 8 | u64::from(byte));
        // A size of two bytes begins where one of a single byte ends.
        let content = (stated > 0).then_some(if stated == 2 { content + 256 } else { content });
        let window = match content {
            // Such a frame is its own window.
            Some(content) if is_single_segment => content,
            _ => window(*rest.first()?),
        };
        let length = (5 + before + stated) as u64;
        Some(Self { length, window, content, has_checksum: descriptor & 4 != 0 })
    }
}

/// Returns the window of a window descriptor.
fn window(descriptor: u8) -> u64 {
    let base = 1_u64 << (10 + (descriptor >> 3));
    base + base / 8 * u64::from(descriptor & 7)
}

/// What follows an offset of a file: one frame, or one that is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The offset of what follows it.
    pub(super) end: u64,
    /// The most bytes of the decompressed data.
    pub(super) content: u64,
}

/// Bounds of the frames that are decompressed on their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The size of the file.
    pub(super) size: u64,
    /// The largest window.
    pub(super) window: u64,
    /// The most bytes of a frame, before and after decompression together.
    pub(super) memory: u64,
}

/// Returns the frame at an offset, or `None` if it is not whole, not sound or beyond the bounds. Of a frame beyond them, no more block
/// headers are read than one within them has.
pub(super) fn frame_at(file: &PositionedFile, offset: u64, bounds: Bounds) -> io::Result<Option<Frame>> {
    let head = file.bytes_at(offset, MAX_HEADER)?;
    let found = match (FrameHeader::parse(&head), skipped(&head)) {
        (Some(header), _) => data_frame(file, offset, &header, bounds)?,
        (None, Some(length)) => Some(Frame { end: offset.saturating_add(length), content: 0 }),
        (None, None) => None,
    };
    let is_within = |frame: &Frame| frame.end <= bounds.size && memory(offset, *frame) <= bounds.memory;
    Ok(found.filter(is_within))
}

/// Returns the bytes that a frame at an offset takes, before and after decompression together.
pub(super) fn memory(offset: u64, frame: Frame) -> u64 {
    frame.end.saturating_sub(offset).saturating_add(frame.content)
}

/// Returns the length of a frame that is skipped.
fn skipped(head: &[u8]) -> Option<u64> {
    let [0x50..=0x5f, 0x2a, 0x4d, 0x18, length @ ..] = head else { return None };
    Some(8 + u64::from(u32::from_le_bytes(*length.first_chunk()?)))
}

/// Passes over the blocks of a frame.
fn data_frame(file: &PositionedFile, offset: u64, header: &FrameHeader, bounds: Bounds) -> io::Result<Option<Frame>> {
    if header.window > bounds.window || header.content.is_some_and(|content| content > bounds.memory) {
        return Ok(None);
    }
    let mut frame = Frame { end: offset + header.length, content: 0 };
    loop {
        let &[first, second, third] = file.bytes_at(frame.end, 3)?.as_slice() else { return Ok(None) };
        let block = u64::from(u32::from_le_bytes([first, second, third, 0]));
        let (is_last, kind, size) = (block & 1 != 0, block >> 1 & 3, block >> 3);
        let (stored, content) = match kind {
            0 => (size, size),
            // One byte that is repeated.
            1 => (1, size),
            2 => (size, MAX_BLOCK.min(header.window)),
            _ => return Ok(None),
        };
        frame = Frame { end: frame.end + 3 + stored, content: frame.content + content };
        // The bound of a frame that states its content may be coarse, and says nothing of it.
        let known = Frame { content: header.content.unwrap_or(frame.content), ..frame };
        if frame.end > bounds.size || memory(offset, known) > bounds.memory {
            return Ok(None);
        }
        if is_last {
            let checksum = if header.has_checksum { 4 } else { 0 };
            return Ok(Some(Frame { end: frame.end + checksum, ..known }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Compresses bytes, of which the size may be stated.
    fn compressed(bytes: &[u8], window_log: u32, states_size: bool, checksum: bool) -> Vec<u8> {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
        encoder.window_log(window_log).expect("a window");
        encoder.include_checksum(checksum).expect("a checksum");
        encoder.set_pledged_src_size(states_size.then_some(bytes.len() as u64)).expect("a size");
        encoder.write_all(bytes).expect("written");
        encoder.finish().expect("complete")
    }

    fn file_of(bytes: &[u8]) -> PositionedFile {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        PositionedFile::new(file)
    }

    fn window_of(bytes: &[u8]) -> Option<u64> {
        FrameHeader::parse(bytes).map(|header| header.window)
    }

    /// Bytes of which some repeat and some do not.
    fn sample(length: usize) -> Vec<u8> {
        (0..length as u64).map(|place| (place.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60) as u8).collect()
    }

    #[test]
    fn the_window_of_a_frame_is_read() {
        let data = [b'x'; 3_000];
        assert_eq!(window_of(&compressed(&data, 27, false, false)), Some(1 << 27));
        assert_eq!(window_of(&compressed(&data, 27, true, false)), Some(3_000));
        assert_eq!(window_of(b"no frame"), None);
        assert_eq!(window_of(&[0x28, 0xb5, 0x2f, 0xfd, 0x20]), None);
    }

    #[test]
    fn frames_end_where_the_next_begin() {
        let skipped = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        for (states_size, checksum) in [(true, false), (false, true), (true, true), (false, false)] {
            for length in [0, 1, 255, 256, 70_000, 700_000] {
                let frame = compressed(&sample(length), 20, states_size, checksum);
                let end = frame.len() as u64;
                let file = file_of(&[&frame, &skipped[..], &frame].concat());
                let bounds = Bounds { size: 2 * end + 11, window: 1 << 20, memory: 4 << 20 };
                let found = frame_at(&file, 0, bounds).expect("read").expect("a frame");
                assert_eq!(found.end, end);
                let most = if states_size { length } else { length.next_multiple_of(MAX_BLOCK as usize) + (1 << 17) };
                assert!((length..=most).contains(&(found.content as usize)), "{length}: {found:?}");
                assert_eq!(frame_at(&file, end, bounds).expect("read"), Some(Frame { end: end + 11, content: 0 }));
                let cut = Bounds { size: 2 * end + 10, ..bounds };
                assert_eq!(frame_at(&file, end + 11, cut).expect("read"), None);
                assert_eq!(frame_at(&file, 1, bounds).expect("read"), None);
            }
        }
    }

    #[test]
    fn frames_beyond_the_bounds_are_left_to_the_stream() {
        for states_size in [true, false] {
            let file = file_of(&compressed(&vec![b'x'; 3 << 20], 22, states_size, false));
            let bounds = Bounds { size: file.size().expect("known"), window: 1 << 22, memory: 4 << 20 };
            assert!(frame_at(&file, 0, bounds).expect("read").is_some());
            assert_eq!(frame_at(&file, 0, Bounds { memory: 3 << 20, ..bounds }).expect("read"), None);
            assert_eq!(frame_at(&file, 0, Bounds { window: 1 << 21, ..bounds }).expect("read"), None);
        }
    }
}
