//! The fewest runs that cover the same tokens.

use super::Run;

/// Keeps the fewest of the runs that cover what is `covered` now and was not `before`.
///
/// This is the greedy cover of points by intervals, which is optimal: for the first token that is not covered yet, take
/// the run that holds it and reaches furthest.
///
/// Runs of repetitive texts overlap many times over. Without this step there would be nearly as many passages as
/// tokens.
pub(super) fn fewest(mut runs: Vec<Run>, before: &[bool], covered: &[bool]) -> Vec<Run> {
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
