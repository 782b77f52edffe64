//! The passages that one text repeats.

use std::ops::Range;

use super::{Counts, Coverage, PassageRules, Text, merged, runs};
use crate::set::ShingleSet;
use crate::text::Shingler;

/// A passage that a text has had before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RepeatedPassage {
    /// Its bytes, from its first token to its last.
    pub later: Range<usize>,
    /// The bytes where the text has it before. The two overlap where a passage repeats a short part of itself.
    pub earlier: Range<usize>,
    /// Tokens of the later range that are repeated; those in gaps are not.
    pub tokens: usize,
}

/// What a text says more than once: teasers before their articles, menus at both ends of a page.
///
/// Found as [shared passages](super::SharedPassages) are, within the bounds given there. Every token of a run that is
/// long enough and stands earlier as well is covered, and no first occurrence is, unless a passage overlaps itself.
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
    /// Finds the passages that a text repeats, in time of the order of n log n for n tokens.
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

    /// The passages, in the order of the text.
    #[must_use]
    pub fn passages(&self) -> &[RepeatedPassage] {
        &self.passages
    }

    /// How much of the text was said before.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// The scheme's shingles of the text, repeated ones included.
    #[must_use]
    pub fn shingles(&self) -> usize {
        self.shingles
    }

    /// The different ones among them.
    #[must_use]
    pub fn distinct_shingles(&self) -> usize {
        self.distinct
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
