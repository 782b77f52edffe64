//! The formats of documents.

use std::fmt;
use std::path::Path;

/// The format of a file of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON object per line.
    JsonLines,
    /// A table of comma-separated values, whose first row names the columns (RFC 4180).
    Csv,
    /// A table of tab-separated values, whose first row names the columns.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// Plain text: the whole file is one document.
    Text,
}

impl Format {
    /// Returns the name of the format, such as `JSON lines`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonLines => "JSON lines",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
            Self::Text => "text",
        }
    }

    /// Returns the format that a file name's extension suggests, ignoring a final `.gz` or `.zst`. Returns `None` for any other
    /// extension.
    ///
    /// ```
    /// use std::path::Path;
    /// use twinprint_documents::Format;
    ///
    /// assert_eq!(Format::from_path(Path::new("news/2026.csv.gz")), Some(Format::Csv));
    /// assert_eq!(Format::from_path(Path::new("README.md")), None);
    /// ```
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" | "json" => Some(Self::JsonLines),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            "parquet" => Some(Self::Parquet),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
