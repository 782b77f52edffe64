//! Rewrites of one story: texts that share rare words, and no phrases.
//!
//! Rewrites of a story share its names and topics. As sets of content words
//! ([`WordFilter::Content`](crate::text::WordFilter::Content), single words) they have a Jaccard similarity of 0.1 to
//! 0.3, and unrelated texts one of 0.03. No banding of signatures separates these without making most pairs candidates.
//! But what unrelated texts share is words that many texts have. So candidates are made from the other words: a
//! candidate pair shares a few words that few texts have.
//!
//! This is an inverted index with a maximum document frequency, as search engines use for rare terms. It trades recall
//! of widely told stories for speed: in 100,000 generated texts with 21,515 planted pairs, words of at most 100 texts, two
//! of them shared, found 0.974 of the pairs with 0.27 candidates a text, and a banding of the same recall has 667
//! (BENCHMARKS.md).
//!
//! Use a [join](crate::SimilarityJoin) for texts that share phrases: it is exact to its threshold, and works on disk.
//! Use this module for texts that share only facts. Both verify every pair.

mod batches;
mod postings;

use std::convert::Infallible;

use crate::error::{Error, similarity, within};
use crate::parallel;
use crate::set::{Overlap, ShingleSet};
use batches::batches;
use postings::Postings;

/// Finds the texts that are rewrites of one another.
///
/// While it works, it takes 16 bytes for each word of each text besides the sets, and 8 bytes for each text. Pairs
/// take 48 bytes each (24 on 32-bit machines): [`find`](Self::find) holds all of them,
/// [`find_each`](Self::find_each) a few megabytes at a time.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::rewrites::RewriteRules;
/// use twinprint::text::WordFilter;
///
/// let words = Scheme::builder().words(1).filter(WordFilter::Content).build()?.shingler()?;
/// let sets = [
///     "The ferry to Skelby was cancelled because of gales, Northline told passengers.",
///     "Passengers bound for Skelby slept on benches after gales stopped the Northline ferry.",
///     "Councillors closed the harbour road for the summer.",
/// ]
/// .map(|text| words.set(text));
/// let found = RewriteRules::new(0.3, 100, 3)?.find(&sets);
/// assert_eq!((found.pairs.len(), found.candidates), (1, 1));
/// assert_eq!((found.pairs[0].left, found.pairs[0].right, found.pairs[0].overlap.shared()), (0, 1, 5));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredRewriteRules"))]
pub struct RewriteRules {
    threshold: f64,
    max_document_frequency: u32,
    min_rare: u32,
}

/// Holds two texts that are rewrites of one story, by their numbers in the order given.
///
/// ```
/// use twinprint::ShingleSet;
/// use twinprint::rewrites::RewriteRules;
///
/// // Words 1 and 2 are in all four texts and are not rare. The first two texts share 10 and 11 as well.
/// let words: [&[u64]; 4] = [&[1, 2, 10, 11, 12], &[1, 2, 10, 11, 13], &[1, 2, 20], &[1, 2, 30]];
/// let sets = words.map(|words| ShingleSet::from(words.to_vec()));
/// let found = RewriteRules::new(0.5, 3, 2)?.find(&sets);
/// let pair = found.pairs[0];
/// assert_eq!((pair.left, pair.right, pair.rare), (0, 1, 2));
/// assert_eq!((pair.overlap.shared(), pair.overlap.jaccard()), (4, 4.0 / 6.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RewritePair {
    /// The number of the earlier text.
    pub left: usize,
    /// The number of the later text.
    pub right: usize,
    /// The number of rare words that both have.
    pub rare: usize,
    /// The exact overlap of all their words.
    /// Common words count in it, so it is an ordinary Jaccard similarity.
    pub overlap: Overlap,
}

/// Holds the pairs that were found, and how many were verified to find them; returned by [`RewriteRules::find`],
/// which has an example. It can be iterated over by its pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Rewrites {
    /// The pairs, by the number of the earlier text, then by that of the later one.
    pub pairs: Vec<RewritePair>,
    /// The number of candidate pairs, each of which was verified.
    /// Many more of them than pairs mean that the limit to common words, or the least number of rare words, could be
    /// stricter.
    pub candidates: usize,
}

impl RewriteRules {
    /// Creates rules from the least Jaccard similarity, the limit to common words, and the least number of rare words
    /// that two texts share.
    ///
    /// * `threshold` is greater than 0 and at most 1.
    /// * `max_document_frequency` is 2 or more. A word that more texts have is not rare.
    /// * `min_rare` is 1 or more.
    ///
    /// A story that more texts tell than `max_document_frequency` has no rare words of its own, and is missed. So set
    /// the limit to a multiple of the number of rewrites that a story may have. The work grows with it, because each
    /// word of a text leads to at most that many others.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a value is outside its range.
    pub fn new(threshold: f64, max_document_frequency: u32, min_rare: u32) -> Result<Self, Error> {
        let frequency = within("max_document_frequency", max_document_frequency, 2..=u32::MAX, "2 or more")?;
        Ok(Self {
            threshold: similarity("threshold", threshold)?,
            max_document_frequency: frequency,
            min_rare: within("min_rare", min_rare, 1..=u32::MAX, "1 or more")?,
        })
    }

    /// Returns the least Jaccard similarity of a pair.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Returns the most texts that may have a rare word.
    #[must_use]
    pub fn max_document_frequency(&self) -> u32 {
        self.max_document_frequency
    }

    /// Returns the least number of rare words that two texts of a pair share.
    #[must_use]
    pub fn min_rare(&self) -> u32 {
        self.min_rare
    }

    /// Finds all pairs of texts that share enough rare words and reach the threshold, on all cores.
    ///
    /// `sets` are the words of each text, as a [`Shingler`](crate::Shingler) of single words makes them. A text is
    /// never paired with itself, and an empty set has no pairs. Copies of one text are pairs too, up to
    /// `max_document_frequency` of them; beyond that none of their words is rare.
    ///
    /// ```
    /// use twinprint::ShingleSet;
    /// use twinprint::rewrites::RewriteRules;
    ///
    /// let copies = |count| vec![ShingleSet::from(vec![1, 2, 3]); count];
    /// let rules = RewriteRules::new(0.5, 10, 2)?;
    /// assert_eq!(rules.find(&copies(10)).pairs.len(), 45);
    /// assert_eq!(rules.find(&copies(11)).pairs.len(), 0);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn find(&self, sets: &[ShingleSet]) -> Rewrites {
        let mut pairs = Vec::new();
        let Ok(candidates) = self.find_each(sets, |pair| {
            pairs.push(pair);
            Ok::<_, Infallible>(())
        });
        Rewrites { pairs, candidates }
    }

    /// Finds the same pairs as [`find`](Self::find) and shows them in the same order, instead of holding them all.
    /// Returns the number of candidates, each of which was verified.
    ///
    /// Copies of one text make very many pairs. At most 2^18 pairs (12 MB) are held at a time, or those of one text if
    /// it has more. `show` is called from this thread.
    ///
    /// ```
    /// use twinprint::ShingleSet;
    /// use twinprint::rewrites::RewriteRules;
    ///
    /// let sets: Vec<ShingleSet> = vec![ShingleSet::from(vec![1, 2, 3]); 5];
    /// let mut shown = 0;
    /// let stopped = RewriteRules::new(0.5, 10, 2)?.find_each(&sets, |_| {
    ///     shown += 1;
    ///     if shown == 3 { Err("that is enough") } else { Ok(()) }
    /// });
    /// assert_eq!((shown, stopped), (3, Err("that is enough")));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// The first error of `show`, which ends the search.
    pub fn find_each<E>(
        &self,
        sets: &[ShingleSet],
        show: impl FnMut(RewritePair) -> Result<(), E>,
    ) -> Result<usize, E> {
        self.find_in_batches(HELD, sets, show)
    }

    /// Finds the pairs while at most `held` of them are held at a time.
    fn find_in_batches<E>(
        &self,
        held: usize,
        sets: &[ShingleSet],
        mut show: impl FnMut(RewritePair) -> Result<(), E>,
    ) -> Result<usize, E> {
        let postings = Postings::rare(sets, self.max_document_frequency as usize);
        let mut candidates = 0;
        for texts in batches(&postings.max_partners(sets.len(), self.min_rare as usize), held) {
            let texts: Vec<usize> = texts.collect();
            let of_text = |&left: &usize, shared: &mut Vec<usize>| self.pairs_of(left, sets, &postings, shared);
            for found in parallel::map(&texts, Vec::new, of_text) {
                candidates += found.candidates;
                found.pairs.into_iter().try_for_each(&mut show)?;
            }
        }
        Ok(candidates)
    }

    /// Finds the pairs of a text with those after it. `shared` is a buffer.
    fn pairs_of(&self, left: usize, sets: &[ShingleSet], postings: &Postings, shared: &mut Vec<usize>) -> Rewrites {
        shared.clear();
        sets[left].as_slice().iter().for_each(|&word| shared.extend(postings.after(word, left)));
        shared.sort_unstable();
        let mut found = Rewrites::default();
        for same in shared.chunk_by(|a, b| a == b) {
            let (right, rare) = (same[0], same.len());
            if rare < self.min_rare as usize {
                continue;
            }
            found.candidates += 1;
            let overlap = Overlap::at_least(&sets[left], &sets[right], self.threshold);
            found.pairs.extend(overlap.map(|overlap| RewritePair { left, right, rare, overlap }));
        }
        found
    }
}

/// Pairs that are held at a time.
const HELD: usize = 1 << 18;

impl<'a> IntoIterator for &'a Rewrites {
    type Item = &'a RewritePair;
    type IntoIter = std::slice::Iter<'a, RewritePair>;

    fn into_iter(self) -> Self::IntoIter {
        self.pairs.iter()
    }
}

impl IntoIterator for Rewrites {
    type Item = RewritePair;
    type IntoIter = std::vec::IntoIter<RewritePair>;

    fn into_iter(self) -> Self::IntoIter {
        self.pairs.into_iter()
    }
}

/// The fields as stored, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRewriteRules {
    threshold: f64,
    max_document_frequency: u32,
    min_rare: u32,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredRewriteRules> for RewriteRules {
    type Error = Error;

    fn try_from(stored: StoredRewriteRules) -> Result<Self, Error> {
        Self::new(stored.threshold, stored.max_document_frequency, stored.min_rare)
    }
}

#[cfg(test)]
mod tests;
