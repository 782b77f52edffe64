//! Words and sentences.

use crate::random::Random;

const FREQUENT: &str = "the of to and a in that is was for it with as his on be at by had not are but from or have an \
    they which one you were all her she there would their we him been has when who will no more if out so up said what \
    its about than into them can only other time new some could these two may first then do any like my now over such \
    our man me even most made after also did many off before must well back through years where much your way down";
const ONSETS: &str = "b br c ch cl cr d dr f fl fr g gr h j k l m n p pl pr qu r s sc sh sl sp st str t th tr v w";
const VOWELS: &str = "a e i o u ai ea ee ou oo ie io";
const CODAS: &str = "n r s t l d m ck nd nt st ng rd ss p ll th";

/// Words in the order of their frequency, and how to draw them by Zipf's law.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    words: Vec<String>,
    /// Cumulated weights.
    weights: Vec<f64>,
}

const SIZE: usize = 60_000;

impl Vocabulary {
    pub(crate) fn new(random: &mut Random) -> Self {
        let mut words: Vec<String> = FREQUENT.split_whitespace().map(str::to_string).collect();
        while words.len() < SIZE {
            words.push(made_word(random, words.len()));
        }
        let mut sum = 0.0;
        let weights = (0..SIZE).map(|rank| {
            sum += 1.0 / (rank as f64 + 2.7);
            sum
        });
        let weights = weights.collect();
        Self { words, weights }
    }

    pub(crate) fn word(&self, random: &mut Random) -> &str {
        let target = random.unit() * self.weights.last().copied().unwrap_or(0.0);
        let rank = self.weights.partition_point(|&weight| weight <= target);
        &self.words[rank.min(SIZE - 1)]
    }

    /// The word of this rank, from 0.
    pub(crate) fn at(&self, rank: u64) -> &str {
        &self.words[(rank as usize).min(SIZE - 1)]
    }

    /// Returns a sentence of this many words.
    pub(crate) fn sentence(&self, random: &mut Random, length: usize, curly: bool) -> String {
        let quoted = random.chance(0.08);
        let (open, close, apostrophe) = if curly { ("“", "”", "’") } else { ("\"", "\"", "'") };
        let mut sentence = String::from(if quoted { open } else { "" });
        for place in 0..length {
            if place > 0 {
                sentence.push_str(if random.chance(0.05) { ", " } else { " " });
            }
            match random.below(60) {
                0 => sentence.push_str(&random.below(2_000).to_string()),
                1 => sentence.push_str(&format!("{}.{}", random.below(90), random.below(10))),
                2 => {
                    sentence.push_str(&capitalized(self.word(random)));
                    sentence.push_str(apostrophe);
                    sentence.push('s');
                }
                3 => sentence.push_str(&capitalized(self.word(random))),
                _ if place == 0 => sentence.push_str(&capitalized(self.word(random))),
                _ => sentence.push_str(self.word(random)),
            }
        }
        sentence.push('.');
        if quoted {
            sentence.push_str(close);
        }
        sentence
    }
}

/// Returns an artificial word. Frequent words are shorter, and one in a hundred has a letter outside ASCII.
fn made_word(random: &mut Random, rank: usize) -> String {
    let pick = |random: &mut Random, list: &'static str| {
        let parts: Vec<&str> = list.split(' ').filter(|part| !part.is_empty()).collect();
        parts[random.below(parts.len() as u64) as usize]
    };
    let syllables = 1 + random.below(if rank < 1_000 { 2 } else { 3 });
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(pick(random, ONSETS));
        word.push_str(pick(random, VOWELS));
    }
    word.push_str(pick(random, CODAS));
    if random.chance(0.01) { word.replacen('e', "é", 1) } else { word }
}

/// Returns one of the words that every text has.
pub(crate) fn function_word(random: &mut Random) -> &'static str {
    let words = FREQUENT.split_whitespace();
    words.clone().nth(random.below(words.count() as u64) as usize).unwrap_or("the")
}

/// Returns the name of a number. Different numbers have different names.
pub(crate) fn name(number: u64) -> String {
    let (onsets, vowels): (Vec<&str>, Vec<&str>) =
        (ONSETS.split_whitespace().collect(), ["a", "e", "i", "o", "u"].into());
    let (mut name, mut left) = (String::new(), number);
    // Syllables are digits. No artificial word has this ending.
    loop {
        let (onset, rest) = (left % onsets.len() as u64, left / onsets.len() as u64);
        let (vowel, rest) = (rest % vowels.len() as u64, rest / vowels.len() as u64);
        name.push_str(onsets[onset as usize]);
        name.push_str(vowels[vowel as usize]);
        if rest == 0 {
            return capitalized(&name) + "zz";
        }
        left = rest - 1;
    }
}

pub(crate) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
