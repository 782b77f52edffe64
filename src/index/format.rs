//! What is where in a frozen index; `docs/index-format.md` has the tables.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::bytes::{number, short};
use crate::error::{Error, FileProblem, MOST_DOCUMENTS};
use crate::lsh::Banding;
use crate::scheme::SchemeId;

pub(crate) const MAGIC: &[u8; 8] = b"twinpidx";
pub(crate) const VERSION: u16 = 1;
/// Bytes that have a check of their own.
pub(crate) const BLOCK: usize = 1 << 16;
/// Sections begin at a multiple of this.
pub(crate) const ALIGNMENT: usize = 64;
pub(super) const FOOTER: usize = 128;
pub(super) const SECTION: usize = 24;
/// More than there are kinds, so that a table of sections cannot be large.
const MOST_SECTIONS: usize = 16;

/// What a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub(crate) enum Kind {
    Scheme = 1,
    Signatures,
    IdEnds,
    Ids,
    Numbers,
    Times,
    SetEnds,
    Sets,
    IdTable,
    BandTables,
}

pub(super) const KINDS: [Kind; 10] = [
    Kind::Scheme,
    Kind::Signatures,
    Kind::IdEnds,
    Kind::Ids,
    Kind::Numbers,
    Kind::Times,
    Kind::SetEnds,
    Kind::Sets,
    Kind::IdTable,
    Kind::BandTables,
];

/// What the footer says, checked against the length of the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    /// Where the tail begins, which is also the number of bytes with block checks.
    pub(crate) tail: usize,
    pub(crate) documents: usize,
    pub(crate) scheme: SchemeId,
    pub(crate) num_hashes: usize,
    pub(crate) banding: Banding,
    pub(crate) owner: [u8; 16],
    /// Documents whose set is not empty.
    pub(crate) entries: usize,
    pub(crate) earliest: u64,
    pub(crate) latest: u64,
    pub(crate) blocks_check: u64,
    /// The place of each kind of section, empty where there is none.
    pub(crate) sections: [Option<(usize, usize)>; KINDS.len()],
}

/// Returns the error of bytes that are not what was written.
pub(crate) fn damaged(what: &'static str) -> Error {
    Error::Index { problem: FileProblem::Damaged(what) }
}

/// The bits of a directory over this many entries.
pub(crate) fn directory_bits(entries: usize) -> u32 {
    (entries / 8).checked_ilog2().unwrap_or(0)
}

/// The bytes of the directory of a table, with its padding.
pub(crate) fn directory_bytes(entries: usize) -> usize {
    (4 * ((1_usize << directory_bits(entries)) + 1)).next_multiple_of(8)
}

/// The bytes of a table.
pub(crate) fn table_bytes(entries: usize) -> usize {
    directory_bytes(entries) + 8 * entries
}

impl Layout {
    /// Reads the layout of a whole frozen index.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let foreign = || Error::Index { problem: FileProblem::NotAnIndex };
        let head = bytes.get(..16).filter(|head| &head[..8] == MAGIC).ok_or_else(foreign)?;
        let version = u16::from_le_bytes([head[8], head[9]]);
        if version != VERSION {
            return Err(Error::Index { problem: FileProblem::Version(version) });
        }
        let cut = "it ends too early, or something was added to it";
        let start = bytes.len().checked_sub(FOOTER).filter(|&start| start >= 16).ok_or_else(|| damaged(cut))?;
        let footer = &bytes[start..];
        if &footer[120..] != MAGIC {
            return Err(damaged(cut));
        }
        let count = short(footer, 36) as usize;
        let table = start.checked_sub(count.min(MOST_SECTIONS) * SECTION).ok_or_else(|| damaged(cut))?;
        let checked = [&bytes[table..start], &footer[..104]].concat();
        if count > MOST_SECTIONS
            || xxh3_64(&checked) != number(footer, 104)
            || footer[112..120] != u64::from(VERSION).to_le_bytes()
        {
            return Err(damaged("its footer has changed"));
        }
        Self::from_footer(footer, &bytes[table..start], table).ok_or_else(|| damaged("its footer contradicts itself"))
    }

    /// Reads a footer whose check is right. Somebody may have made that on purpose, so nothing in it is trusted.
    fn from_footer(footer: &[u8], table: &[u8], end: usize) -> Option<Self> {
        let size = |at: usize| usize::try_from(number(footer, at)).ok();
        let tail = size(0)?;
        let blocks = tail.div_ceil(BLOCK).checked_mul(8)?;
        if tail.checked_add(blocks)? != end || !tail.is_multiple_of(ALIGNMENT) {
            return None;
        }
        let filter_loss = f64::from_bits(number(footer, 40));
        let mut layout = Self {
            tail,
            documents: size(8).filter(|&documents| documents <= MOST_DOCUMENTS as usize)?,
            scheme: SchemeId::from_bytes(footer[16..24].try_into().ok()?),
            num_hashes: short(footer, 24) as usize,
            banding: Banding::with_filter_loss(short(footer, 28), short(footer, 32), filter_loss).ok()?,
            owner: footer[48..64].try_into().ok()?,
            entries: size(64)?,
            earliest: number(footer, 72),
            latest: number(footer, 80),
            blocks_check: number(footer, 96),
            sections: [None; KINDS.len()],
        };
        layout.banding.check_fits(layout.num_hashes as u32).ok()?;
        let mut before = (0, 16);
        for section in table.chunks_exact(SECTION) {
            let kind = short(section, 0);
            let (start, length) =
                (usize::try_from(number(section, 8)).ok()?, usize::try_from(number(section, 16)).ok()?);
            let end = start.checked_add(length)?;
            if kind <= before.0 || start < before.1 || end > tail || !start.is_multiple_of(ALIGNMENT) {
                return None;
            }
            *layout.sections.get_mut(kind as usize - 1)? = Some((start, length));
            before = (kind, end);
        }
        layout.is_consistent().then_some(layout)
    }

    /// Whether each section is as long as the counts demand.
    fn is_consistent(&self) -> bool {
        let length = |kind: Kind| self.sections[kind as usize - 1].map(|(_, length)| length);
        let rows = |width: usize| self.documents.checked_mul(width);
        let is = |kind: Kind, expected: Option<usize>| expected.is_some() && length(kind) == expected;
        let ids = match length(Kind::Numbers) {
            Some(_) => is(Kind::Numbers, rows(8)) && length(Kind::IdEnds).or(length(Kind::Ids)).is_none(),
            None => is(Kind::IdEnds, rows(8)) && length(Kind::Ids).is_some(),
        };
        let sets = match length(Kind::Sets) {
            Some(sets) => sets.is_multiple_of(8) && is(Kind::SetEnds, rows(8)),
            None => length(Kind::SetEnds).is_none(),
        };
        ids && sets
            && length(Kind::Scheme).is_some()
            && self.entries <= self.documents
            && is(Kind::Signatures, self.num_hashes.checked_mul(4).and_then(rows))
            && is(Kind::Times, rows(8))
            && is(Kind::IdTable, Some(table_bytes(self.documents)))
            && is(Kind::BandTables, table_bytes(self.entries).checked_mul(self.banding.bands() as usize))
    }

    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.sections[kind as usize - 1].is_some()
    }

    /// Returns where a part of a section is in the file.
    pub(crate) fn range(&self, kind: Kind, part: Range<usize>) -> Result<Range<usize>, Error> {
        let (start, length) = self.sections[kind as usize - 1].unwrap_or_default();
        if part.start <= part.end && part.end <= length {
            Ok(start + part.start..start + part.end)
        } else {
            Err(damaged("an offset leads out of its section"))
        }
    }

    /// Returns the length of a section in bytes.
    pub(crate) fn length(&self, kind: Kind) -> usize {
        self.sections[kind as usize - 1].map_or(0, |(_, length)| length)
    }
}
