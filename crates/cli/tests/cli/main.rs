//! Runs the command as a process and checks its output, its files and its exit status.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod addresses;
mod audit;
mod boilerplate;
mod clusters;
mod contained;
mod corpora;
mod corrections;
mod decontamination;
mod dedup;
#[cfg(unix)]
mod documented;
mod evaluate;
mod fields;
mod formats;
mod help;
mod history;
mod ids;
mod index;
mod inputs;
mod inspect;
#[cfg(unix)]
mod interrupts;
mod keep;
mod messages;
mod outputs;
mod pairs;
mod per_file;
mod plan;
mod process;
mod relations;
mod remedies;
mod repeated;
mod replaced;
mod resume;
mod rewrites;
mod safety;
mod shards;
mod signs;
mod snapshots;
mod stories;
mod trim;
