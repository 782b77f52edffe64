//! What of a text is compared.

use twinprint::Scheme;
use twinprint::text::{Normalization, UnicodeForm, WordFilter};

/// Returns the text with blanks in place of page script: lines in which every twelfth character is one that prose hardly
/// has. With blanks, positions stay those of the text.
pub(super) fn prose(text: &str) -> String {
    let is_code = |c: char| "{}()[]<>=;|&_!:#$*+".contains(c);
    let is_prose = |line: &str| 12 * line.chars().filter(|&c| is_code(c)).count() < line.chars().count().max(1);
    let mut kept = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let words = line.trim_end_matches(['\n', '\r']);
        if words.is_empty() || is_prose(words) {
            kept.push_str(line);
        } else {
            kept.extend(std::iter::repeat_n(' ', words.len()).chain(line[words.len()..].chars()));
        }
    }
    kept
}

/// Returns the scheme of the words that articles of one story share. Without punctuation, "Mayor's" and "mayor" are one
/// word.
pub(super) fn content_words() -> Result<Scheme, twinprint::Error> {
    let loose = Normalization::default().form(UnicodeForm::Nfkc).strip_marks(true).drop_punctuation(true);
    Scheme::builder().words(1).normalization(loose).filter(WordFilter::Content).spaceless_tokens(3).build()
}
