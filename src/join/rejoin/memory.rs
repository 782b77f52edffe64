//! Joins kept documents again in memory.

use std::ops::ControlFlow;

use crate::join::candidates::memory::SortedBands;
use crate::join::edge::Edge;
use crate::join::groups::memory::DistinctSets;
use crate::join::origin::{Origin, PairFilter};
use crate::join::progress::Watch;
use crate::join::settings::JoinSettings;
use crate::join::stats::JoinStats;
use crate::join::storage::set_block::SetBlock;
use crate::parallel;

/// The sets of oversized buckets, each by the first document that has it.
#[derive(Clone, Debug)]
pub(crate) struct Crowded {
    settings: JoinSettings,
    documents: Vec<u32>,
    origins: Vec<Origin>,
    elements: Vec<u64>,
    /// Where the elements of each set end.
    ends: Vec<usize>,
}

/// Sets that a thread signs at once.
const SETS_PER_TASK: usize = 64;

impl Crowded {
    pub(crate) fn new(settings: JoinSettings) -> Self {
        Self { settings, documents: Vec::new(), origins: Vec::new(), elements: Vec::new(), ends: Vec::new() }
    }

    /// Adds a document. Documents come in order.
    pub(crate) fn push(&mut self, document: u32, origin: Origin, set: &[u64]) {
        self.documents.push(document);
        self.origins.push(origin);
        self.elements.extend_from_slice(set);
        self.ends.push(self.elements.len());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    fn set(&self, number: usize) -> &[u64] {
        &self.elements[number.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[number]]
    }

    /// Joins the kept documents, and returns the verified pairs of first documents, sorted. `kept` says of a first document which one of
    /// its group is kept, if any is: a second run would have them in the order of these. `rank` says how preferred its group is.
    pub(crate) fn join_kept(&self, kept: impl Fn(u32) -> Option<u32>, rank: impl Fn(u32) -> u32 + Sync) -> Vec<Edge> {
        let numbered = self.documents.iter().enumerate();
        let mut chosen: Vec<(u32, usize)> =
            numbered.filter_map(|(number, &first)| Some((kept(first)?, number))).collect();
        chosen.sort_unstable();
        let JoinSettings { hasher, banding, rule, filter, .. } = &self.settings;
        let (mut sets, mut filter): (_, PairFilter) = (DistinctSets::new(hasher.clone()), filter.clone());
        chosen.iter().for_each(|&(_, number)| filter.push(self.origins[number]));
        let tasks: Vec<&[(u32, usize)]> = chosen.chunks(SETS_PER_TASK).collect();
        let blocks = parallel::map(
            &tasks,
            || (),
            |chosen, ()| {
                let mut block = SetBlock::default();
                chosen.iter().for_each(|&(_, number)| block.push(hasher, self.set(number)));
                block
            },
        );
        sets.add(blocks, &filter);
        let criterion = self.settings.criterion();
        let bands = SortedBands::new(&sets, &filter, (*banding, *rule), criterion);
        let first = |place: u32| self.documents[chosen[place as usize].1];
        let rank = |place: u32| rank(first(place));
        let (mut go_on, mut stats) = (|_| ControlFlow::Continue(()), JoinStats::default());
        // Only the callback could end it, and it goes on.
        let found = bands.edges(&mut sets, (&filter, Some(&rank)), &mut stats, &mut Watch::new(&mut go_on));
        let mut edges = found.map(|(edges, _)| edges).unwrap_or_default();
        for edge in &mut edges {
            *edge = Edge { left: first(edge.left), right: first(edge.right), ..*edge }.ordered();
        }
        edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        edges.dedup();
        edges
    }
}

/// Equal where the sets are, because a result that was read from a folder is equal to one made in memory.
impl PartialEq for Crowded {
    fn eq(&self, other: &Self) -> bool {
        self.documents == other.documents && self.ends == other.ends && self.elements == other.elements
    }
}
