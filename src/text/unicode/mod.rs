//! Character properties, words and grapheme clusters of one named version of Unicode.
//!
//! The output of a published scheme may not depend on the compiler's tables nor on a dependency's, so these are
//! committed. `cargo run -p unicode-tables -- src/text/unicode/tables.rs` writes them.

mod graphemes;
mod tables;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use graphemes::Graphemes;
#[cfg(test)]
pub(crate) use words::Segments;
pub(crate) use words::{SplitSegments, Words};

use crate::scheme::UNICODE_VERSION;

/// Fails to compile with tables of another version, which would change the meaning of published schemes.
const _: () = {
    let (found, promised) = (tables::VERSION.as_bytes(), UNICODE_VERSION.as_bytes());
    assert!(found.len() == promised.len());
    let mut at = 0;
    while at < found.len() {
        assert!(found[at] == promised[at]);
        at += 1;
    }
};

/// Returns the properties of a character.
#[inline]
pub(crate) fn props(c: char) -> Props {
    match SHORT.get(c as usize) {
        Some(&props) => Props(props),
        None => Props(look_up(c, &tables::PROPS_BLOCKS, &tables::PROPS_INDEX, &tables::PROPS).unwrap_or(0)),
    }
}

/// The properties of the characters that take one or two bytes in UTF-8, for one lookup instead of two. All alphabets of Europe and
/// the Near East are among them.
static SHORT: [u32; 0x800] = {
    let mut all = [0; 0x800];
    let mut c = 0;
    while c < all.len() {
        let block = tables::PROPS_BLOCKS[c >> tables::BLOCK_BITS] as usize;
        let place = tables::PROPS_INDEX[block << tables::BLOCK_BITS | c & ((1 << tables::BLOCK_BITS) - 1)];
        all[c] = tables::PROPS[place as usize];
        c += 1;
    }
    all
};

/// Returns the value of a two-stage table. There always is one, because the tables cover every character.
#[inline]
fn look_up<T: Copy>(c: char, blocks: &[u8], index: &[u8], palette: &[T]) -> Option<T> {
    let c = c as usize;
    let block = usize::from(*blocks.get(c >> tables::BLOCK_BITS)?);
    let place = *index.get(block << tables::BLOCK_BITS | c & ((1 << tables::BLOCK_BITS) - 1))?;
    palette.get(usize::from(place)).copied()
}

/// The properties of one character, packed into bits whose places `tables` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Props(u32);

impl Props {
    #[inline]
    fn has(self, bit: u32) -> bool {
        self.0 >> bit & 1 != 0
    }

    /// Returns its class in the rules for words.
    #[inline]
    pub(crate) fn word_break(self) -> WordBreak {
        WordBreak::ALL[(self.0 >> tables::WORD_BREAK & 31) as usize]
    }

    /// Returns whether it is `ALetter` to `word_break`, and not spaceless.
    #[inline]
    pub(crate) fn is_plain_letter(self) -> bool {
        let mask = 31 << tables::WORD_BREAK | 1 << tables::SPACELESS;
        self.0 & mask == (WordBreak::ALetter as u32) << tables::WORD_BREAK
    }

    /// Returns its class in the rules for grapheme clusters.
    #[inline]
    pub(crate) fn grapheme_break(self) -> GraphemeBreak {
        match self.0 >> tables::GRAPHEME_BREAK & 15 {
            1 => GraphemeBreak::Cr,
            2 => GraphemeBreak::Lf,
            3 => GraphemeBreak::Control,
            4 => GraphemeBreak::Extend,
            5 => GraphemeBreak::Zwj,
            6 => GraphemeBreak::RegionalIndicator,
            7 => GraphemeBreak::Prepend,
            8 => GraphemeBreak::SpacingMark,
            9 => GraphemeBreak::L,
            10 => GraphemeBreak::V,
            11 => GraphemeBreak::T,
            12 => GraphemeBreak::Lv,
            13 => GraphemeBreak::Lvt,
            _ => GraphemeBreak::Other,
        }
    }

    /// Returns its part in an Indic conjunct, which is one grapheme cluster.
    #[inline]
    pub(crate) fn indic_conjunct_break(self) -> IndicConjunctBreak {
        match self.0 >> tables::INDIC_CONJUNCT_BREAK & 3 {
            1 => IndicConjunctBreak::Consonant,
            2 => IndicConjunctBreak::Linker,
            3 => IndicConjunctBreak::Extend,
            _ => IndicConjunctBreak::None,
        }
    }

    /// Returns whether it is `Extended_Pictographic`: an emoji, or a character kept for one.
    #[inline]
    pub(crate) fn is_extended_pictographic(self) -> bool {
        self.has(tables::EXTENDED_PICTOGRAPHIC)
    }

    /// Returns whether it is Alphabetic or a number (general category N*): what makes a segment a word.
    #[inline]
    pub(crate) fn is_alphanumeric(self) -> bool {
        self.has(tables::ALPHANUMERIC)
    }

    /// Returns whether it is a letter of a script that writes no spaces (Han, kana, Thai, Lao, Khmer, Myanmar): Alphabetic, and
    /// Other or Katakana to `word_break`. Each is a word of its own; UAX #29 joins Katakana, which would leave Japanese
    /// cut in two ways.
    #[inline]
    pub(crate) fn is_spaceless(self) -> bool {
        self.has(tables::SPACELESS)
    }

    /// Returns whether it is white space.
    #[inline]
    pub(crate) fn is_white_space(self) -> bool {
        self.has(tables::WHITE_SPACE)
    }

    /// Returns whether it is punctuation: general category P*, so not `$`, `+` or `~`, which are symbols.
    #[inline]
    pub(crate) fn is_punctuation(self) -> bool {
        self.has(tables::PUNCTUATION)
    }

    /// Returns whether it is a symbol other than a modifier: general category Sm, Sc or So. Tones of skin are modifiers.
    #[inline]
    pub(crate) fn is_symbol(self) -> bool {
        self.has(tables::SYMBOL)
    }

    /// Returns whether it shows nothing where it is not supported (`Default_Ignorable_Code_Point`): joiners, direction marks,
    /// variation selectors, soft hyphens.
    #[inline]
    pub(crate) fn is_ignorable(self) -> bool {
        self.has(tables::IGNORABLE)
    }

    /// Returns whether this version of Unicode assigns it; normalization of one that is not may differ in a later version.
    #[inline]
    pub(crate) fn is_assigned(self) -> bool {
        self.has(tables::ASSIGNED)
    }

    /// Returns whether NFC leaves it as it is and never combines or reorders it with what is before it: text may be cut
    /// before it, and the parts normalized apart.
    #[inline]
    pub(crate) fn is_nfc_boundary(self) -> bool {
        self.has(tables::NFC_BOUNDARY)
    }

    /// The same for NFKC.
    #[inline]
    pub(crate) fn is_nfkc_boundary(self) -> bool {
        self.has(tables::NFKC_BOUNDARY)
    }

    /// Returns whether it has a canonical decomposition: NFD changes it.
    #[inline]
    pub(crate) fn decomposes(self) -> bool {
        self.has(tables::DECOMPOSES)
    }

    /// Returns whether it is a mark that a reader may leave out: accents, Hebrew points, Arabic vowel signs (combining class 1,
    /// 10 to 36, 200 to 240). Viramas, nuktas, kana voicing and Thai, Lao and Tibetan vowels spell other words.
    #[inline]
    pub(crate) fn is_mark(self) -> bool {
        self.has(tables::MARK)
    }

    /// Returns whether case folding changes it.
    #[inline]
    pub(crate) fn folds(self) -> bool {
        self.has(tables::FOLDS)
    }

    /// Returns the value of a decimal digit (general category Nd).
    #[inline]
    fn digit_value(self) -> Option<u8> {
        (self.0 >> tables::DIGIT & 15).checked_sub(1).map(|value| value as u8)
    }
}

/// A set of characters: those that have some properties and lack others. Membership is one comparison.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PropsPattern {
    mask: u32,
    value: u32,
}

impl PropsPattern {
    /// Assigned letters and numbers.
    pub(crate) fn letters() -> Self {
        let value = 1 << tables::ALPHANUMERIC | 1 << tables::ASSIGNED;
        Self { mask: value, value }
    }

    /// Restricts the set to characters that NFC, or NFKC, leaves as they are, and that combine with nothing before them.
    pub(crate) fn boundaries(self, compatibility: bool) -> Self {
        let bit = 1 << if compatibility { tables::NFKC_BOUNDARY } else { tables::NFC_BOUNDARY };
        Self { mask: self.mask | bit, value: self.value | bit }
    }

    /// Restricts the set, if `only`, to characters that case folding leaves as they are.
    pub(crate) fn unfolded(self, only: bool) -> Self {
        self.without(only, 1 << tables::FOLDS)
    }

    /// Restricts the set, if `only`, to characters without a canonical decomposition.
    pub(crate) fn undecomposed(self, only: bool) -> Self {
        self.without(only, 1 << tables::DECOMPOSES)
    }

    /// Restricts the set, if `only`, to characters that are not decimal digits.
    pub(crate) fn without_digits(self, only: bool) -> Self {
        self.without(only, 15 << tables::DIGIT)
    }

    /// Restricts the set, if `only`, to characters that are not ignorable.
    pub(crate) fn visible(self, only: bool) -> Self {
        self.without(only, 1 << tables::IGNORABLE)
    }

    fn without(self, only: bool, bits: u32) -> Self {
        if only { Self { mask: self.mask | bits, ..self } } else { self }
    }

    /// Returns whether a character with these properties is in the set.
    #[inline]
    pub(crate) fn fits(self, props: Props) -> bool {
        props.0 & self.mask == self.value
    }
}

/// `Word_Break`, as UAX #29 names its values.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordBreak {
    Other,
    Cr,
    Lf,
    Newline,
    Extend,
    Zwj,
    Format,
    Katakana,
    HebrewLetter,
    ALetter,
    SingleQuote,
    DoubleQuote,
    MidNumLet,
    MidLetter,
    MidNum,
    Numeric,
    ExtendNumLet,
    RegionalIndicator,
    WSegSpace,
}

impl WordBreak {
    /// Every value by its number. Numbers that no character has are `Other`.
    pub(crate) const ALL: [Self; 32] = {
        let mut all = [Self::Other; 32];
        let named = [
            Self::Other,
            Self::Cr,
            Self::Lf,
            Self::Newline,
            Self::Extend,
            Self::Zwj,
            Self::Format,
            Self::Katakana,
            Self::HebrewLetter,
            Self::ALetter,
            Self::SingleQuote,
            Self::DoubleQuote,
            Self::MidNumLet,
            Self::MidLetter,
            Self::MidNum,
            Self::Numeric,
            Self::ExtendNumLet,
            Self::RegionalIndicator,
            Self::WSegSpace,
        ];
        let mut number = 0;
        while number < named.len() {
            all[number] = named[number];
            number += 1;
        }
        all
    };
}

/// `Grapheme_Cluster_Break`, as UAX #29 names its values.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GraphemeBreak {
    Other,
    Cr,
    Lf,
    Control,
    Extend,
    Zwj,
    RegionalIndicator,
    Prepend,
    SpacingMark,
    L,
    V,
    T,
    Lv,
    Lvt,
}

/// `Indic_Conjunct_Break`, as UAX #44 names its values.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IndicConjunctBreak {
    None,
    Consonant,
    Linker,
    Extend,
}

/// Returns the value of a decimal digit of any script (general category Nd): `٣` is 3.
#[inline]
pub(crate) fn digit_value(c: char) -> Option<u8> {
    props(c).digit_value()
}

/// The outcome of case folding for one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    /// The character itself.
    Unchanged(char),
    /// Another character.
    One(char),
    /// Two characters: `ß` is `ss`.
    Two([char; 2]),
    /// Three characters: `ﬃ` is `ffi`.
    Three([char; 3]),
}

impl Fold {
    /// Returns the characters, at least one.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[char] {
        match self {
            Self::Unchanged(c) | Self::One(c) => std::slice::from_ref(c),
            Self::Two(chars) => chars,
            Self::Three(chars) => chars,
        }
    }
}

/// Returns the full case folding of `c` (C and F of `CaseFolding.txt`), of no language: `I` is `i`, not the Turkish `ı`.
#[inline]
pub(crate) fn fold(c: char) -> Fold {
    if c.is_ascii_uppercase() {
        Fold::One(c.to_ascii_lowercase())
    } else if c.is_ascii() {
        Fold::Unchanged(c)
    } else {
        fold_by_table(c)
    }
}

fn fold_by_table(c: char) -> Fold {
    let entry = look_up(c, &tables::FOLD_BLOCKS, &tables::FOLD_INDEX, &tables::FOLD);
    let (distance, second, third) = entry.unwrap_or((0, '\0', '\0'));
    let first = char::from_u32((c as u32).wrapping_add_signed(distance)).unwrap_or(c);
    match (second, third) {
        ('\0', _) if first == c => Fold::Unchanged(c),
        ('\0', _) => Fold::One(first),
        (_, '\0') => Fold::Two([first, second]),
        _ => Fold::Three([first, second, third]),
    }
}

impl IntoIterator for Fold {
    type Item = char;
    type IntoIter = std::iter::Take<std::array::IntoIter<char, 3>>;

    fn into_iter(self) -> Self::IntoIter {
        let letters = self.as_slice();
        let padded = std::array::from_fn(|place| letters.get(place).copied().unwrap_or_default());
        padded.into_iter().take(letters.len())
    }
}
