//! The audit of a result in memory.

use super::{Audit, AuditOptions, AuditReport};
use crate::error::Error;
use crate::pairs::VerifiedPairs;
use crate::parallel;
use crate::scheme::Scheme;
use crate::set::ShingleSet;

/// Texts that are held as sets at a time.
const BATCH: usize = 4096;

/// Audits the pairs that a join found among these texts.
///
/// The texts are those that were joined, in the same order; the scheme should be the one of the join, else another
/// question is answered. The threshold of the options may be higher than the join's, but pairs below the join's
/// threshold count as missed.
///
/// ```
/// use twinprint::audit::{AuditOptions, audit};
/// use twinprint::{Scheme, SimilarityJoin};
///
/// let scheme = Scheme::builder().words(1).build()?;
/// let texts = ["red green blue grey", "red green blue black", "one two three"];
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build()?;
/// join.extend((0..).zip(texts))?;
///
/// let report = audit(&scheme, &texts, &join.finish()?, AuditOptions::new(0.5))?;
/// assert_eq!(report.recall.value(), Some(1.0));
/// println!("{report}");
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`] names the option that is; [`Error::WrongLength`] where there are not as many texts as were
/// joined; [`Error::NoTextFeatures`] where the scheme's features are the caller's own: use [`Audit`] then.
pub fn audit<Id, T: AsRef<str> + Sync>(
    scheme: &Scheme,
    texts: &[T],
    pairs: &VerifiedPairs<Id>,
    options: AuditOptions,
) -> Result<AuditReport, Error> {
    let shingler = scheme.shingler()?;
    if texts.len() != pairs.ids.len() {
        return Err(Error::WrongLength { field: "texts", found: texts.len(), expected: pairs.ids.len() });
    }
    let mut sample = options.sampler();
    for (number, text) in (0..).zip(texts) {
        sample.offer(number, || shingler.set(text.as_ref()));
    }
    let mut audit = Audit::new(options, sample)?;
    for (batch, first) in texts.chunks(BATCH).zip((0..).step_by(BATCH)) {
        let set = |text: &T, (): &mut ()| shingler.set(text.as_ref());
        let sets: Vec<(u32, ShingleSet)> = (first..).zip(parallel::map(batch, || (), set)).collect();
        audit.observe_batch(&sets);
    }
    let found = Found::of(pairs);
    let reported = pairs.numbered(1).into_iter().map(|(left, right, _)| (left, right));
    Ok(audit.finish(|left, right| found.has(left, right), reported))
}

/// Answers whether a join found a pair.
struct Found<'a, Id> {
    pairs: &'a VerifiedPairs<Id>,
    /// The group of each document that has one.
    groups: Vec<Option<u32>>,
}

impl<'a, Id> Found<'a, Id> {
    fn of(pairs: &'a VerifiedPairs<Id>) -> Self {
        let mut groups = vec![None; pairs.ids.len()];
        for (number, group) in (0..).zip(&pairs.groups) {
            for &document in &group.members {
                groups[document as usize] = Some(number);
            }
        }
        Self { pairs, groups }
    }

    fn has(&self, left: u32, right: u32) -> bool {
        let (Some(a), Some(b)) = (self.groups[left as usize], self.groups[right as usize]) else { return false };
        let edge = (a.min(b), a.max(b));
        a == b || self.pairs.edges.binary_search_by_key(&edge, |edge| (edge.left, edge.right)).is_ok()
    }
}
