//! Checks that a frozen index is what a builder writes.

use super::Frozen;
use super::bytes::{numbers, short};
use super::format::{damaged, directory_bits};
use super::frozen::Table;
use crate::error::Error;
use crate::minhash::is_empty;

impl<D: AsRef<[u8]>> Frozen<D> {
    /// Reads all of the index, and checks that it is what a builder would have written.
    ///
    /// # Errors
    /// [`Error::Index`] with what is wrong.
    pub fn verify(&self) -> Result<(), Error> {
        self.check_blocks()?;
        verify(self)
    }
}

/// Checks everything but the checksums.
fn verify<D: AsRef<[u8]>>(frozen: &Frozen<D>) -> Result<(), Error> {
    let layout = frozen.layout();
    let mut filled = 0;
    for row in 0..frozen.len() {
        let time = frozen.time_of(row)?;
        if time < layout.earliest || time > layout.latest {
            return Err(damaged("a time is not within those that the footer names"));
        }
        if frozen.row_of(frozen.id_of(row)?)? != Some(row) {
            return Err(damaged("the table of ids does not lead to each document once"));
        }
        let signature = frozen.signature(row)?;
        filled += usize::from(signature.as_ref().is_some_and(|signature| !signature.is_empty()));
        if frozen.has_sets() {
            let set = frozen.set_of(row)?;
            if signature.is_none_or(|signature| signature != frozen.tools().hasher().signature(&set)) {
                return Err(damaged("a signature is not that of its set"));
            }
        }
    }
    if filled != layout.entries {
        return Err(damaged("the band tables do not have each document that is not empty"));
    }
    check_table(frozen, Table::Ids, |row| Ok(frozen.id_of(row)?.key()))?;
    let mut positions = Vec::new();
    for band in 0..layout.banding.bands() as usize {
        check_table(frozen, Table::Band(band), |row| {
            frozen.read_row(row, &mut positions)?;
            if is_empty(&positions) {
                Err(damaged("a band table has an empty document"))
            } else {
                Ok(frozen.tools().key(band, &positions))
            }
        })?;
    }
    Ok(())
}

/// Checks that entries ascend, that each has the key of its document, and that the directory leads to them. Distinct entries with the
/// right keys are one for each document, because their number is right.
fn check_table<D: AsRef<[u8]>>(
    frozen: &Frozen<D>,
    table: Table,
    mut key: impl FnMut(usize) -> Result<u32, Error>,
) -> Result<(), Error> {
    let (directory, entries) = frozen.whole_table(table)?;
    let entries: Vec<u64> = numbers(entries).collect();
    if !entries.is_sorted_by(|a, b| a < b) {
        return Err(damaged("the entries of a table do not ascend"));
    }
    for &entry in &entries {
        if key(frozen.checked_row(entry as u32)?)? != (entry >> 32) as u32 {
            return Err(damaged("an entry of a table has the key of another document"));
        }
    }
    let bits = directory_bits(entries.len());
    for slot in 0..=1_u64 << bits {
        let count = entries.partition_point(|entry| entry.checked_shr(64 - bits).unwrap_or(0) < slot);
        if short(directory, 4 * slot as usize) as usize != count {
            return Err(damaged("a directory does not lead to its entries"));
        }
    }
    Ok(())
}
