//! What becomes of a document.

/// Says what becomes of a document; [`Splitter`](crate::Splitter) has an example.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// The document is kept as it is.
    Keep,
    /// The document is removed.
    Remove(DuplicateOf),
}

/// The document that a removed document duplicates, and how similar the two are. A removed record gets these as three more fields.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicateOf {
    /// The id of the kept document: the field `duplicate_of`.
    pub id: String,
    /// The Jaccard similarity of the two, 0 to 1.
    pub jaccard: f64,
    /// The share of the removed document's shingles that the kept document has, 0 to 1.
    pub containment: f64,
}
