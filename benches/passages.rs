//! Two texts to the passages they share.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use twinprint::Scheme;
use twinprint::passages::{PassageRules, SharedPassages};
use twinprint_generator::{Generator, Settings};

/// Three megabytes of made news, or little where only that it runs is to be shown.
fn size() -> usize {
    if std::env::args().any(|argument| argument == "--test") { 30_000 } else { 3_000_000 }
}

/// Made news of about a number of bytes; texts of different seeds are different.
fn news(seed: u64, bytes: usize) -> String {
    let mut text = String::new();
    for document in Generator::new(Settings { seed, ..Settings::default() }) {
        text += &document.text;
        text.push('\n');
        if text.len() >= bytes {
            break;
        }
    }
    text
}

/// The word over two letters that begins a, ab, aba, abaab, as words of a text.
fn fibonacci(bytes: usize) -> String {
    let (mut word, mut shorter) = ("a b ".to_string(), "a ".to_string());
    while word.len() < bytes {
        let next = format!("{word}{shorter}");
        shorter = std::mem::replace(&mut word, next);
    }
    word
}

fn passages(criterion: &mut Criterion) {
    let size = size();
    let text = news(1, size);
    let lines: Vec<&str> = text.lines().collect();
    let moved: String = lines.chunks(7).rev().flatten().flat_map(|line| [*line, "\n"]).collect();
    let one = "word ".repeat(size / 5);
    let fibonacci = fibonacci(size);
    let reversed: String = fibonacci.chars().rev().collect();
    let pairs = [
        ("unrelated", &text, &news(2, size)),
        ("itself", &text, &text),
        ("blocks moved", &text, &moved),
        ("one word", &one, &one),
        ("Fibonacci, reversed", &fibonacci, &reversed),
    ];
    let shingler = Scheme::news().shingler().expect("text");
    let mut group = criterion.benchmark_group("passages");
    group.sample_size(10);
    for (name, left, right) in pairs {
        group.throughput(Throughput::Bytes((left.len() + right.len()) as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                let found = SharedPassages::new(&shingler, black_box(left), right, PassageRules::default());
                found.passages().len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, passages);
criterion_main!(benches);
