//! Sorted runs of the hashes of ids in temporary files, merged before too many files are open.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

/// The hash of an id, and the number of its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IdHash {
    pub(super) hash: u64,
    pub(super) document: u32,
}

/// The size of a record in a file, in bytes.
const RECORD_BYTES: usize = 12;

/// Runs of one level that are merged to one of the next. A process may open a thousand files on many machines.
const MERGED: usize = 64;

/// Holds the runs by how often they were merged, so that each record is written once a level.
#[derive(Debug, Default)]
pub(super) struct HashRuns {
    levels: Vec<Vec<File>>,
}

impl HashRuns {
    /// Writes a run of records that are sorted.
    pub(super) fn add(&mut self, sorted: impl Iterator<Item = IdHash>) -> io::Result<()> {
        let mut run = write(sorted.map(Ok))?;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(run);
            if self.levels[level].len() < MERGED {
                break;
            }
            run = write(Merged::new(std::mem::take(&mut self.levels[level]), Vec::new())?)?;
        }
        Ok(())
    }

    /// Merges all runs with records in memory, which are sorted.
    pub(super) fn merge(self, sorted: Vec<IdHash>) -> io::Result<Merged> {
        Merged::new(self.levels.into_iter().flatten().collect(), sorted)
    }
}

fn write(records: impl Iterator<Item = io::Result<IdHash>>) -> io::Result<File> {
    let mut file = BufWriter::new(tempfile::tempfile()?);
    for record in records {
        let IdHash { hash, document } = record?;
        file.write_all(&hash.to_le_bytes())?;
        file.write_all(&document.to_le_bytes())?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)
}

/// Yields the records of some runs in ascending order.
pub(super) struct Merged {
    runs: Vec<Run>,
    /// The next record of each run that has one, and the number of the run.
    heads: BinaryHeap<Reverse<(IdHash, usize)>>,
}

impl Merged {
    fn new(files: Vec<File>, in_memory: Vec<IdHash>) -> io::Result<Self> {
        let mut runs = Vec::with_capacity(files.len() + 1);
        for mut file in files {
            file.rewind()?;
            runs.push(Run::File(BufReader::new(file)));
        }
        runs.push(Run::Memory(in_memory.into_iter()));
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (number, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next()?.map(|record| Reverse((record, number))));
        }
        Ok(Self { runs, heads })
    }

    fn try_next(&mut self) -> io::Result<Option<IdHash>> {
        let Some(Reverse((record, number))) = self.heads.pop() else { return Ok(None) };
        self.heads.extend(self.runs[number].next()?.map(|record| Reverse((record, number))));
        Ok(Some(record))
    }
}

impl Iterator for Merged {
    type Item = io::Result<IdHash>;

    fn next(&mut self) -> Option<Self::Item> {
        self.try_next().transpose()
    }
}

/// Reads a sorted run.
enum Run {
    File(BufReader<File>),
    Memory(std::vec::IntoIter<IdHash>),
}

impl Run {
    fn next(&mut self) -> io::Result<Option<IdHash>> {
        let file = match self {
            Self::Memory(records) => return Ok(records.next()),
            Self::File(file) => file,
        };
        let mut record = [0; RECORD_BYTES];
        match file.read_exact(&mut record) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let (mut hash, mut document) = ([0; 8], [0; 4]);
        hash.copy_from_slice(&record[..8]);
        document.copy_from_slice(&record[8..]);
        Ok(Some(IdHash { hash: u64::from_le_bytes(hash), document: u32::from_le_bytes(document) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_runs_are_merged_to_few_files_and_no_record_is_lost() {
        let mut runs = HashRuns::default();
        let count = (MERGED * MERGED + MERGED + 1) as u32;
        // Every hash is that of several documents, and they come in no order.
        let record = |document: u32| IdHash { hash: u64::from(document.wrapping_mul(0x9e37_79b9) % 1_000), document };
        for document in 0..count {
            runs.add(std::iter::once(record(document))).expect("written");
        }
        let files: Vec<usize> = runs.levels.iter().map(Vec::len).collect();
        assert_eq!(files, [1, 1, 1]);
        let sorted = |documents: std::ops::Range<u32>| {
            let mut records: Vec<IdHash> = documents.map(record).collect();
            records.sort_unstable();
            records
        };
        let merged = runs.merge(sorted(count..count + 10)).expect("opened");
        assert_eq!(merged.map(|record| record.expect("read")).collect::<Vec<_>>(), sorted(0..count + 10));
    }
}
