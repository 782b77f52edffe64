//! Hashes the characters of ASCII runs: one table lookup per byte.

use super::runs::{Blocks, Chunks};
use super::{Masks, PlainText, Scratch, classify};
use crate::cpu::SimdLevel;
use crate::mix::token_hash;
use crate::scheme::Normalization;

/// The hash of the token that each ASCII character becomes.
#[derive(Clone, Debug)]
pub(in crate::text) struct AsciiCharacters {
    hashes: Box<[u64; 128]>,
    /// The characters that are white space to be collapsed, one bit each. No bit is set if white space is kept.
    spaces: u128,
    fold_case: bool,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(in crate::text) enum Characters<'a> {
    /// A run that is ASCII throughout, for [`AsciiCharacters::append`].
    Ascii(AsciiRun<'a>),
    /// A run of the text as it is. White space is at its end, unless the text ends there, and before it, unless the text begins
    /// there.
    Rest(&'a str),
}

/// An ASCII run.
#[derive(Clone, Copy, Debug)]
pub(in crate::text) struct AsciiRun<'a> {
    pub(in crate::text) bytes: &'a [u8],
    lower: &'a [u8],
    masks: &'a [Masks],
    start: usize,
}

impl AsciiRun<'_> {
    /// Adds the run to the text that is hashed.
    pub(in crate::text) fn append_text(self, plain: &mut PlainText) {
        plain.push_simple(self.lower, self.masks, self.start..self.start + self.bytes.len());
    }
}

impl AsciiCharacters {
    /// Builds the table. Every rule makes one ASCII character of one ASCII character, so one lookup applies all of them.
    pub(in crate::text) fn new(rules: Normalization) -> Self {
        let separate = rules.collapse_white_space(false);
        let normal: [String; 128] = std::array::from_fn(|byte| separate.apply(&char::from(byte as u8).to_string()));
        let is_space = |byte: &usize| rules.collapse_white_space && normal[*byte].trim().is_empty();
        Self {
            hashes: Box::new(std::array::from_fn(|byte| token_hash(normal[byte].as_bytes()))),
            spaces: (0..128).filter(is_space).fold(0, |all, byte| all | 1 << byte),
            fold_case: rules.fold_case,
        }
    }

    /// Calls `piece` with the runs of a text, in order.
    pub(in crate::text) fn for_each(&self, text: &str, scratch: &mut Scratch, mut piece: impl FnMut(Characters<'_>)) {
        let level = SimdLevel::detect();
        let Scratch { lower, masks, .. } = scratch;
        for chunk in Chunks::new(text, None) {
            classify(level, chunk.as_bytes(), self.fold_case, 0, lower, masks);
            for runs in (Blocks { masks, spaceless: &[], length: chunk.len() }).runs() {
                let start = runs.simple.start;
                piece(Characters::Ascii(AsciiRun { bytes: &chunk.as_bytes()[runs.simple], lower, masks, start }));
                if !runs.rest.is_empty() {
                    piece(Characters::Rest(chunk.get(runs.rest).unwrap_or_default()));
                }
            }
        }
    }

    /// Appends the hashes of a run's characters. Collapsed white space counts as one space, if something visible is before and
    /// behind it. `pending` tells whether such a space is due before the run, and afterwards whether one is due behind it.
    pub(in crate::text) fn append(&self, run: &[u8], pending: &mut bool, hashes: &mut Vec<u64>) {
        let space = token_hash(b" ");
        let mut end = hashes.len();
        // White space at the beginning of the text is dropped.
        let mut begun = end > 0;
        hashes.resize(end + 2 * run.len(), 0);
        for &byte in run {
            let byte = usize::from(byte & 0x7f);
            let is_space = self.spaces >> byte & 1 != 0;
            // The space and the character are both written, and `end` only moves past what counts. A branch on what is white space
            // would be mispredicted at most words.
            hashes[end] = space;
            end += usize::from(*pending & !is_space);
            hashes[end] = self.hashes[byte];
            end += usize::from(!is_space);
            begun |= !is_space;
            *pending = is_space & begun;
        }
        hashes.truncate(end);
    }
}
