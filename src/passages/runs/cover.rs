//! Runs that cover the shared windows of a text.

use std::ops::Range;

use super::Run;
use crate::passages::windows::Windows;

/// Places of a repeated window that are tried for the longest run. A window may have as many places as the text has
/// tokens, so that trying all of them would take quadratic time.
const TRIED: usize = 16;

/// Finds the runs through windows that the right text has exactly once, if they hold a token that is not covered
/// `before`. No run comes twice.
///
/// Such windows are anchors: there is only one way to align them, so each is extended at once and no alternative is
/// tried.
pub(super) fn unique(left: &Windows, right: &Windows, found: &[Range<usize>], before: &[bool]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // The first token from here on that is not covered. It only moves forward, so the scan is linear.
    let mut open = before.iter().position(|covered| !covered).unwrap_or(before.len());
    for (window, equal) in left.places.iter().zip(found) {
        let at = window.start;
        if open < at {
            open = at + before[at..].iter().position(|covered| !covered).unwrap_or(before.len() - at);
        }
        if equal.len() != 1 || open >= window.end {
            continue;
        }
        // The windows of a run that are found once follow one another, with none of another run between them. So it is
        // enough to compare with the last run.
        for place in right.starts(equal) {
            if !runs.last().is_some_and(|run| run.goes_through(at, place)) {
                runs.push(Run::through(left, at, right, place));
            }
        }
    }
    runs
}

/// Marks the tokens of the left text that the runs cover.
///
/// Runs may overlap many times over, so each stretch of their union is filled only once.
pub(super) fn union(covered: &mut [bool], runs: &[Run]) {
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

/// Finds runs for the tokens that are not covered yet, from left to right, and marks them.
///
/// Each run goes through the last shared window that holds the token. Two runs therefore advance by at least the length
/// of a window, which bounds their number.
pub(super) fn repeated(left: &Windows, right: &Windows, found: &[Range<usize>], covered: &mut [bool]) -> Vec<Run> {
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

/// Returns the longest run through a window and one of its places in the right text, the first of equally long ones.
///
/// At most [`TRIED`] places are tried, evenly spread.
fn longest(left: &Windows, at: usize, right: &Windows, equal: &Range<usize>) -> Option<Run> {
    let tried = right.starts(equal).step_by(equal.len().div_ceil(TRIED).max(1));
    tried.map(|place| Run::through(left, at, right, place)).reduce(|a, b| if b.length > a.length { b } else { a })
}
