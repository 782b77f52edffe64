//! Recognizes compressed files.

#[cfg(feature = "formats")]
use std::path::Path;

/// The compression of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstandard,
    Xz,
    Bzip2,
    Lz4,
}

impl Compression {
    /// Recognizes the magic numbers of gzip (RFC 1952), Zstandard (RFC 8878), xz, bzip2 and LZ4 frames.
    pub(crate) fn from_first_bytes(first: &[u8]) -> Self {
        let data = after_skipped(first);
        match data {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstandard,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            // Level, and the magic number of a block or of the end of the file.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31 | 0x17, ..] => Self::Bzip2,
            [0x04, 0x22, 0x4d, 0x18, ..] => Self::Lz4,
            // Only frames that are skipped are in sight. Zstandard has more of them than LZ4: pzstd puts one first.
            _ if data.len() < first.len() => Self::Zstandard,
            _ => Self::None,
        }
    }

    /// Returns the compression that the extension `.gz` or `.zst` asks for. Outputs have no others.
    #[cfg(feature = "formats")]
    pub(crate) fn of_output(path: &Path) -> Self {
        match path.extension() {
            Some(extension) if extension.eq_ignore_ascii_case("gz") => Self::Gzip,
            Some(extension) if extension.eq_ignore_ascii_case("zst") => Self::Zstandard,
            _ => Self::None,
        }
    }

    /// Returns the name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "uncompressed",
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "LZ4",
        }
    }
}

/// Returns what follows the frames that are skipped, which Zstandard and LZ4 share.
fn after_skipped(mut bytes: &[u8]) -> &[u8] {
    while let [0x50..=0x5f, 0x2a, 0x4d, 0x18, rest @ ..] = bytes {
        let after =
            rest.split_first_chunk().and_then(|(length, rest)| rest.get(u32::from_le_bytes(*length) as usize..));
        bytes = after.unwrap_or_default();
    }
    bytes
}
