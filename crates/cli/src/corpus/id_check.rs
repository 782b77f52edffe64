//! A check that ids are unique, before the join is run. The output could not tell two documents of one id apart.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use anyhow::{Context, Result, bail};
use twinprint_documents::{ErrorKind, Fields, Format, Inputs, Options};
use xxhash_rust::xxh3::xxh3_64;

use super::hash_runs::{HashRuns, IdHash};
use crate::interrupt::TEMPORARY;

/// Collects a hash of each id, in memory as far as that goes, else in a temporary file.
pub(crate) struct IdCheck {
    /// The hashes and numbers of documents since the last run was written.
    ids: Vec<IdHash>,
    /// Those of the documents before.
    runs: HashRuns,
    /// The most hashes in memory.
    limit: usize,
    documents: u32,
    /// The ids themselves in a temporary file, of inputs that cannot be read again to find them: the length of each, and its bytes.
    names: Option<BufWriter<File>>,
}

/// The share of the memory limit that hashes may take.
const MEMORY_SHARE: u64 = 32;

impl IdCheck {
    /// Makes a check within this memory limit of the process, in bytes.
    pub(crate) fn new(memory: u64) -> Self {
        let limit = memory / MEMORY_SHARE / size_of::<IdHash>() as u64;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1 << 12);
        Self { ids: Vec::new(), runs: HashRuns::default(), limit, documents: 0, names: None }
    }

    /// Also keeps the ids of these inputs in a temporary file, if they cannot be read again.
    pub(crate) fn keeping_ids_of(mut self, inputs: &Inputs) -> Result<Self> {
        if !inputs.can_be_read_again() {
            self.names = Some(BufWriter::new(tempfile::tempfile().context(TEMPORARY)?));
        }
        Ok(self)
    }

    /// Adds the id of the next document.
    pub(crate) fn add(&mut self, id: &str) -> Result<()> {
        if self.ids.len() >= self.limit {
            self.write_run().context(TEMPORARY)?;
        }
        if let Some(names) = &mut self.names {
            let length = (id.len() as u64).to_le_bytes();
            names.write_all(&length).and_then(|()| names.write_all(id.as_bytes())).context(TEMPORARY)?;
        }
        self.ids.push(IdHash { hash: xxh3_64(id.as_bytes()), document: self.documents });
        self.documents += 1;
        Ok(())
    }

    fn write_run(&mut self) -> io::Result<()> {
        self.ids.sort_unstable();
        self.runs.add(self.ids.drain(..))
    }

    /// Refuses a corpus in which two documents have one id, and says where they are. Reads the inputs again to find that out, if they can
    /// be read again.
    pub(crate) fn check(mut self, inputs: &Inputs, options: &Options, fields: &Fields) -> Result<()> {
        let mut equal = self.equal_hashes().context(TEMPORARY)?;
        // The first clash in the order of reading is the one to look for in the files.
        equal.sort_unstable_by_key(|[_, later]| *later);
        for [earlier, later] in equal {
            if let Some(names) = &mut self.names {
                let [first, second] = names_of(names, [earlier, later]).context(TEMPORARY)?;
                if first == second {
                    // A number would not tell apart two files of an archive, which has their names.
                    let remedy = match inputs.format() {
                        Format::Tar => "make the names in the archive unique",
                        _ => "make ids unique, or number the documents with --number",
                    };
                    bail!(
                        "the id {first:?} is that of document {} and of document {}; {remedy}",
                        earlier + 1,
                        later + 1
                    );
                }
                continue;
            }
            let places = inputs.places(options, fields, &[earlier.into(), later.into()])?;
            // Different ids may have one hash.
            if let [earlier, later] = places.as_slice()
                && earlier.id == later.id
            {
                let (id, place) = (later.id.clone(), earlier.to_string());
                let kind = match inputs.format() == Format::Tar && earlier.path == later.path {
                    true => ErrorKind::RepeatedMember(id, place),
                    false => ErrorKind::RepeatedId(id, place),
                };
                bail!("{later}: {kind}");
            }
        }
        Ok(())
    }

    /// Returns the first documents of equal hashes: two of each hash, and of a thousand hashes at most.
    fn equal_hashes(&mut self) -> io::Result<Vec<[u32; 2]>> {
        const ENOUGH: usize = 1_000;
        self.ids.sort_unstable();
        let merged = std::mem::take(&mut self.runs).merge(std::mem::take(&mut self.ids))?;
        let (mut equal, mut last) = (Vec::<[u32; 2]>::new(), None::<IdHash>);
        for id in merged {
            let id = id?;
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

/// Reads the ids of two documents, the earlier one first.
fn names_of(names: &mut BufWriter<File>, documents: [u32; 2]) -> io::Result<[String; 2]> {
    names.flush()?;
    let mut file = BufReader::new(names.get_ref());
    file.rewind()?;
    let mut found = [String::new(), String::new()];
    let mut next = 0;
    for (document, found) in documents.into_iter().zip(&mut found) {
        loop {
            let mut length = [0; 8];
            file.read_exact(&mut length)?;
            let length = u64::from_le_bytes(length);
            next += 1;
            if next > document {
                Read::by_ref(&mut file).take(length).read_to_string(found)?;
                break;
            }
            file.seek_relative(i64::try_from(length).unwrap_or(i64::MAX))?;
        }
    }
    Ok(found)
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
            let mut equal = check.equal_hashes().expect("read");
            equal.sort_unstable();
            assert_eq!(equal, [[0, 6], [1, 4]], "{limit}");
        }
    }

    #[test]
    fn ids_are_found_again_by_their_documents() {
        let mut check =
            IdCheck { names: Some(BufWriter::new(tempfile::tempfile().expect("a file"))), ..IdCheck::new(0) };
        ["a", "", "long\nid", "é"].iter().for_each(|id| check.add(id).expect("added"));
        let mut names = check.names.expect("kept");
        for (documents, expected) in [([0, 3], ["a", "é"]), ([1, 2], ["", "long\nid"]), ([2, 3], ["long\nid", "é"])] {
            assert_eq!(names_of(&mut names, documents).expect("read"), expected);
        }
    }
}
