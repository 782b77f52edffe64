//! Which runs of tokens two texts share.

use std::ops::Range;

use super::windows::Windows;

/// A run of tokens that two texts share, and that could not be longer at either end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    /// Its first token in either text.
    pub(super) left: usize,
    pub(super) right: usize,
    /// Tokens.
    pub(super) length: usize,
}

impl Run {
    pub(super) fn in_left(&self) -> Range<usize> {
        self.left..self.left + self.length
    }

    pub(super) fn in_right(&self) -> Range<usize> {
        self.right..self.right + self.length
    }

    fn swapped(self) -> Self {
        Self { left: self.right, right: self.left, ..self }
    }

    /// The longest run that goes through two places.
    fn through(left: &Windows, at: usize, right: &Windows, place: usize) -> Self {
        let before = left.prefix.agree_before(at, &right.prefix, place);
        let after = left.prefix.agree_from(at, &right.prefix, place);
        Self { left: at - before, right: place - before, length: before + after }
    }

    /// Whether a window at these places is of this run.
    fn goes_through(&self, at: usize, place: usize) -> bool {
        self.in_left().contains(&at) && at - self.left == place.wrapping_sub(self.right)
    }
}

/// Runs that cover both texts, and which tokens they cover.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    /// By their places on the left.
    pub(super) runs: Vec<Run>,
    pub(super) left: Vec<bool>,
    pub(super) right: Vec<bool>,
}

/// Places of a repeated window that are tried for the longest run.
const TRIED: usize = 16;

/// The runs that cover every window that either text has in common with the other.
pub(super) fn shared(left: &Windows, right: &Windows) -> Shared {
    let mut covered = (vec![false; left.tokens()], vec![false; right.tokens()]);
    let mut runs = cover(left, right, &covered.0);
    for run in &runs {
        covered.0[run.in_left()].fill(true);
        covered.1[run.in_right()].fill(true);
    }
    // What is left on the right are repetitions of what is covered on the left.
    for run in cover(right, left, &covered.1).into_iter().map(Run::swapped) {
        covered.1[run.in_right()].fill(true);
        runs.push(run);
    }
    runs.sort_unstable();
    runs.dedup();
    Shared { runs, left: covered.0, right: covered.1 }
}

/// The runs of a text, on the left, that stand in it before as well, on the right. They cover every token of a window
/// that stands before, and nothing but tokens that stand before.
pub(super) fn within(text: &Windows) -> (Vec<Run>, Vec<bool>) {
    let before = vec![false; text.tokens()];
    let mut covered = before.clone();
    let runs = repeated(text, text, &text.found_before(), &mut covered);
    (fewest(runs, &before, &covered), covered)
}

/// Runs that cover every token of the left text that is in a shared window and was not covered before: at most two for
/// each length of a window.
fn cover(left: &Windows, right: &Windows, before: &[bool]) -> Vec<Run> {
    let found = left.found_in(right);
    let mut runs = unrepeated(left, right, &found, before);
    let mut covered = before.to_vec();
    fill_union(&mut covered, &runs);
    runs.extend(repeated(left, right, &found, &mut covered));
    fewest(runs, before, &covered)
}

/// The runs through windows that the right text has once, where they hold a token that is not covered. No run comes
/// twice.
fn unrepeated(left: &Windows, right: &Windows, found: &[Range<usize>], before: &[bool]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = before.iter().position(|covered| !covered).unwrap_or(before.len());
    for (window, equal) in left.places.iter().zip(found) {
        let at = window.start;
        if open < at {
            open = at + before[at..].iter().position(|covered| !covered).unwrap_or(before.len() - at);
        }
        if equal.len() != 1 || open >= window.end {
            continue;
        }
        // All windows of a run that are found once follow one another, with none of another run between them.
        for place in right.starts(equal) {
            if !runs.last().is_some_and(|run| run.goes_through(at, place)) {
                runs.push(Run::through(left, at, right, place));
            }
        }
    }
    runs
}

/// Marks the tokens of runs. Their union is filled, for many may overlap.
fn fill_union(covered: &mut [bool], runs: &[Run]) {
    let mut places: Vec<_> = runs.iter().map(|run| (run.left, run.left + run.length)).collect();
    places.sort_unstable();
    let mut filled = 0;
    for (start, end) in places {
        if end > filled {
            covered[start.max(filled)..end].fill(true);
            filled = end;
        }
    }
}

/// Runs for the tokens that are still not covered, from the left to the right. Each goes through the last shared window
/// that holds the token, so that two steps go on by a window at least.
fn repeated(left: &Windows, right: &Windows, found: &[Range<usize>], covered: &mut [bool]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut windows = left.places.iter().zip(found).filter(|(_, equal)| !equal.is_empty()).peekable();
    let mut last = None;
    for token in 0..covered.len() {
        while let Some(next) = windows.next_if(|(window, _)| window.start <= token) {
            last = Some(next);
        }
        let Some((window, equal)) = last else { continue };
        if covered[token] || window.end <= token {
            continue;
        }
        if let Some(run) = longest(left, window.start, right, equal) {
            covered[token..run.left + run.length].fill(true);
            runs.push(run);
        }
    }
    runs
}

/// The longest run through a window and one of its places in the right text, of which a few are tried, evenly spread;
/// of equally long ones the first.
fn longest(left: &Windows, at: usize, right: &Windows, equal: &Range<usize>) -> Option<Run> {
    let tried = right.starts(equal).step_by(equal.len().div_ceil(TRIED).max(1));
    tried.map(|place| Run::through(left, at, right, place)).reduce(|a, b| if b.length > a.length { b } else { a })
}

/// The fewest of the runs that cover what is covered now and was not before: of the runs that hold the first such
/// token, the one that goes furthest, and so on.
fn fewest(mut runs: Vec<Run>, before: &[bool], covered: &[bool]) -> Vec<Run> {
    runs.sort_unstable();
    let mut rest = runs.into_iter().peekable();
    let (mut kept, mut furthest): (Vec<Run>, Option<Run>) = (Vec::new(), None);
    let mut done = 0;
    for token in 0..covered.len() {
        if token < done || before[token] || !covered[token] {
            continue;
        }
        while let Some(run) = rest.next_if(|run| run.left <= token) {
            if furthest.is_none_or(|best| run.left + run.length > best.left + best.length) {
                furthest = Some(run);
            }
        }
        if let Some(run) = furthest {
            done = run.left + run.length;
            kept.push(run);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::text::Window;

    fn windows(tokens: &[u64], length: usize) -> Windows {
        Windows::new(tokens.iter().copied(), &[], &Window::new(length as u32, length as u32))
    }

    fn find(left: &[u64], right: &[u64], length: usize) -> Shared {
        shared(&windows(left, length), &windows(right, length))
    }

    /// Which tokens are in a run of so many that the other text has as well, by looking at all.
    fn naive(text: &[u64], other: &[u64], length: usize) -> Vec<bool> {
        let others: HashSet<&[u64]> = other.windows(length).collect();
        let mut covered = vec![false; text.len()];
        for (start, window) in text.windows(length).enumerate() {
            if others.contains(window) {
                covered[start..start + length].fill(true);
            }
        }
        covered
    }

    fn check(left: &[u64], right: &[u64], length: usize) -> Result<(), TestCaseError> {
        let found = find(left, right, length);
        prop_assert_eq!(&found.left, &naive(left, right, length));
        prop_assert_eq!(&found.right, &naive(right, left, length));
        let (mut in_left, mut in_right) = (vec![false; left.len()], vec![false; right.len()]);
        for run in &found.runs {
            prop_assert!(run.length >= length);
            prop_assert_eq!(&left[run.in_left()], &right[run.in_right()]);
            let before = run.left.checked_sub(1).zip(run.right.checked_sub(1));
            prop_assert!(before.is_none_or(|(i, j)| left[i] != right[j]), "could begin earlier: {:?}", run);
            let after = left.get(run.in_left().end).zip(right.get(run.in_right().end));
            prop_assert!(after.is_none_or(|(a, b)| a != b), "could end later: {:?}", run);
            in_left[run.in_left()].fill(true);
            in_right[run.in_right()].fill(true);
        }
        prop_assert_eq!(&in_left, &found.left);
        prop_assert_eq!(&in_right, &found.right);
        prop_assert!(found.runs.len() <= 2 * (left.len() + right.len()) / length + 2, "{} runs", found.runs.len());
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn it_is_what_looking_at_all_windows_gives(
            left in prop::collection::vec(0_u64..3, 0..80),
            right in prop::collection::vec(0_u64..3, 0..80),
            length in 1_usize..7,
        ) {
            check(&left, &right, length)?;
        }

        #[test]
        fn blocks_may_move_and_come_again(
            blocks in prop::collection::vec(prop::collection::vec(0_u64..1_000, 1..12), 1..6),
            left in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
            right in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
            length in 1_usize..9,
        ) {
            let build = |order: &[prop::sample::Index]| -> Vec<u64> {
                order.iter().flat_map(|at| at.get(&blocks).iter().copied()).collect()
            };
            check(&build(&left), &build(&right), length)?;
        }
    }

    proptest! {
        #[test]
        fn what_stands_before_is_covered(text in prop::collection::vec(0_u64..4, 0..120), length in 1_usize..7) {
            let (runs, covered) = within(&windows(&text, length));
            let mut seen = HashSet::new();
            let mut naive = vec![false; text.len()];
            for (start, window) in text.windows(length).enumerate() {
                if !seen.insert(window) {
                    naive[start..start + length].fill(true);
                }
            }
            prop_assert_eq!(&covered, &naive);
            let mut in_runs = vec![false; text.len()];
            for run in &runs {
                prop_assert!(run.right < run.left);
                prop_assert_eq!(&text[run.in_left()], &text[run.in_right()]);
                in_runs[run.in_left()].fill(true);
            }
            prop_assert_eq!(&in_runs, &covered);
            prop_assert!(runs.len() <= 2 * text.len() / length + 1);
        }
    }

    /// Which tokens are in a run that is long enough, where tokens below 2 are letters, by looking at all runs.
    fn naive_mixed(text: &[u64], other: &[u64], words: u32, letters: u32) -> Vec<bool> {
        let amount = |run: &[u64]| run.iter().map(|&token| if token < 2 { words } else { letters }).sum::<u32>();
        let mut covered = vec![false; text.len()];
        for start in 0..text.len() {
            for end in start + 1..=text.len() {
                let run = &text[start..end];
                if amount(run) >= words * letters && other.windows(run.len()).any(|theirs| theirs == run) {
                    covered[start..end].fill(true);
                }
            }
        }
        covered
    }

    proptest! {
        #[test]
        fn mixed_runs_are_covered_to_their_ends(
            left in prop::collection::vec(0_u64..4, 0..24),
            right in prop::collection::vec(0_u64..4, 0..24),
            (words, letters) in (1_u32..4, 1_u32..6),
        ) {
            let mixed = |tokens: &[u64]| {
                let spaceless: Vec<bool> = tokens.iter().map(|&token| token < 2).collect();
                Windows::new(tokens.iter().copied(), &spaceless, &Window::new(words, letters))
            };
            let found = shared(&mixed(&left), &mixed(&right));
            prop_assert_eq!(&found.left, &naive_mixed(&left, &right, words, letters));
            prop_assert_eq!(&found.right, &naive_mixed(&right, &left, words, letters));
        }
    }

    /// The word over 0 and 1 that begins 0, 01, 010, 01001.
    fn fibonacci(length: usize) -> Vec<u64> {
        let (mut word, mut shorter) = (vec![0, 1], vec![0]);
        while word.len() < length {
            let next = [&word[..], &shorter].concat();
            shorter = std::mem::replace(&mut word, next);
        }
        word.truncate(length);
        word
    }

    #[test]
    fn words_made_to_repeat_give_few_runs() -> Result<(), TestCaseError> {
        let same = vec![7; 3_000];
        let period: Vec<u64> = (0..3_000).map(|i| i % 11).collect();
        let shifted: Vec<u64> = (0..2_000).map(|i| (i * 3) % 11).collect();
        let fibonacci = fibonacci(3_000);
        let reversed: Vec<u64> = fibonacci.iter().rev().copied().collect();
        for left in [&same, &period, &shifted, &fibonacci, &reversed] {
            for right in [&same, &period, &shifted, &fibonacci, &reversed, &same[..9].to_vec()] {
                check(left, right, 8)?;
            }
        }
        Ok(())
    }

    #[test]
    fn a_rare_passage_is_found_whole_where_its_beginning_is_everywhere() {
        let line: Vec<u64> = (0..10).collect();
        let article: Vec<u64> = (100..140).collect();
        let left = [&line[..], &article].concat();
        // Nothing says which of the hundred lines goes on, unless the article is looked at first.
        let mut right = line.iter().copied().chain([50]).cycle().take(60 * 11).collect::<Vec<_>>();
        right.extend(&left);
        right.extend(line.iter().copied().chain([60]).cycle().take(60 * 11));
        let found = find(&left, &right, 8);
        assert!(found.runs.contains(&Run { left: 0, right: 660, length: 50 }));
    }
}
