//! Reads the texts of columns, and checks that they are UTF-8.
//!
//! The types of Arrow promise UTF-8, but nobody checks what comes over the C data interface: readers of Parquet and casts of other
//! libraries take bytes of any encoding for strings. Bytes become texts here and nowhere else.

use arrow_array::cast::AsArray;
use arrow_array::types::{ByteArrayType, ByteViewType};
use arrow_array::{Array, GenericByteArray, GenericByteViewArray, downcast_integer_array};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;

use crate::error::Error;

/// What is wrong with a value, whatever row it belongs to.
#[derive(Clone, Copy)]
enum Flaw {
    NotUtf8,
    Outside,
}

impl Flaw {
    fn at(self, row: usize) -> Error {
        match self {
            Self::NotUtf8 => Error::NotUtf8 { row },
            Self::Outside => Error::OutsideBytes { row },
        }
    }
}

/// The text of a row, or what is wrong with it.
type Read<'a> = Result<Option<&'a str>, Flaw>;

/// Returns the texts of a column of strings, or of a dictionary of such, without a copy. What a null row holds is not looked at.
///
/// # Errors
/// [`Error::Type`] if the column is of another type, [`Error::NotUtf8`] if a text has another encoding, and [`Error::OutsideBytes`] if
/// a row names bytes that the column does not have.
pub fn texts(column: &dyn Array) -> Result<Vec<Option<&str>>, Error> {
    check_texts(column.data_type())?;
    match column.as_any_dictionary_opt() {
        Some(dictionary) => of_keys(dictionary.keys(), &reader(dictionary.values()).collect::<Vec<_>>()),
        None => reader(column).enumerate().map(|(row, read)| read.map_err(|flaw| flaw.at(row))).collect(),
    }
}

/// Looks up the value of each key. A value that no row has may be anything, as what a null row holds.
fn of_keys<'a>(keys: &dyn Array, values: &[Read<'a>]) -> Result<Vec<Option<&'a str>>, Error> {
    let value = |row, key: Option<usize>| match key.and_then(|key| values.get(key)) {
        _ if keys.is_null(row) => Ok(None),
        Some(value) => *value,
        None => Err(Flaw::Outside),
    };
    let numbers = numbers(keys).into_iter().enumerate();
    numbers.map(|(row, key)| value(row, key).map_err(|flaw| flaw.at(row))).collect()
}

/// Returns the keys of a dictionary; none where one is below zero. Arrow takes a key that is too large for the last one.
fn numbers(keys: &dyn Array) -> Vec<Option<usize>> {
    downcast_integer_array! {
        keys => keys.values().iter().map(|key| key.to_usize()).collect(),
        _ => vec![None; keys.len()],
    }
}

/// Checks that a type is one of those that [`texts`] reads.
///
/// # Errors
/// [`Error::Type`] if it is not.
pub fn check_texts(column: &DataType) -> Result<(), Error> {
    let values = if let DataType::Dictionary(_, values) = column { values } else { column };
    match values {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Ok(()),
        found => Err(Error::Type { expected: "Utf8, LargeUtf8 or Utf8View", found: found.clone() }),
    }
}

/// Reads a column of strings, row by row.
fn reader(column: &dyn Array) -> Box<dyn Iterator<Item = Read<'_>> + '_> {
    match column.data_type() {
        DataType::Utf8 => Box::new(of_offsets(column.as_string::<i32>())),
        DataType::LargeUtf8 => Box::new(of_offsets(column.as_string::<i64>())),
        DataType::Utf8View => Box::new(of_views(column.as_string_view())),
        _ => Box::new(std::iter::repeat_n(Ok(None), column.len())),
    }
}

fn of_offsets<T: ByteArrayType>(column: &GenericByteArray<T>) -> impl Iterator<Item = Read<'_>> {
    let bounds = column.value_offsets().windows(2).enumerate();
    bounds.map(|(row, bounds)| {
        if column.is_null(row) {
            return Ok(None);
        }
        let range = bounds[0].as_usize()..bounds[1].as_usize();
        column.value_data().get(range).ok_or(Flaw::Outside).and_then(checked)
    })
}

fn of_views<T: ByteViewType>(column: &GenericByteViewArray<T>) -> impl Iterator<Item = Read<'_>> {
    column.views().iter().enumerate().map(|(row, &view)| {
        if column.is_null(row) {
            return Ok(None);
        }
        bytes_of_view(row, view, column).ok_or(Flaw::Outside).and_then(checked)
    })
}

/// Returns the bytes of a view, if they are there. The lowest 32 bits are their number. Up to 12 are in the view itself; of more, the upper
/// bits are the buffer and where they begin in it.
fn bytes_of_view<T: ByteViewType>(row: usize, view: u128, column: &GenericByteViewArray<T>) -> Option<&[u8]> {
    let (length, buffer, start) = (view as u32 as usize, (view >> 64) as u32 as usize, (view >> 96) as u32 as usize);
    if length <= 12 {
        let start = row * size_of::<u128>() + size_of::<u32>();
        return column.views().inner().as_slice().get(start..start + length);
    }
    column.data_buffers().get(buffer)?.as_slice().get(start..start + length)
}

fn checked(bytes: &[u8]) -> Read<'_> {
    simdutf8::basic::from_utf8(bytes).map(Some).map_err(|_| Flaw::NotUtf8)
}

#[cfg(test)]
mod tests {
    use arrow_array::{BinaryArray, BinaryViewArray, Int8Array, LargeBinaryArray, StringViewArray};

    use super::*;

    /// Texts in Latin-1, the second too long for a view; a byte that no text has; the beginnings of a sign, and half of a pair.
    const BAD: [&[u8]; 5] = [b"caf\xe9", b"the caf\xe9 by the harbour", b"\xff", b"12 \xe2\x82", b"\xed\xa0\x80"];

    fn found<'a>(rows: impl Iterator<Item = Read<'a>>) -> Vec<Result<Option<&'a str>, bool>> {
        rows.map(|row| row.map_err(|flaw| matches!(flaw, Flaw::NotUtf8))).collect()
    }

    #[test]
    fn a_text_of_another_encoding_is_a_flaw_of_its_row() {
        for bad in BAD {
            let rows = [Some(b"ferry".as_slice()), None, Some(bad), Some("café".as_bytes())];
            let expected = [Ok(Some("ferry")), Ok(None), Err(true), Ok(Some("café"))];
            assert_eq!(found(of_offsets(&BinaryArray::from_iter(rows))), expected);
            assert_eq!(found(of_offsets(&LargeBinaryArray::from_iter(rows).slice(1, 3))), expected[1..]);
            assert_eq!(found(of_views(&BinaryViewArray::from_iter(rows))), expected);
            assert_eq!(found(of_views(&BinaryViewArray::from_iter(rows).slice(1, 3))), expected[1..]);
        }
    }

    #[test]
    fn halves_of_a_sign_in_two_rows_are_two_flaws() {
        // The bytes of both rows together are UTF-8.
        let rows = [b"caf\xc3".as_slice(), b"\xa9"];
        assert_eq!(found(of_offsets(&BinaryArray::from_iter_values(rows))), [Err(true), Err(true)]);
    }

    #[test]
    fn a_dictionary_has_the_flaws_of_the_values_that_rows_have() {
        let values = BinaryArray::from_iter([Some(b"ferry".as_slice()), Some(BAD[0]), None]);
        let values: Vec<Read<'_>> = of_offsets(&values).collect();
        let read = |keys: Vec<Option<i8>>| of_keys(&Int8Array::from(keys), &values);
        assert_eq!(read(vec![Some(0), None, Some(2)]), Ok(vec![Some("ferry"), None, None]));
        assert_eq!(read(vec![Some(0), None, Some(1)]), Err(Error::NotUtf8 { row: 2 }));
        // Nobody checks the keys that come over the C data interface either.
        assert_eq!(read(vec![Some(0), Some(3)]), Err(Error::OutsideBytes { row: 1 }));
        assert_eq!(read(vec![Some(-1)]), Err(Error::OutsideBytes { row: 0 }));
        assert_eq!(of_keys(&Int8Array::from(vec![None, Some(0)]), &[]), Err(Error::OutsideBytes { row: 1 }));
    }

    #[test]
    fn a_view_has_the_bytes_that_arrow_reads() {
        let rows = [Some("short"), None, Some("exactly 12 b"), Some("longer than a view"), Some("")];
        let column = StringViewArray::from_iter(rows);
        assert_eq!(found(of_views(&column)), rows.map(Ok));
        assert_eq!(found(of_views(&column.slice(2, 2))), rows[2..4].iter().map(|row| Ok(*row)).collect::<Vec<_>>());
    }
}
