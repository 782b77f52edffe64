//! Recognizes what a file holds by its first bytes.

/// What the first bytes of a file show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Parquet,
    Arrow,
    Tar,
    Warc,
    /// An object or an array begins.
    Json,
    /// Something that is not read: what it is, and what can be done.
    Foreign(&'static str, &'static str),
    /// UTF-8 without control characters that texts do not have.
    Text,
    /// Nothing that is known.
    Binary,
    /// No bytes.
    Empty,
}

/// The first bytes of formats that are not read, with their names and what to do.
const FOREIGN: [(&[u8], &str, &str); 19] = [
    (b"PK\x03\x04", "a zip archive", "unpack it first: unzip FILE -d FOLDER"),
    (b"PK\x05\x06", "an empty zip archive", "give the files themselves"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first: 7z x FILE"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it first: unrar x FILE"),
    (b"LZIP", "an lzip file", "decompress it first: lzip -dk FILE"),
    (b"\x1f\x9d", "a file of the program compress", "decompress it first: gzip -dk FILE"),
    (b"\x5d\x00\x00", "an LZMA file", "decompress it first: xz --format=lzma -dk FILE"),
    (b"\x02\x21\x4c\x18", "an LZ4 file of the legacy format", "decompress it first: lz4 -dc FILE > OTHER-FILE"),
    (b"\xff\xfe\x00\x00", "UTF-32 text", "convert it to UTF-8: iconv -f UTF-32 -t UTF-8 FILE"),
    (b"\xff\xfe", "UTF-16 text", "convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE"),
    (b"\xfe\xff", "UTF-16 text", "convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE"),
    (b"FEA1", "a Feather file of version 1", "write it again as Feather version 2 (Arrow IPC) or Parquet"),
    (b"Obj\x01", "an Avro file", "convert it to Parquet or JSON lines"),
    (b"ORC", "an ORC file", "convert it to Parquet or JSON lines"),
    (b"SQLite format 3\0", "an SQLite database", "export the table, for example as CSV"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", "export the table as Parquet or CSV"),
    (b"%PDF-", "a PDF", "extract its text first: pdftotext FILE"),
    (b"PARE", "an encrypted Parquet file", "decrypt it where the key is, and write it again without encryption"),
    (
        b"version https://git-lfs.github.com/spec/",
        "a pointer of Git LFS instead of the file itself",
        "fetch the file: git lfs pull",
    ),
];

/// The first bytes of a Parquet file.
const PARQUET: &[u8] = b"PAR1";
/// The first bytes of an Arrow IPC file.
const ARROW_FILE: &[u8] = b"ARROW1";
/// The first bytes of a message of an Arrow IPC stream; its length and a flatbuffer follow.
const ARROW_STREAM: &[u8] = &[0xff, 0xff, 0xff, 0xff];
/// The magic of POSIX and GNU archives, which follows the name and the numbers of the first file.
const TAR: (usize, &[u8]) = (257, b"ustar");

impl Content {
    /// Recognizes the beginning of a file.
    pub(crate) fn from_first_bytes(first: &[u8]) -> Self {
        if first.is_empty() {
            return Self::Empty;
        }
        if first.starts_with(PARQUET) {
            return Self::Parquet;
        }
        if first.starts_with(ARROW_FILE) || first.starts_with(ARROW_STREAM) {
            return Self::Arrow;
        }
        // A text may begin with letters that are the magic of another format, so the short ones count only in front of binary data.
        let foreign = FOREIGN.iter().find(|(magic, ..)| first.starts_with(magic));
        if let Some((magic, name, remedy)) = foreign
            && (magic.len() > 4 || !is_text(first))
        {
            return Self::Foreign(name, remedy);
        }
        if first.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
            return Self::Tar;
        }
        if first.starts_with(b"WARC/") {
            return Self::Warc;
        }
        if let Some(remedy) = utf16_remedy(first) {
            return Self::Foreign("UTF-16 text", remedy);
        }
        let text = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first).trim_ascii_start();
        if text.starts_with(b"{") || text.starts_with(b"[") {
            return Self::Json;
        }
        if is_text(first) { Self::Text } else { Self::Binary }
    }
}

/// Returns whether bytes are UTF-8 without NUL. The last character may be cut.
fn is_text(first: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(first) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    is_utf8 && !first.contains(&0)
}

/// Returns how to convert UTF-16 without a byte order mark, in which ASCII letters alternate with NUL.
fn utf16_remedy(first: &[u8]) -> Option<&'static str> {
    let mut pairs = first.chunks_exact(2).take(16);
    let is_letter = |byte: u8, other: u8| byte.is_ascii() && byte != 0 && other == 0;
    match first {
        [0, _, _, _, _, _, _, _, ..] => pairs
            .all(|pair| is_letter(pair[1], pair[0]))
            .then_some("convert it to UTF-8: iconv -f UTF-16BE -t UTF-8 FILE"),
        [_, 0, _, _, _, _, _, _, ..] => pairs
            .all(|pair| is_letter(pair[0], pair[1]))
            .then_some("convert it to UTF-8: iconv -f UTF-16LE -t UTF-8 FILE"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_known_by_its_first_bytes() {
        for (first, expected) in [
            (&b""[..], Content::Empty),
            (b"PAR1\x15\x04", Content::Parquet),
            (b"ARROW1\0\0", Content::Arrow),
            (b"WARC/1.0\r\n", Content::Warc),
            (b"\xef\xbb\xbf {\"id\"", Content::Json),
            (b"[\n {", Content::Json),
            (b"# A heading\n\n\xc3", Content::Text),
            (b"ORCs and LZIP", Content::Text),
            (b"\0\x01\x02", Content::Binary),
            (b"caf\xe9 au lait", Content::Binary),
        ] {
            assert_eq!(Content::from_first_bytes(first), expected, "{first:?}");
        }
        for (first, expected) in [
            (&b"PK\x03\x04\x14\0"[..], "zip"),
            (b"\xff\xfe{\0", "UTF-16"),
            (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS"),
        ] {
            let found = Content::from_first_bytes(first);
            assert!(matches!(found, Content::Foreign(name, _) if name.contains(expected)), "{first:?}: {found:?}");
        }
        for (first, expected) in [(b"{\0\"\0i\0d\0\"\0", "-f UTF-16LE"), (b"\0{\0\"\0i\0d\0\"", "-f UTF-16BE")] {
            let found = Content::from_first_bytes(first);
            assert!(matches!(found, Content::Foreign(_, remedy) if remedy.contains(expected)), "{first:?}: {found:?}");
        }
        let mut tar = vec![b'a'; 257];
        tar.extend_from_slice(b"ustar\x0000");
        assert_eq!(Content::from_first_bytes(&tar), Content::Tar);
    }
}
