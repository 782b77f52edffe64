//! Readers of the formats.

mod json_lines;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
#[cfg(feature = "formats")]
mod table;
mod text;

use std::path::Path;

use self::json_lines::JsonLinesReader;
#[cfg(feature = "parquet")]
use self::parquet::ParquetReader;
#[cfg(feature = "formats")]
use self::table::TableReader;
use self::text::TextReader;
use crate::decompress::open;
use crate::error::Error;
#[cfg(not(feature = "parquet"))]
use crate::error::ErrorKind;
use crate::format::Format;
use crate::records::{ReadConfig, Records};
use crate::source::Source;

/// Opens the first of these files, or all of them if each is one document.
pub(crate) fn open_records(sources: &[Source], format: Format, config: &ReadConfig) -> Result<Box<dyn Records>, Error> {
    let path = sources.first().map_or(Path::new(""), |source| source.path.as_path());
    #[cfg(not(feature = "formats"))]
    if config.fields.want_dates() {
        return Err(Error::new(path, ErrorKind::NotBuilt("dates")));
    }
    let config = config.clone();
    Ok(match format {
        Format::JsonLines => Box::new(JsonLinesReader::new(path, open(path, &config.counter)?, config)),
        Format::Text => Box::new(TextReader::new(sources.to_vec(), config)),
        #[cfg(feature = "formats")]
        Format::Csv | Format::Tsv => {
            let separator = if format == Format::Tsv { b'\t' } else { b',' };
            Box::new(TableReader::new(path, open(path, &config.counter)?, separator, config)?)
        }
        #[cfg(feature = "parquet")]
        Format::Parquet => Box::new(ParquetReader::open(path, config)?),
        #[cfg(not(feature = "parquet"))]
        other => return Err(Error::new(path, ErrorKind::NotBuilt(other.name()))),
    })
}
