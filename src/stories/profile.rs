//! The words of a text that tell its story.

use std::collections::HashMap;

use super::table::Tables;
use crate::error::Error;
use crate::scheme::{Normalization, Scheme, Tokenization, UnicodeForm, WordFilter};
use crate::text::{Shingler, stem};

/// The most words of a text that are compared, among those that other texts have. Of a longer text they are the weightiest.
pub const MAX_WORDS: usize = 512;

/// The number of content words after the title that count as the opening.
const LEAD_WORDS: usize = 30;
/// A first line of more content words is no title.
const TITLE_WORDS: usize = 20;

/// A text with what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoryText<'a> {
    pub(super) text: &'a str,
    pub(super) title: &'a str,
    pub(super) time: Option<i64>,
    pub(super) source: Option<&'a str>,
}

impl<'a> StoryText<'a> {
    /// Creates a text that begins with its title, without a time and a source.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, title: "", time: None, source: None }
    }

    /// Adds a title that is not in the text.
    #[must_use]
    pub fn title(self, title: &'a str) -> Self {
        Self { title, ..self }
    }

    /// Adds when the text appeared, in seconds since 1970.
    #[must_use]
    pub fn time(self, seconds: i64) -> Self {
        Self { time: Some(seconds), ..self }
    }

    /// Adds the source, such as an outlet.
    #[must_use]
    pub fn source(self, source: &'a str) -> Self {
        Self { source: Some(source), ..self }
    }
}

/// What a word is in a text, before its rarity is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FoundWord {
    /// The upper bits of the hash of its beginning.
    pub(super) hash: u32,
    pub(super) is_name: bool,
    pub(super) is_opening: bool,
}

/// Finds the words of texts.
#[derive(Clone, Debug)]
pub(super) struct WordFinder {
    normalization: Normalization,
    /// All words.
    words: Shingler,
    /// The words that are not common.
    content: Shingler,
}

impl WordFinder {
    pub(super) fn new() -> Result<Self, Error> {
        let normalization = Normalization::default().form(UnicodeForm::Nfkc).strip_marks(true).drop_punctuation(true);
        let words = Scheme::builder().tokenization(Tokenization::Words).tokens(1).spaceless_tokens(3);
        let words = words.normalization(normalization);
        Ok(Self {
            content: words.clone().filter(WordFilter::Content).build()?.shingler()?,
            words: words.build()?.shingler()?,
            normalization,
        })
    }

    /// Returns the different words of a text by their beginnings; none of a table.
    pub(super) fn words(&self, text: &StoryText<'_>) -> Vec<FoundWord> {
        if (Tables { words: &self.words, content: &self.content }).is_table(text.text) {
            return Vec::new();
        }
        let joined;
        let whole = if text.title.is_empty() {
            text.text
        } else {
            joined = format!("{}\n{}", text.title, text.text);
            &joined
        };
        self.words_of(whole)
    }

    fn words_of(&self, text: &str) -> Vec<FoundWord> {
        let shingles = self.content.shingles(text);
        let title_end = title_end(text);
        let in_title = shingles.iter().take_while(|shingle| shingle.range.start < title_end).count();
        let opening = if in_title <= TITLE_WORDS { in_title + LEAD_WORDS } else { TITLE_WORDS + LEAD_WORDS };
        let mut found: HashMap<u32, (FoundWord, bool)> = HashMap::with_capacity(shingles.len());
        for (place, shingle) in shingles.iter().enumerate() {
            let word = text.get(shingle.range.clone()).unwrap_or_default();
            let (hash, is_upper) = ((stem(word, &self.normalization) >> 32) as u32, starts_upper(word));
            // Titles and beginnings of sentences capitalise words that are no names.
            let is_name =
                is_upper && shingle.range.start >= title_end && !begins_sentence(&text[..shingle.range.start]);
            let word = FoundWord { hash, is_name, is_opening: place < opening };
            let (known, in_lower) = found.entry(hash).or_insert((word, false));
            known.is_name |= is_name;
            *in_lower |= !is_upper;
        }
        let word = |(word, in_lower): (FoundWord, bool)| FoundWord { is_name: word.is_name && !in_lower, ..word };
        let mut words: Vec<FoundWord> = found.into_values().map(word).collect();
        words.sort_unstable_by_key(|word| word.hash);
        words
    }
}

/// Returns the end of the first line that is not blank.
fn title_end(text: &str) -> usize {
    let blank = text.len() - text.trim_start().len();
    text[blank..].find('\n').map_or(text.len(), |end| blank + end)
}

fn starts_upper(word: &str) -> bool {
    word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase)
}

fn begins_sentence(before: &str) -> bool {
    let before = before.trim_end_matches(' ');
    before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n', '\r', '"', '“', '‘', '«', '„', '。'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> usize {
        WordFinder::new().expect("valid").words(&StoryText::new(text)).iter().filter(|word| word.is_name).count()
    }

    #[test]
    fn names_are_capitalised_within_sentences() {
        assert_eq!(names("FERRY AGROUND OFF SKELBY\nLifeboats sailed. Lifeboats met the Halvard near Skelby."), 2);
        assert_eq!(names("Ferry aground\nThe Ferry was late, and the ferry from Skelby too."), 1);
        assert_eq!(names("渡轮搁浅\n救生艇把所有乘客带上岸。"), 0);
    }

    #[test]
    fn tables_have_no_words() {
        let words = |text| WordFinder::new().expect("valid").words(&StoryText::new(text)).len();
        assert_eq!(words("Tarrow prices\ncod 512 plaice 340 herring 1,120 boats 9"), 0);
        assert_eq!(
            words("Results\nSkelby United 3 Orvane Town 1\nBrell 0 Tarrow Rovers 0\nVendrane 2 Kestria Park 2"),
            0
        );
        assert_eq!(
            words("Orvane Mills 2nd quarter\nShr 12 cts vs 10 cts\nNet 1,120,000 vs 980,000\nRevs 9.1 mln vs 8.7 mln"),
            0
        );
        assert!(words("Ferry aground\nThe Halvard ran aground off Skelby with 212 people on board on Monday.") > 5);
        assert_eq!(words(""), 0);
    }

    #[test]
    fn short_items_with_several_figures_are_articles() {
        let words = |text| WordFinder::new().expect("valid").words(&StoryText::new(text)).len();
        for item in [
            "The bank raised its rate by 0.25 points to 4.75 %, inflation fell to 2.1 % from 2.6 %.",
            "Die Bank hob den Leitzins um 0,25 Punkte auf 4,75 Prozent an, die Inflation sank auf 2,1 von zuvor 2,6 Prozent.",
            "La banque a relevé son taux de 0,25 point à 4,75 %, l'inflation est tombée à 2,1 % contre 2,6 %.",
            "El banco subió su tipo 0,25 puntos hasta el 4,75 %; la inflación bajó al 2,1 % desde el 2,6 %.",
        ] {
            assert!(words(item) > 4, "{item}");
        }
    }

    #[test]
    fn a_title_of_its_own_is_part_of_the_opening() {
        let finder = WordFinder::new().expect("valid");
        let body = "The Halvard ran aground off Skelby with its passengers on board.";
        let together = format!("Ferry stranded\n{body}");
        let apart = finder.words(&StoryText::new(body).title("Ferry stranded"));
        assert_eq!(apart, finder.words(&StoryText::new(&together)));
        assert!(apart.iter().all(|word| word.is_opening));
    }
}
