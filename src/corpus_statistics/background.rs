//! Paragraphs that many documents repeat.

use std::ops::Range;

use super::CorpusStatistics;

/// A line longer than this was not broken at the width of a page, so it is a paragraph.
const LONGEST_BROKEN_LINE: usize = 100;
/// A paragraph of fewer shingles is too short to be known as background.
const MIN_SHINGLES: usize = 6;
/// The minimum share of shingles that many documents have, among those of a background paragraph.
const MIN_SHARE: f64 = 0.7;

impl CorpusStatistics {
    /// Returns the bytes of the paragraphs that at least `min_documents` documents repeat, in order. The document itself counts
    /// if it was added.
    ///
    /// Articles of a running story end with the same paragraphs on what happened before. They make neither a duplicate nor a
    /// version. A paragraph is background if 70 % of its shingles are in as many documents; a shorter one than eight words
    /// never is. Paragraphs end at a blank line, before an indented line, and after a line of more than 100 bytes.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::corpus_statistics::CorpusStatistics;
    ///
    /// let background = "The strike began in March, when talks on pay between the union and the port of Skelby broke down.";
    /// let articles = ["Trams stand still.", "A mediator was named.", "Drivers vote today."];
    /// let mut statistics = CorpusStatistics::new(&Scheme::news(), 1 << 20)?;
    /// articles.iter().for_each(|news| statistics.add(&format!("{news}\n\n{background}\n")));
    ///
    /// let text = format!("The port reopens tomorrow.\n\n{background}\n");
    /// let found = statistics.background(&text, 3);
    /// assert_eq!(&text[found[0].clone()], background);
    /// assert_eq!((found.len(), statistics.background(&text, 4).len()), (1, 0));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn background(&self, text: &str, min_documents: u64) -> Vec<Range<usize>> {
        let is_common = |hash: &&u64| self.shingle_frequency(**hash) >= min_documents;
        let is_background = |paragraph: &Range<usize>| {
            let shingles = text.get(paragraph.clone()).map(|text| self.phrases.hashes(text)).unwrap_or_default();
            let common = shingles.iter().filter(is_common).count();
            shingles.len() >= MIN_SHINGLES && common as f64 >= MIN_SHARE * shingles.len() as f64
        };
        paragraphs(text).into_iter().filter(is_background).collect()
    }
}

/// Returns the bytes of the paragraphs of a text, without the white space around them.
pub(crate) fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let (mut paragraphs, mut open, mut start) = (Vec::new(), None::<Range<usize>>, 0);
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let first = start + (line.len() - line.trim_start().len());
        let is_indented = line.starts_with("  ") || line.starts_with('\t');
        if words.is_empty() || is_indented {
            paragraphs.extend(open.take());
        }
        if !words.is_empty() {
            let paragraph = open.take().map_or(first, |paragraph| paragraph.start)..first + words.len();
            if words.len() > LONGEST_BROKEN_LINE {
                paragraphs.push(paragraph);
            } else {
                open = Some(paragraph);
            }
        }
        start += line.len();
    }
    paragraphs.extend(open);
    paragraphs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scheme::Scheme;

    fn found(text: &str) -> Vec<&str> {
        paragraphs(text).into_iter().map(|paragraph| &text[paragraph]).collect()
    }

    #[test]
    fn paragraphs_end_at_blank_indented_and_long_lines() {
        assert_eq!(found("one\ntwo\n\nthree\n \nfour"), ["one\ntwo", "three", "four"]);
        assert_eq!(found("HEADLINE\n    One two\nthree.\n    Four."), ["HEADLINE", "One two\nthree.", "Four."]);
        let long = "word ".repeat(30);
        assert_eq!(found(&format!("{long}\n{long}\r\nshort")), [long.trim(), long.trim(), "short"]);
        assert_eq!(found(""), [""; 0]);
    }

    #[test]
    fn what_one_document_says_is_no_background() {
        let text = "The ferry to Orvane was late again on Monday, and the harbour stayed closed until noon.";
        let mut statistics = CorpusStatistics::new(&Scheme::news(), 1 << 16).expect("valid");
        statistics.add(text);
        assert_eq!(statistics.background(text, 1).len(), 1);
        assert!(statistics.background(text, 2).is_empty());
        assert!(statistics.background("Late again.", 0).is_empty());
    }

    proptest! {
        #[test]
        fn paragraphs_hold_every_word(text in "([a-zß北]{1,9}|\\n|  |\\r\\n|\\t| ){0,60}") {
            let words: String = found(&text).concat();
            let without = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(without(&words), without(&text));
        }
    }
}
