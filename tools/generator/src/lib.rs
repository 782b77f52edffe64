//! News-like text with planted near-duplicates, the same on every machine.
//!
//! Words are drawn by Zipf's law from an artificial vocabulary. Lengths follow the mix of news: half of the documents have
//! fewer than 165 words, a third fewer than 128, and there is a long tail. Sentences have capitals, commas, figures, straight
//! and curly quotes, and sometimes a letter outside ASCII. A share of the documents are copies or edits of an earlier one.
//! On request, one text recurs throughout the corpus ("giant"), and so does one form in which only the figures change.
//! [`Stories`] generates another corpus: rewrites, which share names and no phrases.

mod random;
mod stories;
mod words;

pub use stories::{Stories, StorySettings, Version};

use random::Random;
use words::Vocabulary;

/// A generated document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The number of the document, from 0.
    pub id: u64,
    /// The text.
    pub text: String,
    /// The document that this one copies or edits.
    pub original: Option<u64>,
}

/// Settings of a [`Generator`].
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The seed of the random numbers. Defaults to 1.
    pub seed: u64,
    /// The share of documents that copy or edit an earlier one. Defaults to 0.2.
    pub near_duplicates: f64,
    /// The median number of words. Defaults to 167.
    pub median_words: f64,
    /// The number of documents that hold one text, and of those that hold one form with changing figures. The first of each
    /// is the original of the others. Defaults to 0.
    pub giants: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 1, near_duplicates: 0.2, median_words: 167.0, giants: 0 }
    }
}

/// Generates documents, one after the other.
#[derive(Debug)]
pub struct Generator {
    settings: Settings,
    random: Random,
    vocabulary: Vocabulary,
    /// The latest originals, from which near-duplicates are made.
    recent: Vec<(u64, Vec<String>)>,
    /// The sentences of the recurring text and of the form.
    giants: [Vec<String>; 2],
    next: u64,
}

/// The number of originals that are kept for near-duplicates.
const RECENT: usize = 2_000;

/// One document in this many is the recurring text, and one is the form.
const GIANT: u64 = 25;

impl Generator {
    /// Creates a generator.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let mut random = Random::new(settings.seed);
        let vocabulary = Vocabulary::new(&mut random);
        let mut giants = [Vec::new(), Vec::new()];
        if settings.giants > 0 {
            giants.iter_mut().for_each(|giant| {
                *giant = (0..6).map(|_| vocabulary.sentence(&mut random, 14, false)).collect();
            });
        }
        Self { settings, random, vocabulary, recent: Vec::new(), giants, next: 0 }
    }

    /// Returns the document of this number if it is one of the giants.
    fn giant(&self, id: u64) -> Option<Document> {
        let (round, place) = (id / GIANT, id % GIANT);
        if round >= self.settings.giants {
            return None;
        }
        let original = |first| (id > first).then_some(first);
        match place {
            6 => Some(Document { id, text: layout(&self.giants[0]), original: original(6) }),
            18 => {
                let mut sentences = self.giants[1].clone();
                sentences[3] =
                    format!("The figure of the day is {round} and the one before was {}.", round * 7 % 1_000);
                Some(Document { id, text: layout(&sentences), original: original(18) })
            }
            _ => None,
        }
    }

    fn original(&mut self) -> Vec<String> {
        let words = self.settings.median_words * (0.62 * self.random.normal()).exp();
        let mut left = words.clamp(8.0, 20_000.0) as usize;
        let curly = self.random.chance(0.4);
        let mut sentences = Vec::new();
        while left > 0 {
            let length = (6 + self.random.below(24)).min(left as u64) as usize;
            sentences.push(self.vocabulary.sentence(&mut self.random, length, curly));
            left -= length;
        }
        sentences
    }

    /// Returns an edit: each sentence is kept, dropped, replaced, or has a word changed.
    fn edit(&mut self, original: &[String]) -> Vec<String> {
        let rate = self.random.unit().powi(2) * 0.35;
        let mut edited = Vec::new();
        for sentence in original {
            if !self.random.chance(rate) {
                edited.push(sentence.clone());
                continue;
            }
            match self.random.below(4) {
                0 => {}
                1 => edited.push(self.vocabulary.sentence(&mut self.random, 12, false)),
                _ => edited.push(self.change_word(sentence)),
            }
        }
        edited
    }

    fn change_word(&mut self, sentence: &str) -> String {
        let mut words: Vec<&str> = sentence.split(' ').collect();
        let place = self.random.below(words.len() as u64) as usize;
        let word = self.vocabulary.word(&mut self.random).to_string();
        words[place] = &word;
        words.join(" ")
    }
}

impl Iterator for Generator {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        let id = self.next;
        self.next += 1;
        if let Some(giant) = self.giant(id) {
            return Some(giant);
        }
        if !self.recent.is_empty() && self.random.chance(self.settings.near_duplicates) {
            let chosen = self.random.below(self.recent.len() as u64) as usize;
            let (original, sentences) = self.recent[chosen].clone();
            let copy = self.random.chance(0.15);
            let sentences = if copy { sentences } else { self.edit(&sentences) };
            return Some(Document { id, text: layout(&sentences), original: Some(original) });
        }
        let sentences = self.original();
        let text = layout(&sentences);
        if self.recent.len() == RECENT {
            let place = self.random.below(RECENT as u64) as usize;
            self.recent[place] = (id, sentences);
        } else {
            self.recent.push((id, sentences));
        }
        Some(Document { id, text, original: None })
    }
}

/// Joins sentences to paragraphs of three.
fn layout(sentences: &[String]) -> String {
    let paragraphs: Vec<String> = sentences.chunks(3).map(|sentences| sentences.join(" ")).collect();
    paragraphs.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_texts() {
        let make = |seed| Generator::new(Settings { seed, ..Settings::default() }).take(50).collect::<Vec<_>>();
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
    }

    #[test]
    fn lengths_are_those_of_news() {
        let texts = Generator::new(Settings { near_duplicates: 0.0, ..Settings::default() }).take(4_000);
        let mut words: Vec<usize> = texts.map(|document| document.text.split_whitespace().count()).collect();
        words.sort_unstable();
        let (third, median) = (words[words.len() / 3], words[words.len() / 2]);
        assert!((155..180).contains(&median), "median {median}");
        assert!((110..140).contains(&third), "a third under {third}");
    }

    #[test]
    fn giants_come_again_and_again() {
        let documents: Vec<_> = Generator::new(Settings { giants: 30, ..Settings::default() }).take(1_000).collect();
        let of = |first: usize| documents.iter().filter(move |document| document.original == Some(first as u64));
        assert_eq!((of(6).count(), of(18).count()), (29, 29));
        assert!(of(6).all(|document| document.text == documents[6].text));
        assert!(of(18).all(|document| document.text != documents[18].text));
    }

    #[test]
    fn near_duplicates_name_their_originals() {
        let documents: Vec<Document> = Generator::new(Settings::default()).take(2_000).collect();
        let made = documents.iter().filter_map(|document| document.original.map(|original| (document.id, original)));
        let made: Vec<(u64, u64)> = made.collect();
        assert!((300..500).contains(&made.len()));
        assert!(made.iter().all(|(id, original)| original < id && documents[*original as usize].original.is_none()));
    }
}
