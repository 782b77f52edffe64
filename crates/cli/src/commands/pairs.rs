//! `twinprint pairs`.

use anyhow::Result;
use twinprint::Clustering;

use crate::arguments::Pairs;
use crate::corpus::Corpus;
use crate::inputs::{NamedOutput, refuse_one_file};
use crate::report::{self, Sources};
use crate::tsv::write_pairs;

pub(crate) fn run(command: &Pairs) -> Result<()> {
    let corpus = Corpus::open(&command.corpus, None)?;
    let against = corpus.find_against(&command.against)?;
    corpus.refuse_replacing("--output", command.output.as_deref(), against.as_ref())?;
    corpus.refuse_replacing("--report", command.report.as_deref(), against.as_ref())?;
    refuse_one_file(
        &NamedOutput { option: "--output", path: command.output.as_deref() },
        &NamedOutput { option: "--report", path: command.report.as_deref() },
    )?;
    if command.report.is_some() {
        corpus.hold_standard_input()?;
    }
    let (inputs, (fields, options), settings) = (corpus.inputs.clone(), corpus.reading()?, corpus.settings.clone());
    let joined = corpus.join_against(against.as_ref())?;
    if let Some(path) = &command.report {
        let sources = Sources { inputs: &inputs, fields: &fields, options: &options };
        report::write(path, &joined, &joined.clusters(Clustering::Leader)?, &sources, &settings)?;
    }
    let count = write_pairs(&joined.pairs, against.is_some(), command.output.as_deref())?;
    let megabytes = (joined.read.bytes + joined.read.against_bytes) as f64 / 1e6;
    let seconds = (joined.read.seconds + joined.seconds).as_secs_f64();
    tracing::info!("{count} pairs, {seconds:.1} s, {:.1} MB/s", megabytes / seconds);
    Ok(())
}
