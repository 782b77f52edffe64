//! Words: the segments of UAX #29, and the tokens made of them.
//!
//! One forward pass finds them. Some rules depend on what follows: `a.b` is one segment and `a.` is two. Such a boundary is held open
//! until the next character that counts decides it, so every text takes linear time.

use std::{iter::FusedIterator, ops::Range};

use super::{Props, WordBreak as Class, props};

/// The segments of a text by the default word boundaries of UAX #29, as byte ranges that cover it.
///
/// The tests check [`Words`] by it: the two differ in one flag only.
#[cfg(test)]
#[derive(Clone, Debug)]
pub(crate) struct Segments<'a>(Scanner<'a, false>);

#[cfg(test)]
impl<'a> Segments<'a> {
    /// Returns an iterator over the segments of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self(Scanner::new(text))
    }
}

#[cfg(test)]
impl Iterator for Segments<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        self.0.next().map(|segment| segment.range)
    }
}

#[cfg(test)]
impl FusedIterator for Segments<'_> {}

/// The word tokens of a text: its [`Segment`]s that hold a letter or a number. Yields the bytes of each, and whether it is a spaceless
/// character.
#[derive(Clone, Debug)]
pub(crate) struct Words<'a>(SplitSegments<'a>);

impl<'a> Words<'a> {
    /// Returns an iterator over the words of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self(SplitSegments::new(text, |_| false))
    }
}

impl Iterator for Words<'_> {
    type Item = (Range<usize>, bool);

    #[inline]
    fn next(&mut self) -> Option<(Range<usize>, bool)> {
        let word = self.0.by_ref().find(|segment| segment.alphanumeric)?;
        Some((word.range, word.spaceless))
    }
}

impl FusedIterator for Words<'_> {}

/// The segments of a text, where every spaceless character, with the marks and joiners behind it, is a segment of its own. ASCII
/// characters between words are skipped, except those that are `kept`.
#[derive(Clone, Debug)]
pub(crate) struct SplitSegments<'a> {
    scanner: Scanner<'a, true>,
    kept: fn(u8) -> bool,
}

impl<'a> SplitSegments<'a> {
    /// Returns an iterator over the segments of a text.
    pub(crate) fn new(text: &'a str, kept: fn(u8) -> bool) -> Self {
        Self { scanner: Scanner::new(text), kept }
    }
}

impl Iterator for SplitSegments<'_> {
    type Item = Segment;

    #[inline]
    fn next(&mut self) -> Option<Segment> {
        self.scanner.skip_ascii_between(self.kept);
        self.scanner.next()
    }
}

impl FusedIterator for SplitSegments<'_> {}

/// A piece of a text between two word boundaries.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) range: Range<usize>,
    /// Whether it holds a letter or a number, which makes it a word.
    pub(crate) alphanumeric: bool,
    /// Whether it is a letter of a script that is written without spaces.
    pub(crate) spaceless: bool,
}

/// Finds segments. With `SPLIT`, spaceless characters are segments of their own.
#[derive(Clone, Debug)]
struct Scanner<'a, const SPLIT: bool> {
    /// The text that is not read yet.
    rest: &'a str,
    /// Its first character, if there is one.
    ahead: Option<Ahead>,
    /// The length of the text.
    end: usize,
    /// Where the segment begins.
    start: usize,
    /// Where it ends if the state is open and the next character does not join.
    held: usize,
    state: State,
    /// Whether the last character read is a zero width joiner.
    joiner: bool,
    /// Whether the segment, up to `held` if the state is open, has an alphanumeric character.
    alphanumeric: bool,
    /// Whether it has one after `held`.
    alphanumeric_held: bool,
}

/// The next character, which is not read yet.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    bytes: usize,
    props: Props,
}

/// The segment so far, by its last character that is no Extend, Format or ZWJ (WB4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No state: the character does not join.
    None,
    /// Nothing yet.
    Empty,
    /// Nothing joins it but what extends it.
    Other,
    /// The same, and not even a pictograph after a joiner.
    Spaceless,
    Cr,
    /// The end of a line, which nothing joins.
    Newline,
    /// A space with nothing behind it.
    Space,
    Letter,
    Hebrew,
    Numeric,
    Katakana,
    ExtendNumLet,
    /// A Hebrew letter and a single quote, which belongs to it in any case.
    HebrewQuote,
    /// Open: a letter and a character that only a letter joins to it.
    LetterMid,
    /// Open: a Hebrew letter and a double quote, which only a Hebrew letter joins to it.
    HebrewMid,
    /// Open: a number and a character that only a number joins to it.
    NumericMid,
    /// A regional indicator that has no partner yet.
    HalfFlag,
}

const STATES: usize = 17;
const CLASSES: usize = 19;

impl State {
    const ALL: [Self; STATES] = [
        Self::None,
        Self::Empty,
        Self::Other,
        Self::Spaceless,
        Self::Cr,
        Self::Newline,
        Self::Space,
        Self::Letter,
        Self::Hebrew,
        Self::Numeric,
        Self::Katakana,
        Self::ExtendNumLet,
        Self::HebrewQuote,
        Self::LetterMid,
        Self::HebrewMid,
        Self::NumericMid,
        Self::HalfFlag,
    ];

    /// Returns the state after a character of `class` that begins a segment.
    const fn after(class: Class) -> Self {
        match class {
            Class::Cr => Self::Cr,
            Class::Lf | Class::Newline => Self::Newline,
            Class::WSegSpace => Self::Space,
            Class::ALetter => Self::Letter,
            Class::HebrewLetter => Self::Hebrew,
            Class::Numeric => Self::Numeric,
            Class::Katakana => Self::Katakana,
            Class::ExtendNumLet => Self::ExtendNumLet,
            Class::RegionalIndicator => Self::HalfFlag,
            _ => Self::Other,
        }
    }

    #[inline]
    const fn is_open(self) -> bool {
        matches!(self, Self::LetterMid | Self::HebrewMid | Self::NumericMid)
    }

    /// Returns the state after a character of `class`, or `None` if it does not join, by all rules except `WB3c`.
    const fn join(self, class: Class) -> Self {
        use Class::{
            ALetter, DoubleQuote, Extend, Format, HebrewLetter, Lf, MidLetter, MidNum, MidNumLet, SingleQuote,
            WSegSpace, Zwj,
        };
        let after = Self::after(class);
        match (self, class) {
            (Self::None, _) => Self::None,
            (Self::Empty, _) => after,
            (Self::Cr, Lf) => after,                             // WB3
            (Self::Cr | Self::Newline, _) => Self::None,         // WB3a
            (Self::Space, WSegSpace) => after,                   // WB3d
            (Self::Space, Extend | Format | Zwj) => Self::Other, // WB4
            (_, Extend | Format | Zwj) => self,                  // WB4
            (Self::Spaceless | Self::Other | Self::Space, _) => Self::None,
            // WB5, WB7, WB10, WB13b
            (
                Self::Letter | Self::Hebrew | Self::HebrewQuote | Self::LetterMid | Self::Numeric | Self::ExtendNumLet,
                ALetter | HebrewLetter,
            ) => after,
            (Self::HebrewMid, HebrewLetter) => after,         // WB7c
            (Self::Hebrew, SingleQuote) => Self::HebrewQuote, // WB6, WB7a
            (Self::Hebrew, DoubleQuote) => Self::HebrewMid,   // WB7b
            (Self::Letter | Self::Hebrew, MidLetter | MidNumLet | SingleQuote) => Self::LetterMid, // WB6
            // WB8, WB9, WB11, WB13b
            (Self::Letter | Self::Hebrew | Self::Numeric | Self::NumericMid | Self::ExtendNumLet, Class::Numeric) => {
                after
            }
            (Self::Numeric, MidNum | MidNumLet | SingleQuote) => Self::NumericMid, // WB12
            (Self::Katakana | Self::ExtendNumLet, Class::Katakana) => after,       // WB13, WB13b
            // WB13a
            (
                Self::Letter | Self::Hebrew | Self::Numeric | Self::Katakana | Self::ExtendNumLet,
                Class::ExtendNumLet,
            ) => after,
            (Self::HalfFlag, Class::RegionalIndicator) => Self::Other, // WB15, WB16
            _ => Self::None,
        }
    }
}

/// The state that follows each state and class, or `None` if the character does not join. A table, because branches on characters would
/// be mispredicted.
static JOINS: [[State; CLASSES]; STATES] = {
    let mut table = [[State::None; CLASSES]; STATES];
    let mut state = 0;
    while state < STATES {
        let mut class = 0;
        while class < CLASSES {
            table[state][class] = State::ALL[state].join(Class::ALL[class]);
            class += 1;
        }
        state += 1;
    }
    table
};

impl<'a, const SPLIT: bool> Scanner<'a, SPLIT> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            ahead: look(text),
            end: text.len(),
            start: 0,
            held: 0,
            state: State::Empty,
            joiner: false,
            alphanumeric: false,
            alphanumeric_held: false,
        }
    }

    #[inline]
    fn next(&mut self) -> Option<Segment> {
        while let Some(ahead) = self.ahead {
            let state = self.join(ahead.props);
            if state == State::None {
                break;
            }
            self.read(ahead, state);
            if state == State::Letter {
                self.read_letters();
            }
        }
        self.cut()
    }

    /// Returns the state after a character, or `None` if it does not join the segment.
    #[inline]
    fn join(&self, props: Props) -> State {
        if SPLIT && props.is_spaceless() {
            return if self.state == State::Empty { State::Spaceless } else { State::None };
        }
        let state = JOINS[self.state as usize][props.word_break() as usize];
        if state == State::None && self.joiner && props.is_extended_pictographic() {
            return self.join_pictograph(props.word_break());
        }
        state
    }

    /// Returns the state after a pictograph that follows a joiner (`WB3c`). An open boundary is decided first.
    #[cold]
    fn join_pictograph(&self, class: Class) -> State {
        if self.state.is_open() || self.state == State::Spaceless { State::None } else { State::after(class) }
    }

    #[inline]
    fn read(&mut self, ahead: Ahead, state: State) {
        if state.is_open() {
            if !self.state.is_open() {
                self.held = self.end - self.rest.len();
            }
            self.alphanumeric_held |= ahead.props.is_alphanumeric();
        } else {
            self.alphanumeric |= std::mem::take(&mut self.alphanumeric_held) | ahead.props.is_alphanumeric();
        }
        self.joiner = ahead.props.word_break() == Class::Zwj;
        self.state = state;
        self.pass(ahead.bytes);
    }

    /// Reads a run of letters, all of which join a letter (WB5). Most of most texts are such runs, and need no table.
    #[inline]
    fn read_letters(&mut self) {
        while let Some(ahead) = self.ahead
            && ahead.props.is_plain_letter()
        {
            self.alphanumeric |= ahead.props.is_alphanumeric();
            self.joiner = false;
            self.pass(ahead.bytes);
        }
    }

    #[inline]
    fn pass(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        self.ahead = look(self.rest);
    }

    /// Skips ASCII segments between words: characters that are not letters, numbers or underscores, nor `kept`, if ASCII follows them, so
    /// that nothing extends them. Adjacent spaces are one segment, so either all of them are skipped or none.
    #[inline]
    fn skip_ascii_between(&mut self, kept: fn(u8) -> bool) {
        let is_between = |c: u8| c.is_ascii() && !(c.is_ascii_alphanumeric() || c == b'_' || kept(c));
        let passes = |pair: &[u8]| matches!(pair, [c, next] if is_between(*c) && next.is_ascii());
        if self.state == State::Empty {
            let run = self.rest.as_bytes().windows(2).take_while(|pair| passes(pair)).count();
            let (mut passed, behind) = self.rest.split_at_checked(run).unwrap_or_default();
            if behind.starts_with(' ') {
                passed = passed.trim_end_matches(' ');
            }
            if !passed.is_empty() {
                self.pass(passed.len());
                self.start = self.end - self.rest.len();
            }
        }
    }

    /// Ends the segment before a character that does not join it. If the state is open, the segment ends at the held boundary, and the
    /// next one begins there.
    #[inline]
    fn cut(&mut self) -> Option<Segment> {
        let (start, read) = (self.start, self.end - self.rest.len());
        let spaceless = self.state == State::Spaceless;
        (self.start, self.state) = if self.state.is_open() { (self.held, State::Other) } else { (read, State::Empty) };
        let alphanumeric = std::mem::replace(&mut self.alphanumeric, std::mem::take(&mut self.alphanumeric_held));
        (start < read).then_some(Segment { range: start..self.start, alphanumeric, spaceless })
    }
}

#[inline]
fn look(rest: &str) -> Option<Ahead> {
    rest.chars().next().map(|c| Ahead { bytes: c.len_utf8(), props: props(c) })
}
