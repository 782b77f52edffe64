//! Options of reading.

use crate::format::Format;

/// Configures how inputs are found and how bad ones are handled.
///
/// The default stops at the first record that cannot be read, because a corpus that is silently incomplete is worse
/// than an error.
///
/// ```
/// use twinprint_documents::{Options, read};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, b"{\"id\": 1, \"text\": \"caf\xe9\"}\nno JSON\n")?;
/// assert!(read(&path, &Options::default()).is_err());
/// let options = Options { lossy: true, skip_bad: true, ..Options::default() };
/// let corpus = read(&path, &options)?;
/// assert_eq!((corpus.documents[0].text.as_str(), corpus.rejected.len()), ("caf\u{fffd}", 1));
/// assert_eq!((options.max_record, options.read_ahead), (64 << 20, 64 << 20));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Replaces bytes that are not UTF-8, and escapes of lone surrogates in JSON, by U+FFFD, instead of failing.
    /// Defaults to `false`.
    pub lossy: bool,
    /// Skips records that cannot be read and lists them as rejected, instead of failing. Defaults to `false`.
    pub skip_bad: bool,
    /// Allows several records to have the same id. Ids are then not remembered, so memory does not grow with the
    /// corpus. Defaults to `false`.
    pub repeated_ids: bool,
    /// Reads folders with all folders below them. Defaults to `false`.
    /// Links to folders are not followed.
    pub recursive: bool,
    /// The format of every file. Defaults to `None`, which detects it from the first bytes of a file and the extension
    /// of its name.
    pub format: Option<Format>,
    /// The maximum size of a record in bytes: a line, a row, a value or a text file. Longer ones are refused before
    /// they take memory, so that a small compressed file cannot fill it. Defaults to 64 MiB.
    pub max_record: usize,
    /// The maximum window of compressed data in bytes, which decompression holds in memory. Zstandard and xz have
    /// windows of up to 2 and 4 GiB. Defaults to 128 MiB.
    pub max_window: u64,
    /// The maximum memory in bytes, besides two batches, for what four and more threads decompress ahead: frames of Zstandard files and rows
    /// of Parquet files. A frame of more than half of it is read as a stream. Defaults to 64 MiB; with zero, or fewer threads, one thread
    /// decompresses.
    pub read_ahead: usize,
    /// The memory in bytes that a group of rows takes until it is written to a Parquet file; a batch more at most. Those who read the file
    /// prefer large groups. The options with which [`Inputs`](crate::Inputs) are found decide. Defaults to 64 MiB.
    pub row_group: usize,
    /// The byte between the values of a table. Defaults to `None`: a comma for CSV, a tab for TSV.
    pub delimiter: Option<u8>,
    /// How values of a table are quoted. Defaults to double quotes.
    pub quote: Quote,
}

/// Says how values of a table are quoted. Defaults to double quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// By this byte. A quote within quotes is doubled.
    ///
    /// In tables separated by tabs, which are often written without any quoting, a quote at the beginning of a value
    /// counts only if it is closed at the end of the value.
    Byte(u8),
    /// Not at all: every quote belongs to its value.
    None,
}

impl Default for Quote {
    fn default() -> Self {
        Self::Byte(b'"')
    }
}

impl Options {
    /// The default options, as a constant.
    pub const DEFAULT: Self = Self {
        lossy: false,
        skip_bad: false,
        repeated_ids: false,
        recursive: false,
        format: None,
        max_record: 64 << 20,
        max_window: 128 << 20,
        read_ahead: 64 << 20,
        row_group: 64 << 20,
        delimiter: None,
        quote: Quote::Byte(b'"'),
    };
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}
