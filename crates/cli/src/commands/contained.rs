//! `twinprint contained`.

use anyhow::{Context, Result};
use twinprint::containment::FracMinHash;

use crate::arguments::Contained;
use crate::corpus::Corpus;
use crate::tsv::write_contained;

pub(crate) fn run(command: &Contained) -> Result<()> {
    let rules = FracMinHash::new(command.one_in, command.frequency_limit).context("--one-in, --frequency-limit")?;
    let corpus = Corpus::open(&command.corpus, None)?;
    corpus.refuse_replacing("--output", command.output.as_deref(), None)?;
    let joined = corpus.with_containment(command.least, rules).join()?;
    let count = write_contained(&joined.pairs, command.output.as_deref())?;
    tracing::info!("{count} contained texts");
    Ok(())
}
