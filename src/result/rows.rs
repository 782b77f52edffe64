//! The rows of results: pairs, contained pairs, and members of clusters.

#[cfg(feature = "disk")]
use std::sync::Arc;

use super::CHAINED;
use super::same_texts::SameTexts;
#[cfg(feature = "disk")]
use crate::error::Error;
#[cfg(feature = "disk")]
use crate::external::Records;
use crate::join::edge::Edge;
#[cfg(feature = "disk")]
use crate::join::storage::scratch::ScratchDir;
use crate::set::Overlap;

/// Holds a verified pair of documents. `D` names them: a reference to an id in memory, a number on disk.
///
/// ```
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.5).build()?;
/// join.push(Document::text("story", "the ferry to skelby was late"))?;
/// join.push(Document::text("update", "the ferry to skelby was late again on monday"))?;
/// let found = join.finish()?;
/// let pair = found.pairs()[0];
/// assert_eq!((*pair.left, *pair.right, pair.jaccard()), ("story", "update", 6.0 / 9.0));
/// // All of the story is in the update.
/// assert_eq!((pair.overlap.left_in_right(), pair.overlap.right_in_left()), (1.0, 6.0 / 9.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredPair<D>"))]
#[non_exhaustive]
pub struct Pair<D> {
    /// The document that came first.
    pub left: D,
    /// The document that came later.
    pub right: D,
    /// The sizes of their sets and of what they share, from which every measure follows.
    pub overlap: Overlap,
    same_text: bool,
}

/// Holds two documents of which one is inside the other;
/// [`SimilarityJoinBuilder::containment`](crate::SimilarityJoinBuilder::containment) has an example.
///
/// Copies are inside one another and are a pair too: the earlier one is the inner document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ContainedPair<D> {
    /// The document with fewer shingles, of equally many the earlier one.
    pub inner: D,
    /// The document that holds it.
    pub outer: D,
    /// The sizes of their sets and of what they share; left is the inner document.
    pub overlap: Overlap,
}

/// Holds a document of a cluster that is not its representative: one that is removed if duplicates are.
///
/// ```
/// use twinprint::{Clustering, Document, Keep, Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.5).build()?;
/// for (id, text) in [("a", "one two three"), ("b", "one two three"), ("c", "one two three four")] {
///     join.push(Document::text(id, text))?;
/// }
/// let clusters = join.finish()?.clusters(Clustering::Leader, Keep::Longest);
/// // The longest text is kept, and both copies of the shorter one are members.
/// let members: Vec<_> = clusters[0].members().iter().map(|member| (member.document, member.representative)).collect();
/// assert_eq!(members, [("a", "c"), ("b", "c")]);
/// let member = clusters[0].members()[0];
/// assert_eq!((member.jaccard(), member.is_copy()), (Some(0.75), false));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredMember<D>"))]
#[non_exhaustive]
pub struct Member<D> {
    /// The document.
    pub document: D,
    /// The document that represents the cluster: the one that is kept.
    pub representative: D,
    /// What the two have in common, if they are a verified pair or copies; left is the document. In
    /// [components](super::Clustering::Components), `None` says that only a chain of pairs connects them.
    pub overlap: Option<Overlap>,
    same_text: bool,
}

impl<D> Pair<D> {
    /// Returns the exact Jaccard similarity of the two shingle sets, 0 to 1.
    #[must_use]
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }
}

impl<D> Pair<D> {
    /// Returns whether the two are copies: their texts are equal after normalization, runs of white space aside. Of documents that came as
    /// features, whether their sets are equal.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        self.same_text
    }
}

impl<D> Member<D> {
    /// Returns whether it is a copy of the representative, as [`Pair::is_copy`] has it.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        self.same_text
    }

    /// Returns the exact Jaccard similarity to the representative, 0 to 1.
    ///
    /// It is always `Some` in [leader clusters](crate::Clustering::Leader), and at least the threshold of the join. In
    /// connected components it is `None` if the two are linked only through other documents.
    #[must_use]
    pub fn jaccard(&self) -> Option<f64> {
        self.overlap.map(|overlap| overlap.jaccard())
    }

    /// Returns whether the shingle set equals that of the representative. Copies have equal sets; texts with equal sets need not be copies.
    #[must_use]
    pub fn has_equal_set(&self) -> bool {
        self.overlap.is_some_and(|overlap| overlap.shared() == overlap.left().max(overlap.right()))
    }
}

impl Pair<u32> {
    /// Takes an edge; the table knows which documents are copies.
    pub(crate) fn from_edge(edge: Edge, texts: &SameTexts) -> Self {
        let Edge { left, right, overlap } = edge;
        Self { left, right, overlap, same_text: texts.are_copies(&edge) }
    }

    /// Names the documents.
    pub(crate) fn name<D>(self, name: impl Fn(u32) -> D) -> Pair<D> {
        Pair { left: name(self.left), right: name(self.right), overlap: self.overlap, same_text: self.same_text }
    }
}

impl ContainedPair<u32> {
    pub(crate) fn from_edge(Edge { left, right, overlap }: Edge, _: &SameTexts) -> Self {
        Self { inner: left, outer: right, overlap }
    }

    /// Names the documents.
    pub(crate) fn name<D>(self, name: impl Fn(u32) -> D) -> ContainedPair<D> {
        ContainedPair { inner: name(self.inner), outer: name(self.outer), overlap: self.overlap }
    }
}

impl Member<u32> {
    /// Takes an edge from a document to its representative.
    pub(crate) fn from_edge(edge: Edge, texts: &SameTexts) -> Self {
        let Edge { left, right, overlap } = edge;
        let same_text = texts.are_copies(&edge);
        Self { document: left, representative: right, overlap: (overlap != CHAINED).then_some(overlap), same_text }
    }

    /// Takes an edge from a representative to its document.
    pub(crate) fn from_swapped(edge: Edge, texts: &SameTexts) -> Self {
        Self::from_edge(edge.swapped(), texts)
    }

    /// Names the documents.
    pub(crate) fn name<D>(self, name: impl Fn(u32) -> D) -> Member<D> {
        Member {
            document: name(self.document),
            representative: name(self.representative),
            overlap: self.overlap,
            same_text: self.same_text,
        }
    }
}

/// Iterates over rows of a result on disk, in their order. Documents are numbered from 0.
///
/// It reads as it goes, so a result of any size takes little memory. Files that the order needed are removed when
/// the iterator is dropped. After an error, drop it.
///
/// ```
/// use twinprint::{Document, Error, Scheme, SimilarityJoin};
///
/// let folder = std::env::temp_dir().join("twinprint-example-rows");
/// # let _ = std::fs::remove_dir_all(&folder);
/// let scheme = Scheme::builder().words(1).build()?;
/// let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build_on_disk(&folder)?;
/// for (id, text) in ["one two three", "rain", "one two three four", "three two one"].into_iter().enumerate() {
///     join.push(Document::text(id, text))?;
/// }
/// let found = join.finish()?;
/// for pair in found.pairs()? {
///     let pair = pair?;
///     println!("{} {} {:.3}", pair.left, pair.right, pair.jaccard());
/// }
/// let later_first = found.pairs()?.by_right()?.collect::<Result<Vec<_>, Error>>()?;
/// assert_eq!(later_first.iter().map(|pair| (pair.left, pair.right)).collect::<Vec<_>>(), [(2, 0), (3, 0)]);
/// # drop(found);
/// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
/// # Ok::<(), Error>(())
/// ```
#[cfg(feature = "disk")]
pub struct Rows<T> {
    records: Box<dyn Records<3, Error = Error> + Send>,
    row: fn(Edge, &SameTexts) -> T,
    texts: Arc<SameTexts>,
    /// Where the records are read from, removed with this iterator.
    scratch: ScratchDir,
}

#[cfg(feature = "disk")]
impl<T> Rows<T> {
    pub(crate) fn new(
        records: impl Records<3, Error = Error> + Send + 'static,
        row: fn(Edge, &SameTexts) -> T,
        texts: Arc<SameTexts>,
        scratch: ScratchDir,
    ) -> Self {
        Self { records: Box::new(records), row, texts, scratch }
    }

    /// Sorts the rows by their second document.
    pub(crate) fn sorted_by_right(self, row: fn(Edge, &SameTexts) -> T) -> Result<Self, Error> {
        use crate::external::{Sort, Sorters};
        use crate::join::edge::next_edge;

        let Self { mut records, texts, scratch, .. } = self;
        let mut sorter = scratch.sorter::<3>("swapped");
        while let Some(edge) = next_edge(&mut records)? {
            sorter.push(edge.swapped().to_record())?;
        }
        drop(records);
        Ok(Self::new(sorter.finish()?, row, texts, scratch))
    }
}

#[cfg(feature = "disk")]
impl Rows<Pair<u32>> {
    /// Returns the same pairs the other way round: the later document on the left, and ordered by it.
    ///
    /// It answers which earlier documents each document is similar to, as they would be asked for in a stream. The
    /// pairs are sorted once, in the memory limit of the join.
    ///
    /// # Errors
    /// [`Error::File`] if a file cannot be written or read.
    pub fn by_right(self) -> Result<Self, Error> {
        self.sorted_by_right(Pair::from_edge)
    }
}

#[cfg(feature = "disk")]
impl Records<3> for Box<dyn Records<3, Error = Error> + Send> {
    type Error = Error;

    fn next(&mut self) -> Result<Option<[u64; 3]>, Error> {
        (**self).next()
    }
}

#[cfg(feature = "disk")]
impl<T> Iterator for Rows<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.records
            .next()
            .map(|record| record.map(|record| (self.row)(Edge::from_record(record), &self.texts)))
            .transpose()
    }
}

#[cfg(feature = "disk")]
impl<T> std::fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("scratch", &self.scratch).finish_non_exhaustive()
    }
}

/// The fields of a [`Pair`] as they are stored, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct StoredPair<D> {
    left: D,
    right: D,
    overlap: Overlap,
    #[serde(default)]
    same_text: bool,
}

/// The fields of a [`Member`] as they are stored, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct StoredMember<D> {
    document: D,
    representative: D,
    overlap: Option<Overlap>,
    #[serde(default)]
    same_text: bool,
}

#[cfg(feature = "serde")]
impl<D> TryFrom<StoredPair<D>> for Pair<D> {
    type Error = crate::error::Error;

    fn try_from(StoredPair { left, right, overlap, same_text }: StoredPair<D>) -> Result<Self, crate::error::Error> {
        check_copies(same_text, Some(overlap))?;
        Ok(Self { left, right, overlap, same_text })
    }
}

#[cfg(feature = "serde")]
impl<D> TryFrom<StoredMember<D>> for Member<D> {
    type Error = crate::error::Error;

    fn try_from(stored: StoredMember<D>) -> Result<Self, crate::error::Error> {
        let StoredMember { document, representative, overlap, same_text } = stored;
        check_copies(same_text, overlap)?;
        Ok(Self { document, representative, overlap, same_text })
    }
}

/// Fails if what is said to be copies has different sets.
#[cfg(feature = "serde")]
fn check_copies(same_text: bool, overlap: Option<Overlap>) -> Result<(), crate::error::Error> {
    let has_equal_sets = overlap.is_some_and(|both| both.shared() == both.left().max(both.right()));
    if same_text && !has_equal_sets {
        let (value, expected) = ("true".to_string(), "false for documents with different sets");
        return Err(crate::error::Error::OutOfRange { field: "same_text", value, expected });
    }
    Ok(())
}
