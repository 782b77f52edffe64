//! Prefixes of sets: their rarest elements, of which two similar sets share at least one.
//!
//! All sets order their elements in the same way, the rare ones first. Sets of `n` and `m` elements with a Jaccard similarity of `t` share
//! at least `o = t / (1 + t) * (n + m)`. So the first element that they share has `o - 1` others behind it, which is to say that it
//! comes within the first `n - o + 1` of the one and the first `m - o + 1` of the other (R. Bayardo, Y. Ma, R. Srikant, "Scaling up all
//! pairs similarity search", WWW 2007; C. Xiao, W. Wang, X. Lin, J. X. Yu, "Efficient similarity joins for near duplicate detection",
//! WWW 2008). What the sets of one form have in common is frequent, so that it is behind.

use std::cmp::Reverse;

use crate::mix::{GOLDEN, mix64};

/// How many sets have an element, in a table of a fixed size: elements that meet in a place are counted together.
#[derive(Clone, Debug)]
pub(crate) struct ElementCounts {
    counts: Vec<u32>,
    /// The number of bits of a short element beyond those of a place.
    shift: u32,
}

/// The least bits of a place, and the most: a larger table takes more time than a better order saves.
const MIN_BITS: u32 = 10;
const MAX_BITS: u32 = 21;

impl ElementCounts {
    /// Makes a table for about as many elements.
    pub(crate) fn for_elements(elements: usize) -> Self {
        let bits = elements.max(1).ilog2().clamp(MIN_BITS, MAX_BITS);
        Self { counts: vec![0; 1 << bits], shift: u32::BITS - bits }
    }

    /// Counts the elements of a set, which are distinct.
    pub(crate) fn add(&mut self, set: &[u64]) {
        for &element in set {
            let count = &mut self.counts[(short(element) >> self.shift) as usize];
            *count = count.saturating_add(1);
        }
    }

    /// Returns at least the number of sets that have an element.
    fn of(&self, short: u32) -> u32 {
        self.counts[(short >> self.shift) as usize]
    }
}

/// Returns the half of the hash of an element. Two elements with the same half are taken for one, which excludes no pair.
fn short(element: u64) -> u32 {
    // A caller's own features need not be random numbers.
    (mix64(element ^ GOLDEN) >> 32) as u32
}

/// An element of a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrefixElement {
    pub(crate) short: u32,
    /// The size of the largest set that may be similar, and share this element but none before it.
    pub(crate) largest: u32,
}

/// The prefix of a set, without the elements that only this set has, in ascending order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prefix<'a> {
    pub(crate) size: u32,
    pub(crate) elements: &'a [PrefixElement],
}

/// A prefix that is held against many others.
#[derive(Debug)]
pub(crate) struct PrefixQuery<'a> {
    prefix: Prefix<'a>,
    /// A bit for each residue of its elements. Most elements of others are found missing there, without a branch to mispredict.
    residues: [u64; WORDS],
}

/// Words of residues: few enough to stay in the nearest cache.
const WORDS: usize = 64;

impl<'a> PrefixQuery<'a> {
    pub(crate) fn new(prefix: Prefix<'a>) -> Self {
        let mut residues = [0; WORDS];
        prefix.elements.iter().for_each(|element| residues[word_of(element.short)] |= 1 << (element.short & 63));
        Self { prefix, residues }
    }

    pub(crate) fn prefix(&self) -> Prefix<'a> {
        self.prefix
    }

    /// Returns whether two sets may be similar: whether they share an element that both have in the prefix for sets of the other's size.
    pub(crate) fn meets(&self, other: Prefix<'_>) -> bool {
        let may_have = |short: u32| self.residues[word_of(short)] >> (short & 63) & 1 == 1;
        other.elements.iter().any(|element| may_have(element.short) && self.has(*element, other.size))
    }

    /// Returns whether it shares an element with a set of a size.
    fn has(&self, PrefixElement { short, largest }: PrefixElement, size: u32) -> bool {
        let Prefix { size: own_size, elements } = self.prefix;
        let own = elements.binary_search_by_key(&short, |element| element.short);
        own_size <= largest && own.is_ok_and(|place| size <= elements[place].largest)
    }
}

fn word_of(short: u32) -> usize {
    (short >> 6) as usize % WORDS
}

/// The prefixes of some sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prefixes {
    elements: Vec<PrefixElement>,
    /// Where the elements of each prefix end.
    ends: Vec<usize>,
}

/// Room for rounding, so that no pair at the threshold is excluded.
const ROUNDING: f64 = 1e-9;

impl Prefixes {
    /// Adds the prefix of a set, for pairs that reach a threshold. All sets were counted before.
    pub(crate) fn push(&mut self, set: &[u64], counts: &ElementCounts, threshold: f64) {
        let size = set.len() as f64;
        // From `m >= t n` and `m <= (n - (1 + t) i) / t` follows `i <= (1 - t) n`.
        let most = ((1.0 - threshold) * size * (1.0 + ROUNDING)) as usize + 1;
        let mut ordered: Vec<u64> = set.iter().map(|&element| ranked(short(element), counts)).collect();
        if most < ordered.len() {
            ordered.select_nth_unstable(most);
            ordered.truncate(most);
        }
        ordered.sort_unstable();
        let largest = |place: usize| (size - (1.0 + threshold) * place as f64) / threshold * (1.0 + ROUNDING);
        let shared = ordered.iter().enumerate().filter(|&(_, ranked)| ranked >> 32 > 1);
        let mut elements: Vec<PrefixElement> = shared
            .map(|(place, &ranked)| PrefixElement { short: ranked as u32, largest: largest(place) as u32 })
            .collect();
        elements.sort_unstable_by_key(|element| (element.short, Reverse(element.largest)));
        elements.dedup_by_key(|element| element.short);
        self.push_elements(elements);
    }

    /// Adds a prefix that was made before.
    pub(crate) fn push_elements(&mut self, elements: impl IntoIterator<Item = PrefixElement>) {
        self.elements.extend(elements);
        self.ends.push(self.elements.len());
    }

    /// Returns the elements of a prefix, if it was added.
    pub(crate) fn get(&self, number: usize) -> Option<&[PrefixElement]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.elements[start..end])
    }

    /// Returns the number of elements in all prefixes.
    pub(crate) fn elements(&self) -> usize {
        self.elements.len()
    }
}

/// Puts the count of an element before its name, so that rare elements come first.
fn ranked(short: u32, counts: &ElementCounts) -> u64 {
    u64::from(counts.of(short)) << 32 | u64::from(short)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::set::{Overlap, ShingleSet};

    /// Sets of one form: frequent elements, rare ones, and some that few have.
    fn forms() -> impl Strategy<Value = Vec<ShingleSet>> {
        let set = (0_u64..12, vec(0_u64..2_000, 0..10), vec(0_u64..5, 0..4)).prop_map(|(common, rare, some)| {
            let rare = rare.into_iter().map(|n| 100 + n);
            (0..=common).chain(rare).chain(some.into_iter().map(|n| 50 + n)).collect()
        });
        vec(set, 2..40)
    }

    fn prefixes(sets: &[ShingleSet], threshold: f64) -> Prefixes {
        let mut counts = ElementCounts::for_elements(0);
        sets.iter().for_each(|set| counts.add(set.as_slice()));
        let mut prefixes = Prefixes::default();
        sets.iter().for_each(|set| prefixes.push(set.as_slice(), &counts, threshold));
        prefixes
    }

    proptest! {
        #[test]
        fn prefixes_of_similar_sets_meet(sets in forms(), threshold in 0.05_f64..=1.0) {
            for (left, a) in sets.iter().enumerate() {
                for (right, b) in sets.iter().enumerate().filter(|&(right, _)| right != left) {
                    let jaccard = Overlap::new(a, b).jaccard();
                    for threshold in [threshold, jaccard.max(0.05)] {
                        let prefixes = prefixes(&sets, threshold);
                        let prefix = |at: usize, set: &ShingleSet| Prefix {
                            size: set.len() as u32,
                            elements: prefixes.get(at).unwrap_or_default(),
                        };
                        let meets = PrefixQuery::new(prefix(left, a)).meets(prefix(right, b));
                        prop_assert!(meets || jaccard < threshold, "{} {}", jaccard, threshold);
                        prop_assert_eq!(PrefixQuery::new(prefix(right, b)).meets(prefix(left, a)), meets);
                    }
                }
            }
        }
    }

    /// Of 11 elements, 6 are the form: a pair has a similarity of 6 / 16.
    #[test]
    fn sets_of_a_form_that_are_not_similar_do_not_meet() {
        let sets: Vec<ShingleSet> = (1..500_u64).map(|set| (0..6).chain(set * 100..set * 100 + 5).collect()).collect();
        let meeting = |threshold: f64| {
            let prefixes = prefixes(&sets, threshold);
            let prefix = |at: usize| Prefix { size: 11, elements: prefixes.get(at).unwrap_or_default() };
            let query = PrefixQuery::new(prefix(0));
            (1..sets.len()).filter(|&at| query.meets(prefix(at))).count()
        };
        assert!(meeting(0.38) < 40 && meeting(0.5) < 40, "{} {}", meeting(0.38), meeting(0.5));
        assert_eq!(meeting(6.0 / 16.0), sets.len() - 1);
    }
}
