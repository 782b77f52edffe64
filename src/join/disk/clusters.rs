//! Leader clusters of a corpus that need not fit in memory.
//!
//! Each document follows the most similar one that leads and is preferred to it; so they are gone through in the order of
//! preference, with their edges to preferred ones sorted by it. One bit a document says who follows.

use super::expand::record;
use super::families::FamilyFile;
use super::groups::Bits;
use super::numbered::{NumberedPair, numbered};
use super::segments::Documents;
use super::sorter::{Records, Sorted, Sorter};
use crate::error::Error;
use crate::set::Overlap;

/// In which order documents are preferred.
pub(super) enum Preference {
    /// As they came.
    First,
    /// By rank: of each document, and the documents in the order of their ranks.
    Ranked(Ranks),
}

/// Three numbers a document.
pub(super) struct Ranks {
    /// The rank of each document, and for the first of a group that of its most preferred member.
    rank: Vec<u32>,
    order: Vec<u32>,
}

impl Ranks {
    /// Ranks by keys, of equal ones the first document first.
    pub(super) fn by_key<K: Ord>(documents: u32, key: impl Fn(u32) -> K) -> Self {
        let mut order: Vec<u32> = (0..documents).collect();
        order.sort_by_cached_key(|&document| key(document));
        Self::by_order(order)
    }

    /// The same where keys are at hand, so that none needs to be held once more.
    pub(super) fn by_kept_key<K: Ord>(documents: u32, key: impl Fn(u32) -> K) -> Self {
        let mut order: Vec<u32> = (0..documents).collect();
        order.sort_unstable_by_key(|&document| (key(document), document));
        Self::by_order(order)
    }

    fn by_order(order: Vec<u32>) -> Self {
        let mut rank = vec![0; order.len()];
        (0..).zip(&order).for_each(|(place, &document)| rank[document as usize] = place);
        Self { rank, order }
    }
}

impl Preference {
    /// Takes into account that a group, of which this is a member, stands by its most preferred document.
    pub(super) fn group(&mut self, member: u32, first: u32) {
        if let Self::Ranked(Ranks { rank, .. }) = self {
            rank[first as usize] = rank[first as usize].min(rank[member as usize]);
        }
    }

    /// The rank of a group, by its first document.
    pub(super) fn rank(&self, first: u32) -> u32 {
        match self {
            Self::First => first,
            Self::Ranked(ranks) => ranks.rank[first as usize],
        }
    }

    fn document(&self, rank: u32) -> u32 {
        match self {
            Self::First => rank,
            Self::Ranked(ranks) => ranks.order[rank as usize],
        }
    }

    /// The most preferred document of a group.
    pub(super) fn preferred(&self, first: u32) -> u32 {
        self.document(self.rank(first))
    }
}

/// Edges to links: of each group that follows one that leads, by the documents that stand for them, the follower first.
pub(super) fn follow(
    preference: &Preference,
    edges: impl Iterator<Item = Result<NumberedPair, Error>>,
    sorter: &dyn Fn(&str) -> Sorter<3>,
) -> Result<Sorted<3>, Error> {
    let mut by_rank = sorter("ranks");
    for edge in edges {
        let edge = edge?;
        let (left, right) = (preference.rank(edge.left), preference.rank(edge.right));
        by_rank.push(record(NumberedPair { left, right, ..edge }.ordered().swapped()))?;
    }
    let (mut by_rank, mut links) = (by_rank.finish()?, sorter("links"));
    let mut followers = Bits::default();
    let mut best: Option<NumberedPair> = None;
    let mut link = |best: Option<NumberedPair>, followers: &mut Bits| {
        let Some(best) = best else { return Ok(()) };
        followers.set(best.left);
        let (left, right) = (preference.document(best.left), preference.document(best.right));
        links.push(record(NumberedPair { left, right, ..best }))
    };
    while let Some(edge) = by_rank.next()? {
        let edge = numbered(edge);
        if best.is_some_and(|best| best.left != edge.left) {
            link(best.take(), &mut followers)?;
        }
        // Leaders come in the order of preference, so the first of equally similar ones stays.
        if !followers.get(edge.right) && best.is_none_or(|best| best.jaccard() < edge.jaccard()) {
            best = Some(edge);
        }
    }
    link(best, &mut followers)?;
    links.finish()
}

/// Links of groups to links of documents: each document that is dropped, and the one that is kept for it.
pub(super) fn dropped(
    mut links: Sorted<3>,
    families: &FamilyFile,
    mut documents: Documents,
    mut dropped: impl FnMut(NumberedPair) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut families = families.open()?;
    let mut link = links.next()?.map(numbered);
    loop {
        let document = match (link.map(|link| link.left), families.document()) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => match a.or(b) {
                Some(document) => document,
                None => return Ok(()),
            },
        };
        let of_group = match link {
            Some(follows) if follows.left == document => {
                dropped(follows)?;
                link = links.next()?.map(numbered);
                follows
            }
            _ => {
                let size = documents.at(document)?.known.size as usize;
                NumberedPair { left: document, right: document, overlap: Overlap::from_equal_sets(size) }
            }
        };
        while let Some(left) = families.member_of(document)? {
            dropped(NumberedPair { left, ..of_group })?;
        }
    }
}
