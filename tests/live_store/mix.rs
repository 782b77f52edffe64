//! A mix of changes to a store, the same in every run, and what the store must hold after each commit.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use twinprint::store::{Store, View};
use twinprint::{Banding, Error, Scheme, ShingleSet};

/// The similarity that is asked for. The banding misses a pair of it once in 10^12 times.
pub(crate) const THRESHOLD: f64 = 0.8;
/// Seconds between two commits while a store is filled.
const FILLING: u64 = 500;
/// Versions of one document: contents in a row that share elements.
const FAMILY: u64 = 16;

/// A change.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Upsert { number: u64, document: Document },
    Remove { number: u64 },
    Expire { before: u64 },
    Commit,
    Compact,
}

/// What a store is to hold of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Document {
    pub(crate) content: u64,
    pub(crate) time: u64,
    /// The step that added it: documents and equally similar answers have this order.
    pub(crate) added: u64,
}

/// What a store is to hold, by the number of each document.
pub(crate) type Model = BTreeMap<u64, Document>;

/// How many changes there are, and how long a document stays.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Changes of one second.
    pub(crate) rate: u64,
    /// Seconds that a document stays.
    pub(crate) window: u64,
    /// Seconds in which the store is filled, with few commits of very many changes.
    pub(crate) filled: u64,
}

/// Makes the changes of a crawler that keeps a window of some seconds: new documents, new versions, removals, expiry, and a commit each
/// second.
#[derive(Clone, Debug)]
pub(crate) struct Mix {
    random: u64,
    pace: Pace,
    steps: u64,
    next: u64,
}

impl Mix {
    /// Returns a mix of fifty changes a second.
    pub(crate) fn new(seed: u64, window: u64) -> Self {
        Self::with_pace(seed, Pace { rate: 50, window, filled: 0 })
    }

    pub(crate) fn with_pace(seed: u64, pace: Pace) -> Self {
        Self { random: seed, pace, steps: 0, next: 0 }
    }

    /// Returns the time of the last step, in seconds.
    pub(crate) fn time(&self) -> u64 {
        self.steps / self.pace.rate
    }

    /// Returns the number of different contents.
    pub(crate) fn contents(&self) -> u64 {
        self.pace.window * self.pace.rate
    }

    /// Returns the next change.
    pub(crate) fn step(&mut self) -> Step {
        self.steps += 1;
        let (time, kind) = (self.time(), self.draw(100));
        let Pace { rate, window, filled } = self.pace;
        // One of the documents that were added lately; it may be gone.
        let recent = self.next.saturating_sub(1 + self.draw(self.contents()));
        let document = Document { content: self.draw(self.contents()), time, added: self.steps };
        let is_full = time >= filled || time.is_multiple_of(FILLING);
        match self.steps % rate {
            0 if is_full => Step::Commit,
            at if at == rate - 1 => Step::Expire { before: time.saturating_sub(window) },
            1 if time > 0 && time.is_multiple_of(window) => Step::Compact,
            _ if kind < 10 => Step::Remove { number: recent },
            _ if kind < 25 => Step::Upsert { number: recent, document },
            _ => {
                self.next += 1;
                Step::Upsert { number: self.next - 1, document }
            }
        }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.random = mixed(self.random.wrapping_add(0x9e37_79b9_7f4a_7c15));
        self.random % below.max(1)
    }
}

/// The finalizer of `SplitMix64`.
pub(crate) fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Returns the elements of a content: two differ from one version of a document to the next, and different documents share none.
fn elements(content: u64) -> Range<u64> {
    let first = content / FAMILY * 1_000 + content % FAMILY * 2;
    first..first + 40
}

/// Returns the contents that share elements with a content, itself included.
pub(crate) fn relatives(content: u64) -> Range<u64> {
    let first = content / FAMILY * FAMILY;
    first..first + FAMILY
}

pub(crate) fn set(content: u64) -> ShingleSet {
    elements(content).collect()
}

/// Counts what two contents share, one element after the other.
pub(crate) fn jaccard(a: u64, b: u64) -> f64 {
    let (a, b) = (elements(a), elements(b));
    let shared = a.clone().filter(|element| b.contains(element)).count();
    shared as f64 / (a.count() + b.count() - shared) as f64
}

pub(crate) fn id(number: u64) -> String {
    format!("document {number}")
}

pub(crate) fn scheme() -> Result<Scheme, Error> {
    Scheme::builder().custom_features("numbers").num_hashes(64).build()
}

/// Plans a banding that misses nothing, and whose filter rejects nothing that is similar.
pub(crate) fn banding() -> Result<Banding, Error> {
    Banding::for_threshold(THRESHOLD).recall(1.0 - 1e-12).num_hashes(64).plan()
}

/// Creates a store for the mix.
pub(crate) fn create(folder: &Path) -> Result<Store, Error> {
    Store::builder().scheme(scheme()?).banding(banding()?).threshold(0.5).create(folder)
}

/// Applies a change to the model.
pub(crate) fn change(model: &mut Model, step: Step) {
    match step {
        Step::Upsert { number, document } => drop(model.insert(number, document)),
        Step::Remove { number } => drop(model.remove(&number)),
        Step::Expire { before } => model.retain(|_, document| document.time >= before),
        Step::Commit | Step::Compact => {}
    }
}

/// Applies a change to the store. The commit has the name of its time.
pub(crate) fn apply(store: &mut Store, step: Step, time: u64) -> Result<(), Error> {
    match step {
        Step::Upsert { number, document } => {
            store.set_time(Some(document.time));
            store.upsert_set(&id(number), set(document.content))
        }
        Step::Remove { number } => store.remove(&id(number)).map(drop),
        Step::Expire { before } => store.expire(before),
        Step::Commit => store.commit_named(&time.to_string()).map(drop),
        Step::Compact => store.compact(),
    }
}

/// Returns what a store is to hold, by the id of each document.
pub(crate) fn by_id(model: &Model) -> BTreeMap<String, Document> {
    model.iter().map(|(number, document)| (id(*number), *document)).collect()
}

/// Returns what a view holds that the model does not, or the other way round, or what is not in the order in which it was added.
pub(crate) fn difference(view: &View, model: &Model) -> Result<Option<String>, Error> {
    let (mut expected, preparer, mut last) = (by_id(model), view.preparer(), 0);
    for found in view.documents() {
        let found = found?;
        let Some(Document { content, time, added }) = expected.remove(&found.id) else {
            return Ok(Some(format!("{} is there", found.id)));
        };
        if found.time != time || found.prepared != preparer.set(set(content)) {
            return Ok(Some(format!("{} is another document", found.id)));
        }
        if added <= last {
            return Ok(Some(format!("{} was added before the one in front of it", found.id)));
        }
        last = added;
    }
    Ok(expected.keys().next().map(|id| format!("{id} is missing")))
}

/// An answer: id, similarity and time.
pub(crate) type Hit = (String, f64, u64);

/// Puts answers into their order: the most similar first, and of equally similar ones the one that was added first.
pub(crate) fn ordered(mut found: Vec<(f64, u64, Document)>) -> Vec<Hit> {
    found.sort_by(|(a, _, one), (b, _, other)| b.total_cmp(a).then(one.added.cmp(&other.added)));
    found.into_iter().map(|(jaccard, number, document)| (id(number), jaccard, document.time)).collect()
}

/// Compares a content with every document, and returns those that are similar to it and whose contents are wanted.
pub(crate) fn brute_force(model: &Model, content: u64, threshold: f64, is_wanted: impl Fn(u64) -> bool) -> Vec<Hit> {
    let compared = model.iter().map(|(number, document)| (jaccard(document.content, content), *number, *document));
    ordered(compared.filter(|(jaccard, _, of)| *jaccard >= threshold && is_wanted(of.content)).collect())
}

/// Asks for the documents that are similar to a content. Returns the answer if it is not the expected one.
pub(crate) fn ask(view: &View, content: u64, threshold: f64, expected: &[Hit]) -> Result<Option<String>, Error> {
    let hits = view.query(&view.preparer().set(set(content)), threshold)?;
    let found: Vec<Hit> = hits.into_iter().map(|hit| (hit.id, hit.jaccard, hit.time)).collect();
    Ok((found != expected).then(|| format!("content {content} from {threshold}: {found:?} instead of {expected:?}")))
}
