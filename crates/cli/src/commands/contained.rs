//! `twinprint contained`.

use std::collections::HashMap;

use anyhow::{Result, bail};
use rayon::prelude::*;
use twinprint::containment::{ContainmentIndex, SampleRules};

use crate::arguments::Contained;
use crate::corpus::Corpus;
use crate::progress;
use crate::table::Table;

pub(crate) fn run(command: &Contained) -> Result<()> {
    let corpus = Corpus::open(&command.corpus, None)?;
    let mut index = ContainmentIndex::new(SampleRules::new(command.one_in, command.frequency_limit)?);
    let ids = fill(&corpus, &mut index)?;
    let mut pairs: Vec<_> = index
        .pairs(command.least)?
        .into_iter()
        .map(|pair| {
            let share = pair.overlap.left_in_right();
            (*pair.inner, *pair.outer, share)
        })
        .collect();
    pairs.sort_unstable_by_key(|&(inner, outer, _)| (inner, outer));
    let mut table = Table::create(command.output.as_deref())?;
    for (inner, outer, share) in pairs {
        table.line(format_args!("{}\t{}\t{share:.6}", ids[inner as usize], ids[outer as usize]))?;
    }
    table.finish()
}

/// Reads all documents into the index, by their numbers; returns their ids.
fn fill(corpus: &Corpus, index: &mut ContainmentIndex<u32>) -> Result<Vec<String>> {
    let (fields, options) = corpus.reading()?;
    let shingler = corpus.settings.scheme()?.shingler()?;
    let mut reader = corpus.inputs.read(&options, &fields);
    let bar = progress::bytes(corpus.inputs.total_bytes());
    let (mut ids, mut seen) = (Vec::new(), HashMap::new());
    while let Some(batch) = reader.next_batch()? {
        let documents: Vec<_> = batch.records().collect();
        let sets: Vec<_> = documents.par_iter().map(|(_, text, _)| shingler.set(text)).collect();
        for ((id, ..), set) in documents.into_iter().zip(sets) {
            let number = ids.len() as u32;
            if let Some(earlier) = seen.insert(id.to_string(), number) {
                bail!(
                    "the id {id:?} is that of document {} and of document {}; see --id and --number",
                    earlier + 1,
                    number + 1
                );
            }
            index.insert(number, set)?;
            ids.push(id.to_string());
        }
        bar.set_position(reader.position().bytes);
    }
    bar.finish_and_clear();
    Ok(ids)
}
