//! The order of preference: which documents are kept before others.

use std::cmp::Reverse;

use ahash::AHashMap;

use super::{Found, Keep};
use crate::external::{Bits, Records};
use crate::join::edge::split;

/// An order of all documents, from the most preferred one.
///
/// Everything that makes clusters asks for ranks, so that a preference is one number, whatever it is made of.
pub(crate) enum Ranks {
    /// As they came.
    First,
    /// By key. Eight bytes a document.
    ByKey {
        /// The rank of each document, and for the first of a group that of its most preferred member.
        rank: Vec<u32>,
        /// The documents in the order of their ranks.
        order: Vec<u32>,
    },
}

impl Ranks {
    /// Ranks the documents of a result as a setting says.
    pub(crate) fn new<F: Found>(found: &F, keep: Keep) -> Result<Self, F::Error> {
        Ok(match keep {
            Keep::First | Keep::None => Self::First,
            Keep::Longest => {
                let lengths = found.lengths()?;
                Self::by_key(lengths.len() as u32, |document| Reverse(lengths[document as usize]))
            }
            Keep::Shortest => {
                let lengths = found.lengths()?;
                Self::by_key(lengths.len() as u32, |document| lengths[document as usize])
            }
        })
    }

    /// Ranks by keys, of equal ones the first document first.
    pub(crate) fn by_key<K: Ord>(documents: u32, key: impl Fn(u32) -> K) -> Self {
        let mut order: Vec<u32> = (0..documents).collect();
        order.sort_by_cached_key(|&document| key(document));
        Self::by_order(order)
    }

    fn by_order(order: Vec<u32>) -> Self {
        let mut rank = vec![0; order.len()];
        (0..).zip(&order).for_each(|(place, &document)| rank[document as usize] = place);
        Self::ByKey { rank, order }
    }

    /// Ranks each group by its most preferred member.
    pub(crate) fn of_groups<F: Found>(mut self, found: &F) -> Result<Self, F::Error> {
        if let Self::ByKey { rank, .. } = &mut self {
            let mut copies = found.copies()?;
            while let Some([copy, _]) = copies.next()? {
                let (member, first) = split(copy);
                rank[first as usize] = rank[first as usize].min(rank[member as usize]);
            }
        }
        Ok(self)
    }

    /// Moves groups behind all groups of lower levels, where those that are not listed are on level 0. Within a level the order stays.
    /// Returns nothing if that changes nothing.
    pub(crate) fn by_levels(&self, documents: u32, levels: &AHashMap<u32, u32>) -> Option<Self> {
        if levels.is_empty() {
            return None;
        }
        let levels: AHashMap<u32, u32> = levels.iter().map(|(&first, &level)| (self.preferred(first), level)).collect();
        let mut order: Vec<u32> = (0..documents).map(|rank| self.document(rank)).collect();
        order.sort_by_key(|document| levels.get(document).copied().unwrap_or(0));
        let mut place = vec![0; order.len()];
        (0..).zip(&order).for_each(|(rank, &document)| place[document as usize] = rank);
        // The rank of the first document of a group stays that of its most preferred one.
        let rank = (0..documents).map(|document| place[self.preferred(document) as usize]).collect();
        Some(Self::ByKey { rank, order })
    }

    /// Returns the rank of a group, by its first document.
    pub(crate) fn rank(&self, first: u32) -> u32 {
        match self {
            Self::First => first,
            Self::ByKey { rank, .. } => rank[first as usize],
        }
    }

    /// Returns the document of a rank.
    pub(crate) fn document(&self, rank: u32) -> u32 {
        match self {
            Self::First => rank,
            Self::ByKey { order, .. } => order[rank as usize],
        }
    }

    /// Returns the document of a group, by its first one, that is kept, if any is.
    pub(crate) fn kept(&self, first: u32, removed: &Bits) -> Option<u32> {
        Some(self.preferred(first)).filter(|&preferred| !removed.get(preferred))
    }

    /// Returns the most preferred document of a group, by its first one.
    pub(crate) fn preferred(&self, first: u32) -> u32 {
        self.document(self.rank(first))
    }
}
