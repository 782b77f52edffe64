//! Windows: which tokens make a shingle, and its hash.

use std::ops::Range;

use super::kernel;
use crate::mix::{GOLDEN, derive_from, mix64};

/// The length of windows, and the hash of one.
///
/// A window is a fixed amount of text. With windows of 3 words or 5 spaceless letters, a word adds 5 and a letter 3, and a window is
/// the shortest run of tokens that reaches 15: three words, five letters, or two words and two letters (16). Whole numbers avoid
/// the rounding of thirds and fifths.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// The amount that a word adds.
    word: u32,
    /// The amount that a spaceless letter adds.
    letter: u32,
    /// The amount that a window has at least.
    full: u32,
    /// The powers of the base, from the zeroth to that of the longest window.
    powers: Vec<u64>,
}

/// The base of the polynomial that a window's hash is. Any odd number without structure will do: an even one would lose bits of the
/// first tokens.
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

    /// Returns the hash of one window.
    pub(super) fn hash(&self, tokens: &[u64]) -> u64 {
        let sum = tokens.iter().fold(0, |sum: u64, token| sum.wrapping_mul(BASE).wrapping_add(*token));
        mix64(sum.wrapping_add(offset(tokens.len())))
    }

    /// Returns whether words and spaceless letters count differently.
    pub(super) fn tells_apart(&self) -> bool {
        self.word != self.letter
    }

    /// Returns the number of tokens in every window, if it is the same for all: because all tokens are words, or because words and
    /// letters count alike.
    fn fixed_length(&self, spaceless: &[bool]) -> Option<usize> {
        (spaceless.is_empty() || !self.tells_apart()).then(|| self.length_of(false))
    }

    /// Returns the number of tokens in a window of one kind only.
    fn length_of(&self, spaceless: bool) -> usize {
        self.full.div_ceil(self.amount(spaceless)) as usize
    }

    /// Appends the hashes of all windows. Within a run of one kind of token, all windows have one length and are hashed together.
    pub(super) fn hash_all(&self, tokens: &[u64], spaceless: &[bool], shingles: &mut Vec<u64>) {
        if let Some(length) = self.fixed_length(spaceless) {
            return self.hash_alike(tokens, length, shingles);
        }
        let mut start = 0;
        for kind in spaceless.chunk_by(|a, b| a == b) {
            let end = start + kind.len();
            self.hash_alike(&tokens[start..end], self.length_of(kind[0]), shingles);
            // The last windows of the run reach into the next run, and so have a length of their own.
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

    /// Returns the end of the window that begins at a token, unless the text ends before it.
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

    /// Calls `shingle` with the token range of every window, in order. `spaceless` says for each token whether it is a spaceless
    /// letter, and is empty if none is.
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

/// Returns what is added to the hash of a window so that windows of different lengths differ, also where all their tokens have
/// the hash 0.
fn offset(length: usize) -> u64 {
    (length as u64).wrapping_mul(GOLDEN)
}
