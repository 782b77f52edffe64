//! Runs the command `twinprint` and its stores harder than users do: on millions of documents within a memory limit, killed at random
//! moments, on a full disk, on damaged inputs, work files and stores, two processes with one output. It checks what they promise, and
//! prints time and memory as tables.

mod contention;
mod corpus;
mod corrupt;
mod disk_full;
mod growth;
mod history;
mod inputs;
mod kills;
mod live;
#[path = "../../../tests/live_store/mod.rs"]
mod live_store;
mod mutations;
mod random;
mod resident;
mod run;
mod seeds;
mod store;
mod truth;
mod writer;

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
    /// Runs only this part: growth, kills, store, writer, history, mutations, live, disk-full, corrupt, inputs or contention.
    #[arg(long)]
    only: Option<String>,
    /// Writes to the store in this folder until it is killed: what the part `writer` starts.
    #[arg(long, hide = true)]
    writer: Option<PathBuf>,
    /// The second of the last commit in that store.
    #[arg(long, hide = true, default_value_t = 0)]
    from: u64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(folder) = &arguments.writer {
        return writer::write(folder, arguments.from);
    }
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
    if wanted("writer") {
        writer::run(&folder, arguments.quick)?;
    }
    if wanted("history") {
        history::run(&command, &folder, arguments.quick)?;
    }
    if wanted("mutations") {
        mutations::run(&folder, arguments.quick)?;
    }
    if wanted("live") {
        live::run(&folder, arguments.quick)?;
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
