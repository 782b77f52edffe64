//! Rewrites of one story: texts that share rare words, and no phrases.
//!
//! Rewrites of a story share its names and topics. As sets of content words
//! ([`WordFilter::Content`](crate::text::WordFilter::Content), single words) they have a Jaccard similarity of 0.1 to
//! 0.3, and unrelated texts one of 0.03: no banding of signatures tells these apart without making most pairs
//! candidates. But what unrelated texts share is words that many texts have. So candidates are made from the others:
//! texts that share a few words that few texts have.

use std::convert::Infallible;
use std::ops::Range;

use crate::error::{Error, similarity, within};
use crate::parallel;
use crate::set::{Overlap, ShingleSet};

/// Which texts are versions of one story.
///
/// While pairs are found, 16 bytes of memory are taken for each word of each text besides the sets, and 8 for each text. Of pairs
/// as many are held as are asked for: [all](Self::find), at 48 bytes, or [some megabytes of them](Self::find_each) at a time.
///
/// ```
/// use twinprint::text::WordFilter;
/// use twinprint::Scheme;
/// use twinprint::rewrites::RewriteRules;
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
/// assert_eq!((found.pairs[0].left, found.pairs[0].right, found.pairs[0].overlap.shared), (0, 1, 5));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RewriteRules {
    threshold: f64,
    max_document_frequency: u32,
    min_rare: u32,
}

/// Two texts that are versions of one story, by their numbers in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RewritePair {
    /// The earlier text.
    pub left: usize,
    /// The later text.
    pub right: usize,
    /// Rare words that both have.
    pub rare: usize,
    /// All words of both, counted exactly.
    pub overlap: Overlap,
}

/// What was found, and what it cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rewrites {
    /// By the number of the earlier text, then by that of the later one.
    pub pairs: Vec<RewritePair>,
    /// Pairs that were verified.
    pub candidates: usize,
}

impl RewriteRules {
    /// `threshold`: the least Jaccard similarity, over 0 to 1. `max_document_frequency`: a word of more texts than this, 2 or
    /// more, is not rare. `min_rare`: rare words that two texts share at least, 1 or more.
    ///
    /// A story that more texts tell than the limit has no rare words of its own, and is missed. So the limit is some
    /// times the number of versions that a story may have; the work grows with it, for each word of a text is looked up
    /// in so many texts at most.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where a value is outside its range.
    pub fn new(threshold: f64, max_document_frequency: u32, min_rare: u32) -> Result<Self, Error> {
        Ok(Self {
            threshold: similarity("threshold", threshold)?,
            max_document_frequency: within(
                "max_document_frequency",
                max_document_frequency,
                2..=u32::MAX,
                "2 or more",
            )?,
            min_rare: within("min_rare", min_rare, 1..=u32::MAX, "1 or more")?,
        })
    }

    /// The least Jaccard similarity.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// A word of more texts is not rare.
    #[must_use]
    pub fn max_document_frequency(&self) -> u32 {
        self.max_document_frequency
    }

    /// Rare words that two texts share at least.
    #[must_use]
    pub fn min_rare(&self) -> u32 {
        self.min_rare
    }

    /// All pairs of texts, given by the sets of their words, that share enough rare words and reach the threshold. On
    /// all cores.
    #[must_use]
    pub fn find(&self, sets: &[ShingleSet]) -> Rewrites {
        let mut pairs = Vec::new();
        let Ok(candidates) = self.find_each(sets, |pair| {
            pairs.push(pair);
            Ok::<_, Infallible>(())
        });
        Rewrites { pairs, candidates }
    }

    /// As [`find`](Self::find), but shows each pair, in the same order, instead of holding them all: copies of one text have many.
    /// Up to 2^18 pairs (12 MB) are held at a time, or those of one text if it has more. Returns how many were verified.
    ///
    /// # Errors
    /// What `show` says, which ends it.
    pub fn find_each<E>(
        &self,
        sets: &[ShingleSet],
        show: impl FnMut(RewritePair) -> Result<(), E>,
    ) -> Result<usize, E> {
        self.find_within(HELD, sets, show)
    }

    /// The same, with so many pairs held at a time.
    fn find_within<E>(
        &self,
        held: usize,
        sets: &[ShingleSet],
        mut show: impl FnMut(RewritePair) -> Result<(), E>,
    ) -> Result<usize, E> {
        let postings = Postings::rare(sets, self.max_document_frequency as usize);
        let mut candidates = 0;
        for texts in together(&postings.partners(sets.len(), self.min_rare as usize), held) {
            let texts: Vec<usize> = texts.collect();
            let of_text = |&left: &usize, shared: &mut Vec<usize>| self.pairs_of(left, sets, &postings, shared);
            for found in parallel::map(&texts, Vec::new, of_text) {
                candidates += found.candidates;
                found.pairs.into_iter().try_for_each(&mut show)?;
            }
        }
        Ok(candidates)
    }

    /// The pairs of a text and those after it.
    fn pairs_of(&self, left: usize, sets: &[ShingleSet], postings: &Postings, shared: &mut Vec<usize>) -> Rewrites {
        shared.clear();
        sets[left].as_slice().iter().for_each(|&word| shared.extend(postings.after(word, left)));
        shared.sort_unstable();
        let mut versions = Rewrites::default();
        for same in shared.chunk_by(|a, b| a == b) {
            let (right, rare) = (same[0], same.len());
            if rare < self.min_rare as usize {
                continue;
            }
            versions.candidates += 1;
            let overlap = Overlap::at_least(&sets[left], &sets[right], self.threshold);
            versions.pairs.extend(overlap.map(|overlap| RewritePair { left, right, rare, overlap }));
        }
        versions
    }
}

/// Pairs that are held at a time.
const HELD: usize = 1 << 18;

/// Texts that follow one another and have so many pairs at most together, or one text, given how many each has at most.
fn together(most: &[usize], held: usize) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let (from, mut pairs) = (start, 0_usize);
        while let Some(&of_text) = most.get(start)
            && (start == from || pairs + of_text <= held)
        {
            pairs += of_text;
            start += 1;
        }
        (start > from).then_some(from..start)
    })
}

/// Rare words, and which texts have them: 16 bytes each, sorted.
struct Postings(Vec<(u64, usize)>);

impl Postings {
    /// Those of words that at least two texts have, and no more than the limit.
    fn rare(sets: &[ShingleSet], limit: usize) -> Self {
        let mut all = Vec::with_capacity(sets.iter().map(ShingleSet::len).sum());
        for (text, set) in sets.iter().enumerate() {
            all.extend(set.as_slice().iter().map(|&word| (word, text)));
        }
        parallel::sort(&mut all);
        // In place, for this is the largest of all there is.
        let (mut rare, mut start) = (0, 0);
        while let Some(&(word, _)) = all.get(start) {
            let texts = all[start..].iter().take_while(|posting| posting.0 == word).count();
            if (2..=limit).contains(&texts) {
                all.copy_within(start..start + texts, rare);
                rare += texts;
            }
            start += texts;
        }
        all.truncate(rare);
        Self(all)
    }

    /// Of each text, how many after it can share so many rare words with it at most.
    fn partners(&self, texts: usize, least: usize) -> Vec<usize> {
        let mut partners = vec![0; texts];
        for same in self.0.chunk_by(|a, b| a.0 == b.0) {
            for (after, &(_, text)) in same.iter().rev().enumerate() {
                partners[text] += after;
            }
        }
        let most = |(text, shared): (usize, usize)| (shared / least).min(texts - text - 1);
        partners.into_iter().enumerate().map(most).collect()
    }

    /// The texts after one that have a word.
    fn after(&self, word: u64, text: usize) -> impl Iterator<Item = usize> + '_ {
        let from = self.0.partition_point(|&posting| posting <= (word, text));
        self.0[from..].iter().take_while(move |posting| posting.0 == word).map(|posting| posting.1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_checked() {
        let field = |found: Result<_, Error>| match found {
            Err(Error::OutOfRange { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(RewriteRules::new(0.0, 2, 1)), "threshold");
        assert_eq!(field(RewriteRules::new(0.1, 1, 1)), "max_document_frequency");
        assert_eq!(field(RewriteRules::new(0.1, 2, 0)), "min_rare");
    }

    #[test]
    fn a_word_of_all_texts_makes_no_candidates() {
        let sets: Vec<ShingleSet> = (0..100).map(|text| [0, 1, 2, 1_000 + text].into_iter().collect()).collect();
        assert_eq!(RewriteRules::new(0.1, 99, 1).expect("valid").find(&sets), Rewrites::default());
        assert_eq!(RewriteRules::new(0.1, 100, 1).expect("valid").find(&sets).candidates, 4_950);
    }

    proptest! {
        #[test]
        fn it_is_what_looking_at_all_pairs_gives(
            texts in prop::collection::vec(prop::collection::btree_set(0_u64..30, 0..12), 0..12),
            limit in 2_u32..6,
            least in 1_u32..4,
            threshold in 0.05_f64..0.6,
            stop in 1_usize..20,
        ) {
            let sets: Vec<ShingleSet> = texts.iter().map(|words| words.iter().copied().collect()).collect();
            let is_rare = |word: &u64| texts.iter().filter(|words| words.contains(word)).count() <= limit as usize;
            let mut expected = Rewrites::default();
            for left in 0..texts.len() {
                for right in left + 1..texts.len() {
                    let rare = texts[left].intersection(&texts[right]).filter(|word| is_rare(word)).count();
                    if rare >= least as usize {
                        let overlap = sets[left].overlap(&sets[right]);
                        expected.candidates += 1;
                        let reaches = overlap.jaccard() >= threshold;
                        expected.pairs.extend(reaches.then_some(RewritePair { left, right, rare, overlap }));
                    }
                }
            }
            let rules = RewriteRules::new(threshold, limit, least).expect("valid");
            prop_assert_eq!(&rules.find(&sets), &expected);
            for held in [0, 1, 7] {
                let mut pairs = Vec::new();
                let candidates = rules.find_within(held, &sets, |pair| {
                    pairs.push(pair);
                    if pairs.len() < stop { Ok(()) } else { Err(()) }
                });
                prop_assert_eq!(candidates.ok(), (expected.pairs.len() < stop).then_some(expected.candidates));
                prop_assert_eq!(&pairs[..], &expected.pairs[..expected.pairs.len().min(stop)]);
            }
        }

        #[test]
        fn no_text_has_more_partners_than_said(
            texts in prop::collection::vec(prop::collection::btree_set(0_u64..20, 0..12), 0..12),
            limit in 2_usize..6,
            least in 1_usize..4,
        ) {
            let sets: Vec<ShingleSet> = texts.iter().map(|words| words.iter().copied().collect()).collect();
            let rules = RewriteRules::new(f64::MIN_POSITIVE, limit as u32, least as u32).expect("valid");
            let mut found = vec![0; sets.len()];
            rules.find(&sets).pairs.iter().for_each(|pair| found[pair.left] += 1);
            let most = Postings::rare(&sets, limit).partners(sets.len(), least);
            prop_assert!(found.iter().zip(&most).all(|(found, most)| found <= most), "{:?} {:?}", found, most);
        }

        #[test]
        fn what_is_held_together_is_little_and_all_comes_once(most in prop::collection::vec(0_usize..9, 0..40), held in 0_usize..20) {
            let parts: Vec<Range<usize>> = together(&most, held).collect();
            prop_assert!(parts.iter().cloned().flatten().eq(0..most.len()));
            for (at, part) in parts.iter().enumerate() {
                let pairs: usize = most[part.clone()].iter().sum();
                prop_assert!(part.len() == 1 || pairs <= held);
                let with_next = parts.get(at + 1).map(|next| pairs + most[next.start]);
                prop_assert!(with_next.is_none_or(|pairs| pairs > held), "no part is smaller than it must be");
            }
        }
    }

    #[test]
    fn a_pair_takes_what_is_said() {
        assert_eq!(size_of::<RewritePair>(), 48);
    }
}
