//! Rows of tables, taken apart and put together.

use csv::{ByteRecord, Error, ReaderBuilder, WriterBuilder};

/// The values of a row.
pub(crate) fn values(row: &[u8], separator: u8) -> Result<ByteRecord, Error> {
    let mut rows = ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(row);
    let mut values = ByteRecord::new();
    rows.read_byte_record(&mut values)?;
    Ok(values)
}

/// A row of values, with its end.
pub(crate) fn joined<'a>(values: impl IntoIterator<Item = &'a [u8]>, separator: u8) -> Result<Vec<u8>, Error> {
    let mut row = Vec::new();
    let mut writer = WriterBuilder::new().delimiter(separator).from_writer(&mut row);
    writer.write_record(values)?;
    writer.flush()?;
    drop(writer);
    Ok(row)
}
