//! A file of JSON lines to pairs of similar documents.

use std::cell::RefCell;

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::Setting;
use crate::corpus::Corpus;
use crate::measure::{Contestant, Outcome, race};
use crate::peers::{self, EndToEnd, Pairs, Task};
use crate::splitting::Splitting;
use crate::table::{Table, number};
use crate::truth::{TruePair, of_corpus, score};

/// The task of every contestant.
pub(crate) const TASK: Task = Task { threshold: 0.8, recall: 0.99 };

/// Measures every contestant on one thread.
pub(crate) fn print(setting: &Setting) -> Outcome<()> {
    let pool = pool(1)?;
    for corpus in &setting.corpora {
        setting.title(
            &format!("JSON lines to pairs: {}", corpus.name),
            &format!(
                "From the file to all pairs with a Jaccard similarity of at least {} over word 5-grams: 128 hashes, bandings \
                 planned for a recall of {}, one thread, the same reader for every contestant. An exact join gives the \
                 true pairs: once over twinprint's shingles, and once (own) over the shingles of the contestant, because \
                 peers split words differently. Only twinprint verifies its pairs; the others report estimates that \
                 reach the threshold. {}.",
                TASK.threshold,
                TASK.recall,
                corpus.line()
            ),
        );
        one_thread(setting, corpus, &pool)?;
    }
    Ok(())
}

fn one_thread(setting: &Setting, corpus: &Corpus, pool: &ThreadPool) -> Outcome<()> {
    let everyone = peers::end_to_end(TASK)?;
    let found: Vec<RefCell<Pairs>> = everyone.iter().map(|_| RefCell::default()).collect();
    let run = |contestant: &EndToEnd, place: &RefCell<Pairs>| {
        let pairs = pool.install(|| (contestant.run)(corpus, TASK).map_err(|error| error.to_string()))?;
        Ok(place.replace(pairs).len() as u64)
    };
    let mut contestants: Vec<Contestant<'_>> = everyone
        .iter()
        .zip(&found)
        .map(|(contestant, place)| Contestant::fallible(&contestant.name, move || run(contestant, place)))
        .collect();
    let times = race(&mut contestants, setting.effort.single())?;
    let scheme = of_corpus(corpus, Splitting::Scheme, TASK.threshold, &setting.folder)?;
    let mut table = Table::new(&[
        "path",
        "s",
        "MB/s",
        "time / twinprint",
        "pairs",
        "recall",
        "precision",
        "own recall",
        "own precision",
    ]);
    for (number_of, contestant) in everyone.iter().enumerate() {
        let own = of_corpus(corpus, contestant.splitting, TASK.threshold, &setting.folder)?;
        let seconds = times.seconds(number_of);
        let mut row = vec![
            contestant.name.clone(),
            number(seconds),
            number(corpus.bytes as f64 / 1e6 / seconds),
            format!("{}×", number(times.ratio(number_of, 0))),
        ];
        row.extend(scored(&found[number_of].borrow(), &scheme, &own));
        table.row(row);
    }
    setting.publish(&format!("pairs_{}", corpus.file_name()), &corpus.line(), &table)
}

/// Returns the number of pairs, recall and precision, and both again by the contestant's own shingles.
fn scored(pairs: &[(u32, u32)], scheme: &[TruePair], own: &[TruePair]) -> Vec<String> {
    let (theirs, ours) = (score(pairs, own), score(pairs, scheme));
    let shares = [ours.recall, ours.precision, theirs.recall, theirs.precision].map(|share| format!("{share:.4}"));
    [pairs.len().to_string()].into_iter().chain(shares).collect()
}

/// Measures twinprint on one thread and on two.
pub(crate) fn print_threads(setting: &Setting) -> Outcome<()> {
    let pools = [pool(1)?, pool(2)?];
    for corpus in &setting.corpora {
        setting.title(
            &format!("Two threads against one: {}", corpus.name),
            &format!(
                "twinprint's `SimilarityJoin` as in *JSON lines to pairs*, from the file (one thread reads and parses) \
                 and from texts in memory. {}.",
                corpus.line()
            ),
        );
        threads(setting, corpus, &pools)?;
    }
    Ok(())
}

fn threads(setting: &Setting, corpus: &Corpus, pools: &[ThreadPool; 2]) -> Outcome<()> {
    let texts = &corpus.texts()?;
    let mut contestants = Vec::new();
    for pool in pools {
        contestants.push(Contestant::fallible("from the file", move || {
            let pairs = pool.install(|| peers::join_file(corpus, TASK).map_err(|error| error.to_string()))?;
            Ok(pairs.len() as u64)
        }));
        contestants.push(Contestant::fallible("from texts in memory", move || {
            let pairs = pool.install(|| peers::join_texts(texts, TASK).map_err(|error| error.to_string()))?;
            Ok(pairs.len() as u64)
        }));
    }
    let times = race(&mut contestants, setting.effort.single())?;
    let mut table = Table::new(&["path", "one thread, s", "two threads, s", "speedup"]);
    for path in 0..2 {
        let (one, two) = (number(times.seconds(path)), number(times.seconds(path + 2)));
        table.row(vec![times.names[path].clone(), one, two, format!("{}×", number(times.ratio(path, path + 2)))]);
    }
    setting.publish(&format!("threads_{}", corpus.file_name()), &corpus.line(), &table)
}

/// Returns a pool of this many threads.
pub(super) fn pool(threads: usize) -> Outcome<ThreadPool> {
    Ok(ThreadPoolBuilder::new().num_threads(threads).build()?)
}
