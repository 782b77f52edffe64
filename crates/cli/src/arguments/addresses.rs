//! Refuses addresses such as `s3://bucket/out` where only a path of this machine has a meaning: everywhere but at inputs.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};

use crate::inputs::scheme_of;
use crate::settings::without_secrets;

/// The arguments that are read as a corpus, where an address is an input. Every other path must be local, also that of a new option.
const CORPORA: [&str; 1] = ["inputs"];

/// Files that are read, but not as a corpus.
const READ: [&str; 7] = ["config", "labels", "pairs", "clusters", "from", "files", "others"];

/// Outputs that may go to standard output instead.
const PIPED: [&str; 1] = ["output"];

/// Returns an error message for the first address among the arguments that are paths of this machine.
pub(super) fn misplaced_address(command: &Command, matches: &ArgMatches) -> Option<String> {
    if let Some((name, matches)) = matches.subcommand() {
        return misplaced_address(command.find_subcommand(name)?, matches);
    }
    let local = command.get_arguments().filter(|argument| !CORPORA.contains(&argument.get_id().as_str()));
    local.into_iter().find_map(|argument| {
        // Arguments of other types are no paths.
        let mut paths = matches.try_get_many::<PathBuf>(argument.get_id().as_str()).ok()??;
        paths.find_map(|path| refusal(&name_of(argument), argument.get_id().as_str(), path))
    })
}

/// Returns the name of an argument as the help has it.
fn name_of(argument: &Arg) -> String {
    match (argument.get_long(), argument.get_value_names()) {
        (Some(long), _) => format!("--{long}"),
        (None, Some([name, ..])) => name.to_string(),
        (None, _) => argument.get_id().to_string(),
    }
}

/// Returns an error message if the path of an argument is an address; `name` is what people call the argument `id`.
pub(crate) fn refusal(name: &str, id: &str, path: &Path) -> Option<String> {
    let scheme = scheme_of(path)?;
    let address = without_secrets(path.to_str()?);
    let (copy, is_piped) = match scheme.to_ascii_lowercase().as_str() {
        "file" => {
            return Some(format!("{name} is {address}; write the path without file://"));
        }
        "s3" | "s3a" => ("aws s3 cp", true),
        "gs" => ("gcloud storage cp", true),
        "hf" => ("hf upload or hf download", false),
        _ => ("curl", false),
    };
    let at = format!("{name} is {address}, but an address is only read as an input, and never written");
    if READ.contains(&id) {
        return Some(format!("{at}; download it ({copy}), and name the local path"));
    }
    let pipe = match is_piped && PIPED.contains(&id) {
        // The program knows no other name of the scheme.
        true => format!(", or pipe what is printed: -o - | {copy} - {}", address.replacen("s3a://", "s3://", 1)),
        false => String::new(),
    };
    Some(format!("{at}; name a local path, and copy it from there ({copy}){pipe}"))
}
