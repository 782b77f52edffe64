//! Turns the verdict on a candidate pair into an edge or a count: the one place, for joins in memory, on disk and of a stream. The
//! verdict itself comes from `Criterion::judge` in `src/verify`.

use crate::join::edge::Edge;
use crate::verify::{Criterion, QuerySet, SignedSet, Verdict};

/// What became of candidates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Candidates that sizes or signatures ruled out.
    pub(crate) filtered: u64,
    /// Candidates whose sets were compared exactly.
    pub(crate) compared: u64,
}

/// Pairs that were accepted, and counts of all that were compared.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    pub(crate) edges: Vec<Edge>,
    pub(crate) counts: Counts,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.filtered += other.filtered;
        self.compared += other.compared;
    }

    pub(crate) fn candidates(self) -> u64 {
        self.filtered + self.compared
    }
}

impl Compared {
    /// Compares two documents, the left one by its query set, and keeps the pair if it meets the criterion.
    pub(crate) fn compare(
        &mut self,
        criterion: &Criterion,
        (left, query): (u32, &mut QuerySet<'_>),
        (right, signed): (u32, SignedSet<'_>),
    ) {
        match criterion.judge(query, signed) {
            Verdict::Filtered => self.counts.filtered += 1,
            Verdict::Rejected => self.counts.compared += 1,
            Verdict::Verified(overlap) => {
                self.counts.compared += 1;
                self.edges.push(Edge { left, right, overlap });
            }
        }
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.edges.append(&mut other.edges);
        self.counts.add(other.counts);
    }
}
