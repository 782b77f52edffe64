//! The search for texts of `--against` inside the inputs.

use anyhow::{Result, bail};
use rayon::prelude::*;
use twinprint::containment::{PassageFinder, PassageFinderBuilder};
use twinprint::text::TextScratch;
use twinprint_documents::Batch;

use super::read_summary::Passage;
use super::side::Side;
use crate::byte_size::ByteSize;
use crate::settings::Settings;

/// Searches for the texts of one corpus inside the documents of another, while these are read.
pub(super) struct PassageSearch {
    state: State,
    memory: ByteSize,
}

enum State {
    /// The corpus of `--against` is being read.
    Collecting(PassageFinderBuilder<Text>),
    Searching(PassageFinder<Text>),
}

/// A text of `--against`.
#[derive(Clone, Copy)]
struct Text {
    number: u32,
    block: u64,
}

impl PassageSearch {
    /// Makes a search for passages that have this share of a text's shingles.
    pub(super) fn new(settings: &Settings, share: f64) -> Result<Self> {
        let builder = PassageFinder::builder(&settings.scheme()?, share)?;
        let builder = builder.min_words(settings.contained_least_words.unwrap_or(crate::settings::DEFAULT_LEAST_WORDS));
        let memory = settings.memory_limit();
        Ok(Self { state: State::Collecting(builder), memory })
    }

    /// Takes the texts of a batch of `--against`, whose first document has this number.
    pub(super) fn collect(&mut self, batch: &Batch, first: u32) -> Result<()> {
        let State::Collecting(builder) = &mut self.state else { return Ok(()) };
        for (number, (_, text, facts)) in (first..).zip(batch.records()) {
            builder.insert(Text { number, block: Side::Against.origin(facts).block }, text);
            if builder.memory() as u64 > self.memory.0 / 2 {
                bail!(
                    "--contained holds the texts of --against in memory, and {} of them fill half of --memory {}; give more memory, \
                     or compare with the other corpus part by part",
                    number + 1,
                    self.memory
                );
            }
        }
        Ok(())
    }

    /// Ends the corpus of `--against`. Returns how many of its texts are too short to be searched for.
    pub(super) fn end_of_against(self) -> (Self, u64) {
        let finder = match self.state {
            State::Collecting(builder) => builder.build(),
            State::Searching(finder) => finder,
        };
        let too_short = finder.too_short() as u64;
        (Self { state: State::Searching(finder), ..self }, too_short)
    }

    /// Refuses more passages than fit in a quarter of the memory limit.
    pub(super) fn check_memory(&self, passages: &[Passage]) -> Result<()> {
        if size_of_val(passages) as u64 > self.memory.0 / 4 {
            bail!(
                "{} passages with texts of --against fill a quarter of --memory {}; give more memory, a higher --contained, or more \
                 --contained-least-words",
                passages.len(),
                self.memory
            );
        }
        Ok(())
    }

    /// Returns the passages of the documents of a batch, whose first document has this number, in the order of the documents.
    pub(super) fn find(&self, batch: &Batch, first: u32) -> Vec<Passage> {
        let State::Searching(finder) = &self.state else { return Vec::new() };
        let documents: Vec<_> = (first..).zip(batch.records()).collect();
        let of_document = |scratch: &mut TextScratch, &(document, (_, text, facts)): &(u32, (_, &str, _))| {
            let block = Side::Inputs.origin(facts).block;
            let mut passages = Vec::new();
            for found in finder.find_with(text, scratch) {
                let texts = std::iter::once(found.id).chain(found.copies).filter(|text| text.block == block);
                passages.extend(texts.map(|text| Passage {
                    document,
                    text: text.number,
                    range: found.range.clone(),
                    share: found.share,
                    overlap: found.overlap.swapped(),
                }));
            }
            passages
        };
        documents.par_iter().map_init(TextScratch::default, of_document).flatten_iter().collect()
    }
}
