//! Aligns the words of two texts in order.

use std::ops::Range;

use ahash::RandomState;
use hashbrown::HashMap;
use imara_diff::{Algorithm, Diff, Token};

/// A difference between two texts, as the places of its words. One side may be empty, and both lie between words that agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) left: Range<usize>,
    pub(super) right: Range<usize>,
}

impl Difference {
    fn swapped(self) -> Self {
        Self { left: self.right, right: self.left }
    }
}

/// Returns where two sequences differ, in order.
///
/// It is the algorithm of Myers (1986) with the cut-off of the `diff` tools, so the time is near-linear for any texts. The
/// answer is the same with sides swapped, because the algorithm always gets the two in one order.
pub(super) fn differences(left: &[u64], right: &[u64]) -> Vec<Difference> {
    if (left.len(), left) > (right.len(), right) {
        return ordered(right, left).map(Difference::swapped).collect();
    }
    ordered(left, right).collect()
}

fn ordered(left: &[u64], right: &[u64]) -> impl Iterator<Item = Difference> {
    let mut numbers: HashMap<u64, u32, RandomState> = HashMap::with_hasher(RandomState::new());
    let mut number = |hash: &u64| {
        let next = numbers.len() as u32;
        Token(*numbers.entry(*hash).or_insert(next))
    };
    let left: Vec<Token> = left.iter().map(&mut number).collect();
    let right: Vec<Token> = right.iter().map(&mut number).collect();
    let mut diff = Diff::default();
    diff.compute_with(Algorithm::Myers, &left, &right, numbers.len() as u32);
    let places = |range: Range<u32>| range.start as usize..range.end as usize;
    let hunks: Vec<_> = diff.hunks().collect();
    hunks.into_iter().map(move |hunk| Difference { left: places(hunk.before), right: places(hunk.after) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_lie_between_words_that_agree() {
        let found = differences(&[1, 2, 3, 4, 5], &[1, 9, 3, 4]);
        assert_eq!(found, [Difference { left: 1..2, right: 1..2 }, Difference { left: 4..5, right: 4..4 }]);
        assert_eq!(differences(&[], &[]), []);
        assert_eq!(differences(&[7], &[]), [Difference { left: 0..1, right: 0..0 }]);
    }

    #[test]
    fn sides_can_be_swapped() {
        let (left, right) = ([1, 2, 1, 3, 2, 4, 1], [2, 1, 3, 1, 4, 2]);
        let swapped: Vec<_> = differences(&right, &left).into_iter().map(Difference::swapped).collect();
        assert_eq!(differences(&left, &right), swapped);
    }

    #[test]
    fn sequences_that_have_little_in_order_are_aligned() {
        const N: u64 = 20_000;
        let rising: Vec<u64> = (0..N).collect();
        let falling: Vec<u64> = (0..N).rev().collect();
        let few: Vec<u64> = (0..N).map(|i| i * i % 7).collect();
        let others: Vec<u64> = (0..N).map(|i| i * i % 5 + i % 2).collect();
        for (left, right) in [(&rising, &falling), (&few, &others), (&falling, &few)] {
            assert!(!differences(left, right).is_empty());
        }
    }
}
