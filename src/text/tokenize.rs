//! Cuts normalized texts into tokens.

use std::ops::Range;

use super::signs::{self, SignContext};
use super::unicode::{self, Graphemes, SplitSegments, WordBreak, Words};
use crate::scheme::Tokenization;

/// A token of a normalized text: its place, and whether it is a letter of a script that is written without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawToken {
    pub(crate) range: Range<usize>,
    pub(crate) spaceless: bool,
}

impl Tokenization {
    /// Calls `token` for every token of a normalized text, in order. `lines` says whether the text still has the ends of its lines.
    #[inline]
    pub(crate) fn for_each(self, text: &str, lines: bool, mut token: impl FnMut(RawToken)) {
        match self {
            Self::WordsAndSigns => words_and_signs(text, lines, token),
            Self::Code => code(text, token),
            Self::Words => Words::new(text).for_each(|(range, spaceless)| token(RawToken { range, spaceless })),
            Self::WhiteSpace => white_space(text, token),
            Self::Characters => text.char_indices().for_each(|(start, c)| {
                let spaceless = !c.is_ascii() && unicode::props(c).is_spaceless();
                token(RawToken { range: start..start + c.len_utf8(), spaceless });
            }),
            Self::Graphemes => Graphemes::new(text).for_each(|range| {
                let spaceless = text[range.clone()].chars().next().is_some_and(|c| unicode::props(c).is_spaceless());
                token(RawToken { range, spaceless });
            }),
            Self::Bytes => (0..text.len()).for_each(|at| token(RawToken { range: at..at + 1, spaceless: false })),
        }
    }
}

/// Finds words, and the signs beside them that are content. A run of one sign is one token.
fn words_and_signs(text: &str, lines: bool, mut token: impl FnMut(RawToken)) {
    let context = SignContext { text, lines, punctuation: true };
    let mut run: Option<Range<usize>> = None;
    let mut unit = 0;
    let end_run = |run: Option<Range<usize>>, unit: usize, token: &mut dyn FnMut(RawToken)| {
        let Some(range) = run else { return };
        let start = if unit == 1 { context.token_start(range.start, range.end) } else { Some(range.start) };
        if let Some(start) = start {
            token(RawToken { range: start..range.end, spaceless: false });
        }
    };
    for segment in SplitSegments::new(text, |byte| byte == b'-' || signs::is_ascii_sign(byte)) {
        let bytes = text.get(segment.range.clone()).unwrap_or_default();
        let is_sign = !segment.alphanumeric && is_sign(bytes);
        if let Some(run) = &mut run
            && is_sign
            && run.end == segment.range.start
            && text.get(run.start..run.start + unit) == Some(bytes)
        {
            run.end = segment.range.end;
            continue;
        }
        end_run(run.take(), unit, &mut token);
        if is_sign {
            unit = bytes.len();
            run = Some(segment.range);
        } else if segment.alphanumeric {
            token(RawToken { range: segment.range, spaceless: segment.spaceless });
        }
    }
    end_run(run, unit, &mut token);
}

/// Returns whether a segment is a symbol, or a sign of ASCII that may be one: then the characters beside it decide, unless something
/// extends it, as in the keycap of `#`.
fn is_sign(segment: &str) -> bool {
    match segment.as_bytes() {
        [byte] => *byte == b'-' || signs::is_ascii_sign(*byte),
        [byte, ..] if signs::is_ascii_sign(*byte) => true,
        _ => segment.chars().next().is_some_and(signs::is_symbol),
    }
}

/// Finds identifiers and numbers, and every other character that is not blank. Spaceless letters are tokens of their own here too.
fn code(text: &str, mut token: impl FnMut(RawToken)) {
    let mut open: Option<RawToken> = None;
    // Whether the open token is a word, and whether it is a number.
    let (mut word, mut number) = (false, false);
    let mut characters = text.char_indices().peekable();
    while let Some((start, c)) = characters.next() {
        let props = unicode::props(c);
        let attaches = matches!(props.word_break(), WordBreak::Extend | WordBreak::Format | WordBreak::Zwj);
        let of_word = !props.is_spaceless() && (props.is_alphanumeric() || c == '_');
        let decimal_point =
            number && c == '.' && characters.peek().is_some_and(|&(_, next)| unicode::digit_value(next).is_some());
        match &mut open {
            Some(token) if attaches || decimal_point || word && of_word => token.range.end = start + c.len_utf8(),
            _ => {
                open.take().into_iter().for_each(&mut token);
                if !signs::is_blank(c) {
                    open = Some(RawToken { range: start..start + c.len_utf8(), spaceless: props.is_spaceless() });
                    (word, number) = (of_word, unicode::digit_value(c).is_some());
                }
            }
        }
    }
    open.into_iter().for_each(&mut token);
}

/// Finds the characters of a text without words, as grapheme clusters that are not blank. A run of one cluster is one token.
pub(super) fn characters_of_wordless(text: &str, mut token: impl FnMut(RawToken)) {
    let mut open: Option<RawToken> = None;
    let mut unit = "";
    for range in Graphemes::new(text) {
        let cluster = text.get(range.clone()).unwrap_or_default();
        if let Some(token) = &mut open
            && token.range.end == range.start
            && cluster == unit
        {
            token.range.end = range.end;
            continue;
        }
        open.take().into_iter().for_each(&mut token);
        if !cluster.chars().all(signs::is_blank) {
            unit = cluster;
            open = Some(RawToken { range, spaceless: false });
        }
    }
    open.into_iter().for_each(&mut token);
}

/// Returns whether a normalized text has a word.
pub(super) fn has_word(text: &str) -> bool {
    text.chars().any(|c| unicode::props(c).is_alphanumeric())
}

/// Returns whether a text has a word before it is normalized, if that can be told: a letter or a number that no rule drops.
pub(super) fn surely_has_word(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_alphanumeric() || !c.is_ascii() && is_lasting_letter(c))
}

fn is_lasting_letter(c: char) -> bool {
    let props = unicode::props(c);
    let attached = matches!(props.word_break(), WordBreak::Extend | WordBreak::Format | WordBreak::Zwj);
    props.is_alphanumeric()
        && props.is_nfkc_boundary()
        && !props.is_ignorable()
        && !attached
        && !matches!(c, TATWEEL | MODIFIER_APOSTROPHE)
}

/// A letter that Arabic rules drop.
const TATWEEL: char = '\u{640}';
/// A letter that becomes a quote.
const MODIFIER_APOSTROPHE: char = '\u{2bc}';

/// Finds runs without white space. Each spaceless letter, with the marks on it, is a token of its own.
fn white_space(text: &str, mut token: impl FnMut(RawToken)) {
    let mut open: Option<RawToken> = None;
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        let props = unicode::props(c);
        if props.is_white_space() {
            open.take().into_iter().for_each(&mut token);
            continue;
        }
        let attaches = matches!(props.word_break(), WordBreak::Extend | WordBreak::Format | WordBreak::Zwj);
        match &mut open {
            Some(token) if attaches || !(token.spaceless || props.is_spaceless()) => token.range.end = end,
            _ => {
                open.take().into_iter().for_each(&mut token);
                open = Some(RawToken { range: start..end, spaceless: props.is_spaceless() });
            }
        }
    }
    open.into_iter().for_each(&mut token);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{ArabicLetters, Normalization, UnicodeForm};

    #[test]
    fn letters_that_last_are_letters_after_all_rules() {
        let forms = [UnicodeForm::AsIs, UnicodeForm::Nfc, UnicodeForm::Nfkc];
        let rules: Vec<Normalization> = forms
            .into_iter()
            .flat_map(|form| [false, true].map(|all| Normalization::default().form(form).strip_marks(all)))
            .map(|rules| rules.drop_punctuation(true).strip_strokes(true).arabic_letters(ArabicLetters::Persian))
            .collect();
        for c in ('\u{80}'..=char::MAX).filter(|&c| is_lasting_letter(c)) {
            for rules in &rules {
                let normal = rules.apply(&String::from(c));
                assert!(has_word(&normal), "{c:?} becomes {normal:?} under {rules:?}");
            }
        }
    }

    fn tokens(tokenization: Tokenization, text: &str) -> Vec<(&str, bool)> {
        let mut found = Vec::new();
        tokenization.for_each(text, true, |token| found.push((&text[token.range], token.spaceless)));
        found
    }

    #[test]
    fn words_split_spaceless_scripts_and_drop_punctuation() {
        assert_eq!(
            tokens(Tokenization::Words, "go—カナ, x_y."),
            [("go", false), ("カ", true), ("ナ", true), ("x_y", false)]
        );
        assert!(tokens(Tokenization::Words, "…!? 😀").is_empty());
    }

    #[test]
    fn white_space_keeps_punctuation_and_splits_spaceless_scripts() {
        assert_eq!(
            tokens(Tokenization::WhiteSpace, " a.b,\u{3000}用c  ก็ด "),
            [("a.b,", false), ("用", true), ("c", false), ("ก็", true), ("ด", true)]
        );
    }

    #[test]
    fn graphemes_keep_clusters_together() {
        assert_eq!(tokens(Tokenization::Graphemes, "e\u{301}\r\n"), [("e\u{301}", false), ("\r\n", false)]);
    }

    #[test]
    fn bytes_cut_characters() {
        let mut ranges = Vec::new();
        Tokenization::Bytes.for_each("é", true, |token| ranges.push(token.range));
        assert_eq!(ranges, [0..1, 1..2]);
    }
}
