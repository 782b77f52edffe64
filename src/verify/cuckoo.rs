//! A set with lookups that do not branch on the outcome.

use crate::mix::GOLDEN;

/// A hash set in which each element is in one of two places (R. Pagh, F. F. Rodler, "Cuckoo hashing", 2004).
///
/// A lookup costs two reads, whether or not the element is present, so the processor has no branch to mispredict.
#[derive(Debug)]
pub(super) struct CuckooSet {
    /// The places, a power of two of them. A free place holds a number that is never looked up there.
    places: Vec<u64>,
    /// The number of bits of a product beyond those of a place.
    shift: u32,
}

/// The second multiplier: any odd number that is unlike the first.
const OTHER: u64 = 0xd6e8_feb8_6659_fd93;

/// How many elements may be moved, one after the other, before the table is abandoned.
const MOST_MOVES: usize = 64;

/// How many elements are looked up between checks whether enough can still be shared.
const STRIDE: usize = 64;

impl CuckooSet {
    /// Returns `None` if elements crowd in few places. Features of a caller may, because they need not be random numbers.
    pub(super) fn new(set: &[u64]) -> Option<Self> {
        // At most a third full. At a half, too many tables fail.
        let bits = (set.len() * 3).next_power_of_two().max(2).ilog2();
        let mut table = Self { places: vec![0; 1 << bits], shift: u64::BITS - bits };
        // Zero marks free places, except in the first one: only there is a zero looked up. A one marks that place, because
        // the products of one are the multipliers, which belong to other places.
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
        // Both are read, because it cannot be predicted which one holds the element.
        (self.places[self.first(element)] == element) | (self.places[self.second(element)] == element)
    }

    /// Returns how many of these distinct elements are in the table, or `None` once fewer than `least` must be.
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
