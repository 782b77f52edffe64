//! `twinprint`: finds near-duplicate documents in files of any size, explains them, and removes them.

mod arguments;
mod boilerplate;
mod byte_size;
mod commands;
mod corpus;
mod exit_status;
mod field_check;
mod file_names;
mod input_error;
mod inputs;
mod line_sink;
mod output_dir;
mod progress;
mod report;
mod sample;
mod settings;
mod top_repeats;
mod tsv;
mod whole;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::from_process();
    print_messages(arguments.verbose);
    match run(&arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        // A closed pipe, as of `twinprint pairs .. | head`, is not an error.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("twinprint: {error:#}");
            exit_status::of_error(&error)
        }
    }
}

/// Sends messages to standard error: warnings always, more with each `--verbose`.
fn print_messages(verbose: u8) {
    let level = [tracing::Level::WARN, tracing::Level::INFO, tracing::Level::DEBUG][usize::from(verbose.min(2))];
    let messages = tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(level);
    messages.with_ansi(io::stderr().is_terminal()).with_target(false).without_time().init();
}

fn run(command: &Command) -> anyhow::Result<()> {
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
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
