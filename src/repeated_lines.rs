//! Lines or paragraphs that a corpus has more than once.
//!
//! This is the deduplication by line of C4 (C. Raffel et al., "Exploring the limits of transfer learning with a unified
//! text-to-text transformer", 2020) and by paragraph of `CCNet` (G. Wenzek et al., "Extracting high quality monolingual
//! datasets from web crawl data", 2020). It removes menus, footers and teasers that the pages of a site share.
//!
//! Use it on a corpus that is read once, in order: it needs 20 bytes for each different line or paragraph, and no
//! second pass. To remove whole documents, use a [join](crate::SimilarityJoin). To find repetitions that do not begin
//! and end with a line, use [`passages`](crate::passages) on pairs of texts.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use ahash::RandomState;
use hashbrown::HashSet;
use xxhash_rust::xxh3::Xxh3;

use crate::error::Error;
use crate::text::Shingler;

/// Names the unit of text that is compared, and removed as a whole. Defaults to paragraphs.
///
/// Lines suit pages that were extracted from HTML, where a menu entry or a headline is a line. Paragraphs suit
/// texts with hard line breaks, where a line is an accident of its width.
///
/// ```
/// use twinprint::repeated_lines::Granularity;
///
/// assert_eq!("line".parse::<Granularity>()?, Granularity::Line);
/// assert_eq!(Granularity::default().to_string(), "paragraph");
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Granularity {
    /// A line with its line break.
    Line,
    /// Lines up to a blank one, with the blank ones that follow it. A line of white space is blank.
    #[default]
    Paragraph,
}

impl fmt::Display for Granularity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
        })
    }
}

impl FromStr for Granularity {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "line" => Ok(Self::Line),
            "paragraph" => Ok(Self::Paragraph),
            _ => Err(Error::OutOfRange { field: "granularity", value: name.into(), expected: "line or paragraph" }),
        }
    }
}

/// Finds the lines or paragraphs of a corpus that were seen before, one text after the other: menus, footers, teasers,
/// quoted mails.
///
/// Two lines or paragraphs are equal if they have the same tokens under the scheme, so case, white space and punctuation
/// count as they do there. The first occurrence stays, so the order of texts matters.
///
/// Of each different line or paragraph a hash of 128 bits is kept, at about 20 bytes. Among a billion of them, two have
/// the same hash with a probability of 10^-21.
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
    granularity: Granularity,
    min_tokens: usize,
    seen: HashSet<u128, RandomState>,
}

impl RepeatedLines {
    /// Creates a finder that has seen nothing.
    ///
    /// Lines or paragraphs of fewer than `min_tokens` tokens always stay: "Yes." is no boilerplate. Those without
    /// a letter or a digit stay even if `min_tokens` is 0. Only the tokens of the scheme matter, not the length of its shingles.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::repeated_lines::{Granularity, RepeatedLines};
    ///
    /// let mut seen = RepeatedLines::new(Scheme::news().shingler()?, Granularity::Line, 3);
    /// let text = "- Yes.\n- Are you sure of it?\n- Yes.\n- Are you sure of it?\n";
    /// let removed = seen.insert(text);
    /// assert_eq!(RepeatedLines::without(text, &removed), "- Yes.\n- Are you sure of it?\n- Yes.\n");
    /// assert_eq!(seen.len(), 1);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn new(shingler: Shingler, granularity: Granularity, min_tokens: usize) -> Self {
        Self { shingler, granularity, min_tokens, seen: HashSet::with_hasher(RandomState::new()) }
    }

    /// Adds the next text of the corpus. Returns the bytes of its lines or paragraphs that were seen before, in this
    /// text or in an earlier one.
    ///
    /// The ranges ascend and do not touch: neighbours are one range. Remove them with [`without`](Self::without). It
    /// takes O(n) time for a text of `n` bytes.
    pub fn insert(&mut self, text: &str) -> Vec<Range<usize>> {
        self.insert_with(text, |_, _| {})
    }

    /// Adds the next text as [`insert`](Self::insert) does, and shows each line or paragraph that was seen before.
    ///
    /// `show` gets its bytes and its hash, so that a caller can count how often it comes. Neighbours are shown one by
    /// one.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use twinprint::Scheme;
    /// use twinprint::repeated_lines::{Granularity, RepeatedLines};
    ///
    /// let mut seen = RepeatedLines::new(Scheme::news().shingler()?, Granularity::Line, 2);
    /// let mut again: HashMap<u128, u32> = HashMap::new();
    /// for text in ["Log in\nThe ferry was late.\n", "Log in\nThe road is closed.\n", "LOG IN\nIt rained.\n"] {
    ///     seen.insert_with(text, |_, hash| *again.entry(hash).or_default() += 1);
    /// }
    /// assert_eq!(again.into_values().collect::<Vec<_>>(), [2]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn insert_with(&mut self, text: &str, mut show: impl FnMut(Range<usize>, u128)) -> Vec<Range<usize>> {
        let mut removed: Vec<Range<usize>> = Vec::new();
        for unit in units(text, self.granularity) {
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

    /// Returns how many different lines or paragraphs with enough tokens were seen. It never falls.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Returns whether none was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Returns the most bytes of memory that are taken while a text is inserted.
    ///
    /// These are the bytes held so far. If the table of hashes may have to grow, they include the larger table, which
    /// exists beside the old one until the hashes are moved.
    ///
    /// Use it to stop, or to begin a new finder, before a limit is exceeded. The estimate takes every line of the text
    /// for a new one.
    #[must_use]
    pub fn memory_to_insert(&self, text: &str) -> usize {
        let units = self.seen.len() + text.bytes().filter(|&byte| byte == b'\n').count() + 1;
        if units <= self.seen.capacity() {
            return self.seen.allocation_size();
        }
        // The table is full at seven eighths and then doubles. Each slot has a control byte, and each table a few more.
        let places = (units.saturating_mul(8) / 7 + 1).next_power_of_two();
        (places.saturating_mul(3 * (size_of::<u128>() + 1)) / 2).saturating_add(64)
    }

    /// Returns a text without the ranges that [`insert`](Self::insert) returned for it.
    ///
    /// A range that does not begin after the one before it, or does not lie between characters, stays in the text.
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

    /// Returns the hash of the tokens of a line or paragraph, or `None` if there are too few.
    fn hash(&self, unit: &str) -> Option<u128> {
        let tokens = self.shingler.tokens(unit);
        // Lines of signs, such as a rule of dashes, divide a text: it would read otherwise without them.
        if tokens.len() < self.min_tokens.max(1) || !unit.contains(char::is_alphanumeric) {
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

/// Separates tokens. It is no byte of UTF-8, so no token contains it.
const SEPARATOR: u8 = 0xff;

/// Splits a text into its lines or paragraphs, which together are all of it.
fn units(text: &str, granularity: Granularity) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    let (mut at, mut blank) = (0, true);
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let is_blank = line.trim().is_empty();
        match units.last_mut() {
            Some(open) if granularity == Granularity::Paragraph && (is_blank || !blank) => open.end = end,
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
    fn a_granularity_is_read_as_it_is_written() {
        for granularity in [Granularity::Line, Granularity::Paragraph] {
            assert_eq!(granularity.to_string().parse(), Ok(granularity));
        }
        assert!(matches!("Line".parse::<Granularity>(), Err(Error::OutOfRange { field: "granularity", .. })));
    }

    #[test]
    fn units_that_are_short_or_without_tokens_stay() {
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
    fn ranges_that_do_not_fit_stay_in_the_text() {
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
        fn what_is_kept_was_not_seen_before(texts in prop::collection::vec("([ab]( [ab]){0,2}\n{1,2}){0,6}", 0..5)) {
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
