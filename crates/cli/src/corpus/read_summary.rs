//! What a run remembers of the documents it read.

use std::collections::HashMap;
use std::time::Duration;

use twinprint::dedup::{Facts, Preference, PreferenceKey};
use twinprint::text::is_blank;
use twinprint_documents::Metadata;

use crate::boilerplate::source_of;
use crate::sample::SampledTexts;
use crate::settings::Settings;

/// Counts of a corpus that was read, and the few bytes a document that later steps need.
#[derive(Default)]
pub(crate) struct ReadSummary {
    /// Documents of both corpora.
    pub(crate) documents: u32,
    /// Those of them that belong to the corpus of `--against`. They have the first numbers.
    pub(crate) against: u32,
    /// Bytes of the inputs.
    pub(crate) bytes: u64,
    /// Bytes of the corpus of `--against`.
    pub(crate) against_bytes: u64,
    /// Records of the inputs that could not be read.
    pub(crate) rejected: u64,
    /// Documents of the inputs that are blank, and match nothing.
    pub(crate) blank: u64,
    /// The rank of each document by the rule of `--keep`; empty where the first document is kept.
    pub(crate) keys: Vec<PreferenceKey>,
    /// Time spent on reading and hashing.
    pub(crate) seconds: Duration,
    pub(super) sample: SampledTexts,
    sources: Sources,
    /// Whether the source of each document is remembered. Only a limit per source needs it.
    remember_sources: bool,
}

/// The source of each document, stored as a number.
#[derive(Default)]
struct Sources {
    /// Indexes into `names`; [`NO_SOURCE`] for a document without one. Ends with the last document that has a source.
    numbers: Vec<u32>,
    names: Vec<String>,
    by_name: HashMap<String, u32>,
}

/// The number of documents without a source.
const NO_SOURCE: u32 = u32::MAX;

impl ReadSummary {
    /// Creates the summary of no documents.
    pub(super) fn new(settings: &Settings) -> Self {
        // A limit of 1 never stops, and the names of many sources take much memory.
        Self { remember_sources: settings.most_of_source.is_some_and(|limit| limit < 1.0), ..Self::default() }
    }

    /// Counts a document, and offers its text to the sample.
    pub(super) fn add(&mut self, keep: &Preference, text: &str, facts: Option<&Metadata>) {
        self.sample.offer(self.documents, text, source_of(facts));
        self.blank += u64::from(is_blank(text));
        let source = facts.and_then(|facts| facts.source.as_deref());
        if *keep != Preference::First {
            let facts = Facts {
                length: Some(text.len() as u64),
                score: facts.and_then(|facts| facts.score),
                date: facts.and_then(|facts| facts.date),
                source,
            };
            self.keys.push(keep.key(&facts));
        }
        if let Some(source) = source.filter(|_| self.remember_sources) {
            self.sources.set(self.documents, source);
        }
        self.documents += 1;
    }

    /// Marks all documents that were read so far as those of the corpus of `--against`.
    pub(super) fn end_of_against(&mut self) {
        self.against = self.documents;
        self.against_bytes = std::mem::take(&mut self.bytes);
        (self.rejected, self.blank) = (0, 0);
    }

    /// Returns what the last line of a command says of blank documents, if there are any.
    pub(crate) fn blank_said(&self) -> Option<String> {
        match self.blank {
            0 => None,
            1 => Some("1 document is blank and matches nothing".to_string()),
            blank => Some(format!("{blank} documents are blank and match nothing")),
        }
    }

    /// Returns whether the source of any document is remembered.
    pub(crate) fn has_sources(&self) -> bool {
        !self.sources.numbers.is_empty()
    }

    /// Returns the source of a document, if it has one.
    pub(crate) fn source(&self, document: u32) -> Option<&str> {
        let number = *self.sources.numbers.get(document as usize)?;
        self.sources.names.get(number as usize).map(String::as_str)
    }
}

impl Sources {
    fn set(&mut self, document: u32, source: &str) {
        let number = match self.by_name.get(source) {
            Some(&number) => number,
            None => {
                let number = self.names.len() as u32;
                self.by_name.insert(source.to_string(), number);
                self.names.push(source.to_string());
                number
            }
        };
        self.numbers.resize(document as usize, NO_SOURCE);
        self.numbers.push(number);
    }
}
