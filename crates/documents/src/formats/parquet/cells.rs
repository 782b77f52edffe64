//! Converts cells of Parquet columns to JSON values.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use arrow_select::take::take;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::error::ErrorKind;
use crate::field_path::FieldPath;

/// Returns a column whose type [`value`] can convert. Dictionaries are expanded.
pub(crate) fn readable(path: &FieldPath, column: &ArrayRef) -> Result<ArrayRef, ErrorKind> {
    if let Some(dictionary) = column.as_any_dictionary_opt() {
        let values = take(dictionary.values().as_ref(), dictionary.keys(), None);
        return readable(path, &values.map_err(|error| ErrorKind::BadFile(error.to_string()))?);
    }
    match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null | DataType::Boolean => {}
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {}
        kind if kind.is_integer() || kind.is_floating() => {}
        _ => return Err(ErrorKind::WrongType(path.as_str().to_string(), "a column of strings, numbers or dates")),
    }
    Ok(Arc::clone(column))
}

/// Returns the value of a row, or `None` if it is null. Dates and times become RFC 3339 text, or seconds since 1970 if they are outside
/// the years that it can express.
pub(crate) fn value(column: &dyn Array, row: usize) -> Option<Value> {
    macro_rules! number {
        ($kind:ty) => {
            column.as_primitive::<$kind>().value(row)
        };
    }
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
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
        _ => return None,
    })
}

/// Converts a time since 1970, given the number of its units per second.
fn split(units: i64, per_second: i64) -> Value {
    let nanoseconds = units.rem_euclid(per_second) * (1_000_000_000 / per_second);
    moment(units.div_euclid(per_second), nanoseconds)
}

fn moment(seconds: i64, nanoseconds: i64) -> Value {
    let since = SignedDuration::from_secs(seconds).checked_add(SignedDuration::from_nanos(nanoseconds));
    match since.and_then(|since| Timestamp::from_duration(since).ok()) {
        Some(moment) => moment.to_string().into(),
        None => seconds.into(),
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::types::Int8Type;
    use arrow_array::{
        BinaryArray, BooleanArray, Date32Array, Date64Array, DictionaryArray, Float32Array, Int64Array,
        LargeStringArray, StringArray, StringViewArray, TimestampMicrosecondArray, TimestampSecondArray, UInt64Array,
    };
    use serde_json::json;

    use super::*;

    fn values(column: impl Array + 'static) -> Result<Vec<Option<Value>>, ErrorKind> {
        let column = readable(&FieldPath::new("x"), &(Arc::new(column) as ArrayRef))?;
        Ok((0..column.len()).map(|row| value(&column, row)).collect())
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
        assert!(matches!(values(BinaryArray::from(vec![&b"x"[..]])), Err(ErrorKind::WrongType(..))));
    }

    #[test]
    fn moments_are_text_as_in_rfc_3339() {
        let text = |moments: &[&str]| Ok(moments.iter().map(|&moment| Some(json!(moment))).collect::<Vec<_>>());
        assert_eq!(values(Date32Array::from(vec![1, -1])), text(&["1970-01-02T00:00:00Z", "1969-12-31T00:00:00Z"]));
        assert_eq!(values(Date64Array::from(vec![86_400_000])), text(&["1970-01-02T00:00:00Z"]));
        let times = TimestampMicrosecondArray::from(vec![1_500_000, -1]).with_timezone("+01:00");
        assert_eq!(values(times), text(&["1970-01-01T00:00:01.5Z", "1969-12-31T23:59:59.999999Z"]));
        assert_eq!(values(TimestampSecondArray::from(vec![i64::MAX])), Ok(vec![Some(json!(i64::MAX))]));
    }
}
