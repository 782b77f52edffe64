//! `dedup --index`: an index as the history of a corpus that arrives in batches.

mod corrections;
mod known;
mod replacing;
mod settings;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde_json::{Value, json};
use twinprint::store::Store;

use crate::messages::counted;
use crate::settings::Settings;
pub(crate) use known::{Correction, HistorySearch, Known};

/// Documents that are prepared at a time, because sets take several times the memory of their texts.
const DOCUMENTS_AT_A_TIME: usize = 1 << 12;

/// Bytes of texts that are prepared at a time.
const BYTES_AT_A_TIME: usize = 16 << 20;

/// An index that a run compares its documents with, and adds the kept ones to. No other process can change it meanwhile.
pub(crate) struct History {
    path: PathBuf,
    store: Store,
    /// The documents before this run.
    documents: usize,
    /// Kept documents that were not added yet, by ids and texts.
    kept: Vec<(String, String)>,
    kept_bytes: usize,
    added: usize,
    /// Those of them that take the place of a document with their id.
    replaced: usize,
}

impl History {
    /// Opens an index. The documents that are added get this time, in seconds since 1970, or that of the clock.
    pub(crate) fn open(path: &Path, time: Option<u64>) -> Result<Self> {
        let mut store = Store::open(path)?;
        store.set_time(time);
        let documents = store.view().len();
        Ok(Self { path: path.into(), store, documents, kept: Vec::new(), kept_bytes: 0, added: 0, replaced: 0 })
    }

    /// Works out the settings of a run: what is given, with the scheme, the banding and the threshold of the index.
    ///
    /// # Errors
    /// If what is given contradicts the index, or has no meaning with one.
    pub(crate) fn settings(&self, given: &Settings) -> Result<Settings> {
        settings::of_index(given, &self.store.view(), &self.path)
    }

    /// Returns the folder of the index.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path and the number of the index. Another index in the same folder has another number.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.path.display(), self.store.view().store_id())
    }

    /// Returns the search for documents that the index has already, of a run that keeps blank documents or drops them.
    pub(crate) fn search(&self, threshold: f64, drop_blank: bool) -> HistorySearch {
        HistorySearch::new(self.store.view(), threshold, self.path.clone(), drop_blank)
    }

    /// Returns whether the run of this name has committed its documents.
    pub(crate) fn has_commit(&self, run: &str) -> bool {
        self.store.view().has_commit(run)
    }

    /// Adds a kept document, to be committed.
    pub(crate) fn add(&mut self, id: &str, text: &str) -> Result<()> {
        self.kept.push((id.to_string(), text.to_string()));
        self.kept_bytes += text.len();
        let is_full = self.kept.len() >= DOCUMENTS_AT_A_TIME || self.kept_bytes >= BYTES_AT_A_TIME;
        if is_full { self.flush() } else { Ok(()) }
    }

    /// Adds the documents that were kept so far, to be committed.
    pub(crate) fn flush(&mut self) -> Result<()> {
        let preparer = self.store.preparer();
        let prepared: Vec<_> = self.kept.par_iter().map(|(_, text)| preparer.text(text)).collect();
        for ((id, _), prepared) in self.kept.iter().zip(prepared) {
            self.replaced += usize::from(named(self.store.contains(id), &self.path)?);
            named(prepared.and_then(|prepared| self.store.upsert_prepared(id, prepared)), &self.path)?;
            self.added += 1;
        }
        self.kept.clear();
        self.kept_bytes = 0;
        Ok(())
    }

    /// Commits the added documents, as those of the run of this name.
    pub(crate) fn commit(&mut self, run: &str) -> Result<()> {
        named(self.store.commit_named(run), &self.path).map(drop)
    }

    /// Describes the index and what the run adds to it, for the summary. `known` are the documents that it had already.
    pub(crate) fn json(&self, known: &[Known]) -> Value {
        json!({
            "index": self.path.to_string_lossy(), "documents": self.documents, "exact": self.store.view().has_sets(),
            "known": known.len(), "same_shingles": self.same_shingles(known), "added": self.added, "replaced": self.replaced,
        })
    }

    /// Returns the part of the closing line that is about the index.
    pub(crate) fn said(&self, known: &[Known]) -> String {
        let were = if known.len() == 1 { "was" } else { "were" };
        let same = match self.same_shingles(known) {
            None | Some(0) => String::new(),
            Some(same) => format!(" ({same} with the same shingles)"),
        };
        let known = known.len();
        let total = counted((self.documents + self.added - self.replaced) as u64, "document", "documents");
        let replaced = match self.replaced {
            0 => String::new(),
            replaced => format!(", {replaced} of the kept ones in place of earlier ones with their ids"),
        };
        format!("; {known} {were} in the index already{same}, which has {total} now{replaced}")
    }

    /// Returns how many of the known documents have the shingles of one in the index; nothing if it has signatures only.
    fn same_shingles(&self, known: &[Known]) -> Option<usize> {
        self.store.view().has_sets().then(|| known.iter().filter(|known| known.has_equal_set()).count())
    }
}

/// Names the index in an error that is about its content.
pub(crate) fn named<T>(result: Result<T, twinprint::Error>, index: &Path) -> Result<T> {
    match result {
        Err(error @ twinprint::Error::Index { .. }) => Err(error).with_context(|| index.display().to_string()),
        other => Ok(other?),
    }
}
