//! Texts to verified pairs: the whole flow, in bytes and documents a second.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use twinprint::{Deduplicator, Scheme};
use twinprint_generator::{Generator, Settings};

fn pipeline(criterion: &mut Criterion) {
    let texts: Vec<(u64, String)> =
        Generator::new(Settings::default()).take(10_000).map(|document| (document.id, document.text)).collect();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(10);
    for (name, scheme, threshold) in [("news 0.5", Scheme::news(), 0.5), ("web 0.8", Scheme::web(), 0.8)] {
        let dedup = Deduplicator::builder().scheme(scheme).threshold(threshold);
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(format!("{name}, batch, all cores"), |bencher| {
            bencher.iter(|| {
                let texts = texts.iter().map(|(id, text)| (*id, text.as_str()));
                dedup.clone().run(texts).map_or(0, |found| found.pairs().len())
            });
        });
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_function(format!("{name}, stream"), |bencher| {
            bencher.iter(|| {
                let mut stream = dedup.clone().build().expect("valid");
                for (id, text) in &texts {
                    stream.insert(*id, text).expect("new");
                }
                stream.finish().pairs().len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
