//! The join of a corpus that is larger than memory: the same pairs, by way of files.
//!
//! Documents are hashed as they come, and their sets and band [keys] kept in [segments]. When all are there, equal sets become
//! [groups], the keys of their first documents give [candidates], band by band, and these are [verified](verify) in a pass over the
//! stored sets.

mod candidates;
mod clusters;
mod components;
mod contained;
mod edges;
mod expand;
mod families;
mod followers;
mod frames;
mod groups;
mod ids;
mod inspect;
mod judge;
mod keys;
mod numbered;
mod outcome;
mod pairs;
mod segments;
mod sort;
mod sorter;
mod store;
mod verified;
mod verify;
mod visit;
mod work;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

pub use components::{ComponentMember, ComponentMembers};
pub use ids::IdLookup;
pub use inspect::StoredFile;
pub use numbered::{
    ContainedDocument, ContainedDocuments, Dropped, DroppedDocuments, DroppedOfClusters, NumberedPair, NumberedPairs,
};
pub use pairs::DiskPairs;

use super::contained::Containment;
use super::pairing::{Origin, Pairing};
use super::pending::Pending;
use super::progress::{Progress, Watch};
use crate::error::{Error, MOST_DOCUMENTS};
use crate::lsh::Banding;
use crate::minhash::MinHasher;
use crate::text::Shingler;
use crate::verify::{Cascade, Criterion};
use candidates::{Candidates, Finder, Parameters};
use contained::Samples;
use keys::KeyMaker;
use outcome::{CONTAINED, EDGES, Outcome, Place};
use segments::{Documents, Label, Segments};
use store::{Limits, Store};
use verified::Verified;
use verify::Verifier;
use work::{Lock, Work};

/// What a join in a folder is made of.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) shingler: Option<Shingler>,
    pub(super) hasher: MinHasher,
    pub(super) banding: Banding,
    pub(super) threshold: f64,
    pub(super) bucket_limit: usize,
    pub(super) containment: Option<Containment>,
    pub(super) pairing: Pairing,
    pub(super) memory: u64,
    /// Bytes of signatures and sets that are stored as one piece.
    pub(super) piece: u64,
}

/// The usual size of a piece: a few seconds of work, which is what an interruption can cost.
pub(super) const PIECE: u64 = 256 << 20;

/// A [`SimilarityJoin`](crate::SimilarityJoin) of a corpus that need not fit in memory. It keeps signatures and sets in a
/// folder, and finds the same pairs within a limit of memory.
///
/// What is pushed is stored in pieces of a few hundred megabytes, each complete or not there at all. A join that
/// was interrupted is [built](crate::SimilarityJoinBuilder::build_in) in the same folder again and the same documents are pushed:
/// those already stored are recognised, at the speed of reading, and not hashed again. Every byte that is read
/// back is checked. Work is done on rayon's current pool; besides, one thread writes what is pushed, and another waits for the
/// disk when a piece is full.
///
/// A folder holds about eight bytes a distinct shingle of each document, four bytes a band of its signature and its
/// id; while the join finishes, the sets that have candidates once or twice more.
///
/// ```
/// use twinprint::{Scheme, SimilarityJoin};
///
/// let folder = std::env::temp_dir().join("twinprint-example");
/// # let _ = std::fs::remove_dir_all(&folder);
/// let scheme = Scheme::builder().words(1).build()?;
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.6).memory_limit(1 << 30).build_in(&folder)?;
/// join.push("a", "the council voted for the harbour plan on monday")?;
/// join.push("b", "the council voted for the harbour plan late on monday")?;
/// join.push("c", "no rain is expected before the weekend")?;
/// let mut found = join.finish()?;
/// let pairs = found.pairs()?.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(pairs.len(), 1);
/// assert_eq!((pairs[0].left, pairs[0].right, pairs[0].jaccard()), (0, 1, 8.0 / 9.0));
/// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Debug)]
pub struct DiskJoin {
    folder: PathBuf,
    settings: Settings,
    segments: Segments,
    store: Store,
    /// Documents that an earlier run stored, and those of them that have not been pushed again yet.
    stored: u32,
    expected: Documents,
    documents: u32,
    labels: Vec<Label>,
    pending: Pending,
    lock: Arc<Lock>,
}

/// Bytes that documents take while they are read and hashed.
const READING: u64 = 48 << 20;

impl DiskJoin {
    pub(super) fn open(folder: &Path, settings: Settings) -> Result<Self, Error> {
        let lock = Lock::take(folder)?;
        Work::clear(folder)?;
        let owner = xxh3_64(settings.hasher.scheme().id().to_string().as_bytes());
        let keys = KeyMaker::new(&settings.hasher, settings.banding, owner);
        // Keys of the piece that is being written are held, and of the one that is being synchronised.
        let most_keys = (settings.memory / 16).clamp(1 << 18, READING / 4) as usize;
        // Of the shingles of what waits there are three copies: as they come, sorted, and on their way to the disk.
        let waiting = (settings.memory / 128).max(1 << 14) as usize;
        let limits = Limits { sets: settings.piece, keys: most_keys };
        let segments = Segments::open(folder, owner, keys)?;
        let store = Store::new(segments.place(), segments.keys(), limits);
        let mut stored = 0;
        let mut documents = segments.documents();
        while documents.next()?.is_some() {
            stored += 1;
        }
        let (folder, expected) = (folder.into(), segments.documents());
        let (labels, pending) = (Vec::new(), Pending::of(waiting));
        Ok(Self { folder, settings, segments, store, stored, expected, documents: 0, labels, pending, lock })
    }

    /// How signatures are cut.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.settings.banding
    }

    /// Documents pushed so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents as usize
    }

    /// Whether none was pushed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents == 0
    }

    /// Documents that an earlier run has stored in the folder. They are to be pushed first, and are not hashed again.
    #[must_use]
    pub fn stored(&self) -> usize {
        self.stored as usize
    }

    /// Adds texts, in batches of any size. Ids may repeat.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] where the scheme's features are the caller's own; [`Error::TooManyDocuments`];
    /// [`Error::ChangedInput`] where an earlier run stored another document in this place; [`Error::File`] names the file that could
    /// not be written or read.
    pub fn extend<I: AsRef<str>, T: AsRef<str>>(
        &mut self,
        documents: impl IntoIterator<Item = (I, T)>,
    ) -> Result<(), Error> {
        self.extend_from(documents.into_iter().map(|(id, text)| (Origin::default(), id, text)))
    }

    /// As [`extend`](Self::extend), and says where each text is from.
    ///
    /// # Errors
    /// As [`extend`](Self::extend).
    pub fn extend_from<I: AsRef<str>, T: AsRef<str>>(
        &mut self,
        documents: impl IntoIterator<Item = (Origin, I, T)>,
    ) -> Result<(), Error> {
        if self.settings.shingler.is_none() {
            self.settings.hasher.scheme().shingler()?;
        }
        for (origin, id, text) in documents {
            let label = Label::new(origin, id.as_ref(), text.as_ref().as_bytes());
            if self.documents < self.stored {
                self.recognise(label)?;
            } else {
                self.push_new(label, |pending| pending.push_text(text.as_ref()))?;
            }
        }
        Ok(())
    }

    /// Adds a text.
    ///
    /// # Errors
    /// As [`extend`](Self::extend).
    pub fn push(&mut self, id: impl AsRef<str>, text: impl AsRef<str>) -> Result<(), Error> {
        self.extend([(id, text)])
    }

    /// Adds a document by its features: shingle hashes, or `u64` of the caller's own. Order and repetition do not matter for what is
    /// found. What it is recognised by are its features and how often it has each; a text is never taken for features.
    ///
    /// # Errors
    /// As [`extend`](Self::extend), but for [`Error::NoTextFeatures`].
    pub fn push_features(&mut self, id: impl AsRef<str>, features: impl AsRef<[u64]>) -> Result<(), Error> {
        self.push_features_from(Origin::default(), id, features)
    }

    /// As [`push_features`](Self::push_features), and says where the document is from.
    ///
    /// # Errors
    /// As [`push_features`](Self::push_features).
    pub fn push_features_from(
        &mut self,
        origin: Origin,
        id: impl AsRef<str>,
        features: impl AsRef<[u64]>,
    ) -> Result<(), Error> {
        let features = features.as_ref();
        let label = Label::of_features(origin, id.as_ref(), features);
        if self.documents < self.stored {
            return self.recognise(label);
        }
        self.push_new(label, |pending| pending.push_features(features))
    }

    /// Takes all [stored](Self::stored) documents as pushed, without reading their texts again: to join them at another threshold or
    /// with another banding.
    ///
    /// # Errors
    /// [`Error::File`] names the file that cannot be read.
    pub fn push_stored(&mut self) -> Result<(), Error> {
        while self.documents < self.stored {
            let origin = self.expected.next()?.map(|document| document.label.origin).unwrap_or_default();
            self.count(origin);
        }
        Ok(())
    }

    /// Compares a document with the one stored in its place.
    fn recognise(&mut self, pushed: Label) -> Result<(), Error> {
        let label = self.expected.next()?.map(|document| document.label);
        if label.as_ref() != Some(&pushed) {
            let stored = label.map(|label| label.id).unwrap_or_default();
            return Err(Error::ChangedInput { document: self.documents, stored, pushed: pushed.id });
        }
        self.count(pushed.origin);
        Ok(())
    }

    fn count(&mut self, origin: Origin) {
        self.settings.pairing.push(origin);
        self.documents += 1;
    }

    fn push_new(&mut self, label: Label, push: impl FnOnce(&mut Pending)) -> Result<(), Error> {
        if self.documents >= MOST_DOCUMENTS {
            return Err(Error::TooManyDocuments);
        }
        self.count(label.origin);
        self.labels.push(label);
        push(&mut self.pending);
        if self.pending.is_full() { self.store_pending() } else { Ok(()) }
    }

    /// Hashes what waits, in parallel, and stores it in order.
    fn store_pending(&mut self) -> Result<(), Error> {
        let mut blocks = self.pending.hash(&self.settings.hasher, self.settings.shingler.as_ref());
        self.pending.clear();
        let labels = std::mem::take(&mut self.labels);
        if !labels.is_empty() {
            self.store.add(labels, &mut blocks)?;
        }
        self.pending.reuse(blocks);
        Ok(())
    }

    /// All pairs that reach the threshold, verified.
    ///
    /// # Errors
    /// [`Error::ChangedInput`] where fewer documents were pushed than an earlier run had stored; [`Error::File`] names the file that
    /// could not be written or read.
    pub fn finish(self) -> Result<DiskPairs, Error> {
        self.finish_with(|_| ControlFlow::Continue(()))
    }

    /// As [`finish`](Self::finish), and tells how far it has come, now and then, from this thread. Where the answer is to break, the
    /// join ends; it can be gone on from in the same folder.
    ///
    /// # Errors
    /// As [`finish`](Self::finish); [`Error::Cancelled`].
    pub fn finish_with(mut self, mut progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<DiskPairs, Error> {
        if self.documents < self.stored {
            let stored = self.expected.next()?.map(|document| document.label.id).unwrap_or_default();
            return Err(Error::ChangedInput { document: self.documents, stored, pushed: String::new() });
        }
        self.store_pending()?;
        self.segments.set_pieces(self.store.close()?);
        let work = Work::begin(&self.folder, &self.lock, self.share())?;
        let outcome = self.join(&work, &mut Watch::new(&mut progress))?;
        work.end()?;
        // Pairs are worked out with two sorters at once, and written with a look-up of ids.
        let memory = self.share() / 2;
        Ok(DiskPairs::new(self.segments, outcome, memory, self.lock))
    }

    /// The largest of what is held at once. Most is held where candidates are found (one of these, and as much in smaller
    /// sorters), and where they are verified (a chunk of sets, and half of that in guests and edges).
    /// What reading and hashing took is left out, for allocators seldom give it back.
    fn share(&self) -> usize {
        let memory = self.settings.memory;
        usize::try_from((memory - READING.min(memory / 2)) / 4).unwrap_or(usize::MAX)
    }

    /// Finds the pairs and writes the outcome, unless an earlier run has done so.
    fn join(&self, work: &Work, watch: &mut Watch<'_>) -> Result<Outcome, Error> {
        let Settings { hasher, banding, threshold, bucket_limit: limit, pairing, .. } = &self.settings;
        let (width, seed) = (hasher.num_hashes(), hasher.scheme().sketch().seed());
        let (folder, segments) = (&*self.folder, &self.segments);
        let parameters = Parameters { banding: *banding, seed, width, limit: *limit };
        let groups = groups::find(segments, pairing, work, watch)?;
        let finder = Finder { segments, groups: &groups, pairing, parameters, work };
        let samples = self.settings.containment.map(|containment| {
            let samples = Samples { segments, groups: &groups, pairing, containment, work };
            (samples.file(folder), samples)
        });
        let candidates = finder.file(folder);
        let rule = Criterion::Similar(Cascade::new(*threshold, banding.min_agreeing(width, *threshold)));
        let place = Place::of(folder, (&candidates, rule), samples.as_ref().map(|(candidates, _)| candidates));
        if let Some(outcome) = place.outcome() {
            Verified::remove_all(folder)?;
            return Ok(outcome);
        }
        let verify = |rule, candidates: &Candidates, watch: &mut Watch<'_>| {
            Verifier { folder, segments, groups: &groups, rule, work }.edges(candidates, watch)
        };
        finder.find(&candidates, watch)?;
        let (edges, mut stats) = verify(rule, &candidates, watch)?;
        stats.verified = place.write_edges(EDGES, Some(edges))?;
        let contained = match &samples {
            Some((candidates, samples)) => {
                samples.find(candidates, watch)?;
                let (edges, of_samples) = verify(samples.containment.rule(), candidates, watch)?;
                stats.contained_candidates = of_samples.candidates;
                Some(edges)
            }
            None => None,
        };
        stats.contained = place.write_edges(CONTAINED, contained)?;
        let outcome = place.write(groups, stats)?;
        Verified::remove_all(folder)?;
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests;
