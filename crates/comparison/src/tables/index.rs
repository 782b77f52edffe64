//! The online index and the join, at size.

use std::time::Instant;

use twinprint::lsh::{Banding, LshIndex};
use twinprint::{Scheme, Signature, SimilarityJoin};

use super::{Numbers, Setting};
use crate::measure::{Outcome, median};
use crate::table::{Table, number};

const POSITIONS: u32 = 128;
const BANDS: u32 = 16;
const ROWS: u32 = 6;
/// Features a document of the join.
const FEATURES: usize = 100;
/// Rounds at most: one of a million documents takes long, and varies little.
const ROUNDS: usize = 3;
/// Queries of a round, at most.
const QUERIES: usize = 100_000;

pub(crate) fn print(setting: &Setting) -> Outcome<()> {
    setting.title(
        "Index and join at size",
        &format!(
            "{} documents, {POSITIONS} positions, {BANDS} bands of {ROWS}, one core for the index and {} threads for the \
             join; every fifth document is like the one before at 0.8. The index holds made signatures and is asked \
             for {} of them; the join has {FEATURES} features a document, hashed before the time is taken. No more than {ROUNDS} rounds.",
            setting.documents,
            rayon::current_num_threads(),
            QUERIES.min(setting.documents)
        ),
    );
    let repeats = setting.effort.repeats.clamp(1, ROUNDS);
    let rounds: Vec<Index> = (0..repeats).map(|_| index(setting.documents)).collect::<Outcome<_>>()?;
    let joins: Vec<(f64, u64)> = (0..repeats).map(|_| join(setting.documents)).collect::<Outcome<_>>()?;
    let middle = |of: fn(&Index) -> f64| median(rounds.iter().map(of).collect());
    let documents = setting.documents as f64;
    let mut table = Table::new(&["step", "value"]);
    let mut row = |step: &str, value: f64, unit: &str| table.row(vec![step.to_string(), number(value) + unit]);
    row("`LshIndex::insert`", middle(|round| round.insert) * 1e6, " µs");
    row("`LshIndex::query`, threshold 0.8", middle(|round| round.query) * 1e6, " µs");
    row("hits a query (itself included)", middle(|round| round.hits), "");
    row("index beyond the signatures, ids included", middle(|round| round.bytes), " bytes a document");
    let seconds = median(joins.iter().map(|(seconds, _)| *seconds).collect());
    row("`SimilarityJoin::finish`, candidates and verification", seconds * 1e6 / documents, " µs a document");
    row("pairs it verified", joins.first().map_or(0.0, |(_, pairs)| *pairs as f64), "");
    table.print();
    Ok(())
}

/// A round of the index: seconds a call, hits a query, bytes a document.
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
    // Spread over the whole index, so that what was inserted last is not favoured.
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

/// Rows of random values; in every fifth, each value is that of the row before with a probability of 0.8.
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

/// Seconds of the join after all was pushed, and how many pairs it verified.
fn join(documents: usize) -> Outcome<(f64, u64)> {
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(POSITIONS).build()?;
    let builder = SimilarityJoin::builder(&scheme).threshold(0.8).banding(Banding::new(BANDS, ROWS)?);
    let mut join = builder.build()?;
    let mut numbers = Numbers(2);
    let mut before = Vec::new();
    for document in 0..documents {
        let mut features: Vec<u64> = numbers.by_ref().take(FEATURES).collect();
        if document % 5 == 4 {
            // Of 100 features 89 are shared: a Jaccard similarity of 89 / 111, just over the threshold.
            features.splice(..89, before[..89].iter().copied());
        }
        before.clone_from(&features);
        join.push_features(document as u32, features)?;
    }
    let started = Instant::now();
    let found = join.finish()?;
    Ok((started.elapsed().as_secs_f64(), found.stats().verified))
}
