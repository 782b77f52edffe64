//! Tests of passages.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::Scheme;

fn finder(texts: &[&str], least: f64) -> PassageFinder<usize> {
    let mut builder = PassageFinder::builder(&Scheme::news(), least).expect("valid");
    for (id, text) in texts.iter().enumerate() {
        builder.insert(id, text);
    }
    builder.build()
}

const QUESTION: &str =
    "Which of these gases makes up most of the air around us? A) oxygen B) argon C) nitrogen D) neon";

#[test]
fn a_question_is_found_however_it_is_set() {
    let finder = finder(&[QUESTION], 0.8);
    let [before, after] = ["The kettle was on the stove. ", " Nobody saw the harbour that day."];
    let wrapped = QUESTION.replace(" most ", "\n most ").replace(" A)", "\n  A)");
    let edited = QUESTION.replace("around us", "around you").replace("neon", "neon?");
    for inner in [QUESTION, &wrapped, &edited, &QUESTION.to_uppercase()] {
        let document = format!("{before}{inner}{after}");
        let found = finder.find(&document);
        assert_eq!(found.len(), 1, "{inner}");
        assert!(document[found[0].range.clone()].to_lowercase().starts_with("which of"), "{inner}");
        assert!(found[0].share >= 0.8 && found[0].range.end <= before.len() + inner.len(), "{inner}");
    }
    assert!(finder.find(&format!("{before}{after}")).is_empty());
    // Its words, but nowhere its phrases.
    let words: Vec<&str> = QUESTION.split(' ').rev().collect();
    assert!(finder.find(&words.join(" ")).is_empty());
}

#[test]
fn shingles_that_are_scattered_make_no_passage() {
    let finder = finder(&[QUESTION], 0.8);
    let words: Vec<&str> = QUESTION.split(' ').collect();
    let filler = "lamp stone river ".repeat(20);
    let scattered: Vec<String> = words.windows(4).map(|words| format!("{} {filler}", words.join(" "))).collect();
    assert!(finder.find(&scattered.concat()).is_empty());
}

#[test]
fn each_occurrence_is_found_and_copies_share_it() {
    let finder =
        finder(&[QUESTION, "What is the capital of the island of Skelby?", &QUESTION.replace('?', " ...")], 0.8);
    let document = format!("{QUESTION} and once more: {QUESTION}. What is the capital of the island of Skelby");
    let found: Vec<_> = finder.find(&document).into_iter().map(|found| (*found.id, found.copies.to_vec())).collect();
    assert_eq!(found, [(0, vec![2]), (0, vec![2]), (1, vec![])]);
    assert_eq!((finder.len(), finder.too_short()), (2, 0));
}

#[test]
fn what_is_too_short_is_not_searched_for() {
    let count = |words: &str, min| {
        let mut builder = PassageFinder::builder(&Scheme::builder().words(6).build().expect("valid"), 0.8)
            .expect("valid")
            .min_words(min);
        (builder.insert((), words), builder.build().len())
    };
    assert_eq!(count("one two three four", 5), (false, 0));
    assert_eq!(count("one two three four five", 5), (false, 0), "shorter than a shingle");
    assert_eq!(count("one two three four five six", 5), (true, 1));
    assert_eq!(count("one two three four five six", 7), (false, 0));
    assert_eq!(count("", 0), (false, 0));
    let chinese = "北京是中国的首都吗这里";
    assert!(finder(&[chinese], 0.8).find(&format!("问题：{chinese}。答案")).len() == 1);
}

#[test]
fn refuses_shares_that_are_none() {
    for least in [0.0, 1.1, f64::NAN] {
        assert!(PassageFinder::builder::<()>(&Scheme::news(), least).is_err());
    }
    let custom = Scheme::builder().custom_features("n").build().expect("valid");
    assert!(PassageFinder::builder::<()>(&custom, 0.5).is_err());
}

#[test]
fn cutting_leaves_sentences_apart() {
    let without = |text: &str, range: Range<usize>| PassageFinder::cut(text, &[range]);
    let cut = |text: &str, passage: &str| {
        let start = text.find(passage).expect("inside");
        without(text, start..start + passage.len())
    };
    assert_eq!(cut("one. (two three) four", "two three"), "one. four");
    assert_eq!(cut("one\n\ntwo three\nfour", "two three"), "one\n\nfour");
    assert_eq!(cut("one two three\n\nfour", "two three"), "one\n\nfour");
    assert_eq!(cut("one two three.", "two three"), "one ");
    assert_eq!(cut("two three", "two three"), "");
    assert_eq!(without("né", 2..3), "n", "never within a character");
    assert_eq!(PassageFinder::cut("a b c d", &[4..5, 2..3]), "a d");
    assert_eq!(PassageFinder::cut("a b", &[]), "a b");
}

/// The definition: every stretch of the document that is not longer than allowed is tried.
fn has_passage(question: &[u64], document: &[u64], least: f64) -> bool {
    let distinct: std::collections::BTreeSet<_> = question.iter().collect();
    let span = (2 * question.len() + 4).min(document.len().max(1));
    document.windows(span).any(|stretch| {
        let shared = distinct.iter().filter(|shingle| stretch.contains(shingle)).count();
        shared as f64 / distinct.len() as f64 >= least
    })
}

proptest! {
    #[test]
    fn finds_what_the_definition_says(
        questions in vec(vec(0_usize..6, 5..14), 1..4),
        document in vec(0_usize..6, 0..90),
        least in 0.3_f64..1.0,
    ) {
        let words = ["lamp", "stone", "river", "kettle", "bridge", "signal"];
        let text = |numbers: &Vec<usize>| numbers.iter().map(|&number| words[number]).collect::<Vec<_>>().join(" ");
        let (texts, document): (Vec<String>, String) = (questions.iter().map(text).collect(), text(&document));
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let finder = finder(&texts, least);
        let found = finder.find(&document);
        let shingler = Scheme::news().shingler().expect("text");
        let hashes = shingler.hashes(&document);
        for (number, text) in texts.iter().enumerate() {
            let question = shingler.hashes(text);
            let expected = document.split(' ').count() >= 3 && has_passage(&question, &hashes, least);
            let is_found = found.iter().any(|found| *found.id == number || found.copies.contains(&number));
            prop_assert_eq!(is_found, expected, "{} in {}", text, document);
        }
        for passage in &found {
            let inside = shingler.set(&document[passage.range.clone()]);
            let question = shingler.set(texts[*passage.id]);
            prop_assert!(question.contained_in(&inside) >= least);
            prop_assert_eq!(passage.overlap, Overlap::new(&question, &shingler.set(&document)));
        }
    }
}
