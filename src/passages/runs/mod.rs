//! The runs of tokens that two texts share, or that one text repeats.

mod cover;
mod fewest;

use std::ops::Range;

use super::windows::Windows;
use cover::{repeated, union, unique};
use fewest::fewest;

/// A run of tokens that two texts share and that cannot be extended at either end.
///
/// It is given by one place in each text and a length, so a run is a stretch of one diagonal of the matrix of both
/// texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    /// Its first token in the left text.
    pub(super) left: usize,
    /// Its first token in the right text.
    pub(super) right: usize,
    /// Its length in tokens.
    pub(super) length: usize,
}

impl Run {
    /// Returns the tokens of the left text.
    pub(super) fn in_left(&self) -> Range<usize> {
        self.left..self.left + self.length
    }

    /// Returns the tokens of the right text.
    pub(super) fn in_right(&self) -> Range<usize> {
        self.right..self.right + self.length
    }

    fn swapped(self) -> Self {
        Self { left: self.right, right: self.left, ..self }
    }

    /// Returns the longest run that maps token `at` of the left text to token `place` of the right one.
    fn through(left: &Windows, at: usize, right: &Windows, place: usize) -> Self {
        let before = left.prefix.agree_before(at, &right.prefix, place);
        let after = left.prefix.agree_from(at, &right.prefix, place);
        Self { left: at - before, right: place - before, length: before + after }
    }

    /// Returns whether the run maps token `at` of the left text to token `place` of the right one.
    fn goes_through(&self, at: usize, place: usize) -> bool {
        self.in_left().contains(&at) && at - self.left == place.wrapping_sub(self.right)
    }
}

/// Runs that cover two texts, and which tokens they cover.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    /// The runs, by their places on the left.
    pub(super) runs: Vec<Run>,
    /// For each token of the left text, whether a run covers it.
    pub(super) left: Vec<bool>,
    /// For each token of the right text, whether a run covers it.
    pub(super) right: Vec<bool>,
}

/// Finds runs that cover every window that either text has in common with the other.
pub(super) fn shared(left: &Windows, right: &Windows) -> Shared {
    let mut covered = (vec![false; left.tokens()], vec![false; right.tokens()]);
    let mut runs = cover(left, right, &covered.0);
    for run in &runs {
        covered.0[run.in_left()].fill(true);
        covered.1[run.in_right()].fill(true);
    }
    // What the right text has more than once is covered only at one of its places so far.
    for run in cover(right, left, &covered.1).into_iter().map(Run::swapped) {
        covered.1[run.in_right()].fill(true);
        runs.push(run);
    }
    runs.sort_unstable();
    runs.dedup();
    Shared { runs, left: covered.0, right: covered.1 }
}

/// Finds the runs of a text that it also has earlier, and which tokens they cover.
///
/// The left side of a run is the later place. The runs cover every token of a window that occurs earlier, and no other.
pub(super) fn within(text: &Windows) -> (Vec<Run>, Vec<bool>) {
    let before = vec![false; text.tokens()];
    let mut covered = before.clone();
    let runs = repeated(text, text, &text.found_before(), &mut covered);
    (fewest(runs, &before, &covered), covered)
}

/// Finds runs that cover each token of the left text that is in a shared window and is not covered `before`.
///
/// There are at most two of them for each length of a window.
fn cover(left: &Windows, right: &Windows, before: &[bool]) -> Vec<Run> {
    let found = left.found_in(right);
    let mut runs = unique(left, right, &found, before);
    let mut covered = before.to_vec();
    union(&mut covered, &runs);
    runs.extend(repeated(left, right, &found, &mut covered));
    fewest(runs, before, &covered)
}

#[cfg(test)]
mod tests;
