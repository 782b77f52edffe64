//! The hash of a normalized text, in which runs of white space are one space.
//!
//! The fast path has the text in lower case and masks of its white space already, so nearly all of the work is copying and hashing.

use std::ops::Range;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::runs::bits_of;
use super::{BLOCK, Masks};

/// Collects a normalized text and hashes it.
#[derive(Clone, Default)]
pub(in crate::text) struct PlainText {
    /// What is not hashed yet.
    buffer: Vec<u8>,
    /// The hash of what was in the buffer before.
    hashed: Option<Box<Xxh3>>,
    /// Whether something visible came, and then white space.
    space: bool,
    /// The number of bytes of the text that comes.
    length: usize,
    /// The hash of a text that came in one piece, in which nothing had to be left out.
    whole: Option<u64>,
}

/// Bytes that are hashed at once. Most texts are shorter, and need no state.
const BUFFER: usize = 1 << 16;

impl PlainText {
    /// Forgets everything, and begins a text of this many bytes.
    pub(in crate::text) fn begin(&mut self, length: usize) {
        self.buffer.clear();
        (self.hashed, self.space, self.length, self.whole) = (None, false, length, None);
    }

    /// Adds a run of simple characters that is normalized, in which white space is spaces, with the classes of its blocks.
    pub(super) fn push_simple(&mut self, lower: &[u8], masks: &[Masks], run: Range<usize>) {
        // Most texts of one line are hashed where they are.
        if run.len() == self.length && !has_repeated_spaces(masks, &run) {
            self.whole = Some(xxh3_64(lower[run].trim_ascii()));
            return;
        }
        let (mut from, mut carry) = (run.start, 0);
        let blocks = run.start / BLOCK..run.end.div_ceil(BLOCK);
        for (block, start) in masks[blocks.clone()].iter().zip(blocks.map(|number| number * BLOCK)) {
            let spaces = block.spaces & bits_of(&run, start);
            let mut repeated = spaces & (spaces << 1 | carry);
            carry = spaces >> (BLOCK - 1);
            while repeated != 0 {
                let at = start + repeated.trailing_zeros() as usize;
                self.append(&lower[from..at]);
                from = at + 1;
                // Clears the lowest set bit.
                repeated &= repeated.wrapping_sub(1);
            }
        }
        self.append(&lower[from..run.end]);
    }

    /// Adds a part of the text that is normalized. `ends_in_space` says that white space was at its end.
    pub(in crate::text) fn push(&mut self, normal: &str, ends_in_space: bool) {
        self.space |= normal.starts_with(Self::is_space);
        for (number, word) in normal.split(Self::is_space).filter(|word| !word.is_empty()).enumerate() {
            self.space |= number > 0;
            self.append_visible(word.as_bytes());
        }
        self.space |= ends_in_space || normal.ends_with(Self::is_space);
    }

    /// Adds bytes in which white space is single spaces.
    fn append(&mut self, bytes: &[u8]) {
        let behind = bytes.strip_prefix(b" ").inspect(|_| self.space = true).unwrap_or(bytes);
        let visible = behind.strip_suffix(b" ").unwrap_or(behind);
        if !visible.is_empty() {
            self.append_visible(visible);
        }
        self.space |= visible.len() < behind.len();
    }

    /// Adds bytes with something visible at both ends.
    fn append_visible(&mut self, visible: &[u8]) {
        if self.space && !self.is_empty() {
            self.buffer.push(b' ');
        }
        self.space = false;
        self.buffer.extend_from_slice(visible);
        if self.buffer.len() >= BUFFER {
            self.hashed.get_or_insert_default().update(&self.buffer);
            self.buffer.clear();
        }
    }

    /// Returns whether a character is white space here. A vertical tab is none: the classes of bytes do not know it.
    pub(in crate::text) fn is_space(c: char) -> bool {
        c.is_whitespace() && c != '\x0b'
    }

    fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.hashed.is_none()
    }

    /// Returns the hash of the text, which is never 0.
    pub(in crate::text) fn finish(&mut self) -> u64 {
        let hash = match (self.whole, &mut self.hashed) {
            (Some(hash), _) => hash,
            (None, None) => xxh3_64(&self.buffer),
            (None, Some(hashed)) => {
                hashed.update(&self.buffer);
                hashed.digest()
            }
        };
        hash.max(1)
    }
}

fn has_repeated_spaces(masks: &[Masks], run: &Range<usize>) -> bool {
    let (mut repeated, mut carry) = (0, 0);
    let blocks = run.start / BLOCK..run.end.div_ceil(BLOCK);
    for (block, number) in masks[blocks.clone()].iter().zip(blocks) {
        let spaces = block.spaces & bits_of(run, number * BLOCK);
        repeated |= spaces & (spaces << 1 | carry);
        carry = spaces >> (BLOCK - 1);
    }
    repeated != 0
}

impl std::fmt::Debug for PlainText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlainText").field("bytes", &self.buffer.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::kernel::tests::levels;
    use crate::text::kernel::{Blocks, classify};

    proptest! {
        #[test]
        fn the_hash_is_that_of_the_words_between_single_spaces(
            text in "([a-zA-Z.,]{1,9}|[ \t\n\r]{1,4}|é|文 |[\u{b}\u{85}\u{a0}\u{1680}\u{2000}\u{200a}\u{2028}\u{202f}\u{205f}\u{3000}“。]){0,60}|([a-zA-Z.,]{1,9}[ \n]){0,60} ?",
            repeats in prop_oneof![4 => Just(1_usize), 1 => 200_usize..400],
        ) {
            let text = text.repeat(repeats);
            let words: Vec<String> = text.split(PlainText::is_space).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
            let expected = xxh3_64(words.join(" ").as_bytes()).max(1);
            for level in levels() {
                let (mut lower, mut masks, mut plain) = (Vec::new(), Vec::new(), PlainText::default());
                classify(level, text.as_bytes(), true, 0, &mut lower, &mut masks);
                plain.begin(text.len());
                for runs in (Blocks { masks: &masks, spaceless: &[], length: text.len() }).runs() {
                    plain.push_simple(&lower, &masks, runs.simple);
                    plain.push(&text[runs.rest].to_ascii_lowercase(), false);
                }
                prop_assert_eq!(plain.finish(), expected, "{:?}", level);
            }
        }
    }
}
