//! The passages that one text repeats.

use std::ops::Range;

use super::{Counts, Coverage, PassageRules, Text, merged, runs};
use crate::set::ShingleSet;
use crate::text::Shingler;

/// Holds a passage that a text has earlier as well; [`RepeatedPassages`] has an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RepeatedPassage {
    /// Its bytes in the text, from its first token to its last.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "super::stored::bytes"))]
    pub later: Range<usize>,
    /// The bytes at which the text has it earlier. The two ranges overlap if a passage repeats a short part of itself.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "super::stored::bytes"))]
    pub earlier: Range<usize>,
    /// Tokens of the later range that are repeated, without those in gaps.
    pub tokens: usize,
}

/// Finds what a text says more than once: teasers before their articles, menus at both ends of a page.
///
/// It works as for [shared passages](super::SharedPassages) and within the same bounds. Every token of a run that is
/// long enough and occurs earlier as well is covered. A first occurrence is not, unless a passage overlaps itself.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::passages::{PassageRules, RepeatedPassages};
///
/// let text = "Ferry to Skelby cancelled by winds. In other news, it rained.\n\
///             Ferry to Skelby cancelled by winds. The operator said so on Monday.";
/// let rules = PassageRules::new(4, 8)?;
/// let repeated = RepeatedPassages::new(&Scheme::news().shingler()?, text, rules);
/// let passage = &repeated.passages()[0];
/// assert_eq!(passage.earlier, 0..34);
/// assert_eq!(&text[passage.later.clone()], "Ferry to Skelby cancelled by winds");
/// assert_eq!(repeated.coverage().shared, 6);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RepeatedPassages {
    passages: Vec<RepeatedPassage>,
    coverage: Coverage,
    shingles: usize,
    distinct: usize,
}

impl RepeatedPassages {
    /// Finds the passages that a text repeats, in O(n log n) time for `n` tokens.
    ///
    /// A passage that comes three times is reported twice: for its second and its third place.
    #[must_use]
    pub fn new(shingler: &Shingler, text: &str, rules: PassageRules) -> Self {
        let hashes = shingler.hashes(text);
        let shingles = hashes.len();
        let text = Text::new(shingler, text, &rules);
        let (runs, covered) = runs::within(&text.windows);
        let counts = Counts::new(&covered);
        let passages = merged(&runs, rules.gap_tokens()).into_iter().map(|spans| RepeatedPassage {
            later: text.bytes(&spans.left),
            earlier: text.bytes(&spans.right),
            tokens: counts.within(&spans.left),
        });
        Self {
            passages: passages.collect(),
            coverage: counts.coverage(),
            shingles,
            distinct: ShingleSet::from(hashes).len(),
        }
    }

    /// Returns the passages in the order of their later places in the text.
    #[must_use]
    pub fn passages(&self) -> &[RepeatedPassage] {
        &self.passages
    }

    /// Returns how much of the text repeats an earlier part of it.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// Returns the number of shingles of the text under the scheme, repeated ones included.
    ///
    /// Divided by [`distinct_shingles`](Self::distinct_shingles) it tells how often a shingle comes on average, however
    /// short the repetitions are.
    #[must_use]
    pub fn shingles(&self) -> usize {
        self.shingles
    }

    /// Returns the number of different shingles of the text.
    #[must_use]
    pub fn distinct_shingles(&self) -> usize {
        self.distinct
    }
}

impl<'a> IntoIterator for &'a RepeatedPassages {
    type Item = &'a RepeatedPassage;
    type IntoIter = std::slice::Iter<'a, RepeatedPassage>;

    fn into_iter(self) -> Self::IntoIter {
        self.passages.iter()
    }
}

impl IntoIterator for RepeatedPassages {
    type Item = RepeatedPassage;
    type IntoIter = std::vec::IntoIter<RepeatedPassage>;

    fn into_iter(self) -> Self::IntoIter {
        self.passages.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scheme;

    fn repeated(text: &str) -> RepeatedPassages {
        let rules = PassageRules::new(4, 8).expect("within");
        RepeatedPassages::new(&Scheme::news().shingler().expect("text"), text, rules)
    }

    #[test]
    fn every_time_after_the_first_is_reported() {
        let text = "a b c d. 1 2 3. A B C D! 4 5 6. a b c d";
        let found = repeated(text);
        let later: Vec<&str> = found.passages().iter().map(|passage| &text[passage.later.clone()]).collect();
        assert_eq!(later, ["A B C D", "a b c d"]);
        assert!(found.passages().iter().all(|passage| text[passage.earlier.clone()].to_lowercase() == "a b c d"));
        assert_eq!(found.coverage(), Coverage { tokens: 18, shared: 8 });
        assert_eq!((found.shingles(), found.distinct_shingles()), (16, 12));
    }

    #[test]
    fn a_text_that_repeats_nothing_has_none() {
        for text in ["", "a b c", "a b c d 1 2 3 a b c"] {
            assert_eq!(repeated(text).passages(), [], "{text:?}");
        }
    }

    #[test]
    fn one_word_many_times_over_is_one_passage() {
        let found = repeated(&"word ".repeat(50_000));
        assert_eq!(found.passages().len(), 1);
        assert_eq!(found.passages()[0].later, 5..249_999);
        assert_eq!(found.distinct_shingles(), 1);
    }
}
