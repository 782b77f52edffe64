//! The sets of a crowd by the elements of their prefixes.

use crate::parallel;
use crate::set::{Prefix, Prefixes};

/// Posting lists: which sets have an element in their prefix.
#[derive(Debug)]
pub(crate) struct PrefixIndex {
    /// By element, and those first that have it in the prefix for larger sets.
    postings: Vec<Posting>,
    /// Where the elements begin whose first bits are a number, and the end of all.
    starts: Vec<usize>,
    shift: u32,
}

/// A set that has an element in its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    /// `element << 32`, with the size of the largest set that it is in the prefix for, its bits inverted.
    key: u64,
    place: u32,
    size: u32,
}

/// Bytes for each element of the prefixes.
#[cfg(feature = "disk")]
pub(crate) const POSTING_BYTES: usize = size_of::<Posting>() + size_of::<usize>();

impl PrefixIndex {
    /// Takes prefixes, and the size of each of their sets.
    pub(crate) fn new(prefixes: &Prefixes, sizes: impl Iterator<Item = u32>) -> Self {
        let mut postings = Vec::with_capacity(prefixes.elements());
        for (place, size) in sizes.enumerate() {
            let elements = prefixes.get(place).unwrap_or_default().iter();
            postings.extend(elements.map(|element| Posting {
                key: first_key(element.short, element.largest),
                place: place as u32,
                size,
            }));
        }
        parallel::sort(&mut postings);
        let bits = postings.len().max(2).ilog2().min(u32::BITS - 1);
        let shift = u64::BITS - bits;
        let mut starts = vec![0_usize; (1 << bits) + 1];
        for posting in &postings {
            starts[(posting.key >> shift) as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { postings, starts, shift }
    }

    /// Returns the places of the sets that may be similar to one by its prefix, in order. `None` if to look at its posting lists takes
    /// more steps than allowed.
    pub(crate) fn meeting(&self, prefix: Prefix<'_>, max_steps: usize) -> Option<Vec<u32>> {
        let mut steps = 0;
        for element in prefix.elements {
            steps += 1 + self.list(element.short, prefix.size).len();
            if steps > max_steps {
                return None;
            }
        }
        let mut places = Vec::new();
        for element in prefix.elements {
            let postings = self.list(element.short, prefix.size).iter();
            places.extend(postings.filter(|posting| posting.size <= element.largest).map(|posting| posting.place));
        }
        places.sort_unstable();
        places.dedup();
        Some(places)
    }

    /// Returns the sets that have an element in their prefix for sets of a size.
    fn list(&self, element: u32, size: u32) -> &[Posting] {
        let (first, last) = (first_key(element, u32::MAX), first_key(element, size));
        let part = (first >> self.shift) as usize;
        let postings = &self.postings[self.starts[part]..self.starts[part + 1]];
        let start = postings.partition_point(|posting| posting.key < first);
        let postings = &postings[start..];
        &postings[..postings.partition_point(|posting| posting.key <= last)]
    }
}

/// Returns the key of an element that is in a prefix for sets up to a size.
fn first_key(element: u32, largest: u32) -> u64 {
    u64::from(element) << 32 | u64::from(!largest)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::set::{ElementCounts, PrefixQuery};

    proptest! {
        #[test]
        fn it_finds_the_sets_that_meet(
            sets in vec(prop::collection::btree_set(0_u64..60, 1..20), 0..40),
            threshold in 0.1_f64..=1.0,
        ) {
            let sets: Vec<Vec<u64>> = sets.into_iter().map(|set| set.into_iter().collect()).collect();
            let (mut counts, mut prefixes) = (ElementCounts::for_elements(1_000), Prefixes::default());
            sets.iter().for_each(|set| counts.add(set));
            sets.iter().for_each(|set| prefixes.push(set, &counts, threshold));
            let index = PrefixIndex::new(&prefixes, sets.iter().map(|set| set.len() as u32));
            let prefix = |at: usize| {
                Prefix { size: sets[at].len() as u32, elements: prefixes.get(at).unwrap_or_default() }
            };
            for at in 0..sets.len() {
                let query = PrefixQuery::new(prefix(at));
                let meeting: Vec<u32> =
                    (0..sets.len()).filter(|&other| query.meets(prefix(other))).map(|other| other as u32).collect();
                let steps: usize = prefix(at).elements.len() + prefixes.elements();
                prop_assert_eq!(index.meeting(prefix(at), steps), Some(meeting));
                prop_assert!(index.meeting(prefix(at), 0).is_none_or(|none| none.is_empty()));
            }
        }
    }
}
