//! The fast path of simple characters: words and characters, sixty-four bytes at a time.
//!
//! The plain composition (normalize, segment by UAX #29, hash) defines the tokens of a text. Most bytes of most corpora are ASCII,
//! and there the definition reduces to bit arithmetic on masks of character classes, a technique of vectorized parsers
//! (G. Langdale, D. Lemire, "Parsing gigabytes of JSON per second", 2019):
//!
//! 1. [`classify`] makes [`Masks`] of every sixty-four bytes: one bit per byte and class. The file of each level has the same
//!    function for it, which only tells classes apart. The rules are elsewhere, so that there is one copy of them.
//! 2. [`multibyte`] adds letters and punctuation of two and three bytes to the masks: those that are normalized alone, to as many bytes.
//! 3. [`words`] combines these into one mask of the bytes that belong to words. Words begin and end where its bits change. Signs are few
//!    in prose: [`signs`] reads each with what is beside it, and adds those that are content.
//! 4. Each word is hashed in place ([`short_hash`]). Where tokens are characters, the hash of each is looked up ([`characters`]).
//!
//! A run with any other character goes to the composition ([`runs`]). A text is only cut where nothing on one side can change the
//! tokens of the other: between ASCII white space and a simple letter or digit, and between two spaceless letters. Property tests hold
//! the fast path equal to the composition, at every level.

mod characters;
mod multibyte;
mod plain_text;
mod portable;
mod runs;
mod short_hash;
mod signs;
mod words;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx2_hash;
#[cfg(target_arch = "x86_64")]
mod avx2_letters;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod avx512_hash;
#[cfg(target_arch = "aarch64")]
mod neon;

pub(super) use characters::{CharacterRun, Characters, SimpleCharacters};
pub(super) use multibyte::Multibyte;
pub(super) use plain_text::PlainText;
pub(super) use short_hash::hash_in;
pub(super) use words::{AsciiWords, Piece, Words};

use std::ops::Range;

use runs::Blocks;

use crate::cpu::SimdLevel;

/// The number of bytes that are classified together, one bit each.
const BLOCK: usize = 64;

/// The classes of the sixty-four bytes of a block: one bit per byte and class, the first byte in the lowest bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Masks {
    /// Letters that join to words.
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
    /// White space: space, tab, line feed, form feed and carriage return.
    spaces: u64,
    /// Bytes of characters beyond ASCII. Once [`Multibyte`] has read a block, the first bytes of those that are not simple.
    others: u64,
    /// `-`, which is a dash, a hyphen or a minus.
    hyphens: u64,
    /// `#$%&*+/<=>@^|~`, which may be content.
    signs: u64,
}

/// The signs of ASCII as a table of two lookups: a byte is a sign if the row of its high half is among the rows of its low half. One bit
/// represents a row of sixteen codes. Vectors look up sixteen entries or more at once (Mula, Lemire, "Faster Base64 encoding and decoding
/// using AVX2 instructions", 2018).
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
struct SignTable {
    low: [u8; 16],
    high: [u8; 16],
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static SIGNS: SignTable = {
    let mut table = SignTable { low: [0; 16], high: [0; 16] };
    let mut row = 0;
    while row < 8 {
        table.high[row] = 1 << row;
        row += 1;
    }
    let mut byte = 0;
    while byte < 0x80 {
        if crate::text::signs::is_ascii_sign(byte) {
            table.low[(byte & 0xf) as usize] |= 1 << (byte >> 4);
        }
        byte += 1;
    }
    table
};

/// Buffers of the fast path, kept from one text to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    lower: Vec<u8>,
    masks: Vec<Masks>,
    bounds: Vec<u32>,
    signs: Vec<[u32; 2]>,
    spaceless: Vec<u64>,
}

/// Fills `masks` with the classes of every block of the text, and `lower` with the text and at least `padding` bytes more. With
/// `fold_case`, ASCII letters become lower case in `lower`, and white space becomes spaces. Bytes behind the end of the text have no class.
fn classify(
    level: SimdLevel,
    text: &[u8],
    fold_case: bool,
    padding: usize,
    lower: &mut Vec<u8>,
    masks: &mut Vec<Masks>,
) {
    // Both are overwritten, so nothing has to be cleared. The padding is never part of a word, and may hold anything.
    lower.resize(text.len().next_multiple_of(BLOCK) + padding, 0);
    masks.resize(text.len().div_ceil(BLOCK), Masks::default());
    let (blocks, tail) = text.as_chunks::<BLOCK>();
    let (lower_blocks, _) = lower.as_chunks_mut::<BLOCK>();
    dispatch_blocks(level, blocks, fold_case, lower_blocks, masks);
    if !tail.is_empty() {
        // The last block is completed with zeros, which have no class, so that kernels only see whole blocks.
        let mut last = [0; BLOCK];
        last[..tail.len()].copy_from_slice(tail);
        let at = blocks.len();
        dispatch_blocks(level, &[last], fold_case, &mut lower_blocks[at..], &mut masks[at..]);
    }
}

/// Runs [`Table::classify`](multibyte::Table::classify) at a level.
fn read_multibyte(
    level: SimdLevel,
    table: &multibyte::Table,
    text: &[u8],
    lower: &mut [u8],
    masks: &mut [Masks],
    spaceless: &mut Vec<u64>,
) {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level was checked to be available when it was chosen.
        SimdLevel::Avx2 | SimdLevel::Avx512 => unsafe {
            avx2_letters::classify(table, text, lower, masks, spaceless);
        },
        _ => table.classify(text, lower, masks, spaceless, |_, _| 0),
    }
}

/// Runs [`AsciiWords::find_bounds`] at a level.
fn find_bounds(
    level: SimdLevel,
    rules: AsciiWords,
    blocks: Blocks<'_>,
    run: &Range<usize>,
    bounds: &mut [u32],
) -> usize {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level was checked to be available when it was chosen.
        SimdLevel::Avx2 | SimdLevel::Avx512 => unsafe { avx2::find_bounds(rules, blocks, run, bounds) },
        _ => rules.find_bounds(blocks, run, bounds),
    }
}

/// Hashes the words of a buffer, none of which is empty. `hashes` is as long as `bounds`.
fn hash_words(level: SimdLevel, buffer: &[u8], bounds: &[[u32; 2]], hashes: &mut [u64]) {
    match level {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level was checked to be available when it was chosen.
        SimdLevel::Avx2 => unsafe { avx2_hash::hash_words(buffer, bounds, hashes) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        SimdLevel::Avx512 => unsafe { avx512_hash::hash_words(buffer, bounds, hashes) },
        _ => portable::hash_words(buffer, bounds, hashes),
    }
}

/// Classifies whole blocks. The slices for the outcome are at least as long.
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

/// Appends `mix64(offset + t[0] * p[n - 1] + t[1] * p[n - 2] + .. + t[n - 1])` for every window `t` of `n` tokens, where `p` are the
/// powers of one base, from the zeroth to the `n`-th.
pub(super) fn hash_windows(tokens: &[u64], offset: u64, powers: &[u64], hashes: &mut Vec<u64>) {
    if powers.len() < 2 {
        return;
    }
    let windows = (tokens.len() + 2).saturating_sub(powers.len());
    let before = hashes.len();
    hashes.resize(before + windows, 0);
    let hashes = &mut hashes[before..];
    match SimdLevel::detect() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the level was found to be available.
        SimdLevel::Avx512 => unsafe { avx512::hash_windows(tokens, offset, powers, hashes) },
        // The others have no 64-bit multiplication: emulating it is slower than the scalar one.
        _ => portable::hash_windows(tokens, offset, powers, hashes),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(super) fn levels() -> impl Iterator<Item = SimdLevel> {
        SimdLevel::ALL.into_iter().filter(|level| level.is_available())
    }

    /// ASCII in which words, marks and white space alternate often.
    pub(super) fn ascii() -> impl Strategy<Value = String> {
        let frequent = prop::sample::select("aZ09 _:.',;\n-\t".chars().collect::<Vec<_>>());
        let sign = prop::sample::select("#$%&*+/<=>@^|~-!(".chars().collect::<Vec<_>>());
        let any = (0_u8..128).prop_map(char::from);
        prop::collection::vec(prop_oneof![9 => frequent, 3 => sign, 1 => any], 0..300).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn every_level_classifies_alike(text in prop_oneof![ascii(), any::<String>()], fold_case: bool) {
            let (mut expected_lower, mut expected_masks) = (Vec::new(), Vec::new());
            classify(SimdLevel::Portable, text.as_bytes(), fold_case, 0, &mut expected_lower, &mut expected_masks);
            for level in levels() {
                let (mut lower, mut masks) = (Vec::new(), Vec::new());
                classify(level, text.as_bytes(), fold_case, 0, &mut lower, &mut masks);
                prop_assert_eq!(&lower, &expected_lower, "{:?}", level);
                prop_assert_eq!(&masks, &expected_masks, "{:?}", level);
            }
        }

        #[test]
        fn every_level_hashes_words_alike(
            buffer in prop::collection::vec(any::<u8>(), 60..200),
            words in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..30), 0..150),
        ) {
            let bounds: Vec<[u32; 2]> = words
                .iter()
                .map(|(start, length)| {
                    let start = start.index(buffer.len());
                    [start as u32, (start + length).min(buffer.len()) as u32]
                })
                .collect();
            let expected: Vec<u64> = bounds
                .iter()
                .map(|&[start, end]| crate::mix::token_hash(&buffer[start as usize..end as usize]))
                .collect();
            let padded = [&buffer[..], &[0xa5; short_hash::PADDING]].concat();
            for level in levels() {
                let mut hashes = vec![0; bounds.len()];
                hash_words(level, &padded, &bounds, &mut hashes);
                prop_assert_eq!(&hashes, &expected, "{:?}", level);
            }
        }

        #[test]
        fn windows_hash_as_the_formula_says(
            tokens in prop::collection::vec(any::<u64>(), 0..60),
            length in 1_usize..12,
            base: u64,
        ) {
            let powers: Vec<u64> = (0..=length as u32).map(|power| base.wrapping_pow(power)).collect();
            let window = |window: &[u64]| {
                let terms = window.iter().zip(powers[..length].iter().rev()).map(|(token, power)| token.wrapping_mul(*power));
                crate::mix::mix64(terms.fold(7, u64::wrapping_add))
            };
            let expected: Vec<u64> = tokens.windows(length).map(window).collect();
            let mut hashes = Vec::new();
            hash_windows(&tokens, 7, &powers, &mut hashes);
            prop_assert_eq!(&hashes, &expected);
            hashes.fill(0);
            portable::hash_windows(&tokens, 7, &powers, &mut hashes);
            prop_assert_eq!(&hashes, &expected);
        }
    }
}
