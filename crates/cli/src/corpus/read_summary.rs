//! What a run remembers of the documents it read.

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use anyhow::{Result, bail};
use twinprint::Overlap;
use twinprint::dedup::{Facts, Preference, PreferenceKey};
use twinprint::text::is_blank;
use twinprint_documents::Metadata;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::boilerplate::source_of;
use crate::history::{Correction, Known};
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
    /// The digest of the documents of the inputs, if it is asked for.
    pub(crate) digest: OrderedDigest,
    pub(super) sample: SampledTexts,
    sources: Names,
    groups: Names,
    /// Passages of documents that hold a text of `--against`, in the order of the documents.
    pub(crate) passages: Vec<Passage>,
    /// Documents that an index has already, in the order of the documents.
    pub(crate) known: Vec<Known>,
    /// Documents with another text than an index has under their ids, in the order of the documents; once that is settled, those that take
    /// the places of the earlier texts.
    pub(super) corrections: Vec<Correction>,
    /// The texts of `--against` that were too short to be searched for.
    pub(crate) too_short: u64,
    /// Whether the source of each document is remembered. Only a limit per source needs it.
    remember_sources: bool,
}

/// A digest of ids and texts in their order, to compare one reading of the inputs with another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OrderedDigest(u64);

impl OrderedDigest {
    pub(crate) fn add(&mut self, id: &str, text: &str) {
        // The seeds chain the hashes, so that the order counts, and where an id ends.
        self.0 = xxh3_64_with_seed(text.as_bytes(), xxh3_64_with_seed(id.as_bytes(), self.0));
    }
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
    /// Bytes of all names together.
    name_bytes: u64,
    by_name: HashMap<String, u32>,
}

/// The number of documents without a name. The library takes it for documents without a group.
const NO_NAME: u32 = u32::MAX;

/// Bytes for each source beside three copies of its name: here twice, and once where its removals are counted.
const SOURCE_BYTES: u64 = 200;

/// The share of the memory limit for sources.
const SOURCES_SHARE: u64 = 4;

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

    /// Returns the document of an index that a document is similar to, if there is one.
    pub(crate) fn known(&self, document: u32) -> Option<&Known> {
        let at = self.known.binary_search_by_key(&document, |known| known.document).ok()?;
        Some(&self.known[at])
    }

    /// Returns the place of a document before the rule of `--keep` applies. What takes the place of an earlier text stays, as the other
    /// documents of an index do. A known document is removed whatever else it is similar to, so it comes last and represents no other one.
    pub(super) fn place_by_history(&self, document: u32) -> u8 {
        let is_correction = self.corrections.binary_search_by_key(&document, |correction| correction.document).is_ok();
        match self.known(document) {
            Some(_) => 2,
            None => u8::from(!is_correction),
        }
    }

    /// Marks all documents that were read so far as those of the corpus of `--against`.
    pub(super) fn end_of_against(&mut self) {
        self.against = self.documents;
        self.against_bytes = std::mem::take(&mut self.bytes);
        (self.rejected, self.blank) = (0, 0);
        // Only inputs are removed, so what they are compared with has no groups.
        self.groups.numbers.clear();
    }

    /// Refuses sources whose counts would take too much of the memory limit, in bytes.
    pub(super) fn check_sources(&self, memory: u64) -> Result<()> {
        let (sources, limit) = (self.sources.names.len() as u64, memory / SOURCES_SHARE);
        let bytes = SOURCE_BYTES * sources + 3 * self.sources.name_bytes;
        if bytes > limit {
            bail!(
                "--most-of-source: to count what each of {sources} sources would lose takes {} MB, and --memory leaves {} MB for it; \
                 choose a --source with fewer values, give more --memory, or leave out --most-of-source",
                bytes >> 20,
                limit >> 20
            );
        }
        Ok(())
    }

    /// Returns what the last line of a command says of blank documents, if there are any.
    pub(crate) fn blank_said(&self) -> Option<String> {
        match self.blank {
            0 => None,
            1 => Some("1 document is blank and matches nothing".to_string()),
            blank => Some(format!("{blank} documents are blank and match nothing")),
        }
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
                self.name_bytes += name.len() as u64;
                number
            }
        };
        self.numbers.resize(document as usize, NO_NAME);
        self.numbers.push(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_sources_are_refused() {
        let settings = Settings { most_of_source: Some(0.5), ..Settings::default() };
        let mut summary = ReadSummary::new(&settings);
        let mut add = |number: usize| {
            summary.sources.set(summary.documents, &format!("source-{number}"));
            summary.documents += 1;
            summary.check_sources(64 << 20)
        };
        assert!((0..1_000).all(|_| add(0).is_ok()), "one source takes little, however many its documents");
        let error = (0..200_000).find_map(|number| add(number).err()).expect("200 bytes for each of these");
        let said = error.to_string();
        assert!(said.contains("--most-of-source") && said.contains("leaves 16 MB"), "{said}");
    }

    #[test]
    fn the_digest_depends_on_order_and_ends() {
        let digest = |documents: &[(&str, &str)]| {
            let mut digest = OrderedDigest::default();
            documents.iter().for_each(|(id, text)| digest.add(id, text));
            digest
        };
        let one = digest(&[("a", "b"), ("c", "d")]);
        assert_eq!(one, digest(&[("a", "b"), ("c", "d")]));
        for other in
            [&[("c", "d"), ("a", "b")][..], &[("a", "d"), ("c", "b")], &[("ab", ""), ("c", "d")], &[("a", "b")]]
        {
            assert_ne!(one, digest(other), "{other:?}");
        }
    }
}
