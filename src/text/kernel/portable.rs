//! The definition of every kernel, in plain Rust: one table lookup per byte.

use super::short_hash::hash_in;
use super::{BLOCK, Masks};
use crate::mix::mix64;
use crate::text::signs::is_ascii_sign;

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const UNDERSCORE: u8 = 3;
const COLON: u8 = 4;
const DOT: u8 = 5;
const COMMA: u8 = 6;
const SPACE: u8 = 7;
const OTHER: u8 = 8;
const HYPHEN: u8 = 9;
const SIGN: u8 = 10;

/// The class of each byte, or 0 for a byte of no class.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => DIGIT,
            b'_' => UNDERSCORE,
            b':' => COLON,
            b'.' | b'\'' => DOT,
            b',' | b';' => COMMA,
            b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' => SPACE,
            0x80.. => OTHER,
            b'-' => HYPHEN,
            byte if is_ascii_sign(byte) => SIGN,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

pub(super) fn classify(blocks: &[[u8; BLOCK]], fold_case: bool, lower: &mut [[u8; BLOCK]], masks: &mut [Masks]) {
    for ((block, lower), masks) in blocks.iter().zip(lower).zip(masks) {
        *lower = *block;
        if fold_case {
            lower.make_ascii_lowercase();
        }
        for byte in lower.iter_mut() {
            if CLASSES[usize::from(*byte)] == SPACE {
                *byte = b' ';
            }
        }
        // Sixteen places, a power of two, so that the index needs no bounds check.
        let mut of_class = [0; 16];
        for (bit, &byte) in block.iter().enumerate() {
            of_class[usize::from(CLASSES[usize::from(byte)]) % 16] |= 1 << bit;
        }
        let [_, letters, digits, underscores, colons, dots, commas, spaces, others, hyphens, signs, ..] = of_class;
        *masks = Masks { letters, digits, underscores, colons, dots, commas, spaces, others, hyphens, signs };
    }
}

pub(super) fn hash_words(buffer: &[u8], bounds: &[[u32; 2]], hashes: &mut [u64]) {
    for (hash, &[start, end]) in hashes.iter_mut().zip(bounds) {
        *hash = hash_in(buffer, start as usize, end as usize);
    }
}

/// Computes each window from the one before it (a rolling hash; R. Karp, M. Rabin, "Efficient randomized pattern-matching
/// algorithms", 1987): times the base, plus the token that enters, less the one that leaves.
pub(super) fn hash_windows(tokens: &[u64], offset: u64, powers: &[u64], hashes: &mut [u64]) {
    let length = powers.len() - 1;
    let (base, leaving_power) = (powers[1], powers[length]);
    let Some((first, entering)) = tokens.split_at_checked(length) else { return };
    let mut sum = first.iter().fold(0, |sum: u64, token| sum.wrapping_mul(base).wrapping_add(*token));
    let Some((first_hash, hashes)) = hashes.split_first_mut() else { return };
    *first_hash = mix64(sum.wrapping_add(offset));
    for ((hash, entering), leaving) in hashes.iter_mut().zip(entering).zip(tokens) {
        let change = entering.wrapping_sub(leaving.wrapping_mul(leaving_power));
        sum = sum.wrapping_mul(base).wrapping_add(change);
        *hash = mix64(sum.wrapping_add(offset));
    }
}
