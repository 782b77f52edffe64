//! The formats that documents are read from.

mod json_lines;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
#[cfg(feature = "formats")]
mod table;
mod text;

use std::fmt;
use std::path::Path;

use crate::batch::Batch;
use crate::columns::Column;
use crate::error::Error;
#[cfg(not(feature = "parquet"))]
use crate::error::Reason;
use crate::fields::Fields;
use crate::inputs::Source;
use crate::opened::{Counter, open};
use crate::options::Options;

/// How documents stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// Values with commas between them; the first row holds the names of the columns (RFC 4180).
    Csv,
    /// The same with tabs.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// A file is a document.
    Text,
}

impl Format {
    /// The name of the format.
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

    /// The format that the ending of a name speaks of, behind which may stand that of a compressed file.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
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

/// A file, or texts of which each is a file, batch after batch.
pub(crate) trait Records: fmt::Debug + Send {
    /// Reads the next documents into an emptied batch; false where there are none left.
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error>;

    /// The columns, where the format has such.
    fn columns(&self) -> Vec<Column> {
        Vec::new()
    }
}

/// What every file of a corpus is read by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) options: Options,
    pub(crate) fields: Fields,
    pub(crate) counter: Counter,
    /// Whether the records are wanted as they stand in the input.
    pub(crate) raw: bool,
}

/// Begins with one file, or with all where a file is a document.
pub(crate) fn begin(sources: &[Source], format: Format, terms: &Terms) -> Result<Box<dyn Records>, Error> {
    let path = sources.first().map_or(Path::new(""), |source| source.path.as_path());
    let terms = terms.clone();
    Ok(match format {
        Format::JsonLines => Box::new(json_lines::JsonLines::new(path, open(path, &terms.counter)?, terms)),
        Format::Text => Box::new(text::Texts::new(sources.to_vec(), terms)),
        #[cfg(feature = "formats")]
        Format::Csv | Format::Tsv => Box::new(table::Table::new(path, open(path, &terms.counter)?, format, terms)?),
        #[cfg(feature = "parquet")]
        Format::Parquet => Box::new(parquet::Rows::open(path, terms)?),
        #[cfg(not(feature = "parquet"))]
        other => return Err(Error::new(path, Reason::NotBuilt(other.name()))),
    })
}
