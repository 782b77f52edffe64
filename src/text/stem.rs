//! The beginnings of words, by which their inflected forms are one word.

use super::Normalization;
use crate::mix::token_hash;

/// The letters of a longer word that count. Most languages that inflect words do so at the end, and the first part of a compound stays as
/// it is. Among shorter words, other endings mostly make other words.
pub(crate) const LETTERS: usize = 7;
/// What follows the beginning of a longer word, which is no form of the short word of these letters.
const CUT: u8 = b'-';

/// Returns the hash of a word, which is that of its beginning if it is long. Words with digits count in full.
pub(crate) fn stem(word: &str, normalization: &Normalization) -> u64 {
    // The same as below, without allocating.
    if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        let mut letters = [CUT; LETTERS + 1];
        let count = word.len().min(LETTERS);
        letters[..count].copy_from_slice(&word.as_bytes()[..count]);
        letters.make_ascii_lowercase();
        return token_hash(&letters[..word.len().min(LETTERS + 1)]);
    }
    let mut word = normalization.apply(word);
    let end = word.char_indices().nth(LETTERS).map(|(end, _)| end);
    if let Some(end) = end.filter(|_| !word.chars().any(char::is_numeric)) {
        word.truncate(end);
        word.push(char::from(CUT));
    }
    token_hash(word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem_of(word: &str) -> u64 {
        stem(word, &Normalization::default().strip_marks(true))
    }

    #[test]
    fn inflected_forms_and_compounds_begin_alike() {
        for (one, other) in [
            ("Evacuated", "evacuation"),
            ("Rettungskräfte", "RETTUNGSARBEITEN"),
            ("Übergangsregel", "ubergangene"),
            ("забастовку", "Забастовка"),
            ("Hirvasaari", "Hirvasaaren"),
            ("ferry", "Ferry"),
            ("état", "ÉTAT"),
        ] {
            assert_eq!(stem_of(one), stem_of(other), "{one}, {other}");
        }
    }

    #[test]
    fn other_words_and_figures_differ() {
        for (one, other) in [
            ("ferry", "ferries"),
            ("quarter", "quarterly"),
            ("harbours", "harvests"),
            ("123456789", "123456780"),
            ("北京市", "北京的"),
            ("мост", "моста"),
        ] {
            assert_ne!(stem_of(one), stem_of(other), "{one}, {other}");
        }
    }

    #[test]
    fn words_of_ascii_are_as_others() {
        for word in ["a", "Harbour", "Harbours", "HARBOURMASTER"] {
            let slow = Normalization::default().apply(word);
            let slow = if slow.len() > LETTERS { slow[..LETTERS].to_string() + "-" } else { slow };
            assert_eq!(stem_of(word), token_hash(slow.as_bytes()), "{word}");
        }
    }
}
