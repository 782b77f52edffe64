//! Characters of ASCII stretches: one look-up a byte.

use super::next_stretches;
use crate::mix::token_hash;
use crate::text::Normalization;

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
    /// The hash of a character.
    Hash(u64),
    /// White space that is collapsed: a space, if something visible is before it and behind it.
    Space,
    /// A stretch as it stands in the text, with white space before it (unless it is the first) and behind it (unless it
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

    /// Calls `piece` with every character of the text's ASCII stretches, and with every other stretch, in order.
    pub(in crate::text) fn for_each(&self, text: &str, mut piece: impl FnMut(Characters<'_>)) {
        let mut at = 0;
        while at < text.len() {
            let stretches = next_stretches(text.as_bytes(), at);
            for &byte in &text.as_bytes()[stretches.ascii] {
                let byte = usize::from(byte & 0x7f);
                let space = self.spaces >> byte & 1 != 0;
                piece(if space { Characters::Space } else { Characters::Hash(self.hashes[byte]) });
            }
            at = stretches.rest.end;
            if !stretches.rest.is_empty() {
                piece(Characters::Rest(text.get(stretches.rest).unwrap_or_default()));
            }
        }
    }
}
