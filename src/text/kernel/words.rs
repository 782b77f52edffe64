//! Finds the words of a text, in runs of simple characters sixty-four bytes at a time.

use std::ops::Range;

use super::runs::{Blocks, Chunks, bits_of};
use super::short_hash::PADDING;
use super::signs::{find_signs, insert};
use super::{BLOCK, Multibyte, PlainText, Scratch, classify, find_bounds, hash_words};
use crate::cpu::SimdLevel;
use crate::text::signs::SignContext;

/// The rules of a scheme, as far as they matter for ASCII words.
#[derive(Clone, Copy, Debug)]
pub(in crate::text) struct AsciiWords {
    /// Whether letters become lower case.
    pub(in crate::text) fold_case: bool,
    /// Whether marks such as the apostrophe of `don't` can be part of a word. Otherwise all punctuation separates words, like a
    /// space.
    pub(in crate::text) keep_punctuation: bool,
    /// Whether the ends of lines are kept. Otherwise they are spaces like others.
    pub(in crate::text) keep_lines: bool,
    /// Whether signs that are content are tokens too.
    pub(in crate::text) signs: bool,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(in crate::text) enum Piece<'a> {
    /// The words of a run of simple characters, normalized, and the signs among them.
    Words(Words<'a>),
    /// A run of the text as it is, whose tokens the plain composition must find.
    Rest(&'a str),
}

/// Words in a buffer.
#[derive(Clone, Copy, Debug)]
pub(in crate::text) struct Words<'a> {
    buffer: &'a [u8],
    /// Where each word begins and ends in the buffer.
    bounds: &'a [[u32; 2]],
    blocks: Blocks<'a>,
    /// The run in the buffer.
    run: (usize, usize),
    level: SimdLevel,
}

impl<'a> Words<'a> {
    /// Appends the hash of every word.
    pub(in crate::text) fn append_hashes(self, hashes: &mut Vec<u64>) {
        let before = hashes.len();
        hashes.resize(before + self.bounds.len(), 0);
        hash_words(self.level, self.buffer, self.bounds, &mut hashes[before..]);
    }

    /// Adds the run to the text that is hashed.
    pub(in crate::text) fn append_text(self, plain: &mut PlainText) {
        plain.push_simple(self.buffer, self.blocks.masks, self.run.0..self.run.1);
    }

    /// Returns whether some of the words may be spaceless letters.
    pub(in crate::text) fn may_be_spaceless(self) -> bool {
        !self.blocks.spaceless.is_empty()
    }

    /// Returns an iterator that tells of each word whether it is a spaceless letter.
    pub(in crate::text) fn spaceless(self) -> impl Iterator<Item = bool> + use<'a> {
        self.bounds.iter().map(move |&[start, _]| self.blocks.is_spaceless(start as usize))
    }

    /// Returns an iterator over the words.
    pub(in crate::text) fn iter(self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.bounds.iter().map(move |&[start, end]| &self.buffer[start as usize..end as usize])
    }
}

impl AsciiWords {
    /// Calls `piece` with the words of each run of simple characters, and with every other run, in order.
    pub(in crate::text) fn for_each(
        self,
        text: &str,
        multibyte: &Multibyte,
        scratch: &mut Scratch,
        mut piece: impl FnMut(Piece<'_>),
    ) {
        let level = SimdLevel::detect();
        for chunk in Chunks::new(text, multibyte) {
            match u32::try_from(chunk.len()) {
                Ok(_) => self.for_each_of(level, chunk, multibyte, scratch, &mut piece),
                // Places are 32 bits. A chunk of 4 GB without a cut is a text without spaces, and can take its time.
                Err(_) => piece(Piece::Rest(chunk)),
            }
        }
    }

    fn for_each_of(
        self,
        level: SimdLevel,
        chunk: &str,
        multibyte: &Multibyte,
        scratch: &mut Scratch,
        piece: &mut impl FnMut(Piece<'_>),
    ) {
        let Scratch { lower, masks, bounds, signs, spaceless } = scratch;
        classify(level, chunk.as_bytes(), self.fold_case, PADDING, lower, masks);
        multibyte.classify(level, chunk.as_bytes(), lower, masks, spaceless);
        if bounds.len() < room_for(chunk.len()) {
            bounds.resize(room_for(chunk.len()), 0);
        }
        let blocks = Blocks { masks, spaceless, length: chunk.len() };
        let context = SignContext { text: chunk, lines: self.keep_lines, punctuation: self.keep_punctuation };
        let underscores = masks.iter().any(|masks| masks.underscores != 0);
        for runs in blocks.runs() {
            let mut written = find_bounds(level, self, blocks, &runs.simple, bounds);
            if underscores {
                written = drop_underscores(lower, &mut bounds[..written]);
            }
            if self.signs {
                find_signs(context, blocks, &runs.simple, signs);
                let needed = written + 2 * signs.len();
                if bounds.len() < needed {
                    bounds.resize(needed, 0);
                }
                written = insert(signs, bounds, written);
            }
            if !runs.simple.is_empty() {
                let (bounds, run) = (bounds[..written].as_chunks().0, (runs.simple.start, runs.simple.end));
                piece(Piece::Words(Words { buffer: lower, bounds, blocks, run, level }));
            }
            if !runs.rest.is_empty() {
                piece(Piece::Rest(chunk.get(runs.rest).unwrap_or_default()));
            }
        }
    }

    /// Writes the beginning and end of every word of a run of simple characters, and returns how many numbers it wrote. `bounds` has
    /// [`room_for`] them. The files of the levels compile this function for their own instructions.
    #[inline(always)]
    pub(super) fn find_bounds(self, blocks: Blocks<'_>, run: &Range<usize>, bounds: &mut [u32]) -> usize {
        if !blocks.spaceless.is_empty() {
            return self.find_mixed_bounds(blocks, run, bounds);
        }
        let (mut written, mut open) = (0, 0);
        for number in run.start / BLOCK..run.end.div_ceil(BLOCK) {
            let start = number * BLOCK;
            let words = self.words_mask(blocks, number) & bits_of(run, start);
            // A bit is set where a word begins, or one ends before it: where bits differ from their left neighbour. `open` carries the
            // last bit of the block before.
            let mut changes = words ^ ((words << 1) | open);
            open = words >> (BLOCK - 1);
            let count = changes.count_ones() as usize;
            // Eight bounds at a time, some of them too many: their number cannot be predicted, and the loop over eight needs no
            // branch. What is written beyond `count` is overwritten by the next block.
            for eight in bounds[written..].chunks_exact_mut(8).take(count.div_ceil(8)) {
                for bound in eight {
                    *bound = start as u32 + changes.trailing_zeros();
                    // Clears the lowest set bit.
                    changes &= changes.wrapping_sub(1);
                }
            }
            written += count;
        }
        if open != 0 {
            bounds[written] = run.end as u32;
            written += 1;
        }
        written
    }

    /// Does the same where spaceless letters are among the words. No bit changes between two of them, so beginnings and ends are found
    /// apart. The words are in order and do not overlap, so the n-th end is that of the n-th beginning.
    #[inline(always)]
    fn find_mixed_bounds(self, blocks: Blocks<'_>, run: &Range<usize>, bounds: &mut [u32]) -> usize {
        let (bounds, _) = bounds.as_chunks_mut::<2>();
        let (mut begun, mut ended) = (0, 0);
        // Whether a word goes on in the next block, and the ends of letters that are there.
        let (mut open, mut reaching) = (0, 0);
        for number in run.start / BLOCK..run.end.div_ceil(BLOCK) {
            let start = number * BLOCK;
            let within = bits_of(run, start);
            let words = self.words_mask(blocks, number) & within;
            let letters = blocks.spaceless.get(number).copied().unwrap_or_default() & within;
            let before = words << 1 | open;
            let mut begins = words & !before | letters;
            let mut ends = before & !words | letters << 3 | reaching;
            open = words >> (BLOCK - 1);
            reaching = letters >> (BLOCK - 3);
            while begins != 0 {
                bounds[begun][0] = start as u32 + begins.trailing_zeros();
                begun += 1;
                begins &= begins.wrapping_sub(1);
            }
            while ends != 0 {
                bounds[ended][1] = start as u32 + ends.trailing_zeros();
                ended += 1;
                ends &= ends.wrapping_sub(1);
            }
        }
        if open | reaching != 0 {
            bounds[ended][1] = run.end as u32;
        }
        2 * begun
    }

    /// Returns the bytes of a block that belong to words, by the rules of UAX #29 for simple characters. Letters, digits and underscores all join
    /// (WB5, WB8 to WB10, WB13a, WB13b). Some marks join if they are between two letters (WB6, WB7) or two digits (WB11, WB12).
    #[inline(always)]
    fn words_mask(self, blocks: Blocks<'_>, number: usize) -> u64 {
        let (before, block, next) = blocks.around(number);
        let plain = block.letters | block.digits;
        if !self.keep_punctuation {
            return plain;
        }
        // A bit is set if the class of both its neighbours is the given one. The neighbours at the ends are in other blocks.
        let between = |before: u64, block: u64, next: u64| (block << 1 | before >> 63) & (block >> 1 | next << 63);
        let letters = between(before.letters, block.letters, next.letters) & (block.colons | block.dots);
        let digits = between(before.digits, block.digits, next.digits) & (block.commas | block.dots);
        plain | block.underscores | letters | digits
    }
}

/// Returns how many numbers may be written for this many bytes: a beginning and an end for every other byte, and the surplus of the
/// last block.
fn room_for(bytes: usize) -> usize {
    bytes + 2 * BLOCK
}

/// Drops words that are only underscores, which UAX #29 does not count as words. Returns how many bounds are left. Few texts have
/// underscores, so this is a pass of its own.
fn drop_underscores(lower: &[u8], bounds: &mut [u32]) -> usize {
    let mut kept = 0;
    for at in (0..bounds.len()).step_by(2) {
        let (start, end) = (bounds[at], bounds[at + 1]);
        if lower[start as usize..end as usize].iter().any(|&byte| byte != b'_') {
            (bounds[kept], bounds[kept + 1]) = (start, end);
            kept += 2;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scheme::{Normalization, Tokenization};
    use crate::text::kernel::tests::{ascii, levels};
    use crate::text::unicode;

    proptest! {
        #[test]
        fn words_are_those_of_the_annex(text in ascii(), signs: bool) {
            let multibyte = Multibyte::of_words(Normalization::default());
            let tokenization = if signs { Tokenization::WordsAndSigns } else { Tokenization::Words };
            let mut expected = Vec::new();
            tokenization.for_each(&text, true, |token| expected.push(text[token.range].to_ascii_lowercase()));
            if !signs {
                let words = unicode::Words::new(&text).map(|(range, _)| text[range].to_ascii_lowercase());
                prop_assert_eq!(&expected, &words.collect::<Vec<String>>());
            }
            for level in levels() {
                let rules = AsciiWords { fold_case: true, keep_punctuation: true, keep_lines: true, signs };
                let (mut words, mut hashes) = (Vec::new(), Vec::new());
                rules.for_each_of(level, &text, &multibyte, &mut Scratch::default(), &mut |piece| match piece {
                    Piece::Words(found) => {
                        words.extend(found.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()));
                        found.append_hashes(&mut hashes);
                    }
                    Piece::Rest(rest) => words.push(format!("not ASCII: {rest}")),
                });
                prop_assert_eq!(&words, &expected, "{:?}", level);
                let expected: Vec<u64> = words.iter().map(|word| crate::mix::token_hash(word.as_bytes())).collect();
                prop_assert_eq!(&hashes, &expected, "{:?}", level);
            }
        }
    }
}
