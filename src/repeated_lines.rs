//! Lines or paragraphs that a corpus has had before.

use std::ops::Range;

use ahash::RandomState;
use hashbrown::HashSet;
use xxhash_rust::xxh3::Xxh3;

use crate::text::Shingler;

/// What is removed as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Granularity {
    /// A line, with its end.
    Line,
    /// Lines up to a blank one, with the blank ones that follow.
    #[default]
    Paragraph,
}

/// Finds the lines or paragraphs of a corpus that were seen before, one text after the other: menus, footers, teasers,
/// quoted mails.
///
/// Two units are the same if they have the same tokens under the scheme, so case, white space and punctuation count as
/// they do there. What is kept of each is a hash of 128 bits, about 20 bytes: among a billion different ones, some two
/// are taken for one with a probability of 10^-21. The first occurrence stays, so the order of texts matters.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::repeated_lines::{Granularity, RepeatedLines};
///
/// let mut seen = RepeatedLines::new(Scheme::news().shingler()?, Granularity::Line, 3);
/// let first = "Skelby Gazette, all the news\nThe ferry was late.\n";
/// let second = "SKELBY GAZETTE, all the news\nThe harbour is closed.\n";
/// assert!(seen.insert(first).is_empty());
/// let removed = seen.insert(second);
/// assert_eq!(removed, [0..29]);
/// assert_eq!(RepeatedLines::without(second, &removed), "The harbour is closed.\n");
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RepeatedLines {
    shingler: Shingler,
    unit: Granularity,
    min_tokens: usize,
    seen: HashSet<u128, RandomState>,
}

impl RepeatedLines {
    /// Nothing seen so far. Units of fewer than `min_tokens` tokens always stay: "Yes." is no boilerplate. One
    /// without tokens stays in any case.
    #[must_use]
    pub fn new(shingler: Shingler, unit: Granularity, min_tokens: usize) -> Self {
        Self { shingler, unit, min_tokens, seen: HashSet::with_hasher(RandomState::new()) }
    }

    /// Looks at the next text of the corpus; returns the bytes of its units that were seen before, in this text or in
    /// an earlier one. They ascend and do not touch: neighbours are one range.
    pub fn insert(&mut self, text: &str) -> Vec<Range<usize>> {
        self.insert_with(text, |_, _| {})
    }

    /// As [`insert`](Self::insert), and shows every unit that was seen before: its bytes, and the hash by which it is
    /// known, so that a caller can count how often it comes.
    pub fn insert_with(&mut self, text: &str, mut show: impl FnMut(Range<usize>, u128)) -> Vec<Range<usize>> {
        let mut removed: Vec<Range<usize>> = Vec::new();
        for unit in units(text, self.unit) {
            let Some(hash) = self.hash(&text[unit.clone()]) else { continue };
            if self.seen.insert(hash) {
                continue;
            }
            show(unit.clone(), hash);
            match removed.last_mut() {
                Some(last) if last.end == unit.start => last.end = unit.end,
                _ => removed.push(unit),
            }
        }
        removed
    }

    /// How many different units were seen that have enough tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Bytes of memory that are taken at most while a text is inserted: those that are held for the units seen so far, and
    /// where its units may be too many for these, those of a larger table that takes their place, for a while beside
    /// them.
    #[must_use]
    pub fn memory_to_insert(&self, text: &str) -> usize {
        let units = self.seen.len() + text.bytes().filter(|&byte| byte == b'\n').count() + 1;
        if units <= self.seen.capacity() {
            return self.seen.allocation_size();
        }
        // A table is full at seven eighths, and grows to twice its size; each place has a byte of its own, and two tables a
        // few more.
        let places = (units.saturating_mul(8) / 7 + 1).next_power_of_two();
        (places.saturating_mul(3 * (size_of::<u128>() + 1)) / 2).saturating_add(64)
    }

    /// A text without some of its bytes. Ranges that ascend are cut out; one that is out of order, or does not lie
    /// between characters of the text, is left in.
    #[must_use]
    pub fn without(text: &str, removed: &[Range<usize>]) -> String {
        let mut kept = String::with_capacity(text.len());
        let mut from = 0;
        for range in removed {
            if let (Some(before), Some(_)) = (text.get(from..range.start), text.get(range.clone())) {
                kept += before;
                from = range.end;
            }
        }
        kept += &text[from..];
        kept
    }

    /// The hash of a unit's tokens, if there are enough.
    fn hash(&self, unit: &str) -> Option<u128> {
        let tokens = self.shingler.tokens(unit);
        if tokens.len() < self.min_tokens.max(1) {
            return None;
        }
        let normalized = self.shingler.normalize(unit);
        let mut hash = Xxh3::new();
        for token in tokens {
            hash.update(&normalized.as_bytes()[token.normalized]);
            hash.update(&[SEPARATOR]);
        }
        Some(hash.digest128())
    }
}

/// Stands between tokens, and in no UTF-8.
const SEPARATOR: u8 = 0xff;

/// The units of a text; together they are all of it.
fn units(text: &str, unit: Granularity) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    let (mut at, mut blank) = (0, true);
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let is_blank = line.trim().is_empty();
        match units.last_mut() {
            Some(open) if unit == Granularity::Paragraph && (is_blank || !blank) => open.end = end,
            _ => units.push(at..end),
        }
        (at, blank) = (end, is_blank);
    }
    units
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Scheme;

    fn seen(unit: Granularity, min_tokens: usize) -> RepeatedLines {
        RepeatedLines::new(Scheme::news().shingler().expect("text"), unit, min_tokens)
    }

    #[test]
    fn first_occurrences_stay_and_neighbours_are_one_range() {
        let mut seen = seen(Granularity::Line, 2);
        let text = "one two\nthree four\nOne, two!\n  three four\nfive six\none  two";
        let removed = seen.insert(text);
        assert_eq!(RepeatedLines::without(text, &removed), "one two\nthree four\nfive six\n");
        assert_eq!(removed, [19..42, 51..59]);
        assert_eq!(seen.len(), 3);
    }

    #[test]
    fn short_units_and_such_without_tokens_stay() {
        let mut seen = seen(Granularity::Line, 3);
        assert!(seen.insert("Yes, sir.\n\n…\n…\nYes, sir.\n").is_empty());
        assert!(seen.is_empty());
        assert!(self::seen(Granularity::Line, 0).insert("…\n…\n\n\n").is_empty());
    }

    #[test]
    fn a_paragraph_goes_with_the_blank_lines_after_it() {
        let mut seen = seen(Granularity::Paragraph, 2);
        let text = "\n\na b\nc d\n \n\na b\n\na b c d\n\n\nend of it";
        let removed = seen.insert(text);
        assert_eq!(removed.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>(), ["a b c d\n\n\n"]);
    }

    #[test]
    fn units_are_shown_with_their_hashes() {
        let (mut seen, mut shown) = (seen(Granularity::Line, 2), Vec::new());
        for text in ["one two\nthree four\n", "three four\nnew line\none two\nTHREE FOUR."] {
            seen.insert_with(text, |unit, hash| shown.push((unit, hash)));
        }
        let units: Vec<_> = shown.iter().map(|(unit, _)| unit.clone()).collect();
        assert_eq!(units, [0..11, 20..28, 28..39]);
        assert_eq!(shown[0].1, shown[2].1);
        assert_ne!(shown[0].1, shown[1].1);
    }

    #[test]
    fn memory_is_known_before_it_is_taken() {
        let mut seen = seen(Granularity::Line, 1);
        for number in 0..5_000 {
            let text = format!("line {number}\nother {number}\n");
            let most = seen.memory_to_insert(&text);
            let before = seen.seen.allocation_size();
            seen.insert(&text);
            let after = seen.seen.allocation_size();
            let taken = if after > before { before + after } else { after };
            assert!(taken <= most && most <= 4 * after.max(200), "{taken} {most}");
        }
        let bytes = seen.memory_to_insert("") as f64 / seen.len() as f64;
        assert!((19.0..42.0).contains(&bytes), "{bytes} a unit");
    }

    #[test]
    fn ranges_that_do_not_fit_are_left_in() {
        assert_eq!(RepeatedLines::without("añb", &[2..3, 1..3, 0..1, 3..9]), "ab");
    }

    proptest! {
        #[test]
        fn units_are_the_whole_text(text in "[a\n\r é]{0,40}") {
            for unit in [Granularity::Line, Granularity::Paragraph] {
                let together: String = units(&text, unit).into_iter().map(|range| &text[range]).collect();
                prop_assert_eq!(&together, &text);
            }
        }

        #[test]
        fn what_is_left_is_seen_once(texts in prop::collection::vec("([ab]( [ab]){0,2}\n{1,2}){0,6}", 0..5)) {
            for unit in [Granularity::Line, Granularity::Paragraph] {
                let mut seen = seen(unit, 1);
                let mut lines = std::collections::HashSet::new();
                for text in &texts {
                    let removed = seen.insert(text);
                    let kept = RepeatedLines::without(text, &removed);
                    let mut naive = String::new();
                    for range in units(text, unit) {
                        let words: Vec<&str> = text[range.clone()].split_whitespace().collect();
                        if words.is_empty() || lines.insert((unit, words)) {
                            naive += &text[range];
                        }
                    }
                    prop_assert_eq!(kept, naive);
                }
            }
        }
    }
}
