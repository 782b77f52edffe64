//! A mix of changes to a store, the same in every run, and what the store must hold after each commit.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use twinprint::store::{Store, View};
use twinprint::{Banding, Error, Scheme, ShingleSet};

/// Changes of one second.
const PER_SECOND: u64 = 50;
/// The similarity that is asked for. The banding misses a pair of it once in 10^15 times.
const THRESHOLD: f64 = 0.8;

/// A change.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Upsert { number: u64, content: u64 },
    Remove { number: u64 },
    Expire { before: u64 },
    Commit,
    Compact,
}

/// What a store is to hold: for each document its content and its time.
pub(crate) type Model = BTreeMap<u64, (u64, u64)>;

/// Makes the changes of a crawler that keeps a window of some seconds: new documents, new versions, removals, expiry, and a commit each
/// second.
#[derive(Clone, Debug)]
pub(crate) struct Mix {
    random: u64,
    window: u64,
    steps: u64,
    next: u64,
}

impl Mix {
    pub(crate) fn new(seed: u64, window: u64) -> Self {
        Self { random: seed, window, steps: 0, next: 0 }
    }

    /// Returns the time of the last step, in seconds.
    pub(crate) fn time(&self) -> u64 {
        self.steps / PER_SECOND
    }

    /// Returns the next change.
    pub(crate) fn step(&mut self) -> Step {
        self.steps += 1;
        let (time, kind) = (self.time(), self.draw(100));
        // One of the documents that were added lately; it may be gone.
        let recent = self.next.saturating_sub(1 + self.draw(self.window * PER_SECOND));
        let content = self.draw(self.window * PER_SECOND);
        match self.steps % PER_SECOND {
            0 => Step::Commit,
            49 => Step::Expire { before: time.saturating_sub(self.window) },
            1 if time > 0 && time.is_multiple_of(self.window) => Step::Compact,
            _ if kind < 10 => Step::Remove { number: recent },
            _ if kind < 25 => Step::Upsert { number: recent, content },
            _ => {
                self.next += 1;
                Step::Upsert { number: self.next - 1, content }
            }
        }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.random = mixed(self.random.wrapping_add(0x9e37_79b9_7f4a_7c15));
        self.random % below.max(1)
    }
}

/// The finalizer of `SplitMix64`.
fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Returns the set of a content. Sixteen contents in a row are versions of one document: two elements differ from one to the next.
pub(crate) fn set(content: u64) -> ShingleSet {
    let (family, version) = (content / 16 * 1_000, content % 16);
    (family + 2 * version..family + 2 * version + 40).collect()
}

pub(crate) fn id(number: u64) -> String {
    format!("document {number}")
}

/// Creates a store for the mix.
pub(crate) fn create(folder: &Path) -> Result<Store, Error> {
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(64).build()?;
    Store::builder().scheme(scheme).banding(Banding::new(32, 2)?).threshold(0.5).create(folder)
}

/// Applies a change to the model.
pub(crate) fn change(model: &mut Model, step: Step, time: u64) {
    match step {
        Step::Upsert { number, content } => drop(model.insert(number, (content, time))),
        Step::Remove { number } => drop(model.remove(&number)),
        Step::Expire { before } => model.retain(|_, (_, time)| *time >= before),
        Step::Commit | Step::Compact => {}
    }
}

/// Applies a change to the store. The commit has the name of its time.
pub(crate) fn apply(store: &mut Store, step: Step, time: u64) -> Result<(), Error> {
    match step {
        Step::Upsert { number, content } => {
            store.set_time(Some(time));
            store.upsert_set(&id(number), set(content))
        }
        Step::Remove { number } => store.remove(&id(number)).map(drop),
        Step::Expire { before } => store.expire(before),
        Step::Commit => store.commit_named(&time.to_string()).map(drop),
        Step::Compact => store.compact(),
    }
}

/// Returns what a view holds that the model does not, or the other way round.
pub(crate) fn difference(view: &View, model: &Model) -> Result<Option<String>, Error> {
    let mut expected: BTreeMap<String, (u64, u64)> = model.iter().map(|(number, of)| (id(*number), *of)).collect();
    let preparer = view.preparer();
    for document in view.documents() {
        let document = document?;
        let Some((content, time)) = expected.remove(&document.id) else {
            return Ok(Some(format!("{} is there", document.id)));
        };
        if document.time != time || document.prepared != preparer.set(set(content)) {
            return Ok(Some(format!("{} is another document", document.id)));
        }
    }
    Ok(expected.keys().next().map(|id| format!("{id} is missing")))
}

/// Asks for the documents that are similar to a content, and compares the answer with that of brute force.
pub(crate) fn ask(view: &View, model: &Model, content: u64) -> Result<Option<String>, Error> {
    let asked = set(content);
    let mut expected: Vec<(String, f64)> = model
        .iter()
        .map(|(number, (content, _))| (id(*number), set(*content).jaccard(&asked)))
        .filter(|(_, jaccard)| *jaccard >= THRESHOLD)
        .collect();
    let hits = view.query(&view.preparer().set(asked), THRESHOLD)?;
    let mut found: Vec<(String, f64)> = hits.into_iter().map(|hit| (hit.id, hit.jaccard)).collect();
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok((found != expected).then(|| format!("content {content}: {found:?} instead of {expected:?}")))
}

/// What was asked while the store was written to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) questions: u64,
    /// How often all documents were compared, of a view that was opened from the folder.
    pub(crate) opened: u64,
}

/// The models of the last commits, by their times.
type Commits = Mutex<VecDeque<(u64, Arc<Model>)>>;

/// Writes to a store on one thread for some seconds of the mix, and asks it on another one. After each commit `observe` is told its time.
/// The first difference to the model ends the run.
pub(crate) fn two_threads(
    folder: &Path,
    mut mix: Mix,
    seconds: u64,
    mut observe: impl FnMut(u64) + Send,
) -> Result<Asked, String> {
    let told = |error: Error| error.to_string();
    let mut store = create(folder).map_err(told)?;
    let reader = store.reader();
    let (commits, is_over) = (Commits::default(), AtomicBool::new(false));
    let lock = || commits.lock().unwrap_or_else(PoisonError::into_inner);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let (mut asked, mut random) = (Asked::default(), 1);
            while !is_over.load(Ordering::Acquire) {
                random = mixed(random + 1);
                let is_opened = asked.questions % 20 == 19;
                let view = if is_opened { View::open(folder).map_err(told)? } else { reader.view() };
                let known = lock().iter().rev().find(|(time, _)| view.has_commit(&time.to_string())).cloned();
                let Some((time, model)) = known else { continue };
                let content = match random % 4 {
                    0 => random % 1_000_000,
                    _ => model.values().nth(random as usize % model.len().max(1)).map_or(0, |(content, _)| *content),
                };
                let mut found = ask(&view, &model, content).map_err(told)?;
                if is_opened && found.is_none() {
                    found = difference(&view, &model).map_err(told)?;
                    asked.opened += 1;
                }
                if let Some(found) = found {
                    return Err(format!("after the commit of second {time}: {found}"));
                }
                asked.questions += 1;
            }
            Ok(asked)
        });
        let mut model = Model::new();
        let mut write = || {
            while mix.time() < seconds && !asking.is_finished() {
                let step = mix.step();
                let time = mix.time();
                change(&mut model, step, time);
                if let Step::Commit = step {
                    // Before the commit, so that a reader who sees it knows what it must hold.
                    let mut commits = lock();
                    commits.push_back((time, Arc::new(model.clone())));
                    if commits.len() > 60 {
                        commits.pop_front();
                    }
                }
                apply(&mut store, step, time).map_err(told)?;
                if let Step::Commit = step {
                    observe(time);
                }
            }
            match difference(&store.view(), &model).map_err(told)? {
                None => Ok(()),
                Some(found) => Err(format!("at the end: {found}")),
            }
        };
        let written = write();
        is_over.store(true, Ordering::Release);
        let asked = asking.join().unwrap_or_else(|_| Err("the reader panicked".to_string()))?;
        written.map(|()| asked)
    })
}
