//! Text to shingle hashes: bytes and shingles a second.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use twinprint::Scheme;
use twinprint::text::{Normalization, TextScratch, Tokenization};
use twinprint_generator::{Generator, Settings};
use unicode_segmentation::UnicodeSegmentation;

/// About a megabyte of made news.
fn english() -> String {
    let texts = Generator::new(Settings::default()).take(900).map(|document| document.text);
    texts.collect::<Vec<_>>().join("\n")
}

/// The same amount of text in other scripts: each word's letters are moved to another alphabet.
fn in_script(text: &str, first: char, letters: u32) -> String {
    let moved = |c: char| char::from_u32(first as u32 + (c as u32 * 7 + c as u32 / 3) % letters).unwrap_or(c);
    text.chars().map(|c| if c.is_ascii_alphabetic() { moved(c) } else { c }).collect()
}

fn shingling(criterion: &mut Criterion) {
    let english = english();
    let chinese: String = in_script(&english, '一', 6_000).chars().filter(|c| *c != ' ').collect();
    let texts = [("english", &english), ("cyrillic", &in_script(&english, 'а', 32)), ("chinese", &chinese)];
    let schemes = [
        ("words 5", Scheme::builder().words(5)),
        ("characters 5", Scheme::builder().characters(5)),
        ("bytes 8", Scheme::builder().tokenization(Tokenization::Bytes).normalization(Normalization::NONE).tokens(8)),
    ];
    let mut group = criterion.benchmark_group("text");
    for (name, text) in texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        for (scheme_name, scheme) in &schemes {
            let shingler = scheme.clone().build().expect("valid").shingler().expect("text");
            let mut scratch = TextScratch::default();
            group.bench_function(BenchmarkId::new(*scheme_name, name), |bencher| {
                bencher.iter(|| shingler.hashes_into(black_box(text), &mut scratch).len());
            });
        }
        group.bench_function(BenchmarkId::new("unicode-segmentation words", name), |bencher| {
            bencher.iter(|| black_box(text).unicode_words().count());
        });
    }
    group.finish();
}

criterion_group!(benches, shingling);
criterion_main!(benches);
