//! Readers of the formats.

#[cfg(feature = "parquet")]
mod arrow;
mod json_lines;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
pub(crate) mod rows;
#[cfg(feature = "formats")]
pub(crate) mod table;
#[cfg(feature = "formats")]
mod tar;
mod text;
#[cfg(feature = "formats")]
mod warc;

use std::path::Path;

use self::json_lines::LinesReader;
pub(crate) use self::json_lines::parse as parse_json_lines;
use self::text::TextReader;
use crate::decompress::open;
use crate::error::{Error, ErrorKind};
use crate::format::Format;
use crate::records::{ReadConfig, Records};
use crate::source::Source;
use crate::stream::ByteReader;

/// Opens the first of these files, or all of them if each is one document.
pub(crate) fn open_records(sources: &[Source], format: Format, config: &ReadConfig) -> Result<Box<dyn Records>, Error> {
    let Some(source) = sources.first() else {
        return Err(Error::new(Path::new(""), ErrorKind::NoRecords));
    };
    #[cfg(not(feature = "formats"))]
    if config.fields.want_dates() {
        return Err(Error::new(&source.path, ErrorKind::NotBuilt("dates")));
    }
    open_as(sources, source, format, config.clone()).map_err(|error| source.explained(error))
}

fn open_as(sources: &[Source], source: &Source, format: Format, config: ReadConfig) -> Result<Box<dyn Records>, Error> {
    Ok(match format {
        Format::JsonLines => Box::new(LinesReader::json(source, bytes(source, &config)?, config)?),
        Format::Lines => Box::new(LinesReader::texts(source, bytes(source, &config)?, config)),
        Format::Text => Box::new(TextReader::new(sources.to_vec(), config)),
        #[cfg(feature = "formats")]
        Format::Csv | Format::Tsv => table::open(source, bytes(source, &config)?, format, config)?,
        #[cfg(feature = "formats")]
        Format::Tar => Box::new(tar::TarReader::open(source, bytes(source, &config)?, config)?),
        #[cfg(feature = "formats")]
        Format::Warc => Box::new(warc::WarcReader::new(source, bytes(source, &config)?, config)),
        #[cfg(feature = "parquet")]
        Format::Parquet => Box::new(parquet::ParquetReader::open(source, config)?),
        #[cfg(feature = "parquet")]
        Format::Arrow => Box::new(arrow::ArrowReader::open(source, config)?),
        #[cfg(not(feature = "parquet"))]
        other => return Err(Error::new(&source.path, ErrorKind::NotBuilt(other.name()))),
    })
}

fn bytes(source: &Source, config: &ReadConfig) -> Result<ByteReader, Error> {
    open(source, &config.counter, &config.options)
}
