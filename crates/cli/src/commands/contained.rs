//! `twinprint contained`.

use anyhow::Result;
use twinprint::containment::FracMinHash;

use crate::arguments::Contained;
use crate::corpus::Corpus;
use crate::messages;
use crate::output::Output;
use crate::tables::{Listing, write_contained};

pub(crate) fn run(command: &Contained) -> Result<()> {
    let rules = FracMinHash::new(command.one_in, command.frequency_limit)?;
    let corpus = Corpus::open(&command.given()?, None)?;
    let expand = corpus.settings.expand == Some(true);
    corpus.refuse_replacing("--output", command.output.as_deref(), None)?;
    let output = Output::open_result(command.output.as_deref(), command.json)?;
    let joined = corpus.with_containment(command.least, rules).join()?;
    let count = write_contained(&joined.pairs, &output, &Listing::new(command.json, expand))?;
    tracing::info!("{count} contained texts");
    if let Some(blank) = joined.read.blank_said() {
        messages::result(blank);
    }
    Ok(())
}
