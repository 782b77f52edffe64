//! Questions planted in training documents: nearly all are found, and each passage found holds its question.
//!
//! `cargo test --release --test planted_questions -- --nocapture` prints the table of BENCHMARKS.md.

use std::collections::HashSet;

use twinprint::Scheme;
use twinprint::containment::PassageFinder;
use twinprint_generator::{Generator, Settings};

/// Questions of each length, and pages without any. Fewer where code is not optimised.
const QUESTIONS: usize = if cfg!(debug_assertions) { 50 } else { 500 };
const CLEAN_PAGES: usize = QUESTIONS;

/// Words of a page around a question.
const PAGE_WORDS: usize = 600;

/// Yields the words of generated news.
fn words(seed: u64) -> impl Iterator<Item = String> {
    Generator::new(Settings { seed, near_duplicates: 0.0, ..Settings::default() })
        .flat_map(|document| document.text.split_whitespace().map(str::to_string).collect::<Vec<_>>())
}

/// How a question is set into its page.
#[derive(Clone, Copy, Debug)]
enum Form {
    Embedded,
    /// Lines of seven words with an indent.
    Wrapped,
    /// Other case, and dashes between the words.
    Typeset,
    /// One word in the middle is another.
    Edited,
    /// The last third comes before the rest, as the choices of a question may.
    Reordered,
}

const FORMS: [Form; 5] = [Form::Embedded, Form::Wrapped, Form::Typeset, Form::Edited, Form::Reordered];

impl Form {
    fn set(self, question: &[String]) -> String {
        match self {
            Self::Embedded => question.join(" "),
            Self::Wrapped => question.chunks(7).map(|line| format!("\n    {}", line.join(" "))).collect(),
            Self::Typeset => question.join(" — ").to_uppercase(),
            Self::Edited => {
                let mut words = question.to_vec();
                words[question.len() / 2] = "quite-another".to_string();
                words.join(" ")
            }
            Self::Reordered => {
                let (first, last) = question.split_at(question.len() * 2 / 3);
                format!("{} {}", last.join(" "), first.join(" "))
            }
        }
    }
}

/// Returns how many words two texts share in one order: the length of their longest common subsequence.
fn shared_in_order(left: &[String], right: &[String]) -> usize {
    let mut row = vec![0; right.len() + 1];
    for one in left {
        let mut diagonal = 0;
        for (at, other) in right.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if one == other { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[right.len()]
}

fn plain(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Returns how many planted questions were found in their pages, and how many passages were found where nothing was planted. Checks
/// that each passage holds its question.
fn planted(length: usize, form: Form) -> (usize, usize) {
    let (mut story, mut filler) = (words(11), words(12));
    let questions: Vec<Vec<String>> = (0..QUESTIONS).map(|_| story.by_ref().take(length).collect()).collect();
    let mut builder = PassageFinder::builder(&Scheme::news(), 0.8).expect("valid").min_words(0);
    for (number, question) in questions.iter().enumerate() {
        builder.insert(number, &question.join(" "));
    }
    let finder = builder.build();
    let mut part = |words: usize| filler.by_ref().take(words).collect::<Vec<_>>().join(" ");
    let (mut found, mut elsewhere) = (0, 0);
    for number in 0..QUESTIONS + CLEAN_PAGES {
        let inner = questions.get(number).map(|question| form.set(question)).unwrap_or_default();
        let page = format!("{} {inner} {}", part(PAGE_WORDS / 3), part(PAGE_WORDS * 2 / 3));
        let passages = finder.find(&page);
        let mut held = HashSet::new();
        for passage in &passages {
            let question = plain(&questions[*passage.id].join(" "));
            let words = plain(&page[passage.range.clone()]);
            let needed = if matches!(form, Form::Reordered) { question.len() / 2 } else { question.len() * 7 / 10 };
            assert!(shared_in_order(&question, &words) >= needed, "{question:?} in {words:?}");
            held.extend([*passage.id].into_iter().chain(passage.copies.iter().copied()));
        }
        found += usize::from(held.remove(&number));
        elsewhere += held.len();
    }
    (found, elsewhere)
}

#[test]
fn planted_questions_are_found() {
    println!("| words | {} | passages where none was planted |", FORMS.map(|form| format!("{form:?}")).join(" | "));
    for length in [3, 4, 5, 6, 8, 12, 20, 30, 50, 100] {
        let results = FORMS.map(|form| planted(length, form));
        let found = results.map(|(found, _)| format!("{:.3}", found as f64 / QUESTIONS as f64));
        println!("| {length} | {} | {} |", found.join(" | "), results[0].1);
        for ((found, elsewhere), form) in results.into_iter().zip(FORMS) {
            if length >= 20 {
                assert!(found as f64 >= 0.99 * QUESTIONS as f64, "{found} of {QUESTIONS}, {length} words, {form:?}");
                assert_eq!(elsewhere, 0, "{length} words, {form:?}");
            }
        }
    }
}
