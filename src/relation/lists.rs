//! Lists of names in the place of other lists, as in notices for other streets.

use std::ops::Range;

use super::alignment::Difference;
use super::prepared::PreparedText;
use crate::set::ShingleSet;

/// The maximum number of words that agree between two items, such as "Street and" between two streets. In Chinese these are letters.
const MAX_BETWEEN: usize = 2;
/// The maximum number of words of an item.
const MAX_ITEM: f64 = 3.0;

/// Returns the number of items of the longest list in the place of which the other text has other items.
pub(super) fn other_items(left: &PreparedText, right: &PreparedText, differences: &[Difference]) -> usize {
    let is_near = |one: &Difference, next: &Difference| {
        next.left.start - one.left.end <= MAX_BETWEEN && next.right.start - one.right.end <= MAX_BETWEEN
    };
    let has_case = left.has_case && right.has_case;
    let items = |run: &[Difference]| {
        let whole = Difference::whole(run);
        match left.commas(&whole.left).min(right.commas(&whole.right)) {
            0 => 0,
            _ if has_case => other_names(left, right, &whole),
            // Before the last item stands another word, such as "and"; without case, clauses have commas, too.
            commas => Some(other_words(left, right, run)).filter(|items| *items <= commas + 2).unwrap_or_default(),
        }
    };
    differences.chunk_by(is_near).map(items).max().unwrap_or_default()
}

/// Returns how many names each side has that the other one has not.
fn other_names(left: &PreparedText, right: &PreparedText, whole: &Difference) -> usize {
    let own = |text: &PreparedText, of: &Range<usize>, other: (&PreparedText, &Range<usize>)| {
        let others: ShingleSet = other.0.words[other.1.clone()].iter().copied().collect();
        let items = text.name_items(of, other.0, &others);
        if text.length(of) <= MAX_ITEM * items as f64 { items } else { 0 }
    };
    own(left, &whole.left, (right, &whole.right)).min(own(right, &whole.right, (left, &whole.left)))
}

/// Returns how many short items replace others, where case does not tell names.
fn other_words(left: &PreparedText, right: &PreparedText, run: &[Difference]) -> usize {
    let items = |difference: &Difference| left.items(&difference.left).min(right.items(&difference.right));
    let is_item = |difference: &&Difference| {
        let Difference { left: of_left, right: of_right } = difference;
        let longest = left.length(of_left).max(right.length(of_right));
        !of_left.is_empty() && !of_right.is_empty() && longest <= MAX_ITEM * items(difference) as f64
    };
    let replaced = run.iter().filter(is_item);
    let of_left: ShingleSet = replaced.clone().flat_map(|item| &left.words[item.left.clone()]).copied().collect();
    let of_right: ShingleSet = replaced.clone().flat_map(|item| &right.words[item.right.clone()]).copied().collect();
    // The same items in another order are no other list.
    let is_other = 2 * of_left.overlap(&of_right).shared() < of_left.len().min(of_right.len());
    if is_other { replaced.map(items).sum() } else { 0 }
}
