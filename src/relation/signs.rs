//! The signs of a text, which say as much as figures: a minus, a currency, an operator.

use std::ops::Range;

use super::alignment::Difference;
use crate::mix::mix64;
use crate::text::Token;

/// The signs before a word, or behind the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    /// The place of the word.
    before: u32,
    /// A hash of all of them, in order.
    hash: u64,
    /// Whether a minus is among them. Without it, the number behind it is another one.
    has_minus: bool,
}

impl Signs {
    fn place(self) -> usize {
        self.before as usize
    }
}

/// Returns the signs of a text, by its words and by its words and signs.
pub(super) fn signs(text: &str, words: &[Token], words_and_signs: &[Token]) -> Box<[Signs]> {
    let mut found: Vec<Signs> = Vec::new();
    let mut before = 0;
    for token in words_and_signs {
        while words.get(before).is_some_and(|word| word.range.end <= token.range.start) {
            before += 1;
        }
        if words.get(before).is_some_and(|word| word.range.start < token.range.end) {
            continue;
        }
        let sign = text.get(token.range.clone()).unwrap_or_default();
        let is_minus = matches!(sign, "-" | "\u{2212}");
        match found.last_mut().filter(|signs| signs.place() == before) {
            Some(signs) => {
                signs.hash = mix64(signs.hash ^ token.hash);
                signs.has_minus |= is_minus;
            }
            None => found.push(Signs { before: before as u32, hash: token.hash, has_minus: is_minus }),
        }
    }
    found.into()
}

/// Returns the places in both texts, in order, before which stand other signs, though the words agree.
///
/// Signs that one text leaves out are no others, because many texts write "dollars" for the sign; a minus that it leaves out is one.
pub(super) fn other_signs(left: &[Signs], right: &[Signs], differences: &[Difference]) -> Vec<[usize; 2]> {
    let mut found = Vec::new();
    let mut start = [0, 0];
    // Behind the last words that agree stand signs, too.
    let end = Difference { left: usize::MAX..usize::MAX, right: usize::MAX..usize::MAX };
    for difference in differences.iter().chain([&end]) {
        let mut of_left = signs_before(left, &(start[0]..difference.left.start));
        let mut of_right = signs_before(right, &(start[1]..difference.right.start));
        while let Some(place) = [first(of_left, start[0]), first(of_right, start[1])].into_iter().flatten().min() {
            let signs = [take(&mut of_left, start[0] + place), take(&mut of_right, start[1] + place)];
            if are_others(signs) {
                found.push([start[0] + place, start[1] + place]);
            }
        }
        start = [difference.left.end, difference.right.end];
    }
    found
}

/// Returns the signs before some words.
fn signs_before<'a>(signs: &'a [Signs], words: &Range<usize>) -> &'a [Signs] {
    let from = |end: usize| signs.partition_point(|signs| signs.place() < end);
    &signs[from(words.start)..from(words.end)]
}

/// Returns the place of the first signs, counted from the start.
fn first(signs: &[Signs], start: usize) -> Option<usize> {
    signs.first().map(|signs| signs.place() - start)
}

/// Takes the first signs off, if they are at this place.
fn take(signs: &mut &[Signs], place: usize) -> Option<Signs> {
    let (first, rest) = signs.split_first().filter(|(first, _)| first.place() == place)?;
    *signs = rest;
    Some(*first)
}

fn are_others(signs: [Option<Signs>; 2]) -> bool {
    match signs {
        [Some(left), Some(right)] => left.hash != right.hash,
        [Some(signs), None] | [None, Some(signs)] => signs.has_minus,
        [None, None] => false,
    }
}
