//! Writes a frozen index, section by section, so that it need not be in memory.

use std::io::{self, Write};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::DocumentId;
use super::format::{ALIGNMENT, BLOCK, Kind, MAGIC, VERSION, directory_bits};
use crate::error::Error;
use crate::lsh::Banding;
use crate::scheme::Scheme;

/// Documents that are to be written.
pub(crate) trait RowSource {
    fn len(&self) -> usize;
    /// Whether ids are numbers.
    fn has_numbers(&self) -> bool;
    /// Whether sets are stored.
    fn has_sets(&self) -> bool;
    fn id(&self, row: usize) -> Result<DocumentId<'_>, Error>;
    fn time(&self, row: usize) -> Result<u64, Error>;
    /// Appends the positions of the signature as bytes.
    fn signature(&self, row: usize, bytes: &mut Vec<u8>) -> Result<(), Error>;
    /// Returns the number of hashes of the set.
    fn set_len(&self, row: usize) -> Result<usize, Error>;
    /// Appends the hashes of the set as bytes.
    fn set(&self, row: usize, bytes: &mut Vec<u8>) -> Result<(), Error>;
    /// Returns the entries of a band table, in any order.
    fn entries(&self, band: usize) -> Result<Vec<u64>, Error>;
}

/// Why nothing was written.
#[derive(Debug)]
pub(crate) enum WriteError {
    Output(io::Error),
    Input(Error),
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        Self::Input(error)
    }
}

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Writes a frozen index of these documents.
pub(crate) fn write(
    out: &mut impl Write,
    scheme: &Scheme,
    banding: Banding,
    owner: [u8; 16],
    rows: &impl RowSource,
) -> Result<(), WriteError> {
    let mut file = Sections::begin(out)?;
    let count = rows.len();
    file.section(Kind::Scheme, |out| out.add(scheme.description().as_bytes()))?;
    file.each(Kind::Signatures, count, |row, bytes| rows.signature(row, bytes))?;
    file.ids(rows)?;
    let (mut earliest, mut latest) = (u64::MAX, 0);
    file.each(Kind::Times, count, |row, bytes| {
        let time = rows.time(row)?;
        (earliest, latest) = (earliest.min(time), latest.max(time));
        bytes.extend_from_slice(&time.to_le_bytes());
        Ok(())
    })?;
    if rows.has_sets() {
        file.ends(Kind::SetEnds, count, |row| rows.set_len(row))?;
        file.each(Kind::Sets, count, |row, bytes| rows.set(row, bytes))?;
    }
    let key = |row: usize| Ok(u64::from(rows.id(row)?.key()) << 32 | row as u64);
    let mut ids = (0..count).map(key).collect::<Result<Vec<_>, Error>>()?;
    ids.sort_unstable();
    file.section(Kind::IdTable, |out| out.table(&ids))?;
    drop(ids);
    let mut entries = 0;
    file.section(Kind::BandTables, |out| {
        for band in 0..banding.bands() as usize {
            let mut band = rows.entries(band)?;
            // Entries of earlier segments come in runs, which a merge sort uses.
            band.sort();
            entries = band.len();
            out.table(&band)?;
        }
        Ok(())
    })?;
    let shape = [scheme.sketch().num_hashes(), banding.bands(), banding.rows(), file.table.len() as u32];
    let rest = [entries as u64, if count == 0 { 0 } else { earliest }, latest, 0];
    file.end((count as u64, scheme.id().to_bytes()), shape, banding.filter_loss(), owner, rest)
}

struct Sections<'a, W> {
    out: Blocked<'a, W>,
    table: Vec<(Kind, u64, u64)>,
}

/// Passes bytes on, and makes the check of each block.
struct Blocked<'a, W> {
    out: &'a mut W,
    at: u64,
    hash: Xxh3,
    checks: Vec<u64>,
    buffer: Vec<u8>,
}

impl<W: Write> Blocked<'_, W> {
    fn add(&mut self, mut bytes: &[u8]) -> Result<(), WriteError> {
        while !bytes.is_empty() {
            let room = BLOCK - (self.at % BLOCK as u64) as usize;
            let (part, rest) = bytes.split_at(room.min(bytes.len()));
            self.out.write_all(part)?;
            self.hash.update(part);
            self.at += part.len() as u64;
            if self.at.is_multiple_of(BLOCK as u64) {
                self.end_block();
            }
            bytes = rest;
        }
        Ok(())
    }

    fn end_block(&mut self) {
        self.checks.push(self.hash.digest());
        self.hash.reset();
    }

    fn align(&mut self) -> Result<(), WriteError> {
        let padding = self.at.next_multiple_of(ALIGNMENT as u64) - self.at;
        self.add(&[0; ALIGNMENT][..padding as usize])
    }

    /// Gathers bytes, and passes them on when there are many.
    fn gather(&mut self, append: impl FnOnce(&mut Vec<u8>) -> Result<(), Error>) -> Result<(), WriteError> {
        append(&mut self.buffer)?;
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        self.add(&buffer)?;
        buffer.clear();
        self.buffer = buffer;
        Ok(())
    }

    /// Writes a table of sorted entries with its directory.
    fn table(&mut self, entries: &[u64]) -> Result<(), WriteError> {
        let bits = directory_bits(entries.len());
        let mut at = 0;
        for slot in 0..=1_u64 << bits {
            while entries.get(at).is_some_and(|entry| entry.checked_shr(64 - bits).unwrap_or(0) < slot) {
                at += 1;
            }
            self.gather(|bytes| {
                bytes.extend_from_slice(&(at as u32).to_le_bytes());
                Ok(())
            })?;
        }
        // The number of directory entries is odd if there are bits, and two if there are none.
        if bits > 0 {
            self.gather(|bytes| {
                bytes.extend_from_slice(&[0; 4]);
                Ok(())
            })?;
        }
        for entry in entries {
            self.gather(|bytes| {
                bytes.extend_from_slice(&entry.to_le_bytes());
                Ok(())
            })?;
        }
        self.flush()
    }
}

impl<'a, W: Write> Sections<'a, W> {
    fn begin(out: &'a mut W) -> Result<Self, WriteError> {
        let mut out = Blocked { out, at: 0, hash: Xxh3::new(), checks: Vec::new(), buffer: Vec::new() };
        out.add(MAGIC)?;
        out.add(&u64::from(VERSION).to_le_bytes())?;
        Ok(Self { out, table: Vec::new() })
    }

    /// Writes the ids: numbers, or texts with their ends before them.
    fn ids(&mut self, rows: &impl RowSource) -> Result<(), WriteError> {
        let count = rows.len();
        if rows.has_numbers() {
            return self.each(Kind::Numbers, count, |row, bytes| {
                if let DocumentId::Number(number) = rows.id(row)? {
                    bytes.extend_from_slice(&number.to_le_bytes());
                }
                Ok(())
            });
        }
        let text = |row| -> Result<&str, Error> {
            Ok(match rows.id(row)? {
                DocumentId::Text(text) => text,
                DocumentId::Number(_) => "",
            })
        };
        self.ends(Kind::IdEnds, count, |row| text(row).map(str::len))?;
        self.each(Kind::Ids, count, |row, bytes| {
            bytes.extend_from_slice(text(row)?.as_bytes());
            Ok(())
        })
    }

    fn section(
        &mut self,
        kind: Kind,
        content: impl FnOnce(&mut Blocked<'a, W>) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        self.out.align()?;
        let start = self.out.at;
        content(&mut self.out)?;
        self.table.push((kind, start, self.out.at - start));
        Ok(())
    }

    /// Writes what each document has.
    fn each(
        &mut self,
        kind: Kind,
        count: usize,
        mut append: impl FnMut(usize, &mut Vec<u8>) -> Result<(), Error>,
    ) -> Result<(), WriteError> {
        self.section(kind, |out| {
            (0..count).try_for_each(|row| out.gather(|bytes| append(row, bytes)))?;
            out.flush()
        })
    }

    /// Writes where each document's part ends.
    fn ends(
        &mut self,
        kind: Kind,
        count: usize,
        length: impl Fn(usize) -> Result<usize, Error>,
    ) -> Result<(), WriteError> {
        let mut end = 0_u64;
        self.each(kind, count, |row, bytes| {
            end += length(row)? as u64;
            bytes.extend_from_slice(&end.to_le_bytes());
            Ok(())
        })
    }

    fn end(
        mut self,
        (count, scheme): (u64, [u8; 8]),
        shape: [u32; 4],
        filter_loss: f64,
        owner: [u8; 16],
        rest: [u64; 4],
    ) -> Result<(), WriteError> {
        self.out.align()?;
        let tail = self.out.at;
        if !tail.is_multiple_of(BLOCK as u64) {
            self.out.end_block();
        }
        let checks: Vec<u8> = self.out.checks.iter().flat_map(|check| check.to_le_bytes()).collect();
        let mut end = Vec::new();
        for (kind, start, length) in &self.table {
            end.extend_from_slice(&u64::from(*kind as u32).to_le_bytes());
            end.extend_from_slice(&start.to_le_bytes());
            end.extend_from_slice(&length.to_le_bytes());
        }
        end.extend_from_slice(&tail.to_le_bytes());
        end.extend_from_slice(&count.to_le_bytes());
        end.extend_from_slice(&scheme);
        shape.iter().for_each(|number| end.extend_from_slice(&number.to_le_bytes()));
        end.extend_from_slice(&filter_loss.to_bits().to_le_bytes());
        end.extend_from_slice(&owner);
        rest.iter().for_each(|number| end.extend_from_slice(&number.to_le_bytes()));
        end.extend_from_slice(&xxh3_64(&checks).to_le_bytes());
        let check = xxh3_64(&end);
        end.extend_from_slice(&check.to_le_bytes());
        end.extend_from_slice(&u64::from(VERSION).to_le_bytes());
        end.extend_from_slice(MAGIC);
        self.out.out.write_all(&checks)?;
        self.out.out.write_all(&end)?;
        Ok(())
    }
}
