//! The definition: one look-up a byte.

use super::{BLOCK, Masks};
use crate::mix::mix64;

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const UNDERSCORE: u8 = 3;
const COLON: u8 = 4;
const DOT: u8 = 5;
const COMMA: u8 = 6;

/// The class of each byte; 0 is none.
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
        let mut of_class = [0; 7];
        for (bit, &byte) in block.iter().enumerate() {
            of_class[usize::from(CLASSES[usize::from(byte)]) % 7] |= 1 << bit;
        }
        let [_, letters, digits, underscores, colons, dots, commas] = of_class;
        *masks = Masks { letters, digits, underscores, colons, dots, commas };
    }
}

pub(super) fn hash_windows(tokens: &[u64], start: u64, multipliers: &[u64], hashes: &mut [u64]) {
    // The lengths in use get a loop of their own, which the compiler unrolls.
    match multipliers.len() {
        1 => hash_windows_of::<1>(tokens, start, multipliers, hashes),
        2 => hash_windows_of::<2>(tokens, start, multipliers, hashes),
        3 => hash_windows_of::<3>(tokens, start, multipliers, hashes),
        4 => hash_windows_of::<4>(tokens, start, multipliers, hashes),
        5 => hash_windows_of::<5>(tokens, start, multipliers, hashes),
        8 => hash_windows_of::<8>(tokens, start, multipliers, hashes),
        length => {
            for (hash, window) in hashes.iter_mut().zip(tokens.windows(length)) {
                *hash = hash_window(window, start, multipliers);
            }
        }
    }
}

fn hash_windows_of<const N: usize>(tokens: &[u64], start: u64, multipliers: &[u64], hashes: &mut [u64]) {
    let Some(multipliers) = multipliers.first_chunk::<N>() else { return };
    for (hash, window) in hashes.iter_mut().zip(tokens.windows(N)) {
        *hash = hash_window(window.first_chunk::<N>().unwrap_or(&[0; N]), start, multipliers);
    }
}

#[inline]
fn hash_window(window: &[u64], start: u64, multipliers: &[u64]) -> u64 {
    let terms = window.iter().zip(multipliers).map(|(token, multiplier)| token.wrapping_mul(*multiplier));
    mix64(terms.fold(start, u64::wrapping_add))
}
