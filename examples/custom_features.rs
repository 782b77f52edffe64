//! Near-duplicates of something that is not prose: programs, by the shape of their code.
//!
//! Anything that can be represented as a set of `u64` can be compared. Here two functions are alike if the same
//! sequences of symbols occur in them, whatever the names of their variables.
//!
//! ```text
//! cargo run --release --example custom_features
//! ```

use twinprint::{Document, Scheme, SimilarityJoin};

const FUNCTIONS: &[(&str, &str)] = &[
    ("sum_of_squares", "fn f(values: &[u32]) -> u32 { let mut total = 0; for v in values { total += v * v; } total }"),
    ("energy", "fn energy(samples: &[f32]) -> f32 { let mut sum = 0.0; for s in samples { sum += s * s; } sum }"),
    (
        "longest",
        "fn longest<'a>(words: &[&'a str]) -> Option<&'a str> { words.iter().copied().max_by_key(|w| w.len()) }",
    ),
    (
        "shortest",
        "fn shortest<'a>(names: &[&'a str]) -> Option<&'a str> { names.iter().copied().min_by_key(|n| n.len()) }",
    ),
    ("is_empty", "fn is_empty(&self) -> bool { self.len() == 0 }"),
];

fn main() -> Result<(), twinprint::Error> {
    // The name represents the way features are made: change it whenever that changes.
    let scheme = Scheme::builder().custom_features("rust symbols, 4-grams, v1").build()?;
    // The shingler of a text scheme hashes n-grams of any tokens.
    let shingler = Scheme::builder().words(4).build()?.shingler()?;

    let mut join = SimilarityJoin::builder(&scheme).threshold(0.6).build()?;
    for (name, code) in FUNCTIONS {
        join.push(Document::features(*name, shingler.hashes_of_tokens(symbols(code))))?;
    }
    let found = join.finish()?;
    for pair in found.pairs() {
        println!("{} ~ {}  J={:.2}", pair.left, pair.right, pair.jaccard());
    }
    Ok(())
}

/// The symbols of a program: keywords and punctuation as they are, names as "name", numbers as "0".
fn symbols(code: &str) -> Vec<String> {
    const KEYWORDS: [&str; 8] = ["fn", "let", "mut", "for", "in", "self", "bool", "str"];
    let kind = |c: char| if c.is_alphanumeric() || c == '_' { 'w' } else { c };
    let characters: Vec<char> = code.chars().filter(|c| !c.is_whitespace() || *c == ' ').collect();
    characters
        .chunk_by(|a, b| kind(*a) == kind(*b))
        .map(|run| run.iter().collect::<String>())
        .filter(|symbol| symbol != " ")
        .map(|symbol| match symbol.chars().next() {
            Some(c) if c.is_ascii_digit() => "0".to_string(),
            Some(c) if kind(c) == 'w' && !KEYWORDS.contains(&symbol.as_str()) => "name".to_string(),
            _ => symbol,
        })
        .collect()
}
