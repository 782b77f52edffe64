//! Which texts are tables of figures, and no articles.

use crate::text::Shingler;

/// A text in which every eighth word is a figure is a table, if it is not prose.
const WORDS_PER_FIGURE: usize = 8;
/// A text in which every third word is a figure is a table, whatever the other words are.
const WORDS_PER_FIGURE_OF_PROSE: usize = 3;
/// Half of the words of prose are common ones, such as "the" and "from". Of the labels of a table fewer are.
const WORDS_PER_COMMON_OF_PROSE: usize = 2;
/// Fewer figures make no table.
const MIN_FIGURES: usize = 3;

/// Tells tables from short items that name several figures, such as a change of interest rates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tables<'a> {
    /// All words, one by one.
    pub(super) words: &'a Shingler,
    /// The words that are not common.
    pub(super) content: &'a Shingler,
}

impl Tables<'_> {
    pub(super) fn is_table(self, text: &str) -> bool {
        let (mut words, mut figures) = (0, 0);
        for word in text.split_whitespace() {
            words += 1;
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            figures += usize::from(digits > 0 && digits >= word.chars().filter(|c| c.is_alphabetic()).count());
        }
        // Scripts without spaces have few "words" by white space, so their letters are counted instead.
        let words = words.max(text.chars().count() / 6);
        figures >= MIN_FIGURES
            && words < WORDS_PER_FIGURE * figures
            && (words < WORDS_PER_FIGURE_OF_PROSE * figures || !self.is_prose(text))
    }

    fn is_prose(self, text: &str) -> bool {
        let (all, content) = (words_without_digits(self.words, text), words_without_digits(self.content, text));
        all > 0 && all <= WORDS_PER_COMMON_OF_PROSE * (all - content.min(all))
    }
}

fn words_without_digits(shingler: &Shingler, text: &str) -> usize {
    let is_plain = |word: &str| !word.chars().any(char::is_numeric);
    shingler.shingles(text).into_iter().filter(|word| text.get(word.range.clone()).is_some_and(is_plain)).count()
}
