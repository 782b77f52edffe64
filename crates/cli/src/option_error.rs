//! Errors of the library in the words of the command line.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Error, anyhow};
use clap::CommandFactory;
use twinprint::dedup::LimitExceeded;
use twinprint::error::{FileProblem, Mismatch};

use crate::arguments::Arguments;
use crate::byte_size::ByteSize;

/// Options whose names differ from those of the library's parameters.
const OPTIONS: [(&str, &str); 12] = [
    ("tokens", "--words or --chars"),
    ("memory_limit", "--memory"),
    ("bands", "the number of bands in --banding"),
    ("rows", "the number of rows in --banding"),
    // The names of the parameters are accepted as options too, but the help shows these.
    ("max_cluster_share", "--most-of-corpus"),
    ("max_source_share", "--most-of-source"),
    ("share", "--boilerplate"),
    ("min_documents", "--boilerplate-least"),
    ("containment", "--least"),
    ("max_document_frequency", "--frequency-limit"),
    ("min_rare", "--least-rare"),
    ("scaled", "--one-in"),
];

/// Returns the message of an error. What the library calls by the names of its parameters is called by those of the options.
pub(crate) fn message(error: &Error) -> String {
    let text = error.downcast_ref().map_or_else(|| with_causes(error), |own| of_library(error, own));
    // The numbers are those of Linux, macOS and the BSDs.
    let remedy = match text.rsplit_once("(os error ").and_then(|(_, number)| number.split(')').next()) {
        Some("24") if cfg!(unix) => "; allow more open files, as with ulimit -n 1024",
        Some("17" | "20") if cfg!(unix) => "; a file is where a folder is needed: choose another folder",
        _ => "",
    };
    text + remedy
}

/// Returns an error and its causes. A cause that the text ends with already is not repeated.
fn with_causes(error: &Error) -> String {
    error.chain().fold(String::new(), |text, cause| match cause.to_string() {
        cause if text.is_empty() => cause,
        cause if text.ends_with(&cause) => text,
        cause => format!("{text}: {cause}"),
    })
}

fn of_library(error: &Error, own: &twinprint::Error) -> String {
    match own {
        twinprint::Error::OutOfRange { field, value, expected } => {
            // Anything in front says where a value comes from.
            let context = error.to_string();
            let context = if context == own.to_string() { String::new() } else { format!("{context}: ") };
            match option_of(field) {
                Some(option) => {
                    format!("{context}{option} is {}; it must be {}", sizes(field, value), sizes(field, expected))
                }
                None => with_causes(error),
            }
        }
        twinprint::Error::BandingTooLarge { bands, rows, num_hashes } => format!(
            "--banding: {bands} bands of {rows} rows need {} hashes, and a signature has {num_hashes}; use fewer bands or rows, or more \
             hashes with --num-hashes",
            u64::from(*bands) * u64::from(*rows)
        ),
        twinprint::Error::RecallUnreachable { threshold, recall, num_hashes, best, needed } => {
            let mut text = format!(
                "--recall {recall} cannot be reached at --threshold {threshold} with {num_hashes} hashes, which reach {best:.4}; "
            );
            // Writing to a string cannot fail.
            let _ = match needed {
                Some(needed) => write!(text, "use --num-hashes {needed}, or a lower --recall"),
                None => write!(text, "use a lower --recall or a higher --threshold"),
            };
            text
        }
        twinprint::Error::ChangedInput { document, stored, pushed } => format!(
            "the inputs are not those that an earlier run stored in the work folder: {}; restore the inputs and settings, or choose \
             another folder for the work files",
            changed_input(u64::from(*document) + 1, stored.as_deref(), pushed.as_deref())
        ),
        twinprint::Error::MemoryLimit { .. } => with_causes(error)
            .replace("the memory limit leaves", "--memory leaves")
            .replace("raise the memory limit", "give more --memory"),
        twinprint::Error::File { path, problem: FileProblem::OtherScheme } => format!(
            "{}: it was written under another scheme, by other values of --words, --chars, --preset, --normalize, --num-hashes, --seed or \
             --keyed; give those of the first run in this folder, or choose another folder for the work files",
            path.display()
        ),
        _ => with_causes(error).replace(
            "an index is there already; open it, or use another folder",
            "an index is there already; add to it with twinprint index add, or name another folder",
        ),
    }
}

/// Says how a document, by its number from 1, differs from the stored one.
fn changed_input(document: u64, stored: Option<&str>, pushed: Option<&str>) -> String {
    match (stored, pushed) {
        (Some(stored), None) => format!("they end before document {document}, which was {stored:?}"),
        (None, Some(pushed)) => format!("document {document}, {pushed:?}, comes after the last stored one"),
        (Some(stored), Some(pushed)) if stored != pushed => {
            format!("document {document} was {stored:?} and is {pushed:?}")
        }
        _ => {
            let id = stored.unwrap_or_default();
            format!(
                "document {document}, {id:?}, has another text, block or source, or other features (as with other boilerplate)"
            )
        }
    }
}

/// Returns what the options call a field of a scheme.
pub(crate) fn scheme_field(field: &str) -> String {
    let last = field.rsplit('.').next().unwrap_or(field);
    let words = last.replace('_', " ");
    match field {
        "features.tokenization" => "--words, --chars or --preset".to_string(),
        _ if field.starts_with("features.normalization.") => format!("--normalize ({words})"),
        _ => option_of(last).unwrap_or_else(|| format!("the {words} of the scheme, as of --preset")),
    }
}

/// Says in what options, or the settings file beside them, ask for another scheme than that of an index.
pub(crate) fn differs_from_index(
    index: &Path,
    Mismatch { field, left, right }: &Mismatch,
    config: Option<&Path>,
) -> Error {
    let (asked, all) = match config {
        Some(file) => ("settings", format!("settings, by options and {},", file.display())),
        None => ("options", "options".to_string()),
    };
    anyhow!(
        "{}: the {all} differ from the index in {}: {left} in the {asked}, {right} in the index; leave these {asked} out, or create \
         another index",
        index.display(),
        scheme_field(field)
    )
}

/// Returns the option that sets a parameter of the library.
fn option_of(field: &str) -> Option<String> {
    if let Some((_, option)) = OPTIONS.iter().find(|(name, _)| *name == field) {
        return Some((*option).to_string());
    }
    let long = field.replace('_', "-");
    let command = Arguments::command();
    let has_option = |command: &clap::Command| {
        command
            .get_arguments()
            .any(|argument| argument.get_long_and_visible_aliases().is_some_and(|names| names.contains(&&long[..])))
    };
    command.get_subcommands().any(has_option).then(|| format!("--{long}"))
}

/// Writes the bytes of a memory limit as the option takes them.
fn sizes(field: &str, text: &str) -> String {
    if field != "memory_limit" {
        return text.to_string();
    }
    let word = |word: &str| word.parse::<u64>().map_or(word.to_string(), |bytes| ByteSize(bytes).to_string());
    let words: Vec<String> = text.split(' ').map(word).collect();
    words.join(" ").replace(" bytes", "").split(" (").next().unwrap_or_default().to_string()
}

/// Says which limit to removal was exceeded, and what to do.
pub(crate) fn exceeded(limit_exceeded: &LimitExceeded) -> String {
    let percent = 100.0 * limit_exceeded.share();
    match limit_exceeded {
        LimitExceeded::Cluster { representative, removed, documents, limit, .. } => format!(
            "the cluster of {representative} would remove {removed} of {documents} documents ({percent:.1} %), and one cluster may remove \
             {:.1} %; read its texts: if they are not duplicates, raise --threshold, or ignore what they share with --boilerplate; if they \
             are, raise --most-of-corpus",
            100.0 * limit
        ),
        LimitExceeded::Source { source, removed, documents, limit, .. } => format!(
            "the source {source:?} would lose {removed} of its {documents} documents ({percent:.1} %), and a source may lose {:.1} %; read \
             its clusters: if they are templates, raise --threshold, or ignore what they share with --boilerplate; if they are duplicates, \
             raise --most-of-source",
            100.0 * limit
        ),
        // The library may add limits.
        _ => limit_exceeded.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_called_by_their_options() {
        let error = |field, value: &str, expected| {
            message(&twinprint::Error::OutOfRange { field, value: value.to_string(), expected }.into())
        };
        assert_eq!(error("threshold", "0", "more"), "--threshold is 0; it must be more");
        assert_eq!(error("num_hashes", "0", "more"), "--num-hashes is 0; it must be more");
        assert_eq!(error("min_documents", "1", "more"), "--boilerplate-least is 1; it must be more");
        assert_eq!(error("max_cluster_share", "2", "less"), "--most-of-corpus is 2; it must be less");
        assert_eq!(error("max_source_share", "2", "less"), "--most-of-source is 2; it must be less");
        assert_eq!(error("bands", "0", "more"), "the number of bands in --banding is 0; it must be more");
        assert_eq!(error("rows", "0", "more"), "the number of rows in --banding is 0; it must be more");
        assert_eq!(error("something_else", "1", "more"), "something_else is 1; it must be more");
        assert_eq!(scheme_field("features.tokens"), "--words or --chars");
        assert_eq!(scheme_field("features.normalization.fold_case"), "--normalize (fold case)");
        assert_eq!(
            (scheme_field("sketch.num_hashes"), scheme_field("sketch.seed")),
            ("--num-hashes".into(), "--seed".into())
        );
        let exists = message(&anyhow::anyhow!("a.jsonl: File exists (os error 17)"));
        assert_eq!(exists.contains("choose another folder"), cfg!(unix), "{exists}");
        let io = std::io::Error::from_raw_os_error(24);
        let open: Error = anyhow::Error::from(io).context("a.jsonl: Too many open files (os error 24)");
        let said = message(&open);
        assert_eq!(said.matches("os error 24").count(), 1, "{said}");
        assert_eq!(said.contains("ulimit -n"), cfg!(unix), "{said}");
        assert_eq!(
            error("memory_limit", "1048576", "at least 67108864 bytes (64 MiB)"),
            "--memory is 1M; it must be at least 64M"
        );
    }
}
