//! Signatures to candidates: the online index and the join.

use std::hint::black_box;
use std::sync::{PoisonError, RwLock};
use std::thread;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use twinprint::lsh::{Banding, LshIndex, SharedIndex};
use twinprint::{Document, Scheme, Signature, SimilarityJoin};

/// Sets of 100 features; each fifth one is an edit of the one before.
fn sets(count: u64) -> Vec<Vec<u64>> {
    let element = |set: u64, i: u64| (set << 32 | i).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..count)
        .map(|set| (0..100).map(|i| element(if set % 5 == 4 && i < 90 { set - 1 } else { set }, i)).collect())
        .collect()
}

/// Rows of random values: a million sets of features would take longer to sign than to index. In each fifth one a value
/// is that of the row before with a probability of 0.8.
fn signatures(scheme: &Scheme, count: u32) -> Vec<Signature> {
    let mut state = 0_u64;
    let mut random = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb)
    };
    // Merged into the signature of nothing, rows share its scheme, as those of one hasher do.
    let nothing = scheme.minhasher().signature(&[]);
    let mut row = vec![0; nothing.values().len()];
    let next = |set: u32| {
        for value in &mut row {
            let number = random();
            if set % 5 < 4 || number % 5 == 4 {
                *value = (number >> 32) as u32;
            }
        }
        let mut signature = nothing.clone();
        signature.merge(&Signature::from_values(scheme, row.clone()).expect("as long")).expect("same scheme");
        signature
    };
    (0..count).map(next).collect()
}

fn index(criterion: &mut Criterion) {
    let scheme = Scheme::builder().custom_features("bench").build().expect("valid");
    let banding = Banding::new(16, 6).expect("valid");
    let mut group = criterion.benchmark_group("lsh/index");
    group.sample_size(10);
    // As a test, each bench runs once: that it runs is shown by the least.
    let testing = std::env::args().any(|argument| argument == "--test");
    let counts: &[u32] = if testing { &[10_000] } else { &[10_000, 100_000, 1_000_000] };
    for &count in counts {
        let signatures = signatures(&scheme, count);
        let filled = || {
            let mut index = LshIndex::new(&scheme, banding).expect("fits");
            for (id, signature) in (0_u32..).zip(&signatures) {
                index.insert(id, signature).expect("new");
            }
            index
        };
        group.throughput(Throughput::Elements(u64::from(count)));
        group.bench_function(BenchmarkId::new("insert", count), |bencher| bencher.iter_with_large_drop(filled));
        let index = filled();
        // Spread over the whole index, so that what was inserted last is not favoured.
        let asked = || black_box(&signatures).iter().step_by(count as usize / 10_000);
        group.throughput(Throughput::Elements(asked().len() as u64));
        group.bench_function(BenchmarkId::new("query", count), |bencher| {
            let hits = |signature| index.query(signature, 0.8).map_or(0, |hits| hits.len());
            bencher.iter(|| asked().map(hits).sum::<usize>());
        });
    }
    group.finish();
}

/// Gives each thread a part of the signatures, with their numbers.
fn on_threads(threads: usize, signatures: &[Signature], work: impl Fn(u32, &Signature) + Sync) {
    let part = signatures.len().div_ceil(threads);
    thread::scope(|scope| {
        for (number, signatures) in signatures.chunks(part).enumerate() {
            let (work, first) = (&work, (number * part) as u32);
            scope.spawn(move || (first..).zip(signatures).for_each(|(id, signature)| work(id, signature)));
        }
    });
}

/// What threads do with one index: insert all, ask for all, or insert each into a filled index and ask for it.
fn shared(criterion: &mut Criterion) {
    let scheme = Scheme::builder().custom_features("bench").build().expect("valid");
    let banding = Banding::new(16, 6).expect("valid");
    let mut group = criterion.benchmark_group("lsh/shared");
    group.sample_size(10);
    let testing = std::env::args().any(|argument| argument == "--test");
    let count: u32 = if testing { 10_000 } else { 400_000 };
    let signatures = signatures(&scheme, count);
    let (held, new) = signatures.split_at(signatures.len() / 2);
    group.throughput(Throughput::Elements(new.len() as u64));
    let filled = || {
        let mut index = LshIndex::new(&scheme, banding).expect("fits");
        (count..).zip(held).for_each(|(id, signature)| index.insert(id, signature).expect("new"));
        index
    };
    let asked = filled();
    let shared = SharedIndex::from(asked.clone());
    let locked = RwLock::new(asked.clone());
    for threads in [1, 2] {
        let insert = |index: &SharedIndex<u32>, id, signature: &Signature| index.insert(id, signature).expect("new");
        let ask = |index: &SharedIndex<u32>, signature: &Signature| {
            black_box(index.query(signature, 0.8).map_or(0, |hits| hits.len()));
        };
        let lock_insert = |index: &RwLock<LshIndex<u32>>, id, signature: &Signature| {
            index.write().unwrap_or_else(PoisonError::into_inner).insert(id, signature).expect("new");
        };
        let lock_ask = |index: &RwLock<LshIndex<u32>>, signature: &Signature| {
            let index = index.read().unwrap_or_else(PoisonError::into_inner);
            black_box(index.query(signature, 0.8).map_or(0, |hits| hits.len()));
        };
        let name = |what: &str| BenchmarkId::new(what, threads);
        group.bench_function(name("insert"), |bencher| {
            bencher.iter_with_large_drop(|| {
                let index = SharedIndex::new(&scheme, banding).expect("fits");
                on_threads(threads, new, |id, signature| insert(&index, id, signature));
                index
            });
        });
        group.bench_function(name("insert, RwLock"), |bencher| {
            bencher.iter_with_large_drop(|| {
                let index = RwLock::new(LshIndex::new(&scheme, banding).expect("fits"));
                on_threads(threads, new, |id, signature| lock_insert(&index, id, signature));
                index
            });
        });
        group.bench_function(name("query"), |bencher| {
            bencher.iter(|| on_threads(threads, held, |_, signature| ask(&shared, signature)));
        });
        group.bench_function(name("query, RwLock"), |bencher| {
            bencher.iter(|| on_threads(threads, held, |_, signature| lock_ask(&locked, signature)));
        });
        group.bench_function(name("both"), |bencher| {
            let work = |index: SharedIndex<u32>| {
                on_threads(threads, new, |id, signature| {
                    insert(&index, id, signature);
                    ask(&index, signature);
                });
                index
            };
            bencher.iter_batched(|| SharedIndex::from(asked.clone()), work, BatchSize::LargeInput);
        });
        group.bench_function(name("both, RwLock"), |bencher| {
            let work = |index: RwLock<LshIndex<u32>>| {
                on_threads(threads, new, |id, signature| {
                    lock_insert(&index, id, signature);
                    lock_ask(&index, signature);
                });
                index
            };
            bencher.iter_batched(|| RwLock::new(asked.clone()), work, BatchSize::LargeInput);
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
                join.push(Document::features(id, set.clone())).expect("fits");
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

criterion_group!(benches, index, shared, join);
criterion_main!(benches);
