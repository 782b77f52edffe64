//! `twinprint pairs`.

use std::path::Path;

use anyhow::{Error, Result, bail};
use twinprint::Clustering;

use crate::arguments::Pairs;
use crate::corpus::Corpus;
use crate::inputs::{NamedOutput, refuse_one_file};
use crate::messages;
use crate::output::{Output, Target};
use crate::report::{ReportFile, Sources};
use crate::tables::{Listing, write_pairs};

pub(crate) fn run(command: &Pairs) -> Result<()> {
    let corpus = Corpus::open_judged(&command.given()?, None)?;
    let against = corpus.find_against()?;
    if command.report.is_some() && against.is_some() {
        bail!("--report cannot be used with --against, which the settings file names; leave one of them out");
    }
    corpus.refuse_replacing("--output", command.output.as_deref(), against.as_ref())?;
    corpus.refuse_replacing("--report", command.report.as_deref(), against.as_ref())?;
    let is_standard =
        |path: Option<&Path>| Ok::<_, Error>(path.map(Target::new).transpose()? == Some(Target::Standard));
    if is_standard(command.report.as_deref())? && (command.output.is_none() || is_standard(command.output.as_deref())?)
    {
        bail!("the pairs and the report would both go to standard output; choose a file for one of them");
    }
    refuse_one_file(
        &NamedOutput { option: "--output", path: command.output.as_deref() },
        &NamedOutput { option: "--report", path: command.report.as_deref() },
    )?;
    let output = Output::open_result(command.output.as_deref(), command.json)?;
    let report = command.report.as_deref().map(ReportFile::open).transpose()?;
    if report.is_some() {
        corpus.hold_standard_input()?;
    }
    let (inputs, (fields, options), settings) = (corpus.inputs.clone(), corpus.reading()?, corpus.settings.clone());
    let joined = corpus.join_against(against.as_ref())?;
    if let Some(report) = &report {
        let sources = Sources { inputs: &inputs, fields: &fields, options: &options };
        report.write(&joined, &joined.clusters(Clustering::Leader)?, &sources, &settings)?;
    }
    let (count, relations) =
        write_pairs(&joined, against.is_some(), &output, &Listing::new(command.json, settings.expand == Some(true)))?;
    let megabytes = (joined.read.bytes + joined.read.against_bytes) as f64 / 1e6;
    let seconds = (joined.read.seconds + joined.seconds).as_secs_f64();
    tracing::info!("{count} pairs, {seconds:.1} s, {:.1} MB/s", megabytes / seconds);
    if let Some(relations) = relations {
        messages::result(format_args!("{count} pairs: {}", relations.said()));
    }
    if let Some(blank) = joined.read.blank_said() {
        messages::result(blank);
    }
    Ok(())
}
