//! Sorting more records than fit in memory: sorted runs on disk, merged.

use std::path::PathBuf;

use super::files;
use super::frames::{FrameReader, FrameWriter, Kind, Role, put};
use super::own_folder::OwnFolder;
use super::records::{Merged, Records, Sort, sort_distinct};
use crate::error::Error;

/// Gathers records of `N` numbers and gives them back in ascending order, each once.
#[derive(Debug)]
pub(crate) struct Sorter<const N: usize> {
    /// Where the runs are, and how their names begin.
    folder: OwnFolder,
    name: String,
    most: usize,
    records: Vec<[u64; N]>,
    /// By falling level.
    runs: Vec<RunFile>,
    /// Runs written so far, merged ones included.
    written: u32,
}

/// A run that was written.
#[derive(Debug)]
struct RunFile {
    path: PathBuf,
    role: Role,
    /// How often its records were merged. Only runs of one level are, so that each record is written once a level.
    level: u32,
}

/// Runs that are merged at once: each takes a frame of memory.
const MERGED: usize = 64;

impl<const N: usize> Sorter<N> {
    /// Makes a sorter that takes about this many bytes of memory; the name is one that no other sorter in the folder has.
    pub(crate) fn new(folder: &OwnFolder, name: &str, memory: usize) -> Self {
        let most = (memory / size_of::<[u64; N]>()).max(1);
        Self { folder: folder.clone(), name: name.into(), most, records: Vec::new(), runs: Vec::new(), written: 0 }
    }

    fn push_record(&mut self, record: [u64; N]) -> Result<(), Error> {
        if self.records.len() == self.most {
            self.spill()?;
        }
        if self.records.len() == self.records.capacity() {
            // Doubling, but never beyond what may be taken.
            let more = self.records.len().max(1 << 10).min(self.most - self.records.len());
            self.records.reserve_exact(more);
        }
        self.records.push(record);
        Ok(())
    }

    /// Sorts what is in memory and writes it to a run.
    fn spill(&mut self) -> Result<(), Error> {
        sort_distinct(&mut self.records);
        let (file, mut run) = self.next_run(0)?;
        self.records.iter().try_for_each(|record| run.record(|bytes| put(bytes, record)))?;
        self.records.clear();
        run.finish_unsynced()?;
        self.runs.push(file);
        self.merge_full_levels()
    }

    /// Merges the runs of the lowest level while there are as many as are merged at once.
    fn merge_full_levels(&mut self) -> Result<(), Error> {
        while let Some(start) = self.runs.len().checked_sub(MERGED) {
            let level = self.runs[start].level;
            if self.runs.last().is_some_and(|last| last.level < level) {
                break;
            }
            self.merge_from(start, level + 1)?;
        }
        Ok(())
    }

    /// Merges the runs from this one on into one of this level.
    fn merge_from(&mut self, start: usize, level: u32) -> Result<(), Error> {
        let mut merged = self.open(start)?;
        self.write_run(&mut merged, level)
    }

    fn next_run(&mut self, level: u32) -> Result<(RunFile, FrameWriter), Error> {
        let path = self.folder.temporary(&format!("{}-run-{}", self.name, self.written));
        let role = Role::new(Kind::Numbers, N as u32, 0).piece(self.written);
        self.written += 1;
        let run = self.folder.create(&path, role)?;
        Ok((RunFile { path, role, level }, run))
    }

    /// Writes records that are sorted already to a run.
    pub(crate) fn add_sorted(&mut self, records: &mut impl Records<N, Error = Error>) -> Result<(), Error> {
        self.write_run(records, 0)?;
        self.merge_full_levels()
    }

    fn write_run(&mut self, records: &mut impl Records<N, Error = Error>, level: u32) -> Result<(), Error> {
        let (file, mut run) = self.next_run(level)?;
        while let Some(record) = records.next()? {
            run.record(|bytes| put(bytes, &record))?;
        }
        run.finish_unsynced()?;
        self.runs.push(file);
        Ok(())
    }

    /// Opens the runs from this one on, which are no longer those of the sorter.
    fn open(&mut self, start: usize) -> Result<Merged<N, Run>, Error> {
        let runs = self.runs.split_off(start).into_iter();
        Merged::new(runs.map(|run| Run::open(&self.folder, run)).collect::<Result<_, Error>>()?)
    }

    /// Finishes on disk, even if everything is in memory.
    pub(crate) fn finish_runs(mut self) -> Result<Merged<N, Run>, Error> {
        if !self.records.is_empty() {
            self.spill()?;
        }
        // Freed before the runs take their frames.
        self.records = Vec::new();
        while let Some(extra) = self.runs.len().checked_sub(MERGED).filter(|&extra| extra > 0) {
            // The last runs are the smallest.
            let start = self.runs.len() - MERGED.min(extra + 1);
            self.merge_from(start, self.runs[start].level)?;
        }
        self.open(0)
    }
}

impl<const N: usize> Sort<N> for Sorter<N> {
    type Error = Error;
    type Sorted = Sorted<N>;

    fn push(&mut self, record: [u64; N]) -> Result<(), Error> {
        self.push_record(record)
    }

    fn finish(mut self) -> Result<Sorted<N>, Error> {
        if self.runs.is_empty() {
            sort_distinct(&mut self.records);
            return Ok(Sorted::InMemory(self.records.into_iter()));
        }
        self.finish_runs().map(Sorted::OnDisk)
    }
}

/// Records in ascending order, each once.
#[derive(Debug)]
pub(crate) enum Sorted<const N: usize> {
    InMemory(std::vec::IntoIter<[u64; N]>),
    OnDisk(Merged<N, Run>),
    /// In a file that stays.
    Stored(RecordReader<N>),
}

impl<const N: usize> Default for Sorted<N> {
    fn default() -> Self {
        Self::InMemory(Vec::new().into_iter())
    }
}

impl<const N: usize> Records<N> for Sorted<N> {
    type Error = Error;

    fn next(&mut self) -> Result<Option<[u64; N]>, Error> {
        match self {
            Self::InMemory(records) => Ok(Iterator::next(records)),
            Self::OnDisk(merged) => merged.next(),
            Self::Stored(records) => records.next(),
        }
    }
}

/// A file of sorted records, which is removed with it.
#[derive(Debug)]
pub(crate) struct Run {
    path: PathBuf,
    file: FrameReader,
}

impl Run {
    fn open(folder: &OwnFolder, RunFile { path, role, .. }: RunFile) -> Result<Self, Error> {
        let file = folder.open(&path, role)?;
        Ok(Self { path, file })
    }
}

impl<const N: usize> Records<N> for Run {
    type Error = Error;

    fn next(&mut self) -> Result<Option<[u64; N]>, Error> {
        read_record(&mut self.file)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // What is left behind is removed with the folder.
        let _ = files::remove_file(&self.path);
    }
}

/// Reads a file of records.
#[derive(Debug)]
pub(crate) struct RecordReader<const N: usize>(FrameReader);

impl<const N: usize> RecordReader<N> {
    pub(crate) fn new(file: FrameReader) -> Self {
        Self(file)
    }
}

impl<const N: usize> Records<N> for RecordReader<N> {
    type Error = Error;

    fn next(&mut self) -> Result<Option<[u64; N]>, Error> {
        read_record(&mut self.0)
    }
}

/// Reads the next record of a file of records.
pub(crate) fn read_record<const N: usize>(file: &mut FrameReader) -> Result<Option<[u64; N]>, Error> {
    if file.has_more()? { file.take_numbers().map(Some) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::external::FolderId;
    use crate::mix::mix64;

    #[test]
    fn no_run_is_written_again_for_each_spill() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let own = OwnFolder::new(folder.path().into(), FolderId::random());
        let mut sorter = Sorter::new(&own, "test", 16 * 100);
        (0..100_001).for_each(|n: u64| sorter.push([n, mix64(n)]).expect("pushed"));
        let entries = fs::read_dir(&folder).expect("there").map(|entry| entry.expect("there"));
        let largest = entries.map(|entry| entry.metadata().expect("there").len()).max().expect("some");
        // A thousand runs, of which 64 are merged at once: twice as much would be merged again and again.
        assert!(largest < 16 * 100 * 64 * 2, "{largest}");
        assert!(sorter.runs.len() < 2 * MERGED, "{}", sorter.runs.len());
        let mut sorted = sorter.finish().expect("sorted");
        assert!((0..100_001).all(|n| sorted.next().expect("read") == Some([n, mix64(n)])));
        assert_eq!(sorted.next().expect("read"), None);
        drop(sorted);
        assert_eq!(fs::read_dir(&folder).expect("there").count(), 0, "runs are removed");
    }

    #[test]
    fn records_come_sorted_and_once_however_little_memory_there_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let own = OwnFolder::new(folder.path().into(), FolderId::random());
        for (records, memory) in [(0, 100), (10, 1 << 20), (1_000, 160), (5_000, 1_600), (5_000, 16)] {
            let all: Vec<[u64; 2]> = (0..records).map(|n: u64| [mix64(n % 700) % 50, mix64(n) % 30]).collect();
            let mut sorter = Sorter::new(&own, "test", memory);
            all.iter().for_each(|&record| sorter.push(record).expect("pushed"));
            let mut sorted = sorter.finish().expect("sorted");
            let mut found = Vec::new();
            while let Some(record) = sorted.next().expect("read") {
                found.push(record);
            }
            assert_eq!(found, all.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
            drop(sorted);
            assert_eq!(fs::read_dir(&folder).expect("there").count(), 0, "runs are removed");
        }
    }
}
