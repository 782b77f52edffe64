//! `twinprint shard plan`.

use std::fs;

use anyhow::{Context, Result, bail};

use super::plan_file::{Corpora, Plan};
use crate::arguments::ShardPlan;
use crate::commands::dedup;
use crate::input_error;
use crate::messages::{self, counted, size};
use crate::output::OutputLock;
use crate::settings::Settings;

pub(super) fn run(command: &ShardPlan) -> Result<()> {
    let settings = command.given()?.effective_judged()?;
    refuse_unsupported(&settings)?;
    settings.guard()?.counts()?;
    let plan = Plan::new(&command.inputs, settings, command.shards)?;
    let (fields, options) = (plan.settings.fields()?, plan.settings.options());
    let Corpora { inputs, against } = plan.corpora()?;
    inputs.check_columns(&options, &fields)?;
    // Wrong fields and rules are found here, and not after hours on a cluster.
    for inputs in against.iter().chain([&inputs]) {
        inputs.read(&options, &fields).next_batch().map_err(input_error::with_remedy(&options))?;
    }
    dedup::check_rules(&plan.against, &plan.settings)?;
    // Wrong settings of the join are refused before anything is written.
    plan.join(&command.work)?;
    let work = &command.work;
    fs::create_dir_all(work).with_context(|| work.display().to_string())?;
    let _lock = OutputLock::take_shard(work.join("plan.lock"), work)?;
    if let Some(earlier) = Plan::read_if_there(work)? {
        earlier.check_same(&plan, work)?;
        messages::result(format_args!("{}: the plan is there already; nothing was done", work.display()));
        return Ok(());
    }
    plan.write(work)?;
    let bytes: u64 = plan.files.iter().map(|file| file.bytes).sum();
    let busy = (0..plan.shards).filter(|&shard| !plan.files_of(shard).is_empty()).count();
    messages::result(format_args!(
        "{}: {} with {}, in {busy} of {}",
        work.display(),
        counted(plan.files.len(), "file", "files"),
        size(bytes),
        counted(plan.shards, "shard", "shards")
    ));
    Ok(())
}

/// Refuses settings that need more than shards do.
fn refuse_unsupported(settings: &Settings) -> Result<()> {
    let remedy = "leave it out, or run twinprint dedup on one machine";
    if settings.keyed == Some(true) {
        bail!("--keyed draws a secret for the work folder of one run, which shards do not share; {remedy}");
    }
    if settings.boilerplate.is_some() {
        bail!(
            "--boilerplate counts the shingles of all documents before the first is signed, which shards do not do; {remedy}"
        );
    }
    if settings.contained.is_some() {
        bail!("--contained searches for texts inside others, which shards do not do; {remedy}");
    }
    Ok(())
}
