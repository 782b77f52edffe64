//! Characters of ASCII runs: one look-up a byte.

use super::ascii_runs::{Blocks, Chunks};
use super::{Scratch, classify};
use crate::cpu::SimdLevel;
use crate::mix::token_hash;
use crate::scheme::Normalization;

/// What each ASCII character becomes, as the hash of its token.
#[derive(Clone, Debug)]
pub(in crate::text) struct AsciiCharacters {
    hashes: Box<[u64; 128]>,
    /// Which characters count as white space to be collapsed; none, if it is not.
    spaces: u128,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(in crate::text) enum Characters<'a> {
    /// A run that is ASCII throughout, for [`AsciiCharacters::append`].
    Ascii(&'a [u8]),
    /// A run as it stands in the text, with white space before it (unless it is the first) and behind it (unless it
    /// is the last).
    Rest(&'a str),
}

impl AsciiCharacters {
    /// Every rule makes one ASCII character of one ASCII character, so one look-up can stand for all of them.
    pub(in crate::text) fn new(rules: Normalization) -> Self {
        let separate = rules.collapse_white_space(false);
        let normal: [String; 128] = std::array::from_fn(|byte| separate.apply(&char::from(byte as u8).to_string()));
        let is_space = |byte: &usize| rules.collapse_white_space && normal[*byte].trim().is_empty();
        Self {
            hashes: Box::new(std::array::from_fn(|byte| token_hash(normal[byte].as_bytes()))),
            spaces: (0..128).filter(is_space).fold(0, |all, byte| all | 1 << byte),
        }
    }

    /// Calls `piece` with the runs of a text, in order.
    pub(in crate::text) fn for_each(&self, text: &str, scratch: &mut Scratch, mut piece: impl FnMut(Characters<'_>)) {
        let level = SimdLevel::detect();
        let Scratch { lower, masks, .. } = scratch;
        for chunk in Chunks::of(text) {
            classify(level, chunk.as_bytes(), false, 0, lower, masks);
            for runs in (Blocks { masks, length: chunk.len() }).runs() {
                piece(Characters::Ascii(&chunk.as_bytes()[runs.ascii]));
                if !runs.rest.is_empty() {
                    piece(Characters::Rest(chunk.get(runs.rest).unwrap_or_default()));
                }
            }
        }
    }

    /// Appends the hashes of a run's characters; collapsed white space is one, if something visible is before it and
    /// behind it. `pending` says whether such is before the run, and then whether it is at its end.
    pub(in crate::text) fn append(&self, run: &[u8], pending: &mut bool, hashes: &mut Vec<u64>) {
        let space = token_hash(b" ");
        let mut end = hashes.len();
        // Where text begins, white space is dropped.
        let mut begun = end > 0;
        hashes.resize(end + 2 * run.len(), 0);
        for &byte in run {
            let byte = usize::from(byte & 0x7f);
            let is_space = self.spaces >> byte & 1 != 0;
            // Both are written and kept where they count: what is white space cannot be predicted.
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
