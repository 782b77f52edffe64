//! A text with what comparisons need of it, made once.

use std::borrow::Cow;
use std::ops::Range;

use ahash::RandomState;
use hashbrown::HashMap;

use super::day_names::day;
use super::days::Day;
use super::fields::{Field, fields};
use super::figures::Number;
use super::quotes::quotes;
use super::signs::{Signs, signs};
use crate::set::ShingleSet;
use crate::text::{Normalization, STEM_LETTERS, Shingler, Token, is_blank, stem};

/// What cuts a text into what is compared.
#[derive(Clone, Debug)]
pub(super) struct Shinglers {
    /// The shingles of the scheme.
    pub(super) phrases: Shingler,
    pub(super) words: Shingler,
    pub(super) words_and_signs: Shingler,
    /// Words that are not among the common ones.
    pub(super) content: Shingler,
}

/// The bit of a capitalised word that is not among the common ones, and that the text never writes in lower case.
const NAME: u8 = 1;
/// The bit of a number or number word.
const NUMBER: u8 = 2;
/// The bit of a letter of a script that is written without spaces.
const LETTER: u8 = 4;
/// The bit of a word that is not among the common ones.
const CONTENT: u8 = 8;
/// The bit of a word of the beginning that the text has again, if in another form.
const TOLD: u8 = 16;
/// The bit of a word behind a comma, or that begins with the Arabic letter for "and", which is written with the next word.
const LISTED: u8 = 32;
/// The words of the beginning.
const BEGINNING: usize = 60;

/// A first line of more words is no headline.
const HEADLINE_WORDS: f64 = 20.0;
/// A text has case if this share of its words with case is in lower case.
const MIN_LOWER: f64 = 0.2;

/// A text with the words, names, figures and phrases that comparisons need.
///
/// [`TextComparer::prepare`](super::TextComparer::prepare) makes it. It takes about 30 bytes a word. It does not keep the
/// text, so ranges in a [`Judgement`](super::Judgement) are those of the text that was prepared. Words beyond the first
/// four gibibytes do not count.
#[derive(Clone, Debug)]
pub struct PreparedText {
    /// A hash of the bytes, which tells texts without words apart. A blank text has none.
    bytes: Option<u64>,
    pub(super) words: Box<[u64]>,
    /// The bytes of each word: its first one, and the one after its last.
    places: Box<[[u32; 2]]>,
    /// What each word is, as bits. Numbers take much more room than the few words that have one are worth.
    kinds: Box<[u8]>,
    /// The numbers, each with the place of its word.
    numbers: Box<[(u32, Number)]>,
    /// The weekdays and months, each with the place of its word.
    days: Box<[(u32, Day)]>,
    /// The signs, each with the place of its word.
    pub(super) signs: Box<[Signs]>,
    /// The words with vowel marks, each with its place and the hash without them.
    unmarked: Box<[(u32, u64)]>,
    /// The words that may be names, and that the text writes in lower case, or in a script without case.
    lower: ShingleSet,
    pub(super) phrases: ShingleSet,
    /// The quotes: the place of the first word of each, and the place after that of its last.
    pub(super) quotes: Box<[[u32; 2]]>,
    /// The number of words of the headline.
    headline: u32,
    /// What the headline names.
    pub(super) subjects: Box<[Subject]>,
    pub(super) fields: Box<[Field]>,
    /// Whether case tells names from other words.
    pub(super) has_case: bool,
}

/// A word of a headline that the text below writes as a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) word: u64,
    pub(super) name: Box<str>,
}

impl PreparedText {
    pub(super) fn new(text: &str, shinglers: &Shinglers) -> Self {
        let Shinglers { phrases, words, words_and_signs, content } = shinglers;
        let mut tokens = words.tokens(text);
        tokens.retain(|token| u32::try_from(token.range.end).is_ok());
        let content: ShingleSet = content.tokens(text).into_iter().map(|token| token.hash).collect();
        let is_upper = |token: &Token| first_letter(text, &token.range).is_some_and(char::is_uppercase);
        let lower = tokens.iter().filter(|token| content.contains(token.hash) && !is_upper(token));
        let lower: ShingleSet = lower.map(|token| token.hash).collect();
        let (mut numbers, mut days) = (Vec::new(), Vec::new());
        let word = |place: Option<usize>| {
            place.and_then(|place| text.get(tokens.get(place)?.range.clone())).unwrap_or_default()
        };
        let mut kind = |(place, token): (usize, &Token)| {
            let letter = if token.spaceless { LETTER } else { 0 };
            let letter = letter | if is_listed(text, &tokens, place) { LISTED } else { 0 };
            let letter = letter | if content.contains(token.hash) { CONTENT } else { 0 };
            let beside = [place.checked_sub(2), place.checked_sub(1), Some(place + 1)].map(word);
            if let Some(day) = day(word(Some(place)), beside) {
                days.push((place as u32, day));
                return letter;
            }
            if let Some(number) = Number::parse(word(Some(place))) {
                numbers.push((place as u32, number));
                return letter | NUMBER;
            }
            let is_name = is_upper(token) && content.contains(token.hash) && !lower.contains(token.hash);
            letter | if is_name { NAME } else { 0 }
        };
        let mut prepared = Self {
            bytes: (!is_blank(text)).then(|| xxhash_rust::xxh3::xxh3_64(text.as_bytes())),
            words: tokens.iter().map(|token| token.hash).collect(),
            kinds: tokens.iter().enumerate().map(&mut kind).collect(),
            places: tokens.iter().map(|token| [token.range.start as u32, token.range.end as u32]).collect(),
            numbers: numbers.into(),
            days: days.into(),
            signs: signs(text, &tokens, &words_and_signs.tokens(text)),
            unmarked: unmarked(text, &tokens, words),
            quotes: quotes(text).iter().filter_map(|quote| words_in(&tokens, quote)).collect(),
            phrases: phrases.set(text),
            headline: 0,
            subjects: Box::default(),
            fields: fields(text, &tokens),
            has_case: has_case(text, &tokens),
            lower,
        };
        prepared.headline = prepared.count_headline(text) as u32;
        prepared.mark_told(text);
        prepared.subjects = prepared.find_subjects(text);
        prepared
    }

    /// Marks the terms of the beginning that the text has again, below the headline.
    fn mark_told(&mut self, text: &str) {
        let headline = self.headline as usize;
        let terms = (0..self.words.len().min(BEGINNING.max(headline))).filter(|word| self.is_term(*word));
        let form = WordForms { text, normalization: Normalization::default() };
        let mut last: HashMap<u64, usize, RandomState> =
            terms.clone().map(|word| (form.of(self, word), word)).collect();
        for word in headline..self.words.len() {
            if let Some(last) = last.get_mut(&form.of(self, word)) {
                *last = word;
            }
        }
        let is_told = |word: &usize| last[&form.of(self, *word)] >= headline.max(word + 1);
        for word in terms.filter(is_told).collect::<Vec<_>>() {
            self.kinds[word] |= TOLD;
        }
    }

    /// Returns the terms of the headline that the text below writes as names.
    fn find_subjects(&self, text: &str) -> Box<[Subject]> {
        let below = self.headline as usize..self.words.len();
        if !self.has_case || below.start == 0 {
            return Box::default();
        }
        // The first word of a sentence is capitalised whatever it is, but not the second: "Skelby Mills said".
        let between = |word: usize| text.get(self.places[word - 1][1] as usize..self.places[word][0] as usize);
        let begins = |word: usize| word == below.start || between(word).is_none_or(ends_sentence);
        let is_upper = |word: usize| first_letter(text, &self.place(&(word..word + 1))).is_some_and(char::is_uppercase);
        let is_followed = |word: usize| word + 1 < below.end && is_upper(word + 1) && !begins(word + 1);
        let names = below.clone().filter(|word| self.is_name(*word) && (!begins(*word) || is_followed(*word)));
        let names: ShingleSet = names.map(|word| self.words[word]).collect();
        let is_subject = |word: &usize| self.is_term(*word) && names.contains(self.words[*word]);
        let subject = |word: usize| {
            let name = text.get(self.place(&(word..word + 1)))?.to_lowercase().into();
            Some(Subject { word: self.words[word], name })
        };
        self.headline().filter(is_subject).filter_map(subject).collect()
    }

    /// Returns whether the text tells of a headline below: whether it has one of its terms again. Those that both headlines have do not
    /// count, such as the name of a site. A headline without terms of its own tells nothing, and counts as told.
    pub(super) fn tells(&self, headline: &Range<usize>, shared: &ShingleSet) -> bool {
        let own = || headline.clone().filter(|word| self.is_term(*word) && !shared.contains(self.words[*word]));
        own().next().is_none() || own().any(|word| self.kinds[word] & TOLD != 0)
    }

    /// Returns the terms among some words.
    pub(super) fn terms(&self, words: &Range<usize>) -> impl Iterator<Item = u64> {
        words.clone().filter(|word| self.is_term(*word)).map(|word| self.words[word])
    }

    /// Returns whether a word is neither a figure nor among the common ones.
    pub(super) fn is_term(&self, word: usize) -> bool {
        self.kinds.get(word).is_some_and(|kind| kind & (CONTENT | NUMBER) == CONTENT)
    }

    /// Returns the words of the headline.
    pub(super) fn headline(&self) -> Range<usize> {
        0..self.headline as usize
    }

    /// Returns the different words of the headline, without figures.
    pub(super) fn headline_words(&self) -> ShingleSet {
        let headline = self.headline();
        let words = self.kinds[headline.clone()].iter().zip(&self.words[headline]);
        words.filter(|(kind, _)| **kind & NUMBER == 0).map(|(_, hash)| *hash).collect()
    }

    /// Returns the byte after the headline, or 0.
    pub(super) fn headline_end(&self) -> usize {
        (self.headline as usize).checked_sub(1).map_or(0, |last| self.places[last][1] as usize)
    }

    /// Returns the number of words of the first line, if it is a headline.
    fn count_headline(&self, text: &str) -> usize {
        let blank = text.len() - text.trim_start().len();
        let Some(line) = text[blank..].find('\n') else { return 0 };
        let words = self.places.partition_point(|place| (place[0] as usize) < blank + line);
        if self.length(&(0..words)) <= HEADLINE_WORDS { words } else { 0 }
    }

    /// Returns the words without vowel marks, so that one spelling of a word is not taken for another word.
    pub(super) fn unmarked_words(&self) -> Cow<'_, [u64]> {
        let mut words = Cow::Borrowed(&*self.words);
        for &(place, hash) in &self.unmarked {
            words.to_mut()[place as usize] = hash;
        }
        words
    }

    /// Returns whether some words are part of the headline.
    pub(super) fn is_in_headline(&self, words: &Range<usize>) -> bool {
        words.start < self.headline as usize
    }

    /// Returns the number of items if some words are a part of a list.
    pub(super) fn items(&self, words: &Range<usize>) -> usize {
        1 + self.commas(words)
    }

    /// Returns the number of names among some words: of those in a row, each of which has a word that is not among others.
    pub(super) fn name_items(&self, words: &Range<usize>, other: &Self, others: &ShingleSet) -> usize {
        let is_name = |word: usize| self.is_name(word) && !other.lower.contains(self.words[word]);
        let (mut items, mut is_counted) = (0, false);
        for word in words.clone() {
            // A name ends where another word or a comma follows.
            is_counted &= is_name(word) && self.kinds[word] & LISTED == 0;
            if !is_counted && is_name(word) && !others.contains(self.words[word]) {
                (items, is_counted) = (items + 1, true);
            }
        }
        items
    }

    /// Returns the number of commas between some words.
    pub(super) fn commas(&self, words: &Range<usize>) -> usize {
        self.kinds[words.clone()].iter().skip(1).filter(|kind| **kind & LISTED != 0).count()
    }

    /// Returns whether a word is a number.
    pub(super) fn is_number(&self, word: usize) -> bool {
        self.kinds.get(word).is_some_and(|kind| kind & NUMBER != 0)
    }

    /// Returns whether a word is a name.
    pub(super) fn is_name(&self, word: usize) -> bool {
        self.kinds.get(word).is_some_and(|kind| kind & NAME != 0)
    }

    /// Returns whether a word is a letter of a script that is written without spaces.
    pub(super) fn is_letter(&self, word: usize) -> bool {
        self.kinds.get(word).is_some_and(|kind| kind & LETTER != 0)
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

    /// Returns the bytes of memory that it takes.
    #[must_use]
    pub fn memory(&self) -> usize {
        let sets = self.lower.len() + self.phrases.len();
        size_of::<Self>()
            + size_of_val(&*self.words)
            + size_of_val(&*self.places)
            + size_of_val(&*self.kinds)
            + size_of_val(&*self.numbers)
            + size_of_val(&*self.days)
            + size_of_val(&*self.signs)
            + size_of_val(&*self.unmarked)
            + size_of_val(&*self.quotes)
            + size_of_val(&*self.fields)
            + self
                .fields
                .iter()
                .flat_map(|field| &field.words)
                .map(|word| size_of_val(word) + word.len())
                .sum::<usize>()
            + size_of_val(&*self.subjects)
            + self.subjects.iter().map(|subject| subject.name.len()).sum::<usize>()
            + sets * size_of::<u64>()
    }

    /// Returns the share of numbers among the words, 0 to 1.
    pub(super) fn figures(&self) -> f64 {
        if self.numbers.is_empty() { 0.0 } else { self.numbers.len() as f64 / self.kinds.len() as f64 }
    }

    pub(super) fn length(&self, words: &Range<usize>) -> f64 {
        let letters = self.kinds[words.clone()].iter().filter(|&&kind| kind & LETTER != 0).count();
        words.len() as f64 - letters as f64 / 2.0
    }

    /// Returns the names and figures of the first words, each once. Names that the other text writes in lower case are none.
    pub(super) fn specifics(&self, other: &Self, words: usize) -> ShingleSet {
        let first = 0..words.min(self.words.len());
        let numbers = self.hashes(&first, NUMBER).copied();
        numbers.chain(self.names(&first, other)).collect()
    }

    /// Returns the names among some words. Names that the other text writes in lower case are none.
    pub(super) fn names(&self, words: &Range<usize>, other: &Self) -> impl Iterator<Item = u64> {
        self.hashes(words, NAME).copied().filter(|hash| !other.lower.contains(*hash))
    }

    /// Returns the words among some that are of a kind.
    fn hashes(&self, words: &Range<usize>, kind: u8) -> impl Iterator<Item = &u64> {
        let kinds = self.kinds[words.clone()].iter().zip(&self.words[words.clone()]);
        kinds.filter(move |(of, _)| **of & kind != 0).map(|(_, hash)| hash)
    }

    /// Returns the numbers of some words. A multiplier right after them counts.
    pub(super) fn numbers_of(&self, words: &Range<usize>) -> Vec<Number> {
        let first = self.numbers.partition_point(|(place, _)| (*place as usize) < words.start);
        let mut numbers = Vec::new();
        for &(place, number) in &self.numbers[first..] {
            let place = place as usize;
            let is_after =
                place == words.end && self.kinds[words.clone()].last().is_some_and(|kind| kind & NUMBER != 0);
            let multiplies = matches!((numbers.last(), number), (Some(Number::Figure(_)), Number::Times(_)));
            if place >= words.end && !(is_after && multiplies) {
                break;
            }
            numbers.push(number);
        }
        numbers
    }

    /// Returns whether both texts have the same words with the same signs beside them. Blank texts say nothing.
    pub(super) fn says_the_same_as(&self, other: &Self) -> bool {
        (&self.words, &self.signs) == (&other.words, &other.signs)
            && (!self.words.is_empty() || self.bytes.is_some() && self.bytes == other.bytes)
    }

    /// Returns the word at a place, or the last one before it.
    pub(super) fn word_at(&self, place: usize) -> Option<Range<usize>> {
        let last = self.words.len().checked_sub(1)?;
        Some(place.min(last)..place.min(last) + 1)
    }

    /// Returns the weekdays and months among some words.
    pub(super) fn days(&self, words: &Range<usize>) -> Vec<Day> {
        let from = |end: usize| self.days.partition_point(|(place, _)| (*place as usize) < end);
        self.days[from(words.start)..from(words.end)].iter().map(|(_, day)| *day).collect()
    }

    /// Returns the different numbers of the text.
    pub(super) fn numbers(&self) -> ShingleSet {
        self.hashes(&(0..self.words.len()), NUMBER).copied().collect()
    }

    /// Returns the bytes of some words. There must be at least one.
    pub(super) fn place(&self, words: &Range<usize>) -> Range<usize> {
        self.places[words.start][0] as usize..self.places[words.end - 1][1] as usize
    }
}

/// Hashes words so that other forms of a long word are the same: in languages that inflect words, few words of a headline are below in the
/// same form.
struct WordForms<'a> {
    text: &'a str,
    normalization: Normalization,
}

impl WordForms<'_> {
    fn of(&self, prepared: &PreparedText, word: usize) -> u64 {
        let [start, end] = prepared.places[word].map(|place| place as usize);
        let long = self.text.get(start..end).filter(|word| word.len() > STEM_LETTERS);
        long.map_or(prepared.words[word], |word| stem(word, &self.normalization))
    }
}

/// Returns whether a word is behind a comma, or begins with the Arabic letter for "and" and is long enough to be joined to it.
fn is_listed(text: &str, tokens: &[Token], place: usize) -> bool {
    let Some(before) = place.checked_sub(1) else { return false };
    let (end, Range { start, end: last }) = (tokens[before].range.end, tokens[place].range.clone());
    let is_joined = || text.get(start..last).is_some_and(|word| word.starts_with('و') && word.chars().count() > 3);
    text.get(end..start).is_some_and(|between| between.contains([',', '،', '、', ';', '؛'])) || is_joined()
}

/// Returns whether what stands between two words ends a sentence, or a paragraph, or begins a quote.
fn ends_sentence(between: &str) -> bool {
    between.contains(['.', '!', '?', ':', '"', '“', '„', '«', '—']) || between.matches('\n').count() > 1
}

/// Returns the places of the tokens in a range of bytes, if there are any.
fn words_in(tokens: &[Token], bytes: &Range<usize>) -> Option<[u32; 2]> {
    let start = tokens.partition_point(|token| token.range.start < bytes.start);
    let end = tokens.partition_point(|token| token.range.end <= bytes.end);
    (start < end).then_some([start as u32, end as u32])
}

/// Returns the words with vowel marks, each with its place and the hash without them.
fn unmarked(text: &str, tokens: &[Token], words: &Shingler) -> Box<[(u32, u64)]> {
    let without_marks = |(place, token): (usize, &Token)| {
        let word = text.get(token.range.clone()).filter(|word| word.contains(is_vowel_mark))?;
        let [token] = &words.tokens(&word.replace(is_vowel_mark, ""))[..] else { return None };
        Some((place as u32, token.hash))
    };
    tokens.iter().enumerate().filter_map(without_marks).collect()
}

/// Returns whether a character is a vowel mark of Hebrew or Arabic, which most texts leave out.
fn is_vowel_mark(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Returns whether case tells names from other words: in texts in capitals it does not, nor in most scripts.
fn has_case(text: &str, tokens: &[Token]) -> bool {
    let letters = || tokens.iter().filter_map(|token| first_letter(text, &token.range));
    let count = |is: fn(char) -> bool| letters().filter(|letter| is(*letter)).count();
    let (upper, lower) = (count(char::is_uppercase), count(char::is_lowercase));
    let cased = upper + lower;
    upper > 0 && lower as f64 >= MIN_LOWER * cased as f64 && 2 * cased >= letters().count()
}

fn first_letter(text: &str, range: &Range<usize>) -> Option<char> {
    text.get(range.clone()).and_then(|word| word.chars().find(|c| c.is_alphabetic()))
}
