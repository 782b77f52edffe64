//! Tells what a shared index holds.

use super::SharedIndex;
use crate::lsh::IndexStats;

impl<Id> SharedIndex<Id> {
    /// Returns what the index holds at one moment, and how much memory that takes. Reads the whole index; who inserts or removes waits
    /// meanwhile.
    ///
    /// ```
    /// use twinprint::lsh::{Banding, SharedIndex};
    /// use twinprint::Scheme;
    ///
    /// let scheme = Scheme::builder().custom_features("numbers").build()?;
    /// let index = SharedIndex::new(&scheme, Banding::new(16, 8)?)?;
    /// for id in 0..10 {
    ///     index.insert(id, &scheme.minhasher().signature(&[1, 2, 3]))?;
    /// }
    /// let stats = index.stats();
    /// assert_eq!((stats.documents, stats.empty, stats.buckets, stats.largest_bucket), (10, 0, 16, 10));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn stats(&self) -> IndexStats {
        // A thread that changes a document holds the lock of its id throughout.
        let ids = self.ids.read_all();
        let num_hashes = self.scheme.sketch().num_hashes() as usize;
        let documents = self.len();
        let stats = IndexStats {
            documents,
            empty: self.documents.empty(),
            buckets: self.bands.buckets(),
            largest_bucket: self.bands.largest_bucket(),
            signature_bytes: documents * num_hashes * size_of::<u32>(),
            index_bytes: self.bands.bytes() + self.documents.bytes() + self.ids.bytes(),
        };
        drop(ids);
        stats
    }
}
