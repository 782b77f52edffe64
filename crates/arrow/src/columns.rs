//! Arrow columns in, Arrow columns out.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt32Type, UInt64Type};
use arrow_array::{Array, FixedSizeListArray, Float64Array, ListArray, UInt32Array, UInt64Array};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};
use twinprint::{Banding, Overlap, Scheme};

use crate::error::Error;
use crate::kernels::{self, Lists};
use crate::texts::texts;

/// The exact counts of pairs of sets, a column each.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlaps {
    /// The number of different shingles of the left set.
    pub left: UInt32Array,
    /// The number of different shingles of the right set.
    pub right: UInt32Array,
    /// The number of shingles that both have.
    pub shared: UInt32Array,
}

/// Returns the signatures of a column of texts, a list of `num_hashes` numbers each.
///
/// # Errors
/// Those of [`texts`], and [`Error::Library`] if the scheme cannot read text.
pub fn signatures(column: &dyn Array, scheme: &Scheme) -> Result<FixedSizeListArray, Error> {
    let matrix = kernels::signatures(&texts(column)?, scheme)?;
    let values = Arc::new(UInt32Array::from(matrix.values().to_vec()));
    let width = scheme.sketch().num_hashes() as i32;
    Ok(FixedSizeListArray::new(item(DataType::UInt32), width, values, nulls(column)))
}

/// Returns the shingle sets of a column of texts: the hashes of each text, in ascending order.
///
/// # Errors
/// As [`signatures`], and [`Error::TooMany`] if all sets together have more than 2^31 shingles.
pub fn shingles(column: &dyn Array, scheme: &Scheme) -> Result<ListArray, Error> {
    lists(kernels::shingles(&texts(column)?, scheme)?, nulls(column))
}

/// Returns the keys of the bands of a column of signatures; see [`Banding::keys`].
///
/// # Errors
/// [`Error::Width`] if the signatures are not of this scheme, [`Error::Library`] if the banding needs more positions.
pub fn band_keys(signatures: &FixedSizeListArray, scheme: &Scheme, banding: Banding) -> Result<ListArray, Error> {
    let keys = kernels::band_keys(positions(signatures, scheme)?, scheme, banding)?;
    lists(keys, nulls(signatures))
}

/// Returns the Jaccard similarities that the signatures of two columns estimate, row by row.
///
/// # Errors
/// [`Error::Rows`] and [`Error::Width`] if the columns do not belong to one another or to the scheme.
pub fn estimates(
    left: &FixedSizeListArray,
    right: &FixedSizeListArray,
    scheme: &Scheme,
) -> Result<Float64Array, Error> {
    same_rows(left, right)?;
    let values = kernels::estimates(positions(left, scheme)?, positions(right, scheme)?, scheme)?;
    Ok(Float64Array::new(values.into(), either_null(left, right)))
}

/// Returns how many shingles the sets of two columns have, and how many in common, row by row.
///
/// # Errors
/// [`Error::Rows`] if one column is longer, [`Error::Type`] if a column is not a list of 64-bit numbers.
pub fn overlaps(left: &ListArray, right: &ListArray) -> Result<Overlaps, Error> {
    let (overlaps, nulls) = compare(left, right)?;
    let column = |count: fn(&Overlap) -> usize| {
        // A list of an Arrow column has at most 2^31 numbers.
        let counts: ScalarBuffer<u32> = overlaps.iter().map(|overlap| count(overlap) as u32).collect();
        UInt32Array::new(counts, nulls.clone())
    };
    Ok(Overlaps { left: column(Overlap::left), right: column(Overlap::right), shared: column(Overlap::shared) })
}

/// Returns the exact Jaccard similarities of the sets of two columns, row by row.
///
/// # Errors
/// As [`overlaps`].
pub fn jaccard(left: &ListArray, right: &ListArray) -> Result<Float64Array, Error> {
    let (overlaps, nulls) = compare(left, right)?;
    Ok(Float64Array::new(overlaps.iter().map(Overlap::jaccard).collect(), nulls))
}

fn compare(left: &ListArray, right: &ListArray) -> Result<(Vec<Overlap>, Option<NullBuffer>), Error> {
    same_rows(left, right)?;
    let pairs: Vec<_> = rows(left)?.into_iter().zip(rows(right)?).collect();
    Ok((kernels::overlaps(&pairs), either_null(left, right)))
}

pub(crate) fn same_rows(left: &dyn Array, right: &dyn Array) -> Result<(), Error> {
    let (left, right) = (left.len(), right.len());
    if left == right { Ok(()) } else { Err(Error::Rows { left, right }) }
}

/// Returns the numbers of each row.
pub(crate) fn rows(column: &ListArray) -> Result<Vec<&[u64]>, Error> {
    let child = column.values();
    let Some(values) = child.as_primitive_opt::<UInt64Type>() else {
        return Err(Error::Type { expected: "List<UInt64>", found: column.data_type().clone() });
    };
    let (offsets, values) = (column.offsets(), values.values());
    let bounds = offsets.windows(2).enumerate();
    bounds
        .map(|(row, bounds)| {
            let range = bounds[0] as usize..bounds[1] as usize;
            let has_null = child.nulls().is_some_and(|nulls| nulls.slice(range.start, range.len()).null_count() > 0);
            if has_null { Err(Error::NullWithin { row }) } else { Ok(&values[range]) }
        })
        .collect()
}

/// Returns the positions of all signatures of a column, which is as wide as those of the scheme.
fn positions<'a>(column: &'a FixedSizeListArray, scheme: &Scheme) -> Result<&'a [u32], Error> {
    let (found, expected) = (column.value_length() as usize, scheme.sketch().num_hashes() as usize);
    if found != expected {
        return Err(Error::Width { expected, found });
    }
    let child = column.values();
    let Some(values) = child.as_primitive_opt::<UInt32Type>() else {
        return Err(Error::Type { expected: "FixedSizeList<UInt32>", found: column.data_type().clone() });
    };
    // A null row may have null positions, and their values are not read by anybody.
    let within = (0..column.len()).find(|&row| {
        let has_null = |nulls: &NullBuffer| nulls.slice(row * found, found).null_count() > 0;
        column.is_valid(row) && child.nulls().is_some_and(has_null)
    });
    match within {
        Some(row) => Err(Error::NullWithin { row }),
        None => Ok(values.values()),
    }
}

pub(crate) fn lists(lists: Lists, nulls: Option<NullBuffer>) -> Result<ListArray, Error> {
    let numbers = lists.values.len();
    if i32::try_from(numbers).is_err() {
        return Err(Error::TooMany { numbers });
    }
    let offsets: ScalarBuffer<i32> = lists.offsets.into_iter().map(|offset| offset as i32).collect();
    let values = Arc::new(UInt64Array::from(lists.values));
    Ok(ListArray::new(item(DataType::UInt64), OffsetBuffer::new(offsets), values, nulls))
}

fn item(of: DataType) -> Arc<Field> {
    Arc::new(Field::new("item", of, true))
}

fn nulls(column: &dyn Array) -> Option<NullBuffer> {
    column.logical_nulls()
}

fn either_null(left: &dyn Array, right: &dyn Array) -> Option<NullBuffer> {
    NullBuffer::union(left.nulls(), right.nulls())
}
