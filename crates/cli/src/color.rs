//! When output is coloured.

use std::ffi::OsString;

use clap::{ColorChoice, ValueEnum};

/// Says when help and messages are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless the environment variable `NO_COLOR` is set.
    #[default]
    Auto,
    /// Also in files and pipes.
    Always,
    /// Not at all.
    Never,
}

impl Color {
    /// Returns whether to colour an output that is a terminal or is not.
    pub(crate) fn is_on(self, is_terminal: bool) -> bool {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                is_terminal && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }

    /// Finds the choice among the arguments. Errors and help are printed while arguments are parsed, so the parser needs
    /// to know it before.
    pub(crate) fn find(arguments: &[OsString]) -> ColorChoice {
        let end = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
        let arguments = &arguments[..end];
        let followed = arguments.iter().position(|argument| argument == "--color").and_then(|at| arguments.get(at + 1));
        let joined = arguments.iter().find_map(|argument| argument.to_str()?.strip_prefix("--color="));
        match joined.or_else(|| followed.and_then(|value| value.to_str())) {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        }
    }
}
