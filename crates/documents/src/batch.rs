//! Documents that were read together.

use std::ops::Range;

use crate::error::{Error, Reason};
use crate::fields::Facts;

/// Documents that were read together, in the order of the input.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) parts: Vec<Part>,
    /// Records that were set aside, and why.
    pub skipped: Vec<Error>,
    /// Bytes of the input.
    pub bytes: u64,
}

/// Documents whose texts stand one after the other in one string.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) texts: String,
    pub(crate) documents: Vec<Record>,
}

/// A document's id, and where its text is.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    text: Range<usize>,
    /// What else is known; nothing where that was not asked for.
    facts: Option<Box<Facts>>,
}

impl Batch {
    /// The id and the text of every document.
    pub fn documents(&self) -> impl Iterator<Item = (&str, &str)> + '_ {
        self.parts
            .iter()
            .flat_map(|part| part.documents.iter().map(|record| (record.id.as_str(), &part.texts[record.text.clone()])))
    }
}

impl Batch {
    /// The id, the text and the facts of every document.
    pub fn records(&self) -> impl Iterator<Item = (&str, &str, Option<&Facts>)> + '_ {
        self.parts.iter().flat_map(Part::records)
    }

    /// Empties it, but for the memory that its texts stood in.
    pub(crate) fn clear(&mut self) {
        self.parts.iter_mut().for_each(Part::clear);
        self.skipped.clear();
        self.bytes = 0;
    }
}

impl Part {
    fn records(&self) -> impl Iterator<Item = (&str, &str, Option<&Facts>)> + '_ {
        let texts = &self.texts;
        self.documents.iter().map(|record| (record.id.as_str(), &texts[record.text.clone()], record.facts.as_deref()))
    }

    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.documents.clear();
    }

    pub(crate) fn push(&mut self, id: String, text: &str) {
        let start = self.texts.len();
        self.texts.push_str(text);
        self.documents.push(Record { id, text: start..self.texts.len(), facts: None });
    }

    /// Adds a document by what appends its text.
    pub(crate) fn push_with(
        &mut self,
        append: impl FnOnce(&mut String) -> Result<(String, Option<Facts>), Reason>,
    ) -> Result<(), Reason> {
        let start = self.texts.len();
        match append(&mut self.texts) {
            Ok((id, facts)) => {
                self.documents.push(Record { id, text: start..self.texts.len(), facts: facts.map(Box::new) });
                Ok(())
            }
            Err(reason) => {
                self.texts.truncate(start);
                Err(reason)
            }
        }
    }
}
