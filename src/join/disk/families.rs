//! The members of groups, one group after the other.

use std::path::{Path, PathBuf};

use super::frames::{FrameReader, FrameWriter, Kind, put};
use super::sorter::{Records, Sorted, read_record};
use crate::error::Error;

/// A file of members by the document that stands for their group: `document << 32 | member`, ascending.
#[derive(Debug)]
pub(super) struct FamilyFile {
    path: PathBuf,
}

impl FamilyFile {
    pub(super) fn write(path: PathBuf, mut members: Sorted<1>) -> Result<Self, Error> {
        let mut file = FrameWriter::create(&path, Kind::Numbers, 1)?;
        while let Some(member) = members.next()? {
            file.record(|bytes| put(bytes, &member))?;
        }
        file.finish_unsynced()?;
        Ok(Self { path })
    }

    pub(super) fn open(&self) -> Result<Families, Error> {
        Families::open(&self.path)
    }
}

impl Drop for FamilyFile {
    fn drop(&mut self) {
        // What is left behind is removed with the folder.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Reads such a file.
#[derive(Debug)]
pub(super) struct Families {
    file: FrameReader,
    next: Option<[u64; 1]>,
    /// Who stands for the document that was asked for last, which is the first of them.
    standing: Vec<u32>,
}

impl Families {
    fn open(path: &Path) -> Result<Self, Error> {
        let mut file = FrameReader::open(path, Kind::Numbers, 1)?;
        let next = read_record(&mut file)?;
        Ok(Self { file, next, standing: Vec::new() })
    }

    /// The document that the next member belongs to.
    pub(super) fn document(&self) -> Option<u32> {
        self.next.map(|[member]| (member >> 32) as u32)
    }

    /// The next member of a document's group, if there is one left.
    pub(super) fn member_of(&mut self, document: u32) -> Result<Option<u32>, Error> {
        match self.next {
            Some([member]) if (member >> 32) as u32 == document => {
                self.next = read_record(&mut self.file)?;
                Ok(Some(member as u32))
            }
            _ => Ok(None),
        }
    }

    /// Who stands for the group of a document: all its members, up to a limit, else the document alone. Documents
    /// are asked for in ascending order, and any number of times.
    pub(super) fn standing(&mut self, document: u32, limit: usize) -> Result<&[u32], Error> {
        if self.standing.first() != Some(&document) {
            self.standing.clear();
            self.standing.push(document);
            while let Some(other) = self.document().filter(|&other| other < document) {
                self.member_of(other)?;
            }
            let mut members = 1;
            while let Some(member) = self.member_of(document)? {
                members += 1;
                if members <= limit {
                    self.standing.push(member);
                }
            }
            if members > limit {
                self.standing.truncate(1);
            }
        }
        Ok(&self.standing)
    }
}
