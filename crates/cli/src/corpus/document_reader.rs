//! Documents on their way from the inputs into the join.

use std::path::Path;
use std::time::Instant;

use anyhow::{Error, Result};
use rayon::prelude::*;
use twinprint::Document;
use twinprint::dedup::Preference;
use twinprint::join::DiskJoin;
use twinprint_documents::{Batch, Inputs};

use super::id_check::IdCheck;
use super::passage_search::PassageSearch;
use super::side::Side;
use super::{Corpus, ReadSummary, write_rejected};
use crate::boilerplate::{BoilerplateFilter, DOCUMENTS_PER_BATCH, source_of};
use crate::field_check::FieldCheck;
use crate::input_error;
use crate::progress;

/// Reads one corpus after the other into a join.
pub(super) struct DocumentReader<'a> {
    corpus: &'a Corpus,
    boilerplate: Option<&'a BoilerplateFilter>,
    keep: Preference,
    join: &'a mut DiskJoin,
    pub(super) summary: ReadSummary,
    pub(super) field_check: FieldCheck,
    pub(super) ids: IdCheck,
    /// The search for texts of `--against` inside the inputs.
    pub(super) search: Option<PassageSearch>,
    /// The memory limit in bytes.
    memory: u64,
}

impl<'a> DocumentReader<'a> {
    pub(super) fn new(
        corpus: &'a Corpus,
        boilerplate: Option<&'a BoilerplateFilter>,
        join: &'a mut DiskJoin,
    ) -> Result<Self> {
        let settings = &corpus.settings;
        let memory = settings.memory_limit().0;
        Ok(Self {
            corpus,
            boilerplate,
            keep: settings.preference()?,
            join,
            summary: ReadSummary::new(settings),
            field_check: FieldCheck::new(settings)?,
            ids: IdCheck::new(memory).keeping_ids_of(&corpus.inputs)?,
            search: None,
            memory,
        })
    }

    /// Reads all documents of one side.
    pub(super) fn read(&mut self, inputs: &Inputs, side: Side) -> Result<()> {
        let started = Instant::now();
        let (fields, options) = self.corpus.reading()?;
        let mut reader = inputs.read(&options, &fields);
        // The corpus of `--against` is not written, so neither are its rejected records.
        let rejected: Option<&Path> = self.corpus.rejected.as_deref().filter(|_| side != Side::Against);
        let bar = progress::bytes(inputs.total_bytes());
        let mut read = 0;
        while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(&options))? {
            self.search(batch, side)?;
            if let Some(history) = &self.corpus.history {
                let (known, corrections) = history.find(batch, self.summary.documents)?;
                self.summary.known.extend(known);
                self.summary.corrections.extend(corrections);
            }
            for (id, text, facts) in batch.records() {
                self.ids.add(id)?;
                if let Some(facts) = facts {
                    self.field_check.add(facts);
                }
                self.summary.add(&self.keep, text, facts);
                // The join stores no digests of whole texts then.
                if self.boilerplate.is_some() && side != Side::Against {
                    self.summary.digest.add(id, text);
                }
            }
            self.summary.check_sources(self.memory)?;
            self.push(batch, side).map_err(|error| self.with_place(error, inputs, batch, read))?;
            read += batch.documents().count();
            bar.suspend(|| write_rejected(batch, rejected, &mut self.summary.rejected))?;
            bar.set_position(reader.position().bytes);
        }
        bar.finish_and_clear();
        self.field_check.add_texts(&reader);
        self.summary.bytes += reader.position().bytes;
        self.summary.seconds += started.elapsed();
        Ok(())
    }

    /// Collects the texts to search for, or searches for them.
    fn search(&mut self, batch: &Batch, side: Side) -> Result<()> {
        let Some(search) = &mut self.search else { return Ok(()) };
        match side {
            Side::Against => search.collect(batch, self.summary.documents)?,
            Side::Inputs | Side::Within => {
                let passages = &mut self.summary.passages;
                passages.extend(search.find(batch, self.summary.documents));
                search.check_memory(passages)?;
            }
        }
        Ok(())
    }

    /// Ends the corpus of `--against`.
    pub(super) fn end_of_against(&mut self) {
        self.summary.end_of_against();
        if let Some(search) = self.search.take() {
            let (search, too_short) = search.end_of_against();
            (self.search, self.summary.too_short) = (Some(search), too_short);
        }
    }

    /// Adds the place of the document that is too large for the memory, if the inputs can be read again. `read` documents came before the
    /// batch.
    fn with_place(&self, error: Error, inputs: &Inputs, batch: &Batch, read: usize) -> Error {
        if !matches!(error.downcast_ref(), Some(twinprint::Error::MemoryLimit { .. })) || !inputs.can_be_read_again() {
            return error;
        }
        let found = self.corpus.reading().and_then(|(fields, options)| {
            let rule = self.corpus.settings.join(None)?;
            let number = batch.documents().position(|(id, text)| rule.check_document(0, id, text).is_err());
            let numbers: Vec<_> = number.into_iter().map(|number| (read + number) as u64).collect();
            Ok(inputs.places(&options, &fields, &numbers)?)
        });
        match found.unwrap_or_default().first() {
            Some(place) => error.context(place.to_string()),
            None => error,
        }
    }

    fn push(&mut self, batch: &Batch, side: Side) -> Result<()> {
        let Some(boilerplate) = self.boilerplate else {
            let document = |(id, text, facts)| Document::text(id, text).from(side.origin(facts));
            return Ok(self.join.push_all(batch.records().map(document))?);
        };
        let documents: Vec<_> = batch.records().collect();
        for documents in documents.chunks(DOCUMENTS_PER_BATCH) {
            let sets: Vec<_> = documents
                .par_iter()
                .map(|(_, text, facts)| boilerplate.without_boilerplate(text, source_of(*facts)))
                .collect();
            for ((id, _, facts), set) in documents.iter().zip(&sets) {
                self.join.push(Document::features(id, set.as_slice()).from(side.origin(*facts)))?;
            }
        }
        Ok(())
    }
}
