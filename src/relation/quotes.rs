//! What a text quotes, and the quotes that two texts share.

use std::ops::Range;

use ahash::RandomState;
use hashbrown::HashMap;

use super::prepared::PreparedText;
use crate::corpus_statistics::paragraphs;

/// The words that both texts must quote in a row to share a quote.
const MIN_WORDS: usize = 5;

/// The opening marks, each with the marks that close it.
const MARKS: [(char, &[char]); 8] = [
    ('"', &['"']),
    ('“', &['”', '“', '"']),
    ('„', &['“', '”', '"']),
    ('«', &['»']),
    ('»', &['«']),
    ('‘', &['’']),
    ('「', &['」']),
    ('『', &['』']),
];

/// A passage that both texts put in quotation marks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SharedQuote {
    /// Its bytes in the left text, from the first word to the last.
    pub left: Range<usize>,
    /// Its bytes in the right text.
    pub right: Range<usize>,
    /// The number of its words.
    pub words: usize,
}

impl SharedQuote {
    fn swapped(self) -> Self {
        Self { left: self.right, right: self.left, ..self }
    }
}

/// Returns the bytes of the passages in quotation marks, without the marks, in order.
///
/// Marks are those of English, German, French and Chinese, curly or straight. A quote that is not closed ends with its paragraph,
/// since each paragraph of a long quote has an opening mark of its own. Marks inside a quote belong to it.
///
/// ```
/// use twinprint::relation::quotes;
///
/// let text = "“We sail at noon,” she said. 'Don't' is no quote, \"and this is one\".";
/// let found: Vec<&str> = quotes(text).into_iter().map(|quote| &text[quote]).collect();
/// assert_eq!(found, ["We sail at noon,", "and this is one"]);
/// ```
#[must_use]
pub fn quotes(text: &str) -> Vec<Range<usize>> {
    let mut quotes = Vec::new();
    for paragraph in paragraphs(text) {
        let start = paragraph.start;
        if let Some(paragraph) = text.get(paragraph) {
            quotes.extend(of_paragraph(paragraph).map(|quote| start + quote.start..start + quote.end));
        }
    }
    quotes
}

fn of_paragraph(text: &str) -> impl Iterator<Item = Range<usize>> {
    let (mut quotes, mut open, mut before) = (Vec::new(), None::<(usize, &[char])>, ' ');
    let mut letters = text.char_indices().peekable();
    while let Some((place, letter)) = letters.next() {
        let after = letters.peek().map_or(' ', |(_, letter)| *letter);
        match open {
            // An apostrophe is followed by a letter: "don’t".
            Some((start, closing)) if closing.contains(&letter) && !(letter == '’' && after.is_alphanumeric()) => {
                quotes.push(start..place);
                open = None;
            }
            // A straight mark after a word is no opening one: 5" pipe.
            None if !before.is_alphanumeric() || !letter.is_ascii() && letter != '‘' => {
                let closing = MARKS.iter().find(|(opening, _)| *opening == letter).map(|(_, closing)| *closing);
                open = closing.map(|closing| (place + letter.len_utf8(), closing));
            }
            _ => {}
        }
        before = letter;
    }
    quotes.extend(open.map(|(start, _)| start..text.len()));
    quotes.into_iter().filter(|quote| !quote.is_empty())
}

/// Returns the quotes of at least [`MIN_WORDS`] words in a row that two texts share, in the order of the left one.
pub(super) fn shared(left: &PreparedText, right: &PreparedText) -> Vec<SharedQuote> {
    // The sides always come in one order, so that the answer is the same with sides swapped.
    if (left.words.len(), &left.words) <= (right.words.len(), &right.words) {
        return ordered(left, right);
    }
    let mut quotes: Vec<_> = ordered(right, left).into_iter().map(SharedQuote::swapped).collect();
    quotes.sort_by_key(|quote| quote.left.start);
    quotes
}

fn ordered(left: &PreparedText, right: &PreparedText) -> Vec<SharedQuote> {
    if left.quotes.is_empty() || right.quotes.is_empty() {
        return Vec::new();
    }
    let mut places: HashMap<&[u64], (usize, usize), RandomState> = HashMap::with_hasher(RandomState::new());
    for quote in word_ranges(right) {
        for place in quote.clone() {
            if let Some(words) = right.words.get(place..place + MIN_WORDS).filter(|_| place + MIN_WORDS <= quote.end) {
                places.entry(words).or_insert((place, quote.end));
            }
        }
    }
    let mut found = Vec::new();
    for quote in word_ranges(left) {
        let mut place = quote.start;
        while place + MIN_WORDS <= quote.end {
            let Some(&(other, end)) = places.get(&left.words[place..place + MIN_WORDS]) else {
                place += 1;
                continue;
            };
            let pairs = left.words[place..quote.end].iter().zip(&right.words[other..end]);
            let words = pairs.take_while(|(left, right)| left == right).count();
            found.push(SharedQuote {
                left: left.place(&(place..place + words)),
                right: right.place(&(other..other + words)),
                words,
            });
            place += words;
        }
    }
    found
}

fn word_ranges(text: &PreparedText) -> impl Iterator<Item = Range<usize>> + '_ {
    text.quotes.iter().map(|[start, end]| *start as usize..*end as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::relation::{RelationRules, TextComparer};
    use crate::scheme::Scheme;

    fn found(text: &str) -> Vec<&str> {
        quotes(text).into_iter().map(|quote| &text[quote]).collect()
    }

    #[test]
    fn quotation_marks_of_several_languages_are_known() {
        assert_eq!(found("He said: \"It is wide.\" Then he left."), ["It is wide."]);
        assert_eq!(found("„Wir fahren“, sagte sie. »Bald.«"), ["Wir fahren", "Bald."]);
        assert_eq!(found("«Nous partons», dit-elle."), ["Nous partons"]);
        assert_eq!(found("她说：「我们走」。"), ["我们走"]);
        assert_eq!(found("‘We don’t sail,’ said the players’ union."), ["We don’t sail,"]);
        assert_eq!(found("A 5\" pipe and a 6\" pipe."), [""; 0]);
    }

    #[test]
    fn an_open_quote_ends_with_its_paragraph() {
        assert_eq!(found("“We wait.\n\n“And wait,” she said.\n\nNobody came."), ["We wait.", "And wait,"]);
        assert_eq!(found("\"\" “"), [""; 0]);
    }

    #[test]
    fn quotes_of_two_outlets_are_found() {
        let comparer = TextComparer::new(&Scheme::news(), RelationRules::default()).expect("valid");
        let left = "The mayor was clear: \"We will not sell the harbour, not now and not later\". Work goes on.";
        let right =
            "Brell — “We will not sell the harbour, not now,” mayor Torvald told us. We will not sell the paper.";
        let judged = comparer.compare(&comparer.prepare(left), &comparer.prepare(right));
        let [quote] = &judged.quotes[..] else { panic!("one quote: {judged:?}") };
        assert_eq!(&left[quote.left.clone()], "We will not sell the harbour, not now");
        assert_eq!(&right[quote.right.clone()], "We will not sell the harbour, not now");
        assert_eq!(quote.words, 8);
    }

    proptest! {
        #[test]
        fn quotes_are_parts_of_the_text_in_order(text in "([a-zß北]{0,5}|[\"“”„«»‘’「」『』]|\\n|  | ){0,60}") {
            let mut end = 0;
            for quote in quotes(&text) {
                prop_assert!(quote.start >= end && text.get(quote.clone()).is_some_and(|quote| !quote.is_empty()));
                end = quote.end;
            }
        }
    }
}
