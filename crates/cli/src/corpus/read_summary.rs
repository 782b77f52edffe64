//! What a run remembers of the documents it read.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use twinprint::Overlap;
use twinprint::dedup::{Facts, Preference, PreferenceKey};
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
    /// The rank of each document by the rule of `--keep`; empty where the first document is kept.
    pub(crate) keys: Vec<PreferenceKey>,
    /// Time spent on reading and hashing.
    pub(crate) seconds: Duration,
    pub(super) sample: SampledTexts,
    sources: Names,
    groups: Names,
    /// Passages of documents that hold a text of `--against`, in the order of the documents.
    pub(crate) passages: Vec<Passage>,
    /// The texts of `--against` that were too short to be searched for.
    pub(crate) too_short: u64,
    /// Whether the source of each document is remembered. Only a limit per source needs it.
    remember_sources: bool,
}

/// A passage of a document that has a text of `--against`, at least to the share of `--contained`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Passage {
    pub(crate) document: u32,
    /// The document of `--against`.
    pub(crate) text: u32,
    /// The bytes of the document's text.
    pub(crate) range: Range<usize>,
    /// The share of the text's shingles that the passage has.
    pub(crate) share: f64,
    /// The overlap of the whole sets, that of the document on the left.
    pub(crate) overlap: Overlap,
}

/// A name of each document, such as its source, stored as a number.
#[derive(Default)]
struct Names {
    /// Indexes into `names`; [`NO_NAME`] for a document without one. Ends with the last document that has one.
    numbers: Vec<u32>,
    names: Vec<String>,
    by_name: HashMap<String, u32>,
}

/// The number of documents without a name. The library takes it for documents without a group.
const NO_NAME: u32 = u32::MAX;

impl ReadSummary {
    /// Creates the summary of no documents.
    pub(super) fn new(settings: &Settings) -> Self {
        // A limit of 1 never stops, and the names of many sources take much memory.
        Self { remember_sources: settings.most_of_source.is_some_and(|limit| limit < 1.0), ..Self::default() }
    }

    /// Counts a document, and offers its text to the sample.
    pub(super) fn add(&mut self, keep: &Preference, text: &str, facts: Option<&Metadata>) {
        self.sample.offer(self.documents, text, source_of(facts));
        let source = facts.and_then(|facts| facts.source.as_deref());
        if !keep.is_by_position() {
            let length = Some(text.len() as u64);
            let none = (Vec::new(), Vec::new());
            let (scores, dates) = facts.map_or((&none.0, &none.1), |facts| (&facts.scores, &facts.dates));
            self.keys.push(keep.key(&Facts { length, scores, dates, source }));
        }
        if let Some(group) = facts.and_then(|facts| facts.group.as_deref()) {
            self.groups.set(self.documents, group);
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
        self.rejected = 0;
        // Only inputs are removed, so what they are compared with has no groups.
        self.groups.numbers.clear();
    }

    /// Returns the number of each document's group, up to the last document that has one.
    pub(crate) fn groups(&self) -> &[u32] {
        &self.groups.numbers
    }

    /// Returns the source of a document, if it has one.
    pub(crate) fn source(&self, document: u32) -> Option<&str> {
        let number = *self.sources.numbers.get(document as usize)?;
        self.sources.names.get(number as usize).map(String::as_str)
    }
}

impl Names {
    fn set(&mut self, document: u32, name: &str) {
        let number = match self.by_name.get(name) {
            Some(&number) => number,
            None => {
                let number = self.names.len() as u32;
                self.by_name.insert(name.to_string(), number);
                self.names.push(name.to_string());
                number
            }
        };
        self.numbers.resize(document as usize, NO_NAME);
        self.numbers.push(number);
    }
}
