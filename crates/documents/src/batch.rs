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
    /// The bytes of each of those records.
    pub(crate) skipped_bytes: Vec<Vec<u8>>,
    /// Bytes of the input, without compression.
    pub bytes: u64,
}

/// Documents whose ids and texts stand one after the other in two strings.
#[derive(Debug, Default)]
pub(crate) struct Part {
    ids: String,
    texts: String,
    pub(crate) documents: Vec<Record>,
    /// What is wrong with other records.
    pub(crate) wrong: Vec<Wrong>,
    /// Lines or rows in all.
    pub(crate) lines: u64,
    /// The input that the records came from, where it was asked for.
    pub(crate) raw: Raw,
    /// The names of a table's columns as they stand in the input, where that was asked for.
    pub(crate) header: Vec<u8>,
}

/// Where a document's id and text are, and where it came from.
#[derive(Debug)]
pub(crate) struct Record {
    id: Range<usize>,
    text: Range<usize>,
    /// The line or row, counted from 1.
    pub(crate) line: u64,
    /// The place in [`Raw`]: bytes, or the number of a row.
    pub(crate) raw: Range<usize>,
    /// Whether its id is to be made.
    lacks_id: bool,
    /// What else is known; nothing where that was not asked for.
    facts: Option<Box<Facts>>,
}

/// A record that cannot be read.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) line: u64,
    pub(crate) reason: Reason,
    /// Its bytes, where the format has such.
    pub(crate) bytes: Vec<u8>,
}

/// The records as they stood in the input.
#[derive(Debug, Default)]
pub(crate) enum Raw {
    /// Not asked for.
    #[default]
    Unknown,
    /// The bytes of the records.
    Bytes(Vec<u8>),
    /// Rows of a Parquet file.
    #[cfg(feature = "parquet")]
    Rows(arrow_array::RecordBatch),
}

/// An id and the facts of a record; an id that is to be made is `None`.
pub(crate) type Read = (Option<String>, Option<Facts>);

impl Batch {
    /// The id and the text of every document.
    pub fn documents(&self) -> impl Iterator<Item = (&str, &str)> + '_ {
        self.parts.iter().flat_map(|part| part.documents.iter().map(|record| part.document(record)))
    }

    /// The id, the text and the facts of every document.
    pub fn records(&self) -> impl Iterator<Item = (&str, &str, Option<&Facts>)> + '_ {
        self.parts.iter().flat_map(|part| {
            part.documents.iter().map(|record| {
                let (id, text) = part.document(record);
                (id, text, record.facts.as_deref())
            })
        })
    }

    /// The records that were set aside: why, and their bytes, which are empty where the format has none of its own.
    pub fn set_aside(&self) -> impl Iterator<Item = (&Error, &[u8])> + '_ {
        self.skipped.iter().zip(self.skipped_bytes.iter().map(Vec::as_slice))
    }

    /// The bytes of every document in the input, where they were [asked for](crate::Reader::with_raw) and the format has such:
    /// of JSON lines the line with its end, of tables the row without.
    pub fn raw(&self) -> impl Iterator<Item = &[u8]> + '_ {
        self.parts.iter().flat_map(|part| part.documents.iter().map(|record| part.bytes_of(record)))
    }

    /// How many documents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.documents.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Empties it, but for the memory that its texts stood in.
    pub(crate) fn clear(&mut self) {
        self.parts.iter_mut().for_each(Part::clear);
        self.skipped.clear();
        self.skipped_bytes.clear();
        self.bytes = 0;
    }

    /// Empties it, and gives it so many empty parts.
    pub(crate) fn restart(&mut self, parts: usize) -> &mut [Part] {
        self.clear();
        self.parts.resize_with(parts.max(self.parts.len()), Part::default);
        &mut self.parts[..parts]
    }
}

impl Part {
    pub(crate) fn clear(&mut self) {
        self.ids.clear();
        self.texts.clear();
        self.documents.clear();
        self.wrong.clear();
        self.lines = 0;
        self.raw = Raw::Unknown;
        self.header.clear();
    }

    pub(crate) fn document(&self, record: &Record) -> (&str, &str) {
        (&self.ids[record.id.clone()], &self.texts[record.text.clone()])
    }

    /// The bytes of a record, where they were asked for.
    pub(crate) fn bytes_of(&self, record: &Record) -> &[u8] {
        match &self.raw {
            Raw::Bytes(bytes) => bytes.get(record.raw.clone()).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Adds a document by what appends its text.
    pub(crate) fn push_with(
        &mut self,
        line: u64,
        append: impl FnOnce(&mut String) -> Result<Read, Reason>,
    ) -> Result<(), Reason> {
        let start = self.texts.len();
        match append(&mut self.texts) {
            Ok((id, facts)) => {
                let id_start = self.ids.len();
                self.ids.push_str(id.as_deref().unwrap_or_default());
                self.push(id_start, start, line, facts);
                if let (None, Some(record)) = (id, self.documents.last_mut()) {
                    record.lacks_id = true;
                }
                Ok(())
            }
            Err(reason) => {
                self.texts.truncate(start);
                Err(reason)
            }
        }
    }

    /// Adds a document whose id and text were appended already, from these places on.
    pub(crate) fn push(&mut self, id: usize, text: usize, line: u64, facts: Option<Facts>) {
        let (id, text) = (id..self.ids.len(), text..self.texts.len());
        self.documents.push(Record { id, text, line, raw: 0..0, lacks_id: false, facts: facts.map(Box::new) });
    }

    /// Counts lines from the beginning of the file, of which so many were passed, and makes the ids that are missing.
    pub(crate) fn place(&mut self, file: &str, passed: u64) {
        self.wrong.iter_mut().for_each(|wrong| wrong.line += passed);
        for record in &mut self.documents {
            record.line += passed;
            if record.lacks_id {
                let start = self.ids.len();
                self.ids.push_str(file);
                self.ids.push(':');
                self.ids.push_str(&record.line.to_string());
                record.id = start..self.ids.len();
            }
        }
    }

    /// Says where the document that was added last stands in the input.
    pub(crate) fn set_raw(&mut self, place: Range<usize>) {
        if let Some(record) = self.documents.last_mut() {
            record.raw = place;
        }
    }

    /// The strings that ids and texts are appended to.
    pub(crate) fn strings(&mut self) -> (&mut String, &mut String) {
        (&mut self.ids, &mut self.texts)
    }
}
