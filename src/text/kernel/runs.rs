//! Cuts a text into runs of simple characters and runs that hold others, at places where the tokens of the two sides do not depend on each
//! other.

use std::ops::Range;

use super::{BLOCK, Masks, Multibyte};

/// Returns the bits of a range's bytes in the block that begins at `start`.
pub(super) fn bits_of(range: &Range<usize>, start: usize) -> u64 {
    let from = range.start.saturating_sub(start).min(BLOCK);
    let to = (range.end - start).min(BLOCK);
    let below = |bit: usize| if bit == BLOCK { u64::MAX } else { (1 << bit) - 1 };
    below(to) & !below(from)
}

/// The character classes of a chunk, as masks of its blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocks<'a> {
    pub(super) masks: &'a [Masks],
    /// The first bytes of spaceless letters, as a mask of each block. Empty if there are none.
    pub(super) spaceless: &'a [u64],
    /// The number of bytes in the chunk.
    pub(super) length: usize,
}

/// A run of simple characters, which may be empty, and the run that follows it and holds other characters. The second is empty at the end
/// of a chunk.
#[derive(Debug)]
pub(super) struct Runs {
    pub(super) simple: Range<usize>,
    pub(super) rest: Range<usize>,
}

impl<'a> Blocks<'a> {
    /// Returns an iterator over the runs of the chunk, in order.
    pub(super) fn runs(self) -> impl Iterator<Item = Runs> + use<'a> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let runs = (at < self.length).then(|| self.next_runs(at))?;
            at = runs.rest.end;
            Some(runs)
        })
    }

    /// Returns a block between its neighbours. Outside the chunk there are no characters of any class.
    #[inline]
    pub(super) fn around(self, number: usize) -> (Masks, Masks, Masks) {
        let at = |number: usize| self.masks.get(number).copied().unwrap_or_default();
        (at(number.wrapping_sub(1)), at(number), at(number + 1))
    }

    /// Returns whether a spaceless letter begins at a place.
    #[inline]
    pub(super) fn is_spaceless(self, at: usize) -> bool {
        self.spaceless.get(at / BLOCK).is_some_and(|letters| letters >> (at % BLOCK) & 1 != 0)
    }

    /// Returns the runs from `at` on. The simple run ends at the last cut before another character, because that character may belong
    /// to a word that began before it. The other run ends at the first cut behind it, unless there is another character soon.
    fn next_runs(self, at: usize) -> Runs {
        let next_other = |at: usize| self.first(at, |blocks, number| blocks.masks[number].others);
        let Some(mut other) = next_other(at) else {
            return Runs { simple: at..self.length, rest: self.length..self.length };
        };
        let start = self.last_cut(at, other).unwrap_or(at);
        loop {
            let end = self.first(other, Self::cuts).unwrap_or(self.length);
            match next_other(end) {
                Some(next) if next - end < MIN_SIMPLE => other = next,
                _ => return Runs { simple: at..start, rest: start..end },
            }
        }
    }

    /// Returns the places of a block where a letter or digit follows ASCII white space, and those between two spaceless letters. No rule
    /// looks across such a place: all of these are simple characters, with which nothing before them combines.
    ///
    /// A place behind punctuation is no cut: if punctuation is dropped, a combining mark behind it belongs to the spaces before it.
    fn cuts(self, number: usize) -> u64 {
        let (before, block, _) = self.around(number);
        let words = (block.spaces << 1 | before.spaces >> (BLOCK - 1)) & (block.letters | block.digits);
        let Some(&letters) = self.spaceless.get(number) else { return words };
        // Each has three bytes.
        let before = number.checked_sub(1).map_or(0, |before| self.spaceless[before]);
        words | (letters << 3 | before >> (BLOCK - 3)) & letters
    }

    /// Returns the first byte from `at` on whose bit is set.
    fn first(self, at: usize, bits: impl Fn(Self, usize) -> u64) -> Option<usize> {
        // In the block of `at`, bits below it do not count.
        let mut passed = !0 << (at % BLOCK);
        for number in at / BLOCK..self.masks.len() {
            let found = bits(self, number) & passed;
            if found != 0 {
                return Some(number * BLOCK + found.trailing_zeros() as usize).filter(|&place| place < self.length);
            }
            passed = !0;
        }
        None
    }

    /// Returns the last cut after `at` and before `end`.
    fn last_cut(self, at: usize, end: usize) -> Option<usize> {
        for number in (at / BLOCK..end.div_ceil(BLOCK)).rev() {
            let found = self.cuts(number) & bits_of(&(at + 1..end), number * BLOCK);
            if found != 0 {
                return Some(number * BLOCK + (BLOCK - 1) - found.leading_zeros() as usize);
            }
        }
        None
    }
}

/// The bytes that a run of simple characters has at least between two others. To begin a run takes as long as the plain composition
/// takes for about this many.
const MIN_SIMPLE: usize = 24;

/// Cuts a text into chunks of about 16 kB. The masks and words of a chunk stay in the caches from the pass that writes them to the
/// pass that reads them.
pub(super) struct Chunks<'a> {
    text: &'a str,
    multibyte: &'a Multibyte,
    min_bytes: usize,
}

impl<'a> Chunks<'a> {
    /// Returns an iterator over the chunks of a text.
    pub(super) fn new(text: &'a str, multibyte: &'a Multibyte) -> Self {
        Self { text, multibyte, min_bytes: 1 << 14 }
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a str;

    /// Ends the chunk at the first cut that makes it large enough.
    fn next(&mut self) -> Option<&'a str> {
        if self.text.is_empty() {
            return None;
        }
        let bytes = self.text.as_bytes();
        let is_cut = |place: &usize| self.multibyte.is_cut(bytes, *place);
        let end = (self.min_bytes..bytes.len()).find(is_cut).unwrap_or(bytes.len());
        // Cuts are between characters, so the text can always be split there.
        let (chunk, rest) = self.text.split_at_checked(end).unwrap_or((self.text, ""));
        self.text = rest;
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cpu::SimdLevel;
    use crate::scheme::Normalization;
    use crate::text::kernel::classify;

    proptest! {
        #[test]
        fn runs_cover_the_text(text in "[a-c é\u{301} \n文]{0,200}") {
            let (mut lower, mut masks) = (Vec::new(), Vec::new());
            classify(SimdLevel::Portable, text.as_bytes(), true, 0, &mut lower, &mut masks);
            let mut at = 0;
            for Runs { simple, rest } in (Blocks { masks: &masks, spaceless: &[], length: text.len() }).runs() {
                prop_assert!(simple.start == at && simple.end == rest.start && rest.end > at);
                prop_assert!(text[simple].is_ascii());
                prop_assert!(rest.is_empty() || !text[rest.clone()].is_ascii());
                prop_assert!(text.is_char_boundary(rest.end));
                at = rest.end;
            }
            prop_assert_eq!(at, text.len());
        }

        #[test]
        fn chunks_end_at_cuts(text in "[a-c é\u{301} \n文字]{0,300}", min_bytes in 1_usize..40) {
            let multibyte = Multibyte::of_words(Normalization::default());
            let chunks: Vec<&str> = Chunks { text: &text, multibyte: &multibyte, min_bytes }.collect();
            prop_assert_eq!(chunks.concat(), text.clone());
            for pair in chunks.windows(2) {
                let between_words = pair[0].ends_with([' ', '\n']) && pair[1].starts_with(['a', 'b', 'c', 'é']);
                let between_spaceless = pair[0].ends_with(['文', '字']) && pair[1].starts_with(['文', '字']);
                prop_assert!(between_words || between_spaceless);
            }
        }
    }
}
