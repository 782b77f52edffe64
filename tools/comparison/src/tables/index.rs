//! The online index and the join, at size.

use std::time::Instant;

use rayon::ThreadPool;
use twinprint::join::JoinStats;
use twinprint::lsh::{Banding, LshIndex};
use twinprint::{Document, Scheme, Signature, SimilarityJoin};

use super::pairs::pool;
use super::{Numbers, Setting};
use crate::measure::{Outcome, median};
use crate::table::{Table, number};

const POSITIONS: u32 = 128;
const BANDS: u32 = 16;
const ROWS: u32 = 6;
/// Documents of the join are sets of this many features; every fifth shares 89 with the one before, a Jaccard similarity
/// of 89 / 111, just over the threshold.
const ALIKE: Sets = Sets { features: 100, shared: 89 };
/// Sets that share nothing: candidates come by chance only, so that keys and buckets are the only work.
const UNLIKE: Sets = Sets { features: 2, shared: 0 };
/// The maximum number of rounds: one with a million documents takes long, and varies little.
const ROUNDS: usize = 3;
/// Threads of the join.
const THREADS: usize = 2;
/// The maximum number of queries in a round.
const QUERIES: usize = 100_000;

pub(crate) fn print(setting: &Setting) -> Outcome<()> {
    setting.title(
        "Index and join at size",
        &format!(
            "{} documents, {POSITIONS} positions, {BANDS} bands of {ROWS}, one core for the index and {THREADS} threads for \
             the join; every fifth document has a similarity of 0.8 to the one before it. The index holds random signatures \
             and answers {} queries; the join gets {} features a document, and hashing is not timed. Band keys and \
             buckets alone are timed on sets that share nothing, so that the join finds almost no candidates. At most \
             {ROUNDS} rounds.",
            setting.documents,
            QUERIES.min(setting.documents),
            ALIKE.features
        ),
    );
    let repeats = setting.effort.repeats.clamp(1, ROUNDS);
    let rounds: Vec<Index> = (0..repeats).map(|_| index(setting.documents)).collect::<Outcome<_>>()?;
    let joins = |sets, threads| -> Outcome<Joins> {
        let pool = pool(threads)?;
        let rounds: Vec<_> = (0..repeats).map(|_| join(setting.documents, sets, &pool)).collect::<Outcome<_>>()?;
        let (seconds, stats): (Vec<f64>, Vec<_>) = rounds.into_iter().unzip();
        Ok(Joins { seconds: median(seconds), stats: stats.into_iter().next().unwrap_or_default() })
    };
    let middle = |of: fn(&Index) -> f64| median(rounds.iter().map(of).collect());
    let documents = setting.documents as f64;
    let mut table = Table::new(&["step", "value"]);
    let mut row = |step: &str, value: f64, unit: &str| table.row(vec![step.to_string(), number(value) + unit]);
    row("`LshIndex::insert`", middle(|round| round.insert) * 1e6, " µs");
    row("`LshIndex::query`, threshold 0.8", middle(|round| round.query) * 1e6, " µs");
    row("hits a query (itself included)", middle(|round| round.hits), "");
    row("index beyond the signatures, ids included", middle(|round| round.bytes), " bytes a document");
    for (threads, name) in [(1, "one thread"), (THREADS, "two threads")] {
        let found = joins(UNLIKE, threads)?;
        let step = format!("`SimilarityJoin::finish`, band keys and buckets alone, {name}");
        row(&step, found.seconds * 1e6 / documents, " µs a document");
        row("candidates by accident", found.stats.candidates as f64, "");
    }
    let found = joins(ALIKE, THREADS)?;
    row("`SimilarityJoin::finish`, candidates and verification", found.seconds * 1e6 / documents, " µs a document");
    row("pairs it verified", found.stats.verified as f64, "");
    setting.publish("index", &format!("{} made documents", setting.documents), &table)
}

/// One round of the index: seconds a call, hits a query, bytes a document.
struct Index {
    insert: f64,
    query: f64,
    hits: f64,
    bytes: f64,
}

fn index(documents: usize) -> Outcome<Index> {
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(POSITIONS).build()?;
    let mut index = LshIndex::new(&scheme, Banding::new(BANDS, ROWS)?)?;
    let signatures = signatures(&scheme, documents)?;
    let started = Instant::now();
    for (id, signature) in (0_u32..).zip(&signatures) {
        index.insert(id, signature)?;
    }
    let insert = started.elapsed().as_secs_f64() / documents as f64;
    // Queries are spread over the whole index, because the last inserts are still in the caches.
    let step = documents.div_ceil(QUERIES);
    let (mut hits, mut queries) = (0, 0);
    let started = Instant::now();
    for signature in signatures.iter().step_by(step) {
        hits += index.query(signature, 0.8)?.len();
        queries += 1;
    }
    let query = started.elapsed().as_secs_f64() / f64::from(queries);
    let bytes = index.stats().index_bytes as f64 / documents as f64;
    Ok(Index { insert, query, hits: hits as f64 / f64::from(queries), bytes })
}

/// Returns random signatures. In every fifth, each value is that of the signature before with a probability of 0.8.
fn signatures(scheme: &Scheme, documents: usize) -> Outcome<Vec<Signature>> {
    let mut numbers = Numbers(1);
    let mut signatures: Vec<Signature> = Vec::with_capacity(documents);
    for document in 0..documents {
        let random = numbers.by_ref().take(POSITIONS as usize).map(|number| ((number >> 32) as u32, number % 5 < 4));
        let before = if document % 5 == 4 { signatures.last().map(Signature::values) } else { None };
        let values = match before {
            Some(before) => random.zip(before).map(|((new, old_one), old)| if old_one { *old } else { new }).collect(),
            None => random.map(|(new, _)| new).collect(),
        };
        signatures.push(Signature::from_values(scheme, values)?);
    }
    Ok(signatures)
}

/// The sets of a join: their size, and the number of features that every fifth set shares with the one before.
#[derive(Clone, Copy)]
struct Sets {
    features: usize,
    shared: usize,
}

/// The rounds of a join: the median time, and the counts, which are the same in all rounds.
struct Joins {
    seconds: f64,
    stats: JoinStats,
}

/// Returns the seconds of the join after the last push, and its counts.
fn join(documents: usize, sets: Sets, pool: &ThreadPool) -> Outcome<(f64, JoinStats)> {
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(POSITIONS).build()?;
    let builder = SimilarityJoin::builder(&scheme).threshold(0.8).banding(Banding::new(BANDS, ROWS)?);
    let mut join = builder.build()?;
    let mut numbers = Numbers(2);
    let mut before = Vec::new();
    for document in 0..documents {
        let mut features: Vec<u64> = numbers.by_ref().take(sets.features).collect();
        if document % 5 == 4 {
            features.splice(..sets.shared, before[..sets.shared].iter().copied());
        }
        before.clone_from(&features);
        join.push(Document::features(document as u32, features))?;
    }
    let started = Instant::now();
    let found = pool.install(|| join.finish())?;
    Ok((started.elapsed().as_secs_f64(), found.stats()))
}
