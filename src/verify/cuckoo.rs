//! A set in which elements are looked up without a branch on the outcome.

use crate::mix::GOLDEN;

/// Each element is in one of two places (cuckoo hashing: Pagh and Rodler 2004), so one that is looked up costs two
/// reads, wherever it is and whether or not it is there.
#[derive(Debug)]
pub(super) struct CuckooSet {
    /// A power of two of places. A free one holds a number that is never looked for there.
    places: Vec<u64>,
    /// Bits of a product that are not of a place.
    shift: u32,
}

/// The second multiplier; any odd number unlike the first will do.
const OTHER: u64 = 0xd6e8_feb8_6659_fd93;

/// Elements that may give way, one after the other, before a table is given up.
const MOST_MOVES: usize = 64;

/// Elements looked up between looks at whether enough can still be shared.
const STRIDE: usize = 64;

impl CuckooSet {
    /// `None` where elements crowd in few places, as those of a caller may, and none of whose hashes are random numbers.
    pub(super) fn new(set: &[u64]) -> Option<Self> {
        // A third full at most: half would do but for bad luck.
        let bits = (set.len() * 3).next_power_of_two().max(2).ilog2();
        let mut table = Self { places: vec![0; 1 << bits], shift: u64::BITS - bits };
        // Zero is looked for in the first place alone, and one, of which a product is the multiplier, never there.
        let free = |at: usize| u64::from(at == 0);
        table.places[0] = free(0);
        for &element in set {
            let (mut element, mut at) = (element, table.first(element));
            let mut moves = 0;
            loop {
                let other = std::mem::replace(&mut table.places[at], element);
                if other == free(at) {
                    break;
                }
                if moves == MOST_MOVES {
                    return None;
                }
                moves += 1;
                at ^= table.first(other) ^ table.second(other);
                element = other;
            }
        }
        Some(table)
    }

    fn first(&self, element: u64) -> usize {
        (element.wrapping_mul(GOLDEN) >> self.shift) as usize
    }

    fn second(&self, element: u64) -> usize {
        (element.wrapping_mul(OTHER) >> self.shift) as usize
    }

    fn has(&self, element: u64) -> bool {
        // Both are read, for which one holds it cannot be predicted.
        (self.places[self.first(element)] == element) | (self.places[self.second(element)] == element)
    }

    /// How many of these distinct elements are in the table, or `None` as soon as it is sure to be fewer than `least`.
    pub(super) fn shared_at_least(&self, elements: &[u64], least: usize) -> Option<usize> {
        let (mut shared, mut left) = (0, elements.len());
        for elements in elements.chunks(STRIDE) {
            if shared + left < least {
                return None;
            }
            shared += elements.iter().filter(|&&element| self.has(element)).count();
            left -= elements.len();
        }
        (shared >= least).then_some(shared)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mix::mix64;
    use crate::set::shared_at_least;

    fn sorted(mut elements: Vec<u64>) -> Vec<u64> {
        elements.sort_unstable();
        elements.dedup();
        elements
    }

    proptest! {
        #[test]
        fn it_counts_what_a_merge_counts(
            random in prop::collection::vec(any::<u64>(), 0..300),
            small in prop::collection::vec(0_u64..40, 0..30),
            others in prop::collection::vec(any::<u64>(), 0..100),
            more in prop::collection::vec(0_u64..40, 0..30),
            least in 0_usize..200,
        ) {
            let left = sorted([&random[..], &small].concat());
            let right = sorted([&random[random.len() / 3..], &others, &more].concat());
            if let Some(table) = CuckooSet::new(&left) {
                for least in [0, least, left.len(), right.len()] {
                    prop_assert_eq!(table.shared_at_least(&right, least), shared_at_least(&left, &right, least));
                }
            }
        }
    }

    #[test]
    fn sets_of_random_numbers_nearly_always_have_one() {
        let sets = (0..2_000_u64).map(|set| sorted((0..set % 400).map(|n| mix64(set << 32 | n)).collect()));
        let without = sets.filter(|set| CuckooSet::new(set).is_none()).count();
        assert!(without < 20, "{without} of 2000");
    }

    #[test]
    fn elements_that_crowd_have_none_and_free_places_hold_no_element() {
        // All in the first places of a table of any size.
        let crowd: Vec<u64> = (0..100_u64).map(|n| n.wrapping_mul(inverse(GOLDEN))).collect();
        assert!(CuckooSet::new(&sorted(crowd)).is_none_or(|table| table.shared_at_least(&[0], 0) == Some(1)));
        for set in [vec![], vec![0], vec![1], vec![0, 1], vec![u64::MAX]] {
            let table = CuckooSet::new(&set).expect("two elements do not crowd");
            for element in [0, 1, 2, u64::MAX] {
                let there = usize::from(set.contains(&element));
                assert_eq!(table.shared_at_least(&[element], 0), Some(there), "{element} in {set:?}");
            }
        }
    }

    /// The inverse of an odd number, modulo 2^64, by Newton's iteration.
    fn inverse(odd: u64) -> u64 {
        (0..6).fold(odd, |x, _| x.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(x))))
    }
}
