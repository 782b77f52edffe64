//! The side of a comparison that a document is on.

use twinprint::join::Origin;
use twinprint_documents::Metadata;

/// Decides which source a document counts as, and with that which pairs are formed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// One corpus is compared within itself. The source is what the document's field says.
    Within,
    /// The inputs, where they are compared with another corpus. All of them are one source.
    Inputs,
    /// The corpus of `--against`. All of it is another source.
    Against,
}

impl Side {
    /// Returns the block and the source of a document.
    pub(crate) fn origin(self, facts: Option<&Metadata>) -> Origin {
        let origin = Origin::default().block(&facts.map(Metadata::block_name).unwrap_or_default());
        match self {
            Self::Within => origin.source(facts.and_then(|facts| facts.source.as_deref()).unwrap_or_default()),
            // The names go into the work folder's files, and must stay as they are for a run to be resumed.
            Self::Inputs => origin.source("own"),
            Self::Against => origin.source("other"),
        }
    }
}
