//! `twinprint shard status`.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use twinprint::join::ShardStage;

use super::plan_file::Plan;

const STAGES: [ShardStage; 5] =
    [ShardStage::Sign, ShardStage::Group, ShardStage::Bands, ShardStage::Merge, ShardStage::Verify];

/// Prints a line for each step: how many are done of how many, and which are missing.
pub(super) fn run(plan: &Plan, work: &Path) -> Result<()> {
    let (join, mut out) = (plan.join(work)?, io::stdout().lock());
    for stage in STAGES {
        let (missing, all) = (join.missing(stage)?, if stage.is_by_shard() { plan.shards as usize } else { 1 });
        let numbers: Vec<String> = missing.iter().map(|shard| (shard + 1).to_string()).collect();
        let numbers = if numbers.is_empty() { "-".to_string() } else { numbers.join(",") };
        writeln!(out, "{stage}\t{}\t{all}\t{numbers}", all - missing.len())?;
    }
    Ok(())
}
