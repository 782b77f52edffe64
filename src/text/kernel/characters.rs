//! Hashes the characters of runs of simple characters: one table lookup for each of one or two bytes.

use std::hint::select_unpredictable;

use super::multibyte::starts;
use super::runs::{Blocks, Chunks, bits_of};
use super::short_hash::{PADDING, hash_in};
use super::{BLOCK, Multibyte, PlainText, Scratch, classify};
use crate::cpu::SimdLevel;
use crate::mix::token_hash;
use crate::scheme::Normalization;

/// The hashes of simple characters as tokens.
#[derive(Clone, Debug)]
pub(in crate::text) struct SimpleCharacters {
    /// The hash of each character of one or two bytes. Those of ASCII are of the tokens that the rules make of it. The others are of the
    /// character itself, because they are looked up in the normalized text.
    hashes: Box<[u64; 0x800]>,
    /// The characters of ASCII that are white space to be collapsed, one bit each. No bit is set if white space is kept.
    spaces: u128,
    /// Whether none of these is punctuation that is dropped.
    only_usual_spaces: bool,
    fold_case: bool,
    multibyte: Multibyte,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(in crate::text) enum Characters<'a> {
    /// A run of simple characters, for [`SimpleCharacters::append`]. It begins with a visible one, unless the text begins there.
    Simple(CharacterRun<'a>),
    /// A run of the text as it is. It begins with a visible character, unless the text begins there. Unless the text ends with it,
    /// either white space of ASCII is at its end or a character that no rule drops.
    Rest(&'a str),
}

/// A run of simple characters.
#[derive(Clone, Copy, Debug)]
pub(in crate::text) struct CharacterRun<'a> {
    /// The text of the blocks, and with its normal forms.
    text: &'a [u8],
    lower: &'a [u8],
    blocks: Blocks<'a>,
    start: usize,
    end: usize,
}

/// A block, and the bytes behind it that a hash may read.
const WINDOW: usize = BLOCK + PADDING;

/// The tokens of a block.
struct BlockTokens {
    /// The text with its normal forms, in which white space that is kept is as it was.
    window: [u8; WINDOW],
    /// The bytes that tokens begin with.
    firsts: u64,
    /// The highest byte.
    highest: u8,
}

impl<'a> CharacterRun<'a> {
    /// Adds the run to the text that is hashed.
    pub(in crate::text) fn append_text(self, plain: &mut PlainText) {
        plain.push_simple(self.lower, self.blocks.masks, self.start..self.end);
    }

    /// Returns whether some of the characters may be spaceless letters.
    pub(in crate::text) fn may_be_spaceless(self) -> bool {
        !self.blocks.spaceless.is_empty()
    }
}

impl SimpleCharacters {
    /// Builds the table. Every rule makes one ASCII character of one ASCII character, so one lookup applies all of them.
    pub(in crate::text) fn new(rules: Normalization) -> Self {
        let separate = rules.collapse_white_space(false);
        let normal: [String; 128] = std::array::from_fn(|byte| separate.apply(&char::from(byte as u8).to_string()));
        let is_space = |byte: &usize| rules.collapse_white_space && normal[*byte].trim().is_empty();
        let hash = |c: usize| match normal.get(c) {
            Some(_) if is_space(&c) => token_hash(b" "),
            Some(normal) => token_hash(normal.as_bytes()),
            None => token_hash(char::from_u32(c as u32).unwrap_or_default().encode_utf8(&mut [0; 4]).as_bytes()),
        };
        Self {
            hashes: Box::new(std::array::from_fn(hash)),
            spaces: (0..128).filter(is_space).fold(0, |all, byte| all | 1 << byte),
            only_usual_spaces: !rules.drop_punctuation,
            fold_case: rules.fold_case,
            multibyte: Multibyte::of_characters(rules),
        }
    }

    /// Calls `piece` with the runs of a text, in order.
    pub(in crate::text) fn for_each(&self, text: &str, scratch: &mut Scratch, piece: impl FnMut(Characters<'_>)) {
        self.for_each_at(SimdLevel::detect(), text, scratch, piece);
    }

    fn for_each_at(&self, level: SimdLevel, text: &str, scratch: &mut Scratch, mut piece: impl FnMut(Characters<'_>)) {
        let Scratch { lower, masks, spaceless, .. } = scratch;
        for chunk in Chunks::new(text, &self.multibyte) {
            let text = chunk.as_bytes();
            classify(level, text, self.fold_case, PADDING, lower, masks);
            self.multibyte.classify(level, text, lower, masks, spaceless);
            let blocks = Blocks { masks, spaceless, length: chunk.len() };
            for runs in blocks.runs() {
                let (start, end) = (runs.simple.start, runs.simple.end);
                piece(Characters::Simple(CharacterRun { text, lower, blocks, start, end }));
                if !runs.rest.is_empty() {
                    piece(Characters::Rest(chunk.get(runs.rest).unwrap_or_default()));
                }
            }
        }
    }

    /// Appends the hashes of a run's characters. Collapsed white space counts as one space, if something visible is before and
    /// behind it. `pending` tells whether such a space is due before the run, and afterwards whether one is due behind it. `spaceless`
    /// gets for each token whether it is a spaceless letter.
    pub(in crate::text) fn append(
        &self,
        run: CharacterRun<'_>,
        pending: &mut bool,
        hashes: &mut Vec<u64>,
        mut spaceless: Option<&mut Vec<bool>>,
    ) {
        let run = self.without_leading_spaces(run, hashes.is_empty());
        if run.start == run.end {
            return;
        }
        if *pending {
            hashes.push(self.hashes[usize::from(b' ')]);
            spaceless.iter_mut().for_each(|spaceless| spaceless.push(false));
        }
        *pending = self.is_space(run.text[run.end - 1]);
        let mut written = hashes.len();
        // The hashes of a block are written eight at a time, some of them too many.
        hashes.resize(written + (run.end - run.start) + BLOCK, 0);
        for number in run.start / BLOCK..run.end.div_ceil(BLOCK) {
            let tokens = self.tokens(run, number);
            self.hash(&tokens, &mut hashes[written..]);
            written += tokens.firsts.count_ones() as usize;
            if let Some(spaceless) = &mut spaceless {
                spaceless.extend(places(tokens.firsts).map(|place| run.blocks.is_spaceless(number * BLOCK + place)));
            }
        }
        hashes.truncate(written);
    }

    /// Drops white space at the beginning of the text.
    fn without_leading_spaces<'a>(&self, run: CharacterRun<'a>, begins_text: bool) -> CharacterRun<'a> {
        let bytes = &run.text[run.start..run.end];
        let spaces = bytes.iter().take_while(|&&byte| begins_text && self.is_space(byte)).count();
        CharacterRun { start: run.start + spaces, ..run }
    }

    fn is_space(&self, byte: u8) -> bool {
        byte.is_ascii() && self.spaces >> byte & 1 != 0
    }

    /// Returns the tokens of a run that begin in a block.
    #[inline(always)]
    fn tokens(&self, run: CharacterRun<'_>, number: usize) -> BlockTokens {
        let start = number * BLOCK;
        let masks = &run.blocks.masks[number];
        // The buffer has padding behind its last block.
        let mut window: [u8; WINDOW] = *run.lower[start..].first_chunk().unwrap_or(&[0; WINDOW]);
        if self.spaces == 0 {
            places(masks.spaces).for_each(|place| window[place] = run.text[start + place]);
        }
        let block = window.first_chunk().unwrap_or(&[0; BLOCK]);
        let highest = block.iter().fold(0, |highest, &byte| byte.max(highest));
        let firsts = if highest.is_ascii() { u64::MAX } else { starts(block) };
        let spaces = self.spaces_mask(block, masks.spaces);
        // White space counts by its last byte, unless the run ends with it.
        let behind = start + BLOCK >= run.end || self.is_space(run.text[start + BLOCK]);
        let ends = (spaces | !bits_of(&(start..run.end), start)) >> 1 | u64::from(behind) << (BLOCK - 1);
        let firsts = firsts & (!spaces | !ends) & bits_of(&(run.start..run.end), start);
        BlockTokens { window, firsts, highest }
    }

    /// Returns the bytes of a block that are white space to be collapsed, of which `usual` are those of five characters.
    #[inline(always)]
    fn spaces_mask(&self, block: &[u8; BLOCK], usual: u64) -> u64 {
        if self.spaces == 0 {
            return 0;
        }
        // Besides these there are the vertical tab, and punctuation that is dropped.
        let is_usual = self.only_usual_spaces && !block.iter().fold(false, |any, &byte| any | (byte == VERTICAL_TAB));
        let unusual = || (0..BLOCK).fold(0, |mask, place| mask | u64::from(self.is_space(block[place])) << place);
        if is_usual { usual } else { unusual() }
    }

    /// Writes the hashes of the tokens of a block, and perhaps some more behind them.
    #[inline(always)]
    fn hash(&self, tokens: &BlockTokens, hashes: &mut [u64]) {
        let BlockTokens { window, firsts, highest } = tokens;
        if highest.is_ascii() && *firsts == u64::MAX {
            for (hash, &byte) in hashes.iter_mut().zip(&window[..BLOCK]) {
                *hash = self.hashes[usize::from(byte)];
            }
        } else if *highest < FIRST_OF_THREE {
            self.hash_places(*firsts, hashes, |place| self.hash_short(window, place));
        } else {
            self.hash_places(*firsts, hashes, |place| {
                let (long, short) = (hash_in(window, place, place + 3), self.hash_short(window, place));
                select_unpredictable(window[place] >= FIRST_OF_THREE, long, short)
            });
        }
    }

    #[inline(always)]
    fn hash_places(&self, mut firsts: u64, hashes: &mut [u64], hash_at: impl Fn(usize) -> u64) {
        let eights = firsts.count_ones().div_ceil(8) as usize;
        // Their number cannot be predicted, and the loop over eight needs no branch.
        for eight in hashes.chunks_exact_mut(8).take(eights) {
            for hash in eight {
                *hash = hash_at(firsts.trailing_zeros() as usize % BLOCK);
                // Clears the lowest set bit.
                firsts &= firsts.wrapping_sub(1);
            }
        }
    }

    /// Returns the hash of the character of one or two bytes at a place.
    #[inline(always)]
    fn hash_short(&self, window: &[u8; WINDOW], place: usize) -> u64 {
        let (first, second) = (usize::from(window[place]), usize::from(window[place + 1]));
        // A branch on the length of characters would be mispredicted at most words.
        self.hashes[select_unpredictable(first < 0x80, first, first << 6 & 0x7c0 | second & 0x3f)]
    }
}

const VERTICAL_TAB: u8 = 0xb;
/// The lowest first byte of characters of three bytes.
const FIRST_OF_THREE: u8 = 0xe0;

/// Returns an iterator over the places of the bits of a mask, from the lowest on.
#[inline(always)]
fn places(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = mask.trailing_zeros() as usize;
        mask &= mask.wrapping_sub(1);
        (place < BLOCK).then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scheme::{ArabicLetters, Digits, UnicodeForm};
    use crate::text::kernel::tests::{ascii, levels};

    /// Returns the hashes of a text's characters by the runs of a level, and how many bytes are in runs of simple characters.
    fn read(level: SimdLevel, rules: Normalization, text: &str) -> (Vec<u64>, usize) {
        let characters = SimpleCharacters::new(rules);
        let (mut hashes, mut pending, mut simple) = (Vec::new(), false, 0);
        characters.for_each_at(level, text, &mut Scratch::default(), |piece| match piece {
            Characters::Simple(run) => {
                simple += run.end - run.start;
                characters.append(run, &mut pending, &mut hashes, None);
            }
            Characters::Rest(part) => {
                let normal = rules.apply(part);
                if std::mem::take(&mut pending) {
                    hashes.push(token_hash(b" "));
                }
                hashes.extend(hashes_of(&normal));
                pending = rules.collapse_white_space && !normal.is_empty() && part.ends_with(char::is_whitespace);
            }
        });
        (hashes, simple)
    }

    fn hashes_of(normal: &str) -> impl Iterator<Item = u64> {
        normal.chars().map(|c| token_hash(c.encode_utf8(&mut [0; 4]).as_bytes()))
    }

    #[test]
    fn texts_of_many_scripts_are_simple() {
        for text in [
            "The quick brown fox, 12 × 5 € (§ 7).",
            "Съешь ещё этих мягких французских булок, да выпей чаю.",
            "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία· ς.",
            "صف خلق خود كمثل الشمس، إذ بزغت؟",
            "דג סקרן שט בים, צה\"ל וג'ירפה.",
            "天地玄黄，宇宙洪荒。1，2",
            "いろはにほへと、カタカナ。",
            "다람쥐 헌 쳇바퀴에 타고파.",
            "ภาษาไทย",
            "ქართული ☃ → ∀",
        ] {
            let rules = Normalization::default().collapse_white_space(true);
            assert_eq!(read(SimdLevel::Portable, rules, text).1, text.len(), "{text}");
        }
    }

    fn rules() -> impl Strategy<Value = Normalization> {
        let forms = prop::sample::select(vec![UnicodeForm::AsIs, UnicodeForm::Nfc, UnicodeForm::Nfkc]);
        let digits = prop::sample::select(vec![Digits::Keep, Digits::Ascii, Digits::Zero]);
        let bits = any::<[bool; 6]>();
        (forms, digits, bits).prop_map(|(form, digits, [collapse, drop, marks, fold, plain, arabic])| {
            let rules =
                if plain { Normalization::NONE } else { Normalization::default().form(form).strip_marks(marks) };
            let letters = if arabic { ArabicLetters::Persian } else { ArabicLetters::Keep };
            let rules = rules.digits(digits).fold_case(fold).arabic_letters(letters).strip_strokes(arabic);
            rules.collapse_white_space(collapse).drop_punctuation(drop)
        })
    }

    fn texts() -> impl Strategy<Value = String> {
        let words = concat!(
            "([а-яёА-Я]{1,9}|[文字カか]{1,30}|[ก-๛]{1,9}",
            "|[a-zA-Z0-9,.]{1,70}|[ \n\t\u{b}]{1,3}|[éßİς’“。，€😀א'\"]|й\u{301}|\u{ad}){0,50}"
        );
        prop_oneof![4 => words, 1 => ascii(), 1 => any::<String>()]
    }

    proptest! {
        #[test]
        fn characters_are_those_of_the_normalized_text(text in texts(), rules in rules()) {
            let expected: Vec<u64> = hashes_of(&rules.apply(&text)).collect();
            for level in levels() {
                prop_assert_eq!(&read(level, rules, &text).0, &expected, "{:?}", level);
            }
        }
    }
}
