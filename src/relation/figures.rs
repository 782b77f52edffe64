//! What the figures of a text are worth, so that "9.1 mln" and "9,100,000" are not taken for a difference.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use super::number_words::{NumberWord, number_word};
use crate::text::digit_value;

/// A number as a text writes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figure {
    value: f64,
    /// What one more in the last digit that is written would add.
    unit: f64,
    /// The number of digits that carry meaning. Two figures that were rounded agree only if both have at least two.
    digits: u32,
}

/// What a word says about numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// The word is a number.
    Figure(Figure),
    /// The word multiplies the number before it, as "million" does.
    Times(f64),
    /// The word is a number in another language than English, or multiplies one.
    Foreign(NumberWord),
    /// The word has digits, but is no decimal number: "2nd", "747-400", or a fraction.
    Other(u64),
}

const SMALL: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

const OTHER_WORDS: [(&str, f64); 10] = [
    ("nil", 0.0),
    ("once", 1.0),
    ("twice", 2.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
];

const ORDINALS: [&str; 10] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

const MULTIPLIERS: [(&str, f64); 9] = [
    ("hundred", 1e2),
    ("thousand", 1e3),
    ("million", 1e6),
    ("mln", 1e6),
    ("billion", 1e9),
    ("bln", 1e9),
    ("bn", 1e9),
    ("trillion", 1e12),
    ("dozen", 12.0),
];

/// Numerals of Chinese, Japanese and Korean texts.
const HAN_NUMERALS: &str = "〇零一二三四五六七八九十百千万萬亿億兆";

impl Number {
    /// Reads a word of the original text, or returns `None` for a word without a number.
    pub(super) fn parse(word: &str) -> Option<Self> {
        if word.chars().any(char::is_numeric) {
            let word = with_ascii_digits(word);
            return Some(decimal(&word).map_or_else(|| Self::other(&word), Self::Figure));
        }
        let in_other_languages = || number_word(word).map(Self::Foreign);
        if !word.is_ascii() {
            let is_numeral = !word.is_empty() && word.chars().all(|c| HAN_NUMERALS.contains(c));
            return if is_numeral { Some(Self::other(word)) } else { in_other_languages() };
        }
        let english = Self::english(&word.to_ascii_lowercase());
        english.or_else(in_other_languages)
    }

    fn english(word: &str) -> Option<Self> {
        if let Some(value) = SMALL.iter().position(|&small| small == word) {
            return Some(Self::whole(value as f64));
        }
        if ORDINALS.contains(&word) {
            return Some(Self::other(word));
        }
        let of = |table: &[(&str, f64)]| table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        of(&OTHER_WORDS).map(Self::whole).or_else(|| of(&MULTIPLIERS).map(Self::Times))
    }

    fn whole(value: f64) -> Self {
        Self::Figure(Figure { value, unit: 1.0, digits: 1 })
    }

    fn other(word: &str) -> Self {
        Self::Other(xxh3_64(word.as_bytes()))
    }
}

/// Writes the digits of any script as those of ASCII.
fn with_ascii_digits(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return word.into();
    }
    let digit = |c: char| digit_value(c).and_then(|value| char::from_digit(value.into(), 10)).unwrap_or(c);
    word.chars().map(digit).collect::<String>().into()
}

/// Reads a decimal number of ASCII digits. A comma before three last digits groups them; another comma is decimal.
fn decimal(word: &str) -> Option<Figure> {
    let is_decimal = |c: char| c.is_ascii_digit() || c == ',' || c == '.';
    // More digits than a float keeps apart are a code, not an amount.
    if word.len() > 15 || !word.chars().all(is_decimal) {
        return None;
    }
    let groups = word.rfind(',').is_some_and(|comma| word[comma + 1..].split('.').next().is_some_and(|d| d.len() == 3));
    let plain = if groups { word.replace(',', "") } else { word.replacen(',', ".", 1) };
    let value: f64 = plain.parse().ok()?;
    let decimals = plain.rfind('.').map_or(0, |point| plain.len() - point - 1);
    let digits = plain.trim_start_matches(['0', '.']).chars().filter(char::is_ascii_digit).count();
    Some(Figure { value, unit: 10f64.powi(-(decimals as i32)), digits: digits as u32 })
}

impl Figure {
    fn times(self, factor: f64) -> Self {
        Self { value: self.value * factor, unit: self.unit * factor, ..self }
    }

    /// Returns whether both may be one amount, of which one was rounded.
    fn agrees(self, other: Self) -> bool {
        let difference = (self.value - other.value).abs();
        // Of two as coarse, the one with more digits comes first, so that sides can be swapped.
        let (coarse, fine) =
            if (self.unit, self.digits) >= (other.unit, other.digits) { (self, other) } else { (other, self) };
        // Millions are cut off as often as they are rounded, so the last digit may differ by one.
        let is_cut_off = coarse.unit >= 1e3 && coarse.digits >= 3 && difference <= 1.001 * coarse.unit;
        let is_rounded = coarse.unit > fine.unit && coarse.digits >= 2 && difference <= 0.5001 * coarse.unit;
        difference <= 1e-9 * fine.value.abs().max(coarse.value.abs()) || is_rounded || is_cut_off
    }
}

/// Returns whether the numbers of two short passages are the same ones: each of the passage with fewer is in the other, and of as many
/// on both sides each is in the other passage.
pub(super) fn agree(left: &[Number], right: &[Number]) -> bool {
    let (left, right) = (amounts(left), amounts(right));
    let same = |a: &Number, b: &Number| match (a, b) {
        (Number::Figure(a), Number::Figure(b)) => a.agrees(*b),
        (a, b) => a == b,
    };
    let are_in = |some: &[Number], others: &[Number]| some.iter().all(|a| others.iter().any(|b| same(a, b)));
    if left.is_empty() || right.is_empty() {
        return false;
    }
    // "5 mil" may be "5.000", and "treinta y cinco" may be "35": only words are compared with words.
    let is_foreign = |numbers: &[Number]| numbers.iter().any(|number| matches!(number, Number::Foreign(_)));
    if is_foreign(&left) != is_foreign(&right) {
        return true;
    }
    // Of as many on both sides, a repeated number does not make up for another one.
    (left.len() > right.len() || are_in(&left, &right)) && (right.len() > left.len() || are_in(&right, &left))
}

/// Multiplies each figure by the multipliers that follow it.
fn amounts(numbers: &[Number]) -> Vec<Number> {
    let mut amounts: Vec<Number> = Vec::with_capacity(numbers.len());
    for &number in numbers {
        match (number, amounts.last_mut()) {
            (Number::Times(factor), Some(Number::Figure(figure))) => *figure = figure.times(factor),
            _ => amounts.push(number),
        }
    }
    amounts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<Number> {
        text.split(' ').filter_map(Number::parse).collect()
    }

    #[test]
    fn one_amount_is_written_in_several_ways() {
        for (left, right) in [
            ("9.1 mln", "9,100,000"),
            ("12,141,000", "12.1 mln"),
            ("1,84,000", "184,000"),
            ("269", "269.1"),
            ("ten", "10"),
            ("2.5 billion", "2,500 million"),
            ("1,5", "1.5"),
            ("58.7 mln", "58.8 mln"),
            ("三", "三"),
            ("٣", "3"),
            ("１２", "12"),
            ("zwölf", "12"),
            ("5 mil", "5.000"),
            ("treinta cinco", "35"),
            ("zwei", "zwei"),
        ] {
            assert!(agree(&numbers(left), &numbers(right)), "{left} is {right}");
            assert!(agree(&numbers(right), &numbers(left)), "{right} is {left}");
        }
    }

    #[test]
    fn other_amounts_differ() {
        for (left, right) in [
            ("245", "249"),
            ("1.5", "two"),
            ("8", "8.4"),
            ("12 mln", "12 billion"),
            ("2nd", "3rd"),
            ("三", "四"),
            ("first", "second"),
            ("58.7", "58.8"),
            ("58.7 mln", "58.9 mln"),
            ("", "5"),
            ("zwei", "drei"),
            ("5 mil", "6 mil"),
            ("treinta cinco", "treinta seis"),
            ("4,403,852", "4,403,000"),
        ] {
            assert!(!agree(&numbers(left), &numbers(right)), "{left} is not {right}");
            assert!(!agree(&numbers(right), &numbers(left)), "{right} is not {left}");
        }
    }

    #[test]
    fn words_without_a_number_have_none() {
        for word in ["", "ferry", "tent", "北京", "onerous", "-", ",", "."] {
            assert_eq!(Number::parse(word), None, "{word}");
        }
        for word in ["1.2.3", "......1", "½", "99999999999999999999"] {
            assert!(matches!(Number::parse(word), Some(Number::Other(_))), "{word}");
        }
    }
}
