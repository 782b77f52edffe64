//! Words of many languages, and what each of them means.

use ahash::RandomState;
use hashbrown::HashMap;

/// Letters that may follow a stem: endings of inflected forms.
const MAX_ENDING: usize = 3;

/// Words in lower case with their meanings. A word that ends in `*` is a stem.
#[derive(Debug)]
pub(super) struct WordTable<T> {
    words: HashMap<&'static str, T, RandomState>,
    /// A few, so that they are tried one after the other.
    stems: Vec<(&'static str, T)>,
}

impl<T: Copy> WordTable<T> {
    /// Reads rows of words in which spaces separate them.
    pub(super) fn new(rows: impl IntoIterator<Item = (T, &'static str)>) -> Self {
        let mut table = Self { words: HashMap::with_hasher(RandomState::new()), stems: Vec::new() };
        for (meaning, words) in rows {
            for word in words.split_whitespace() {
                match word.strip_suffix('*') {
                    Some(stem) => table.stems.push((stem, meaning)),
                    None => _ = table.words.insert(word, meaning),
                }
            }
        }
        table
    }

    /// Returns the number of different words and stems.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.words.len() + self.stems.len()
    }

    /// Returns the meaning of a word in lower case, or of one that is a stem with an ending.
    pub(super) fn get(&self, word: &str) -> Option<T> {
        self.words.get(word).copied().or_else(|| {
            let is_form = |(stem, _): &&(&str, T)| {
                word.strip_prefix(stem).is_some_and(|ending| ending.chars().count() <= MAX_ENDING)
            };
            self.stems.iter().find(is_form).map(|(_, meaning)| *meaning)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_have_endings_and_words_have_none() {
        let table = WordTable::new([(1, "pazar"), (2, "pazartesi* wtor*"), (3, "tri trist")]);
        for (word, meaning) in [
            ("pazar", Some(1)),
            ("pazarda", None),
            ("pazartesi", Some(2)),
            ("pazartesiye", Some(2)),
            ("wtorku", Some(2)),
            ("wtorkowy", None),
            ("tri", Some(3)),
            ("trip", None),
            ("tripartite", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(table.get(word), meaning, "{word}");
        }
    }
}
