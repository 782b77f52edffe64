//! `twinprint shard`.

mod plan;
mod plan_file;
mod sign;
mod status;

use std::time::Instant;

use anyhow::{Result, bail};
use twinprint::join::{ShardStage, ShardedJoin};

use super::dedup;
use crate::arguments::{self, Dedup, Shard, ShardClusters, ShardCommand, ShardNumber, ShardStep, ShardWork};
use crate::corpus::IdCheck;
use crate::messages;
use crate::output::OutputLock;
use crate::progress;
use crate::settings::{Settings, set_threads};
use plan_file::Plan;

pub(super) use plan_file::NAME as PLAN_NAME;

pub(crate) fn run(command: &Shard) -> Result<()> {
    match &command.command {
        ShardCommand::Plan(command) => plan::run(command),
        ShardCommand::Sign(step) => by_shard(step, ShardStage::Sign),
        ShardCommand::Group(folder) => by_one(folder, ShardStage::Group),
        ShardCommand::Bands(step) => by_shard(step, ShardStage::Bands),
        ShardCommand::Merge(folder) => by_one(folder, ShardStage::Merge),
        ShardCommand::Verify(step) => by_shard(step, ShardStage::Verify),
        ShardCommand::Clusters(command) => clusters(command),
        ShardCommand::Status(folder) => status::run(&Plan::read(&folder.work)?, &folder.work),
    }
}

/// Runs a step of one shard.
fn by_shard(step: &ShardStep, stage: ShardStage) -> Result<()> {
    let ShardWork { work, threads } = &step.folder;
    set_threads(*threads)?;
    let (plan, ShardNumber { number, of }) = (Plan::read(work)?, step.shard);
    if of != plan.shards {
        bail!("--shard is {number}/{of}, and the plan in {} has {} shards", work.display(), plan.shards);
    }
    let (join, shard, started) = (plan.join(work)?, number - 1, Instant::now());
    let _lock = OutputLock::take_shard(work.join(format!("{stage}-{number:05}.lock")), work)?;
    let said = match stage {
        ShardStage::Sign => sign::run(&plan, &join, shard)?,
        _ => run_stage(&join, stage, shard)?,
    };
    say(&format!("{stage} {number}/{of}"), said, started);
    Ok(())
}

/// Runs a step of one process.
fn by_one(folder: &ShardWork, stage: ShardStage) -> Result<()> {
    set_threads(folder.threads)?;
    let (plan, started) = (Plan::read(&folder.work)?, Instant::now());
    let join = plan.join(&folder.work)?;
    let _lock = OutputLock::take_shard(folder.work.join(format!("{stage}.lock")), &folder.work)?;
    if stage == ShardStage::Group && !join.missing(stage)?.is_empty() {
        check_ids(&plan, &join)?;
    }
    let said = run_stage(&join, stage, 0)?;
    say(&stage.to_string(), said, started);
    Ok(())
}

/// Refuses documents of one id, as a single run does before it looks for pairs.
fn check_ids(plan: &Plan, join: &ShardedJoin) -> Result<()> {
    if !plan.against.is_empty() {
        // Ids may be the same on both sides there.
        return Ok(());
    }
    let mut check = IdCheck::new(plan.settings.memory_limit().0);
    for id in join.ids()? {
        check.add(&id?)?;
    }
    check.check(&plan.corpora()?.inputs, &plan.settings.options(), &plan.settings.fields()?)
}

/// Runs a stage that needs no inputs. Returns what there is to say of it; nothing where it was done before.
fn run_stage(join: &ShardedJoin, stage: ShardStage, shard: u32) -> Result<Option<String>> {
    let (bar, show) = progress::stages();
    let worked = match stage {
        ShardStage::Group => join.group(show)?,
        ShardStage::Bands => join.bands(shard, show)?,
        ShardStage::Merge => join.merge(show)?,
        _ => join.verify(shard, show)?,
    };
    bar.finish_and_clear();
    Ok(worked.then(String::new))
}

/// Prints the last line of a step.
fn say(step: &str, said: Option<String>, started: Instant) {
    match said {
        Some(said) => messages::result(format_args!("{step}: done in {:.1} s{said}", started.elapsed().as_secs_f64())),
        None => messages::result(format_args!("{step}: it is done already; nothing was done")),
    }
}

/// Runs what is left of `twinprint dedup`.
fn clusters(command: &ShardClusters) -> Result<()> {
    let work = &command.folder.work;
    let plan = Plan::read(work)?;
    let join = plan.join(work)?;
    // Refused before the output folder is touched.
    plan.corpora()?;
    let settings = Settings { threads: command.folder.threads, ..plan.settings.clone() };
    let corpus = arguments::Corpus {
        inputs: plan.inputs.iter().map(Into::into).collect(),
        settings,
        work: Some(work.join(ShardStage::Clusters.to_string())),
    };
    let dedup = Dedup {
        corpus,
        output: Some(command.output.clone()),
        force: command.force,
        output_per_file: command.output_per_file,
        expand: command.expand,
        report: command.report.clone(),
        drop_blank: command.drop_blank,
        dry_run: false,
        against: plan.against.clone(),
        index: None,
        time: None,
    };
    let _lock = OutputLock::take_shard(work.join("clusters.lock"), work)?;
    check_done(&join)?;
    dedup::run_with(&dedup, Some(join))
}

/// Refuses to begin before all stages are done.
fn check_done(join: &ShardedJoin) -> Result<()> {
    // Opened for a moment only: the run opens it again, when the settings and the output are checked.
    drop(join.open()?);
    Ok(())
}
