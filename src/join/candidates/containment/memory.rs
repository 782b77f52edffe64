//! Containment among sets in memory: posting lists of the samples, looked up for each set in parallel.

use super::Containment;
use crate::containment::PrefixFilter;
use crate::error::Error;
use crate::join::compare::Compared;
use crate::join::edge::Edge;
use crate::join::groups::memory::DistinctSets;
use crate::join::origin::PairFilter;
use crate::join::progress::{Stage, Watch};
use crate::join::stats::JoinStats;
use crate::parallel;
use crate::verify::QuerySet;

/// Sets, and which pairs of them are compared.
#[derive(Clone, Copy)]
struct Filtered<'a> {
    sets: &'a DistinctSets,
    filter: &'a PairFilter,
}

/// How many keys other sets share with one: counted in place, because near-copies share nearly all of theirs.
struct Shared {
    /// Of each set, up to the most that a count is asked about.
    counts: Vec<u8>,
    /// The sets whose counts are not 0.
    touched: Vec<u32>,
}

/// Marks a set that is not to be compared.
const LEFT_OUT: u8 = u8::MAX;

impl Shared {
    /// Counts a key of a set, if that is one of those wanted.
    fn count(&mut self, set: u32, is_wanted: impl Fn(u32) -> bool) {
        let count = &mut self.counts[set as usize];
        if *count == 0 {
            self.touched.push(set);
            *count = if is_wanted(set) { 1 } else { LEFT_OUT };
        } else if *count < LEFT_OUT - 1 {
            *count += 1;
        }
    }

    /// Returns the sets that share at least this many keys, in order, and resets all counts.
    fn take(&mut self, keys: usize) -> Vec<u32> {
        let Self { counts, touched } = self;
        let mut sets = Vec::new();
        for set in touched.drain(..) {
            let count = std::mem::take(&mut counts[set as usize]);
            if count != LEFT_OUT && usize::from(count) >= keys {
                sets.push(set);
            }
        }
        sets.sort_unstable();
        sets
    }
}

impl Containment {
    /// Finds all pairs of sets, in order, and counts the candidates.
    pub(crate) fn edges(
        &self,
        sets: &mut DistinctSets,
        filter: &PairFilter,
        stats: &mut JoinStats,
        watch: &mut Watch<'_>,
    ) -> Result<Vec<Edge>, Error> {
        watch.step(Stage::Sampling, 0, 1)?;
        let numbers: Vec<u32> = (0..sets.sets().len() as u32).collect();
        sets.sets_mut().sort_all(numbers.clone());
        let sets = Filtered { sets, filter };
        let postings = self.postings(sets, &numbers);
        watch.step(Stage::Containment, 0, 1)?;
        let scratch = || Shared { counts: vec![0; numbers.len()], touched: Vec::new() };
        let found = parallel::map(&numbers, scratch, |&set, shared| self.around(sets, &postings, set, shared));
        let mut all = Compared::default();
        stats.contained_too_common = found.iter().filter(|(_, is_too_common)| *is_too_common).count() as u64;
        found.into_iter().for_each(|(compared, _)| all.append(compared));
        all.edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        (stats.contained_candidates, stats.contained) = (all.counts.candidates(), all.edges.len() as u64);
        Ok(sets.sets.by_documents(all.edges))
    }

    /// Returns the keys with the sets that have them: `key << 32 | set`, ascending.
    fn postings(&self, sets: Filtered<'_>, numbers: &[u32]) -> Vec<u64> {
        let of_set = |&set: &u32, (): &mut ()| {
            self.keys(sets, set).map(|key| u64::from(key) << 32 | u64::from(set)).collect::<Vec<u64>>()
        };
        let mut postings = parallel::map(numbers, || (), of_set).concat();
        parallel::sort(&mut postings);
        postings.dedup();
        postings
    }

    /// Returns the keys of the sample of a set, which depend on its block.
    fn keys<'a>(&self, sets: Filtered<'a>, set: u32) -> impl Iterator<Item = u32> + use<'_, 'a> {
        let salt = sets.filter.salt(sets.sets.first_of(set));
        self.rules.keys(sets.sets.sets().get(set)).map(move |key| key ^ salt)
    }

    /// Finds the pairs in which a set is the smaller one, and tells whether all its keys are too common to be looked up.
    fn around(&self, sets: Filtered<'_>, postings: &[u64], set: u32, shared: &mut Shared) -> (Compared, bool) {
        let mut keys: Vec<u32> = self.keys(sets, set).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut runs: Vec<&[u64]> = keys.iter().map(|&key| run_of(postings, key)).collect();
        runs.sort_by_key(|run| run.len());
        let common = runs.iter().filter(|run| run.len() > self.limit()).count();
        let filter = PrefixFilter::new(runs.len(), common, self.least);
        let rank = |set: u32| (sets.sets.sets().get(set).len(), set);
        let is_larger = |other: u32| {
            rank(set) < rank(other) && sets.filter.allows(sets.sets.first_of(set), sets.sets.first_of(other))
        };
        for &entry in runs[..filter.prefix].iter().copied().flatten() {
            shared.count(entry as u32, is_larger);
        }
        let mut compared = Compared::default();
        for other in shared.take(filter.min_shared) {
            let (left, right) = (set.min(other), set.max(other));
            let mut query = QuerySet::new(sets.sets.document(left));
            compared.compare(&self.criterion(), (left, &mut query), (right, sets.sets.document(right)));
        }
        (compared, common > 0 && common == runs.len())
    }
}

/// Returns the entries of a key.
fn run_of(postings: &[u64], key: u32) -> &[u64] {
    let start = postings.partition_point(|&entry| (entry >> 32) < u64::from(key));
    let behind = &postings[start..];
    // Most runs are short.
    let mut end = 1;
    while end < behind.len() && behind[end] >> 32 == u64::from(key) {
        end *= 2;
    }
    let end = end.min(behind.len());
    &behind[..behind[..end].partition_point(|&entry| entry >> 32 == u64::from(key))]
}
