//! What a text quotes.

use std::ops::Range;

use crate::corpus_statistics::paragraphs;

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
