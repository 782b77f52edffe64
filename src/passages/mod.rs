//! The passages that two texts share, or that one text repeats, as byte ranges of the originals.
//!
//! ```
//! use twinprint::Scheme;
//! use twinprint::passages::{PassageRules, SharedPassages};
//!
//! let shingler = Scheme::news().shingler()?;
//! let wire = "The ferry was late. “We are sorry for the delay and will pay for it,” the operator said.";
//! let post = "Fares rise in May. 'We are SORRY for the delay, and will pay for it' was all they said.";
//! let shared = SharedPassages::new(&shingler, wire, post, PassageRules::default());
//! let passage = &shared.passages()[0];
//! assert_eq!(&wire[passage.left.clone()], "We are sorry for the delay and will pay for it");
//! assert_eq!(&post[passage.right.clone()], "We are SORRY for the delay, and will pay for it");
//! assert_eq!(shared.left().shared, 11);
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # How they are found
//!
//! Tokens are those of the scheme, so case, quotes and punctuation count as they do there. A *window* is a run of
//! tokens that is long enough to count ([`PassageRules`]), and that would be too short without its first or without its
//! last token.
//!
//! 1. The windows of both texts are hashed and sorted. One merge finds where the other text has each of them.
//! 2. From each window that the other text has exactly once, the shared run is extended to both sides as far as it
//!    goes: by galloping search with rolling hashes (Karp and Rabin 1987), so that no token is compared twice.
//! 3. Tokens that are still not covered are in repeated windows. For each of these, a few places in the other text are
//!    tried, and the longest run is taken.
//! 4. Of all runs, the fewest that cover the same tokens are kept. What the other text repeats is then looked up in the
//!    same way from its side.
//! 5. Runs that follow each other in both texts, with at most [`gap_tokens`](PassageRules::gap_tokens) between them,
//!    become one passage.
//!
//! The result covers, in both texts, every token of a run that is long enough and that the other text has as well,
//! wherever it is. There are at most two runs for each length of a window, and the time is that of sorting, for any
//! texts.
//!
//! Two other ways were considered. A suffix automaton or suffix array of both texts gives the longest match at each
//! place directly. But over an alphabet of words it takes several times the memory, and what it gives for repetitive
//! texts must be thinned out all the same. Winnowing (Schleimer, Wilkerson, Aiken 2003) keeps a sample of the windows,
//! which is right for a store of many texts. For two texts all windows fit, and a sample would guarantee only the longer
//! runs.
//!
//! # When to use which
//!
//! | Question | Use |
//! |---|---|
//! | What do these two texts share, and where? | [`SharedPassages`] |
//! | What does this text repeat? | [`RepeatedPassages`] |
//! | What do thousands of texts share with one another? | [`repeated_lines`](crate::repeated_lines), [`boilerplate`](crate::boilerplate) |
//! | How similar are two texts, as a number? | [`ShingleSet::jaccard`](crate::ShingleSet::jaccard), which is cheaper |
//!
//! Two texts of 3 MB take 0.16 s on one core, whether they are unrelated or the same, and 0.61 s in the worst case that
//! was found (BENCHMARKS.md).

mod prefix;
mod repeated;
mod rules;
mod runs;
#[cfg(feature = "serde")]
mod stored;
mod windows;

use std::ops::Range;

pub use repeated::{RepeatedPassage, RepeatedPassages};
pub use rules::PassageRules;

#[cfg(feature = "serde")]
pub(crate) use stored::bytes as stored_bytes;

use crate::text::{Shingler, Token};
use runs::Run;
use windows::Windows;

/// Holds a passage that two texts share: one run of tokens, or several that were merged.
///
/// Ranges are bytes of the texts as they were passed, so that slices of the originals are the words to show, with
/// their case and punctuation. The two sides may differ in these, and in tokens within gaps.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::passages::{PassageRules, SharedPassages};
///
/// let left = "one two three RED four five six";
/// let right = "In all: one two three BLUE four, five, six!";
/// let shingler = Scheme::news().shingler()?;
/// let shared = SharedPassages::new(&shingler, left, right, PassageRules::new(3, 6)?);
/// let passage = &shared.passages()[0];
/// assert_eq!(&left[passage.left.clone()], left);
/// assert_eq!(&right[passage.right.clone()], "one two three BLUE four, five, six");
/// // The tokens in the gap are in the range and not in the count.
/// assert_eq!((passage.left_tokens, passage.right_tokens), (6, 6));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Passage {
    /// Its bytes in the left text, from its first token to its last.
    ///
    /// The range lies between characters, except under
    /// [`Tokenization::Bytes`](crate::text::Tokenization::Bytes).
    /// It is never empty.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "stored::bytes"))]
    pub left: Range<usize>,
    /// Its bytes in the right text, likewise.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "stored::bytes"))]
    pub right: Range<usize>,
    /// Tokens of the left range that are shared, without those in gaps.
    pub left_tokens: usize,
    /// Tokens of the right range that are shared, without those in gaps.
    pub right_tokens: usize,
}

/// Tells how much of a text is shared with another, or repeats an earlier part of it.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::passages::{Coverage, PassageRules, SharedPassages};
///
/// let shingler = Scheme::news().shingler()?;
/// let rules = PassageRules::new(3, 6)?;
/// let shared = SharedPassages::new(&shingler, "one two three four", "zero one two three four five six seven", rules);
/// let (left, right): (Coverage, Coverage) = (shared.left(), shared.right());
/// assert_eq!((left.shared, left.tokens, left.share()), (4, 4, 1.0));
/// assert_eq!((right.shared, right.tokens, right.share()), (4, 8, 0.5));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "stored::StoredCoverage"))]
#[non_exhaustive]
pub struct Coverage {
    /// The number of tokens of the text.
    pub tokens: usize,
    /// The number of its tokens that are in a passage, each counted once.
    /// Tokens in gaps are not among them.
    pub shared: usize,
}

impl Coverage {
    /// Returns the shared part of the text, 0 to 1. It is 0 for a text without tokens.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.tokens == 0 { 0.0 } else { self.shared as f64 / self.tokens as f64 }
    }
}

/// Finds the passages that two texts share, word for word; see the [module](self) for an example.
///
/// Texts with nothing in common, and texts that are shorter than the rules ask for, share none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SharedPassages {
    passages: Vec<Passage>,
    left: Coverage,
    right: Coverage,
}

impl SharedPassages {
    /// Finds the passages that two texts share.
    ///
    /// Only the normalization and the tokens of the scheme matter here, not the length of its shingles: `rules` say how
    /// long a passage must be. It takes O(n log n) time for `n` tokens of both texts, and about 130 bytes a token while
    /// it works.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::passages::{PassageRules, SharedPassages};
    ///
    /// let shingler = Scheme::news().shingler()?;
    /// let (left, right) = ("one two three RED four five six", "one two three BLUE four five six");
    /// let passages = |gap| {
    ///     let rules = PassageRules::new(3, 6)?.gap(gap);
    ///     Ok::<_, twinprint::Error>(SharedPassages::new(&shingler, left, right, rules).passages().len())
    /// };
    /// assert_eq!((passages(0)?, passages(1)?), (2, 1));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn new(shingler: &Shingler, left: &str, right: &str, rules: PassageRules) -> Self {
        let (left, right) = (Text::new(shingler, left, &rules), Text::new(shingler, right, &rules));
        let shared = runs::shared(&left.windows, &right.windows);
        let counts = (Counts::new(&shared.left), Counts::new(&shared.right));
        let bytes = |spans: Spans| Passage {
            left: left.bytes(&spans.left),
            right: right.bytes(&spans.right),
            left_tokens: counts.0.within(&spans.left),
            right_tokens: counts.1.within(&spans.right),
        };
        let passages = merged(&shared.runs, rules.gap_tokens()).into_iter().map(bytes).collect();
        Self { passages, left: counts.0.coverage(), right: counts.1.coverage() }
    }

    /// Returns the passages in the order of the left text. Those at one place are in the order of the right text.
    ///
    /// Passages may overlap on either side: where a text repeats something, each of its places is in a passage.
    #[must_use]
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// Returns how much of the left text is shared.
    #[must_use]
    pub fn left(&self) -> Coverage {
        self.left
    }

    /// Returns how much of the right text is shared.
    #[must_use]
    pub fn right(&self) -> Coverage {
        self.right
    }
}

impl<'a> IntoIterator for &'a SharedPassages {
    type Item = &'a Passage;
    type IntoIter = std::slice::Iter<'a, Passage>;

    fn into_iter(self) -> Self::IntoIter {
        self.passages.iter()
    }
}

impl IntoIterator for SharedPassages {
    type Item = Passage;
    type IntoIter = std::vec::IntoIter<Passage>;

    fn into_iter(self) -> Self::IntoIter {
        self.passages.into_iter()
    }
}

/// The windows of a text, and the bytes of its tokens.
struct Text {
    windows: Windows,
    places: Vec<Range<usize>>,
}

impl Text {
    fn new(shingler: &Shingler, text: &str, rules: &PassageRules) -> Self {
        let tokens: Vec<Token> = shingler.tokens(text);
        let spaceless: Vec<bool> = tokens.iter().map(|token| token.spaceless).collect();
        let spaceless = if spaceless.contains(&true) { &spaceless[..] } else { &[] };
        let windows = Windows::new(tokens.iter().map(|token| token.hash), spaceless, &rules.window());
        Self { windows, places: tokens.into_iter().map(|token| token.range).collect() }
    }

    /// Returns the bytes of a run of tokens. The run is not empty.
    fn bytes(&self, tokens: &Range<usize>) -> Range<usize> {
        self.places[tokens.start].start..self.places[tokens.end - 1].end
    }
}

/// Prefix sums: how many of the first `n` tokens are covered, for each `n`.
struct Counts(Vec<usize>);

impl Counts {
    fn new(covered: &[bool]) -> Self {
        let mut count = 0;
        let counted = covered.iter().map(|&covered| {
            count += usize::from(covered);
            count
        });
        Self(std::iter::once(0).chain(counted).collect())
    }

    fn within(&self, tokens: &Range<usize>) -> usize {
        self.0[tokens.end] - self.0[tokens.start]
    }

    fn coverage(&self) -> Coverage {
        let tokens = self.0.len() - 1;
        Coverage { tokens, shared: self.within(&(0..tokens)) }
    }
}

/// The tokens of a passage in both texts.
struct Spans {
    left: Range<usize>,
    right: Range<usize>,
}

impl Spans {
    /// Returns whether a run begins within this passage or at most `gap` tokens after it, in both texts.
    fn continues_with(&self, run: &Run, gap: usize) -> bool {
        let near =
            |passage: &Range<usize>, start: usize| start >= passage.start && start.saturating_sub(passage.end) <= gap;
        near(&self.left, run.left) && near(&self.right, run.right)
    }
}

/// Merges runs that follow each other in both texts.
fn merged(runs: &[Run], gap: usize) -> Vec<Spans> {
    let mut passages: Vec<Spans> = Vec::new();
    for run in runs {
        match passages.last_mut() {
            Some(last) if last.continues_with(run, gap) => {
                last.left.end = last.left.end.max(run.in_left().end);
                last.right.end = last.right.end.max(run.in_right().end);
            }
            _ => passages.push(Spans { left: run.in_left(), right: run.in_right() }),
        }
    }
    passages
}

#[cfg(test)]
mod tests;
