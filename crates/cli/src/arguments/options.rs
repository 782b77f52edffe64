//! Reads the command line, and refuses what a command accepts but cannot use.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use super::Arguments;
use super::addresses::misplaced_address;
use super::index::{CREATE_THRESHOLD, QUERY_CONTAINED, QUERY_THRESHOLD};
use super::rewrites::REWRITES_THRESHOLD;
use super::stories::{STORIES_THRESHOLD, Window};
use crate::color::Color;
use crate::escape::for_terminal;
use crate::exit_status;

/// Options that decide which documents are compared, and which pairs are similar.
const OF_PAIRS: &[&str] = &[
    "preset",
    "words",
    "chars",
    "normalize",
    "num_hashes",
    "seed",
    "keyed",
    "recall",
    "banding",
    "bucket_limit",
    "relation",
    "boilerplate",
    "boilerplate_least",
    "block",
    "across_sources",
    "keep",
    "most_of_corpus",
    "most_of_source",
    "group",
    "contained",
    "contained_one_in",
    "contained_frequency_limit",
    "contained_least_words",
    "cut",
];

/// Options that decide what `dedup` removes besides similar documents.
const OF_REMOVAL: &[&str] =
    &["group", "contained", "contained_one_in", "contained_frequency_limit", "contained_least_words", "cut"];

/// Options of a join or of what it removes, which an index has not.
const OF_JOIN: &[&str] = &["contained"];

/// Those of them that have no effect on a query either.
const OF_JOIN_BUT_CONTAINED: &[&str] = &[
    "keyed",
    "bucket_limit",
    "relation",
    "boilerplate",
    "boilerplate_least",
    "block",
    "source",
    "across_sources",
    "keep",
    "most_of_corpus",
    "most_of_source",
    "group",
    "contained_one_in",
    "contained_frequency_limit",
    "contained_least_words",
    "cut",
    "memory",
];

/// Options that decide how files are read.
const OF_INPUT: &[&str] =
    &["format", "id", "number", "text", "bad", "lossy", "max_record", "max_window", "delimiter", "quote", "threads"];

/// Options that are part of the scheme of an index. Where they are given, they must be those of the index.
const OF_SCHEME: &[&str] = &["preset", "words", "chars", "normalize", "num_hashes", "seed"];

/// Options without effect on some commands. They are accepted there, because one settings file serves all commands, but hidden from the
/// help.
const WITHOUT_EFFECT: [(&str, &[&str]); 24] = [
    (
        "contained",
        &[
            "keep",
            "most_of_corpus",
            "most_of_source",
            "threshold",
            "num_hashes",
            "recall",
            "banding",
            "bucket_limit",
            "relation",
        ],
    ),
    ("pairs", &["keep", "most_of_corpus", "most_of_source"]),
    ("audit", &["relation", "keep", "most_of_corpus", "most_of_source"]),
    ("plan", &["keyed", "relation", "keep", "most_of_corpus", "most_of_source"]),
    ("clusters", &["most_of_corpus", "most_of_source"]),
    ("trim", OF_PAIRS),
    ("trim", &["threshold", "source"]),
    ("stories", OF_PAIRS),
    ("stories", &["work"]),
    ("rewrites", OF_PAIRS),
    ("rewrites", &["work", "source"]),
    ("contained", OF_REMOVAL),
    ("pairs", OF_REMOVAL),
    ("audit", OF_REMOVAL),
    ("plan", OF_REMOVAL),
    ("clusters", OF_REMOVAL),
    ("index create", OF_JOIN),
    ("index create", OF_JOIN_BUT_CONTAINED),
    ("index create", OF_INPUT),
    ("index add", OF_JOIN),
    ("index add", OF_JOIN_BUT_CONTAINED),
    ("index add", &["threshold", "recall", "banding"]),
    ("index query", OF_JOIN_BUT_CONTAINED),
    ("index query", &["recall", "banding"]),
];

/// Options that need not be shown, because they cannot change anything.
const HIDDEN: [(&str, &[&str]); 3] =
    [("index add", OF_SCHEME), ("index query", OF_SCHEME), ("shard plan", BEYOND_SHARDS)];

/// Options that a plan of shards refuses, and says why.
const BEYOND_SHARDS: &[&str] = &[
    "keyed",
    "boilerplate",
    "boilerplate_least",
    "contained",
    "contained_one_in",
    "contained_frequency_limit",
    "contained_least_words",
    "cut",
    "threads",
];

/// Options that only choose what is kept. A command that keeps nothing ignores them without an error, since its result cannot mislead.
/// Groups are none of these: they change clusters.
const HARMLESS: [&str; 4] = ["keep", "most_of_corpus", "most_of_source", "memory"];

impl Arguments {
    /// Parses a command line, whose first word is the name of the program. If it is wrong, or help is asked for, prints that and returns
    /// the exit status.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, u8> {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        Self::read(&arguments).map_err(|error| print(&error, &arguments))
    }

    fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = Self::described().color(Color::find(arguments));
        let matches = command.try_get_matches_from_mut(arguments)?;
        if let Some(message) = unused_option(&matches) {
            return Err(command.error(ErrorKind::ArgumentConflict, message));
        }
        if let Some(message) = misplaced_address(&command, &matches) {
            return Err(command.error(ErrorKind::ValueValidation, message));
        }
        Self::from_arg_matches(&matches)
    }

    /// Describes the command line. Options without effect on a command are accepted, but not shown.
    pub(crate) fn described() -> clap::Command {
        let mut command = Self::command();
        for (name, options) in WITHOUT_EFFECT.into_iter().chain(HIDDEN) {
            command = hide(command, name, options);
        }
        command = command.mut_subcommands(|command| command.after_help("All options and examples: --help"));
        for (name, help) in [("rewrites", REWRITES_THRESHOLD), ("stories", STORIES_THRESHOLD)] {
            command = command.mut_subcommand(name, |command| command.mut_arg("threshold", |option| option.help(help)));
        }
        let contained = |option: clap::Arg| option.help(QUERY_CONTAINED).help_heading("Similarity");
        let threshold = |help: &'static str| move |option: clap::Arg| option.help(help);
        command = command.mut_subcommand("index", |command| {
            command
                .mut_subcommand("create", |command| command.mut_arg("threshold", threshold(CREATE_THRESHOLD)))
                .mut_subcommand("query", |command| {
                    command.mut_arg("threshold", threshold(QUERY_THRESHOLD)).mut_arg("contained", contained)
                })
        });
        let source = |option: clap::Arg| option.help("Field of the source, such as the outlet").hide_short_help(false);
        command.mut_subcommand("stories", |command| command.mut_arg("source", source))
    }
}

/// Hides options of a command, whose name has two words if it is a command within another.
fn hide(command: clap::Command, name: &'static str, options: &[&'static str]) -> clap::Command {
    if let Some((outer, inner)) = name.split_once(' ') {
        return command.mut_subcommand(outer, |command| hide(command, inner, options));
    }
    let hide_one = |command: clap::Command, option: &&'static str| command.mut_arg(option, |option| option.hide(true));
    command.mut_subcommand(name, |command| options.iter().fold(command, hide_one))
}

/// Prints an error of the command line, or the help, and returns the exit status.
///
/// The parser quotes arguments as they are, between colours of its own. So that they cannot act on the terminal, it parses them once more
/// with their escapes, and the error of that is printed.
fn print(error: &clap::Error, arguments: &[OsString]) -> u8 {
    let escaped = |argument: &OsString| OsString::from(for_terminal(&argument.to_string_lossy()).into_owned());
    let is_safe = |argument: &OsString| for_terminal(&argument.to_string_lossy()) == argument.to_string_lossy();
    let printed = if arguments.iter().all(is_safe) {
        error.print()
    } else if let Err(error) = Arguments::read(&arguments.iter().map(escaped).collect::<Vec<_>>()) {
        error.print()
    } else {
        // The escapes mend what was wrong. This error has no colours.
        write!(io::stderr(), "{}", for_terminal(&error.to_string()))
    };
    let status = u8::try_from(error.exit_code()).unwrap_or(exit_status::USAGE);
    exit_status::of_writing(printed, status)
}

/// Options of a command that have no effect without another one.
const CONDITIONAL: [(&str, &str, &str); 1] = [("stories", "window", "date")];

/// Returns an error message for an option that has no effect beside the others.
fn ineffective_option(name: &str, matches: &ArgMatches) -> Option<String> {
    let is_given = |option: &str| matches.value_source(option) == Some(ValueSource::CommandLine);
    // Without dates, the order of the inputs is a kind of time, which this value ignores.
    let is_off = |option| option == "window" && matches.get_one("window") == Some(&Window(None));
    let mut given =
        CONDITIONAL.into_iter().filter(|(of, option, _)| *of == name && is_given(option) && !is_off(*option));
    given
        .find(|(_, _, other)| !is_given(other))
        .map(|(_, option, other)| format!("--{option} has no effect without --{other}; leave it out"))
}

/// Returns an error message for an option on the command line that the command would have to ignore. Options of a settings file pass.
fn unused_option(matches: &ArgMatches) -> Option<String> {
    let (name, matches) = matches.subcommand()?;
    let (name, matches) = match matches.subcommand() {
        Some((inner, matches)) => (format!("{name} {inner}"), matches),
        None => (name.to_string(), matches),
    };
    let mut options = WITHOUT_EFFECT.into_iter().filter(|(of, _)| *of == name).flat_map(|(_, options)| options);
    let given = options
        .find(|option| !HARMLESS.contains(option) && matches.value_source(option) == Some(ValueSource::CommandLine));
    match given {
        Some(option) => Some(format!("--{} has no effect on twinprint {name}; leave it out", option.replace('_', "-"))),
        None => ineffective_option(&name, matches),
    }
}
