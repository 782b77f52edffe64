//! Cuts normalized texts into tokens.

use std::ops::Range;

use super::unicode::{self, Graphemes, WordBreak, Words};
use crate::scheme::Tokenization;

/// A token of a normalized text: its place, and whether it is a letter of a script that is written without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawToken {
    pub(crate) range: Range<usize>,
    pub(crate) spaceless: bool,
}

impl Tokenization {
    /// Calls `token` for every token of a normalized text, in order.
    #[inline]
    pub(crate) fn for_each(self, text: &str, mut token: impl FnMut(RawToken)) {
        match self {
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

    fn tokens(tokenization: Tokenization, text: &str) -> Vec<(&str, bool)> {
        let mut found = Vec::new();
        tokenization.for_each(text, |token| found.push((&text[token.range], token.spaceless)));
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
        Tokenization::Bytes.for_each("é", |token| ranges.push(token.range));
        assert_eq!(ranges, [0..1, 1..2]);
    }
}
