//! What the headlines of two texts tell of them.

use super::other_passages::MIN_OWN_OF_BEGINNING;
use super::prepared::PreparedText;
use super::slots::{Slot, SlotKind};
use crate::set::ShingleSet;

/// The share of words in common, figures apart, below which two headlines are different ones.
const MAX_SHARED: f64 = 0.5;

/// What the headlines of two texts tell. Without two headlines they tell nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Headlines {
    /// Whether they are different ones, in words and not only in figures, and neither text has a word of its headline again. What stands
    /// below is not the article, but what a page says instead.
    pub(super) are_apart: bool,
    /// Whether they are different ones, and each has a word that stands in its text again. Other names and figures in them are those of
    /// the same article, if what stands below agrees.
    pub(super) are_reworded: bool,
    /// Whether they are different ones, and the texts below have other figures, and no other names or days.
    pub(super) are_of_other_figures: bool,
}

impl Headlines {
    pub(super) fn new(left: &PreparedText, right: &PreparedText, slots: &[Slot]) -> Self {
        let (of_left, of_right) = (left.headline_words(), right.headline_words());
        let differ = !of_left.is_empty() && !of_right.is_empty() && of_left.overlap(&of_right).jaccard() < MAX_SHARED;
        let shared = shared_frame([left, right], &of_left, &of_right);
        let tell = |shared| [left, right].map(|text| text.tells(&text.headline(), shared));
        let mut below = slots.iter().filter(|slot| is_below(slot, left, right)).peekable();
        Self {
            are_apart: differ && tell(&shared) == [false; 2],
            are_reworded: differ && tell(&ShingleSet::default()) == [true; 2],
            are_of_other_figures: differ && below.peek().is_some() && below.all(|slot| slot.kind == SlotKind::Figures),
        }
    }
}

/// Returns the words that two headlines share beside many of their own, such as the name of a site.
fn shared_frame(texts: [&PreparedText; 2], left: &ShingleSet, right: &ShingleSet) -> ShingleSet {
    let shared: ShingleSet = left.iter().copied().filter(|word| right.contains(*word)).collect();
    let own = |text: &PreparedText| text.terms(&text.headline()).filter(|word| !shared.contains(*word)).count();
    if texts.into_iter().all(|text| own(text) >= MIN_OWN_OF_BEGINNING) { shared } else { ShingleSet::default() }
}

/// Returns whether a slot is below both headlines.
pub(super) fn is_below(slot: &Slot, left: &PreparedText, right: &PreparedText) -> bool {
    slot.left.start >= left.headline_end() && slot.right.start >= right.headline_end()
}
