//! The decisions of a join on columns: which candidates count, and which sets of an oversized bucket are compared.
//!
//! An engine groups the distinct sets of a corpus by band key. In a bucket up to the limit it compares all pairs. For each set of a
//! larger one it takes three steps:
//!
//! 1. [`sketches`] of the sets, in the order of the documents.
//! 2. [`similar`] of each sketch and the one before it, and [`JoinRules::reach`] of the sums.
//! 3. [`search`] for pairs among the sets in reach, block by block.
//!
//! What [`verify`] accepts is then what one machine finds.

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, BooleanArray, ListArray, UInt32Array};
use rayon::prelude::*;
use twinprint::join::JoinRules;

use crate::columns::{lists, rows, same_rows};
use crate::error::Error;
use crate::kernels::{Lists, PIECE};

/// A pair that [`search`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The row of the columns.
    pub row: u32,
    /// The place of the earlier set in the block of this row.
    pub pivot: u32,
    /// The place of the later set in the block of this row.
    pub probe: u32,
}

/// Returns for each row how many shingles two sets share; null where the pair does not count.
///
/// # Errors
/// [`Error::Rows`] if one column is longer, [`Error::Type`] if a column is not a list of 64-bit numbers.
pub fn verify(left: &ListArray, right: &ListArray, rules: &JoinRules) -> Result<UInt32Array, Error> {
    same_rows(left, right)?;
    let (left, right) = (rows(left)?, rows(right)?);
    // A list of an Arrow column has at most 2^31 numbers.
    let shared = |(left, right): (&&[u64], &&[u64])| rules.verify(left, right).map(|overlap| overlap.shared() as u32);
    Ok(left.par_iter().zip(&right).map(shared).collect::<Vec<_>>().into())
}

/// Returns the odd sketches of a column of sets; see [`JoinRules::sketch`].
///
/// # Errors
/// [`Error::Type`] if the column is not a list of 64-bit numbers.
pub fn sketches(sets: &ListArray, rules: &JoinRules) -> Result<ListArray, Error> {
    let sets = rows(sets)?;
    let pieces = sets.par_chunks(PIECE).map(|sets| {
        let sketches: Vec<Vec<u64>> = sets.iter().map(|set| rules.sketch(set)).collect();
        (sketches.iter().map(Vec::len).collect(), sketches.concat())
    });
    lists(Lists::from_pieces(sets.len(), pieces.collect()), None)
}

/// Returns for each row whether two sets are similar, as far as their sketches tell.
///
/// # Errors
/// As [`verify`].
pub fn similar(left: &ListArray, right: &ListArray, rules: &JoinRules) -> Result<BooleanArray, Error> {
    same_rows(left, right)?;
    let (left, right) = (rows(left)?, rows(right)?);
    Ok(left.iter().zip(&right).map(|(left, right)| Some(rules.estimates_similar(left, right))).collect())
}

/// Searches blocks of sketches for pairs that may be similar.
///
/// A row of each of the first two columns is a block: the sketches of consecutive sets of one bucket. Of the pivots of its row, a probe is
/// compared with the first ones, as many as its number in `reaches`.
///
/// # Errors
/// [`Error::Rows`] if the columns or the lists of a row differ in length, [`Error::Type`] if a column is not a list of lists of 64-bit
/// numbers, or `reaches` not one of 32-bit numbers.
pub fn search(
    pivots: &ListArray,
    probes: &ListArray,
    reaches: &ListArray,
    rules: &JoinRules,
) -> Result<Vec<Found>, Error> {
    same_rows(pivots, probes)?;
    same_rows(probes, reaches)?;
    let blocks: Vec<u32> = (0..pivots.len() as u32).collect();
    let found = blocks.par_iter().map(|&row| search_row(row, (pivots, probes, reaches), rules));
    Ok(found.collect::<Result<Vec<_>, _>>()?.concat())
}

fn search_row(
    row: u32,
    (pivots, probes, reaches): (&ListArray, &ListArray, &ListArray),
    rules: &JoinRules,
) -> Result<Vec<Found>, Error> {
    let (pivots, probes) = (block(pivots, row)?, block(probes, row)?);
    let reaches = reaches.value(row as usize);
    let Some(reaches) = reaches.as_primitive_opt::<UInt32Type>() else {
        return Err(Error::Type { expected: "List<UInt32>", found: reaches.data_type().clone() });
    };
    same_rows(&probes, reaches)?;
    let (pivots, probes) = (rows(&pivots)?, rows(&probes)?);
    let mut found = Vec::new();
    for ((probe, sketch), &reach) in (0..).zip(&probes).zip(reaches.values()) {
        let similar = (0..reach).zip(&pivots).filter(|(_, pivot)| rules.may_be_similar(pivot, sketch));
        found.extend(similar.map(|(pivot, _)| Found { row, pivot, probe }));
    }
    Ok(found)
}

/// Returns the sketches of a block.
fn block(column: &ListArray, row: u32) -> Result<ListArray, Error> {
    let sketches = column.value(row as usize);
    let list = sketches.as_list_opt::<i32>().cloned();
    list.ok_or_else(|| Error::Type { expected: "List<List<UInt64>>", found: column.data_type().clone() })
}
