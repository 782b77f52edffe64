//! Words and characters of ASCII stretches, words sixty-four bytes at a time.
//!
//! The plain composition (normalize, segment by UAX #29, hash) is the definition of a text's tokens. Most bytes of most
//! corpora are ASCII, where the definition comes down to bit arithmetic on masks of character classes; this module does
//! that, and hands every stretch that holds anything else to the composition. A text is only cut where nothing on one
//! side can matter to the tokens of the other: between ASCII white space and another ASCII character.
//!
//! Each level's file has the same function, which only tells classes apart; all rules are here.

mod characters;
mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;

use std::ops::Range;

pub(super) use characters::{AsciiCharacters, Characters};

use crate::cpu::SimdLevel;

/// Bytes that are classified together: one bit each.
const BLOCK: usize = 64;

/// Which of the sixty-four bytes of a block are what, the first byte in the lowest bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Masks {
    letters: u64,
    digits: u64,
    /// `_`, which joins letters and digits to words (`ExtendNumLet`).
    underscores: u64,
    /// `:`, which joins letters (`MidLetter`).
    colons: u64,
    /// `.` and `'`, which join letters, and digits (`MidNumLet`, `Single_Quote`).
    dots: u64,
    /// `,` and `;`, which join digits (`MidNum`).
    commas: u64,
}

/// What the rules of a scheme mean for ASCII.
#[derive(Clone, Copy, Debug)]
pub(super) struct AsciiWords {
    /// Letters become lower case.
    pub(super) fold_case: bool,
    /// Punctuation is punctuation; otherwise it separates like a space.
    pub(super) keep_punctuation: bool,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    /// A word, normalized.
    Word(&'a [u8]),
    /// A stretch as it stands in the text, whose tokens the plain composition must find.
    Rest(&'a str),
}

/// Buffers that are used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    lower: Vec<u8>,
    masks: Vec<Masks>,
}

impl AsciiWords {
    /// Calls `piece` with every word of the text's ASCII stretches, and with every other stretch, in order.
    pub(super) fn for_each(self, text: &str, scratch: &mut Scratch, mut piece: impl FnMut(Piece<'_>)) {
        let level = SimdLevel::detect();
        let mut at = 0;
        while at < text.len() {
            let stretches = next_stretches(text.as_bytes(), at);
            self.words_of(level, &text.as_bytes()[stretches.ascii.clone()], scratch, |bytes| piece(Piece::Word(bytes)));
            if !stretches.rest.is_empty() {
                // Cuts are between ASCII characters, so this is always a range of whole characters.
                piece(Piece::Rest(text.get(stretches.rest.clone()).unwrap_or_default()));
            }
            at = stretches.rest.end;
        }
    }

    /// The words of a stretch that is ASCII throughout.
    fn words_of(self, level: SimdLevel, stretch: &[u8], scratch: &mut Scratch, mut word: impl FnMut(&[u8])) {
        let Scratch { lower, masks } = scratch;
        classify(level, stretch, self.fold_case, lower, masks);
        let (mut before, mut open) = (Masks::default(), None);
        for (number, block) in masks.iter().enumerate() {
            let start = number * BLOCK;
            let next = masks.get(number + 1).copied().unwrap_or_default();
            let words = self.words_mask(before, *block, next);
            let was_word = words << 1 | u64::from(open.is_some());
            let (mut starts, mut ends) = (words & !was_word, !words & was_word);
            while ends != 0 {
                let end = start + ends.trailing_zeros() as usize;
                ends &= ends - 1;
                let from = open.take().unwrap_or_else(|| {
                    let from = start + starts.trailing_zeros() as usize;
                    starts &= starts - 1;
                    from
                });
                emit(&lower[from..end], &mut word);
            }
            if starts != 0 {
                open = Some(start + starts.trailing_zeros() as usize);
            }
            before = *block;
        }
        if let Some(from) = open {
            emit(&lower[from..stretch.len()], &mut word);
        }
    }

    /// Which bytes of a block belong to words: UAX #29 for ASCII. Letters, digits and underscores all join (WB5, WB8 to
    /// WB10, WB13a, WB13b); between two letters, or two digits, some marks do (WB6, WB7, WB11, WB12).
    fn words_mask(self, before: Masks, block: Masks, next: Masks) -> u64 {
        let plain = block.letters | block.digits;
        if !self.keep_punctuation {
            return plain;
        }
        let between = |before: u64, block: u64, next: u64| (block << 1 | before >> 63) & (block >> 1 | next << 63);
        let letters = between(before.letters, block.letters, next.letters) & (block.colons | block.dots);
        let digits = between(before.digits, block.digits, next.digits) & (block.commas | block.dots);
        plain | block.underscores | letters | digits
    }
}

/// Words of underscores alone are none.
#[inline]
fn emit(bytes: &[u8], word: &mut impl FnMut(&[u8])) {
    if bytes.first() != Some(&b'_') || bytes.iter().any(|&byte| byte != b'_') {
        word(bytes);
    }
}

/// Two stretches that follow one another.
struct Stretches {
    ascii: Range<usize>,
    rest: Range<usize>,
}

/// From `at` on: what is ASCII up to the last cut before another character, and from there to the first cut after it.
fn next_stretches(bytes: &[u8], at: usize) -> Stretches {
    let other = at + ascii_prefix(&bytes[at..]);
    if other == bytes.len() {
        return Stretches { ascii: at..other, rest: other..other };
    }
    let is_cut = |place: &usize| bytes[place - 1].is_ascii_whitespace() && is_visible_ascii(bytes[*place]);
    let start = (at + 1..other).rev().find(is_cut).unwrap_or(at);
    let end = (other + 1..bytes.len()).find(is_cut).unwrap_or(bytes.len());
    Stretches { ascii: at..start, rest: start..end }
}

fn is_visible_ascii(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_whitespace()
}

/// How many bytes are ASCII before the first that is not.
fn ascii_prefix(bytes: &[u8]) -> usize {
    const STEP: usize = 32;
    let steps = bytes.chunks_exact(STEP).take_while(|step| step.iter().fold(0, |all, byte| all | byte) < 0x80);
    let whole = STEP * steps.count();
    whole + bytes[whole..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// Fills `masks` with a block for every sixty-four bytes of the text, which is ASCII, and `lower` with the text, its
/// letters made lower case if `fold_case`. Bytes after the end count as nothing.
fn classify(level: SimdLevel, text: &[u8], fold_case: bool, lower: &mut Vec<u8>, masks: &mut Vec<Masks>) {
    lower.clear();
    lower.resize(text.len().next_multiple_of(BLOCK), 0);
    masks.clear();
    masks.resize(text.len().div_ceil(BLOCK), Masks::default());
    let (blocks, tail) = text.as_chunks::<BLOCK>();
    let (lower_blocks, _) = lower.as_chunks_mut::<BLOCK>();
    dispatch_blocks(level, blocks, fold_case, lower_blocks, masks);
    if !tail.is_empty() {
        let mut last = [0; BLOCK];
        last[..tail.len()].copy_from_slice(tail);
        let at = blocks.len();
        dispatch_blocks(level, &[last], fold_case, &mut lower_blocks[at..], &mut masks[at..]);
    }
}

/// Classifies whole blocks; there are at least as many places for the outcome.
fn dispatch_blocks(
    level: SimdLevel,
    blocks: &[[u8; BLOCK]],
    fold_case: bool,
    lower: &mut [[u8; BLOCK]],
    masks: &mut [Masks],
) {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level was checked to be available when it was chosen.
        SimdLevel::Avx2 => unsafe { avx2::classify(blocks, fold_case, lower, masks) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        SimdLevel::Avx512 => unsafe { avx512::classify(blocks, fold_case, lower, masks) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        SimdLevel::Neon => unsafe { neon::classify(blocks, fold_case, lower, masks) },
        _ => portable::classify(blocks, fold_case, lower, masks),
    }
}

/// Appends `mix64(start + multipliers[0] * tokens[i] + multipliers[1] * tokens[i + 1] + ..)` for every window of as
/// many tokens as there are multipliers, of which there is at least one.
pub(super) fn hash_windows(tokens: &[u64], start: u64, multipliers: &[u64], hashes: &mut Vec<u64>) {
    let windows = (tokens.len() + 1).saturating_sub(multipliers.len());
    let before = hashes.len();
    hashes.resize(before + windows, 0);
    let hashes = &mut hashes[before..];
    match SimdLevel::detect() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level was found to be available.
        SimdLevel::Avx512 => unsafe { avx512::hash_windows(tokens, start, multipliers, hashes) },
        // The others have no 64-bit multiplication: emulating it is slower than the scalar one.
        _ => portable::hash_windows(tokens, start, multipliers, hashes),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::unicode::Words;

    fn levels() -> impl Iterator<Item = SimdLevel> {
        SimdLevel::ALL.into_iter().filter(|level| level.is_available())
    }

    /// ASCII in which words, marks and white space alternate often.
    fn ascii() -> impl Strategy<Value = String> {
        let frequent = prop::sample::select("aZ09 _:.',;\n-\t".chars().collect::<Vec<_>>());
        let any = (0_u8..128).prop_map(char::from);
        prop::collection::vec(prop_oneof![9 => frequent, 1 => any], 0..300).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn every_level_classifies_alike(text in ascii(), fold_case: bool) {
            let (mut expected_lower, mut expected_masks) = (Vec::new(), Vec::new());
            classify(SimdLevel::Portable, text.as_bytes(), fold_case, &mut expected_lower, &mut expected_masks);
            for level in levels() {
                let (mut lower, mut masks) = (Vec::new(), Vec::new());
                classify(level, text.as_bytes(), fold_case, &mut lower, &mut masks);
                prop_assert_eq!(&lower, &expected_lower, "{:?}", level);
                prop_assert_eq!(&masks, &expected_masks, "{:?}", level);
            }
        }

        #[test]
        fn words_are_those_of_the_annex(text in ascii()) {
            let expected: Vec<String> = Words::new(&text).map(|(range, _)| text[range].to_ascii_lowercase()).collect();
            for level in levels() {
                let rules = AsciiWords { fold_case: true, keep_punctuation: true };
                let mut words = Vec::new();
                let word = |bytes: &[u8]| words.push(String::from_utf8_lossy(bytes).into_owned());
                rules.words_of(level, text.as_bytes(), &mut Scratch::default(), word);
                prop_assert_eq!(&words, &expected, "{:?}", level);
            }
        }

        #[test]
        fn windows_hash_as_the_formula_says(tokens in prop::collection::vec(any::<u64>(), 1..60), length in 1_usize..12) {
            let multipliers: Vec<u64> = (0..length as u64).map(|i| crate::mix::derive_from(0, i) | 1).collect();
            let window = |window: &[u64]| {
                let terms = window.iter().zip(&multipliers).map(|(token, multiplier)| token.wrapping_mul(*multiplier));
                crate::mix::mix64(terms.fold(7, u64::wrapping_add))
            };
            let expected: Vec<u64> = tokens.windows(length).map(window).collect();
            let mut hashes = Vec::new();
            hash_windows(&tokens, 7, &multipliers, &mut hashes);
            prop_assert_eq!(&hashes, &expected);
            hashes.fill(0);
            portable::hash_windows(&tokens, 7, &multipliers, &mut hashes);
            prop_assert_eq!(&hashes, &expected);
        }

        #[test]
        fn stretches_cover_the_text(text in "[a-c é\u{301} \n文]{0,200}") {
            let (mut at, bytes) = (0, text.as_bytes());
            while at < text.len() {
                let Stretches { ascii, rest } = next_stretches(bytes, at);
                prop_assert!(ascii.start == at && ascii.end == rest.start && rest.end > at);
                prop_assert!(text[ascii].is_ascii());
                prop_assert!(text.is_char_boundary(rest.end));
                at = rest.end;
            }
        }
    }
}
