//! The formats of documents.

use std::fmt;
use std::path::Path;

use crate::source::COMPRESSED;

/// Names the format of a file of documents.
///
/// It is recognized by the first bytes of a file and the extension of its name, unless
/// [`Options::format`](crate::Options::format) sets it. With the feature `formats`, files compressed by gzip,
/// Zstandard, xz, bzip2 or LZ4 are read in every format but Parquet and Arrow IPC, which compress by themselves.
///
/// ```
/// use twinprint_documents::{Format, Inputs, Options};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("lines.txt");
/// std::fs::write(&path, "first document\nsecond document\n")?;
/// assert_eq!(Inputs::find([&path], &Options::default())?.format(), Format::Text);
/// let options = Options { format: Some(Format::Lines), ..Options::default() };
/// assert_eq!(Inputs::find([&path], &options)?.format().to_string(), "text with a document per line");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One JSON object per line. JSON arrays of objects, and objects that span lines, are read too.
    JsonLines,
    /// A table of comma-separated values, whose first row names the columns (RFC 4180).
    Csv,
    /// A table of tab-separated values, whose first row names the columns.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow IPC, as a file (Feather version 2) or as a stream.
    Arrow,
    /// Plain text: the whole file is one document.
    Text,
    /// Plain text: each line is one document.
    Lines,
    /// A tar archive of plain texts: each file in it is one document.
    Tar,
    /// WARC records of plain text, such as the WET files of Common Crawl.
    Warc,
}

/// Extensions of text files. Other extensions are texts too if their content is.
const TEXT_EXTENSIONS: [&str; 62] = [
    "txt", "text", "md", "markdown", "mdx", "rst", "adoc", "org", "tex", "html", "htm", "xhtml", "xml", "srt", "vtt",
    "py", "rs", "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "cs", "java", "kt", "scala", "go", "rb", "php", "pl", "pm",
    "sh", "bash", "js", "jsx", "mjs", "ts", "tsx", "css", "scss", "sql", "swift", "lua", "r", "jl", "hs", "ml", "clj",
    "ex", "exs", "erl", "dart", "zig", "toml", "yaml", "yml", "ini", "cfg", "conf", "vue",
];

impl Format {
    /// Returns the name of the format, such as `JSON lines`.
    ///
    /// It is meant for messages; names may change.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonLines => "JSON lines",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
            Self::Arrow => "Arrow IPC",
            Self::Text => "text",
            Self::Lines => "text with a document per line",
            Self::Tar => "tar",
            Self::Warc => "WARC",
        }
    }

    /// Returns the format that a file name's extension suggests, ignoring a final extension of a compression such as
    /// `.gz`. Returns `None` for an extension that suggests none.
    ///
    /// ```
    /// use std::path::Path;
    /// use twinprint_documents::Format;
    ///
    /// assert_eq!(Format::from_path(Path::new("news/2026.csv.gz")), Some(Format::Csv));
    /// assert_eq!(Format::from_path(Path::new("README.md")), Some(Format::Text));
    /// assert_eq!(Format::from_path(Path::new("server.log")), None);
    /// ```
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let packed = name.rsplit_once('.').filter(|(_, extension)| COMPRESSED.contains(extension));
        match packed.map_or(name.as_str(), |(name, _)| name).rsplit_once('.')?.1 {
            "jsonl" | "ndjson" | "jsonlines" | "json" => Some(Self::JsonLines),
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "parquet" | "pq" => Some(Self::Parquet),
            "arrow" | "arrows" | "feather" | "ipc" => Some(Self::Arrow),
            "tar" | "tgz" | "tbz2" | "txz" | "tzst" => Some(Self::Tar),
            "warc" | "wet" => Some(Self::Warc),
            extension if TEXT_EXTENSIONS.contains(&extension) => Some(Self::Text),
            _ => None,
        }
    }

    /// Returns the extension of the files of kept records that a `Splitter` writes for inputs of this format.
    ///
    /// ```
    /// use twinprint_documents::Format;
    ///
    /// let extensions = |format: Format| [format.kept_extension(), format.removed_extension(), format.rejected_extension()];
    /// assert_eq!(extensions(Format::Parquet), ["parquet", "parquet", "jsonl"]);
    /// assert_eq!(extensions(Format::Text), ["tsv", "jsonl", "jsonl"]);
    /// ```
    #[must_use]
    pub fn kept_extension(self) -> &'static str {
        match self {
            Self::Text | Self::Tar => "tsv",
            Self::Lines => "txt",
            Self::Warc => "jsonl",
            other => other.removed_extension(),
        }
    }

    /// Returns the extension of the files of removed or rewritten records. Texts and archives have their records in
    /// JSON lines, because a removed text needs its id and what it duplicates beside it.
    #[must_use]
    pub fn removed_extension(self) -> &'static str {
        match self {
            Self::JsonLines | Self::Text | Self::Lines | Self::Tar | Self::Warc => "jsonl",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }

    /// Returns the extension of files of rejected records, whose bytes are as [`RejectedRecord`](crate::RejectedRecord)
    /// says.
    #[must_use]
    pub fn rejected_extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Lines => "txt",
            _ => "jsonl",
        }
    }

    /// Returns whether all files are opened as one, because each is one document.
    pub(crate) fn is_document_per_file(self) -> bool {
        self == Self::Text
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
