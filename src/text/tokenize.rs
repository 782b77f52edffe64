//! Tokens: the units that shingles are made of.

use std::ops::Range;

use super::unicode::{self, Graphemes, WordBreak, Words};

/// How a text is cut into tokens.
///
/// Letters of scripts that are written without spaces (Han, kana, Thai, Lao, Khmer, Burmese and a few more: those that
/// UAX #29 leaves as words of their own, and katakana) are tokens of their own under [`Words`](Self::Words) and
/// [`WhiteSpace`](Self::WhiteSpace); no language needs to be named.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::text::Tokenization;
///
/// let tokens = |tokenization, text: &str| -> Vec<String> {
///     let scheme = Scheme::builder().tokenization(tokenization).build().unwrap();
///     let shingler = scheme.shingler().unwrap();
///     let normal = shingler.normalize(text);
///     shingler.tokens(text).iter().map(|token| normal[token.normalized.clone()].to_string()).collect()
/// };
/// assert_eq!(tokens(Tokenization::Words, "Don't pay 1,000 €!"), ["don't", "pay", "1,000"]);
/// assert_eq!(tokens(Tokenization::WhiteSpace, "Don't pay 1,000 €!"), ["don't", "pay", "1,000", "€!"]);
/// assert_eq!(tokens(Tokenization::Words, "用Rust写"), ["用", "rust", "写"]);
/// assert_eq!(tokens(Tokenization::Characters, "añb"), ["a", "ñ", "b"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Tokenization {
    /// Words by the default rules of UAX #29, without those that hold no letter and no digit.
    #[default]
    Words,
    /// What stands between white space, punctuation included.
    WhiteSpace,
    /// Characters (Unicode scalar values), white space and punctuation included.
    Characters,
    /// Extended grapheme clusters by UAX #29: what a reader takes for one character.
    Graphemes,
    /// Bytes of the normalized text's UTF-8.
    Bytes,
}

/// Which tokens count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum WordFilter {
    /// Every token.
    #[default]
    All,
    /// Tokens that are not in the built-in table of common words (version 1: function words of 25 languages, and
    /// the everyday words of English and of news in it). What is left are names and topics: rewrites of one story
    /// share these even where they share no phrase.
    Content,
    /// Only tokens that hold a decimal digit. Templated texts differ in exactly these.
    Figures,
}

/// A token of a normalized text: where it stands, and whether it is a letter of a script written without spaces.
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

/// Runs without white space, with every spaceless letter (and the marks on it) split off.
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
