//! The command `twinprint`: finds near-duplicate documents in files of any size, explains them, and removes them.
//!
//! The binary and the Python package both call [`run`], so that they print, write and exit alike. For use from Rust, see the library
//! `twinprint`.

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
mod history;
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

use std::ffi::OsString;
use std::io::{self, Write};

use arguments::{Arguments, Command};
use interrupt::Cleanup;
use twinprint::text::Normalization;

/// Runs the command with the arguments of a process, the name of the program first, and returns the exit status.
///
/// Results are printed to standard output and messages to standard error, as the process has them. From here on, SIGINT and SIGTERM
/// remove what is unfinished and end the process with status 130 or 143. Threads, messages and signals belong to the whole process, so
/// call this once per process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let status = match Arguments::parse(arguments) {
        Ok(arguments) => run_parsed(arguments),
        Err(status) => status,
    };
    // A host other than the binary does not flush the buffer of this library at its end.
    exit_status::of_writing(io::stdout().flush(), status)
}

/// Adds the differences of writing that `--normalize` names, such as `marks`, to those that do not count already.
///
/// ```
/// use twinprint::text::Normalization;
///
/// let rules = twinprint_cli::normalization(&["marks"], Normalization::default())?;
/// assert_eq!(rules.apply("Café"), "cafe");
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// A message that lists the names there are, where one is unknown.
pub fn normalization<S: AsRef<str>>(names: &[S], rules: Normalization) -> Result<Normalization, String> {
    settings::named_normalization(names, rules)
}

fn run_parsed(mut arguments: Arguments) -> u8 {
    messages::print(arguments.verbose, arguments.quiet, arguments.color);
    interrupt::watch();
    let read = arguments.command.settings_mut().map_or(Ok(()), |(name, settings)| settings.read_file(name));
    let result = read.and_then(|()| run_command(&arguments.command));
    interrupt::wait_if_interrupted();
    match result {
        Ok(()) => exit_status::SUCCESS,
        // A closed pipe, as of `twinprint pairs .. | head`, is not an error.
        Err(error) if is_broken_pipe(&error) => exit_status::SUCCESS,
        Err(error) => {
            messages::error(&option_error::message(&error));
            exit_status::of_error(&error)
        }
    }
}

fn run_command(command: &Command) -> anyhow::Result<()> {
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
        Command::Stories(command) => commands::stories::run(command),
        Command::Rewrites(command) => commands::rewrites::run(command),
        Command::Index(command) => commands::index::run(command),
        Command::Shard(command) => commands::shard::run(command),
        Command::Inspect(command) => commands::inspect::run(command),
        Command::Completions(command) => commands::completions::run(command),
        Command::Man(command) => commands::completions::run_man(command),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
