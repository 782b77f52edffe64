//! `twinprint`: finds near-duplicate documents in files of any size, explains them, and removes them.

mod arguments;
mod boilerplate;
mod byte_size;
mod color;
mod commands;
mod corpus;
mod escape;
mod exit_status;
mod field_check;
mod file_names;
mod input_error;
mod inputs;
mod interrupt;
mod messages;
mod option_error;
mod output;
mod per_file;
mod progress;
mod relations;
mod report;
mod sample;
mod settings;
mod statistics;
mod tables;
mod top_repeats;
mod version;

use std::io;
use std::process::ExitCode;

use arguments::{Arguments, Command};
use interrupt::Cleanup;

fn main() -> ExitCode {
    let arguments = Arguments::from_process();
    messages::print(arguments.verbose, arguments.quiet, arguments.color);
    interrupt::watch();
    let result = run(&arguments.command);
    interrupt::wait_if_interrupted();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // A closed pipe, as of `twinprint pairs .. | head`, is not an error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            messages::error(&option_error::message(&error));
            exit_status::of_error(&error)
        }
    }
}

fn run(command: &Command) -> anyhow::Result<()> {
    let _note = command.work().map(|work| {
        let note = format!("the work so far is in {}; the same command continues it", work.display());
        Cleanup::new(move || Some(note))
    });
    match command {
        Command::Dedup(command) => commands::dedup::run(command),
        Command::Pairs(command) => commands::pairs::run(command),
        Command::Clusters(command) => commands::clusters::run(command),
        Command::Contained(command) => commands::contained::run(command),
        Command::Audit(command) => commands::audit::run(command),
        Command::Evaluate(command) => commands::evaluate::run(command),
        Command::Plan(command) => commands::plan::run(command),
        Command::Trim(command) => commands::trim::run(command),
        Command::Rewrites(command) => commands::rewrites::run(command),
        Command::Inspect(command) => commands::inspect::run(command),
        Command::Completions(command) => commands::completions::run(command),
        Command::Man(command) => commands::completions::run_man(command),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
