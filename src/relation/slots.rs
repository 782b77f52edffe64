//! Places where one template was filled in with different names or figures.

use std::ops::Range;

use ahash::RandomState;
use hashbrown::HashSet;

use super::alignment::Difference;
use super::days;
use super::figures;
use super::prepared::PreparedText;
use super::signs::other_signs;
use crate::set::ShingleSet;

/// The longest side of a slot, in words.
const MAX_SLOT_WORDS: f64 = 8.0;
/// The maximum number of words that agree between two parts of one slot.
const MAX_WORDS_BETWEEN: usize = 1;
/// A difference that begins within this many words of the beginning of both texts is about their subject.
const SUBJECT_WORDS: usize = 3;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SlotKind {
    /// Figures or number words on both sides, which are not the same amounts, or the same ones with another sign, such as a minus or a
    /// currency.
    Figures,
    /// Names on both sides.
    Names,
    /// A name on one side, a figure on the other.
    Mixed,
    /// Weekdays or months on both sides, none of them in common, and no other figures or names.
    Days,
}

/// A place where two texts have different names, figures or days between words that agree: at most eight words a side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Slot {
    /// Its bytes in the left text, from the first word to the last.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::passages::stored_bytes"))]
    pub left: Range<usize>,
    /// Its bytes in the right text.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::passages::stored_bytes"))]
    pub right: Range<usize>,
    /// What it holds.
    pub kind: SlotKind,
    /// Whether it is a name among the first words of both texts: what they are about.
    pub is_subject: bool,
}

/// What is neither shared nor in a slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    /// The words of the left text that the right one does not have in the same order, outside slots.
    pub(super) left: f64,
    pub(super) right: f64,
    /// The number of different slots. A figure that is corrected in the headline and in the text is one.
    pub(super) replacements: usize,
}

/// Returns the slots among the differences of two texts, and what is neither shared nor in a slot.
pub(super) fn slots(left: &PreparedText, right: &PreparedText, differences: &[Difference]) -> (Vec<Slot>, Rest) {
    let (mut slots, mut replaced) = (Vec::new(), HashSet::with_hasher(RandomState::new()));
    let mut rest = Rest { left: 0.0, right: 0.0, replacements: 0 };
    for difference in joined(differences) {
        if let Some(slot) = slot(left, right, &difference) {
            slots.push(slot);
            replaced.insert((&left.words[difference.left], &right.words[difference.right]));
        } else {
            rest.left += left.length(&difference.left);
            rest.right += right.length(&difference.right);
        }
    }
    for [of_left, of_right] in other_signs(&left.signs, &right.signs, differences) {
        if let (Some(of_left), Some(of_right)) = (left.word_at(of_left), right.word_at(of_right)) {
            replaced.insert((&left.words[of_left.clone()], &right.words[of_right.clone()]));
            slots.push(signed_slot(left.place(&of_left), right.place(&of_right)));
        }
    }
    slots.sort_by_key(|slot| slot.left.start);
    // A word between two parts of a slot, or with signs on both sides, is there already.
    slots.dedup_by(|next, slot| next.left.start < slot.left.end || next.right.start < slot.right.end);
    rest.replacements = replaced.len();
    (slots, rest)
}

fn signed_slot(left: Range<usize>, right: Range<usize>) -> Slot {
    Slot { left, right, kind: SlotKind::Figures, is_subject: false }
}

/// Joins words that only the left text has to words that only the right one has, if there is one word between them. In "Orvane
/// Bank" and "Bank of Skelby" the names differ, though each lies on the other side of what agrees.
pub(super) fn joined(differences: &[Difference]) -> Vec<Difference> {
    let mut joined: Vec<Difference> = Vec::with_capacity(differences.len());
    for next in differences {
        match joined.last_mut() {
            Some(last) if are_moved(last, next) => {
                last.left.end = next.left.end;
                last.right.end = next.right.end;
            }
            _ => joined.push(next.clone()),
        }
    }
    joined
}

fn are_moved(first: &Difference, next: &Difference) -> bool {
    let is_near = next.left.start - first.left.end <= MAX_WORDS_BETWEEN;
    let only_left = |difference: &Difference| !difference.left.is_empty() && difference.right.is_empty();
    let only_right = |difference: &Difference| difference.left.is_empty() && !difference.right.is_empty();
    is_near && (only_left(first) && only_right(next) || only_right(first) && only_left(next))
}

fn slot(left: &PreparedText, right: &PreparedText, difference: &Difference) -> Option<Slot> {
    let fits = |text: &PreparedText, words: &Range<usize>| !words.is_empty() && text.length(words) <= MAX_SLOT_WORDS;
    if !fits(left, &difference.left) || !fits(right, &difference.right) {
        return None;
    }
    let (left_numbers, right_numbers) = (left.numbers_of(&difference.left), right.numbers_of(&difference.right));
    let left_names: ShingleSet = left.names(&difference.left, right).collect();
    let right_names: ShingleSet = right.names(&difference.right, left).collect();
    let both_numbers = !left_numbers.is_empty() && !right_numbers.is_empty();
    let has_other = |names: &ShingleSet, others: &ShingleSet| names.iter().any(|name| !others.contains(*name));
    // A name that both sides hold was only moved.
    let other_names = has_other(&left_names, &right_names) && has_other(&right_names, &left_names);
    let kind = if both_numbers && !figures::agree(&left_numbers, &right_numbers) {
        SlotKind::Figures
    } else if other_names {
        SlotKind::Names
    } else if !both_numbers
        && (!left_names.is_empty() && !right_numbers.is_empty() || !right_names.is_empty() && !left_numbers.is_empty())
    {
        SlotKind::Mixed
    } else if days::differ(&left.days(&difference.left), &right.days(&difference.right)) {
        SlotKind::Days
    } else {
        return None;
    };
    let is_first = difference.left.start < SUBJECT_WORDS && difference.right.start < SUBJECT_WORDS;
    Some(Slot {
        left: left.place(&difference.left),
        right: right.place(&difference.right),
        kind,
        is_subject: is_first && other_names,
    })
}
