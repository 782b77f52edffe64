//! Decides which pairs of documents are compared, by their blocks and sources.

use xxhash_rust::xxh3::xxh3_64;

use crate::mix::{GOLDEN, mix64};

/// Says where a document is from.
///
/// ```
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// // Which texts of a test set are in the training data?
/// let builder = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.6);
/// let mut join = builder.across_sources(true).build()?;
/// join.push(Document::text(1, "the council voted for the harbour plan").source("training"))?;
/// join.push(Document::text(2, "the council voted for the harbour plan").source("training"))?;
/// join.push(Document::text(3, "The council voted for the new harbour plan.").source("test"))?;
/// let found = join.finish()?;
/// let pairs: Vec<_> = found.pairs().iter().map(|pair| (*pair.left, *pair.right)).collect();
/// assert_eq!(pairs, [(1, 3), (2, 3)]);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Origin {
    /// The block: a language, a day, or both.
    pub block: u64,
    /// The source: an outlet, a site, or which of two corpora.
    pub source: u64,
}

impl Origin {
    /// Assigns the block of this name, and keeps the source.
    #[must_use]
    pub fn block(self, name: &str) -> Self {
        Self { block: xxh3_64(name.as_bytes()), ..self }
    }

    /// Assigns the source of this name, and keeps the block.
    #[must_use]
    pub fn source(self, name: &str) -> Self {
        Self { source: xxh3_64(name.as_bytes()), ..self }
    }
}

/// The rule, and where all documents are from.
#[derive(Clone, Debug, Default)]
pub(crate) struct PairFilter {
    pub(crate) within_blocks: bool,
    pub(crate) across_sources: bool,
    /// Of each document, where there is a rule.
    origins: Vec<Origin>,
}

impl PairFilter {
    pub(crate) fn new(within_blocks: bool, across_sources: bool) -> Self {
        Self { within_blocks, across_sources, origins: Vec::new() }
    }

    /// Adds a document.
    pub(crate) fn push(&mut self, origin: Origin) {
        if self.within_blocks || self.across_sources {
            self.origins.push(origin);
        }
    }

    /// Returns the bytes that the origins take with one document more.
    #[cfg(feature = "disk")]
    pub(crate) fn bytes_with_next(&self) -> usize {
        let is_held = self.within_blocks || self.across_sources;
        if is_held { (self.origins.len() + 1) * size_of::<Origin>() } else { 0 }
    }

    /// Returns whether two documents are to be compared.
    pub(crate) fn allows(&self, left: u32, right: u32) -> bool {
        if self.origins.is_empty() {
            return true;
        }
        let (left, right) = (self.origin(left), self.origin(right));
        (!self.within_blocks || left.block == right.block) && (!self.across_sources || left.source != right.source)
    }

    /// Returns what documents must have in common, besides their sets, to be in one group. Across sources each is alone,
    /// because copies from one source are no pairs there.
    pub(crate) fn group_class(&self, document: u32) -> u64 {
        match (self.across_sources, self.within_blocks) {
            (true, _) => u64::from(document) + 1,
            (false, true) => self.origin(document).block,
            (false, false) => 0,
        }
    }

    /// Returns what goes into the band keys of a document, so that blocks have buckets of their own.
    pub(crate) fn salt(&self, document: u32) -> u32 {
        if self.within_blocks { (mix64(self.origin(document).block ^ GOLDEN) >> 32) as u32 } else { 0 }
    }

    /// Returns where a document is from, as far as the rule needs it.
    pub(crate) fn origin(&self, document: u32) -> Origin {
        self.origins.get(document as usize).copied().unwrap_or_default()
    }
}
