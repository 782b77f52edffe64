//! Texts of which only the beginning is compared word by word, with what tells of the rest.

use std::io;

use twinprint::relation::{PreparedText, Relation, RelationRules};
use twinprint::scheme::Tokenization;
use twinprint::text::Shingler;
use twinprint::{Scheme, ShingleSet};
use xxhash_rust::xxh3::Xxh3;

/// The words of a text up to this byte are compared, because they take several times the memory of the text. No article is longer.
const MAX_COMPARED: usize = 1 << 20;

/// Of the shingles of long texts, one in this many is known: those with the least hashes, in any text the same ones (FracMinHash; Irber
/// and others 2022). Of a text of a megabyte they are more than a thousand, so that a share of them is right within a few hundredths.
const SHINGLES_PER_SAMPLED: u64 = 128;

/// Bytes of a number in a file.
const NUMBER: usize = size_of::<u64>();

/// What is known of a whole text that is longer than what is compared.
#[derive(Debug, PartialEq)]
pub(super) struct Whole {
    /// A hash of all words and signs in order.
    words: u64,
    sample: ShingleSet,
}

/// The beginning of a text, and what is known of the whole if that is longer.
#[derive(Debug, PartialEq)]
pub(super) struct JudgedText {
    pub(super) beginning: String,
    pub(super) whole: Option<Whole>,
}

/// Takes samples of long texts, under the scheme of the comparer.
pub(super) struct Sampler {
    phrases: Shingler,
    words: Shingler,
}

impl Sampler {
    pub(super) fn new() -> Result<Self, twinprint::Error> {
        let words = Scheme::builder().tokenization(Tokenization::WordsAndSigns).tokens(1).build()?;
        Ok(Self { phrases: Scheme::news().shingler()?, words: words.shingler()? })
    }

    pub(super) fn judged(&self, text: &str) -> JudgedText {
        let beginning = beginning(text);
        let whole = (beginning.len() < text.len()).then(|| self.whole(text));
        JudgedText { beginning: beginning.to_string(), whole }
    }

    fn whole(&self, text: &str) -> Whole {
        let mut words = Xxh3::new();
        self.words.hashes(text).into_iter().for_each(|word| words.update(&word.to_le_bytes()));
        Whole { words: words.digest(), sample: sample(self.phrases.hashes(text)) }
    }
}

fn sample(shingles: impl IntoIterator<Item = u64>) -> ShingleSet {
    shingles.into_iter().filter(|hash| *hash < u64::MAX / SHINGLES_PER_SAMPLED).collect()
}

/// Returns the part of a text that is compared word by word.
pub(super) fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MAX_COMPARED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

impl JudgedText {
    /// Returns the bytes that are stored: the beginning, and of a long text before it the number of sampled shingles, the hash of the
    /// words and the shingles.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.beginning.len());
        if let Some(Whole { words, sample }) = &self.whole {
            let numbers = [sample.len() as u64, *words].into_iter().chain(sample.iter().copied());
            bytes.extend(numbers.flat_map(u64::to_le_bytes));
        }
        bytes.extend_from_slice(self.beginning.as_bytes());
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made. Only with a sample are the bytes more than those that are compared.
    pub(super) fn from_bytes(mut bytes: Vec<u8>) -> io::Result<Self> {
        let mut whole = None;
        if bytes.len() > MAX_COMPARED {
            let number = |place: usize| {
                let bytes = bytes.get(place * NUMBER..)?.first_chunk()?;
                Some(u64::from_le_bytes(*bytes))
            };
            let sampled = |count: u64| (0..count as usize).map(|place| number(2 + place)).collect::<Option<Vec<u64>>>();
            let read = || Some((sampled(number(0)?)?, number(1)?));
            let (sample, words) = read().ok_or(io::ErrorKind::UnexpectedEof)?;
            bytes.drain(..(2 + sample.len()) * NUMBER);
            whole = Some(Whole { words, sample: ShingleSet::from(sample) });
        }
        let beginning = String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(Self { beginning, whole })
    }
}

/// Returns the relation of two texts by that of their beginnings, and by what is known of the whole texts.
///
/// The words of a long text are not aligned, so it must share as much as a text whose paragraphs were moved. It is a copy only if all
/// words and signs agree.
pub(super) fn of_whole(
    of_beginnings: Relation,
    [left, right]: [(&PreparedText, Option<&Whole>); 2],
    rules: &RelationRules,
) -> Relation {
    if let (Some(left), Some(right)) = (left.1, right.1)
        && left.words == right.words
    {
        return Relation::Copy;
    }
    if left.1.is_none() && right.1.is_none() {
        return of_beginnings;
    }
    let sampled = |(prepared, whole): (&PreparedText, Option<&Whole>)| {
        whole.map_or_else(|| sample(prepared.phrases().iter().copied()), |whole| whole.sample.clone())
    };
    let shared = sampled(left).overlap(&sampled(right));
    let (shorter, longer) = (shared.left().min(shared.right()) as f64, shared.left().max(shared.right()) as f64);
    let is_alike = shared.containment() >= rules.min_containment_if_moved;
    match of_beginnings {
        duplicate if duplicate.is_duplicate() && !is_alike => Relation::Background,
        duplicate if duplicate.is_duplicate() && longer > rules.max_length_ratio * shorter => Relation::Contained,
        duplicate if duplicate.is_duplicate() => Relation::Edit,
        Relation::Unrelated if shared.shared() > 0 => Relation::Background,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use twinprint::relation::TextComparer;

    use super::*;

    /// Words that differ by seed, as many as make a number of bytes.
    fn text(seed: u64, bytes: usize) -> String {
        let word = |number: u64| format!("w{:x} ", (number ^ seed << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40);
        let mut text: String = (0..bytes as u64 / 7).map(word).collect();
        text.truncate(bytes);
        text
    }

    fn relation(left: &str, right: &str) -> Relation {
        let rules = RelationRules::default();
        let comparer = TextComparer::new(&Scheme::news(), rules).expect("valid");
        let sampler = Sampler::new().expect("valid");
        let [left, right] = [left, right].map(|text| {
            let stored = sampler.judged(text).to_bytes();
            JudgedText::from_bytes(stored).expect("whole")
        });
        let [of_left, of_right] = [&left, &right].map(|text| comparer.prepare(&text.beginning));
        let of_beginnings = comparer.compare(&of_left, &of_right).relation;
        of_whole(of_beginnings, [(&of_left, left.whole.as_ref()), (&of_right, right.whole.as_ref())], &rules)
    }

    #[test]
    fn what_follows_the_compared_part_counts() {
        let beginning = text(1, MAX_COMPARED + 9);
        let with = |seed: u64, bytes: usize| format!("{beginning} {}", text(seed, bytes));
        let whole = with(2, MAX_COMPARED);
        assert_eq!(relation(&whole, &whole), Relation::Copy);
        assert_eq!(relation(&whole, &whole.replacen(' ', "\n\n", 999)), Relation::Copy, "the part ends elsewhere");
        let priced = |sign: char| format!("{whole} and {sign}71");
        assert_eq!(relation(&priced('$'), &priced('€')), Relation::Edit, "another sign");
        assert_eq!(relation(&whole, &with(3, MAX_COMPARED)), Relation::Background, "other halves");
        assert_eq!(relation(&whole, &format!("{whole} and one word more")), Relation::Edit);
        assert_eq!(relation(&whole, &with(3, 99)), Relation::Edit, "half as long");
        let book = with(4, 4 * MAX_COMPARED);
        assert_eq!(relation(&beginning, &book), Relation::Contained);
        assert_eq!(relation(&text(9, MAX_COMPARED / 2), &book), Relation::Unrelated);
        assert_eq!(relation(&text(4, MAX_COMPARED / 2), &book), Relation::Background, "behind the part");
    }

    #[test]
    fn short_texts_are_compared_as_a_whole() {
        let short = text(1, MAX_COMPARED);
        assert_eq!(Sampler::new().expect("valid").judged(&short).whole, None);
        assert_eq!(relation(&short, &short), Relation::Copy);
    }

    #[test]
    fn texts_are_stored_with_their_samples() {
        let sampler = Sampler::new().expect("valid");
        for text in [String::new(), "北京".to_string(), text(1, MAX_COMPARED + 1), "北".repeat(MAX_COMPARED / 3 + 1)]
        {
            let judged = sampler.judged(&text);
            assert_eq!(judged.whole.is_some(), text.len() > MAX_COMPARED);
            assert_eq!(JudgedText::from_bytes(judged.to_bytes()).expect("whole"), judged);
        }
        assert!(JudgedText::from_bytes(vec![255; MAX_COMPARED + 1]).is_err());
    }
}
