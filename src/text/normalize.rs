//! Normalizes texts.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::kernel::AsciiWords;
use super::letters::without_stroke;
use super::spans::Track;
use super::unicode::{self, Props, PropsPattern};
use crate::scheme::{Digits, Normalization, UnicodeForm};

impl Normalization {
    /// Returns the normalized text.
    ///
    /// ```
    /// use twinprint::text::{Digits, Normalization};
    ///
    /// let rules = Normalization::default().digits(Digits::Ascii).strip_marks(true);
    /// assert_eq!(rules.apply("“Übermorgen” um ٣ Uhr – vielleicht"), "\"ubermorgen\" um 3 uhr - vielleicht");
    /// ```
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        self.apply_into(text, &mut out, &mut super::spans::Untracked);
        out
    }

    /// Returns what the rules mean for ASCII words, or `None` if that needs more than a change of case. Digits that become
    /// zeros do. `signs` says whether signs are tokens too.
    pub(super) fn ascii_words(&self, signs: bool) -> Option<AsciiWords> {
        let simple = self.digits != Digits::Zero;
        simple.then_some(AsciiWords {
            fold_case: self.fold_case,
            keep_punctuation: !self.drop_punctuation,
            keep_lines: !self.collapse_white_space,
            signs,
        })
    }

    /// Returns whether ASCII only changes in case and white space.
    pub(super) fn keeps_ascii_text(&self) -> bool {
        self.digits != Digits::Zero && !self.drop_punctuation
    }

    /// Returns whether [`apply`](Self::apply) leaves every text as it is.
    pub(crate) fn is_identity(&self) -> bool {
        *self == Self::NONE
    }

    /// Replaces `out` by the normalized text, and tells `track` where each byte of it comes from.
    pub(crate) fn apply_into<T: Track>(&self, text: &str, out: &mut String, track: &mut T) {
        out.clear();
        track.clear();
        Writer { rules: *self, out, track, space: None, chunk: Vec::new() }.run(text);
    }

    /// Returns the form in which the composition step works. Marks can only be stripped from decomposed characters, so stripping
    /// implies a form.
    fn working_form(&self) -> UnicodeForm {
        match self.form {
            UnicodeForm::AsIs if self.strip_marks => UnicodeForm::Nfc,
            form => form,
        }
    }

    /// Returns whether a character is dropped. A zero width space is not: it separates words, so it becomes a space.
    fn drops(&self, text: &str, character: &Character) -> bool {
        self.drop_ignorable
            && character.props.is_ignorable()
            && character.c != ZERO_WIDTH_SPACE
            && !(self.keep_emoji && is_in_emoji(text, character))
    }

    /// Returns whether a character with these properties starts a chunk: it neither combines with what is before it nor is
    /// changed by the form itself.
    pub(super) fn starts_chunk(&self, props: Props) -> bool {
        match self.working_form() {
            UnicodeForm::AsIs => true,
            UnicodeForm::Nfc => props.is_nfc_boundary(),
            UnicodeForm::Nfkc => props.is_nfkc_boundary(),
        }
    }
}

/// Returns whether an ignorable character is part of an emoji: a joiner between two pictographs, or one of the tags that say which region
/// a flag is of.
fn is_in_emoji(text: &str, character: &Character) -> bool {
    let before = text.get(..character.start).unwrap_or_default().chars().rev();
    // Those that another rule replaces, such as ™, make no emoji.
    let is_pictograph = |c: &char| {
        let props = unicode::props(*c);
        props.is_extended_pictographic() && props.is_symbol() && props.is_nfkc_boundary()
    };
    match character.c {
        JOINER => {
            let behind = text.get(character.start + JOINER.len_utf8()..).unwrap_or_default().chars().next();
            let is_variant = |c: &char| matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
            // A selector and a tone of skin may be behind a pictograph.
            let before = before.take(3).find(|c| !is_variant(c));
            before.as_ref().is_some_and(is_pictograph) && behind.as_ref().is_some_and(is_pictograph)
        }
        // The names of regions have six tags at most, and one that ends them.
        FIRST_TAG..=LAST_TAG => {
            before.take(8).find(|c| !(FIRST_TAG..=LAST_TAG).contains(c)).as_ref().is_some_and(is_pictograph)
        }
        _ => false,
    }
}

const JOINER: char = '\u{200d}';
const FIRST_TAG: char = '\u{e0020}';
const LAST_TAG: char = '\u{e007f}';

// Sets of ASCII characters, one bit each. A test holds them to the tables of Unicode.
const ASCII_CAPITALS: u128 = ascii_set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ");
const ASCII_DIGITS: u128 = ascii_set(b"0123456789");
/// General category P.
const ASCII_PUNCTUATION: u128 = ascii_set(b"!\"#%&'()*,-./:;?@[\\]_{}");
const ASCII_WHITE_SPACE: u128 = ascii_set(b"\t\n\x0b\x0c\r ");

const fn ascii_set(characters: &[u8]) -> u128 {
    let mut set = 0;
    let mut at = 0;
    while at < characters.len() {
        set |= 1 << characters[at];
        at += 1;
    }
    set
}

/// The bytes of the source from which a character was made.
#[derive(Clone, Copy)]
struct Source {
    start: usize,
    end: usize,
    /// Whether the character was made of one character, and nothing else was. Its bytes correspond to those of the source, if
    /// they are as many.
    alone: bool,
}

/// Normalizes one text in one pass.
struct Writer<'a, T> {
    rules: Normalization,
    out: &'a mut String,
    track: &'a mut T,
    /// White space seen and not yet written: it is written before the next visible character.
    space: Option<Source>,
    /// The characters of a chunk that needs decomposition. A field, so that its memory is reused.
    chunk: Vec<char>,
}

/// The characters that stay as they are under some rules, unless a character that follows combines with them. Most of most texts
/// are such characters, which can be copied in one piece.
struct Inert {
    ascii: u128,
    beyond_ascii: PropsPattern,
    /// Whether some letters are written as others.
    maps_letters: bool,
}

impl Inert {
    fn new(rules: Normalization) -> Self {
        let without = |rule: bool, class: u128| if rule { !class } else { u128::MAX };
        Self {
            ascii: without(rules.fold_case, ASCII_CAPITALS)
                & without(rules.digits == Digits::Zero, ASCII_DIGITS)
                & without(rules.drop_punctuation, ASCII_PUNCTUATION)
                & without(rules.collapse_white_space, ASCII_WHITE_SPACE),
            beyond_ascii: PropsPattern::letters()
                .boundaries(rules.working_form() == UnicodeForm::Nfkc)
                .unfolded(rules.fold_case)
                .undecomposed(rules.strip_marks)
                .without_digits(rules.digits != Digits::Keep)
                .visible(rules.drop_ignorable),
            maps_letters: rules.maps_letters(),
        }
    }

    /// Returns the end of the text from `at` on that can be copied as it is.
    fn prefix(&self, rules: Normalization, text: &str, at: usize) -> usize {
        let mut last = at;
        for (offset, c) in text.get(at..).unwrap_or_default().char_indices() {
            let here = at + offset;
            if c.is_ascii() {
                if self.ascii >> (c as u32) & 1 == 0 {
                    return here;
                }
            } else {
                let props = unicode::props(c);
                let mapped = self.maps_letters && rules.map_letter(c) != Some(c);
                if !self.beyond_ascii.fits(props) || c == MODIFIER_APOSTROPHE || mapped {
                    // It may combine with the character before it, which is not copied then.
                    let combines = !rules.starts_chunk(props) || props.is_ignorable();
                    return if combines { last } else { here };
                }
            }
            last = here;
        }
        text.len()
    }
}

/// A character of the source, with its properties.
#[derive(Clone, Copy)]
struct Character {
    c: char,
    props: Props,
    start: usize,
}

impl<T: Track> Writer<'_, T> {
    /// Copies what no rule changes, and cuts the rest into chunks: a character with all that may combine with it. Nothing outside a
    /// chunk can change its normal form, so chunks are normalized one by one. Most are one character that the form leaves alone.
    fn run(mut self, text: &str) {
        let inert = Inert::new(self.rules);
        let mut at = 0;
        while at < text.len() {
            let copied = inert.prefix(self.rules, text, at);
            if copied > at {
                self.copy(text, at..copied);
            }
            at = self.write_chunk(text, copied);
        }
    }

    /// Writes characters as they are.
    fn copy(&mut self, text: &str, from: Range<usize>) {
        if let Some(space) = self.space.take()
            && !self.out.is_empty()
        {
            self.write(' ', space);
        }
        self.out.push_str(text.get(from.clone()).unwrap_or_default());
        self.track.record_run(from);
    }

    /// Writes the chunk that begins at a place, and returns where the next one begins.
    fn write_chunk(&mut self, text: &str, at: usize) -> usize {
        let rules = self.rules;
        let rest = text.get(at..).unwrap_or_default();
        let mut characters = rest
            .char_indices()
            .map(|(start, c)| Character { c, props: unicode::props(c), start: at + start })
            .filter(|character| !rules.drops(text, character));
        let Some(first) = characters.next() else { return text.len() };
        let mut next = characters.next();
        let simple = rules.starts_chunk(first.props) && !(rules.strip_marks && first.props.decomposes());
        let mut end = first.start + first.c.len_utf8();
        if simple && next.is_none_or(|next| rules.starts_chunk(next.props)) {
            self.fold_one(first.c, first.props, first.start..end);
        } else {
            let mut chunk = std::mem::take(&mut self.chunk);
            chunk.clear();
            chunk.push(first.c);
            while let Some(character) = next.filter(|next| !rules.starts_chunk(next.props)) {
                chunk.push(character.c);
                end = character.start + character.c.len_utf8();
                next = characters.next();
            }
            self.compose(&chunk, first.start..end);
            self.chunk = chunk;
        }
        next.map_or(text.len(), |next| next.start)
    }

    /// Writes a character that the form leaves alone: only its case may change.
    fn fold_one(&mut self, c: char, props: Props, from: Range<usize>) {
        let alone = Source { start: from.start, end: from.end, alone: true };
        if !self.rules.fold_case || !props.folds() {
            return self.put(c, props, alone);
        }
        match *unicode::fold(c).as_slice() {
            [one] => self.put(one, unicode::props(one), alone),
            // The folding of a letter may need composing again (U+0390 folds to three characters).
            _ if self.rules.working_form() != UnicodeForm::AsIs => self.compose(&[c], from),
            ref letters => self.put_all(letters.iter().copied(), &from),
        }
    }

    /// Decomposes, folds, drops marks and composes one chunk.
    ///
    /// Folding comes between two decompositions, as the Unicode Standard has it (section 3.13, D145 and D146): a decomposed
    /// character may fold, and what a character folds to may decompose.
    fn compose(&mut self, chunk: &[char], from: Range<usize>) {
        let rules = self.rules;
        if chunk.first().is_some_and(|&first| rules.map_letter(first).is_none()) {
            // The marks on a letter that is dropped go with it.
            return;
        }
        let fold = |c: char| if rules.fold_case { unicode::fold(c) } else { unicode::Fold::Unchanged(c) };
        // Before the composition, because the marks on such a letter may compose with the plain one.
        let plain = |c: char| if rules.strip_strokes { without_stroke(c) } else { c };
        let keep = |c: &char| !(rules.strip_marks && unicode::props(*c).is_mark());
        // The dependency never sees characters that are not in this crate's tables: a later version of it may know them, and its
        // output for a published scheme must not change.
        for part in chunk.chunk_by(|a, b| unicode::props(*a).is_assigned() == unicode::props(*b).is_assigned()) {
            if !unicode::props(part[0]).is_assigned() {
                self.put_all(part.iter().copied(), &from);
                continue;
            }
            let folded = part.iter().copied();
            match rules.working_form() {
                UnicodeForm::AsIs => self.put_all(folded.flat_map(fold), &from),
                UnicodeForm::Nfkc => {
                    let composed = folded.nfkd().flat_map(fold).nfkd().filter(keep).map(plain).nfc();
                    self.put_all(composed, &from);
                }
                UnicodeForm::Nfc => {
                    let composed = folded.nfd().flat_map(fold).nfd().filter(keep).map(plain).nfc();
                    self.put_all(composed, &from);
                }
            }
        }
    }

    fn put_all(&mut self, composed: impl Iterator<Item = char>, from: &Range<usize>) {
        let source = Source { start: from.start, end: from.end, alone: false };
        for c in composed {
            self.put(c, unicode::props(c), source);
        }
    }

    /// Writes one character of the composed text, by the rules for single characters.
    fn put(&mut self, c: char, props: Props, from: Source) {
        let (mut c, mut props) = (c, props);
        if self.rules.maps_letters() && !c.is_ascii() {
            let Some(letter) = self.rules.map_letter(c) else { return };
            if letter != c {
                (c, props) = (letter, unicode::props(letter));
            }
        }
        if self.rules.fold_quotes && plain_quote(c) != c {
            c = plain_quote(c);
            props = unicode::props(c);
        }
        if self.rules.digits != Digits::Keep
            && let Some(value) = unicode::digit_value(c)
        {
            c = if self.rules.digits == Digits::Zero { '0' } else { char::from(b'0' + value) };
        }
        let hidden_space = self.rules.drop_ignorable && c == ZERO_WIDTH_SPACE;
        if hidden_space || (self.rules.drop_punctuation && props.is_punctuation()) {
            c = ' ';
        }
        if self.rules.collapse_white_space && (c == ' ' || props.is_white_space()) {
            let start = self.space.take().map_or(from.start, |before| before.start);
            self.space = Some(Source { start, ..from });
            return;
        }
        if let Some(space) = self.space.take()
            && !self.out.is_empty()
        {
            self.write(' ', space);
        }
        self.write(c, from);
    }

    fn write(&mut self, c: char, from: Source) {
        self.out.push(c);
        let range = from.start..from.end;
        if from.alone && c.len_utf8() == range.len() {
            self.track.record_run(range);
        } else {
            self.track.record(c.len_utf8(), range);
        }
    }
}

const ZERO_WIDTH_SPACE: char = '\u{200b}';
/// The only letter that [`plain_quote`] changes.
const MODIFIER_APOSTROPHE: char = '\u{2bc}';

/// Returns the ASCII character for a typographic quote, apostrophe, prime, hyphen or dash, and other characters unchanged.
fn plain_quote(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201b}'
        | '\u{2039}'
        | '\u{203a}'
        | '\u{2032}'
        | '\u{2035}'
        | '\u{02bc}'
        | '\u{ff07}'
        | '\u{b4}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{2036}' | '\u{ab}' | '\u{bb}' | '\u{ff02}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => '-',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_ascii_are_those_of_the_tables() {
        let set = |belongs: fn(char) -> bool| {
            (0..128_u8).filter(|&byte| belongs(char::from(byte))).fold(0, |all, byte| all | 1_u128 << byte)
        };
        assert_eq!(ASCII_CAPITALS, set(|c| c.is_ascii_uppercase()));
        assert_eq!(ASCII_DIGITS, set(|c| unicode::digit_value(c).is_some()));
        assert_eq!(ASCII_PUNCTUATION, set(|c| unicode::props(c).is_punctuation()));
        assert_eq!(ASCII_WHITE_SPACE, set(|c| unicode::props(c).is_white_space()));
    }
}
