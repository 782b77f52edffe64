//! A frozen index in a store, with the rows that were removed since it was written.

use std::sync::Arc;

use crate::error::{Error, FileProblem};
use crate::external::Bits;
use crate::index::{DocumentId, Frozen, damaged};

/// Rows whose earliest time is known together. Documents mostly come in the order of their times, so that those of one commit expire
/// from a stretch or two.
const STRETCH: usize = 4096;

/// The bytes of a segment.
#[derive(Debug)]
pub(super) enum Data {
    Memory(Vec<u8>),
    #[cfg(feature = "mmap")]
    Map(memmap2::Mmap),
}

impl AsRef<[u8]> for Data {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Memory(bytes) => bytes,
            #[cfg(feature = "mmap")]
            Self::Map(map) => map,
        }
    }
}

/// Rows of a segment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RowSet {
    rows: Bits,
    count: usize,
}

impl RowSet {
    pub(super) fn contains(&self, row: usize) -> bool {
        self.rows.get(row as u32)
    }

    /// Adds a row. Returns whether it was not there.
    pub(super) fn insert(&mut self, row: usize) -> bool {
        let is_new = !self.contains(row);
        self.rows.set(row as u32);
        self.count += usize::from(is_new);
        is_new
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Returns the rows, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        (0..64 * self.rows.words().len() as u32).filter(|&row| self.rows.get(row))
    }
}

/// Says that a file which the manifest names is damaged where its first bytes are those of no index.
pub(super) fn named_by_manifest(error: Error) -> Error {
    match error {
        Error::Index { problem: FileProblem::NotAnIndex } => damaged("its head has changed"),
        other => other,
    }
}

/// Documents that were written together. Cloning it copies no document.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    frozen: Arc<Frozen<Data>>,
    /// The number of its file, if it has one.
    number: Option<u64>,
    removed: Arc<RowSet>,
    /// For each stretch of rows a time before which none of them was added that is there. Empty before the first expiry.
    earliest: Arc<Vec<u64>>,
}

impl Segment {
    pub(super) fn new(frozen: Frozen<Data>, number: Option<u64>) -> Self {
        Self { frozen: Arc::new(frozen), number, removed: Arc::default(), earliest: Arc::default() }
    }

    /// Sets the rows that were removed, ascending, which must be there.
    pub(super) fn with_removed(self, rows: &[u32]) -> Result<Self, Error> {
        // Checked first, because a bit for each row up to the last takes memory.
        if rows.last().is_some_and(|last| *last as usize >= self.frozen.len()) {
            return Err(damaged("more documents were removed from it than it has"));
        }
        let mut removed = RowSet::default();
        for row in rows {
            removed.insert(*row as usize);
        }
        Ok(Self { removed: Arc::new(removed), ..self })
    }

    pub(super) fn frozen(&self) -> &Frozen<Data> {
        &self.frozen
    }

    pub(super) fn number(&self) -> Option<u64> {
        self.number
    }

    pub(super) fn removed(&self) -> &RowSet {
        &self.removed
    }

    /// Returns the number of documents that were not removed.
    pub(super) fn live(&self) -> usize {
        self.frozen.len() - self.removed.len()
    }

    pub(super) fn is_live(&self, row: usize) -> bool {
        !self.removed.contains(row)
    }

    pub(super) fn live_rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.frozen.len()).filter(|&row| self.is_live(row))
    }

    /// Marks a row as removed. Returns whether it was not.
    pub(super) fn remove(&mut self, row: usize) -> bool {
        // Views that share the rows keep theirs.
        Arc::make_mut(&mut self.removed).insert(row)
    }

    /// Removes the documents of an earlier time, and tells their ids. Returns how many there were.
    pub(super) fn expire(&mut self, before: u64, gone: &mut dyn FnMut(&str)) -> Result<usize, Error> {
        let of_all = self.frozen.layout().earliest;
        if of_all >= before {
            return Ok(0);
        }
        // Lost with an error, which costs no more than to read all times again.
        let mut earliest = Arc::unwrap_or_clone(std::mem::take(&mut self.earliest));
        earliest.resize(self.frozen.len().div_ceil(STRETCH), of_all);
        let mut expired = 0;
        for (stretch, earliest) in earliest.iter_mut().enumerate().filter(|(_, earliest)| **earliest < before) {
            *earliest = u64::MAX;
            for row in stretch * STRETCH..self.frozen.len().min((stretch + 1) * STRETCH) {
                if !self.is_live(row) {
                    continue;
                }
                let time = self.frozen.time_of(row)?;
                if time >= before {
                    *earliest = time.min(*earliest);
                    continue;
                }
                expired += usize::from(self.remove(row));
                if let DocumentId::Text(id) = self.frozen.id_of(row)? {
                    gone(id);
                }
            }
        }
        self.earliest = Arc::new(earliest);
        Ok(expired)
    }

    /// Returns the row of a document that is there.
    pub(super) fn find(&self, id: &str) -> Result<Option<usize>, Error> {
        Ok(self.frozen.row_of(id)?.filter(|&row| self.is_live(row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Batch, Content, Tools};
    use crate::lsh::Banding;
    use crate::scheme::Scheme;
    use crate::set::ShingleSet;

    fn segment(times: &[u64]) -> Segment {
        let scheme = Scheme::builder().custom_features("numbers").num_hashes(1).build().expect("valid");
        let tools = Arc::new(Tools::new(&scheme, Banding::new(1, 1).expect("valid")).expect("it fits"));
        let mut batch = Batch::new(Arc::clone(&tools), false);
        for (row, &time) in times.iter().enumerate() {
            let content = Content { signature: vec![row as u32], set: ShingleSet::default(), time };
            batch.upsert(row.to_string().as_str().into(), content).expect("few");
        }
        let bytes = batch.freeze([0; 16]).expect("in memory");
        Segment::new(Frozen::open_with_tools(Data::Memory(bytes), &tools).expect("whole"), None)
    }

    #[test]
    fn what_expires_is_what_a_search_of_all_rows_finds() {
        // Mostly in order, with some that are much older or newer than their neighbours.
        let time = |row: u64| if row.is_multiple_of(97) { row * 7919 % 130 } else { row / 100 + row % 5 };
        let times: Vec<u64> = (0..13_000).map(time).collect();
        let mut segment = segment(&times);
        segment.remove(5_000);
        for before in [0, 1, 2, 30, 30, 45, 90, 131, 200] {
            let is_old = |row: &usize| times[*row] < before;
            let expected: Vec<String> = segment.live_rows().filter(is_old).map(|row| row.to_string()).collect();
            let mut gone = Vec::new();
            let expired = segment.expire(before, &mut |id| gone.push(id.to_string())).expect("whole");
            assert_eq!((expired, gone), (expected.len(), expected), "before {before}");
            assert!(!segment.live_rows().any(|row| is_old(&row)));
        }
        assert_eq!(segment.live(), 0);
    }

    #[test]
    fn stretches_that_have_expired_are_not_read_again() {
        let mut segment = segment(&(0..3 * STRETCH as u64).collect::<Vec<u64>>());
        segment.expire(STRETCH as u64 + 10, &mut |_| ()).expect("whole");
        assert_eq!(*segment.earliest, [u64::MAX, STRETCH as u64 + 10, 2 * STRETCH as u64]);
    }
}
