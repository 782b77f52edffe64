//! The audit of a join: its pairs beside those of an exact comparison.

use ahash::{AHashMap, AHashSet};

use super::{Audit, AuditOptions, AuditReport, Sample};
use crate::error::Error;
use crate::external::Records;
use crate::join::edge::{next_edge, split};
use crate::parallel;
#[cfg(feature = "disk")]
use crate::result::DiskPairs;
use crate::result::{Found, Relation, VerifiedPairs};
use crate::scheme::Scheme;
use crate::set::ShingleSet;

/// Texts that are held as sets at a time.
const BATCH: usize = 4096;

/// Elements of sets that are compared together.
#[cfg(feature = "disk")]
const BATCH_ELEMENTS: usize = 1 << 20;

/// Audits the pairs that a join found among these texts.
///
/// The texts are those that were joined, in the same order; the scheme should be the one of the join, else another question is answered.
/// The threshold of the options may be higher than the join's, but pairs below the join's threshold count as missed.
///
/// ```
/// use twinprint::audit::{AuditOptions, audit};
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let scheme = Scheme::builder().words(1).build()?;
/// let texts = ["red green blue grey", "red green blue black", "one two three"];
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build()?;
/// join.push_all((0..).zip(texts).map(|(id, text)| Document::text(id, text)))?;
///
/// let report = audit(&scheme, &texts, &join.finish()?, AuditOptions::new(0.5))?;
/// assert_eq!(report.recall.value(), Some(1.0));
/// println!("{report}");
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`] names the option that is; [`Error::WrongLength`] where there are not as many texts as were joined;
/// [`Error::NoTextFeatures`] where the scheme's features are the caller's own: use [`Audit`] then.
pub fn audit<Id, T: AsRef<str> + Sync>(
    scheme: &Scheme,
    texts: &[T],
    pairs: &VerifiedPairs<Id>,
    options: AuditOptions,
) -> Result<AuditReport, Error> {
    let shingler = scheme.shingler()?;
    if texts.len() != pairs.ids().len() {
        return Err(Error::WrongLength { field: "texts", found: texts.len(), expected: pairs.ids().len() });
    }
    let mut sample = options.sampler();
    for (number, text) in (0..).zip(texts) {
        sample.offer(number, || shingler.set(text.as_ref()));
    }
    let sampled = drawn(&sample);
    let mut audit = Audit::new(options, sample)?;
    for (batch, first) in texts.chunks(BATCH).zip((0..).step_by(BATCH)) {
        let set = |text: &T, (): &mut ()| shingler.set(text.as_ref());
        let sets: Vec<(u32, ShingleSet)> = (first..).zip(parallel::map(batch, || (), set)).collect();
        audit.observe_batch(&sets);
    }
    let Ok(found) = Neighbourhood::new(pairs, &sampled);
    Ok(found.finish(audit))
}

/// Audits the pairs that a join on disk found, by the sets that it stored. They are read twice.
///
/// Memory: that of an [`Audit`], and of the groups that the sample's documents have pairs with.
///
/// # Errors
/// [`Error::OutOfRange`] names the option that is; [`Error::File`] the file that cannot be read.
#[cfg(feature = "disk")]
pub fn audit_disk(found: &DiskPairs, options: AuditOptions) -> Result<AuditReport, Error> {
    let mut sample = options.sampler();
    found.for_each_set(|number, set| {
        sample.offer(number, || ShingleSet::from(set.to_vec()));
    })?;
    let sampled = drawn(&sample);
    let mut audit = Audit::new(options, sample)?;
    let (mut batch, mut elements): (Vec<(u32, Vec<u64>)>, usize) = (Vec::new(), 0);
    found.for_each_set(|number, set| {
        elements += set.len() + 1;
        batch.push((number, set.to_vec()));
        if elements >= BATCH_ELEMENTS {
            audit.observe_batch(&batch);
            batch.clear();
            elements = 0;
        }
    })?;
    audit.observe_batch(&batch);
    Ok(Neighbourhood::new(found, &sampled)?.finish(audit))
}

fn drawn(sample: &Sample<ShingleSet>) -> AHashSet<u32> {
    sample.chosen().collect()
}

/// What a join found around the sampled documents.
struct Neighbourhood {
    /// The first document of the group of each document that has a copy before it.
    first: AHashMap<u32, u32>,
    edges: AHashSet<(u32, u32)>,
    reported: Vec<(u32, u32)>,
}

impl Neighbourhood {
    fn new<F: Found>(found: &F, sampled: &AHashSet<u32>) -> Result<Self, F::Error> {
        let mut groups: AHashSet<u32> = sampled.clone();
        let mut reported = Vec::new();
        let mut copies = found.copies()?;
        while let Some([copy, _]) = copies.next()? {
            let (document, first) = split(copy);
            if sampled.contains(&document) {
                groups.insert(first);
                reported.push((first, document));
            }
        }
        let (mut around, mut edges) = (groups.clone(), AHashSet::new());
        let mut all_edges = found.edges(Relation::Similar)?;
        while let Some(edge) = next_edge(&mut all_edges)? {
            if groups.contains(&edge.left) || groups.contains(&edge.right) {
                edges.insert((edge.left, edge.right));
                around.extend([edge.left, edge.right]);
            }
        }
        let mut first = AHashMap::new();
        let mut copies = found.copies()?;
        while let Some([copy, _]) = copies.next()? {
            let (document, of) = split(copy);
            if around.contains(&of) {
                first.insert(document, of);
            }
        }
        reported.extend(&edges);
        Ok(Self { first, edges, reported })
    }

    fn has(&self, left: u32, right: u32) -> bool {
        let group = |document: u32| self.first.get(&document).copied().unwrap_or(document);
        let (left, right) = (group(left), group(right));
        left == right || self.edges.contains(&(left.min(right), left.max(right)))
    }

    fn finish(self, audit: Audit) -> AuditReport {
        audit.finish(|left, right| self.has(left, right), self.reported.iter().copied())
    }
}
