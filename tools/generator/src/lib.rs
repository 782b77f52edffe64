//! News-like text with planted near-duplicates, the same on every machine.
//!
//! Words are drawn by Zipf's law from a made vocabulary; lengths follow the mix of news (half of the documents under
//! 165 words, a third under 128, a long tail); sentences have capitals, commas, figures, quotes straight and curly, and
//! now and then a letter beyond ASCII. A share of the documents are copies or edits of an earlier one, at a known rate
//! of edits. Where it is asked for, there is one text that comes again and again, and one form of which only the figures change.
//! [`Stories`] are another corpus: rewrites, which share names and no phrases.

mod random;
mod stories;
mod words;

pub use stories::{Stories, StorySettings, Version};

use random::Random;
use words::Vocabulary;

/// A made document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its number, from 0.
    pub id: u64,
    /// Its text.
    pub text: String,
    /// The document it was made from, if it is a copy or an edit.
    pub original: Option<u64>,
}

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// All else being equal, another seed makes other texts.
    pub seed: u64,
    /// The share of documents that are made from an earlier one.
    pub near_duplicates: f64,
    /// Half of the documents have fewer words than this.
    pub median_words: f64,
    /// So many documents hold one and the same text, and so many more one and the same form with other figures. The first of each is
    /// the original of the others.
    pub giants: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 1, near_duplicates: 0.2, median_words: 167.0, giants: 0 }
    }
}

/// Makes documents, one after the other.
#[derive(Debug)]
pub struct Generator {
    settings: Settings,
    random: Random,
    vocabulary: Vocabulary,
    /// Originals that near-duplicates are made from: the last ones.
    recent: Vec<(u64, Vec<String>)>,
    /// The text that comes again and again, and the form: sentences.
    giants: [Vec<String>; 2],
    next: u64,
}

/// From how many of the last originals near-duplicates are made.
const RECENT: usize = 2_000;

/// Of so many documents one is the text that comes again and again, and one is in the form of which only the figures change.
const GIANT: u64 = 25;

impl Generator {
    /// A generator.
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

    /// The document of this number, if it is one of the giants.
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

    /// An edit: each sentence is left alone, dropped, replaced, or has a word changed.
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

/// Paragraphs of three sentences.
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
