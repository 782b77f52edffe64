//! How the values of a table are separated and quoted.

use std::borrow::Cow;

use csv::{ByteRecord, QuoteStyle, ReaderBuilder, WriterBuilder};

use crate::format::Format;
use crate::options::{Options, Quote};

/// The separator and the quotes of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) quote: Quote,
}

/// The values of a row.
pub(crate) enum Values<'a> {
    /// Those of a row separated by tabs.
    Tabs(Vec<Cow<'a, [u8]>>),
    /// Those of any other row.
    Csv(ByteRecord),
}

impl Values<'_> {
    /// Returns the value of a column.
    pub(crate) fn get(&self, column: usize) -> Option<&[u8]> {
        match self {
            Self::Tabs(values) => values.get(column).map(AsRef::as_ref),
            Self::Csv(values) => values.get(column),
        }
    }

    /// Returns their number.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Tabs(values) => values.len(),
            Self::Csv(values) => values.len(),
        }
    }

    /// Iterates over the values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|column| self.get(column))
    }
}

impl Dialect {
    /// Returns the dialect of a format, with what the options say instead.
    pub(crate) fn new(format: Format, options: &Options) -> Self {
        let delimiter = if format == Format::Tsv { b'\t' } else { b',' };
        Self { delimiter: options.delimiter.unwrap_or(delimiter), quote: options.quote }
    }

    /// Returns a parser of rows of any length, in which the row of column names is like any other.
    pub(super) fn parser(self) -> ReaderBuilder {
        let mut parser = ReaderBuilder::new();
        parser.delimiter(self.delimiter).has_headers(false).flexible(true);
        match self.quote {
            Quote::Byte(quote) => parser.quote(quote),
            Quote::None => parser.quoting(false),
        };
        parser
    }

    /// Returns the values of a row.
    pub(crate) fn values(self, row: &[u8]) -> csv::Result<Values<'_>> {
        if self.delimiter == b'\t' {
            let row = row.strip_prefix("\u{feff}".as_bytes()).unwrap_or(row);
            return Ok(Values::Tabs(super::tab::split(row, self.quote).values));
        }
        let mut values = ByteRecord::new();
        self.parser().from_reader(row).read_byte_record(&mut values)?;
        Ok(Values::Csv(values))
    }

    /// Returns whether a row with this value is read as it was written. Without quotes, a separator within a value ends it.
    pub(crate) fn can_write(self, value: &[u8]) -> bool {
        // Between tabs, a carriage return within a line is a byte like any other.
        let ends_line = |byte: u8| byte == b'\n' || byte == b'\r' && self.delimiter != b'\t';
        let ends_value = |&byte: &u8| byte == self.delimiter || ends_line(byte);
        self.quote != Quote::None || !value.iter().any(ends_value)
    }

    /// Returns a row of values with a line end, quoted if they need it.
    pub(crate) fn row<'a>(self, values: impl IntoIterator<Item = &'a [u8]>) -> csv::Result<Vec<u8>> {
        let mut row = Vec::new();
        let mut builder = WriterBuilder::new();
        builder.delimiter(self.delimiter);
        match self.quote {
            Quote::Byte(quote) => builder.quote(quote),
            Quote::None => builder.quote_style(QuoteStyle::Never),
        };
        let mut writer = builder.from_writer(&mut row);
        writer.write_record(values)?;
        writer.flush()?;
        drop(writer);
        Ok(row)
    }
}
