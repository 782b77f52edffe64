//! Documents as callers hand them to a join.

use super::origin::Origin;

/// A document as it enters a join: an id, a text or features, and where it is from.
///
/// ```
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::news()).within_blocks(true).build()?;
/// join.push(Document::text(1, "The ferry to Skelby was cancelled on Monday.").block("en").source("wire"))?;
/// join.push(Document::features(2, [17, 4, 99]))?;
/// assert_eq!(join.len(), 2);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document<Id, C> {
    pub(crate) id: Id,
    pub(crate) content: C,
    pub(crate) origin: Origin,
}

/// The text of a [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<T>(T);

/// The features of a [`Document`]: shingle hashes, or `u64` of the caller's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features<F>(F);

/// What a [`Document`] can hold: a [`Text`] or [`Features`].
pub trait Content {
    /// Borrows the content.
    fn view(&self) -> View<'_>;
}

/// A borrowed view of a document's [`Content`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum View<'a> {
    /// A text.
    Text(&'a str),
    /// Features, in any order, with repetitions.
    Features(&'a [u64]),
}

impl<T: AsRef<str>> Content for Text<T> {
    fn view(&self) -> View<'_> {
        View::Text(self.0.as_ref())
    }
}

impl<F: AsRef<[u64]>> Content for Features<F> {
    fn view(&self) -> View<'_> {
        View::Features(self.0.as_ref())
    }
}

impl<Id, T: AsRef<str>> Document<Id, Text<T>> {
    /// Makes a document of a text.
    pub fn text(id: Id, text: T) -> Self {
        Self { id, content: Text(text), origin: Origin::default() }
    }
}

impl<Id, F: AsRef<[u64]>> Document<Id, Features<F>> {
    /// Makes a document of its features: shingle hashes, or `u64` of the caller's own. Order and repetition do not matter.
    pub fn features(id: Id, features: F) -> Self {
        Self { id, content: Features(features), origin: Origin::default() }
    }
}

impl<Id, C> Document<Id, C> {
    /// Puts the document in the block of this name; see [`Origin::block`].
    #[must_use]
    pub fn block(self, name: &str) -> Self {
        let origin = self.origin.block(name);
        self.from(origin)
    }

    /// Assigns the document to the source of this name; see [`Origin::source`].
    #[must_use]
    pub fn source(self, name: &str) -> Self {
        let origin = self.origin.source(name);
        self.from(origin)
    }

    /// Sets block and source together.
    #[must_use]
    pub fn from(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }
}

impl View<'_> {
    /// Returns the bytes of the content.
    pub(crate) fn bytes(self) -> usize {
        match self {
            View::Text(text) => text.len(),
            View::Features(features) => size_of_val(features),
        }
    }
}
