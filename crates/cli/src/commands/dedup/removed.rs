//! The documents that are removed, and why.

use anyhow::Result;
use twinprint::Member;
use twinprint::result::Rows;

use super::passages::passages_of;
use crate::corpus::{Joined, Passage, Removal};
use crate::history::Known;

/// Why a document is removed.
#[derive(Clone, Copy)]
pub(super) enum Reason<'a> {
    /// It duplicates another document, or is inside it.
    Duplicate(Member<u32>),
    /// The index has a document like it.
    Known(&'a Known),
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
        let duplicate = self.next.filter(|next| next.document == document);
        if duplicate.is_some() {
            self.next = self.duplicates.next().transpose()?;
        }
        // Its cluster has only known documents.
        if let Some(known) = self.joined.read.known(document) {
            return Ok(Some(Reason::Known(known)));
        }
        if let Some(duplicate) = duplicate {
            return Ok(Some(Reason::Duplicate(duplicate)));
        }
        let passages = if self.cut { &[] } else { passages_of(self.joined, document) };
        Ok((!passages.is_empty()).then_some(Reason::Holds(passages)))
    }
}
