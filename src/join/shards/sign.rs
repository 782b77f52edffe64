//! The first stage: documents become segments.

use std::sync::Arc;

use super::done::{self, Done};
use super::{ShardStage, ShardedJoin};
use crate::error::Error;
use crate::join::document::{Content, Document};
use crate::join::external::DiskJoin;
use crate::join::storage::band_keys::SegmentHash;
use crate::join::storage::segments::{DocumentKey, DocumentRecord, Segments};
use crate::join::storage::work_dir::WorkDir;
use crate::mix::mix64;

/// Takes the documents of one shard; [`ShardedJoin::sign`] makes it, and [`ShardedJoin`] has an example.
///
/// One that is dropped before [`finish`](Self::finish) leaves its whole segments behind, and the next one of the same shard
/// recognises their documents.
#[derive(Debug)]
pub struct ShardSigner {
    join: DiskJoin,
    shard: u32,
    owner: u64,
}

impl ShardedJoin {
    /// Returns the number of documents of a shard, by its number from 0, if all of them are signed.
    ///
    /// # Errors
    /// [`Error::File`] names the file that cannot be read.
    pub fn signed(&self, shard: u32) -> Result<Option<u64>, Error> {
        self.check_shard(shard)?;
        let Some(work) = WorkDir::open_to_read(&ShardStage::Sign.folder(&self.folder, shard))? else { return Ok(None) };
        let done = done::read(&work, shard, self.signed_owner(shard))?;
        Ok(done.map(|[documents, ..]| documents))
    }

    /// Begins to sign the documents of a shard, by its number from 0, or resumes that.
    ///
    /// # Errors
    /// [`Error::File`] names a file that could not be written or read, or says that another process is at work on the shard.
    pub fn sign(&self, shard: u32) -> Result<ShardSigner, Error> {
        let join =
            DiskJoin::of_shard(&self.work(ShardStage::Sign, shard)?, self.settings.clone(), self.limits, self.key)?;
        Ok(ShardSigner { join, shard, owner: self.signed_owner(shard) })
    }

    /// Yields the ids of all documents in order, when all shards have signed theirs.
    ///
    /// # Errors
    /// [`Error::ShardsNotDone`] names the shards that are missing; [`Error::File`], in place of an id, where a file cannot be read.
    pub fn ids(&self) -> Result<impl Iterator<Item = Result<String, Error>> + use<>, Error> {
        let signed = self.all_signed()?;
        // Nothing is written, so any folder will do for what is.
        let mut documents =
            signed.first().map(|(work, _)| self.segments(&Arc::clone(work), signed.clone()).documents());
        Ok(std::iter::from_fn(move || {
            documents.as_mut()?.next().map(|next| next.map(|document| document.key.id.to_string())).transpose()
        }))
    }

    fn signed_owner(&self, shard: u32) -> u64 {
        self.owner(ShardStage::Sign, &[u64::from(shard)])
    }

    /// Returns the folders of all shards that signed documents, and what each says of them.
    pub(super) fn all_signed(&self) -> Result<Vec<(Arc<WorkDir>, Done)>, Error> {
        self.all_done(ShardStage::Sign, |shard| self.signed_owner(shard))
    }

    /// Returns the segments of all shards, for a stage that works in this folder.
    pub(super) fn segments(&self, work: &Arc<WorkDir>, signed: Vec<(Arc<WorkDir>, Done)>) -> Segments {
        let folders = signed.into_iter().map(|(work, [_, segments, _])| (work, segments as u32));
        Segments::of_folders(work, folders, self.settings.owner(), self.key)
    }
}

impl ShardSigner {
    /// Adds a document, as [`DiskJoin::push`] does.
    ///
    /// # Errors
    /// As there.
    pub fn push<C: Content>(&mut self, document: Document<impl ToString, C>) -> Result<(), Error> {
        self.join.push(document)
    }

    /// Adds documents.
    ///
    /// # Errors
    /// As [`push`](Self::push); the documents before the one that is refused were added.
    pub fn push_all<C: Content + Sync>(
        &mut self,
        documents: impl IntoIterator<Item = Document<impl ToString, C>>,
    ) -> Result<(), Error> {
        self.join.push_all(documents)
    }

    /// Returns the number of documents that an interrupted process has stored. They are to be pushed first, and are not hashed again.
    #[must_use]
    pub fn stored_len(&self) -> usize {
        self.join.stored_len()
    }

    /// Stores what was pushed, and says that it is all. Returns the number of documents.
    ///
    /// # Errors
    /// As [`DiskJoin::finish`].
    pub fn finish(self) -> Result<u64, Error> {
        let segments = self.join.store()?;
        let done = describe(&segments)?;
        done::write(segments.work(), self.shard, self.owner, done)?;
        Ok(done[0])
    }
}

/// Reads the documents of a shard back, which checks them. The hash tells how they are cut into segments, too: a shard that was resumed
/// may have cut them elsewhere.
fn describe(segments: &Segments) -> Result<Done, Error> {
    let mut hashes = vec![SegmentHash::default(); segments.count() as usize];
    let (mut stored, mut documents, mut content) = (segments.documents(), 0, 0);
    while let Some(DocumentRecord { key: DocumentKey { hash, origin, .. }, set }) = stored.next()? {
        hashes[stored.segment()].add(&set);
        content = mix64(content ^ hash ^ mix64(origin.block));
        content = mix64(content ^ origin.source);
        documents += 1;
    }
    let content = hashes.iter().fold(content, |content, hash| mix64(content ^ hash.to_number()));
    Ok([documents, u64::from(segments.count()), content])
}
