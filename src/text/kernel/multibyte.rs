//! Characters of two and three bytes, by table: letters and punctuation that are read in the same blocks as ASCII.
//!
//! A character is simple if its normal form depends on nothing beside it and has as many bytes, and, where tokens are words, if it is a
//! letter, a spaceless letter or punctuation to the rules for them. The masks of a block then say about its bytes what they say about
//! ASCII, and words are found in the same way. What is not simple stays among [`Masks::others`], for the plain composition: marks,
//! joiners, emoji, Hebrew letters before a quote, which may belong to their word, and all characters of four bytes.

use std::ops::Range;
use std::sync::OnceLock;

use super::{BLOCK, Masks, read_multibyte};
use crate::cpu::SimdLevel;
use crate::scheme::Normalization;
use crate::text::signs;
use crate::text::spans::Untracked;
use crate::text::unicode::{Props, WordBreak, props};

/// The table of a scheme's rules. It is made when the first text needs it.
#[derive(Clone)]
pub(in crate::text) struct Multibyte {
    rules: Normalization,
    tokens: Tokens,
    table: OnceLock<Box<Table>>,
}

/// What the tokens are that a table is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tokens {
    Words,
    Characters,
}

/// A character: its normal form in the lower three bytes, and its class above.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Entry(u32);

impl Entry {
    /// A letter that joins others to words.
    const LETTER: Self = Self(1 << 24);
    /// A letter that is a word of its own.
    const SPACELESS: Self = Self(2 << 24);
    /// Punctuation, which is in no word. Where tokens are characters, any character that stays as it is and is no letter.
    const SEPARATOR: Self = Self(3 << 24);
    /// The same, but it joins digits.
    const MID_DIGITS: Self = Self(4 << 24);
    /// The same, but it joins letters, and perhaps digits.
    const MID_LETTERS: Self = Self(5 << 24);
    /// None of these.
    const OTHER: Self = Self(0);

    fn class(self) -> Self {
        Self(self.0 & 0xff << 24)
    }
}

/// How many characters have the same first bytes and differ in the last one.
const ROW: usize = 64;

/// The classes of all characters of two and three bytes.
#[derive(Clone)]
pub(super) struct Table {
    tokens: Tokens,
    two: [Entry; 0x800],
    /// For vectors: the letters of two bytes, by the lower bits of the first byte and then of the second. The lower six bits of a form
    /// are those of its second byte, the seventh says that the lowest bit of the first byte changes, and the highest that there is a
    /// form. There is none if more changes.
    #[cfg(target_arch = "x86_64")]
    pub(super) forms: [[u8; ROW]; 0x800 / ROW],
    /// What each row of three-byte characters is: [`OTHERS`], [`IDEOGRAPHS`], [`SYLLABLES`], or three more than its place in `mixed`.
    rows: [u8; 0x10000 / ROW],
    mixed: Vec<[Entry; ROW]>,
}

/// A row without simple characters.
const OTHERS: u8 = 0;
/// A row of spaceless letters that no rule changes.
const IDEOGRAPHS: u8 = 1;
/// A row of letters that no rule changes.
const SYLLABLES: u8 = 2;

/// Rows that are alike throughout under every rule, as the tests say: Han, and the syllables of Hangul but for the last.
const UNIFORM: [(Range<usize>, u8); 3] =
    [(0x3400..0x4dc0, IDEOGRAPHS), (0x4e00..0xa000, IDEOGRAPHS), (0xac00..0xd780, SYLLABLES)];

/// Rows of which each character is looked up: Latin and Greek with marks, general punctuation, the punctuation of East Asia, kana, the
/// last syllables of Hangul, and forms of full width.
const MIXED: [Range<usize>; 4] = [0x1e00..0x2040, 0x3000..0x3100, 0xd780..0xd7c0, 0xff00..0xff40];

/// More such rows where tokens are characters: the scripts of South and South East Asia, Georgian, and symbols.
const MIXED_CHARACTERS: [Range<usize>; 2] = [0x900..0x1100, 0x2040..0x2800];

impl Multibyte {
    /// Begins the table of rules whose tokens are words.
    pub(in crate::text) fn of_words(rules: Normalization) -> Self {
        Self { rules, tokens: Tokens::Words, table: OnceLock::new() }
    }

    /// Begins the table of rules whose tokens are characters.
    pub(in crate::text) fn of_characters(rules: Normalization) -> Self {
        Self { rules, tokens: Tokens::Characters, table: OnceLock::new() }
    }

    fn table(&self) -> &Table {
        self.table.get_or_init(|| Box::new(Table::new(self.rules, self.tokens)))
    }

    /// Returns whether the text can be cut at a place, as [`Blocks::cuts`](super::runs::Blocks) has it.
    pub(super) fn is_cut(&self, text: &[u8], place: usize) -> bool {
        let Some(first) = text.get(place) else { return false };
        let behind_space = place > 0 && text[place - 1].is_ascii_whitespace();
        if *first < 0xc0 {
            return behind_space && first.is_ascii_alphanumeric();
        }
        let table = self.table();
        match table.entry_at(text, place).class() {
            Entry::LETTER => behind_space,
            Entry::SPACELESS => {
                place >= 3 && text[place - 3] >= 0xe0 && table.entry_at(text, place - 3).class() == Entry::SPACELESS
            }
            _ => false,
        }
    }

    /// Gives the simple characters of classified blocks their classes, and leaves the rest to `others`, by their first bytes. `lower` gets
    /// their normal forms. `spaceless` gets a mask of the first bytes of spaceless letters for each block, or is empty if there are none.
    pub(super) fn classify(
        &self,
        level: SimdLevel,
        text: &[u8],
        lower: &mut [u8],
        masks: &mut [Masks],
        spaceless: &mut Vec<u64>,
    ) {
        spaceless.clear();
        if masks.iter().all(|masks| masks.others == 0) {
            return;
        }
        read_multibyte(level, self.table(), text, lower, masks, spaceless);
    }
}

/// The first bytes of a block's characters beyond ASCII, by class.
#[derive(Default)]
struct Found {
    letters: u64,
    /// Those of the letters that have three bytes.
    long_letters: u64,
    spaceless: u64,
    mid_digits: u64,
    mid_letters: u64,
    others: u64,
}

impl Found {
    /// Leaves some of the letters to the plain composition.
    fn refuse(&mut self, letters: u64) {
        self.letters &= !letters;
        self.others |= letters;
    }
}

impl Table {
    fn new(rules: Normalization, tokens: Tokens) -> Self {
        let mut normal = String::new();
        let mut entry =
            |c: usize| char::from_u32(c as u32).map_or(Entry::OTHER, |c| entry(rules, tokens, c, &mut normal));
        let mut table = Self {
            tokens,
            two: [Entry::OTHER; 0x800],
            rows: [OTHERS; 0x10000 / ROW],
            mixed: Vec::new(),
            #[cfg(target_arch = "x86_64")]
            forms: [[0; ROW]; 0x800 / ROW],
        };
        for c in 0x80..0x800 {
            table.two[c] = entry(c);
            #[cfg(target_arch = "x86_64")]
            {
                table.forms[c / ROW][c % ROW] = form(c, table.two[c]);
            }
        }
        for (range, kind) in UNIFORM {
            table.rows[range.start / ROW..range.end / ROW].fill(kind);
        }
        let more: &[Range<usize>] = if tokens == Tokens::Characters { &MIXED_CHARACTERS } else { &[] };
        for row in MIXED.iter().chain(more).flat_map(|range| range.start / ROW..range.end / ROW) {
            table.mixed.push(std::array::from_fn(|place| entry(row * ROW + place)));
            table.rows[row] = SYLLABLES + table.mixed.len() as u8;
        }
        table
    }

    /// Does the work of [`Multibyte::classify`]. `read_letters` may write the forms of some letters of two bytes first, and returns a mask
    /// of their first bytes.
    #[inline(always)]
    pub(super) fn classify(
        &self,
        text: &[u8],
        lower: &mut [u8],
        masks: &mut [Masks],
        spaceless: &mut Vec<u64>,
        read_letters: impl Fn(&[u8; WINDOW], &mut [u8; WINDOW]) -> u64,
    ) {
        let blocks = masks.len();
        // The bytes that letters of the block before have in this one, and the classes of its last byte.
        let mut reaching = 0;
        let mut before = Masks::default();
        // Whether the last block that was read has many characters beyond ASCII, and no letter among them. The next one is then of the
        // same script mostly, and its first character says so.
        let mut refused = false;
        for (number, masks) in masks.iter_mut().enumerate() {
            let start = number * BLOCK;
            if masks.others != 0 && !(refused && self.begins_with_other(&text[start..])) {
                let mut last = [0; WINDOW];
                let window = text[start..].first_chunk().unwrap_or_else(|| {
                    last[..text.len() - start].copy_from_slice(&text[start..]);
                    &last
                });
                // The padding of the buffer is longer than what a window has more than a block.
                let Some(lower) = lower.get_mut(start..).and_then(<[u8]>::first_chunk_mut) else { return };
                let letters = read_letters(window, lower);
                let mut found = self.read_block(window, lower, letters);
                if self.tokens == Tokens::Words {
                    found.refuse(quoted_hebrew(window, found.letters));
                }
                refused = found.letters | found.spaceless == 0 && found.others.count_ones() >= MANY;
                let (letters, long) = (u128::from(found.letters), u128::from(found.long_letters));
                let letters = letters | letters << 1 | long << 2;
                masks.letters |= letters as u64 | reaching;
                reaching = (letters >> BLOCK) as u64;
                // A character between digits or letters needs one before it. Few have, so what is behind them does not matter.
                let digits = masks.digits << 1 | before.digits >> (BLOCK - 1);
                let words = masks.letters << 1 | before.letters >> (BLOCK - 1) | digits;
                masks.others = found.others | found.mid_digits & digits | found.mid_letters & words;
                if found.spaceless != 0 {
                    // The blocks before have none.
                    spaceless.resize(blocks, 0);
                    spaceless[number] = found.spaceless;
                }
            }
            before = *masks;
        }
    }

    /// Returns whether the first character beyond ASCII that begins in a text is not simple.
    fn begins_with_other(&self, text: &[u8]) -> bool {
        let first = text.iter().take(BLOCK).position(|&byte| byte >= 0xc0);
        first.is_some_and(|first| self.entry_at(text, first) == Entry::OTHER)
    }

    /// Returns the entry of the character that has these bytes, or the first of them. It is not ASCII.
    #[inline(always)]
    fn entry(&self, bytes: [u8; 3]) -> Entry {
        let [first, second, third] = bytes.map(usize::from);
        match first {
            ..0xe0 => self.two[(first & 0x1f) << 6 | second & 0x3f],
            0xe0..0xf0 => match self.rows[(first & 0xf) << 6 | second & 0x3f] {
                OTHERS => Entry::OTHER,
                IDEOGRAPHS => Entry::SPACELESS,
                SYLLABLES => Entry::LETTER,
                mixed => {
                    self.mixed.get(usize::from(mixed - SYLLABLES - 1)).map_or(Entry::OTHER, |row| row[third & 0x3f])
                }
            },
            _ => Entry::OTHER,
        }
    }

    /// Returns the entry of the character that begins at a place of a text.
    fn entry_at(&self, text: &[u8], at: usize) -> Entry {
        let byte = |place: usize| text.get(place).copied().unwrap_or_default();
        self.entry([byte(at), byte(at + 1), byte(at + 2)])
    }

    /// Reads the characters that begin in a block, and writes the normal forms of letters, except for `letters`, whose forms are written.
    #[inline(always)]
    fn read_block(&self, text: &[u8; WINDOW], lower: &mut [u8; WINDOW], letters: u64) -> Found {
        let mut found = Found { letters, ..Found::default() };
        let mut leads = leads(text.first_chunk().unwrap_or(&[0; BLOCK])) & !letters;
        while leads != 0 {
            let at = leads.trailing_zeros() as usize % BLOCK;
            let bit = leads & leads.wrapping_neg();
            leads ^= bit;
            let entry = self.entry([text[at], text[at + 1], text[at + 2]]);
            let [first, second, third, _] = entry.0.to_le_bytes();
            let is_long = text[at] >= 0xe0;
            if entry.class() == Entry::LETTER && !is_long {
                found.letters |= bit;
                (lower[at], lower[at + 1]) = (first, second);
                continue;
            }
            match entry.class() {
                Entry::LETTER => {
                    found.letters |= bit;
                    found.long_letters |= bit;
                    // Rows that are alike have no normal forms, because no rule changes them.
                    if first != 0 {
                        (lower[at], lower[at + 1], lower[at + 2]) = (first, second, third);
                    }
                }
                Entry::SPACELESS => found.spaceless |= bit,
                Entry::SEPARATOR => {}
                Entry::MID_DIGITS => found.mid_digits |= bit,
                Entry::MID_LETTERS => found.mid_letters |= bit,
                _ => found.others |= bit,
            }
        }
        found
    }
}

/// The number of characters that a block has at least if most of them are beyond ASCII.
const MANY: u32 = 8;

/// The first byte of the letters of Hebrew, and of no others.
const HEBREW: u8 = 0xd7;

/// Returns the Hebrew letters of a block that a quote is behind (`WB7a` to `WB7c`).
#[inline(always)]
fn quoted_hebrew(window: &[u8; WINDOW], letters: u64) -> u64 {
    let is_quote = |byte: u8| byte == b'\'' || byte == b'"';
    // Both are looked for in all bytes, because that takes less time than to end early.
    let (hebrew, quote) = window
        .iter()
        .fold((false, false), |(hebrew, quote), &byte| (hebrew | (byte == HEBREW), quote | is_quote(byte)));
    if !(hebrew && quote) {
        return 0;
    }
    let is_quoted = |&place: &usize| window[place] == HEBREW && is_quote(window[place + 2]);
    letters & (0..BLOCK).filter(is_quoted).fold(0, |mask, place| mask | 1 << place)
}

/// A block, and the bytes behind it that its last character may have.
pub(super) const WINDOW: usize = BLOCK + 2;

/// Returns a mask of the first bytes of the characters beyond ASCII: those whose two highest bits are set.
#[inline(always)]
fn leads(block: &[u8; BLOCK]) -> u64 {
    mask_of(block, |bytes| bytes & bytes << 1)
}

/// Returns a mask of the first bytes of all characters: those whose highest bit is not set, or the second highest is.
#[inline(always)]
pub(super) fn starts(block: &[u8; BLOCK]) -> u64 {
    mask_of(block, |bytes| !bytes | bytes << 1)
}

/// Returns a mask of the bytes whose highest bit is set in what `highest` makes of them, eight at a time.
#[inline(always)]
fn mask_of(block: &[u8; BLOCK], highest: impl Fn(u64) -> u64) -> u64 {
    let (eights, _) = block.as_chunks::<8>();
    eights.iter().rev().fold(0, |mask, eight| {
        let bits = highest(u64::from_le_bytes(*eight)) >> 7 & 0x0101_0101_0101_0101;
        // The product has the lowest bit of the n-th byte in its n-th highest place from below, because no two of its terms meet.
        mask << 8 | bits.wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

/// Returns what [`Table::forms`] has for a character of two bytes.
#[cfg(target_arch = "x86_64")]
fn form(c: usize, entry: Entry) -> u8 {
    let [first, second, ..] = entry.0.to_le_bytes();
    let change = first ^ (0xc0 + c / ROW) as u8;
    let fits = entry.class() == Entry::LETTER && change <= 1 && second & 0xc0 == 0x80;
    if fits { 0x80 | change << 6 | second & 0x3f } else { 0 }
}

/// Returns the entry of a character, and its normal form in `normal`.
fn entry(rules: Normalization, tokens: Tokens, c: char, normal: &mut String) -> Entry {
    let of_c = props(c);
    if !of_c.is_assigned() || !rules.starts_chunk(of_c) {
        return Entry::OTHER;
    }
    rules.apply_into(c.encode_utf8(&mut [0; 4]), normal, &mut Untracked);
    match tokens {
        Tokens::Words => word_entry(rules, c, normal),
        Tokens::Characters => character_entry(c, normal),
    }
}

/// Returns the entry of a character in words. It is simple if the rules make as many bytes of it, and all of its class.
fn word_entry(rules: Normalization, c: char, normal: &str) -> Entry {
    let of_c = props(c);
    if of_c.is_extended_pictographic() {
        return Entry::OTHER;
    }
    if is_letter(of_c) && fits(c, normal) && normal.chars().all(|c| is_letter(props(c))) {
        return letter(normal);
    }
    let unchanged = normal.chars().eq([c]);
    if of_c.word_break() == WordBreak::HebrewLetter && unchanged && c.len_utf8() == 2 {
        return letter(normal);
    }
    let is_mark = rules.drop_punctuation && of_c.is_punctuation();
    match of_c.word_break() {
        WordBreak::Other | WordBreak::Katakana if of_c.is_spaceless() => {
            if unchanged && c.len_utf8() == 3 {
                Entry::SPACELESS
            } else {
                Entry::OTHER
            }
        }
        _ if !of_c.is_punctuation() || signs::is_symbol(c) || !(unchanged || is_mark) => Entry::OTHER,
        WordBreak::Other => Entry::SEPARATOR,
        WordBreak::MidNum => Entry::MID_DIGITS,
        WordBreak::MidLetter | WordBreak::MidNumLet => Entry::MID_LETTERS,
        _ => Entry::OTHER,
    }
}

/// Returns the entry of a character that is a token. It is simple if the rules make letters of it that have as many bytes, or leave it
/// as it is.
fn character_entry(c: char, normal: &str) -> Entry {
    let is_spaced = |props: Props| props.is_alphanumeric() && !props.is_spaceless();
    if fits(c, normal) && normal.chars().all(|c| is_spaced(props(c))) {
        return letter(normal);
    }
    match props(c).is_spaceless() {
        // White space is one space in the text of which the hash is taken.
        _ if !normal.chars().eq([c]) || props(c).is_white_space() => Entry::OTHER,
        false => Entry::SEPARATOR,
        true if c.len_utf8() == 3 => Entry::SPACELESS,
        true => Entry::OTHER,
    }
}

/// Returns whether a normal form can be written in the place of its character. One of several characters, such as `ss`, may not bring
/// first bytes to places where the next block would find them.
fn fits(c: char, normal: &str) -> bool {
    normal.len() == c.len_utf8() && normal.bytes().skip(1).all(|byte| byte < 0xc0)
}

fn letter(normal: &str) -> Entry {
    Entry(normal.bytes().rev().fold(0, |form, byte| form << 8 | u32::from(byte)) | Entry::LETTER.0)
}

fn is_letter(props: Props) -> bool {
    props.is_plain_letter() && props.is_alphanumeric()
}

impl std::fmt::Debug for Multibyte {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Multibyte").field("rules", &self.rules).field("tokens", &self.tokens).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scheme::{ArabicLetters, Digits, Scheme, UnicodeForm};
    use crate::text::TextScratch;
    use crate::text::kernel::short_hash::PADDING;
    use crate::text::kernel::tests::levels;
    use crate::text::kernel::{AsciiWords, Piece, PlainText, Scratch, classify};

    #[test]
    fn rows_that_are_alike_hold_letters_that_no_rule_changes() {
        let all = Normalization::default().strip_marks(true).collapse_white_space(true).drop_punctuation(true);
        let all = all.digits(Digits::Ascii).strip_strokes(true).arabic_letters(ArabicLetters::Persian);
        let forms = [UnicodeForm::AsIs, UnicodeForm::Nfc, UnicodeForm::Nfkc].map(|form| all.form(form));
        let mut normal = String::new();
        for rules in forms.into_iter().chain([Normalization::NONE, Normalization::default()]) {
            for (range, kind) in UNIFORM {
                let class = if kind == IDEOGRAPHS { Entry::SPACELESS } else { Entry::LETTER };
                for c in range.filter_map(|c| char::from_u32(c as u32)) {
                    for tokens in [Tokens::Words, Tokens::Characters] {
                        let entry = entry(rules, tokens, c, &mut normal);
                        assert!(entry.class() == class && normal.chars().eq([c]), "{c:?} {rules:?}");
                    }
                }
            }
        }
    }

    /// Returns the runs of a text that the plain composition has to read.
    fn rest(text: &str) -> Vec<String> {
        let rules = Normalization::default();
        let words: AsciiWords = rules.ascii_words(true).expect("simple rules");
        let mut runs = Vec::new();
        words.for_each(text, &Multibyte::of_words(rules), &mut Scratch::default(), |piece| {
            if let Piece::Rest(run) = piece {
                runs.push(run.to_string());
            }
        });
        runs
    }

    #[test]
    fn texts_of_many_scripts_are_simple() {
        for text in [
            "Съешь ещё этих мягких французских булок, да выпей чаю.",
            "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.",
            "صف خلق خود كمثل الشمس، إذ بزغت؟",
            "Zwölf Boxkämpfer jagen Viktor über den großen Sylter Deich.",
            "Tiếng Việt có nhiều dấu.",
            "天地玄黄，宇宙洪荒。日月盈昃、辰宿列张：寒来暑往！",
            "いろはにほへと、ちりぬるを。カタカナ・ガギグ（パピプ）",
            "다람쥐 헌 쳇바퀴에 타고파.",
        ] {
            assert_eq!(rest(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn only_what_is_beside_another_character_is_not_simple() {
        assert_eq!(rest("天地玄黄😀宇宙洪荒"), ["黄😀宇"]);
        assert_eq!(rest("один два\u{301} три"), ["два\u{301} "]);
        assert_eq!(rest("один 1，2 три"), ["1，2 "]);
        let far = "слово ".repeat(5);
        assert_eq!(rest(&format!("😀 {far}😀")), ["😀 ", "слово 😀"]);
    }

    #[test]
    fn hebrew_is_simple_but_for_letters_before_quotes() {
        let far = "עברית ".repeat(5);
        assert_eq!(rest(&far), Vec::<String>::new());
        assert_eq!(rest(&format!("{far}צה\"ל {far}'א ב. ג-ד")), ["צה\"ל "]);
        assert_eq!(rest(&format!("{far}הג'ירפה {far}רח' ")), ["הג'ירפה ", "רח' "]);
    }

    #[test]
    fn a_letter_of_another_script_ends_a_run_of_refused_blocks() {
        let thai = "ภาษา".repeat(20);
        let cyrillic = " слово".repeat(40);
        let text = format!("{thai}{cyrillic}");
        let read: usize = text.len() - rest(&text).concat().len();
        assert!(cyrillic.len() - read < 2 * BLOCK, "{read}");
    }

    fn texts() -> impl Strategy<Value = String> {
        "([а-яА-Я]{1,9}|[文字カか]{1,30}|[a-z,.]{1,9}|[ \n\t]{1,3}|[é’“。，😀]|й\u{301}){0,50}"
    }

    proptest! {
        #[test]
        fn every_level_reads_characters_alike(
            text in prop_oneof![texts(), "([à-ɏ]{0,9}[Α-ωЀ-џء-ي ]{0,9}){0,20}", any::<String>()],
            words: bool,
        ) {
            let rules = Normalization::default();
            let multibyte = if words { Multibyte::of_words(rules) } else { Multibyte::of_characters(rules) };
            let read = |level: SimdLevel| {
                let (mut lower, mut masks, mut spaceless) = (Vec::new(), Vec::new(), Vec::new());
                classify(level, text.as_bytes(), true, PADDING, &mut lower, &mut masks);
                multibyte.classify(level, text.as_bytes(), &mut lower, &mut masks, &mut spaceless);
                lower.truncate(text.len());
                (lower, masks, spaceless)
            };
            let expected = read(SimdLevel::Portable);
            for level in levels() {
                prop_assert_eq!(&read(level), &expected, "{:?}", level);
            }
        }

        #[test]
        fn first_bytes_are_found(text: String) {
            for block in text.as_bytes().as_chunks::<BLOCK>().0 {
                let bytes = |belongs: fn(u8) -> bool| {
                    (0..BLOCK).filter(|&place| belongs(block[place])).fold(0, |mask, place| mask | 1 << place)
                };
                prop_assert_eq!(leads(block), bytes(|byte| byte >= 0xc0));
                prop_assert_eq!(starts(block), bytes(|byte| !(0x80..0xc0).contains(&byte)));
            }
        }

        /// The hash of the normalized text, by the runs of the fast path and at once.
        #[test]
        fn normalized_texts_have_one_hash(text in texts(), collapse: bool) {
            let rules = Normalization::default().collapse_white_space(collapse);
            let scheme = Scheme::builder().words(2).normalization(rules).build().expect("valid");
            let shingler = scheme.shingler().expect("text");
            let mut expected = PlainText::default();
            expected.begin(text.len());
            expected.push(&shingler.normalize(&text), false);
            let hash = shingler.append_hashes(&text, &mut TextScratch::default(), &mut Vec::new());
            prop_assert_eq!(hash, expected.finish());
        }

        /// All white space is one space in the hash of a text, by words and by characters.
        #[test]
        fn any_white_space_is_one_space(
            text in "([a-c]|é|文|“|ё|[ \\t\\n\\x85\\u{a0}\\u{1680}\\u{2003}\\u{2009}\\u{2028}\\u{202f}\\u{205f}\\u{3000}]{0,3}){0,90}",
            collapse: bool,
        ) {
            let rules = Normalization::default().collapse_white_space(collapse);
            let usual: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
            for scheme in [Scheme::builder().words(2), Scheme::builder().characters(3)] {
                let shingler = scheme.normalization(rules).build().expect("valid").shingler().expect("text");
                let hash = |text: &str| shingler.append_hashes(text, &mut TextScratch::default(), &mut Vec::new());
                prop_assert_eq!(hash(&text), hash(&usual), "{:?}", text);
            }
        }
    }
}
