//! Measures the recall and the precision of a result.
//!
//! A banding promises a recall, and an audit measures it. It draws some documents at random and compares them exactly
//! with *all* others. The pairs that reach the threshold are the truth, as far as the sample shows it. Any result can
//! be compared with them, also one of another program.
//!
//! For a join of this library it is one call: [`audit`] in memory, [`audit_disk`] for a
//! [join on disk](crate::join::DiskJoin). For any other result, go over the corpus twice:
//!
//! ```
//! use twinprint::Scheme;
//! use twinprint::audit::{Audit, AuditOptions};
//!
//! let texts = ["red green blue", "red green blue grey", "one two three", "one two three four"];
//! let shingler = Scheme::builder().words(1).build()?.shingler()?;
//!
//! let options = AuditOptions::new(0.7).sample(100).seed(42);
//! let mut sample = options.sampler();
//! for (number, text) in (0..).zip(texts) {
//!     sample.offer(number, || shingler.set(text));
//! }
//! let mut audit = Audit::new(options, sample)?;
//! for (number, text) in (0..).zip(texts) {
//!     audit.observe(number, shingler.set(text).as_slice());
//! }
//! // A result that found one of the two pairs, and reported one that is false.
//! let report = audit.finish(|left, right| (left, right) == (0, 1), [(0, 1), (0, 2)]);
//! assert_eq!((report.recall.part, report.recall.whole), (1, 2));
//! assert_eq!((report.precision.part, report.precision.whole), (1, 2));
//! assert_eq!((report.missed[0].left, report.missed[0].right, report.missed[0].jaccard), (2, 3, 0.75));
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # What the numbers mean
//!
//! The sampling unit is the document, not the pair. The pairs of one document tend to be found or missed together, so a
//! thousand pairs of ten documents tell less than a thousand pairs of a thousand. [`AuditReport::recall`] is a share of
//! pairs, and its interval takes this clustering into account; see [`Proportion`]. [`AuditReport::document_recall`] is,
//! of the documents that have a similar document, the share for which at least one was found. It is what matters when duplicates are
//! removed.
//!
//! An interval covers only what a sample can meet. A sample of a thousand mostly misses what happens to one document in
//! ten thousand.

mod join;
mod options;
mod proportion;
mod report;
mod sampled;
mod tally;

pub use join::audit;
#[cfg(feature = "disk")]
pub use join::audit_disk;
pub use options::AuditOptions;
pub use proportion::Proportion;
pub use report::{AuditReport, MissedPair, RangeRecall};

pub use crate::sample::Sample;

use std::borrow::Cow;

use crate::error::Error;
use crate::parallel;
use crate::set::ShingleSet;
use sampled::{Sampled, TruePair};

/// Joins a sample of documents exactly with all documents, one at a time; see the [module](self) for an example.
///
/// Use [`audit`] or [`audit_disk`] for joins of this library. Use this type for the result of another program, or
/// for a corpus that is read as a stream.
///
/// It takes the memory of the sets of the sample, as much again at most for an index, and 16 bytes for each pair of
/// a document and a distinct set of the sample that reaches the threshold. The index is an exact one, by the prefix
/// filter (S. Chaudhuri, V. Ganti, R. Kaushik, "A primitive operator for similarity joins in data cleaning", 2006):
/// no pair is missed, and most documents are compared with few sets of the sample.
#[derive(Clone, Debug)]
pub struct Audit {
    options: AuditOptions,
    sampled: Sampled,
    pairs: Vec<TruePair>,
    documents: u64,
}

impl Audit {
    /// Starts an audit with this sample of documents, which [`AuditOptions::sampler`] draws.
    ///
    /// An empty sample is allowed: the report then has nothing to measure.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names an option that is outside its range.
    pub fn new(options: AuditOptions, sample: Sample<ShingleSet>) -> Result<Self, Error> {
        options.check()?;
        let sampled = Sampled::new(sample.into_documents(), options.threshold);
        Ok(Self { options, sampled, pairs: Vec::new(), documents: 0 })
    }

    /// Compares a document with the sample.
    ///
    /// Call it once for *every* document, including those of the sample, in any order. The elements of the set may be
    /// in any order and repeat. If they ascend without repeats, they are not copied. An empty set counts as a document
    /// and has no pairs.
    pub fn observe(&mut self, number: u32, set: &[u64]) {
        self.documents += 1;
        self.pairs.extend(self.sampled.similar_to(number, &sorted(set)));
    }

    /// Compares many documents with the sample, on all cores. Otherwise it is as [`observe`](Self::observe).
    ///
    /// A few thousand documents a batch keep the cores busy.
    ///
    /// ```
    /// use twinprint::ShingleSet;
    /// use twinprint::audit::{Audit, AuditOptions};
    ///
    /// let sets: Vec<(u32, ShingleSet)> = (0..50).map(|n| (n, (u64::from(n)..u64::from(n) + 20).collect())).collect();
    /// let options = AuditOptions::new(0.9).sample(50);
    /// let mut sample = options.sampler();
    /// for (number, set) in &sets {
    ///     sample.offer(*number, || set.clone());
    /// }
    /// let mut audit = Audit::new(options, sample)?;
    /// audit.observe_batch(&sets);
    /// // Neighbours share 19 of 21 elements, and there are 49 pairs of them. This result found none.
    /// let report = audit.finish(|_, _| false, []);
    /// assert_eq!((report.recall.part, report.recall.whole), (0, 49));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn observe_batch<S: AsRef<[u64]> + Sync>(&mut self, documents: &[(u32, S)]) {
        self.documents += documents.len() as u64;
        let sampled = &self.sampled;
        let compare = |document: &(u32, S), (): &mut ()| sampled.similar_to(document.0, &sorted(document.1.as_ref()));
        self.pairs.extend(parallel::map(documents, || (), compare).into_iter().flatten());
    }

    /// Compares a result with the true pairs.
    ///
    /// `is_found` tells of a true pair, the lesser number first, whether the result has it. It should be true of two
    /// copies of one text, even if the result lists no pair of them.
    ///
    /// `reported` are the pairs that the result lists, in any order. Repeated ones count once, and those without a
    /// document of the sample are ignored. They need not be all pairs of which `is_found` is true: the first of some
    /// copies may represent the others.
    #[must_use]
    pub fn finish(
        mut self,
        is_found: impl Fn(u32, u32) -> bool,
        reported: impl IntoIterator<Item = (u32, u32)>,
    ) -> AuditReport {
        self.pairs.sort_unstable_by(TruePair::order);
        self.pairs.dedup_by(|a, b| a.order(b).is_eq());
        AuditReport::new(&self.options, &self.sampled, &self.pairs, self.documents, is_found, reported)
    }
}

/// Returns the elements in ascending order, each once.
fn sorted(set: &[u64]) -> Cow<'_, [u64]> {
    if set.is_sorted_by(|a, b| a < b) {
        return Cow::Borrowed(set);
    }
    let mut elements = set.to_vec();
    elements.sort_unstable();
    elements.dedup();
    Cow::Owned(elements)
}

#[cfg(test)]
mod tests;
