//! The common words, which say nothing about the topic of a text.

mod words;

use std::sync::LazyLock;

use ahash::AHashSet;

use crate::mix::token_hash;
use crate::text::unicode;

/// The hashes of the words of all languages, so that no language has to be named.
static COMMON: LazyLock<AHashSet<u64>> = LazyLock::new(|| {
    words::TABLE
        .iter()
        .flat_map(|(_, words)| words.split_whitespace())
        .map(|word| token_hash(word.as_bytes()))
        .collect()
});

/// Returns whether the token with this hash is a common word. Tokens are hashed anyway, so no text is compared.
pub(super) fn contains(hash: u64) -> bool {
    COMMON.contains(&hash)
}

/// Returns whether a token has a decimal digit of any script.
pub(super) fn has_digit(token: &[u8]) -> bool {
    if token.is_ascii() {
        return token.iter().any(u8::is_ascii_digit);
    }
    std::str::from_utf8(token).is_ok_and(|text| text.chars().any(|c| unicode::digit_value(c).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Normalization;

    #[test]
    fn words_are_as_the_default_normalization_leaves_them() {
        for (language, words) in words::TABLE {
            for word in words.split_whitespace() {
                assert_eq!(Normalization::default().apply(word), word, "in {language}");
            }
        }
    }

    #[test]
    fn function_words_are_common_and_names_are_not() {
        let known = |word: &str| contains(token_hash(word.as_bytes()));
        assert!(["the", "said", "und", "les", "в", "من"].into_iter().all(known));
        assert!(!["ferry", "harbour", "lynx", "moscow"].into_iter().any(known));
    }

    #[test]
    fn digits_of_any_script_are_digits() {
        assert!(has_digit("3.14".as_bytes()) && has_digit("٣".as_bytes()));
        assert!(!has_digit("three".as_bytes()));
    }
}
