//! The documents that are removed, and why.

use anyhow::Result;
use twinprint::Member;
use twinprint::result::Rows;

use super::passages::passages_of;
use crate::corpus::{Joined, Passage, Removal};

/// Why a document is removed.
#[derive(Clone, Copy)]
pub(super) enum Reason<'a> {
    /// It duplicates another document, or is inside it.
    Duplicate(Member<u32>),
    /// It has texts of `--against` inside.
    Holds(&'a [Passage]),
}

/// Says of each document, in order, whether it is removed.
pub(super) struct RemovedDocuments<'a> {
    joined: &'a Joined,
    duplicates: Rows<Member<u32>>,
    next: Option<Member<u32>>,
    /// Whether passages are cut out of their documents, which are kept.
    cut: bool,
}

impl<'a> RemovedDocuments<'a> {
    pub(super) fn new(joined: &'a Joined, removal: &Removal, cut: bool) -> Result<Self> {
        let mut duplicates = removal.removed()?;
        Ok(Self { joined, next: duplicates.next().transpose()?, duplicates, cut })
    }

    /// Returns why a document is removed, if it is. Documents are asked for in ascending order, each once.
    pub(super) fn reason(&mut self, document: u32) -> Result<Option<Reason<'a>>> {
        if let Some(duplicate) = self.next.filter(|next| next.document == document) {
            self.next = self.duplicates.next().transpose()?;
            return Ok(Some(Reason::Duplicate(duplicate)));
        }
        let passages = if self.cut { &[] } else { passages_of(self.joined, document) };
        Ok((!passages.is_empty()).then_some(Reason::Holds(passages)))
    }
}
