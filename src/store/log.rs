//! The log: one record a commit, each on the disk before the next one is written, and marks that say how many were acknowledged.
//!
//! A power cut while a record is written may leave any part of it, and so may a disk that fails long after. Only the first is no error.
//! So when a record is on the disk, a mark is written over an older one, which says how many records there are. It costs no sync: it
//! reaches the disk with the next record, or when the system writes its pages. A mark is never there before its record, so that a marked
//! record that is missing is damage.

use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::error::{Error, FileProblem};
use crate::external::FolderId;
use crate::external::files::File;
use crate::index::{damaged, number};

const MAGIC: &[u8; 8] = b"twinplog";
const VERSION: u16 = 2;
pub(super) const HEAD: usize = 48;
/// Where the marks are. Each has a page of its own, so that a power cut while one is written harms neither the other nor the head.
const MARKS: [usize; 2] = [4096, 8192];
const MARK: usize = 16;
/// Where the first record is.
const RECORDS: usize = 12_288;
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

fn mark(records: u64, check: u64) -> [u8; MARK] {
    let mut mark = [0; MARK];
    mark[..8].copy_from_slice(&records.to_le_bytes());
    let check = xxh3_64_with_seed(&mark[..8], check);
    mark[8..].copy_from_slice(&check.to_le_bytes());
    mark
}

/// Returns the number of records that the newest sound mark names. A log has no mark before its first commit, and a power cut may have
/// torn the newest.
fn marked(bytes: &[u8], check: u64) -> u64 {
    let is_sound = |at: &&usize| bytes[**at..][..MARK] == mark(number(bytes, **at), check);
    MARKS.iter().filter(is_sound).map(|&at| number(bytes, at)).max().unwrap_or(0)
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
    /// Where the last one ends that a mark names.
    marked: usize,
}

/// Finds the records of a log.
///
/// # Errors
/// Damage of a record that was acknowledged, and a log of another store.
pub(super) fn records(bytes: &[u8], id: FolderId, log: u64) -> Result<Records, Error> {
    let (owner, stated, check) = read_head(bytes)?;
    if (owner, stated) != (id, log) {
        return Err(damaged("it is another file"));
    }
    if bytes.len() < RECORDS {
        return Err(damaged("it was cut"));
    }
    let (mut contents, mut end, mut marked_end) = (Vec::new(), RECORDS, RECORDS);
    let marked = marked(bytes, check);
    while let Some(content) = record(&bytes[end..], check, contents.len() as u64) {
        contents.push(end + content.start..end + content.end);
        end += content.end;
        if contents.len() as u64 <= marked {
            marked_end = end;
        }
    }
    if (contents.len() as u64) < marked {
        return Err(damaged("a commit has changed since it was written"));
    }
    // Where no mark is left, later records still prove that those before them were acknowledged. By chance a head is sound with a
    // probability of 2^-64.
    let later = |at: usize| record_head(&bytes[at..], check).is_some_and(|(_, number)| number >= contents.len() as u64);
    if (end + 1..bytes.len()).any(later) {
        return Err(damaged("a commit has changed since it was written, and later ones follow it"));
    }
    Ok(Records { contents, end, marked: marked_end })
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
        let mut head = head(id, log).to_vec();
        head.resize(RECORDS, 0);
        let mut file = File::create_new(path).map_err(refused)?;
        file.write_all(&head).and_then(|()| file.sync_all()).map_err(refused)?;
        Ok(Self { path: path.into(), file, check: number(&head, 40), records: 0, bytes: RECORDS as u64 })
    }

    /// Opens a log to write behind its last record, and drops a torn tail. When it returns, all records are on the disk and marked.
    pub(super) fn resume(path: &Path, bytes: &[u8], records: &Records) -> Result<Self, Error> {
        let refused = |error| Error::io(path, error);
        let mut file = File::open_or_create(path).map_err(refused)?;
        let unmarked = &bytes[records.marked..records.end];
        let is_torn = bytes.len() > records.end;
        if is_torn {
            file.set_len(records.end as u64).map_err(refused)?;
        }
        // After a sync that failed, the system may take pages for written that are not. It writes them if they are written to again.
        let written = file.seek(SeekFrom::Start(records.marked as u64)).and_then(|_| file.write_all(unmarked));
        written.map_err(refused)?;
        if is_torn || !unmarked.is_empty() {
            file.sync_all().map_err(refused)?;
        }
        let (count, end) = (records.contents.len() as u64, records.end as u64);
        let mut log = Self { path: path.into(), file, check: number(bytes, 40), records: count, bytes: end };
        if !unmarked.is_empty() {
            log.mark().map_err(refused)?;
        }
        Ok(log)
    }

    /// Writes a record. When it returns, the record is on the disk, and it is marked so that losing it is noticed.
    pub(super) fn append(&mut self, content: &[u8]) -> Result<(), Error> {
        let mut record = Vec::with_capacity(RECORD_HEAD + content.len());
        for number in [content.len() as u64, self.records, xxh3_64(content)] {
            record.extend_from_slice(&number.to_le_bytes());
        }
        let check = xxh3_64_with_seed(&record, self.check);
        record.extend_from_slice(&check.to_le_bytes());
        record.extend_from_slice(content);
        let written = self.file.write_all(&record).and_then(|()| self.file.sync_all());
        written.map_err(|error| {
            // What was written of it would keep a full disk full.
            let _ = self.file.set_len(self.bytes);
            Error::io(&self.path, error)
        })?;
        self.records += 1;
        self.bytes += record.len() as u64;
        self.mark().map_err(|error| Error::io(&self.path, error))
    }

    /// Says that all records are on the disk, without waiting until this is on the disk itself.
    fn mark(&mut self) -> std::io::Result<()> {
        // In turns, so that the one before it stays until this one is whole.
        let at = MARKS[usize::from(self.records.is_multiple_of(2))];
        self.file.seek(SeekFrom::Start(at as u64))?;
        self.file.write_all(&mark(self.records, self.check))?;
        self.file.seek(SeekFrom::Start(self.bytes)).map(drop)
    }

    /// Returns the bytes of the whole log.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENTS: [&[u8]; 3] = [b"one", b"", b"three, which is longer"];
    /// Where each record begins, and where the last one ends.
    const STARTS: [usize; 4] = [RECORDS, RECORDS + 35, RECORDS + 67, RECORDS + 121];

    /// Returns the bytes of a log of three records.
    fn written(name: &str, id: FolderId) -> Vec<u8> {
        let path = std::env::temp_dir().join(format!("twinprint-log-{name}-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let mut log = Log::create(&path, id, 3).expect("created");
        CONTENTS.iter().for_each(|content| log.append(content).expect("written"));
        let bytes = std::fs::read(&path).expect("there");
        std::fs::remove_file(&path).expect("our own");
        assert_eq!(log.bytes(), bytes.len() as u64);
        bytes
    }

    /// Makes the bytes what they were when this many records were marked.
    fn unmark(bytes: &mut [u8], records: u64) {
        let check = number(bytes, 40);
        for at in MARKS {
            let mut older = number(bytes, at);
            while older > records {
                older = older.saturating_sub(2);
            }
            let mark = if older == 0 { [0; MARK] } else { mark(older, check) };
            bytes[at..at + MARK].copy_from_slice(&mark);
        }
    }

    #[test]
    fn what_was_not_acknowledged_may_be_torn() {
        let id = FolderId::random();
        let bytes = written("torn", id);
        let all = records(&bytes, id, 3).expect("sound");
        assert_eq!(all.contents.iter().map(|range| &bytes[range.clone()]).collect::<Vec<_>>(), CONTENTS);
        assert_eq!((all.end, all.marked), (bytes.len(), bytes.len()));
        for acknowledged in 0..3 {
            let mut earlier = bytes[..STARTS[acknowledged + 1]].to_vec();
            unmark(&mut earlier, acknowledged as u64);
            for end in STARTS[acknowledged]..earlier.len() {
                let cut = records(&earlier[..end], id, 3).expect("a torn tail");
                let start = STARTS[acknowledged];
                assert_eq!((cut.contents.len(), cut.end, cut.marked), (acknowledged, start, start));
                let zeros = [&earlier[..end], &vec![0; earlier.len() - end]].concat();
                // Content that ends in zeros may be whole all the same.
                assert!(records(&zeros, id, 3).expect("a torn tail").contents.len() >= acknowledged);
            }
            let whole = records(&earlier, id, 3).expect("sound");
            assert_eq!((whole.contents.len(), whole.marked), (acknowledged + 1, STARTS[acknowledged]));
        }
    }

    #[test]
    fn what_was_acknowledged_is_there_or_an_error() {
        let id = FolderId::random();
        let bytes = written("damaged", id);
        for at in (0..64).chain(MARKS[0] - 20..MARKS[0] + 40).chain(MARKS[1] - 20..bytes.len()) {
            let mut changes = [bytes.clone(), bytes.clone(), bytes.clone(), bytes[..at].to_vec(), bytes.clone()];
            changes[0][at] ^= 4;
            changes[1][at..].iter_mut().take(40).for_each(|byte| *byte = 0);
            changes[2].splice(at..at, [7; 9]);
            changes[4].drain(at..bytes.len().min(at + 5));
            for (kind, changed) in changes.iter().enumerate() {
                let Ok(found) = records(changed, id, 3) else {
                    // Nothing depends on what is between the head and the records, as long as one mark is left.
                    assert!(kind >= 2 || !(HEAD + 40..RECORDS - 40).contains(&at), "{kind} at {at}");
                    continue;
                };
                let contents: Vec<_> = found.contents.iter().map(|range| &changed[range.clone()]).collect();
                assert_eq!(contents, CONTENTS, "{kind} at {at}");
            }
        }
        assert!(records(&bytes, FolderId::random(), 3).is_err() && records(&bytes, id, 4).is_err());
    }

    #[test]
    fn without_marks_later_records_prove_earlier_ones() {
        let id = FolderId::random();
        let mut bytes = written("unmarked", id);
        unmark(&mut bytes, 0);
        let unmarked = records(&bytes, id, 3).expect("sound");
        assert_eq!((unmarked.contents.len(), unmarked.marked), (3, RECORDS));
        for at in RECORDS..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            let found = records(&changed, id, 3);
            assert_eq!(found.is_err(), at < STARTS[2], "at {at}");
        }
        bytes.splice(RECORDS - 1..RECORDS - 1, [0]);
        assert!(records(&bytes, id, 3).is_err());
    }
}
