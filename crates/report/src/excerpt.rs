//! Shortens long texts to the neighbourhood of what is marked in them.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::model::{Report, Span};

/// The most bytes of one text in the page.
const MAX_TEXT_BYTES: usize = 200_000;
/// The most bytes of all texts in the page, which browsers still open without delay.
const MAX_PAGE_BYTES: usize = 24_000_000;
/// The least number of bytes shown on either side of a mark.
const MIN_CONTEXT: usize = 200;

/// A text as the page holds it: whole, or in fragments around its marks.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Excerpt<'a> {
    /// The length of the whole text.
    bytes: usize,
    pieces: Vec<Fragment<'a>>,
}

/// Holds a stretch of a text.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Fragment<'a> {
    /// The offset in the whole text.
    at: usize,
    text: &'a str,
}

/// Returns the texts of a report, shortened so that all fit.
pub(crate) fn excerpts(report: &Report) -> BTreeMap<&str, Excerpt<'_>> {
    let each = fair_share(report.texts.values().map(String::len).collect(), MAX_PAGE_BYTES).min(MAX_TEXT_BYTES);
    let mut marks = marks(report);
    let texts = report.texts.iter();
    texts
        .map(|(id, text)| {
            let marked = marks.remove(id.as_str()).unwrap_or_default();
            (id.as_str(), Excerpt::new(text, marked, each))
        })
        .collect()
}

/// Returns the most that each may take so that all fit, where long ones share what short ones leave.
fn fair_share(mut lengths: Vec<usize>, all: usize) -> usize {
    lengths.sort_unstable();
    let mut left = all;
    for (done, &length) in lengths.iter().enumerate() {
        let share = left / (lengths.len() - done);
        if length > share {
            return share;
        }
        left -= length;
    }
    usize::MAX
}

/// Collects the spans that are marked in each text.
fn marks(report: &Report) -> HashMap<&str, Vec<Span>> {
    let mut marks: HashMap<&str, Vec<Span>> = HashMap::new();
    for compared in report.pairs.iter().chain(&report.containments) {
        marks.entry(&compared.left).or_default().extend(compared.passages.iter().map(|passage| passage.left));
        marks.entry(&compared.right).or_default().extend(compared.passages.iter().map(|passage| passage.right));
    }
    for repetition in &report.repetitions {
        let spans = repetition.passages.iter().flat_map(|passage| [passage.earlier, passage.later]);
        marks.entry(&repetition.id).or_default().extend(spans);
    }
    marks
}

impl<'a> Excerpt<'a> {
    /// Shortens a text to about `most` bytes: all of it if it is short enough, else windows around its marks, which
    /// share the room evenly.
    ///
    /// Windows that touch are one. A text without marks keeps its beginning. Marks that are outside the text are
    /// ignored.
    fn new(text: &'a str, marks: Vec<Span>, most: usize) -> Self {
        let bytes = text.len();
        if bytes <= most {
            return Self { bytes, pieces: vec![Fragment { at: 0, text }] };
        }
        let marks = united(marks.into_iter().filter(|mark| mark.start < mark.end && mark.end <= bytes));
        let marked: usize = marks.iter().map(|mark| mark.end - mark.start).sum();
        let around = (most.saturating_sub(marked) / (2 * marks.len().max(1))).max(MIN_CONTEXT);
        let widen = |mark: &Span| Span { start: mark.start.saturating_sub(around), end: mark.end + around };
        let mut windows = united(marks.iter().map(widen));
        if windows.is_empty() {
            windows.push(Span { start: 0, end: most });
        }
        let mut left = most;
        let mut pieces = Vec::new();
        for window in windows {
            let start = boundary(text, window.start);
            let end = boundary(text, window.end.min(window.start + left));
            left -= (window.end - window.start).min(left);
            if start < end {
                pieces.push(Fragment { at: start, text: &text[start..end] });
            }
        }
        Self { bytes, pieces }
    }
}

/// Sorts spans and unites those that touch.
fn united(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut sorted: Vec<Span> = spans.collect();
    sorted.sort_unstable();
    sorted.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
    sorted
}

/// Returns the last character boundary that is not after this offset.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    #[test]
    fn short_texts_leave_their_share_to_long_ones() {
        assert_eq!(fair_share(vec![10, 100, 20], 130), usize::MAX);
        assert_eq!(fair_share(vec![10, 100, 20], 100), 70);
        assert_eq!(fair_share(vec![100, 100], 100), 50);
        assert_eq!(fair_share(Vec::new(), 100), usize::MAX);
    }

    #[test]
    fn spans_that_touch_are_one() {
        assert_eq!(united([span(5, 9), span(0, 2), span(2, 3), span(6, 7)].into_iter()), [span(0, 3), span(5, 9)]);
    }

    #[test]
    fn what_is_marked_is_there_with_what_stands_around_it() {
        let text = "é".repeat(50_000);
        let excerpt = Excerpt::new(&text, vec![span(90_000, 90_100), span(40_001, 40_003), span(7, 99_999_999)], 2_000);
        assert_eq!(excerpt.bytes, 100_000);
        let places: Vec<_> = excerpt.pieces.iter().map(|piece| (piece.at, piece.at + piece.text.len())).collect();
        assert_eq!(places, [(39_526, 40_476), (89_526, 90_574)]);
        let shown: usize = excerpt.pieces.iter().map(|piece| piece.text.len()).sum();
        assert!(shown <= 2_000);
    }

    #[test]
    fn without_marks_it_is_the_beginning() {
        let excerpt = Excerpt::new("日本語日本語", Vec::new(), 10);
        assert_eq!(excerpt, Excerpt { bytes: 18, pieces: vec![Fragment { at: 0, text: "日本語" }] });
    }

    #[test]
    fn many_marks_take_no_more_than_there_is() {
        let text = "a".repeat(100_000);
        let excerpt = Excerpt::new(&text, (0..100).map(|i| span(i * 1_000, i * 1_000 + 10)).collect(), 5_000);
        assert_eq!(excerpt.pieces.iter().map(|piece| piece.text.len()).sum::<usize>(), 5_000);
    }
}
