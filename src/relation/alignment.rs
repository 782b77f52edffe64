//! Aligns the words of two texts in order.

use std::ops::Range;

use ahash::RandomState;
use hashbrown::HashMap;
use imara_diff::{Algorithm, Diff, Token};

use super::anchors::anchors;

/// A difference between two texts, as the places of its words. One side may be empty, and both lie between words that agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) left: Range<usize>,
    pub(super) right: Range<usize>,
}

impl Difference {
    /// Returns the words from the first difference of a run to the last. A run has at least one.
    pub(super) fn whole(run: &[Self]) -> Self {
        let (first, last) = (&run[0], &run[run.len() - 1]);
        Self { left: first.left.start..last.left.end, right: first.right.start..last.right.end }
    }

    fn swapped(self) -> Self {
        Self { left: self.right, right: self.left }
    }

    /// Returns the same difference of sequences that have this many words before.
    fn behind(self, [left, right]: [usize; 2]) -> Self {
        let shifted = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        Self { left: shifted(self.left, left), right: shifted(self.right, right) }
    }
}

/// How long sequences are before they are cut into pieces, and how long pieces are that are not aligned.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Words of both sequences.
    whole: usize,
    /// Words of both sides of a piece.
    piece: usize,
}

const LIMITS: Limits = Limits { whole: 1 << 15, piece: 1 << 14 };

/// Returns where two sequences differ, in order.
///
/// It is the algorithm of Myers (1986) with the cut-off of the `diff` tools. Long sequences are [cut](super::anchors) at phrases that
/// each of them has once, and a piece that is still long is one difference: the algorithm takes quadratic time where words repeat in
/// periods. So the time is near-linear for any texts. The answer is the same with sides swapped, because the algorithm always gets the
/// two in one order.
pub(super) fn differences(left: &[u64], right: &[u64]) -> Vec<Difference> {
    if (left.len(), left) > (right.len(), right) {
        return ordered(right, left, LIMITS).into_iter().map(Difference::swapped).collect();
    }
    ordered(left, right, LIMITS)
}

fn ordered(left: &[u64], right: &[u64], limits: Limits) -> Vec<Difference> {
    if left.len() + right.len() <= limits.whole {
        return aligned(left, right);
    }
    let (mut differences, mut start) = (Vec::new(), [0, 0]);
    for end in anchors(left, right).into_iter().chain([[left.len(), right.len()]]) {
        let (of_left, of_right) = (&left[start[0]..end[0]], &right[start[1]..end[1]]);
        let of_piece = match of_left.len() + of_right.len() <= limits.piece {
            true => aligned(of_left, of_right),
            false => between_ends(of_left, of_right).into_iter().collect(),
        };
        differences.extend(of_piece.into_iter().map(|difference| difference.behind(start)));
        // The words of the anchor agree.
        start = end.map(|place| place + 1);
    }
    differences
}

/// Returns what lies between the words that agree at the beginning and at the end, if anything does.
fn between_ends(left: &[u64], right: &[u64]) -> Option<Difference> {
    let start = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    let behind = left[start..].iter().rev().zip(right[start..].iter().rev());
    let end = behind.take_while(|(left, right)| left == right).count();
    let difference = Difference { left: start..left.len() - end, right: start..right.len() - end };
    (!difference.left.is_empty() || !difference.right.is_empty()).then_some(difference)
}

fn aligned(left: &[u64], right: &[u64]) -> Vec<Difference> {
    if left.is_empty() || right.is_empty() {
        return between_ends(left, right).into_iter().collect();
    }
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
    diff.hunks().map(|hunk| Difference { left: places(hunk.before), right: places(hunk.after) }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mix::mix64;

    /// Asserts that all words outside the differences agree, in order.
    fn check(left: &[u64], right: &[u64], differences: &[Difference]) {
        let mut at = [0, 0];
        for difference in differences.iter().cloned().chain([Difference { left: left.len()..0, right: right.len()..0 }])
        {
            assert_eq!(left[at[0]..difference.left.start], right[at[1]..difference.right.start]);
            at = [difference.left.end, difference.right.end];
        }
    }

    proptest! {
        #[test]
        fn words_outside_of_differences_agree_however_they_are_cut(
            left in prop::collection::vec(0_u64..12, 0..120),
            edits in prop::collection::vec((0_usize..120, 0_u64..14), 0..8),
            moved in 0_usize..60,
            whole in 0_usize..80,
            piece in 0_usize..80,
        ) {
            // Words of a period, some changed, and a passage moved.
            let mut right = left.clone();
            edits.iter().filter(|(at, _)| *at < left.len()).for_each(|&(at, word)| right[at] = word);
            right.rotate_left(moved.min(left.len()));
            for right in [&right, &left] {
                let found = ordered(&left, right, Limits { whole, piece });
                check(&left, right, &found);
                prop_assert_eq!(found.is_empty(), &left == right);
            }
        }
    }

    #[test]
    fn long_texts_are_cut_at_phrases_that_they_have_once() {
        let text = |seed: u64| (0..40_000).map(move |word| mix64(seed << 32 | word) % 5_000).collect::<Vec<u64>>();
        let (one, mut other) = (text(1), text(1));
        other[7] = 9_999;
        other.splice(20_000..20_003, [9_998]);
        other.drain(30_000..30_010);
        let found = differences(&one, &other);
        check(&one, &other, &found);
        assert_eq!(found.len(), 3, "{found:?}");
        // A moved half is one difference on each side, and not as many as it has words.
        let mut moved = one.clone();
        moved.rotate_left(20_000);
        let found = differences(&one, &moved);
        check(&one, &moved, &found);
        assert!(found.len() < 40, "{}", found.len());
    }

    #[test]
    fn long_texts_of_periods_are_not_aligned_word_by_word() {
        let text = |period: u64| (0..150_000).map(|word| word % period).collect::<Vec<u64>>();
        let found = differences(&text(100), &text(101));
        assert_eq!(found, [Difference { left: 100..150_000, right: 100..150_000 }]);
    }

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
