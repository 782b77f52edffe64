//! A check that ids are unique, before the join is run. The output could not tell two documents of one id apart.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};

use anyhow::{Context, Result, bail};
use twinprint_documents::{Fields, Inputs, Options};
use xxhash_rust::xxh3::xxh3_64;

/// Collects a hash of each id, in memory as far as that goes, else in a temporary file.
pub(crate) struct IdCheck {
    /// The hashes and numbers of documents since the last run was written.
    ids: Vec<IdHash>,
    /// Sorted runs in files.
    runs: Vec<File>,
    /// The most hashes in memory.
    limit: usize,
    documents: u32,
}

/// The hash of an id, and the number of its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct IdHash {
    hash: u64,
    document: u32,
}

/// The share of the memory limit that hashes may take.
const MEMORY_SHARE: u64 = 32;

/// The size of a record in a file, in bytes.
const RECORD_BYTES: usize = 12;

impl IdCheck {
    /// Makes a check within this memory limit of the process, in bytes.
    pub(crate) fn new(memory: u64) -> Self {
        let limit = memory / MEMORY_SHARE / size_of::<IdHash>() as u64;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1 << 12);
        Self { ids: Vec::new(), runs: Vec::new(), limit, documents: 0 }
    }

    /// Adds the id of the next document.
    pub(crate) fn add(&mut self, id: &str) -> Result<()> {
        if self.ids.len() >= self.limit {
            self.write_run().context("the folder for temporary files")?;
        }
        self.ids.push(IdHash { hash: xxh3_64(id.as_bytes()), document: self.documents });
        self.documents += 1;
        Ok(())
    }

    fn write_run(&mut self) -> io::Result<()> {
        self.ids.sort_unstable();
        let mut file = BufWriter::new(tempfile::tempfile()?);
        for IdHash { hash, document } in self.ids.drain(..) {
            file.write_all(&hash.to_le_bytes())?;
            file.write_all(&document.to_le_bytes())?;
        }
        self.runs.push(file.into_inner().map_err(io::IntoInnerError::into_error)?);
        Ok(())
    }

    /// Refuses a corpus in which two documents have one id, and says where they are. Reads the inputs again to find that out, if they can
    /// be read again.
    pub(crate) fn check(mut self, inputs: &Inputs, options: &Options, fields: &Fields) -> Result<()> {
        self.ids.sort_unstable();
        let mut equal = self.equal_hashes().context("the folder for temporary files")?;
        // The first clash in the order of reading is the one to look for in the files.
        equal.sort_unstable_by_key(|[_, later]| *later);
        for [earlier, later] in equal {
            if !inputs.can_be_read_again() {
                bail!(
                    "one id is that of document {} and of document {}; make ids unique, or number the documents with --number",
                    earlier + 1,
                    later + 1
                );
            }
            let places = inputs.places(options, fields, &[earlier.into(), later.into()])?;
            // Different ids may have one hash.
            if let [earlier, later] = places.as_slice()
                && earlier.id == later.id
            {
                bail!(
                    "{later}: the id {:?} is already used in {earlier}; make ids unique, or number the documents with --number",
                    later.id
                );
            }
        }
        Ok(())
    }

    /// Returns the first documents of equal hashes: two of each hash, and of a thousand hashes at most.
    fn equal_hashes(&mut self) -> io::Result<Vec<[u32; 2]>> {
        const ENOUGH: usize = 1_000;
        let mut runs = Vec::with_capacity(self.runs.len() + 1);
        for mut file in std::mem::take(&mut self.runs) {
            io::Seek::rewind(&mut file)?;
            runs.push(RunReader::File(BufReader::new(file)));
        }
        runs.push(RunReader::Memory(std::mem::take(&mut self.ids).into_iter()));
        let mut heads = std::collections::BinaryHeap::new();
        for (number, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next()?.map(|id| std::cmp::Reverse((id, number))));
        }
        let (mut equal, mut last) = (Vec::<[u32; 2]>::new(), None::<IdHash>);
        while let Some(std::cmp::Reverse((id, number))) = heads.pop() {
            heads.extend(runs[number].next()?.map(|id| std::cmp::Reverse((id, number))));
            match last {
                // Documents of one hash come in order, so the first two are the first clash.
                Some(first) if first.hash == id.hash => {
                    let is_known = equal.last().is_some_and(|[earlier, _]| *earlier == first.document);
                    if !is_known && equal.len() < ENOUGH {
                        equal.push([first.document, id.document]);
                    }
                }
                _ => last = Some(id),
            }
        }
        Ok(equal)
    }
}

/// Reads a sorted run.
enum RunReader {
    File(BufReader<File>),
    Memory(std::vec::IntoIter<IdHash>),
}

impl RunReader {
    fn next(&mut self) -> io::Result<Option<IdHash>> {
        let file = match self {
            Self::Memory(ids) => return Ok(ids.next()),
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
    fn equal_ids_are_found_in_memory_and_in_files() {
        for limit in [3, 100] {
            let mut check = IdCheck { limit, ..IdCheck::new(0) };
            for id in ["a", "b", "c", "d", "b", "e", "a", "f", "a", "b"] {
                check.add(id).expect("added");
            }
            check.ids.sort_unstable();
            let mut equal = check.equal_hashes().expect("read");
            equal.sort_unstable();
            assert_eq!(equal, [[0, 6], [1, 4]], "{limit}");
        }
    }
}
