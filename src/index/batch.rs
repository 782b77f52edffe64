//! Documents in memory, before they are frozen.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use super::tools::Tools;
use super::write::{RowSource, WriteError, write};
use super::{DocumentId, Frozen};
use crate::error::{Error, FileProblem, MOST_DOCUMENTS};
use crate::lsh::{Banding, shortened};
use crate::minhash::{Signature, is_empty};
use crate::scheme::Scheme;
use crate::set::ShingleSet;

/// An id that owns its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum OwnedId {
    Number(u64),
    Text(Box<str>),
}

impl OwnedId {
    fn new(id: DocumentId<'_>) -> Self {
        match id {
            DocumentId::Number(number) => Self::Number(number),
            DocumentId::Text(text) => Self::Text(text.into()),
        }
    }

    fn borrowed(&self) -> DocumentId<'_> {
        match self {
            Self::Number(number) => DocumentId::Number(*number),
            Self::Text(text) => DocumentId::Text(text),
        }
    }
}

/// Columns of documents. A document that was removed keeps its place until the batch is written.
#[derive(Debug)]
pub(crate) struct Batch {
    tools: Arc<Tools>,
    has_sets: bool,
    /// Whether ids are numbers, once there is one.
    has_numbers: bool,
    ids: Vec<Option<OwnedId>>,
    rows: HashMap<OwnedId, usize>,
    times: Vec<u64>,
    signatures: Vec<u32>,
    sets: Vec<ShingleSet>,
    bytes: usize,
}

/// What is stored of a document.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) signature: Vec<u32>,
    /// Empty where sets are not stored.
    pub(crate) set: ShingleSet,
    pub(crate) time: u64,
}

impl Batch {
    pub(crate) fn new(tools: Arc<Tools>, has_sets: bool) -> Self {
        Self {
            tools,
            has_sets,
            has_numbers: false,
            ids: Vec::new(),
            rows: HashMap::new(),
            times: Vec::new(),
            signatures: Vec::new(),
            sets: Vec::new(),
            bytes: 0,
        }
    }

    /// Returns the number of documents.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn contains(&self, id: DocumentId<'_>) -> bool {
        self.rows.contains_key(&OwnedId::new(id))
    }

    /// Adds a document behind the others, in place of any of this id. Returns whether there was one.
    pub(crate) fn upsert(&mut self, id: DocumentId<'_>, content: Content) -> Result<bool, Error> {
        if self.ids.len() >= MOST_DOCUMENTS as usize {
            return Err(Error::TooManyDocuments);
        }
        let is_number = matches!(id, DocumentId::Number(_));
        let id = OwnedId::new(id);
        if self.rows.is_empty() {
            self.has_numbers = is_number;
        } else if self.has_numbers != is_number {
            let expected = "a number where others are, and a text where others are";
            return Err(Error::OutOfRange { field: "id", value: shortened(&id.borrowed()), expected });
        }
        let replaced = self.rows.insert(id.clone(), self.ids.len());
        if let Some(row) = replaced {
            self.ids[row] = None;
        }
        // The id is there twice, and the map has room for more.
        self.bytes += 4 * content.signature.len() + 8 * content.set.len() + 2 * id.borrowed().to_string().len() + 128;
        self.ids.push(Some(id));
        self.times.push(content.time);
        self.signatures.extend_from_slice(&content.signature);
        if self.has_sets {
            self.sets.push(content.set);
        }
        Ok(replaced.is_some())
    }

    /// Writes the documents as a frozen index.
    pub(crate) fn write(&self, out: &mut impl Write, owner: [u8; 16]) -> Result<(), WriteError> {
        let rows = (0..self.ids.len()).filter(|&row| self.ids[row].is_some()).collect();
        write(out, self.tools.scheme(), self.tools.banding(), owner, &BatchRows { batch: self, rows })
    }

    /// Returns the documents as a frozen index in memory.
    pub(crate) fn freeze(&self, owner: [u8; 16]) -> Result<Vec<u8>, Error> {
        in_memory(|out| self.write(out, owner))
    }
}

/// What only a store asks of a batch.
#[cfg(feature = "store")]
impl Batch {
    /// Returns about how much memory the documents take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Removes a document. Returns whether it was there.
    pub(crate) fn remove(&mut self, id: DocumentId<'_>) -> bool {
        let row = self.rows.remove(&OwnedId::new(id));
        row.is_some_and(|row| self.ids[row].take().is_some())
    }

    /// Removes the documents of an earlier time, and tells their ids.
    pub(crate) fn expire(&mut self, before: u64, gone: &mut dyn FnMut(DocumentId<'_>)) {
        let old = |row: &usize| self.times[*row] < before;
        let rows: Vec<usize> = self.rows.values().copied().filter(old).collect();
        for row in rows {
            if let Some(id) = self.ids[row].take() {
                self.rows.remove(&id);
                gone(id.borrowed());
            }
        }
    }
}

/// Writes to memory, which does not fail.
pub(crate) fn in_memory(write: impl FnOnce(&mut Vec<u8>) -> Result<(), WriteError>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match write(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(WriteError::Input(error)) => Err(error),
        Err(WriteError::Output(error)) => Err(Error::Index { problem: FileProblem::Io(error.into()) }),
    }
}

/// The documents of a batch that were not removed.
struct BatchRows<'a> {
    batch: &'a Batch,
    rows: Vec<usize>,
}

impl BatchRows<'_> {
    fn signature_of(&self, row: usize) -> &[u32] {
        let width = self.batch.tools.scheme().sketch().num_hashes() as usize;
        &self.batch.signatures[self.rows[row] * width..][..width]
    }
}

impl RowSource for BatchRows<'_> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn has_numbers(&self) -> bool {
        self.batch.has_numbers
    }

    fn has_sets(&self) -> bool {
        self.batch.has_sets
    }

    fn id(&self, row: usize) -> Result<DocumentId<'_>, Error> {
        Ok(self.batch.ids[self.rows[row]].as_ref().map_or(DocumentId::Text(""), OwnedId::borrowed))
    }

    fn time(&self, row: usize) -> Result<u64, Error> {
        Ok(self.batch.times[self.rows[row]])
    }

    fn signature(&self, row: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
        bytes.extend(self.signature_of(row).iter().flat_map(|value| value.to_le_bytes()));
        Ok(())
    }

    fn set_len(&self, row: usize) -> Result<usize, Error> {
        Ok(self.batch.sets[self.rows[row]].len())
    }

    fn set(&self, row: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
        bytes.extend(self.batch.sets[self.rows[row]].iter().flat_map(|hash| hash.to_le_bytes()));
        Ok(())
    }

    fn entries(&self, band: usize) -> Result<Vec<u64>, Error> {
        let signatures = (0..self.rows.len()).map(|row| (row, self.signature_of(row)));
        let filled = signatures.filter(|(_, signature)| !is_empty(signature));
        Ok(filled.map(|(row, signature)| u64::from(self.batch.tools.key(band, signature)) << 32 | row as u64).collect())
    }
}

/// Gathers documents and freezes them: writes the bytes that a [`Frozen`] reads.
///
/// ```
/// use twinprint::index::{Frozen, FrozenBuilder};
/// use twinprint::{Banding, Scheme};
///
/// let scheme = Scheme::news();
/// let shingler = scheme.shingler()?;
/// let mut builder = FrozenBuilder::new(&scheme, Banding::for_threshold(0.5).num_hashes(256).plan()?)?.with_sets();
/// builder.push_set("ferry", shingler.set("The ferry to Skelby was cancelled on Monday because of high winds."))?;
/// builder.push_set("harbour", shingler.set("Councillors voted on Tuesday to close the harbour road."))?;
/// let bytes = builder.finish()?;
///
/// let frozen = Frozen::open(&bytes)?;
/// let hits = frozen.query_set(&shingler.set("The ferry to Skelby was cancelled on Monday because of winds."), 0.5)?;
/// assert_eq!(hits[0].id.to_string(), "ferry");
/// assert!(hits[0].overlap.is_some(), "the sets were compared");
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Debug)]
pub struct FrozenBuilder {
    batch: Batch,
    /// Whether sets were asked for when there were documents without.
    asks_late: bool,
}

impl FrozenBuilder {
    /// Begins an index for signatures of one scheme.
    ///
    /// # Errors
    /// [`Error::BandingTooLarge`] if the scheme's signatures have fewer positions than the banding needs.
    pub fn new(scheme: &Scheme, banding: Banding) -> Result<Self, Error> {
        let tools = Arc::new(Tools::new(scheme, banding)?);
        Ok(Self { batch: Batch::new(tools, false), asks_late: false })
    }

    /// Stores the sets of the documents added from now on, so that answers are exact. Takes eight bytes for each shingle. Call it before
    /// the first document; otherwise [`finish`](Self::finish) fails.
    #[must_use]
    pub fn with_sets(mut self) -> Self {
        self.batch.has_sets |= self.batch.ids.is_empty();
        self.asks_late = !self.batch.has_sets;
        self
    }

    /// Adds a document by its signature.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the signature is of another scheme. [`Error::OutOfRange`] if the index stores sets, or if some ids are
    /// numbers and others texts. [`Error::DuplicateId`], and [`Error::TooManyDocuments`].
    pub fn push<'a>(&mut self, id: impl Into<DocumentId<'a>>, signature: &Signature) -> Result<(), Error> {
        self.batch.tools.scheme().check_same(signature.scheme())?;
        if self.batch.has_sets {
            let expected = "a set, because this index stores sets";
            return Err(Error::OutOfRange { field: "document", value: "a signature".to_string(), expected });
        }
        let content = Content { signature: signature.values().to_vec(), set: ShingleSet::default(), time: 0 };
        self.add(id.into(), content)
    }

    /// Adds a document by its set, from which its signature is made.
    ///
    /// # Errors
    /// As [`push`](Self::push), except that a set suits every index.
    pub fn push_set<'a>(&mut self, id: impl Into<DocumentId<'a>>, set: ShingleSet) -> Result<(), Error> {
        let signature = self.batch.tools.hasher().signature(set.as_slice()).values().to_vec();
        self.add(id.into(), Content { signature, set, time: 0 })
    }

    fn add(&mut self, id: DocumentId<'_>, content: Content) -> Result<(), Error> {
        if self.batch.contains(id) {
            return Err(Error::DuplicateId { id: shortened(&id.to_string()) });
        }
        self.batch.upsert(id, content).map(drop)
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.len()
    }

    /// Returns whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.batch.len() == 0
    }

    /// Returns the frozen index as bytes, of the same content on every machine.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if [`with_sets`](Self::with_sets) was called after the first document.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        self.check()?;
        self.batch.freeze([0; 16])
    }

    fn check(&self) -> Result<(), Error> {
        if self.asks_late {
            let expected = "called before the first document, because the documents before have no sets";
            return Err(Error::OutOfRange { field: "with_sets", value: "a later call".to_string(), expected });
        }
        Ok(())
    }

    /// Writes the frozen index. It is complete when this has returned; buffer and synchronize the output yourself.
    ///
    /// # Errors
    /// Those of the output, and those of [`finish`](Self::finish).
    pub fn write_to(self, mut out: impl Write) -> io::Result<()> {
        self.check().map_err(io::Error::other)?;
        match self.batch.write(&mut out, [0; 16]) {
            Err(WriteError::Output(error)) => Err(error),
            Err(WriteError::Input(error)) => Err(io::Error::other(error)),
            Ok(()) => Ok(()),
        }
    }

    /// Freezes the documents and opens the index.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn build(self) -> Result<Frozen<Vec<u8>>, Error> {
        let tools = Arc::clone(&self.batch.tools);
        Frozen::open_with_tools(self.finish()?, &tools)
    }
}
