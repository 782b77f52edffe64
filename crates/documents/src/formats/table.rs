//! Tables of values separated by commas, tabs or another byte.

mod comma;
mod dialect;
mod header;
mod quotes;
mod retained;
mod tab;

use self::comma::CommaReader;
pub(crate) use self::dialect::{Dialect, Values};
use self::tab::TabReader;
use crate::error::Error;
use crate::format::Format;
use crate::records::{ReadConfig, Records};
use crate::source::Source;
use crate::stream::ByteReader;

/// Opens a table whose first row names its columns.
///
/// Tables separated by tabs are often written without quoting, and are read in another way than those of RFC 4180.
pub(super) fn open(
    source: &Source,
    reader: ByteReader,
    format: Format,
    config: ReadConfig,
) -> Result<Box<dyn Records>, Error> {
    let dialect = Dialect::new(format, &config.options);
    Ok(match dialect.delimiter {
        b'\t' => Box::new(TabReader::new(source, reader, dialect, config)?),
        _ => Box::new(CommaReader::new(source, reader, dialect, config)?),
    })
}
