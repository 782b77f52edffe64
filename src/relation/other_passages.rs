//! Passages that stand in the place of others with which they have nothing in common: two articles in the frame of one page.

use std::ops::Range;

use super::alignment::Difference;
use super::prepared::PreparedText;
use crate::mix::mix64;
use crate::set::ShingleSet;

/// The maximum number of words that agree by chance between two differences of one passage.
const MAX_BETWEEN: usize = 3;
/// The least length of both sides of a passage that is an article, or a good part of one, and its least share of the shorter text. A later
/// edition of a long article has a paragraph for another one, too.
const MIN_WORDS: f64 = 15.0;
const MIN_PART: f64 = 0.1;
/// The least number of its terms that the other text does not have, and their least share of its terms.
const MIN_OWN: usize = 6;
const MIN_SHARE: f64 = 0.75;
/// A passage of this many words that is this share of the shorter text is an article by itself. Articles on one field, such as two
/// reports of results, share half of their terms.
const ARTICLE_WORDS: f64 = 40.0;
const ARTICLE_PART: f64 = 0.125;
const MIN_SHARE_OF_ARTICLE: f64 = 0.5;
/// A passage that begins within this many words of the beginning of both texts is a headline or a lead.
const BEGINNING: usize = 20;
/// The least number of such terms there.
pub(super) const MIN_OWN_OF_BEGINNING: usize = 3;
/// The letters of a script without spaces that make a term, because texts share most of their letters.
const LETTERS: usize = 3;

/// Returns whether two texts have passages in one place that tell of different things.
///
/// An edit rewrites sentences about the same names and things. Two articles in one frame, such as a menu, a notice about cookies or what
/// a company says of itself, have hardly a word of one another. Two headlines above one page have none, and the page has none of theirs.
pub(super) fn have_other_passages(left: &PreparedText, right: &PreparedText, differences: &[Difference]) -> bool {
    let mut terms = Terms { texts: [left, right], all: None };
    let mut is_first = true;
    passages(differences).any(|passage| {
        let may_be_headline = std::mem::take(&mut is_first) && is_beginning(&passage);
        may_be_headline && terms.are_other_headlines(&passage) || terms.are_other_articles(&passage)
    })
}

fn is_beginning(passage: &Difference) -> bool {
    passage.left.start < BEGINNING && passage.right.start < BEGINNING
}

/// Joins differences with few words between them, and yields those with words on both sides.
fn passages(differences: &[Difference]) -> impl Iterator<Item = Difference> {
    let are_one = |first: &Difference, next: &Difference| next.left.start - first.left.end <= MAX_BETWEEN;
    let runs = differences.chunk_by(are_one);
    let whole = runs.filter_map(|run| {
        let (first, last) = (run.first()?, run.last()?);
        Some(Difference { left: first.left.start..last.left.end, right: first.right.start..last.right.end })
    });
    whole.filter(|passage| !passage.left.is_empty() && !passage.right.is_empty())
}

/// The terms of two texts: words that are not common, and letters in a row of scripts without spaces.
struct Terms<'a> {
    texts: [&'a PreparedText; 2],
    /// All terms of both texts, once they are needed.
    all: Option<[ShingleSet; 2]>,
}

impl Terms<'_> {
    /// Returns whether the sides of a passage are parts of different articles.
    fn are_other_articles(&mut self, passage: &Difference) -> bool {
        let [left, right] = self.texts;
        let words = left.length(&passage.left).min(right.length(&passage.right));
        let part = words / left.words().min(right.words());
        if words < MIN_WORDS || part < MIN_PART {
            return false;
        }
        let least = if is_beginning(passage) { MIN_OWN_OF_BEGINNING } else { MIN_OWN };
        let is_article = words >= ARTICLE_WORDS && part >= ARTICLE_PART;
        let share = if is_article { MIN_SHARE_OF_ARTICLE } else { MIN_SHARE };
        let is_other = |own: usize, all: usize| own >= least && own as f64 >= share * all as f64;
        self.own(passage).into_iter().all(|[own, all]| is_other(own, all))
    }

    /// Returns whether the sides of a passage are headlines of which neither text tells below.
    fn are_other_headlines(&mut self, passage: &Difference) -> bool {
        let [left, right] = self.texts;
        if left.tells(&passage.left, &ShingleSet::default()) || right.tells(&passage.right, &ShingleSet::default()) {
            return false;
        }
        self.own(passage).into_iter().all(|[own, all]| own >= MIN_OWN_OF_BEGINNING && own == all)
    }

    /// Returns of each side how many terms the other text does not have, and how many it has in all.
    fn own(&mut self, passage: &Difference) -> [[usize; 2]; 2] {
        let [left, right] = self.texts;
        let whole = |text: &PreparedText| terms(text, 0..text.words.len());
        let [of_left, of_right] = self.all.get_or_insert_with(|| [whole(left), whole(right)]);
        let count = |terms: &ShingleSet, other: &ShingleSet| {
            [terms.iter().filter(|term| !other.contains(**term)).count(), terms.len()]
        };
        [count(&terms(left, passage.left.clone()), of_right), count(&terms(right, passage.right.clone()), of_left)]
    }
}

/// Returns the terms of some words of a text.
fn terms(text: &PreparedText, words: Range<usize>) -> ShingleSet {
    let hashes = text.unmarked_words();
    let are_letters = |from: usize| (from..from + LETTERS).all(|word| text.is_letter(word));
    let in_a_row = |from: usize| hashes[from..from + LETTERS].iter().fold(0, |hash, letter| mix64(hash ^ letter));
    let last = words.end.saturating_sub(LETTERS - 1).max(words.start);
    let letters = (words.start..last).filter(|from| are_letters(*from)).map(in_a_row);
    let content = words.clone().filter(|word| text.is_term(*word)).map(|word| hashes[word]);
    content.chain(letters).collect()
}
