//! Words that each of two texts has in the place of others: what a form is filled in with, in any script.

use std::ops::Range;

use ahash::RandomState;
use hashbrown::{HashMap, HashSet};

use super::alignment::Difference;
use super::lists::other_items;
use super::other_values::other_values;
use super::prepared::PreparedText;
use super::slots::joined;

/// A longer difference is a passage.
const MAX_WORDS: f64 = 8.0;
/// The least length of the shorter side of a passage, and the least share of its words that the other text does not have.
const MIN_PASSAGE: f64 = 4.0;
const MIN_OWN: f64 = 0.4;
/// The letters of a script without spaces that are looked up together, because texts share most of their letters.
const LETTERS: usize = 3;

/// How many words replace others: each text has them where the other one has words that it does not have itself.
///
/// Names, places and products are replaced in a form whatever the script, and most of them at all their places. A correction replaces
/// one or two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Replacements {
    /// The number of different ones, of at most eight words.
    pub distinct: usize,
    /// Of these, the number of those at two places or more.
    pub repeated: usize,
    /// Of the repeated ones, the number of those in the headlines of both texts.
    pub in_headline: usize,
    /// The number of passages of more words that replace others, as answers to the same questions do.
    pub passages: usize,
    /// The number of labels, such as "Severity:", with other words as their values.
    pub fields: usize,
    /// The number of items of the longest list, such as one of streets, in the place of which the other text has other items.
    pub items: usize,
}

/// Words of one text that stand for the same words of the other one wherever they are.
#[derive(Clone, Copy, Default)]
struct Replaced {
    places: usize,
    is_in_headline: bool,
    /// Whether it is a part of another one.
    is_part: bool,
}

/// Returns the replacements among the differences of two texts.
pub(super) fn replacements(left: &PreparedText, right: &PreparedText, differences: &[Difference]) -> Replacements {
    let differences = joined(differences);
    let (left_words, right_words) = (left.unmarked_words(), right.unmarked_words());
    let (left, right) = ((left, &*left_words), (right, &*right_words));
    let runs = || differences.chunk_by(|first, next| are_of_one_run(left.0, right.0, first, next));
    let mut found = Finder {
        left: OwnWords::new(left, right, runs().map(|run| Difference::whole(run).left)),
        right: OwnWords::new(right, left, runs().map(|run| Difference::whole(run).right)),
        replaced: Vec::new(),
        numbers: HashMap::with_hasher(RandomState::new()),
        adjacent: HashMap::with_hasher(RandomState::new()),
        passages: 0,
    };
    runs().for_each(|run| found.add(run));
    Replacements {
        fields: other_values(left.0, right.0),
        items: other_items(left.0, right.0, &differences),
        ..found.count()
    }
}

/// Returns whether so few letters lie between two differences that names may have them in common.
fn are_of_one_run(left: &PreparedText, right: &PreparedText, first: &Difference, next: &Difference) -> bool {
    let are_few_letters = |text: &PreparedText, first: &Range<usize>, next: &Range<usize>| {
        next.start - first.end < LETTERS && (first.end..next.start).all(|word| text.is_letter(word))
    };
    are_few_letters(left, &first.left, &next.left) && are_few_letters(right, &first.right, &next.right)
}

/// Tells which words stand for the same ones.
struct Finder<'a> {
    left: OwnWords<'a>,
    right: OwnWords<'a>,
    replaced: Vec<Replaced>,
    /// The place in `replaced` of words of the left text and of the right one.
    numbers: HashMap<(&'a [u64], &'a [u64]), usize, RandomState>,
    /// How often two of `replaced` follow one another in a run.
    adjacent: HashMap<(usize, usize), usize, RandomState>,
    passages: usize,
}

impl<'a> Finder<'a> {
    fn add(&mut self, run: &[Difference]) {
        let whole = Difference::whole(run);
        let Difference { left, right } = whole.clone();
        if left.is_empty() || right.is_empty() {
            return;
        }
        if self.left.length(&left).max(self.right.length(&right)) > MAX_WORDS {
            self.passages += usize::from(self.left.make_up(&left) && self.right.make_up(&right));
        } else if self.left.are_in(&left) && self.right.are_in(&right) {
            // Names with letters in common are aligned by them, with words on one side only between.
            let has_both_sides = |difference: &Difference| !difference.left.is_empty() && !difference.right.is_empty();
            let parts = if run.iter().all(has_both_sides) { run } else { std::slice::from_ref(&whole) };
            let numbers: Vec<usize> = parts.iter().map(|difference| self.number(difference)).collect();
            numbers.windows(2).for_each(|pair| *self.adjacent.entry((pair[0], pair[1])).or_default() += 1);
        }
    }

    /// Counts a place, and returns which words are replaced there: those of which a part is known to be replaced likewise.
    fn number(&mut self, difference: &Difference) -> usize {
        let (left, right) = (self.left.words(&difference.left), self.right.words(&difference.right));
        // "Tessa Quill" and "Mira Brenn" tell what "Quill" and "Brenn" are.
        let pairs = left.chunks(1).zip(right.chunks(1)).filter(|_| left.len() == right.len());
        let pairs = pairs.filter(|(one, other)| self.left.own.contains(one) && self.right.own.contains(other));
        let pairs: Vec<_> = std::iter::once((left, right)).chain(pairs).collect();
        let known = pairs.iter().find_map(|pair| self.numbers.get(pair).copied());
        let number = known.unwrap_or(self.replaced.len());
        if known.is_none() {
            self.replaced.push(Replaced::default());
        }
        pairs.into_iter().for_each(|pair| _ = self.numbers.entry(pair).or_insert(number));
        let replaced = &mut self.replaced[number];
        replaced.places += 1;
        replaced.is_in_headline |=
            self.left.text.is_in_headline(&difference.left) && self.right.text.is_in_headline(&difference.right);
        number
    }

    fn count(mut self) -> Replacements {
        for ((first, next), count) in &self.adjacent {
            let are_one = first != next && [first, next].iter().all(|number| self.replaced[**number].places == *count);
            self.replaced[*next].is_part |= are_one;
        }
        let whole = self.replaced.iter().filter(|replaced| !replaced.is_part);
        let repeated = whole.clone().filter(|replaced| replaced.places > 1);
        Replacements {
            distinct: whole.count(),
            repeated: repeated.clone().count(),
            in_headline: repeated.filter(|replaced| replaced.is_in_headline).count(),
            passages: self.passages,
            fields: 0,
            items: 0,
        }
    }
}

/// A text, and its words without vowel marks.
type Words<'a> = (&'a PreparedText, &'a [u64]);

/// The words of a text that another one does not have.
struct OwnWords<'a> {
    text: &'a PreparedText,
    words: &'a [u64],
    own: HashSet<&'a [u64], RandomState>,
}

impl<'a> OwnWords<'a> {
    /// Looks for them at some places only, and reads the other text once.
    fn new((text, words): Words<'a>, other: Words<'_>, places: impl Iterator<Item = Range<usize>>) -> Self {
        let mut own = HashSet::with_hasher(RandomState::new());
        places.for_each(|place| own.extend(parts((text, words), &place)));
        if !own.is_empty() {
            parts(other, &(0..other.1.len())).for_each(|part| _ = own.remove(part));
        }
        Self { text, words, own }
    }

    fn words(&self, place: &Range<usize>) -> &'a [u64] {
        &self.words[place.clone()]
    }

    fn length(&self, place: &Range<usize>) -> f64 {
        self.text.length(place)
    }

    /// Returns whether some of the words at a place are own ones.
    fn are_in(&self, place: &Range<usize>) -> bool {
        parts((self.text, self.words), place).any(|part| self.own.contains(part))
    }

    /// Returns whether a place is a passage of own words.
    fn make_up(&self, place: &Range<usize>) -> bool {
        let own = self.words(place).chunks(1).filter(|word| self.own.contains(word)).count();
        self.length(place) > MIN_PASSAGE && own as f64 >= MIN_OWN * place.len() as f64
    }
}

/// Yields what is looked up of some words: each of them, and letters in a row.
fn parts<'a>((text, words): Words<'a>, place: &Range<usize>) -> impl Iterator<Item = &'a [u64]> {
    let (words, start) = (&words[place.clone()], place.start);
    let are_letters = move |from: usize| (start + from..start + from + LETTERS).all(|word| text.is_letter(word));
    let letters = words.windows(LETTERS).enumerate().filter(move |(from, _)| are_letters(*from));
    words.chunks(1).chain(letters.map(|(_, letters)| letters))
}

#[cfg(test)]
mod tests {
    use crate::relation::{RelationRules, Replacements, TextComparer};
    use crate::scheme::Scheme;

    fn found(left: &str, right: &str) -> [usize; 4] {
        let comparer = TextComparer::new(&Scheme::news(), RelationRules::default()).expect("valid");
        let (left, right) = (comparer.prepare(left), comparer.prepare(right));
        let found = comparer.compare(&left, &right).replacements;
        assert_eq!(comparer.compare(&right, &left).replacements, found);
        let Replacements { distinct, repeated, in_headline, passages, .. } = found;
        [distinct, repeated, in_headline, passages]
    }

    #[test]
    fn words_that_stand_for_the_same_words_are_one_replacement() {
        let left = "kettles of Skelby recalled\nThe kettles were made in Skelby. Old kettles may burn.";
        let right = "ladders of Orvane recalled\nThe ladders were made in Orvane. Old ladders may break.";
        assert_eq!(found(left, right), [3, 2, 2, 0]);
        assert_eq!(found(left, left), [0, 0, 0, 0]);
    }

    #[test]
    fn a_name_is_known_by_a_part_of_it() {
        let left = "Tessa Quill sailed at dawn, and Quill was first.";
        assert_eq!(found(left, &left.replace("Tessa", "Mira").replace("Quill", "Brenn")), [1, 1, 0, 0]);
    }

    #[test]
    fn words_that_the_other_text_has_elsewhere_replace_nothing() {
        assert_eq!(found("the red boat and the blue car", "the blue boat and the red car"), [0, 0, 0, 0]);
        assert_eq!(found("the boat left at noon", "the boat left the pier at noon"), [0, 0, 0, 0]);
    }

    #[test]
    fn vowel_marks_make_no_other_word() {
        let left = "افتتحت بلدية المدينة محطة جديدة لتحلية مياه البحر";
        assert_eq!(found(left, "اِفتَتَحَت بلديةُ المدينة محطةً جديدةً لتحلية مياه البحر"), [0, 0, 0, 0]);
    }

    #[test]
    fn names_of_letters_are_replaced_as_a_whole() {
        assert_eq!(found("李伟明住在南山。李伟明说很好。", "王伟芳住在南山。王伟芳说很好。"), [1, 1, 0, 0]);
    }

    #[test]
    fn names_with_a_letter_between_them_are_two_if_one_is_elsewhere() {
        let left = "北川が電気釜を回収\n北川は電気釜を売った。電気釜は危ない。";
        assert_eq!(found(left, &left.replace("北川", "山代").replace("電気釜", "折畳椅")), [2, 2, 2, 0]);
    }

    #[test]
    fn passages_count_if_most_of_their_words_are_replaced() {
        let text =
            |answer: &str| format!("What do you do all day when nobody is there? {answer} Thank you for the talk.");
        let [one, other] = [
            "I mend nets, paint small boats, and feed nine hungry gulls.",
            "We bake rye bread, then sleep until evening, mostly without dreams.",
        ];
        assert_eq!(found(&text(one), &text(other)), [0, 0, 0, 1]);
        assert_eq!(found(&text(one), &text(&format!("{one} {other}"))), [0, 0, 0, 0]);
    }
}
