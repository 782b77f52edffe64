//! `twinprint index add`.

use anyhow::Result;
use rayon::prelude::*;
use twinprint::store::{Committed, Store};
use twinprint_documents::Batch;

use super::{documents, memory_rule, named, open, reading_settings, time};
use crate::arguments::IndexAdd;
use crate::corpus::{refuse_all_rejected, write_rejected};
use crate::field_check::TextCheck;
use crate::messages::counted;
use crate::{input_error, inputs, messages, progress};

/// What was added so far.
#[derive(Default)]
struct Added {
    read: u64,
    empty: usize,
    rejected: u64,
    /// Documents that are in the index because of this run, and those of them that took the place of earlier ones.
    added: usize,
    replaced: usize,
    /// Documents since the last commit.
    pending: u64,
}

pub(super) fn run(command: &IndexAdd) -> Result<()> {
    let index = &command.folder.index;
    let mut store = open(index)?;
    let settings = reading_settings(&command.settings, store.view().scheme(), index)?;
    if let Some(text) = &command.time {
        store.set_time(Some(time::parse("--time", text)?));
    }
    let (fields, options) = (settings.fields()?.without_metadata(), settings.options());
    let inputs = inputs::find(&command.inputs, &options)?;
    let mut reader = inputs.read(&options, &fields);
    let bar = progress::bytes(inputs.total_bytes());
    let mut added = Added::default();
    let memory = memory_rule(&settings, store.view().scheme());
    while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(&options))? {
        for (number, (id, text, _)) in (added.read as u32..).zip(batch.records()) {
            memory.check_document(number, id, text)?;
        }
        named(added.batch(&mut store, batch, command.commit_every.unwrap_or(u64::MAX)), index)?;
        bar.suspend(|| write_rejected(batch, None, &mut added.rejected))?;
        bar.set_position(reader.position().bytes);
    }
    bar.finish_and_clear();
    let mut text_check = TextCheck::default();
    text_check.add(&reader);
    text_check.check()?;
    named(added.commit(&mut store), index)?;
    // An empty day is no error, but a file whose records are all bad is.
    if added.rejected > 0 {
        refuse_all_rejected(added.read, added.rejected)?;
    }
    messages::result(added.summary(store.view().len()));
    Ok(())
}

impl Added {
    fn batch(&mut self, store: &mut Store, batch: &Batch, commit_every: u64) -> Result<(), twinprint::Error> {
        let preparer = store.preparer();
        let documents: Vec<_> = batch.records().map(|(id, text, _)| (id, text)).collect();
        // A part at a time, because sets take several times the memory of their texts.
        for part in documents.chunks(1 << 12) {
            let prepared: Vec<_> = part.par_iter().map(|(_, text)| preparer.text(text)).collect();
            for ((id, _), prepared) in part.iter().zip(prepared) {
                let prepared = prepared?;
                self.read += 1;
                self.empty += usize::from(prepared.is_empty());
                store.upsert_prepared(id, prepared)?;
                self.pending += 1;
                if self.pending >= commit_every {
                    self.commit(store)?;
                }
            }
        }
        Ok(())
    }

    fn commit(&mut self, store: &mut Store) -> Result<(), twinprint::Error> {
        let Committed { added, replaced, .. } = store.commit()?;
        self.added += added;
        self.replaced += replaced;
        self.pending = 0;
        Ok(())
    }

    fn summary(&self, total: usize) -> String {
        let mut text = format!("{} read", documents(usize::try_from(self.read).unwrap_or(usize::MAX)));
        // Each document read is a new one, or took the place of one of its id, from before or from this run.
        let in_place = self.read as usize - (self.added - self.replaced);
        if in_place > 0 {
            text += &format!(", {in_place} in place of earlier ones with their ids");
        }
        if self.empty > 0 {
            text += &format!(", {} without words, which nothing matches", self.empty);
        }
        if self.rejected > 0 {
            text += &format!(", {} rejected", counted(self.rejected, "record", "records"));
        }
        format!("{text}; the index has {}", documents(total))
    }
}
