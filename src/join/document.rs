//! Documents as callers hand them to a join: an id, a text or features, and where it is from.

use super::origin::Origin;

/// Holds a document as it enters a join: an id, a text or features, and where it is from.
///
/// It can borrow its text, so that nothing is copied before it is hashed. An id of a join in memory is of any type;
/// on disk it is what `to_string` makes of it. Ids may repeat.
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

/// Holds the text of a [`Document`]; made by [`Document::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<T>(T);

/// Holds the features of a [`Document`]: shingle hashes, or `u64` of the caller's own; made by
/// [`Document::features`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features<F>(F);

/// Is what a [`Document`] can hold: a [`Text`] or [`Features`].
///
/// Code that is generic over both takes a `Document<Id, C>` with `C: Content`. Implement it for a type of your own
/// to push it as it is:
///
/// ```
/// use twinprint::join::{Content, View};
///
/// /// A page of a crawl, whose text is what should be compared.
/// struct Page {
///     address: String,
///     text: String,
/// }
///
/// impl Content for Page {
///     fn view(&self) -> View<'_> {
///         View::Text(&self.text)
///     }
/// }
///
/// let page = Page { address: "https://example.org".into(), text: "The ferry was late.".into() };
/// assert!(matches!(page.view(), View::Text("The ferry was late.")));
/// # assert!(!page.address.is_empty());
/// ```
pub trait Content {
    /// Borrows the content.
    fn view(&self) -> View<'_>;
}

/// Borrows the content of a document: a text or features; returned by [`Content::view`], which has an example.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum View<'a> {
    /// A text, which the scheme of the join makes shingles of.
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
    /// Creates a document of a text.
    pub fn text(id: Id, text: T) -> Self {
        Self { id, content: Text(text), origin: Origin::default() }
    }
}

impl<Id, F: AsRef<[u64]>> Document<Id, Features<F>> {
    /// Creates a document of its features: shingle hashes, or `u64` of the caller's own. Order and repetition do not
    /// matter.
    ///
    /// Use it for sets that exist already, for sets without [boilerplate](crate::boilerplate), and for data that is no
    /// text. They must be made by the rules of the join's scheme, which nothing can check.
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let scheme = Scheme::builder().custom_features("product numbers").build()?;
    /// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build()?;
    /// join.push(Document::features("anna", [3, 5, 8]))?;
    /// join.push(Document::features("ben", vec![8, 5, 3, 13]))?;
    /// assert_eq!(join.finish()?.pairs()[0].jaccard(), 0.75);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
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

    /// Sets block and source together, such as those that another document has.
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
