//! Which documents with equal sets have equal texts.

use crate::join::edge::Edge;
#[cfg(feature = "disk")]
use crate::join::edge::{MemberRecord, split};

/// Tells whether two documents with equal sets have equal texts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SameTexts {
    /// By the hash of the text of each document.
    Hashes(Vec<u64>),
    /// By the first document of the same group with the same text, for each document that is not the first of a group: eight bytes for
    /// each. It is enough where equal sets are always in one group.
    #[cfg(feature = "disk")]
    Firsts(Vec<(u32, u32)>),
}

impl SameTexts {
    /// Takes records in the order of their documents.
    #[cfg(feature = "disk")]
    pub(crate) fn of_members(members: impl IntoIterator<Item = MemberRecord>) -> Self {
        Self::Firsts(members.into_iter().map(|[member, text]| (split(member).0, split(text).0)).collect())
    }

    /// Returns whether two documents have equal sets and equal texts.
    pub(crate) fn are_copies(&self, edge: &Edge) -> bool {
        let (left, right) = (edge.left, edge.right);
        edge.has_equal_sets()
            && match self {
                Self::Hashes(hashes) => hashes.get(left as usize) == hashes.get(right as usize),
                #[cfg(feature = "disk")]
                Self::Firsts(firsts) => first(firsts, left) == first(firsts, right),
            }
    }
}

/// Returns the first document with the text of a document and its set.
#[cfg(feature = "disk")]
fn first(firsts: &[(u32, u32)], document: u32) -> u32 {
    firsts.binary_search_by_key(&document, |&(member, _)| member).map_or(document, |at| firsts[at].1)
}
