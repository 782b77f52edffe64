//! `twinprint`: near-duplicate documents found, explained and removed, in files of any size.

mod arguments;
mod commands;
mod corpus;
mod faults;
mod folder;
mod inputs;
mod left_out;
mod named;
mod progress;
mod repeated;
mod report;
mod sampled;
mod settings;
mod size;
mod table;
mod whole;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use arguments::{Arguments, Command};

/// What the process says when it ends; `twinprint --help` lists them.
mod status {
    /// The guard stopped: too much would be removed.
    pub(crate) const STOPPED: u8 = 1;
    /// The command, the settings or an input is wrong.
    pub(crate) const WRONG: u8 = 2;
}

/// Something a user can put right by looking at what would be removed.
#[derive(Debug)]
struct Stopped(String);

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Stopped {}

fn main() -> ExitCode {
    let arguments = Arguments::of_process();
    let level =
        [tracing::Level::WARN, tracing::Level::INFO, tracing::Level::DEBUG][usize::from(arguments.verbose.min(2))];
    let said = tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(level);
    said.with_ansi(io::stderr().is_terminal()).with_target(false).without_time().init();
    let done = match arguments.command {
        Command::Dedup(command) => commands::dedup::run(&command),
        Command::Pairs(command) => commands::pairs::run(&command),
        Command::Clusters(command) => commands::clusters::run(&command),
        Command::Contained(command) => commands::contained::run(&command),
        Command::Audit(command) => commands::audit::run(&command),
        Command::Evaluate(command) => commands::evaluate::run(&command),
        Command::Plan(command) => commands::plan::run(&command),
        Command::Trim(command) => commands::trim::run(&command),
        Command::Versions(command) => commands::versions::run(&command),
        Command::Inspect(command) => commands::inspect::run(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads no further has all they want.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("twinprint: {error:#}");
            let stopped = error.downcast_ref::<Stopped>().is_some();
            ExitCode::from(if stopped { status::STOPPED } else { status::WRONG })
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
