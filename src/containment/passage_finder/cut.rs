//! Texts without passages.

use std::ops::Range;

use super::PassageFinder;

impl PassageFinder<()> {
    /// Returns a text without passages, given as ranges of its bytes in any order; they may overlap. Ranges that are not between
    /// characters are widened.
    ///
    /// Signs that touch a passage, such as quotes or a question mark, go with it. Of the white space around it one side stays: the one
    /// with more line ends, else the one before.
    ///
    /// ```
    /// use twinprint::containment::PassageFinder;
    ///
    /// let text = "Before it. “What is a twin print?” After it.";
    /// assert_eq!(PassageFinder::cut(text, &[14..36]), "Before it. After it.");
    /// assert_eq!(PassageFinder::cut(text, &[0..9, 14..36]), "After it.");
    /// ```
    #[must_use]
    pub fn cut(text: &str, passages: &[Range<usize>]) -> String {
        let mut ranges: Vec<Range<usize>> = passages.iter().map(|range| widened(text, range)).collect();
        ranges.sort_unstable_by_key(|range| range.start);
        let mut left = String::with_capacity(text.len());
        let (mut from, mut pending) = (0, false);
        for range in ranges {
            if range.start > from {
                append(&mut left, &text[from..range.start], pending);
            }
            pending = true;
            from = from.max(range.end);
        }
        append(&mut left, &text[from..], pending);
        left
    }
}

/// Appends a part of a text; `after_cut` says that a passage was before it.
fn append(left: &mut String, part: &str, after_cut: bool) {
    if !after_cut {
        left.push_str(part);
        return;
    }
    let kept = left.trim_end().len();
    let content = part.trim_start();
    let spaces = [&left[kept..], &part[..part.len() - content.len()]];
    let [before, after] = spaces.map(|space| space.matches('\n').count());
    let space = match kept {
        // The passage was at the start, where nothing needs a separation.
        0 => String::new(),
        _ if after > before || spaces[0].is_empty() => spaces[1].to_owned(),
        _ => spaces[0].to_owned(),
    };
    left.truncate(kept);
    left.push_str(&space);
    left.push_str(content);
}

/// Widens a range to characters, and to the signs that touch it.
fn widened(text: &str, range: &Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (range.start.min(text.len()), range.end.min(text.len()));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let before = text[..start].trim_end_matches(is_sign);
    let after = text[end..].trim_start_matches(is_sign);
    before.len()..text.len() - after.len()
}

/// Returns whether a character goes with the word that it touches.
fn is_sign(c: char) -> bool {
    !c.is_whitespace() && !c.is_alphanumeric()
}
