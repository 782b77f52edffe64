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
        let found = parallel::map(&numbers, Vec::new, |&set, others| self.around(sets, &postings, set, others));
        let mut all = Compared::default();
        found.into_iter().for_each(|compared| all.append(compared));
        all.edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        (stats.contained_candidates, stats.contained) = (all.counts.candidates(), all.edges.len() as u64);
        Ok(sets.sets.by_documents(all.edges))
    }

    /// Keys with the sets that have them: `key << 32 | set`, ascending.
    fn postings(&self, sets: Filtered<'_>, numbers: &[u32]) -> Vec<u64> {
        let of_set = |&set: &u32, (): &mut ()| {
            self.keys(sets, set).map(|key| u64::from(key) << 32 | u64::from(set)).collect::<Vec<u64>>()
        };
        let mut postings = parallel::map(numbers, || (), of_set).concat();
        parallel::sort(&mut postings);
        postings.dedup();
        postings
    }

    /// The keys of a set's sample, which are those of its block.
    fn keys<'a>(&self, sets: Filtered<'a>, set: u32) -> impl Iterator<Item = u32> + use<'_, 'a> {
        let salt = sets.filter.salt(sets.sets.first_of(set));
        self.rules.keys(sets.sets.sets().get(set)).map(move |key| key ^ salt)
    }

    /// The pairs in which a set is the smaller one.
    fn around(&self, sets: Filtered<'_>, postings: &[u64], set: u32, others: &mut Vec<u32>) -> Compared {
        let mut keys: Vec<u32> = self.keys(sets, set).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut runs: Vec<&[u64]> = keys.iter().map(|&key| run_of(postings, key)).collect();
        runs.sort_by_key(|run| run.len());
        let common = runs.iter().filter(|run| run.len() > self.limit()).count();
        let filter = PrefixFilter::new(runs.len(), common, self.least);
        let rank = |set: u32| (sets.sets.sets().get(set).len(), set);
        let is_larger = |&other: &u32| {
            rank(set) < rank(other) && sets.filter.allows(sets.sets.first_of(set), sets.sets.first_of(other))
        };
        others.clear();
        others.extend(runs[..filter.prefix].iter().copied().flatten().map(|&entry| entry as u32).filter(is_larger));
        others.sort_unstable();
        let mut compared = Compared::default();
        for same in others.chunk_by(|a, b| a == b).filter(|same| same.len() >= filter.min_shared) {
            let (left, right) = (set.min(same[0]), set.max(same[0]));
            let mut query = QuerySet::new(sets.sets.document(left));
            compared.compare(&self.criterion(), (left, &mut query), (right, sets.sets.document(right)));
        }
        compared
    }
}

/// The entries of a key.
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
