//! Frames of user data, which Zstandard and LZ4 share, and which hold nothing of the content.

use std::io::{self, Read};

/// The bytes of the magic number and the length of a frame.
const HEADER: u64 = 8;

/// Passes over the frames that are skipped, which may be of any length. Returns the first bytes of what follows, at most eight, and the
/// number of bytes that were passed over.
pub(super) fn pass_over(reader: &mut impl Read) -> io::Result<(Vec<u8>, u64)> {
    let mut passed = 0;
    loop {
        let mut first = Vec::new();
        reader.by_ref().take(HEADER).read_to_end(&mut first)?;
        let [0x50..=0x5f, 0x2a, 0x4d, 0x18, length @ ..] = first.as_slice() else { return Ok((first, passed)) };
        let length = length.first_chunk().map(|length| u64::from(u32::from_le_bytes(*length))).ok_or_else(cut_short)?;
        if io::copy(&mut reader.by_ref().take(length), &mut io::sink())? < length {
            return Err(cut_short());
        }
        passed += HEADER + length;
    }
}

fn cut_short() -> io::Error {
    let message = "the data stop in a frame that is skipped: the file is cut short; copy or download it again";
    io::Error::new(io::ErrorKind::Unsupported, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_user_data_are_passed_over() {
        let frame = |length: u8| [&[0x5f, 0x2a, 0x4d, 0x18, length, 0, 0, 0][..], &vec![7; length.into()]].concat();
        let data = [frame(3), frame(0), frame(255), b"123456789".to_vec()].concat();
        let mut reader = data.as_slice();
        assert_eq!(pass_over(&mut reader).expect("read"), (b"12345678".to_vec(), 282));
        assert_eq!(reader, b"9");
        assert_eq!(pass_over(&mut &frame(2)[..]).expect("read"), (Vec::new(), 10));
        for cut in [4, 7, 9] {
            assert!(pass_over(&mut &frame(2)[..cut]).is_err(), "{cut}");
        }
    }
}
