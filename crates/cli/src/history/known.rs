//! The search for documents that an index has already.

use std::path::PathBuf;

use anyhow::Result;
use rayon::prelude::*;
use twinprint::Overlap;
use twinprint::store::{Preparer, View};
use twinprint_documents::Batch;

use super::named;

/// A document of the inputs that is similar to one in the index.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Known {
    pub(crate) document: u32,
    /// The most similar document of the index.
    pub(crate) id: String,
    pub(crate) jaccard: f64,
    /// What the two share, the document of the inputs on the left; unknown where the index has signatures only.
    pub(crate) overlap: Option<Overlap>,
}

/// Searches an index for the documents of the inputs, while these are read.
pub(crate) struct HistorySearch {
    view: View,
    preparer: Preparer,
    threshold: f64,
    path: PathBuf,
}

impl HistorySearch {
    pub(super) fn new(view: View, threshold: f64, path: PathBuf) -> Self {
        Self { preparer: view.preparer(), view, threshold, path }
    }

    /// Returns the known documents of a batch, whose first document has this number, in the order of the documents.
    pub(crate) fn find(&self, batch: &Batch, first: u32) -> Result<Vec<Known>> {
        let documents: Vec<_> = (first..).zip(batch.records()).collect();
        let find = |&(document, (_, text, _)): &(u32, (_, &str, _))| {
            let hits = self.preparer.text(text).and_then(|prepared| self.view.query(&prepared, self.threshold))?;
            let known = |hit: twinprint::store::StoreHit| Known {
                document,
                id: hit.id,
                jaccard: hit.jaccard,
                overlap: hit.overlap,
            };
            Ok(hits.into_iter().next().map(known))
        };
        let found: Vec<Result<Option<Known>, twinprint::Error>> = documents.par_iter().map(find).collect();
        found.into_iter().filter_map(|known| named(known, &self.path).transpose()).collect()
    }
}
