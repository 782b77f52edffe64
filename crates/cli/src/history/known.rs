//! The search for documents that an index has already.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Result;
use rayon::prelude::*;
use twinprint::Overlap;
use twinprint::store::{Prepared, Preparer, StoreHit, View};
use twinprint::text::is_blank;
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

/// A document of the inputs with another text than the index has under its id.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Correction {
    pub(crate) document: u32,
    pub(super) id: String,
    /// Whether it is removed because it is blank, so that the earlier text stays.
    pub(super) is_dropped: bool,
}

/// Searches an index for the documents of the inputs, while these are read.
pub(crate) struct HistorySearch {
    view: View,
    preparer: Preparer,
    threshold: f64,
    path: PathBuf,
    drop_blank: bool,
}

/// What an index has of one document: one similar to it, and whether its id has another text.
type Found = (Option<Known>, Option<Correction>);

impl HistorySearch {
    pub(super) fn new(view: View, threshold: f64, path: PathBuf, drop_blank: bool) -> Self {
        Self { preparer: view.preparer(), view, threshold, path, drop_blank }
    }

    /// Returns the known documents of a batch, whose first document has this number, and the corrections, in the order of the documents.
    ///
    /// A correction is not known because of the text that it would replace. Whether others are known by that text, only the whole of the
    /// inputs tells: [`settle`](Self::settle).
    pub(crate) fn find(&self, batch: &Batch, first: u32) -> Result<(Vec<Known>, Vec<Correction>)> {
        // Copies of one text are asked for once: a history may hold thousands of copies of it, too.
        let mut of_text: HashMap<&str, Vec<(u32, &str)>> = HashMap::new();
        for (document, (id, text, _)) in (first..).zip(batch.records()) {
            of_text.entry(text).or_default().push((document, id));
        }
        let of_text: Vec<_> = of_text.into_iter().collect();
        let find = |(text, documents): &(&str, Vec<(u32, &str)>)| self.find_copies(text, documents);
        let found: Vec<Result<Vec<(u32, Found)>, twinprint::Error>> = of_text.par_iter().map(find).collect();
        let mut all = Vec::new();
        for found in found {
            all.extend(named(found, &self.path)?);
        }
        all.sort_unstable_by_key(|(document, _)| *document);
        let (similar, corrections): (Vec<_>, Vec<_>) = all.into_iter().map(|(_, found)| found).unzip();
        Ok((similar.into_iter().flatten().collect(), corrections.into_iter().flatten().collect()))
    }

    /// Looks for the documents that are copies of a text, by their numbers and ids.
    fn find_copies(&self, text: &str, documents: &[(u32, &str)]) -> Result<Vec<(u32, Found)>, twinprint::Error> {
        let hits = self.view.query(&self.preparer.text(text)?, self.threshold)?;
        let find = |&(document, id): &(u32, &str)| Ok((document, self.find_one((document, id), text, &hits)?));
        documents.iter().map(find).collect()
    }

    fn find_one(&self, (document, id): (u32, &str), text: &str, hits: &[StoreHit]) -> Result<Found, twinprint::Error> {
        if let Some(own) = hits.iter().find(|hit| hit.id == id && hit.jaccard >= 1.0) {
            return Ok((Some(Known::new(document, own.clone())), None));
        }
        let is_correction = self.view.contains(id)?;
        let is_dropped = self.drop_blank && is_blank(text);
        let correction = is_correction.then(|| Correction { document, id: id.to_string(), is_dropped });
        let other = hits.iter().find(|hit| hit.id != id);
        Ok((other.map(|hit| Known::new(document, hit.clone())), correction))
    }

    /// Returns the documents of the index that are similar to each of some documents of the inputs, the most similar first.
    pub(super) fn query(&self, documents: &[Prepared]) -> Result<Vec<Vec<StoreHit>>> {
        let hits: Result<_, twinprint::Error> =
            documents.par_iter().map(|prepared| self.view.query(prepared, self.threshold)).collect();
        named(hits, &self.path)
    }

    pub(super) fn preparer(&self) -> &Preparer {
        &self.preparer
    }
}

impl Known {
    /// Returns whether its shingles are those of the document of the index; with signatures only, that is not known.
    pub(super) fn has_equal_set(&self) -> bool {
        self.overlap.is_some_and(|overlap| overlap.shared() == overlap.left().max(overlap.right()))
    }

    pub(super) fn new(document: u32, StoreHit { id, jaccard, overlap, .. }: StoreHit) -> Self {
        Self { document, id, jaccard, overlap }
    }
}
