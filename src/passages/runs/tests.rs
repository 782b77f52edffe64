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

/// Marks the tokens of each window of this length that the other text has as well, by comparing all of them.
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
    fn it_covers_what_brute_force_covers(
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
    fn repetitions_are_covered(text in prop::collection::vec(0_u64..4, 0..120), length in 1_usize..7) {
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

/// Marks the tokens of each run that is long enough, by comparing all runs. Tokens below 2 are letters.
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

/// Returns the Fibonacci word over 0 and 1, which begins 01001.
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
    // Only the article, whose windows are unique, tells which of the hundred lines the run continues.
    let mut right = line.iter().copied().chain([50]).cycle().take(60 * 11).collect::<Vec<_>>();
    right.extend(&left);
    right.extend(line.iter().copied().chain([60]).cycle().take(60 * 11));
    let found = find(&left, &right, 8);
    assert!(found.runs.contains(&Run { left: 0, right: 660, length: 50 }));
}
