//! Windows: how many tokens make a shingle, and its hash.

use std::ops::Range;

use super::kernel;
use crate::mix::{GOLDEN, derive_from, mix64};

/// How many tokens make a shingle.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// What a token adds to the amount of text: a word, and a spaceless letter. A window holds `full` at least.
    word: u32,
    letter: u32,
    full: u32,
    /// The powers of the base, from the zeroth to that of the longest window.
    powers: Vec<u64>,
}

/// What a window's hash is a polynomial of: any odd number without structure will do.
const BASE: u64 = derive_from(0, 0) | 1;

impl Window {
    pub(crate) fn new(words: u32, letters: u32) -> Self {
        let longest = words.max(letters) as usize;
        Self {
            word: letters,
            letter: words,
            full: words * letters,
            powers: std::iter::successors(Some(1_u64), |power| Some(power.wrapping_mul(BASE)))
                .take(longest + 1)
                .collect(),
        }
    }

    pub(super) fn hash(&self, tokens: &[u64]) -> u64 {
        let sum = tokens.iter().fold(0, |sum: u64, token| sum.wrapping_mul(BASE).wrapping_add(*token));
        mix64(sum.wrapping_add(offset(tokens.len())))
    }

    /// How many tokens every window has, if that is one number: because all tokens are words, or all count alike.
    fn fixed_length(&self, spaceless: &[bool]) -> Option<usize> {
        (spaceless.is_empty() || self.word == self.letter).then(|| self.length_of(false))
    }

    /// Tokens of a window that holds one kind only.
    fn length_of(&self, spaceless: bool) -> usize {
        self.full.div_ceil(self.amount(spaceless)) as usize
    }

    /// Appends the hashes of all windows. Windows of one length, in runs of one kind of token, are hashed together.
    pub(super) fn hash_all(&self, tokens: &[u64], spaceless: &[bool], shingles: &mut Vec<u64>) {
        if let Some(length) = self.fixed_length(spaceless) {
            return self.hash_alike(tokens, length, shingles);
        }
        let mut start = 0;
        for kind in spaceless.chunk_by(|a, b| a == b) {
            let end = start + kind.len();
            self.hash_alike(&tokens[start..end], self.length_of(kind[0]), shingles);
            // The last windows of the run reach into the next.
            let reaching = end.saturating_sub(self.length_of(kind[0]) - 1).max(start);
            for first in reaching..end {
                match self.end_of(first, spaceless) {
                    Some(last) => shingles.push(self.hash(&tokens[first..last])),
                    None => return,
                }
            }
            start = end;
        }
    }

    /// Appends the hashes of all windows of one length.
    fn hash_alike(&self, tokens: &[u64], length: usize, shingles: &mut Vec<u64>) {
        let powers = self.powers.get(..=length).unwrap_or_default();
        kernel::hash_windows(tokens, offset(length), powers, shingles);
    }

    /// Where the window ends that begins at a token, if the text has so much.
    fn end_of(&self, first: usize, spaceless: &[bool]) -> Option<usize> {
        let mut held = 0;
        let last = spaceless[first..].iter().position(|&kind| {
            held += self.amount(kind);
            held >= self.full
        })?;
        Some(first + last + 1)
    }

    fn amount(&self, spaceless: bool) -> u32 {
        if spaceless { self.letter } else { self.word }
    }

    /// Calls `shingle` with the token range of every window, in order. `spaceless` says of each token what it is, and
    /// is empty where none is.
    pub(crate) fn for_each(&self, tokens: usize, spaceless: &[bool], mut shingle: impl FnMut(Range<usize>)) {
        if let Some(length) = self.fixed_length(spaceless) {
            (length..=tokens).for_each(|end| shingle(end - length..end));
            return;
        }
        let (mut end, mut held) = (0, 0);
        for start in 0..tokens {
            while held < self.full && end < tokens {
                held += self.amount(spaceless[end]);
                end += 1;
            }
            if held < self.full {
                break;
            }
            shingle(start..end);
            held -= self.amount(spaceless[start]);
        }
    }
}

/// Tells windows of different lengths apart.
fn offset(length: usize) -> u64 {
    (length as u64).wrapping_mul(GOLDEN)
}
