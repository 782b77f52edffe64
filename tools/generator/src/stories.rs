//! Stories that several outlets tell in their own words, among texts of their own.

use crate::random::Random;
use crate::words::{Vocabulary, capitalized, function_word, name};

/// Settings of [`Stories`].
#[derive(Clone, Copy, Debug)]
pub struct StorySettings {
    /// The seed of the random numbers. Defaults to 1.
    pub seed: u64,
    /// The share of stories that several outlets tell. The others are told once. Defaults to 0.05.
    pub told_again: f64,
    /// The maximum number of outlets that tell such a story; the minimum is two. Defaults to 5.
    pub most_versions: u64,
}

impl Default for StorySettings {
    fn default() -> Self {
        Self { seed: 1, told_again: 0.05, most_versions: 5 }
    }
}

/// A text that tells a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The number of the text, from 0.
    pub id: u64,
    /// The text.
    pub text: String,
    /// The number of the story, from 0.
    pub story: u64,
}

/// Tells stories, one after the other, each by all its outlets.
///
/// A story has names and other words. Names are drawn by Zipf's law from a million, so that a few are in the news every day and
/// most are new. Four in ten of the other words belong to one of forty topics, so that texts of one topic are similar. An outlet
/// takes most of the names and some of the other words, adds as many of its own, shuffles them, and puts function words between
/// them. Two outlets share 15 to 25 % of their content words, and no phrases.
#[derive(Debug)]
pub struct Stories {
    settings: StorySettings,
    random: Random,
    vocabulary: Vocabulary,
    id: u64,
    story: u64,
    /// The current story, and the number of outlets that have yet to tell it.
    told: Story,
    left: u64,
}

/// The names and words of a story.
#[derive(Debug, Default)]
struct Story {
    names: Vec<String>,
    words: Vec<String>,
    topic: u64,
}

/// The number of topics, the number of words of each, and the share of a text's words that belong to its topic.
const TOPICS: u64 = 40;
const OF_TOPIC: u64 = 400;
const TOPICAL: f64 = 0.4;

/// The number of names.
const NAMES: u64 = 1_000_000;

/// The numbers of names and of other content words in a story, and the shares that an outlet takes of them.
const STORY_NAMES: u64 = 14;
const STORY_WORDS: u64 = 60;
const TAKEN_NAMES: f64 = 0.75;
const TAKEN_WORDS: f64 = 0.5;

/// The numbers of names and of other content words that an outlet adds.
const OWN_NAMES: u64 = 4;
const OWN_WORDS: u64 = 32;

impl Stories {
    /// Creates a generator.
    #[must_use]
    pub fn new(settings: StorySettings) -> Self {
        let mut random = Random::new(settings.seed);
        let vocabulary = Vocabulary::new(&mut random);
        Self { settings, random, vocabulary, id: 0, story: 0, told: Story::default(), left: 0 }
    }

    fn begin(&mut self) {
        let topic = self.random.below(TOPICS);
        let names = (0..STORY_NAMES).map(|_| self.name()).collect();
        let words = (0..STORY_WORDS).map(|_| self.word(topic)).collect();
        self.told = Story { names, words, topic };
        self.left = 1;
        if self.random.chance(self.settings.told_again) {
            self.left += 1 + self.random.below(self.settings.most_versions.max(2) - 1);
        }
    }

    /// Draws a name. Ranks 1 to 2, 2 to 4, 4 to 8 and so on are equally likely, which is Zipf's law.
    fn name(&mut self) -> String {
        let rank = (self.random.unit() * (NAMES as f64).log2()).exp2() as u64;
        name(rank)
    }

    fn word(&mut self, topic: u64) -> String {
        if self.random.chance(TOPICAL) {
            return self.vocabulary.at(500 + topic * OF_TOPIC + self.random.below(OF_TOPIC)).to_string();
        }
        self.vocabulary.word(&mut self.random).to_string()
    }

    /// The words of the story that one outlet has, with its own, in an order of its own.
    fn words(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        for name in &self.told.names {
            if self.random.chance(TAKEN_NAMES) {
                words.push(name.clone());
            }
        }
        for word in &self.told.words {
            if self.random.chance(TAKEN_WORDS) {
                words.push(word.clone());
            }
        }
        words.extend((0..OWN_NAMES).map(|_| self.name()));
        words.extend((0..OWN_WORDS).map(|_| self.word(self.told.topic)));
        for place in (1..words.len()).rev() {
            words.swap(place, self.random.below(place as u64 + 1) as usize);
        }
        words
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        let (words, mut in_sentence) = (self.words(), 0);
        for word in words {
            if in_sentence > 0 {
                text.push(' ');
            }
            for _ in 0..self.random.below(3) {
                text.push_str(function_word(&mut self.random));
                text.push(' ');
            }
            text.push_str(&word);
            in_sentence += 1;
            if in_sentence > 5 && self.random.chance(0.3) {
                text.push_str(".\n");
                in_sentence = 0;
            }
        }
        capitalized(&text) + "."
    }
}

impl Iterator for Stories {
    type Item = Version;

    fn next(&mut self) -> Option<Version> {
        if self.left == 0 {
            self.story += u64::from(self.id > 0);
            self.begin();
        }
        self.left -= 1;
        let text = self.text();
        let version = Version { id: self.id, text, story: self.story };
        self.id += 1;
        Some(version)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn stories_are_told_by_several_outlets_in_their_own_words() {
        let make = || Stories::new(StorySettings { told_again: 0.5, ..StorySettings::default() }).take(400);
        let versions: Vec<Version> = make().collect();
        assert!(versions.iter().eq(make().collect::<Vec<_>>().iter()));
        let words = |version: &Version| version.text.split_whitespace().map(str::to_string).collect::<HashSet<_>>();
        let phrases = |version: &Version| {
            let words: Vec<String> = version.text.split_whitespace().map(str::to_string).collect();
            words.windows(3).map(<[String]>::to_vec).collect::<HashSet<_>>()
        };
        let mut pairs = 0;
        for pair in versions.windows(2).filter(|pair| pair[0].story == pair[1].story) {
            assert!(words(&pair[0]).intersection(&words(&pair[1])).count() > 15);
            assert!(phrases(&pair[0]).intersection(&phrases(&pair[1])).count() < 4);
            pairs += 1;
        }
        assert!(pairs > 100);
        assert!(
            (0..versions.last().expect("some").story)
                .all(|story| versions.iter().any(|version| version.story == story))
        );
    }
}
