//! The audit of a join that was made in a folder.

use ahash::{AHashMap, AHashSet};

use super::{Audit, AuditOptions, AuditReport};
use crate::error::Error;
use crate::join::DiskPairs;
use crate::set::ShingleSet;

/// Elements of sets that are compared together.
const TOGETHER: usize = 1 << 20;

/// Measures what a join in a folder found, from the sets that it stored. They are read twice.
///
/// Memory: that of an [`Audit`], and of the groups that the sample's documents have pairs with.
///
/// # Errors
/// [`Error::OutOfRange`] names the option that is; [`Error::File`] the file that cannot be read.
pub fn audit_stored(found: &DiskPairs, options: AuditOptions) -> Result<AuditReport, Error> {
    let mut sample = options.sampler();
    found.for_each_set(|number, set| {
        sample.offer(number, || ShingleSet::from(set.to_vec()));
    })?;
    let sampled: AHashSet<u32> = sample.chosen().collect();
    let mut audit = Audit::new(options, sample)?;
    let (mut batch, mut elements): (Vec<(u32, Vec<u64>)>, usize) = (Vec::new(), 0);
    found.for_each_set(|number, set| {
        elements += set.len() + 1;
        batch.push((number, set.to_vec()));
        if elements >= TOGETHER {
            audit.observe_batch(&batch);
            batch.clear();
            elements = 0;
        }
    })?;
    audit.observe_batch(&batch);
    let surroundings = Surroundings::of(found, &sampled)?;
    let reported = surroundings.reported.clone();
    Ok(audit.finish(|left, right| surroundings.have(left, right), reported))
}

/// What was found around the sampled documents.
struct Surroundings {
    /// The first document of the group of each document that has a copy before it.
    first: AHashMap<u32, u32>,
    edges: AHashSet<(u32, u32)>,
    reported: Vec<(u32, u32)>,
}

impl Surroundings {
    fn of(found: &DiskPairs, sampled: &AHashSet<u32>) -> Result<Self, Error> {
        let mut groups: AHashSet<u32> = sampled.clone();
        let mut reported = Vec::new();
        for copy in found.copies()? {
            let (document, first) = copy?;
            if sampled.contains(&document) {
                groups.insert(first);
                reported.push((first, document));
            }
        }
        let mut edges = AHashSet::new();
        let mut around = groups.clone();
        for pair in found.edges()? {
            let pair = pair?;
            if groups.contains(&pair.left) || groups.contains(&pair.right) {
                edges.insert((pair.left, pair.right));
                around.extend([pair.left, pair.right]);
            }
        }
        let mut first = AHashMap::new();
        for copy in found.copies()? {
            let (document, of) = copy?;
            if around.contains(&of) {
                first.insert(document, of);
            }
        }
        reported.extend(&edges);
        Ok(Self { first, edges, reported })
    }

    fn have(&self, left: u32, right: u32) -> bool {
        let group = |document: u32| self.first.get(&document).copied().unwrap_or(document);
        let (left, right) = (group(left), group(right));
        left == right || self.edges.contains(&(left.min(right), left.max(right)))
    }
}
