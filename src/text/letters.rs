//! Letters that are written for one another, by the rules that can be switched on.

use crate::scheme::{ArabicLetters, Normalization};

const ALEF: char = '\u{627}';
const HEH: char = '\u{647}';
const YEH: char = '\u{64a}';
const KAF: char = '\u{643}';

impl Normalization {
    /// Whether any letter is written as another one.
    pub(super) fn maps_letters(&self) -> bool {
        self.strip_strokes || self.arabic_letters != ArabicLetters::Keep
    }

    /// Returns the letter that is written for a character, or `None` if none is.
    pub(super) fn map_letter(&self, c: char) -> Option<char> {
        let c = if self.strip_strokes { without_stroke(c) } else { c };
        match self.arabic_letters {
            ArabicLetters::Keep => Some(c),
            ArabicLetters::Arabic => arabic(c),
            ArabicLetters::Persian => arabic(c).and_then(persian),
        }
    }
}

/// The rules of Lucene's `ArabicNormalizer`, after composition.
fn arabic(c: char) -> Option<char> {
    match c {
        // Madda above, hamza above, hamza below.
        '\u{622}' | '\u{623}' | '\u{625}' => Some(ALEF),
        // Dotless yeh.
        '\u{649}' => Some(YEH),
        // Teh marbuta.
        '\u{629}' => Some(HEH),
        // Tatweel, the vowel signs, and a madda or hamza that composes with no letter.
        '\u{640}' | '\u{64b}'..='\u{655}' => None,
        _ => Some(c),
    }
}

/// What Lucene's `PersianNormalizer` has besides.
fn persian(c: char) -> Option<char> {
    match c {
        // Farsi yeh, yeh barree.
        '\u{6cc}' | '\u{6d2}' => Some(YEH),
        // Keheh.
        '\u{6a9}' => Some(KAF),
        // Heh with yeh above, heh goal.
        '\u{6c0}' | '\u{6c1}' => Some(HEH),
        _ => Some(c),
    }
}

/// Returns the Latin letter without the stroke or bar through it.
pub(super) fn without_stroke(c: char) -> char {
    match c {
        'Ⱥ' => 'A',
        'ⱥ' => 'a',
        'Ƀ' => 'B',
        'ƀ' => 'b',
        'Ȼ' => 'C',
        'ȼ' => 'c',
        // The second is eth, which old Vietnamese encodings have for the first.
        'Đ' | 'Ð' | 'Ɖ' => 'D',
        'đ' | 'ð' | 'ɖ' => 'd',
        'Ɇ' => 'E',
        'ɇ' => 'e',
        'Ǥ' => 'G',
        'ǥ' => 'g',
        'Ħ' => 'H',
        'ħ' => 'h',
        'Ɨ' => 'I',
        'ɨ' => 'i',
        'Ɉ' => 'J',
        'ɉ' => 'j',
        'Ł' | 'Ƚ' => 'L',
        'ł' | 'ƚ' => 'l',
        'Ø' => 'O',
        'ø' => 'o',
        'Ɍ' => 'R',
        'ɍ' => 'r',
        'Ŧ' | 'Ⱦ' => 'T',
        'ŧ' | 'ⱦ' => 't',
        'Ɏ' => 'Y',
        'ɏ' => 'y',
        'Ƶ' => 'Z',
        'ƶ' => 'z',
        _ => c,
    }
}
