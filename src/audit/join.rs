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
/// The texts are those that were joined, in the same order. The scheme should be the one of the join: another one
/// makes other sets, and so other true pairs. The threshold of the options may be higher than the join's, but pairs
/// below the join's threshold count as missed. Blocks and sources of the join are not known here, so pairs that
/// they excluded count as missed.
///
/// Each text is shingled once, and those of the sample twice. Sets are held 4,096 at a time, besides the memory of
/// an [`Audit`] and of the pairs around the sample.
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
/// assert!(report.to_string().starts_with("audit of 3 of 3 documents, pairs at 0.5 or more, intervals at 95 %\n"));
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// # Errors
/// * [`Error::OutOfRange`] names an option that is outside its range.
/// * [`Error::WrongLength`] if there are not as many texts as were joined.
/// * [`Error::NoTextFeatures`] if the scheme's features are the caller's own. Use [`Audit`] then.
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
/// The texts are not needed. The memory is that of an [`Audit`], and of the groups that the sample's documents have
/// pairs with. It is not bounded by the memory limit of the join: a sample of documents with very many similar ones
/// takes more.
///
/// ```
/// use twinprint::audit::{AuditOptions, audit_disk};
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let folder = std::env::temp_dir().join("twinprint-example-audit-disk");
/// # let _ = std::fs::remove_dir_all(&folder);
/// let scheme = Scheme::builder().words(1).build()?;
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build_on_disk(&folder)?;
/// for (id, text) in (0..).zip(["red green blue grey", "red green blue black", "one two three"]) {
///     join.push(Document::text(id, text))?;
/// }
/// let report = audit_disk(&join.finish()?, AuditOptions::new(0.5).sample(2).seed(1))?;
/// assert_eq!((report.sampled, report.documents), (2, 3));
/// assert_ne!(report.recall.value(), Some(0.0));
/// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`] names an option that is outside its range; [`Error::File`] a file that cannot be read.
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

/// Holds what a join found around the sampled documents, so that a result of any size is asked in memory that
/// depends on the sample.
struct Neighbourhood {
    /// The first document of the group of each document that has a copy before it.
    first: AHashMap<u32, u32>,
    edges: AHashSet<(u32, u32)>,
    reported: Vec<(u32, u32)>,
}

impl Neighbourhood {
    /// Reads what was found: first the groups of the sampled documents, then the edges that touch these, and last the
    /// copies of both ends of such edges.
    ///
    /// Copies are read twice, because the groups that need looking up are known only once the edges are.
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

    /// Returns whether the result has a pair, by the groups of its documents: copies have the pairs of the first of
    /// their group.
    fn has(&self, left: u32, right: u32) -> bool {
        let group = |document: u32| self.first.get(&document).copied().unwrap_or(document);
        let (left, right) = (group(left), group(right));
        left == right || self.edges.contains(&(left.min(right), left.max(right)))
    }

    fn finish(self, audit: Audit) -> AuditReport {
        audit.finish(|left, right| self.has(left, right), self.reported.iter().copied())
    }
}
