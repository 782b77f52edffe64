//! What an index answers.

use crate::minhash::Estimate;

/// Holds a document that a query found.
///
/// Its similarity is an estimate from signatures. Verify it with the sets before anything is removed because of it.
///
/// ```
/// use twinprint::{Banding, LshIndex, Scheme};
///
/// let scheme = Scheme::builder().custom_features("products").build()?;
/// let hasher = scheme.minhasher();
/// let (basket, asked) = ([3, 5, 8, 13, 21, 34], [3, 5, 8, 13, 21, 55]);
/// let mut index = LshIndex::new(&scheme, Banding::for_threshold(0.6).plan()?)?;
/// index.insert("anna", &hasher.signature(&basket))?;
///
/// let hits = index.query(&hasher.signature(&asked), 0.4)?;
/// let hit = hits[0];
/// assert_eq!(*hit.id, "anna");
/// // Five of seven products are the same.
/// assert!((hit.jaccard - 5.0 / 7.0).abs() < 4.0 * hit.estimate.standard_error);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Hit<'a, Id> {
    /// The document's id.
    pub id: &'a Id,
    /// The estimated Jaccard similarity to the signature that was asked for, 0 to 1.
    pub jaccard: f64,
    /// The same estimate with its standard error.
    pub estimate: Estimate,
}

/// Holds two documents that share a band. A candidate is not a duplicate: it needs verification.
///
/// ```
/// use twinprint::{Banding, LshIndex, Scheme};
///
/// let scheme = Scheme::builder().custom_features("numbers").build()?;
/// let signatures = scheme.minhasher().matrix(&[vec![1, 2, 3], vec![7, 8, 9], vec![1, 2, 3]]);
/// let index = LshIndex::from_signatures(Banding::new(16, 8)?, ["a", "b", "c"], signatures)?;
/// let candidate = index.candidate_pairs().next().expect("a and c are copies");
/// assert_eq!((candidate.left, candidate.right, candidate.estimate.jaccard), (&"a", &"c", 1.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Candidate<'a, Id> {
    /// The id that was inserted first.
    pub left: &'a Id,
    /// The id that was inserted later.
    pub right: &'a Id,
    /// The similarity that the two signatures indicate.
    pub estimate: Estimate,
}

/// Tells what an index holds, and how much memory that takes; made by [`LshIndex::stats`](super::LshIndex::stats).
///
/// ```
/// use twinprint::{Banding, LshIndex, Scheme};
///
/// let scheme = Scheme::builder().custom_features("numbers").num_hashes(128).build()?;
/// let hasher = scheme.minhasher();
/// let mut index = LshIndex::new(&scheme, Banding::new(16, 8)?)?;
/// for id in 0..10 {
///     index.insert(id, &hasher.signature(&[1, 2, 3]))?;
/// }
/// index.insert(10, &hasher.empty())?;
/// let stats = index.stats();
/// assert_eq!((stats.documents, stats.empty, stats.buckets, stats.largest_bucket), (11, 1, 16, 10));
/// assert!(stats.signature_bytes >= 11 * 128 * 4);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IndexStats {
    /// The number of documents.
    pub documents: usize,
    /// The number of documents with an empty set, which are never found.
    pub empty: usize,
    /// The number of buckets that hold at least one document, over all bands.
    pub buckets: usize,
    /// The number of documents in the largest bucket. A bucket much larger than the number of versions that a text may
    /// have points to boilerplate, or to a banding with too few rows.
    pub largest_bucket: usize,
    /// The bytes of the signatures.
    pub signature_bytes: usize,
    /// The bytes of tables, buckets and ids. What ids own elsewhere, such as the text of a `String`, is not counted.
    pub index_bytes: usize,
}
