//! Turns an index of one thread into a shared one, and back.

use std::hash::Hash;

use super::{LAYOUT, SharedIndex};
use crate::lsh::LshIndex;
use crate::minhash::SignatureMatrix;

/// A document with its number.
type Numbered<Id> = (u32, Id, Box<[u32]>);

impl<Id> SharedIndex<Id> {
    fn index_of(&self, mut documents: Vec<Numbered<Id>>) -> LshIndex<Id>
    where
        Id: Eq + Hash,
    {
        documents.sort_unstable_by_key(|(number, ..)| *number);
        let mut rows = SignatureMatrix::sharing(&self.scheme);
        rows.reserve(documents.len());
        let row_by_row = documents.into_iter().map(|(_, id, row)| {
            rows.push_rows(&row);
            id
        });
        let ids = row_by_row.collect();
        LshIndex::from_distinct(self.banding, ids, rows)
    }
}

impl<Id: Eq + Hash> SharedIndex<Id> {
    /// Returns an [`LshIndex`] of all documents at one moment, in the order of insertion, to store it. Who
    /// inserts or removes waits until the documents are copied; queries go on.
    ///
    /// ```
    /// use twinprint::lsh::{Banding, SharedIndex};
    /// use twinprint::Scheme;
    ///
    /// let scheme = Scheme::builder().custom_features("numbers").build()?;
    /// let index = SharedIndex::new(&scheme, Banding::new(16, 8)?)?;
    /// index.insert("a", &scheme.minhasher().signature(&[1, 2, 3]))?;
    /// let copy = index.to_index();
    /// index.remove(&"a");
    /// assert_eq!((copy.len(), copy.stats().buckets, index.len()), (1, 16, 0));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn to_index(&self) -> LshIndex<Id>
    where
        Id: Clone,
    {
        // A thread that changes a document holds the lock of its id throughout.
        let ids = self.ids.read_all();
        let copies = self.documents.copy_all(|document| (document.number, document.id.clone(), document.row.clone()));
        drop(ids);
        self.index_of(copies)
    }

    /// Returns the documents as an [`LshIndex`], in the order of insertion.
    ///
    /// ```
    /// use twinprint::lsh::{Banding, LshIndex, SharedIndex};
    /// use twinprint::Scheme;
    ///
    /// let scheme = Scheme::builder().custom_features("numbers").build()?;
    /// let signatures = scheme.minhasher().matrix(&[[1, 2, 3], [7, 8, 9]]);
    /// let index = SharedIndex::from(LshIndex::from_signatures(Banding::new(16, 8)?, ["a", "b"], signatures)?);
    /// index.insert("c", &scheme.minhasher().signature(&[1, 2, 3]))?;
    /// assert_eq!(index.into_index().ids().collect::<Vec<_>>(), [&"a", &"b", &"c"]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn into_index(self) -> LshIndex<Id> {
        let documents = self.documents.take_all().into_iter();
        self.index_of(documents.map(|document| (document.number, document.id, document.row)).collect())
    }
}

impl<Id: Eq + Hash> From<LshIndex<Id>> for SharedIndex<Id> {
    fn from(index: LshIndex<Id>) -> Self {
        let (banding, ids, rows) = index.into_parts();
        let shared = Self::with_layout(rows.shared_scheme(), banding, LAYOUT);
        let documents = ids.into_iter().zip(&rows).filter_map(|(id, row)| Some((id?, row)));
        for (id, row) in documents {
            let (hash, places) = (shared.ids.hash(&id), shared.bands.places(row));
            // The ids are distinct, and an index has no more of them than there are numbers.
            drop(shared.try_put(id, hash, row, &places, false));
        }
        shared
    }
}
