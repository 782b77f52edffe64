//! The containment index: filling it, and asking it.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use twinprint::containment::{ContainmentIndex, FracMinHash};
use twinprint::{Document, Scheme, ShingleSet, SimilarityJoin};
use twinprint_generator::{Generator, Settings};

/// The shingle sets of made articles, and of pages of twenty of them in a row.
fn sets(count: usize) -> (Vec<ShingleSet>, Vec<ShingleSet>) {
    let shingler = Scheme::news().shingler().expect("text");
    let texts: Vec<String> = Generator::new(Settings::default()).take(count).map(|document| document.text).collect();
    let articles = texts.iter().map(|text| shingler.set(text)).collect();
    let pages = texts.chunks(20).map(|texts| shingler.set(&texts.join("\n"))).collect();
    (articles, pages)
}

fn filled(sets: &[ShingleSet]) -> ContainmentIndex<usize> {
    let mut index = ContainmentIndex::new(FracMinHash::default());
    for (id, set) in sets.iter().enumerate() {
        index.insert(id, set.clone()).expect("new");
    }
    index
}

fn containment(criterion: &mut Criterion) {
    let testing = std::env::args().any(|argument| argument == "--test");
    let (articles, pages) = sets(if testing { 200 } else { 20_000 });
    let mut group = criterion.benchmark_group("containment");
    group.sample_size(10);
    group.throughput(Throughput::Elements(pages.len() as u64));
    group.bench_function("insert pages", |bencher| {
        bencher.iter_batched(|| (), |()| filled(black_box(&pages)), BatchSize::PerIteration);
    });
    let index = filled(&pages);
    group.throughput(Throughput::Elements(articles.len() as u64));
    group.bench_function("pages that contain an article", |bencher| {
        bencher.iter(|| {
            articles.iter().map(|set| index.containers(set, 0.9).map_or(0, |found| found.len())).sum::<usize>()
        });
    });
    let index = filled(&articles);
    group.throughput(Throughput::Elements(pages.len() as u64));
    group.bench_function("articles contained in a page", |bencher| {
        bencher
            .iter(|| pages.iter().map(|set| index.contained(set, 0.9).map_or(0, |found| found.len())).sum::<usize>());
    });
    let both: Vec<ShingleSet> = articles.iter().chain(&pages).cloned().collect();
    let index = filled(&both);
    group.throughput(Throughput::Elements(both.len() as u64));
    group.bench_function("all pairs", |bencher| {
        bencher.iter(|| index.pairs(0.9).map_or(0, |pairs| pairs.len()));
    });
    group.bench_function("all pairs by a join", |bencher| bencher.iter(|| joined(black_box(&both))));
    group.finish();
}

/// How many pairs a join finds, which signs the sets as well.
fn joined(sets: &[ShingleSet]) -> u64 {
    let builder = SimilarityJoin::builder(&Scheme::news()).threshold(1.0);
    let mut join = builder.containment(0.9, FracMinHash::default()).build().expect("valid");
    (0..)
        .zip(sets)
        .for_each(|(number, set): (u32, _)| join.push(Document::features(number, set.as_slice())).expect("few"));
    join.finish().expect("few").stats().contained
}

criterion_group!(benches, containment);
criterion_main!(benches);
