//! Odd sketches of sets, which tell by a few words that two sets differ too much.
//!
//! A sketch has a bit for each residue of an element's hash, and the bit is 1 where an odd number of elements has that residue (M.
//! Mitzenmacher, R. Pagh, N. Pham, "Efficient estimation for high similarities using odd sketches", WWW 2014). Elements that two sets
//! share cancel in the exclusive or of their sketches. So the number of ones in it is at most the number of elements that only one of
//! the sets has, and a bound on it never excludes a pair that is similar (E. Sandes, G. Teodoro, A. Melo, "Bitmap filter: speeding up
//! exact set similarity joins with bitwise operations", Information Systems 88, 2020).

use crate::cpu::SimdLevel;
use crate::mix::{GOLDEN, mix64};

/// The sketches of some sets, with their sizes.
#[derive(Clone, Debug, Default)]
pub(crate) struct OddSketches {
    sizes: Vec<u32>,
    words: Vec<u64>,
    /// Where the words of each sketch end.
    ends: Vec<usize>,
}

/// The sketch of a set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OddSketch<'a> {
    size: u32,
    words: &'a [u64],
}

/// Elements for each word: eight bits an element keep the ones of an exclusive or close to the true difference.
const ELEMENTS_PER_WORD: usize = 8;

/// The least words of a sketch, and the most. A very large set has a sketch of fewer bits an element, which excludes less.
const MIN_WORDS: usize = 8;
const MAX_WORDS: usize = 1 << 10;

impl OddSketches {
    /// The least words of a sketch.
    pub(crate) const MIN_WORDS: usize = MIN_WORDS;

    /// Adds the sketch of a set, whose elements are distinct.
    pub(crate) fn push(&mut self, set: &[u64]) {
        let words = (set.len() / ELEMENTS_PER_WORD).clamp(MIN_WORDS, MAX_WORDS).next_power_of_two();
        let start = self.words.len();
        self.words.resize(start + words, 0);
        let sketch = &mut self.words[start..];
        for &element in set {
            // A caller's own features need not be random numbers.
            let hash = mix64(element ^ GOLDEN);
            sketch[(hash >> 6) as usize & (words - 1)] ^= 1 << (hash & 63);
        }
        self.end(set.len() as u32);
    }

    /// Adds a sketch that was made before.
    pub(crate) fn push_sketch(&mut self, sketch: OddSketch<'_>) {
        self.words.extend_from_slice(sketch.words);
        self.end(sketch.size);
    }

    fn end(&mut self, size: u32) {
        self.sizes.push(size);
        self.ends.push(self.words.len());
    }

    pub(crate) fn len(&self) -> usize {
        self.sizes.len()
    }

    pub(crate) fn get(&self, number: usize) -> OddSketch<'_> {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        OddSketch { size: self.sizes[number], words: &self.words[start..self.ends[number]] }
    }

    /// Returns the sizes of the sets.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = u32> {
        self.sizes.iter().copied()
    }

    /// Returns the bytes in memory.
    #[cfg(feature = "disk")]
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.words[..]) + self.len() * (size_of::<u32>() + size_of::<usize>())
    }
}

impl<'a> OddSketch<'a> {
    pub(crate) fn new(size: u32, words: &'a [u64]) -> Self {
        Self { size, words }
    }

    pub(crate) fn size(&self) -> u32 {
        self.size
    }

    pub(crate) fn words(&self) -> &'a [u64] {
        self.words
    }
}

/// Excludes pairs of sets whose sketches differ in more bits than sets of a Jaccard similarity can.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SketchFilter {
    level: SimdLevel,
    threshold: f64,
    /// The most elements that only one of two sets may have, for each element of both sizes.
    differing: f64,
}

impl SketchFilter {
    /// From `J >= t` follows that at most `(1 - t) / (1 + t)` of the sum of both sizes differs.
    pub(crate) fn new(threshold: f64) -> Self {
        // A little more, so that rounding excludes no pair at the threshold.
        let differing = (1.0 - threshold) / (1.0 + threshold) * (1.0 + 1e-9);
        Self { level: SimdLevel::detect(), threshold, differing }
    }

    pub(crate) fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Returns a number that identifies the filter.
    #[cfg(feature = "disk")]
    pub(crate) fn number(&self) -> u64 {
        self.differing.to_bits()
    }

    /// Returns the most elements that only one of two similar sets has.
    #[inline]
    fn max_differing(&self, left: OddSketch<'_>, right: OddSketch<'_>) -> f64 {
        (f64::from(left.size) + f64::from(right.size)) * self.differing
    }

    /// Returns whether two sets are similar as far as one can tell: they differ in no more bits than sets at the threshold do on
    /// average. With `d` elements that only one of them has, `m` bits differ in `m / 2 * (1 - exp(-2 d / m))` on average.
    pub(crate) fn estimates_similar(&self, left: OddSketch<'_>, right: OddSketch<'_>) -> bool {
        let bits = (64 * left.words.len().min(right.words.len())) as f64;
        let most = bits / 2.0 * -libm::expm1(-2.0 * self.max_differing(left, right) / bits);
        differ_by_at_most(self.level, left.words, right.words, most as u32)
    }

    /// Returns whether two sets may be similar; true for all that are.
    #[inline]
    pub(crate) fn passes(&self, left: OddSketch<'_>, right: OddSketch<'_>) -> bool {
        let most = self.max_differing(left, right) as u32;
        left.size.abs_diff(right.size) <= most && differ_by_at_most(self.level, left.words, right.words, most)
    }
}

fn differ_by_at_most(level: SimdLevel, left: &[u64], right: &[u64], most: u32) -> bool {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level was detected, and it includes the instruction that counts ones.
        SimdLevel::Avx2 | SimdLevel::Avx512 => unsafe { with_popcnt(left, right, most) },
        _ => differ(left, right, most),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn with_popcnt(left: &[u64], right: &[u64], most: u32) -> bool {
    differ(left, right, most)
}

/// Counts the bits that differ, up to a maximum.
#[inline(always)]
fn differ(left: &[u64], right: &[u64], most: u32) -> bool {
    if left.len() != right.len() {
        return differ_folded(left, right, most);
    }
    let mut differing = 0;
    for (left, right) in left.chunks_exact(MIN_WORDS).zip(right.chunks_exact(MIN_WORDS)) {
        differing += left.iter().zip(right).map(|(a, b)| (a ^ b).count_ones()).sum::<u32>();
        if differing > most {
            return false;
        }
    }
    true
}

/// Counts the bits that differ between sketches of two lengths. The longer one folds to the shorter: bits whose residues become the same
/// one are added modulo 2.
#[inline(always)]
fn differ_folded(left: &[u64], right: &[u64], most: u32) -> bool {
    let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
    let folded = |at: usize| long.iter().skip(at).step_by(short.len()).fold(0, |sum, word| sum ^ word);
    short.iter().enumerate().map(|(at, word)| (word ^ folded(at)).count_ones()).sum::<u32>() <= most
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::set::{Overlap, ShingleSet};

    proptest! {
        #[test]
        fn no_similar_pair_is_excluded(
            shared in 0_u64..3_000,
            left in 0_u64..900,
            right in 0_u64..900,
            from in any::<u64>(),
            threshold in 0.01_f64..=1.0,
        ) {
            let set = |own: u64, count: u64| -> ShingleSet {
                (0..shared).map(|n| from.wrapping_add(n)).chain((0..count).map(|n| mix64(own << 32 | n))).collect()
            };
            let (left, right) = (set(1, left), set(2, right));
            let mut sketches = OddSketches::default();
            [&left, &right].iter().for_each(|set| sketches.push(set.as_slice()));
            let jaccard = Overlap::new(&left, &right).jaccard();
            for threshold in [threshold, jaccard.clamp(0.01, 1.0)] {
                let passes = SketchFilter::new(threshold).passes(sketches.get(0), sketches.get(1));
                prop_assert!(passes || jaccard < threshold);
                let plain = SketchFilter { level: SimdLevel::Portable, ..SketchFilter::new(threshold) };
                prop_assert_eq!(plain.passes(sketches.get(0), sketches.get(1)), passes);
            }
        }
    }

    /// A version of 118 shingles that shares 0.47 with another is far below a threshold of 0.6; one that shares 0.59 is not.
    #[test]
    fn most_pairs_below_the_threshold_are_excluded() {
        for size in [118_u64, 400, 1_000, 3_000] {
            let passed = |jaccard: f64| -> usize {
                let shared = (jaccard / (1.0 + jaccard) * 2.0 * size as f64) as u64;
                let pass = |pair: &u64| {
                    let set = |own: u64| -> Vec<u64> {
                        (0..size).map(|n| mix64(pair << 40 | if n < shared { n } else { own << 20 | n })).collect()
                    };
                    let mut sketches = OddSketches::default();
                    [set(1), set(2)].iter().for_each(|set| sketches.push(set));
                    SketchFilter::new(0.6).passes(sketches.get(0), sketches.get(1))
                };
                (0..200).filter(pass).count()
            };
            assert_eq!((passed(0.4), passed(0.61)), (0, 200), "{size}");
            assert!(passed(0.47) < 60, "{size}: {}", passed(0.47));
        }
    }
}
