//! Converts cells of typed columns to JSON values.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, LargeStringArray};
use arrow_schema::{DataType, TimeUnit};
use arrow_select::take::take;
use jiff::SignedDuration;
use serde_json::{Map, Value};

use crate::date;
use crate::error::ErrorKind;
use crate::field_path::FieldPath;
use crate::fields::{TEXT_OF_LIST, TEXT_OF_OBJECT};

/// The length of a UUID in bytes.
const UUID_BYTES: i32 = 16;

/// Returns a column whose type [`value`] can convert. Dictionaries are expanded, and bytes become texts if that may
/// lose some.
pub(crate) fn readable(path: &FieldPath, column: &ArrayRef, lossy: bool) -> Result<ArrayRef, ErrorKind> {
    if let Some(dictionary) = column.as_any_dictionary_opt() {
        let values = take(dictionary.values().as_ref(), dictionary.keys(), None);
        return readable(path, &values.map_err(|error| ErrorKind::BadFile(error.to_string()))?, lossy);
    }
    match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null | DataType::Boolean => {}
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) | DataType::FixedSizeBinary(_) => {}
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView if lossy => return Ok(lossy_texts(column)),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {}
        kind if kind.is_integer() || kind.is_floating() || kind.is_decimal() => {}
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
            return Err(ErrorKind::WrongType(path.as_str().to_string(), TEXT_OF_LIST));
        }
        DataType::Struct(_) => return Err(ErrorKind::WrongType(path.as_str().to_string(), TEXT_OF_OBJECT)),
        DataType::Map(..) => {
            let expected = "a string, and is a map; write the values of one of its keys as a column";
            return Err(ErrorKind::WrongType(path.as_str().to_string(), expected));
        }
        _ => return Err(ErrorKind::WrongType(path.as_str().to_string(), "a column of strings, numbers or dates")),
    }
    Ok(Arc::clone(column))
}

/// Returns a column of bytes as texts, with U+FFFD for what is not UTF-8.
fn lossy_texts(column: &ArrayRef) -> ArrayRef {
    let text = |row| bytes(column, row).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    Arc::new((0..column.len()).map(text).collect::<LargeStringArray>())
}

/// Returns the bytes of a cell of a binary column; `None` if it is null.
pub(crate) fn bytes(column: &dyn Array, row: usize) -> Option<&[u8]> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Binary => column.as_binary::<i32>().value(row),
        DataType::LargeBinary => column.as_binary::<i64>().value(row),
        DataType::BinaryView => column.as_binary_view().value(row),
        DataType::FixedSizeBinary(_) => column.as_fixed_size_binary().value(row),
        _ => return None,
    })
}

/// Returns bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns 16 bytes in the usual form of a UUID.
fn uuid(bytes: &[u8]) -> String {
    let digits = hexadecimal(bytes);
    let part = |range| digits.get::<std::ops::Range<usize>>(range).unwrap_or_default();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

/// Returns a decimal with all of its digits, or `None` if the column has none.
pub(crate) fn decimal(column: &dyn Array, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Decimal32(..) => column.as_primitive::<Decimal32Type>().value_as_string(row),
        DataType::Decimal64(..) => column.as_primitive::<Decimal64Type>().value_as_string(row),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value_as_string(row),
        DataType::Decimal256(..) => column.as_primitive::<Decimal256Type>().value_as_string(row),
        _ => return None,
    })
}

/// Returns whether a cell is an infinite number or none, for which JSON has no form.
pub(crate) fn is_infinite_or_nan(column: &dyn Array, row: usize) -> bool {
    !column.is_null(row)
        && match column.data_type() {
            DataType::Float16 => !column.as_primitive::<Float16Type>().value(row).is_finite(),
            DataType::Float32 => !column.as_primitive::<Float32Type>().value(row).is_finite(),
            DataType::Float64 => !column.as_primitive::<Float64Type>().value(row).is_finite(),
            _ => false,
        }
}

/// Returns the value of a row, or `None` if it is null. Dates and times become RFC 3339 text, or `@` and
/// seconds since 1970 if they are outside the years that it can express. 16 bytes are a UUID, other bytes a text; fails
/// with those that are not UTF-8.
pub(crate) fn value(column: &dyn Array, row: usize) -> Result<Option<Value>, Vec<u8>> {
    macro_rules! number {
        ($kind:ty) => {
            column.as_primitive::<$kind>().value(row)
        };
    }
    if column.is_null(row) {
        return Ok(None);
    }
    Ok(Some(match column.data_type() {
        DataType::FixedSizeBinary(UUID_BYTES) => uuid(bytes(column, row).unwrap_or_default()).into(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            let bytes = bytes(column, row).unwrap_or_default();
            std::str::from_utf8(bytes).map_err(|_| bytes.to_vec())?.into()
        }
        kind if kind.is_decimal() => {
            let digits = decimal(column, row).unwrap_or_default();
            serde_json::from_str(&digits).unwrap_or(Value::String(digits))
        }
        DataType::Utf8 => column.as_string::<i32>().value(row).into(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).into(),
        DataType::Utf8View => column.as_string_view().value(row).into(),
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::Int8 => number!(Int8Type).into(),
        DataType::Int16 => number!(Int16Type).into(),
        DataType::Int32 => number!(Int32Type).into(),
        DataType::Int64 => number!(Int64Type).into(),
        DataType::UInt8 => number!(UInt8Type).into(),
        DataType::UInt16 => number!(UInt16Type).into(),
        DataType::UInt32 => number!(UInt32Type).into(),
        DataType::UInt64 => number!(UInt64Type).into(),
        DataType::Float16 => number!(Float16Type).to_f64().into(),
        DataType::Float32 => f64::from(number!(Float32Type)).into(),
        DataType::Float64 => number!(Float64Type).into(),
        DataType::Date32 => moment(i64::from(number!(Date32Type)) * 86_400, 0),
        DataType::Date64 => split(number!(Date64Type), 1_000),
        DataType::Timestamp(TimeUnit::Second, _) => moment(number!(TimestampSecondType), 0),
        DataType::Timestamp(TimeUnit::Millisecond, _) => split(number!(TimestampMillisecondType), 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => split(number!(TimestampMicrosecondType), 1_000_000),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => split(number!(TimestampNanosecondType), 1_000_000_000),
        _ => return Ok(None),
    }))
}

/// Returns a cell of any type as JSON. What JSON has no form for is a text.
pub(crate) fn json(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    let list = |values: ArrayRef| Value::from((0..values.len()).map(|row| json(&values, row)).collect::<Vec<_>>());
    match column.data_type() {
        DataType::List(_) => list(column.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(column.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list(column.as_fixed_size_list().value(row)),
        DataType::Map(..) => list(Arc::new(column.as_map().value(row))),
        DataType::Struct(fields) => {
            let columns = fields.iter().zip(column.as_struct().columns());
            let member =
                |(field, column): (&arrow_schema::FieldRef, &ArrayRef)| (field.name().clone(), json(column, row));
            Value::Object(columns.map(member).collect::<Map<_, _>>())
        }
        DataType::Dictionary(..) => match readable(&FieldPath::new(""), &column.slice(row, 1), true) {
            Ok(values) => json(&values, 0),
            Err(_) => Value::Null,
        },
        _ => match value(column, row) {
            Ok(Some(value)) => value,
            Ok(None) => Value::from(arrow_cast::display::array_value_to_string(column, row).unwrap_or_default()),
            Err(bytes) => Value::from(hexadecimal(&bytes)),
        },
    }
}

/// Converts a time since 1970, given the number of its units per second.
fn split(units: i64, per_second: i64) -> Value {
    let nanoseconds = units.rem_euclid(per_second) * (1_000_000_000 / per_second);
    moment(units.div_euclid(per_second), nanoseconds)
}

/// Returns a moment as RFC 3339 text, or as `@` and seconds since 1970 outside the years that it can express: without the mark, a number
/// so large would be read as milliseconds.
fn moment(seconds: i64, nanoseconds: i64) -> Value {
    let since = SignedDuration::from_secs(seconds).checked_add(SignedDuration::from_nanos(nanoseconds));
    match since.and_then(date::utc) {
        Some(moment) => format!("{moment}Z").into(),
        None => format!("@{seconds}").into(),
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::types::Int8Type;
    use arrow_array::{
        BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal128Array, DictionaryArray, DurationSecondArray,
        FixedSizeBinaryArray, Float32Array, Int64Array, LargeStringArray, StringArray, StringViewArray,
        TimestampMicrosecondArray, TimestampSecondArray, UInt64Array,
    };
    use serde_json::json;

    use super::*;

    fn values(column: impl Array + 'static) -> Result<Vec<Option<Value>>, ErrorKind> {
        let column = readable(&FieldPath::new("x"), &(Arc::new(column) as ArrayRef), false)?;
        Ok((0..column.len()).map(|row| value(&column, row).expect("UTF-8")).collect())
    }

    #[test]
    fn cells_are_what_they_are_in_json() {
        let text = [Some("é"), None, Some("")];
        let expected = Ok(vec![Some(json!("é")), None, Some(json!(""))]);
        assert_eq!(values(StringArray::from_iter(text)), expected);
        assert_eq!(values(LargeStringArray::from_iter(text)), expected);
        assert_eq!(values(StringViewArray::from_iter(text)), expected);
        assert_eq!(values(text.into_iter().collect::<DictionaryArray<Int8Type>>()), expected);
        assert_eq!(values(UInt64Array::from(vec![u64::MAX])), Ok(vec![Some(json!(u64::MAX))]));
        assert_eq!(values(Int64Array::from(vec![i64::MIN])), Ok(vec![Some(json!(i64::MIN))]));
        assert_eq!(values(Float32Array::from(vec![0.5])), Ok(vec![Some(json!(0.5))]));
        assert_eq!(values(BooleanArray::from(vec![true])), Ok(vec![Some(json!(true))]));
        assert_eq!(values(BinaryArray::from(vec!["é".as_bytes()])), Ok(vec![Some(json!("é"))]));
        assert!(matches!(values(DurationSecondArray::from(vec![1])), Err(ErrorKind::WrongType(..))));
        let binary: ArrayRef = Arc::new(BinaryArray::from(vec![&b"a\xff"[..]]));
        assert_eq!(value(&binary, 0), Err(b"a\xff".to_vec()));
        let lossy = readable(&FieldPath::new("x"), &binary, true).expect("texts");
        assert_eq!(value(&lossy, 0), Ok(Some(json!("a\u{fffd}"))));
    }

    #[test]
    fn ids_keep_all_digits() {
        let decimals = Decimal128Array::from(vec![12_345_678_901_234_567_890_123_456_789_i128]);
        let decimals = decimals.with_precision_and_scale(38, 2).expect("a decimal");
        assert_eq!(decimal(&decimals, 0).as_deref(), Some("123456789012345678901234567.89"));
        let uuids = FixedSizeBinaryArray::try_from_iter([*b"0123456789abcdef"].iter()).expect("16 bytes");
        assert_eq!(values(uuids), Ok(vec![Some(json!("30313233-3435-3637-3839-616263646566"))]));
    }

    #[test]
    fn moments_are_text_as_in_rfc_3339() {
        let text = |moments: &[&str]| Ok(moments.iter().map(|&moment| Some(json!(moment))).collect::<Vec<_>>());
        assert_eq!(values(Date32Array::from(vec![1, -1])), text(&["1970-01-02T00:00:00Z", "1969-12-31T00:00:00Z"]));
        assert_eq!(values(Date64Array::from(vec![86_400_000])), text(&["1970-01-02T00:00:00Z"]));
        let times = TimestampMicrosecondArray::from(vec![1_500_000, -1]).with_timezone("+01:00");
        assert_eq!(values(times), text(&["1970-01-01T00:00:01.5Z", "1969-12-31T23:59:59.999999Z"]));
        assert_eq!(values(TimestampSecondArray::from(vec![i64::MAX])), text(&["@9223372036854775807"]));
        // The last day of the year 9999, which stands for "never", and the first one after it.
        let times = TimestampSecondArray::from(vec![253_402_214_400, 253_402_300_800]);
        assert_eq!(values(times), text(&["9999-12-31T00:00:00Z", "@253402300800"]));
    }
}
