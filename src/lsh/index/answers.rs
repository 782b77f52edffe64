//! What an index answers.

use crate::minhash::Estimate;

/// A document that a query found.
///
/// Its similarity is an estimate from signatures. Verify it with the sets before anything is removed because of it.
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

/// Two documents that share a band. A candidate is not a duplicate: it needs verification.
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

/// What an index holds, and how much memory that takes.
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
    /// The number of documents in the largest bucket. A bucket much larger than the number of versions that a text may have
    /// points to boilerplate, or to a banding with too few rows.
    pub largest_bucket: usize,
    /// The bytes of the signatures.
    pub signature_bytes: usize,
    /// The bytes of tables, buckets and ids. What ids own elsewhere, such as the text of a `String`, is not counted.
    pub index_bytes: usize,
}
