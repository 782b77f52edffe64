//! The log: one record a commit, each on the disk before the next one is written.

use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::error::{Error, FileProblem};
use crate::external::FolderId;
use crate::external::files::File;
use crate::index::{damaged, number};

const MAGIC: &[u8; 8] = b"twinplog";
const VERSION: u16 = 1;
pub(super) const HEAD: usize = 48;
const RECORD_HEAD: usize = 32;

/// Returns the store and the number that the head of a log names, if the head is sound, and its check.
pub(super) fn read_head(bytes: &[u8]) -> Result<(FolderId, u64, u64), Error> {
    let head = bytes.get(..HEAD).filter(|head| &head[..8] == MAGIC);
    let head = head.ok_or(Error::Index { problem: FileProblem::NotAnIndex })?;
    let version = u16::from_le_bytes([head[8], head[9]]);
    if version != VERSION {
        return Err(Error::Index { problem: FileProblem::Version(version) });
    }
    let check = number(head, 40);
    if xxh3_64(&head[..40]) != check {
        return Err(damaged("its head has changed"));
    }
    Ok((FolderId::from_bytes(&head[16..32]), number(head, 32), check))
}

fn head(id: FolderId, log: u64) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(MAGIC);
    head[8..10].copy_from_slice(&VERSION.to_le_bytes());
    head[16..32].copy_from_slice(&id.to_bytes());
    head[32..40].copy_from_slice(&log.to_le_bytes());
    let check = xxh3_64(&head[..40]);
    head[40..].copy_from_slice(&check.to_le_bytes());
    head
}

/// Returns the length and the number of a record, if its head is sound.
fn record_head(bytes: &[u8], check: u64) -> Option<(usize, u64)> {
    let head = bytes.get(..RECORD_HEAD)?;
    let is_sound = xxh3_64_with_seed(&head[..24], check) == number(head, 24);
    is_sound.then_some((usize::try_from(number(head, 0)).ok()?, number(head, 8)))
}

/// The records of a log.
#[derive(Debug)]
pub(super) struct Records {
    /// Where the content of each is.
    pub(super) contents: Vec<Range<usize>>,
    /// Where the last one ends. What is behind it is a torn tail.
    pub(super) end: usize,
}

/// Finds the records of a log.
///
/// # Errors
/// Damage before the last record, and a log of another store.
pub(super) fn records(bytes: &[u8], id: FolderId, log: u64) -> Result<Records, Error> {
    let (owner, stated, check) = read_head(bytes)?;
    if (owner, stated) != (id, log) {
        return Err(damaged("it is another file"));
    }
    let (mut contents, mut end) = (Vec::new(), HEAD);
    while let Some(content) = record(&bytes[end..], check, contents.len() as u64) {
        contents.push(end + content.start..end + content.end);
        end += content.end;
    }
    // A record is only written when the one before it is on the disk. So a sound head further on proves that what is damaged here was
    // committed. By chance a head is sound with a probability of 2^-64.
    let later = |at: usize| record_head(&bytes[at..], check).is_some_and(|(_, number)| number > contents.len() as u64);
    if (end..bytes.len()).any(later) {
        return Err(damaged("a commit has changed since it was written, and later ones follow it"));
    }
    Ok(Records { contents, end })
}

/// Returns where the content of a whole record is, if one begins here.
fn record(bytes: &[u8], check: u64, expected: u64) -> Option<Range<usize>> {
    let (length, found) = record_head(bytes, check)?;
    let content = bytes[RECORD_HEAD..].get(..length)?;
    let is_sound = found == expected && xxh3_64(content) == number(bytes, 16);
    is_sound.then_some(RECORD_HEAD..RECORD_HEAD + length)
}

/// A log that is written.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: File,
    check: u64,
    records: u64,
    bytes: u64,
}

impl Log {
    /// Begins a log, under a name that is free.
    pub(super) fn create(path: &Path, id: FolderId, log: u64) -> Result<Self, Error> {
        let refused = |error| Error::io(path, error);
        let head = head(id, log);
        let mut file = File::create_new(path).map_err(refused)?;
        file.write_all(&head).and_then(|()| file.sync_all()).map_err(refused)?;
        Ok(Self { path: path.into(), file, check: number(&head, 40), records: 0, bytes: HEAD as u64 })
    }

    /// Opens a log to write behind its last record, and drops a torn tail.
    pub(super) fn resume(path: &Path, bytes: &[u8], records: &Records) -> Result<Self, Error> {
        let refused = |error| Error::io(path, error);
        let mut file = File::open_or_create(path).map_err(refused)?;
        if bytes.len() > records.end {
            file.set_len(records.end as u64).and_then(|()| file.sync_all()).map_err(refused)?;
        }
        file.seek(SeekFrom::Start(records.end as u64)).map_err(refused)?;
        let (records, end) = (records.contents.len() as u64, records.end as u64);
        Ok(Self { path: path.into(), file, check: number(bytes, 40), records, bytes: end })
    }

    /// Writes a record. When it returns, the record is on the disk.
    pub(super) fn append(&mut self, content: &[u8]) -> Result<(), Error> {
        let mut record = Vec::with_capacity(RECORD_HEAD + content.len());
        for number in [content.len() as u64, self.records, xxh3_64(content)] {
            record.extend_from_slice(&number.to_le_bytes());
        }
        let check = xxh3_64_with_seed(&record, self.check);
        record.extend_from_slice(&check.to_le_bytes());
        record.extend_from_slice(content);
        let written = self.file.write_all(&record).and_then(|()| self.file.sync_all());
        written.map_err(|error| Error::io(&self.path, error))?;
        self.records += 1;
        self.bytes += record.len() as u64;
        Ok(())
    }

    /// Returns the bytes of the whole log.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_tail_is_dropped_and_damage_before_the_end_is_an_error() {
        let path = std::env::temp_dir().join(format!("twinprint-log-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let id = FolderId::random();
        let mut log = Log::create(&path, id, 3).expect("created");
        let contents: [&[u8]; 3] = [b"one", b"", b"three, which is longer"];
        contents.iter().for_each(|content| log.append(content).expect("written"));
        let bytes = std::fs::read(&path).expect("there");
        std::fs::remove_file(&path).expect("our own");
        let all = records(&bytes, id, 3).expect("sound");
        assert_eq!(all.contents.iter().map(|range| &bytes[range.clone()]).collect::<Vec<_>>(), contents);
        assert_eq!((all.end, log.bytes()), (bytes.len(), bytes.len() as u64));
        let starts = [HEAD, HEAD + 35, HEAD + 67, bytes.len()];
        for end in HEAD..bytes.len() {
            let whole = starts[1..].iter().filter(|&&start| start <= end).count();
            let cut = records(&bytes[..end], id, 3).expect("a torn tail");
            assert_eq!((cut.contents.len(), cut.end), (whole, starts[whole]));
            let zeros = [&bytes[..end], &vec![0; bytes.len() - end]].concat();
            // Content that ends in zeros may be whole all the same.
            assert!(records(&zeros, id, 3).expect("a torn tail").contents.len() >= whole);
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            match records(&changed, id, 3) {
                Ok(records) => {
                    assert!(at >= starts[2] && records.end == starts[2] || (10..16).contains(&at), "at {at}");
                }
                Err(_) => assert!(at < starts[2], "at {at}"),
            }
        }
        assert!(records(&bytes, FolderId::random(), 3).is_err() && records(&bytes, id, 4).is_err());
    }
}
