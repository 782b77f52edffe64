//! What the headlines of two texts tell of them.

use std::ops::Range;

use super::alignment::Difference;
use super::other_passages::MIN_OWN_OF_BEGINNING;
use super::prepared::PreparedText;
use super::slots::{Slot, SlotKind};
use super::subjects;
use crate::set::ShingleSet;

/// The share of words in common, figures apart, below which two headlines are different ones.
const MAX_SHARED: f64 = 0.5;
/// The most words of a line above a headline.
const MAX_BANNER: usize = 20;

/// What the headlines of two texts tell. Without two headlines they tell nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Headlines {
    /// Whether they are different ones, in words and not only in figures, and neither text has a word of its headline again. What stands
    /// below is not the article, but what a page says instead.
    pub(super) are_apart: bool,
    /// Whether they are different ones, and each has a word that stands in its text again. Other names and figures in them are those of
    /// the same article, if what stands below agrees.
    pub(super) are_reworded: bool,
    /// Whether they are different ones, and each names what the other text never does.
    pub(super) have_other_subjects: bool,
    /// Whether they are different ones, and the texts below have other figures, and no other names or days.
    pub(super) are_of_other_figures: bool,
}

impl Headlines {
    pub(super) fn new(left: &PreparedText, right: &PreparedText, slots: &[Slot], differences: &[Difference]) -> Self {
        let (of_left, of_right) = (left.headline_words(), right.headline_words());
        let differ = !of_left.is_empty() && !of_right.is_empty() && of_left.overlap(&of_right).jaccard() < MAX_SHARED;
        let shared = shared_frame([left, right], &of_left, &of_right);
        let tell = |shared| [left, right].map(|text| text.tells(&text.headline(), shared));
        let mut below = slots.iter().filter(|slot| is_below(slot, left, right)).peekable();
        Self {
            are_apart: differ && tell(&shared) == [false; 2] && !has_banner(left, right, differences),
            are_reworded: differ && tell(&ShingleSet::default()) == [true; 2],
            have_other_subjects: differ && subjects::are_others(left, right),
            are_of_other_figures: differ && below.peek().is_some() && below.all(|slot| slot.kind == SlotKind::Figures),
        }
    }
}

/// Returns whether one text is the other one with a line above its headline, such as "Draft" or "Breaking news".
fn has_banner(left: &PreparedText, right: &PreparedText, differences: &[Difference]) -> bool {
    let Some((first, others)) = differences.split_first() else { return false };
    let next = others.first();
    let is_whole = |headline: Range<usize>, next: Option<usize>| next.is_none_or(|next| next >= headline.end);
    let are_first = first.left.start == 0 && first.right.start == 0;
    let is_above_left = first.right.is_empty() && first.left.len() <= MAX_BANNER;
    let is_above_right = first.left.is_empty() && first.right.len() <= MAX_BANNER;
    are_first
        && (is_above_left && is_whole(right.headline(), next.map(|next| next.right.start))
            || is_above_right && is_whole(left.headline(), next.map(|next| next.left.start)))
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

#[cfg(test)]
mod tests {
    use crate::relation::Relation;
    use crate::relation::tests::relation;

    const MINUTES: &str = "Minutes of the spring meeting\nThe treasurer told us that three plots are vacant and that eleven people wait for \
        one. We agreed to mend the fence by the brook and to buy a second water butt. Nobody had heard from the council about the path. \
        Dogs must be on a lead from now on. The next walk round the gardens is in early summer.";

    #[test]
    fn a_line_above_the_headline_is_no_other_headline() {
        for banner in ["Draft, subject to approval", "BREAKING NEWS", "Exclusive"] {
            assert_eq!(relation(MINUTES, &format!("{banner}\n{MINUTES}")), Relation::Edit, "{banner}");
        }
    }

    #[test]
    fn another_headline_of_which_neither_text_tells_is_another_article() {
        let other = MINUTES.replace("Minutes of the spring meeting", "Sailors rescued after storm");
        assert_eq!(relation(MINUTES, &other), Relation::Background);
    }
}
