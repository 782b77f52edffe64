//! Features to signatures: time a feature, by algorithm, SIMD level, size of the set and number of hashes.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use twinprint::scheme::Algorithm;
use twinprint::{Scheme, SimdLevel};
use xxhash_rust::xxh3::xxh3_64;

fn signatures(criterion: &mut Criterion) {
    for (algorithm, name) in [(Algorithm::Permutations, "permutations"), (Algorithm::FastSimilarity, "fast similarity")]
    {
        for level in SimdLevel::ALL.into_iter().filter(|level| level.is_available()) {
            let mut group = criterion.benchmark_group(format!("minhash/{name}/{}", level.name()));
            for (size, num_hashes) in [(30, 128), (100, 128), (165, 128), (165, 256), (1_000, 128), (5_000, 128)] {
                let scheme = Scheme::builder().custom_features("bench").algorithm(algorithm).num_hashes(num_hashes);
                let hasher = scheme.build().expect("valid").minhasher().with_simd(level).expect("available");
                let features: Vec<u64> = (0..size).map(|i: u64| xxh3_64(&i.to_le_bytes())).collect();
                let mut signature = hasher.empty();
                group.throughput(Throughput::Elements(size));
                group.bench_function(BenchmarkId::new(format!("k={num_hashes}"), size), |bencher| {
                    bencher.iter(|| {
                        signature = hasher.signature(black_box(&features));
                    });
                });
            }
            group.finish();
        }
    }
}

/// What a signature's time is measured in: xxh3 of the 25 bytes of a 5-gram.
fn yardstick(criterion: &mut Criterion) {
    let text: Vec<u8> = (0..25_000_u32).map(|i| (i * 31 % 251) as u8).collect();
    let mut group = criterion.benchmark_group("minhash");
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("xxh3 of 25 bytes", |bencher| {
        bencher.iter(|| black_box(&text).chunks_exact(25).fold(0, |all, bytes| all ^ xxh3_64(bytes)));
    });
    group.finish();
}

criterion_group!(benches, signatures, yardstick);
criterion_main!(benches);
