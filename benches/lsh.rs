//! Signatures to candidates: the online index and the join.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use twinprint::lsh::{Banding, LshIndex};
use twinprint::{Scheme, Signature, SimilarityJoin};

/// Sets of 100 features; each fifth one is an edit of the one before.
fn sets(count: u64) -> Vec<Vec<u64>> {
    let element = |set: u64, i: u64| (set << 32 | i).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..count)
        .map(|set| (0..100).map(|i| element(if set % 5 == 4 && i < 90 { set - 1 } else { set }, i)).collect())
        .collect()
}

fn index(criterion: &mut Criterion) {
    let scheme = Scheme::builder().custom_features("bench").build().expect("valid");
    let banding = Banding::new(16, 6).expect("valid");
    let hasher = scheme.minhasher();
    let mut group = criterion.benchmark_group("lsh/index");
    for count in [10_000, 100_000] {
        let signatures: Vec<Signature> = sets(count).iter().map(|set| hasher.signature(set)).collect();
        let filled = || {
            let mut index = LshIndex::new(&scheme, banding).expect("fits");
            for (id, signature) in (0_u32..).zip(&signatures) {
                index.insert(id, signature).expect("new");
            }
            index
        };
        group.throughput(Throughput::Elements(count));
        group.sample_size(10);
        group.bench_function(BenchmarkId::new("insert", count), |bencher| bencher.iter(filled));
        let index = filled();
        group.bench_function(BenchmarkId::new("query", count), |bencher| {
            bencher.iter(|| {
                let hits = |signature| index.query(signature, 0.8).map_or(0, |hits| hits.len());
                black_box(&signatures).iter().map(hits).sum::<usize>()
            });
        });
    }
    group.finish();
}

fn join(criterion: &mut Criterion) {
    let scheme = Scheme::builder().custom_features("bench").build().expect("valid");
    let banding = Banding::new(16, 6).expect("valid");
    let mut group = criterion.benchmark_group("lsh/join");
    let count = 100_000;
    let sets = sets(count);
    group.throughput(Throughput::Elements(count));
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("finish", count), |bencher| {
        let pushed = || {
            let builder = SimilarityJoin::builder(&scheme).threshold(0.8).banding(banding);
            let mut join = builder.build().expect("valid");
            for (id, set) in (0_u32..).zip(&sets) {
                join.push_features(id, set.clone()).expect("fits");
            }
            join
        };
        bencher.iter_batched(
            pushed,
            |join| join.finish().map_or(0, |found| found.pairs().len()),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, index, join);
criterion_main!(benches);
