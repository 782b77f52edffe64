//! Inputs that are read again after a join, held against what was joined.

use std::marker::PhantomData;

use super::DiskPairs;
use crate::error::Error;
use crate::join::storage::segments::{DocumentKey, DocumentRecord, Documents};
use crate::join::{Content, Document, Origin};

/// Tells one text from another, by its length and a hash of 64 bits. It notices changes; it is no protection
/// against texts that were made to collide.
///
/// ```
/// use twinprint::result::ContentHash;
///
/// assert_eq!(ContentHash::of_text("to be"), ContentHash::of_text("to be"));
/// assert_ne!(ContentHash::of_text("to be"), ContentHash::of_text("to bee"));
/// assert_eq!(ContentHash::of_features(&[1, 2]), ContentHash::of_features(&[2, 1]));
/// assert_eq!(ContentHash::of_text("to be").bytes(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentHash {
    bytes: u64,
    hash: u64,
}

/// Compares documents that are read again with those that were joined; [`DiskPairs::reread`] makes it and has an
/// example.
#[derive(Debug)]
#[must_use]
pub struct Reread<'a> {
    documents: Documents,
    read: u32,
    found: PhantomData<&'a DiskPairs>,
}

impl ContentHash {
    /// Hashes a text.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self::of_content(&Document::text((), text).content)
    }

    /// Hashes features, whatever their order.
    #[must_use]
    pub fn of_features(features: &[u64]) -> Self {
        Self::of_content(&Document::features((), features).content)
    }

    fn of_content(content: &impl Content) -> Self {
        Self::of_key(&DocumentKey::new(Origin::default(), String::new(), content.view()))
    }

    fn of_key<Id>(key: &DocumentKey<Id>) -> Self {
        Self { bytes: key.bytes, hash: key.hash }
    }

    /// Returns the bytes of the text, or of the features.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl DiskPairs {
    /// Iterates over the hashes of what was pushed, in the order of the documents.
    ///
    /// # Errors
    /// [`Error::File`], in place of a hash, where a file cannot be read.
    pub fn content_hashes(&self) -> impl Iterator<Item = Result<ContentHash, Error>> + '_ {
        let mut documents = self.segments.documents();
        let hash = |document: DocumentRecord<'_>| ContentHash::of_key(&document.key);
        std::iter::from_fn(move || documents.next().map(|next| next.map(hash)).transpose())
    }

    /// Begins a second reading of the documents: each is held against the one that was joined in its place, so that
    /// inputs that changed in the meantime are noticed.
    ///
    /// ```
    /// use twinprint::{Document, Error, Scheme, SimilarityJoin};
    ///
    /// let folder = std::env::temp_dir().join("twinprint-example-reread");
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).build_on_disk(&folder)?;
    /// join.push(Document::text("a", "to be or not to be"))?;
    /// let found = join.finish()?;
    /// let mut again = found.reread();
    /// assert!(matches!(again.check("a", "to be, perhaps"), Err(Error::ChangedSinceJoined { document: 0, .. })));
    ///
    /// let mut again = found.reread();
    /// again.check("a", "to be or not to be")?;
    /// again.finish()?;
    /// # drop(found);
    /// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn reread(&self) -> Reread<'_> {
        Reread { documents: self.segments.documents(), read: 0, found: PhantomData }
    }
}

impl Reread<'_> {
    /// Checks the next document by its id and its text.
    ///
    /// # Errors
    /// [`Error::ChangedSinceJoined`] where either is another, or there were fewer documents; [`Error::File`].
    pub fn check(&mut self, id: impl ToString, text: &str) -> Result<(), Error> {
        self.check_hash(id, ContentHash::of_text(text))
    }

    /// Checks the next document by its id and a hash of what was pushed.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    // By value, as `check`.
    #[allow(clippy::needless_pass_by_value)]
    pub fn check_hash(&mut self, id: impl ToString, hash: ContentHash) -> Result<(), Error> {
        let (joined, read) = (self.documents.next()?.map(|document| document.key), id.to_string());
        match joined {
            Some(joined) if joined.id == read && ContentHash::of_key(&joined) == hash => {
                self.read += 1;
                Ok(())
            }
            joined => {
                let joined = joined.map(|key| key.id.to_string()).unwrap_or_default();
                Err(Error::ChangedSinceJoined { document: self.read, joined, read })
            }
        }
    }

    /// Passes over this many documents, such as those of another corpus that is not read again.
    ///
    /// # Errors
    /// [`Error::ChangedSinceJoined`] if fewer documents are left; [`Error::File`].
    pub fn skip(&mut self, documents: usize) -> Result<(), Error> {
        for _ in 0..documents {
            if self.documents.next()?.is_none() {
                let (joined, read) = (String::new(), String::new());
                return Err(Error::ChangedSinceJoined { document: self.read, joined, read });
            }
            self.read += 1;
        }
        Ok(())
    }

    /// Returns the number of documents checked or passed over so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read as usize
    }

    /// Returns whether no document was checked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read == 0
    }

    /// Ends the reading, after which there must be no further document.
    ///
    /// # Errors
    /// [`Error::ChangedSinceJoined`] where more documents were joined; [`Error::File`].
    pub fn finish(mut self) -> Result<(), Error> {
        match self.documents.next()? {
            None => Ok(()),
            Some(document) => {
                let joined = document.key.id.to_string();
                Err(Error::ChangedSinceJoined { document: self.read, joined, read: String::new() })
            }
        }
    }
}
