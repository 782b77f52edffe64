//! Words of many languages, and what each of them means.

/// Letters that may follow a stem: endings of inflected forms.
const MAX_ENDING: usize = 3;

/// Words in lower case with their meanings. A word that ends in `*` is a stem.
#[derive(Debug)]
pub(super) struct WordTable<T>(Vec<Entry<T>>);

#[derive(Debug)]
struct Entry<T> {
    word: &'static str,
    is_stem: bool,
    meaning: T,
}

impl<T: Copy> WordTable<T> {
    /// Reads rows of words in which spaces separate them.
    pub(super) fn new(rows: impl IntoIterator<Item = (T, &'static str)>) -> Self {
        let entry = |meaning: T| {
            move |word: &'static str| match word.strip_suffix('*') {
                Some(word) => Entry { word, is_stem: true, meaning },
                None => Entry { word, is_stem: false, meaning },
            }
        };
        let words = rows.into_iter().flat_map(|(meaning, words)| words.split_whitespace().map(entry(meaning)));
        let mut entries: Vec<_> = words.collect();
        entries.sort_by_key(|entry| entry.word);
        Self(entries)
    }

    /// Returns the meaning of a word in lower case: that of the longest entry that it is, or whose form it is.
    pub(super) fn get(&self, word: &str) -> Option<T> {
        let end = self.0.partition_point(|entry| entry.word <= word);
        let first = word.chars().next()?;
        // All beginnings of a word are sorted before it, the longest last.
        let before = self.0[..end].iter().rev().take_while(|entry| entry.word.starts_with(first));
        let means = |entry: &&Entry<T>| match word.strip_prefix(entry.word) {
            Some("") => true,
            Some(ending) => entry.is_stem && ending.chars().count() <= MAX_ENDING,
            None => false,
        };
        before.into_iter().find(means).map(|entry| entry.meaning)
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
