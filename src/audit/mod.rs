//! What a result found and missed, measured.
//!
//! A banding promises a recall; an audit measures it. Some documents are drawn at random and compared with *all*
//! others, exactly. The pairs that reach the threshold are the truth, as far as the sample can see it, and any result,
//! whoever made it, can be held against them.
//!
//! In memory it is one call, [`audit`], and so it is for a join [in a folder](crate::DiskJoin), [`audit_stored`]. For any other corpus that is larger than memory there are two passes over it:
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
//! // A result that found one of the two pairs, and reported one that is none.
//! let report = audit.finish(|left, right| (left, right) == (0, 1), [(0, 1), (0, 2)]);
//! assert_eq!((report.recall.part, report.recall.whole), (1, 2));
//! assert_eq!((report.precision.part, report.precision.whole), (1, 2));
//! assert_eq!((report.missed[0].left, report.missed[0].right, report.missed[0].jaccard), (2, 3, 0.75));
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # What the numbers mean
//!
//! The unit that was drawn is the document, not the pair. Pairs of one document are found or missed together more often
//! than chance would have it, so a thousand pairs of ten documents say less than a thousand pairs of a thousand.
//! [`AuditReport::recall`] is the share of pairs, and its interval takes this into account; see [`Proportion`].
//! [`AuditReport::document_recall`] asks of each drawn document that has a similar one whether any was found: what
//! matters to who drops duplicates, and plain to count.
//!
//! An interval speaks for what a sample can meet. Something that befalls a ten-thousandth of the documents is
//! mostly not met by a thousand.

mod disk;
mod memory;
mod options;
mod proportion;
mod report;
mod sampled;
mod tally;

pub use disk::audit_stored;
pub use memory::audit;
pub use options::AuditOptions;
pub use proportion::Proportion;
pub use report::{AuditReport, MissedPair, RangeRecall};

pub use crate::sample::Sample;

use std::borrow::Cow;

use crate::error::Error;
use crate::parallel;
use crate::set::ShingleSet;
use sampled::{Sampled, TruePair};

/// An exact join of some documents with all, one document at a time; see the [module](self).
///
/// Memory: the sets of the sample and an index of at most their size; and 16 bytes for each pair that reaches the
/// threshold, of which equal sets of the sample share one.
#[derive(Clone, Debug)]
pub struct Audit {
    options: AuditOptions,
    sampled: Sampled,
    pairs: Vec<TruePair>,
    documents: u64,
}

impl Audit {
    /// An audit by this sample of documents; [`AuditOptions::sampler`] draws one.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the option that is.
    pub fn new(options: AuditOptions, sample: Sample<ShingleSet>) -> Result<Self, Error> {
        options.check()?;
        let sampled = Sampled::new(sample.into_documents(), options.threshold);
        Ok(Self { options, sampled, pairs: Vec::new(), documents: 0 })
    }

    /// Compares a document with the sample. To be called once for *every* document, those of the sample included, in
    /// any order. The set's elements need not be sorted, but are not copied if they are and each is there once.
    pub fn observe(&mut self, number: u32, set: &[u64]) {
        self.documents += 1;
        self.pairs.extend(self.sampled.similar_to(number, &sorted(set)));
    }

    /// Compares many documents with the sample, on all cores.
    pub fn observe_batch<S: AsRef<[u64]> + Sync>(&mut self, documents: &[(u32, S)]) {
        self.documents += documents.len() as u64;
        let sampled = &self.sampled;
        let compare = |document: &(u32, S), (): &mut ()| sampled.similar_to(document.0, &sorted(document.1.as_ref()));
        self.pairs.extend(parallel::map(documents, || (), compare).into_iter().flatten());
    }

    /// Holds a result against what was seen.
    ///
    /// `is_found` is asked of each true pair, the lesser number first, whether the result has it; a pair that it
    /// connects as copies of one text counts as found. `reported` are the pairs that the result lists, in any order;
    /// those that do not touch the sample are passed over, and repeated ones count once. They need not be all that
    /// `is_found` knows of: copies may stand by their first.
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

/// The elements ascending, each once.
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
