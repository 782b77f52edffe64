use proptest::prelude::*;

use super::*;
use crate::error::Error;
use crate::mix::derive_from;

/// A word that begins as no other does. Digits would make it a figure.
fn word(kind: &str, numbers: &[u64]) -> String {
    let seed = kind.bytes().map(u64::from).chain(numbers.iter().copied()).fold(0, derive_from);
    let letters = (0..7).map(|place| char::from(b'a' + (seed >> (8 * place)) as u8 % 26));
    let word = letters.collect::<String>() + kind;
    if kind.starts_with(char::is_uppercase) { word[..1].to_uppercase() + &word[1..] } else { word }
}

/// An article of a story: its names in the opening, its topic words, and words of its own.
fn article(story: u64, version: u64) -> String {
    let own = (0..30).map(|number| word("own", &[story, version, number]));
    let topic = (0..20)
        .filter(|number| !derive_from(version, *number).is_multiple_of(4))
        .map(|number| word("topic", &[story, number]));
    format!(
        "{} {} opening\nnear {} they said {} to {}. {}",
        word("Place", &[story]),
        word("event", &[story]),
        word("Skelby", &[story]),
        word("Halvard", &[story]),
        word("mayor", &[story]),
        topic.chain(own).collect::<Vec<_>>().join(" ")
    )
}

fn index(texts: &[StoryText<'_>], rules: StoryRules) -> StoryIndex {
    let mut finder = StoryFinder::new(rules).expect("valid");
    finder.push_all(texts);
    finder.finish()
}

fn stories(texts: &[StoryText<'_>], rules: StoryRules) -> Vec<Vec<usize>> {
    let index = index(texts, rules);
    let members = |story: Story| story.members.iter().map(|member| member.text).collect();
    index.stories(&index.pairs()).into_iter().map(members).collect()
}

#[test]
fn articles_of_a_story_are_joined_and_no_others() {
    let texts: Vec<String> = (0..60).map(|text| article(text % 12, text)).collect();
    let texts: Vec<StoryText<'_>> = texts.iter().map(|text| StoryText::new(text)).collect();
    let found = stories(&texts, StoryRules::default());
    assert_eq!(found.len(), 12);
    for story in found {
        assert!(story.len() == 5 && story.iter().all(|text| text % 12 == story[0] % 12), "{story:?}");
    }
}

#[test]
fn a_story_of_more_articles_than_words_are_rare_in_is_found_by_the_sketch() {
    let texts: Vec<String> =
        (0..20).map(|version| article(0, version)).chain((1..2_000).map(|n| article(n, 0))).collect();
    let texts: Vec<StoryText<'_>> = texts.iter().map(|text| StoryText::new(text)).collect();
    let found = stories(&texts, StoryRules::default().max_document_frequency(12));
    assert_eq!((found.len(), found[0].len()), (1, 20));
}

#[test]
fn articles_outside_the_window_are_no_pair() {
    let day = 24 * 60 * 60;
    let texts = [article(1, 1), article(1, 2), article(1, 3)];
    let dated: Vec<StoryText<'_>> =
        texts.iter().zip([9 * day, 0, day]).map(|(text, time)| StoryText::new(text).time(time)).collect();
    assert_eq!(stories(&dated, StoryRules::default()), [[1, 2]]);
    assert_eq!(stories(&dated, StoryRules::default().window(None)), [[1, 2, 0]]);
    let undated: Vec<StoryText<'_>> = texts.iter().map(|text| StoryText::new(text)).collect();
    assert_eq!(stories(&undated, StoryRules::default()), [[0, 1, 2]]);
}

#[test]
fn a_story_says_when_and_by_whom_it_was_told() {
    let texts = [article(1, 1), article(1, 2), article(1, 3)];
    let told: Vec<StoryText<'_>> = [("Courier", 300), ("Lantern", 100), ("Courier", 200)]
        .into_iter()
        .zip(&texts)
        .map(|((source, time), text)| StoryText::new(text).source(source).time(time))
        .collect();
    let index = index(&told, StoryRules::default());
    let stories = index.stories(&index.pairs());
    let story = &stories[0];
    assert_eq!((story.first_published(), story.latest()), (Some(100), Some(300)));
    assert_eq!(story.sources, ["Lantern", "Courier"]);
    assert_eq!(story.members.iter().map(|member| member.text).collect::<Vec<_>>(), [1, 2, 0]);
    assert!(story.members.iter().all(|member| (0.1..=1.0).contains(&member.similarity)));
}

#[test]
fn a_chain_of_pairs_is_no_story() {
    // Each article shares a third of its words with the next one only.
    let chain = |text: u64| {
        let words: Vec<String> = (0..60).map(|number| word("link", &[text * 40 + number])).collect();
        words.join(" ")
    };
    let texts: Vec<String> = (0..30).map(chain).collect();
    let texts: Vec<StoryText<'_>> = texts.iter().map(|text| StoryText::new(text)).collect();
    let index = index(&texts, StoryRules::default());
    let pairs: Vec<StoryPair> =
        (0..29).map(|left| StoryPair { left, right: left + 1, similarity: 0.3, shared: 20 }).collect();
    let longest = index.stories(&pairs).iter().map(|story| story.members.len()).max();
    assert!(longest.is_none_or(|members| members <= 3), "{longest:?}");
}

#[test]
fn what_only_the_ends_share_is_background() {
    let background =
        " Meanwhile Brellport council Ostrander harbour Veldane inquiry Tollard Kestria senate Orvane mills".repeat(2);
    let body = |story: u64| article(story, 1) + &article(story, 2);
    let texts = [body(1) + &background, body(2) + &background];
    let texts: Vec<StoryText<'_>> = texts.iter().map(|text| StoryText::new(text)).collect();
    assert!(stories(&texts, StoryRules::default()).is_empty());
}

#[test]
fn rules_outside_their_ranges_are_refused() {
    for rules in [StoryRules::default().threshold(f64::NAN), StoryRules::default().max_document_frequency(1)] {
        assert!(matches!(StoryFinder::new(rules), Err(Error::OutOfRange { .. })));
    }
    let none = StoryFinder::new(StoryRules::default()).expect("valid").finish();
    assert!(none.pairs().is_empty() && none.stories(&[]).is_empty() && none.order_window().is_none());
}

#[test]
fn pairs_of_unknown_texts_are_passed_over() {
    let text = article(1, 1);
    let index = index(&[StoryText::new(&text)], StoryRules::default());
    assert!(index.stories(&[StoryPair { left: 0, right: 7, similarity: 1.0, shared: 9 }]).is_empty());
}

proptest! {
    #[test]
    fn pairs_do_not_depend_on_the_order_of_texts(shuffle: u64) {
        let mut order: Vec<u64> = (0..24).collect();
        order.sort_by_key(|text| derive_from(shuffle, *text));
        let texts: Vec<String> = order.iter().map(|&text| article(text % 6, text)).collect();
        let texts: Vec<StoryText<'_>> = texts.iter().map(|text| StoryText::new(text)).collect();
        let name = |story: Vec<usize>| {
            let mut numbers: Vec<u64> = story.into_iter().map(|text| order[text]).collect();
            numbers.sort_unstable();
            numbers
        };
        let mut found: Vec<Vec<u64>> = stories(&texts, StoryRules::default()).into_iter().map(name).collect();
        found.sort();
        let expected: Vec<Vec<u64>> = (0..6).map(|story| (0..4).map(|version| story + 6 * version).collect()).collect();
        prop_assert_eq!(found, expected);
    }
}
