//! The quotes that two texts share.

use std::ops::Range;

use ahash::RandomState;
use hashbrown::HashMap;

use super::prepared::PreparedText;

/// The words that both texts must quote in a row to share a quote.
const MIN_WORDS: usize = 5;

/// A passage that both texts put in quotation marks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SharedQuote {
    /// Its bytes in the left text, from the first word to the last.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::passages::stored_bytes"))]
    pub left: Range<usize>,
    /// Its bytes in the right text.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::passages::stored_bytes"))]
    pub right: Range<usize>,
    /// The number of its words.
    pub words: usize,
}

impl SharedQuote {
    fn swapped(self) -> Self {
        Self { left: self.right, right: self.left, ..self }
    }
}

/// Returns the quotes of at least [`MIN_WORDS`] words in a row that two texts share, in the order of the left one.
pub(super) fn shared(left: &PreparedText, right: &PreparedText) -> Vec<SharedQuote> {
    // The sides always come in one order, so that the answer is the same with sides swapped.
    if (left.words.len(), &left.words) <= (right.words.len(), &right.words) {
        return ordered(left, right);
    }
    let mut quotes: Vec<_> = ordered(right, left).into_iter().map(SharedQuote::swapped).collect();
    quotes.sort_by_key(|quote| quote.left.start);
    quotes
}

fn ordered(left: &PreparedText, right: &PreparedText) -> Vec<SharedQuote> {
    if left.quotes.is_empty() || right.quotes.is_empty() {
        return Vec::new();
    }
    let mut places: HashMap<&[u64], (usize, usize), RandomState> = HashMap::with_hasher(RandomState::new());
    for quote in word_ranges(right) {
        for place in quote.clone() {
            if let Some(words) = right.words.get(place..place + MIN_WORDS).filter(|_| place + MIN_WORDS <= quote.end) {
                places.entry(words).or_insert((place, quote.end));
            }
        }
    }
    let mut found = Vec::new();
    for quote in word_ranges(left) {
        let mut place = quote.start;
        while place + MIN_WORDS <= quote.end {
            let Some(&(other, end)) = places.get(&left.words[place..place + MIN_WORDS]) else {
                place += 1;
                continue;
            };
            let pairs = left.words[place..quote.end].iter().zip(&right.words[other..end]);
            let words = pairs.take_while(|(left, right)| left == right).count();
            found.push(SharedQuote {
                left: left.place(&(place..place + words)),
                right: right.place(&(other..other + words)),
                words,
            });
            place += words;
        }
    }
    found
}

fn word_ranges(text: &PreparedText) -> impl Iterator<Item = Range<usize>> + '_ {
    text.quotes.iter().map(|[start, end]| *start as usize..*end as usize)
}

#[cfg(test)]
mod tests {
    use crate::relation::{RelationRules, TextComparer};
    use crate::scheme::Scheme;

    #[test]
    fn quotes_of_two_outlets_are_found() {
        let comparer = TextComparer::new(&Scheme::news(), RelationRules::default()).expect("valid");
        let left = "The mayor was clear: \"We will not sell the harbour, not now and not later\". Work goes on.";
        let right =
            "Brell — “We will not sell the harbour, not now,” mayor Torvald told us. We will not sell the paper.";
        let judged = comparer.compare(&comparer.prepare(left), &comparer.prepare(right));
        let [quote] = &judged.quotes[..] else { panic!("one quote: {judged:?}") };
        assert_eq!(&left[quote.left.clone()], "We will not sell the harbour, not now");
        assert_eq!(&right[quote.right.clone()], "We will not sell the harbour, not now");
        assert_eq!(quote.words, 8);
    }
}
