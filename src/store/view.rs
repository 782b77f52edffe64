//! Asks a store.

use std::path::Path;
use std::sync::Arc;

use super::folder::{self, log_path, segment_path};
use super::log;
use super::manifest::Manifest;
use super::pending;
use super::prepared::{Prepared, Preparer};
use super::segment::{Data, Segment, named_by_manifest};
use super::state::State;
use crate::error::{Error, FileProblem, similarity};
use crate::index::{Answer, AskedSets, Frozen, Inside, Question, Tools, damaged};
use crate::lsh::Banding;
use crate::scheme::Scheme;
use crate::set::{Overlap, ShingleSet};

/// What a [`Store`](super::Store) held at one moment. It never changes, and costs nothing to clone: threads ask their views while the
/// writer goes on.
#[derive(Clone, Debug)]
pub struct View {
    pub(super) state: Arc<State>,
    pub(super) preparer: Preparer,
    pub(super) threshold: f64,
    pub(super) store_id: Arc<str>,
}

/// Holds a document that a query of a store found.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredHit"))]
#[non_exhaustive]
pub struct StoreHit {
    /// The document's id.
    pub id: String,
    /// The Jaccard similarity, 0 to 1: exact where there is an [`overlap`](Self::overlap), and an estimate otherwise.
    pub jaccard: f64,
    /// What the two sets share. The left one is that of the query. `None` where the sets were not compared.
    pub overlap: Option<Overlap>,
    /// When the document was added, in seconds since 1970.
    pub time: u64,
}

/// The fields of a [`StoreHit`] as they are stored, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct StoredHit {
    id: String,
    jaccard: f64,
    overlap: Option<Overlap>,
    time: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredHit> for StoreHit {
    type Error = Error;

    fn try_from(StoredHit { id, jaccard, overlap, time }: StoredHit) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&jaccard) {
            return Err(Error::OutOfRange { field: "jaccard", value: jaccard.to_string(), expected: "from 0 to 1" });
        }
        Ok(Self { id, jaccard, overlap, time })
    }
}

/// Holds a stored document; see [`View::documents`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StoredDocument {
    /// The document's id.
    pub id: String,
    /// When the document was added, in seconds since 1970.
    pub time: u64,
    /// What is stored of it.
    pub prepared: Prepared,
}

/// How often a reader begins again because the writer replaced files meanwhile.
const TRIES: usize = 100;

impl View {
    /// Opens the store in a folder for reading. It does not wait for a writer, and a writer does not wait for it.
    ///
    /// ```
    /// # let folder = std::env::temp_dir().join(format!("twinprint-view-{}", std::process::id()));
    /// use twinprint::Scheme;
    /// use twinprint::store::{Store, View};
    ///
    /// let mut store = Store::builder().scheme(Scheme::web()).create(&folder)?;
    /// store.insert("a", "one two three four five six")?;
    /// store.commit()?;
    /// assert_eq!(View::open(&folder)?.query_text("one two three four five six", 0.9)?[0].id, "a");
    /// # drop(store);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::File`] names the file that cannot be read or is damaged. [`Error::OutOfRange`] if the scheme is under a secret key: use
    /// [`open_with`](Self::open_with).
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

    fn read(folder: &Path, scheme: Option<&Scheme>) -> Result<Self, Error> {
        let mut manifest = folder::read_manifest(folder)?;
        for _ in 0..TRIES {
            let tools = tools(&manifest, scheme)?;
            match load(folder, &manifest, &tools) {
                Ok((state, _)) => return Self::new(Arc::new(state), &tools, &manifest),
                Err(error) => {
                    // The writer may have replaced the manifest, and then removed what the old one named.
                    let now = folder::read_manifest(folder)?;
                    if now.generation == manifest.generation {
                        return Err(error);
                    }
                    manifest = now;
                }
            }
        }
        Err(Error::File {
            path: folder.into(),
            problem: FileProblem::HeldBy("a process that replaces files all the time".into()),
        })
    }

    pub(super) fn new(state: Arc<State>, tools: &Arc<Tools>, manifest: &Manifest) -> Result<Self, Error> {
        let store_id = manifest.id.to_string().into();
        Ok(Self { state, preparer: Preparer::new(tools)?, threshold: manifest.threshold, store_id })
    }

    /// Returns the scheme of the documents.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        self.state.tools.scheme()
    }

    /// Returns the banding, which decides what is found.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.state.tools.banding()
    }

    /// Returns the threshold that the store was made for.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Returns whether sets are stored, so that answers are exact.
    #[must_use]
    pub fn has_sets(&self) -> bool {
        self.state.has_sets
    }

    /// Returns the random number of the store, which tells it from any other, in 32 hexadecimal digits.
    #[must_use]
    pub fn store_id(&self) -> &str {
        &self.store_id
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state.len()
    }

    /// Returns whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of sorted parts that a query reads.
    #[must_use]
    pub fn segments(&self) -> usize {
        self.state.segments.len()
    }

    /// Returns the bytes of all parts, documents that were removed and not yet merged away included.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.state.segments.iter().map(|segment| segment.frozen().as_bytes().len() as u64).sum()
    }

    /// Returns what turns texts into queries.
    #[must_use]
    pub fn preparer(&self) -> Preparer {
        self.preparer.clone()
    }

    /// Returns whether there is a document with this id.
    ///
    /// # Errors
    /// [`Error::Index`] if a file is damaged.
    pub fn contains(&self, id: &str) -> Result<bool, Error> {
        Ok(self.state.find(id)?.is_some())
    }

    /// Returns whether one of the last 4,096 named commits had this name; see [`Store::commit_named`](super::Store::commit_named).
    #[must_use]
    pub fn has_commit(&self, name: &str) -> bool {
        self.state.names.iter().any(|other| other == name)
    }

    /// Returns the documents whose similarity to a text is at least `threshold`, 0 (exclusive) to 1. The most similar come first, and of
    /// equally similar ones the one that was added first.
    ///
    /// Where sets are stored the similarity is exact. A threshold below the one that the store was made for finds fewer of the documents
    /// near it, because these share a band less often.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the threshold is not within 0 (exclusive) to 1. [`Error::NoTextFeatures`] if the scheme's features are the
    /// caller's own. [`Error::Index`] if a file is damaged.
    pub fn query_text(&self, text: &str, threshold: f64) -> Result<Vec<StoreHit>, Error> {
        self.query(&self.preparer.text(text)?, threshold)
    }

    /// Returns the documents whose similarity to a prepared one is at least `threshold`, in the order of
    /// [`query_text`](Self::query_text).
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the document was prepared by another scheme. Otherwise as [`query_text`](Self::query_text).
    pub fn query(&self, prepared: &Prepared, threshold: f64) -> Result<Vec<StoreHit>, Error> {
        self.ask(prepared, similarity("threshold", threshold)?, usize::MAX)
    }

    /// Returns the `count` most similar of the documents that share a band with a prepared one, in the order of
    /// [`query_text`](Self::query_text).
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the document was prepared by another scheme. [`Error::Index`] if a file is damaged.
    pub fn nearest(&self, prepared: &Prepared, count: usize) -> Result<Vec<StoreHit>, Error> {
        self.ask(prepared, 0.0, count)
    }

    fn ask(&self, prepared: &Prepared, min_jaccard: f64, count: usize) -> Result<Vec<StoreHit>, Error> {
        prepared.check(&self.state.tools)?;
        let set = prepared.set.as_ref().filter(|_| self.state.has_sets).map(ShingleSet::as_slice);
        let question = Question { positions: &prepared.positions, set, min_jaccard };
        let mut found: Vec<(usize, Answer)> = Vec::new();
        let mut answers = Vec::new();
        for (number, segment) in self.state.segments.iter().enumerate() {
            segment.frozen().answer(question, |row| segment.is_live(row), &mut answers)?;
            found.extend(answers.drain(..).map(|answer| (number, answer)));
        }
        // Stable: equally similar documents stay in the order in which they were added.
        found.sort_by(|a, b| b.1.jaccard.total_cmp(&a.1.jaccard));
        found.truncate(count);
        let hit = |(segment, Answer { row, jaccard, overlap }): (usize, Answer)| {
            let frozen = self.state.segments[segment].frozen();
            Ok(StoreHit { id: frozen.id_of(row)?.to_string(), jaccard, overlap, time: frozen.time_of(row)? })
        };
        found.into_iter().map(hit).collect()
    }

    /// Returns for each of some prepared documents the stored ones that contain it, or that are contained in it: at least the share
    /// `min_share`, 0 (exclusive) to 1, of the shingles of one is in the other. The largest share comes first, and of equal ones the
    /// document that was added first. In each hit, the [overlap](StoreHit::overlap) says which is in which.
    ///
    /// Nothing is missed, however short a text is: all stored sets are read, on all cores, once for all documents that are asked for. So
    /// ask for many at a time. A million sets of 300 shingles are 2.4 GB.
    ///
    /// ```
    /// # let folder = std::env::temp_dir().join(format!("twinprint-contained-{}", std::process::id()));
    /// use twinprint::Scheme;
    /// use twinprint::store::Store;
    ///
    /// let teaser = "The ferry to Skelby was cancelled on Monday because of high winds.";
    /// let article = format!("{teaser} The operator brought two hundred passengers to the mainland by bus over the old bridge.");
    /// let mut store = Store::builder().scheme(Scheme::news()).create(&folder)?;
    /// store.insert("article", &article)?;
    /// store.commit()?;
    /// let hits = store.view().query_contained(&[store.preparer().text(teaser)?], 0.9)?;
    /// let overlap = hits[0][0].overlap.expect("sets are compared");
    /// assert_eq!((hits[0][0].id.as_str(), overlap.left_in_right()), ("article", 1.0));
    /// # drop(store);
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the share is out of range, or if the store or a document has a signature only. [`Error::Mismatch`] if a
    /// document was prepared by another scheme. [`Error::Index`] if a file is damaged.
    pub fn query_contained(&self, asked: &[Prepared], min_share: f64) -> Result<Vec<Vec<StoreHit>>, Error> {
        let min_share = similarity("min_share", min_share)?;
        if !self.state.has_sets {
            let expected = "one that was created with sets: a signature does not tell which text is inside another";
            return Err(Error::OutOfRange { field: "store", value: "signatures only".to_string(), expected });
        }
        asked.iter().try_for_each(|prepared| prepared.check(&self.state.tools))?;
        let sets = asked.iter().map(|prepared| prepared.set.as_ref().map(ShingleSet::as_slice));
        let Some(sets) = sets.collect::<Option<Vec<&[u64]>>>() else {
            let expected = "a text or a set: a signature does not tell which text is inside another";
            return Err(Error::OutOfRange { field: "document", value: "a signature".to_string(), expected });
        };
        let sets = AskedSets::new(sets);
        let mut hits: Vec<Vec<StoreHit>> = vec![Vec::new(); asked.len()];
        for segment in &self.state.segments {
            let frozen = segment.frozen();
            for Inside { row, asked, overlap } in sets.find(frozen, min_share, |row| segment.is_live(row))? {
                let (id, time) = (frozen.id_of(row)?.to_string(), frozen.time_of(row)?);
                hits[asked].push(StoreHit { id, jaccard: overlap.jaccard(), overlap: Some(overlap), time });
            }
        }
        let share = |hit: &StoreHit| hit.overlap.map_or(0.0, |overlap| overlap.containment());
        // Stable: of equal shares the document that was added first stays first.
        hits.iter_mut().for_each(|hits| hits.sort_by(|a, b| share(b).total_cmp(&share(a))));
        Ok(hits)
    }

    /// Yields all documents, in the order in which they were added.
    pub fn documents(&self) -> impl Iterator<Item = Result<StoredDocument, Error>> + '_ {
        let rows = self.state.segments.iter().flat_map(|segment| segment.live_rows().map(move |row| (segment, row)));
        rows.map(|(segment, row)| self.read_document(segment, row))
    }

    /// Returns a document that is there.
    pub(super) fn document(&self, segment: usize, row: usize) -> Result<StoredDocument, Error> {
        self.read_document(&self.state.segments[segment], row)
    }

    fn read_document(&self, segment: &Segment, row: usize) -> Result<StoredDocument, Error> {
        let frozen = segment.frozen();
        let mut positions = Vec::new();
        frozen.read_row(row, &mut positions)?;
        let set = if frozen.has_sets() { Some(frozen.set_of(row)?.into()) } else { None };
        let prepared = Prepared { tools: Arc::clone(&self.state.tools), positions, set };
        Ok(StoredDocument { id: frozen.id_of(row)?.to_string(), time: frozen.time_of(row)?, prepared })
    }

    /// Reads everything that the view is made of, and checks it.
    ///
    /// # Errors
    /// [`Error::Index`] with what is damaged.
    pub fn verify(&self) -> Result<(), Error> {
        self.state.segments.iter().try_for_each(|segment| segment.frozen().verify())
    }
}

/// Makes the tools of a store, whose scheme must be the given one, if there is one.
pub(super) fn tools(manifest: &Manifest, scheme: Option<&Scheme>) -> Result<Arc<Tools>, Error> {
    let tools = match scheme {
        Some(scheme) => {
            scheme.check_description(&manifest.scheme)?;
            Tools::new(scheme, manifest.banding)
        }
        None => Tools::new(&Scheme::from_description(&manifest.scheme)?, manifest.banding),
    };
    tools.map(Arc::new)
}

/// The bytes and records of the log that a state was read from.
pub(super) type ReadLog = (Vec<u8>, log::Records);

/// Reads what a manifest names.
pub(super) fn load(folder: &Path, manifest: &Manifest, tools: &Arc<Tools>) -> Result<(State, ReadLog), Error> {
    let (has_sets, names) = (manifest.has_sets, Arc::new(manifest.names.clone()));
    let mut state = State { tools: Arc::clone(tools), has_sets, segments: Vec::new(), names };
    let id = manifest.id.to_bytes();
    let open = |bytes: Data| {
        let frozen = Frozen::open_with_tools(bytes, tools)?;
        if frozen.layout().owner != id || frozen.has_sets() != manifest.has_sets || frozen.has_numbers() {
            return Err(damaged("it is another file"));
        }
        Ok(frozen)
    };
    for listed in &manifest.segments {
        let path = segment_path(folder, listed.number);
        let opened = open(folder::open_segment(&path)?);
        let frozen = opened.map_err(|error| named_by_manifest(error).at(&path))?.in_file(&path);
        if frozen.len() != listed.documents {
            return Err(damaged("it is another file").at(&path));
        }
        let segment = Segment::new(frozen, Some(listed.number));
        state.segments.push(segment.with_removed(&listed.removed).map_err(|error| error.at(&path))?);
    }
    let path = log_path(folder, manifest.log);
    let bytes = folder::read(&path)?;
    let mut replay = || {
        let records = log::records(&bytes, manifest.id, manifest.log)?;
        for content in &records.contents {
            let change = pending::read_change(&bytes[content.clone()], |bytes| Ok(Segment::new(open(bytes)?, None)))?;
            state.apply(change, &mut |_| ())?;
            state.settle()?;
        }
        Ok(records)
    };
    let records = replay().map_err(|error: Error| named_by_manifest(error).at(&path))?;
    Ok((state, (bytes, records)))
}
