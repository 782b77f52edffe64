//! Documents of several frozen indexes, on their way into one.

use std::io::Write;

use super::bytes::numbers;
use super::format::damaged;
use super::frozen::Table;
use super::tools::Tools;
use super::write::{RowSource, WriteError, write};
use super::{DocumentId, Frozen};
use crate::error::Error;

/// The documents of some indexes that are kept, in their order.
pub(crate) struct Live<'a, D> {
    parts: Vec<&'a Frozen<D>>,
    /// For each kept document its part and its row there.
    places: Vec<(u32, u32)>,
    /// For each part the new row of each old one.
    new_rows: Vec<Vec<u32>>,
}

const DROPPED: u32 = u32::MAX;

impl<'a, D: AsRef<[u8]>> Live<'a, D> {
    /// Takes for each part the rows that are kept, ascending.
    pub(crate) fn new(parts: Vec<(&'a Frozen<D>, Vec<u32>)>) -> Self {
        let mut live = Self { parts: Vec::new(), places: Vec::new(), new_rows: Vec::new() };
        for (number, (part, rows)) in parts.into_iter().enumerate() {
            let mut new_rows = vec![DROPPED; part.len()];
            for row in rows {
                new_rows[row as usize] = live.places.len() as u32;
                live.places.push((number as u32, row));
            }
            live.parts.push(part);
            live.new_rows.push(new_rows);
        }
        live
    }

    /// Writes the documents as one frozen index.
    pub(crate) fn write(&self, out: &mut impl Write, tools: &Tools, owner: [u8; 16]) -> Result<(), WriteError> {
        write(out, tools.scheme(), tools.banding(), owner, self)
    }

    fn place(&self, row: usize) -> (&'a Frozen<D>, usize) {
        let (part, row) = self.places[row];
        (self.parts[part as usize], row as usize)
    }
}

impl<D: AsRef<[u8]>> RowSource for Live<'_, D> {
    fn len(&self) -> usize {
        self.places.len()
    }

    fn has_numbers(&self) -> bool {
        self.parts.first().is_some_and(|part| part.has_numbers())
    }

    fn has_sets(&self) -> bool {
        self.parts.first().is_some_and(|part| part.has_sets())
    }

    fn id(&self, row: usize) -> Result<DocumentId<'_>, Error> {
        let (part, row) = self.place(row);
        part.id_of(row)
    }

    fn time(&self, row: usize) -> Result<u64, Error> {
        let (part, row) = self.place(row);
        part.time_of(row)
    }

    fn signature(&self, row: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let (part, row) = self.place(row);
        bytes.extend_from_slice(part.row_bytes(row)?);
        Ok(())
    }

    fn set_len(&self, row: usize) -> Result<usize, Error> {
        let (part, row) = self.place(row);
        Ok(part.set_bytes(row)?.len() / 8)
    }

    fn set(&self, row: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let (part, row) = self.place(row);
        bytes.extend_from_slice(part.set_bytes(row)?);
        Ok(())
    }

    fn entries(&self, band: usize) -> Result<Vec<u64>, Error> {
        let mut entries = Vec::with_capacity(self.places.len());
        for (part, new_rows) in self.parts.iter().zip(&self.new_rows) {
            let (_, old) = part.whole_table(Table::Band(band))?;
            for entry in numbers(old) {
                let Some(&row) = new_rows.get(entry as u32 as usize) else {
                    return Err(damaged("a table leads to no document"));
                };
                if row != DROPPED {
                    entries.push(entry >> 32 << 32 | u64::from(row));
                }
            }
        }
        Ok(entries)
    }
}
