//! Runs the command `twinprint` harder than its users do: on millions of documents within a memory limit, killed at random
//! moments, on a full disk, on damaged inputs and work files, two processes with one output. It checks what the command promises, and
//! prints time and memory as tables.

mod contention;
mod corpus;
mod corrupt;
mod disk_full;
mod growth;
mod inputs;
mod kills;
mod random;
mod run;
mod seeds;
mod store;
mod truth;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

/// Long runs of the command twinprint.
#[derive(Debug, Parser)]
struct Arguments {
    /// The program `twinprint`.
    #[arg(long)]
    command: PathBuf,
    /// Runs at small sizes, to show that it works.
    #[arg(long)]
    quick: bool,
    /// The folder for corpora and work files. Defaults to a temporary one.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Runs only this part: growth, kills, store, disk-full, corrupt, inputs or contention.
    #[arg(long)]
    only: Option<String>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let passing = tempfile::tempdir()?;
    let folder = arguments.folder.clone().unwrap_or_else(|| passing.path().into());
    std::fs::create_dir_all(&folder)?;
    let command = run::Command { path: arguments.command.clone() };
    let wanted = |name: &str| arguments.only.as_deref().is_none_or(|only| only == name);
    if wanted("growth") {
        growth::run(&command, &folder, arguments.quick)?;
    }
    if wanted("kills") {
        kills::run(&command, &folder, arguments.quick)?;
    }
    if wanted("store") {
        store::run(&command, &folder, arguments.quick)?;
    }
    if wanted("disk-full") {
        disk_full::run(&command, &folder)?;
    }
    if wanted("corrupt") {
        corrupt::run(&command, &folder, arguments.quick)?;
    }
    if wanted("inputs") {
        inputs::run(&command, &folder, arguments.quick)?;
    }
    if wanted("contention") {
        contention::run(&command, &folder, arguments.quick)?;
    }
    Ok(())
}
