//! A text with what comparisons need of it, made once.

use std::ops::Range;

use super::figures::Number;
use crate::set::ShingleSet;
use crate::text::{Shingler, Token};

/// What a word tells about the subject of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// A capitalised word that is not among the common ones, and that the text never writes in lower case.
    Name,
    /// Its number is kept aside, because few words are numbers.
    Number,
}

/// A text with the words, names, figures and phrases that comparisons need.
///
/// [`TextComparer::prepare`](super::TextComparer::prepare) makes it. It takes about 30 bytes a word, and 16 more for each
/// different one. It does not keep the text, so ranges in a [`Judgement`](super::Judgement) are those of the text that was
/// prepared.
#[derive(Clone, Debug)]
pub struct PreparedText {
    /// A hash of the bytes, which tells texts without words apart.
    pub(super) bytes: u64,
    pub(super) words: Vec<u64>,
    pub(super) places: Vec<Range<usize>>,
    pub(super) kinds: Vec<Kind>,
    /// The numbers, with the places of their words, in order.
    numbers: Vec<(usize, Number)>,
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
        let number = |token: &Token| text.get(token.range.clone()).and_then(Number::parse);
        let numbers: Vec<(usize, Number)> =
            tokens.iter().enumerate().filter_map(|(place, token)| Some((place, number(token)?))).collect();
        let kind = |token: &Token| {
            let is_name = is_upper(&token.range) && content.contains(token.hash) && !lower.contains(token.hash);
            if is_name { Kind::Name } else { Kind::Plain }
        };
        let mut kinds: Vec<Kind> = tokens.iter().map(kind).collect();
        numbers.iter().for_each(|&(place, _)| kinds[place] = Kind::Number);
        Self {
            bytes: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
            words: tokens.iter().map(|token| token.hash).collect(),
            kinds,
            numbers,
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
        if self.numbers.is_empty() { 0.0 } else { self.numbers.len() as f64 / self.kinds.len() as f64 }
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
            Kind::Number => true,
        }
    }

    /// Returns the numbers of some words, and whether there are names among them. A multiplier right after them counts.
    pub(super) fn numbers_and_names(&self, words: &Range<usize>, other: &Self) -> (Vec<Number>, bool) {
        let first = self.numbers.partition_point(|(place, _)| *place < words.start);
        let end = self.numbers.partition_point(|(place, _)| *place < words.end);
        let mut numbers: Vec<Number> = self.numbers[first..end].iter().map(|(_, number)| *number).collect();
        let is_last = end > first && self.numbers[end - 1].0 + 1 == words.end;
        if let Some((place, times @ Number::Times(_))) = self.numbers.get(end)
            && is_last
            && *place == words.end
        {
            numbers.push(*times);
        }
        let mut kinds = self.kinds[words.clone()].iter().zip(&self.words[words.clone()]);
        let names = kinds.any(|(kind, hash)| *kind == Kind::Name && self.is_specific(*kind, *hash, other));
        (numbers, names)
    }

    /// Returns the different numbers of the text.
    pub(super) fn numbers(&self) -> ShingleSet {
        self.numbers.iter().map(|(place, _)| self.words[*place]).collect()
    }

    /// Returns the bytes of some words. There must be at least one.
    pub(super) fn place(&self, words: &Range<usize>) -> Range<usize> {
        self.places[words.start].start..self.places[words.end - 1].end
    }
}

fn first_letter(text: &str, range: &Range<usize>) -> Option<char> {
    text.get(range.clone()).and_then(|word| word.chars().find(|c| c.is_alphabetic()))
}
