//! Writes to a store.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use super::clusters::LiveClusters;
use super::folder::{Folder, log_path};
use super::log::Log;
use super::manifest::Manifest;
use super::pending::Pending;
use super::prepared::{Prepared, Preparer};
use super::segment::{Data, Segment};
use super::state::{Committed, State};
use super::view::{View, load, tools};
use crate::error::{Error, FileProblem, MOST_DOCUMENTS, similarity};
use crate::index::{Content, Frozen, Tools};
use crate::lsh::{Banding, shortened};
use crate::minhash::Signature;
use crate::scheme::Scheme;
use crate::set::ShingleSet;

/// A durable index in a folder, which this process writes to; see the [module](super).
///
/// Changes are gathered, and [`commit`](Self::commit) makes them count. [`view`](Self::view) asks what was committed.
#[doc(alias = "database")]
#[derive(Debug)]
pub struct Store {
    pub(super) folder: Folder,
    pub(super) manifest: Manifest,
    pub(super) log: Log,
    pub(super) view: View,
    shared: Arc<RwLock<View>>,
    pub(super) pending: Pending,
    pub(super) limits: Limits,
    /// Whether a write failed, so that it is not known what is on the disk.
    pub(super) is_interrupted: bool,
    time: Option<u64>,
    /// The clusters that follow each commit.
    clusters: Vec<LiveClusters>,
}

/// How much is gathered before it is written as a segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Documents in the log. Reading them again must not delay the next start.
    pub(super) log_documents: usize,
    /// Bytes of the log.
    pub(super) log_bytes: u64,
    /// Bytes of a batch.
    pub(super) batch_bytes: usize,
    /// Documents of the store, as many as a frozen index may have: at last they are merged into one.
    pub(super) documents: usize,
}

/// The maximum length of the name of a commit, in bytes.
const MAX_NAME_BYTES: usize = 64;

const LIMITS: Limits =
    Limits { log_documents: 1 << 15, log_bytes: 32 << 20, batch_bytes: 64 << 20, documents: MOST_DOCUMENTS as usize };

/// Hands out views of a store that is written to; made by [`Store::reader`]. Threads keep a clone each, and always get the last commit.
#[derive(Clone, Debug)]
pub struct Reader {
    shared: Arc<RwLock<View>>,
}

impl Reader {
    /// Returns what the store holds now.
    #[must_use]
    pub fn view(&self) -> View {
        // A view is replaced as a whole, so that a panic elsewhere leaves a sound one.
        self.shared.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Store {
    pub(super) fn create(
        path: &Path,
        scheme: &Scheme,
        banding: Banding,
        threshold: f64,
        has_sets: bool,
    ) -> Result<Self, Error> {
        let tools = Arc::new(Tools::new(scheme, banding)?);
        let folder = Folder::create(path)?;
        let number = folder.free_number(1);
        let log = Log::create(&log_path(path, number), folder.id(), number)?;
        folder.sync()?;
        let manifest = Manifest {
            id: folder.id(),
            generation: 1,
            log: number,
            next: number + 1,
            threshold,
            has_sets,
            banding,
            scheme: scheme.description(),
            segments: Vec::new(),
            names: Vec::new(),
        };
        folder.write_manifest(&manifest)?;
        let state = State { tools, has_sets, segments: Vec::new(), names: Arc::default() };
        Self::with_state(folder, manifest, log, state)
    }

    /// Opens the store in a folder for writing. Drops what an interrupted process did not commit.
    ///
    /// # Errors
    /// [`Error::File`] names the file that cannot be read or is damaged; with [`FileProblem::HeldBy`] another process writes to the store.
    /// [`Error::OutOfRange`] if the scheme is under a secret key: use [`open_with`](Self::open_with).
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Self::read(folder.as_ref(), None)
    }

    /// Opens a store that must be of this scheme, which may be under a secret key.
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`Error::Mismatch`] with the field that differs.
    pub fn open_with(folder: impl AsRef<Path>, scheme: &Scheme) -> Result<Self, Error> {
        Self::read(folder.as_ref(), Some(scheme))
    }

    fn read(path: &Path, scheme: Option<&Scheme>) -> Result<Self, Error> {
        let (folder, manifest) = Folder::open(path)?;
        let tools = tools(&manifest, scheme)?;
        let (state, (bytes, records)) = load(path, &manifest, &tools)?;
        // Only when all has been read, so that a damaged store stays as it is.
        folder.remove_left_over(&manifest)?;
        let log = Log::resume(&log_path(path, manifest.log), &bytes, &records)?;
        Self::with_state(folder, manifest, log, state)
    }

    fn with_state(folder: Folder, manifest: Manifest, log: Log, state: State) -> Result<Self, Error> {
        let tools = Arc::clone(&state.tools);
        let view = View::new(Arc::new(state), &tools, &manifest)?;
        let pending = Pending::new(&tools, manifest.has_sets);
        let shared = Arc::new(RwLock::new(view.clone()));
        Ok(Self {
            folder,
            manifest,
            log,
            view,
            shared,
            pending,
            limits: LIMITS,
            is_interrupted: false,
            time: None,
            clusters: Vec::new(),
        })
    }

    /// Returns the folder of the store.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns what was committed.
    #[must_use]
    pub fn view(&self) -> View {
        self.view.clone()
    }

    /// Returns a source of views for other threads.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader { shared: Arc::clone(&self.shared) }
    }

    /// Returns the clusters of the documents that were committed, which follow every commit from now on, as long as somebody has them.
    /// Documents are linked from this similarity up, 0 (exclusive) to 1. Costs a query for each document.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the threshold is not within 0 (exclusive) to 1. [`Error::Index`] if a file is damaged.
    pub fn live_clusters(&mut self, threshold: f64) -> Result<LiveClusters, Error> {
        let threshold = similarity("threshold", threshold)?;
        self.clusters.retain(LiveClusters::is_watched);
        if let Some(clusters) = self.clusters.iter().find(|clusters| clusters.threshold() == threshold) {
            return Ok(clusters.clone());
        }
        let clusters = LiveClusters::new(&self.view, threshold)?;
        self.clusters.push(clusters.clone());
        Ok(clusters)
    }

    /// Lets the clusters follow a commit, of which the last segments of this state are what it added. If that
    /// fails, the clusters are no longer updated.
    fn follow(&mut self, applied: State, gone: &[String], added: usize) -> Result<(), Error> {
        let view = View { state: Arc::new(applied), ..self.view.clone() };
        let mut clusters = std::mem::take(&mut self.clusters);
        clusters.retain(LiveClusters::is_watched);
        clusters.iter().try_for_each(|clusters| clusters.follow(&view, gone, added))?;
        self.clusters = clusters;
        Ok(())
    }

    /// Returns what turns texts and sets into documents, on any thread.
    #[must_use]
    pub fn preparer(&self) -> Preparer {
        self.view.preparer()
    }

    /// Sets the time of the documents added from now on, in seconds since 1970. `None`, the default, is the time of the clock.
    pub fn set_time(&mut self, time: Option<u64>) {
        self.time = time;
    }

    /// Adds a text under a new id.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] if the id is there, and those of [`upsert`](Self::upsert). Nothing is changed then.
    pub fn insert(&mut self, id: &str, text: &str) -> Result<(), Error> {
        if self.contains(id)? {
            return Err(Error::DuplicateId { id: shortened(&id) });
        }
        self.upsert(id, text)
    }

    /// Adds a text, in place of any that has the id. A replaced document counts as added last.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] if the scheme's features are the caller's own. [`Error::TooManyDocuments`], and [`Error::File`] if a file
    /// cannot be written.
    pub fn upsert(&mut self, id: &str, text: &str) -> Result<(), Error> {
        let prepared = self.view.preparer.text(text)?;
        self.upsert_prepared(id, prepared)
    }

    /// Adds a set of features, in place of any document that has the id.
    ///
    /// # Errors
    /// As [`upsert`](Self::upsert).
    pub fn upsert_set(&mut self, id: &str, set: ShingleSet) -> Result<(), Error> {
        let prepared = self.view.preparer.set(set);
        self.upsert_prepared(id, prepared)
    }

    /// Adds a signature, in place of any document that has the id, to a store without sets.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if it is of another scheme. [`Error::OutOfRange`] if the store has sets. Otherwise as [`upsert`](Self::upsert).
    pub fn upsert_signature(&mut self, id: &str, signature: &Signature) -> Result<(), Error> {
        let prepared = self.view.preparer.signature(signature)?;
        self.upsert_prepared(id, prepared)
    }

    /// Adds a prepared document, in place of any that has the id.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if it was prepared by another scheme. [`Error::OutOfRange`] if the store has sets and the document has none.
    /// Otherwise as [`upsert`](Self::upsert).
    pub fn upsert_prepared(&mut self, id: &str, prepared: Prepared) -> Result<(), Error> {
        let time = self.time.unwrap_or_else(now);
        self.add(id, prepared, time)
    }

    fn add(&mut self, id: &str, prepared: Prepared, time: u64) -> Result<(), Error> {
        self.check_sound()?;
        prepared.check(&self.view.state.tools)?;
        let Prepared { positions, set, .. } = prepared;
        if self.manifest.has_sets && set.is_none() {
            let expected = "a set of the scheme of the store, because the store keeps sets";
            return Err(Error::OutOfRange { field: "document", value: "a signature".to_string(), expected });
        }
        let set = set.filter(|_| self.manifest.has_sets).unwrap_or_default();
        self.pending.upsert(id, Content { signature: positions, set, time })?;
        if self.pending.batch().bytes() > self.limits.batch_bytes { self.spill() } else { Ok(()) }
    }

    /// Returns whether there will be a document of this id after the next commit.
    ///
    /// # Errors
    /// [`Error::Index`] if a file is damaged.
    pub fn contains(&self, id: &str) -> Result<bool, Error> {
        Ok(self.pending.contains(id)? || self.has_committed(id)?)
    }

    /// Whether a document was committed that the next commit leaves.
    fn has_committed(&self, id: &str) -> Result<bool, Error> {
        let Some((segment, row)) = self.view.state.find(id)? else { return Ok(false) };
        let time = self.view.state.segments[segment].frozen().time_of(row)?;
        Ok(!self.pending.removes(id, time))
    }

    /// Removes a document. Returns whether it was there.
    ///
    /// # Errors
    /// [`Error::Index`] if a file is damaged.
    pub fn remove(&mut self, id: &str) -> Result<bool, Error> {
        self.check_sound()?;
        let is_committed = self.has_committed(id)?;
        let was_added = self.pending.remove_added(id)?;
        if is_committed {
            self.pending.remove_committed(id);
        }
        Ok(was_added || is_committed)
    }

    /// Removes the documents that were added before a time, in seconds since 1970: of a window of thirty days, those that left it. The
    /// commit says how many there were.
    ///
    /// # Errors
    /// [`Error::Index`] if a file is damaged.
    pub fn expire(&mut self, before: u64) -> Result<(), Error> {
        self.check_sound()?;
        self.pending.expire(before)
    }

    /// Drops all changes since the last commit.
    pub fn rollback(&mut self) {
        self.drop_spilled();
        self.drop_pending();
    }

    /// Removes files that hold what is not to be committed. Whatever stays is removed when the store is opened again.
    fn drop_spilled(&self) {
        // A manifest that could not be made durable may name them all the same.
        if self.is_interrupted {
            return;
        }
        let spilled: Vec<u64> = self.pending.spilled().iter().filter_map(Segment::number).collect();
        self.remove_segments(&spilled);
    }

    /// Makes all changes since the last commit durable and visible, or none of them.
    ///
    /// # Errors
    /// [`Error::File`] names the file that could not be written. The changes do not count then, and are kept for another attempt. Only if
    /// it is not known whether they are on the disk, the store refuses to go on ([`FileProblem::Interrupted`]), and opening it again shows
    /// either all of them or none. [`Error::TooManyDocuments`] if the store would have more than 2^31: remove some, and commit again.
    /// [`Error::Index`] if [clusters](Self::live_clusters) cannot follow because a file is damaged: the changes count, and these clusters
    /// follow no more.
    pub fn commit(&mut self) -> Result<Committed, Error> {
        if self.pending.is_empty() {
            return self.check_sound().map(|()| Committed::default());
        }
        self.commit_as("")
    }

    /// Commits under a name, 1 to 64 bytes long, by which the commit is known again: [`View::has_commit`] says whether it was made. So a
    /// job that was interrupted knows whether its documents are in the store, and need not add them twice. There is a commit even if
    /// nothing has changed. The last 4,096 names are remembered.
    ///
    /// ```
    /// # let folder = std::env::temp_dir().join(format!("twinprint-commit-named-{}", std::process::id()));
    /// use twinprint::Scheme;
    /// use twinprint::store::Store;
    ///
    /// let mut store = Store::builder().scheme(Scheme::web()).create(&folder)?;
    /// if !store.view().has_commit("crawl of 27 November") {
    ///     store.upsert("a", "one two three four five six")?;
    ///     store.commit_named("crawl of 27 November")?;
    /// }
    /// drop(store);
    /// assert!(Store::open(&folder)?.view().has_commit("crawl of 27 November"));
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the name is empty or longer. Otherwise as [`commit`](Self::commit).
    pub fn commit_named(&mut self, name: &str) -> Result<Committed, Error> {
        if !(1..=MAX_NAME_BYTES).contains(&name.len()) {
            return Err(Error::OutOfRange { field: "name", value: shortened(&name), expected: "1 to 64 bytes long" });
        }
        self.commit_as(name)
    }

    fn commit_as(&mut self, name: &str) -> Result<Committed, Error> {
        self.check_sound()?;
        let is_large =
            !self.pending.spilled().is_empty() || self.pending.batch().bytes() as u64 > self.limits.log_bytes;
        if is_large {
            self.spill()?;
        } else {
            // What failed after an earlier commit is told now, while this one does not count yet.
            self.flush_if_due()?;
        }
        let mut next = State::clone(&self.view.state);
        let (mut gone, is_followed) = (Vec::new(), self.clusters.iter().any(LiveClusters::is_watched));
        let mut tell = |id: &str| {
            if is_followed {
                gone.push(id.to_string());
            }
        };
        if is_large {
            let change = self.pending.change(name, self.pending.spilled().to_vec());
            let added = change.added.iter().filter(|segment| segment.live() > 0).count();
            let committed = next.apply(change, &mut tell)?;
            self.check_room(&next)?;
            let applied = is_followed.then(|| next.clone());
            self.checkpoint(next, 1)?;
            self.drop_pending();
            applied.map_or(Ok(()), |applied| self.follow(applied, &gone, added))?;
            return Ok(committed);
        }
        let bytes = if self.pending.batch().len() == 0 {
            Vec::new()
        } else {
            self.pending.batch().freeze(self.manifest.id.to_bytes())?
        };
        let record = self.pending.record(name, &bytes);
        let added = if bytes.is_empty() {
            Vec::new()
        } else {
            vec![Frozen::open_with_tools(Data::Memory(bytes), &next.tools)?]
        };
        let added: Vec<Segment> = added.into_iter().map(|frozen| Segment::new(frozen, None)).collect();
        let added_segments = added.len();
        let committed = next.apply(self.pending.change(name, added), &mut tell)?;
        self.check_room(&next)?;
        let applied = is_followed.then(|| next.clone());
        next.settle()?;
        self.is_interrupted = true;
        self.log.append(&record)?;
        self.is_interrupted = false;
        self.publish(next);
        self.drop_pending();
        applied.map_or(Ok(()), |applied| self.follow(applied, &gone, added_segments))?;
        // The commit counts, so it does not fail. The next one tries again, and tells what failed.
        let _ = self.flush_if_due();
        Ok(committed)
    }

    fn drop_pending(&mut self) {
        self.pending = Pending::new(&self.view.state.tools, self.manifest.has_sets);
    }

    pub(super) fn publish(&mut self, state: State) {
        self.view.state = Arc::new(state);
        let mut shared = self.shared.write().unwrap_or_else(PoisonError::into_inner);
        let replaced = std::mem::replace(&mut *shared, self.view.clone());
        // Readers need not wait until the files of the replaced view are closed.
        drop(shared);
        drop(replaced);
    }

    /// Merges all documents into one segment, and gives the space of removed ones back. Commits pending changes first.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn compact(&mut self) -> Result<(), Error> {
        self.commit()?;
        self.checkpoint(State::clone(&self.view.state), usize::MAX)
    }

    /// Adds all documents of another store, in place of any that have their ids. They keep their times. Call [`commit`](Self::commit)
    /// afterwards.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if its scheme is another. [`Error::OutOfRange`] if this store has sets and the other has none. Otherwise as
    /// [`upsert`](Self::upsert).
    pub fn merge(&mut self, other: &View) -> Result<(), Error> {
        self.view.scheme().check_same(other.scheme())?;
        for document in other.documents() {
            let document = document?;
            self.add(&document.id, document.prepared, document.time)?;
        }
        Ok(())
    }

    /// Refuses a state of more documents than can be merged.
    fn check_room(&self, next: &State) -> Result<(), Error> {
        if next.len() > self.limits.documents { Err(Error::TooManyDocuments) } else { Ok(()) }
    }

    fn check_sound(&self) -> Result<(), Error> {
        if self.is_interrupted {
            return Err(Error::File { path: self.folder.path().into(), problem: FileProblem::Interrupted });
        }
        Ok(())
    }

    /// Writes the batch as a segment that does not count until the next commit.
    fn spill(&mut self) -> Result<(), Error> {
        if self.pending.batch().len() == 0 {
            return Ok(());
        }
        let (batch, owner) = (self.pending.batch(), self.manifest.id.to_bytes());
        let tools = Arc::clone(&self.view.state.tools);
        let segment = self.folder.write_segment(self.manifest.next, &tools, |out| batch.write(out, owner))?;
        self.manifest.next = segment.number().unwrap_or(self.manifest.next) + 1;
        self.pending.spill(segment);
        Ok(())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.drop_spilled();
    }
}

/// Returns the time of the clock.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
