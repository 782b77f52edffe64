//! Which signs of a text are content, and so tokens beside its words.
//!
//! Commas, quotes, dashes and brackets can be put in another way without saying anything else. `$5` and `€5`, `C++` and `C#`, `x < y`
//! and `x > y` cannot. The rule reads a sign, or a run of one sign, with the characters beside it and the beginning of its line; the
//! table in `DESIGN.md` has the same rules. Where these do not decide, the reading is that of prose.

use super::unicode::{self, GraphemeBreak};

/// Returns whether a byte is a sign of ASCII that can be content: one of `#$%&*+/<=>@^|~`. A hyphen can be a minus, but is none mostly.
pub(super) const fn is_ascii_sign(byte: u8) -> bool {
    matches!(byte, b'#'..=b'&' | b'*' | b'+' | b'/' | b'<'..=b'>' | b'@' | b'^' | b'|' | b'~')
}

/// Returns whether a character beyond ASCII is content: a mathematical sign, a currency, an emoji or another symbol, or a fraction such
/// as per mille.
///
/// Symbols that set text out are not: bullets, lines and blocks that draw boxes, marks of trade and copyright, and the mark of a
/// character that was lost.
pub(super) fn is_symbol(c: char) -> bool {
    match c {
        // ‰ ‱ and the percent signs of Arabic; ＃ ％ ＆ ＠ of full width.
        '\u{2030}' | '\u{2031}' | '\u{609}' | '\u{60a}' | '\u{66a}' => true,
        '\u{ff03}' | '\u{ff05}' | '\u{ff06}' | '\u{ff20}' => true,
        // ¦ © ® ™ ℠, the bullets ∙ ❖ ➢ ➣ ➤, the blank of braille, the bars and dashes ￨ ｜ ～ and �.
        '\u{a6}' | '\u{a9}' | '\u{ae}' | '\u{2122}' | '\u{2120}' => false,
        '\u{2219}' | '\u{2756}' | '\u{27a2}'..='\u{27a4}' | BRAILLE_BLANK => false,
        '\u{ff5c}' | '\u{ff5e}' | '\u{ffe8}' | '\u{fffd}' => false,
        // Up and down, as in ▲5.
        '\u{25b2}' | '\u{25b3}' | '\u{25bc}' | '\u{25bd}' => true,
        // Box drawing, block elements and geometric shapes.
        '\u{2500}'..='\u{25ff}' => false,
        _ => !c.is_ascii() && unicode::props(c).is_symbol(),
    }
}

/// Returns whether a character shows nothing: white space, controls and format characters.
pub(super) fn is_blank(c: char) -> bool {
    let props = unicode::props(c);
    let control = matches!(props.grapheme_break(), GraphemeBreak::Control | GraphemeBreak::Cr | GraphemeBreak::Lf);
    control || props.is_white_space() || props.is_ignorable() || c == BRAILLE_BLANK
}

const BRAILLE_BLANK: char = '\u{2800}';

/// A text in which ASCII signs are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignContext<'a> {
    pub(super) text: &'a str,
    /// Whether the ends of lines are in the text to be read, and not collapsed with other white space.
    pub(super) lines: bool,
    /// Whether punctuation is in it, and not replaced by spaces.
    pub(super) punctuation: bool,
}

/// What a sign has beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Near {
    /// The end of a line or of the text.
    LineEnd,
    Space,
    Letter,
    Digit,
    Open,
    Close,
    Currency,
    /// Another character of ASCII.
    Ascii(u8),
    Other,
}

impl Near {
    fn of(c: char) -> Self {
        match c {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Self::LineEnd,
            ' ' | '\t' => Self::Space,
            '0'..='9' => Self::Digit,
            'a'..='z' | 'A'..='Z' | '_' => Self::Letter,
            '(' | '[' | '{' => Self::Open,
            ')' | ']' | '}' => Self::Close,
            '$' | '\u{a2}'..='\u{a5}' | '\u{20a0}'..='\u{20cf}' => Self::Currency,
            _ if c.is_ascii() => Self::Ascii(c as u8),
            _ if unicode::props(c).is_white_space() => Self::Space,
            _ if unicode::digit_value(c).is_some() => Self::Digit,
            _ if unicode::props(c).is_alphanumeric() => Self::Letter,
            _ => Self::Other,
        }
    }

    fn is_blank(self) -> bool {
        matches!(self, Self::LineEnd | Self::Space)
    }

    fn is_word(self) -> bool {
        matches!(self, Self::Letter | Self::Digit)
    }

    /// Whether an operand can end with it.
    fn ends_operand(self) -> bool {
        self.is_word() || self == Self::Close
    }

    /// Whether an operand can begin with it.
    fn begins_operand(self) -> bool {
        self.is_word() || self == Self::Open
    }
}

/// A run of one sign, and what is beside it.
struct SignRun<'a> {
    context: SignContext<'a>,
    start: usize,
    end: usize,
    before: Near,
    after: Near,
}

impl SignContext<'_> {
    /// Returns where the token begins that a run of one ASCII sign makes, or `None` if it is not content. That is the beginning of the
    /// run, or of the `!` or `:` before `=`.
    pub(super) fn token_start(self, start: usize, end: usize) -> Option<usize> {
        let sign = *self.text.as_bytes().get(start)?;
        if !self.punctuation && unicode::props(char::from(sign)).is_punctuation() {
            return None;
        }
        let run = SignRun { context: self, start, end, before: self.before(start), after: self.after(end) };
        if !run.counts(sign) {
            return None;
        }
        let joined = sign == b'=' && matches!(run.before, Near::Ascii(b'!' | b':'));
        Some(start - usize::from(joined))
    }

    fn before(self, at: usize) -> Near {
        self.text.get(..at).and_then(|text| text.chars().next_back()).map_or(self.edge(), |c| self.near(c))
    }

    fn after(self, at: usize) -> Near {
        self.text.get(at..).and_then(|text| text.chars().next()).map_or(self.edge(), |c| self.near(c))
    }

    /// Returns what is outside the text. White space at its ends is dropped where it is collapsed, so it cannot be told from the end.
    fn edge(self) -> Near {
        if self.lines { Near::LineEnd } else { Near::Space }
    }

    fn near(self, c: char) -> Near {
        let near = Near::of(c);
        let collapsed = !self.lines && near == Near::LineEnd;
        if collapsed || !self.punctuation && unicode::props(c).is_punctuation() { Near::Space } else { near }
    }

    /// Returns what is before a place and the spaces before it.
    fn before_spaces(self, at: usize) -> Near {
        let text = self.text.get(..at).unwrap_or_default();
        text.chars().rev().map(|c| self.near(c)).find(|&near| near != Near::Space).unwrap_or(Near::LineEnd)
    }
}

impl SignRun<'_> {
    fn length(&self) -> usize {
        self.end - self.start
    }

    /// Whether nothing but spaces is before it in its line.
    fn begins_line(&self) -> bool {
        self.before == Near::LineEnd || self.before == Near::Space && self.before_spaces() == Near::LineEnd
    }

    fn before_spaces(&self) -> Near {
        self.context.before_spaces(self.start)
    }

    /// Whether it is between spaces, behind an operand: `a * b`, and neither a bullet nor a line of stars.
    fn is_spaced(&self) -> bool {
        self.before == Near::Space && self.after.is_blank() && self.before_spaces().ends_operand()
    }

    /// Whether it joins two operands without a space.
    fn is_tight(&self) -> bool {
        self.before.ends_operand() && self.after.begins_operand()
    }

    /// Whether a number begins behind it.
    fn before_number(&self) -> bool {
        match self.after {
            Near::Digit | Near::Currency => true,
            Near::Ascii(b'.') => self.context.after(self.end + 1) == Near::Digit,
            _ => false,
        }
    }

    /// Whether it is a sign that a number has, such as the minus of `-5`. Behind a word or a number it is a hyphen or a dash.
    fn signs_number(&self) -> bool {
        !self.before.ends_operand() && self.before_number()
    }

    /// Whether a line of hyphens or equals signs begins or ends at it, as in the frame of a table.
    fn touches_line(&self) -> bool {
        let bytes = self.context.text.as_bytes();
        let is_line = |pair: Option<&[u8]>| match pair {
            Some(b"--") => self.context.punctuation,
            pair => pair == Some(b"=="),
        };
        is_line(bytes.get(self.end..self.end + 2))
            || is_line(self.start.checked_sub(2).and_then(|at| bytes.get(at..at + 2)))
    }

    /// Whether the run of this sign is content.
    fn counts(&self, sign: u8) -> bool {
        // Three of a sign are a line below a title, the fence of a block, a prompt or a heading.
        if self.length() > 2 && sign != b'$' {
            return false;
        }
        let single = self.length() == 1;
        let assigns = single && self.after == Near::Ascii(b'=');
        match sign {
            b'$' | b'%' | b'&' | b'@' | b'^' => true,
            b'+' => !(self.touches_line() || self.begins_line() && self.after.is_blank()),
            b'=' => !self.is_title(),
            b'<' => self.is_compared() || self.after == Near::Ascii(b'-'),
            b'>' => self.is_compared() && !self.is_quotation() || matches!(self.before, Near::Ascii(b'-' | b'=')),
            b'#' => single && (self.before.is_word() || self.after.is_word()),
            b'*' => single && (self.is_spaced() || self.is_tight()) || assigns,
            b'/' => single && self.is_spaced() || assigns,
            b'|' => self.length() == 2 && (self.is_spaced() || self.is_tight()) || assigns,
            b'~' => single && self.signs_number() || assigns,
            b'-' => single && (self.signs_number() || self.is_arrow()) || assigns,
            _ => false,
        }
    }

    /// Whether equals signs are before or behind a title, as in wikis.
    fn is_title(&self) -> bool {
        self.begins_line() && self.after.is_blank() || self.before.is_blank() && self.after == Near::LineEnd
    }

    /// Whether an angle compares two operands, or something with a number. It is a bracket otherwise.
    fn is_compared(&self) -> bool {
        let spaced = self.before.is_blank() && self.after.is_blank();
        spaced || self.is_tight() || self.before_number() || self.after == Near::Ascii(b'=')
    }

    /// Whether it marks a line as quoted from another mail. More such marks may be before it.
    fn is_quotation(&self) -> bool {
        let nested = self.before == Near::Space && self.before_spaces() == Near::Ascii(b'>');
        (self.begins_line() || nested) && !self.before_number()
    }

    fn is_arrow(&self) -> bool {
        self.after == Near::Ascii(b'>') || self.before == Near::Ascii(b'<')
    }
}
