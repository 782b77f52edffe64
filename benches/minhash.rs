//! Features to signatures: time a feature, by algorithm, SIMD level, size of the set and number of hashes. Weighted sets
//! also by consistent weighted sampling, which was not chosen.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use twinprint::minhash::WeightedMinHasher;
use twinprint::scheme::Algorithm;
use twinprint::set::WeightedSet;
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

/// The weights are those of words by their inverse document frequency: from 1 to 12.
fn weighted(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("minhash/weighted");
    for (size, num_hashes) in [(30, 128), (165, 128), (165, 256), (1_000, 128)] {
        let hash = |feature: u64| xxh3_64(&feature.to_le_bytes());
        let features: Vec<(u64, f64)> = (0..size).map(|i| (hash(i), 1.0 + (hash(i) % 1_100) as f64 / 100.0)).collect();
        let set = WeightedSet::new(features.iter().copied()).expect("valid");
        let hasher = WeightedMinHasher::new("bench", num_hashes, 1).expect("valid");
        group.throughput(Throughput::Elements(size));
        let (darts, samples) = (format!("darts k={num_hashes}"), format!("consistent sampling k={num_hashes}"));
        group.bench_function(BenchmarkId::new(darts, size), |bencher| {
            bencher.iter(|| hasher.signature(black_box(&set)));
        });
        group.bench_function(BenchmarkId::new(samples, size), |bencher| {
            bencher.iter(|| consistent_samples(black_box(&features), u64::from(num_hashes)));
        });
    }
    group.finish();
}

/// The sampled features, by S. Ioffe, "Improved consistent sampling, weighted minhash and L1 sketching", 2010.
fn consistent_samples(features: &[(u64, f64)], num_hashes: u64) -> Vec<(u64, i64)> {
    let sample = |position: u64| {
        let mut least = (f64::INFINITY, 0, 0);
        for &(feature, weight) in features {
            let mut state = feature ^ position.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut uniform = || {
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                (((mixed ^ (mixed >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
            };
            let r = -(uniform() * uniform()).ln();
            let c = -(uniform() * uniform()).ln();
            let beta = uniform();
            let step = (weight.ln() / r + beta).floor();
            let rank = c.ln() - r * (step - beta) - r;
            if rank < least.0 {
                least = (rank, feature, step as i64);
            }
        }
        (least.1, least.2)
    };
    (0..num_hashes).map(sample).collect()
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

criterion_group!(benches, signatures, weighted, yardstick);
criterion_main!(benches);
