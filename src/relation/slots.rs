//! Places where one template was filled in with different names or figures.

use std::ops::Range;

use super::alignment::Difference;
use super::figures;
use super::prepared::PreparedText;

/// The longest side of a slot, in words.
const MAX_SLOT_WORDS: f64 = 8.0;
/// A difference that begins within this many words of the beginning of both texts is about their subject.
const SUBJECT_WORDS: usize = 3;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SlotKind {
    /// Figures or number words on both sides, which are not the same amounts.
    Figures,
    /// Names on both sides.
    Names,
    /// A name on one side, a figure on the other.
    Mixed,
}

/// A place where two texts have different names or figures between words that agree: at most eight words a side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Slot {
    /// Its bytes in the left text, from the first word to the last.
    pub left: Range<usize>,
    /// Its bytes in the right text.
    pub right: Range<usize>,
    /// What it holds.
    pub kind: SlotKind,
    /// Whether it is a name among the first words of both texts: what they are about.
    pub is_subject: bool,
}

/// Returns the slots among the differences of two texts.
pub(super) fn slots(left: &PreparedText, right: &PreparedText, differences: &[Difference]) -> Vec<Slot> {
    differences.iter().filter_map(|difference| slot(left, right, difference)).collect()
}

fn slot(left: &PreparedText, right: &PreparedText, difference: &Difference) -> Option<Slot> {
    let fits = |text: &PreparedText, words: &Range<usize>| !words.is_empty() && text.length(words) <= MAX_SLOT_WORDS;
    if !fits(left, &difference.left) || !fits(right, &difference.right) {
        return None;
    }
    let (left_numbers, left_names) = left.numbers_and_names(&difference.left, right);
    let (right_numbers, right_names) = right.numbers_and_names(&difference.right, left);
    let both_numbers = !left_numbers.is_empty() && !right_numbers.is_empty();
    let kind = if both_numbers && !figures::agree(&left_numbers, &right_numbers) {
        SlotKind::Figures
    } else if left_names && right_names {
        SlotKind::Names
    } else if !both_numbers && (left_names && !right_numbers.is_empty() || right_names && !left_numbers.is_empty()) {
        SlotKind::Mixed
    } else {
        return None;
    };
    let is_first = difference.left.start < SUBJECT_WORDS && difference.right.start < SUBJECT_WORDS;
    Some(Slot {
        left: left.place(&difference.left),
        right: right.place(&difference.right),
        kind,
        is_subject: is_first && left_names && right_names,
    })
}
