//! What is known of a pair.

use twinprint::relation::Relation;

/// All relations, in their order.
const RELATIONS: [Relation; 7] = [
    Relation::Copy,
    Relation::Edit,
    Relation::Contained,
    Relation::Template,
    Relation::SameStory,
    Relation::Background,
    Relation::Unrelated,
];

/// What the two documents of a pair are to one another, if their texts were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PairRelation {
    Compared(Relation),
    /// Both documents are similar to too many others. Nothing is removed for such a pair.
    NotCompared,
}

impl PairRelation {
    /// Returns the name as written in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Compared(relation) => relation.name(),
            Self::NotCompared => "not-compared",
        }
    }

    /// Reads the name as written in files.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let mut all = RELATIONS.map(Self::Compared).into_iter().chain([Self::NotCompared]);
        all.find(|relation| relation.name() == name)
    }

    /// Returns whether one of the two can be left out without losing an article.
    pub(crate) fn is_duplicate(self) -> bool {
        matches!(self, Self::Compared(relation) if relation.is_duplicate())
    }

    /// Returns what this number of pairs is called.
    pub(crate) fn of_count(self, count: u64) -> &'static str {
        match self {
            Self::Compared(Relation::Copy) if count != 1 => "copies",
            Self::Compared(Relation::Edit) if count != 1 => "edits",
            Self::Compared(Relation::Template) if count != 1 => "templates",
            Self::Compared(other) => other.name(),
            Self::NotCompared => "not compared by their texts",
        }
    }

    /// Returns what it means, for the reason of a pair in a report.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Compared(Relation::Copy) => "both have the same words in the same order",
            Self::Compared(Relation::Edit) => "one is a version of the other",
            Self::Compared(Relation::Contained) => "one is inside the other, which is much longer",
            Self::Compared(Relation::Template) => {
                "both are one form, filled in with other names, figures or days, so they are no duplicates"
            }
            Self::Compared(Relation::SameStory) => {
                "both tell of one event in articles of their own, so they are no duplicates"
            }
            Self::Compared(Relation::Background) => {
                "they share passages, but tell of different events, so they are no duplicates"
            }
            Self::Compared(_) => "they share nothing that counts, so they are no duplicates",
            Self::NotCompared => {
                "their texts were not compared, because both are similar to very many others, so they do not count as duplicates"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_read_again() {
        for relation in RELATIONS.map(PairRelation::Compared).into_iter().chain([PairRelation::NotCompared]) {
            assert_eq!(PairRelation::from_name(relation.name()), Some(relation));
        }
        assert_eq!(PairRelation::from_name("copies"), None);
    }

    #[test]
    fn a_pair_that_was_not_compared_is_no_duplicate() {
        assert!(!PairRelation::NotCompared.is_duplicate());
        assert!(PairRelation::Compared(Relation::Contained).is_duplicate());
        assert!(!PairRelation::Compared(Relation::Template).is_duplicate());
    }
}
