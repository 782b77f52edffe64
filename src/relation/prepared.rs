//! A text with what comparisons need of it, made once.

use std::ops::Range;

use super::figures::Number;
use crate::set::ShingleSet;
use crate::text::Shingler;

/// What a word tells about the subject of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Plain,
    /// A capitalised word that is not among the common ones, and that the text never writes in lower case.
    Name,
    Number(Number),
}

/// A text with the words, names, figures and phrases that comparisons need.
///
/// [`TextComparer::prepare`](super::TextComparer::prepare) makes it. It takes about 60 bytes a word. It does not keep the
/// text, so ranges in a [`Judgement`](super::Judgement) are those of the text that was prepared.
#[derive(Clone, Debug)]
pub struct PreparedText {
    /// A hash of the bytes, which tells texts without words apart.
    pub(super) bytes: u64,
    pub(super) words: Vec<u64>,
    pub(super) places: Vec<Range<usize>>,
    pub(super) kinds: Vec<Kind>,
    /// Whether the word is a letter of a script that is written without spaces.
    pub(super) letters: Vec<bool>,
    /// The words that the text writes in lower case, or in a script without case.
    pub(super) lower: ShingleSet,
    pub(super) phrases: ShingleSet,
}

impl PreparedText {
    pub(super) fn new(text: &str, phrases: &Shingler, words: &Shingler, content: &Shingler) -> Self {
        let tokens = words.tokens(text);
        let is_upper = |range: &Range<usize>| first_letter(text, range).is_some_and(char::is_uppercase);
        let lower: ShingleSet = tokens.iter().filter(|token| !is_upper(&token.range)).map(|token| token.hash).collect();
        let content: ShingleSet = content.tokens(text).into_iter().map(|token| token.hash).collect();
        let kind = |token: &crate::text::Token| {
            let is_name = is_upper(&token.range) && content.contains(token.hash) && !lower.contains(token.hash);
            match text.get(token.range.clone()).and_then(Number::parse) {
                Some(number) => Kind::Number(number),
                None if is_name => Kind::Name,
                None => Kind::Plain,
            }
        };
        Self {
            bytes: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
            words: tokens.iter().map(|token| token.hash).collect(),
            kinds: tokens.iter().map(kind).collect(),
            letters: tokens.iter().map(|token| token.spaceless).collect(),
            phrases: phrases.set(text),
            places: tokens.into_iter().map(|token| token.range).collect(),
            lower,
        }
    }

    /// Returns the number of words. A letter of a script that is written without spaces counts as half a word.
    #[must_use]
    pub fn words(&self) -> f64 {
        self.length(&(0..self.words.len()))
    }

    /// Returns the shingles of the scheme.
    #[must_use]
    pub fn phrases(&self) -> &ShingleSet {
        &self.phrases
    }

    /// Returns the share of numbers among the words, 0 to 1.
    pub(super) fn figures(&self) -> f64 {
        let numbers = self.kinds.iter().filter(|kind| matches!(kind, Kind::Number(_))).count();
        if numbers == 0 { 0.0 } else { numbers as f64 / self.kinds.len() as f64 }
    }

    pub(super) fn length(&self, words: &Range<usize>) -> f64 {
        let letters = self.letters[words.clone()].iter().filter(|&&letter| letter).count();
        words.len() as f64 - letters as f64 / 2.0
    }

    /// Returns the names and figures of the first words, each once. Names that the other text writes in lower case are none.
    pub(super) fn specifics(&self, other: &Self, words: usize) -> ShingleSet {
        let kinds = self.kinds.iter().zip(&self.words).take(words);
        kinds.filter(|(kind, hash)| self.is_specific(**kind, **hash, other)).map(|(_, hash)| *hash).collect()
    }

    fn is_specific(&self, kind: Kind, hash: u64, other: &Self) -> bool {
        match kind {
            Kind::Plain => false,
            Kind::Name => !other.lower.contains(hash),
            Kind::Number(_) => true,
        }
    }

    /// Returns the numbers of some words, and whether there are names among them. A multiplier right after them counts.
    pub(super) fn numbers_and_names(&self, words: &Range<usize>, other: &Self) -> (Vec<Number>, bool) {
        let (mut numbers, mut names) = (Vec::new(), false);
        for (kind, hash) in self.kinds[words.clone()].iter().zip(&self.words[words.clone()]) {
            match kind {
                Kind::Number(number) => numbers.push(*number),
                kind => names |= self.is_specific(*kind, *hash, other),
            }
        }
        if let (Some(Kind::Number(Number::Figure(_))), Some(Kind::Number(times @ Number::Times(_)))) =
            (self.kinds[words.clone()].last(), self.kinds.get(words.end))
        {
            numbers.push(*times);
        }
        (numbers, names)
    }

    /// Returns the different numbers of the text.
    pub(super) fn numbers(&self) -> ShingleSet {
        let kinds = self.kinds.iter().zip(&self.words);
        kinds.filter(|(kind, _)| matches!(kind, Kind::Number(_))).map(|(_, hash)| *hash).collect()
    }

    /// Returns the bytes of some words. There must be at least one.
    pub(super) fn place(&self, words: &Range<usize>) -> Range<usize> {
        self.places[words.start].start..self.places[words.end - 1].end
    }
}

fn first_letter(text: &str, range: &Range<usize>) -> Option<char> {
    text.get(range.clone()).and_then(|word| word.chars().find(|c| c.is_alphabetic()))
}
