//! What becomes of a document.

/// Says what becomes of a document; [`Splitter`](crate::Splitter) has an example.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// The document is kept as it is.
    Keep,
    /// The document is removed.
    Remove(DuplicateOf),
    /// The document is removed because it is blank. In removed JSON lines the fields of a [`DuplicateOf`] are null, and `reason` is `blank`;
    /// in tables its columns are empty and zero.
    RemoveBlank,
}

/// The document that a removed document duplicates, and how similar the two are. A removed record gets these as three more fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DuplicateOf {
    /// The id of the kept document: the field `duplicate_of`.
    pub id: String,
    /// The Jaccard similarity of the two, 0 to 1.
    pub jaccard: f64,
    /// The share of the removed document's shingles that the kept document has, 0 to 1.
    pub containment: f64,
    /// The passage that the two share, where one is inside the other and it was looked up.
    pub passage: Option<SharedPassage>,
}

/// Where one document is inside another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharedPassage {
    /// Where the passage begins, in bytes of the text of the document that holds the other: the field `passage_start`.
    pub start: u64,
    /// Where it ends: the field `passage_end`.
    pub end: u64,
    /// The share of the inner document's shingles that the passage has, 0 to 1: the field `passage_share`.
    pub share: f64,
}

impl DuplicateOf {
    /// Whether it is nothing, because the document was removed for being blank.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
