//! The settings of a new store.

use std::path::Path;

use super::Store;
use crate::error::{Error, similarity};
use crate::lsh::Banding;
use crate::scheme::Scheme;

/// Configures and creates a [`Store`]; made by [`Store::builder`]. What it says is stored, and does not change afterwards.
#[derive(Clone, Debug)]
#[must_use]
pub struct StoreBuilder {
    scheme: Scheme,
    threshold: f64,
    recall: f64,
    banding: Option<Banding>,
    has_sets: bool,
}

impl Default for StoreBuilder {
    fn default() -> Self {
        Self { scheme: Scheme::news(), threshold: 0.5, recall: 0.99, banding: None, has_sets: true }
    }
}

impl Store {
    /// Returns a builder for a new store, with the defaults of [`Deduplicator`](crate::Deduplicator).
    pub fn builder() -> StoreBuilder {
        StoreBuilder::default()
    }
}

impl StoreBuilder {
    /// Sets how texts become signatures. Defaults to [`Scheme::news`].
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Sets the Jaccard similarity from which documents are to be found, greater than 0 and at most 1. Defaults to 0.5.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }

    /// Sets the share of documents at the threshold that must be found. Defaults to 0.99.
    pub fn recall(mut self, recall: f64) -> Self {
        self.recall = recall;
        self
    }

    /// Sets the banding, in place of the one that is planned for threshold and recall.
    pub fn banding(mut self, banding: Banding) -> Self {
        self.banding = Some(banding);
        self
    }

    /// Sets whether sets are stored, eight bytes for each shingle. With them answers are exact; without them the store holds signatures
    /// only, and answers are estimates. Defaults to `true`.
    pub fn sets(mut self, stored: bool) -> Self {
        self.has_sets = stored;
        self
    }

    /// Creates the store in a folder that has none. The folder is made if it is not there; other files in it are left alone.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names a setting that is out of range, [`Error::BandingTooLarge`] and [`Error::RecallUnreachable`] a banding
    /// that the signatures are too short for. [`Error::File`] if there is a store already, or if the folder cannot be written to.
    pub fn create(self, folder: impl AsRef<Path>) -> Result<Store, Error> {
        similarity("threshold", self.threshold)?;
        let num_hashes = self.scheme.sketch().num_hashes();
        let planned = || Banding::for_threshold(self.threshold).recall(self.recall).num_hashes(num_hashes).plan();
        let banding = self.banding.map_or_else(planned, Ok)?;
        Store::create(folder.as_ref(), &self.scheme, banding, self.threshold, self.has_sets)
    }
}
