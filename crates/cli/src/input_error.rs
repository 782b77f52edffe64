//! Errors of an input, with the option of the command that helps.

use anyhow::{Error, anyhow};
use twinprint_documents::{ErrorKind, Options};

/// Returns what adds to the error of a record what the user can do about it. With these options, bad records are rejected already or not;
/// an error that ends the reading all the same is none that `--bad aside` helps against.
pub(crate) fn with_remedy(options: &Options) -> impl Fn(twinprint_documents::Error) -> Error + use<> {
    with_remedy_by(options, of_join)
}

/// Returns the same for `twinprint stories`, which names its fields by options of its own.
pub(crate) fn with_remedy_of_stories(options: &Options) -> impl Fn(twinprint_documents::Error) -> Error + use<> {
    with_remedy_by(options, of_stories)
}

/// Returns the options that may have named a field, by what it must be.
type Namer = fn(&str) -> &'static str;

fn of_join(expected: &str) -> &'static str {
    match expected {
        "a finite number" => " with --keep",
        "a string or a number" => " with --block, --source or --group",
        date if date.starts_with("a date") => " with --block or --keep",
        text if text.starts_with("a string") || text.starts_with("an object") => " with --text",
        _ => "",
    }
}

fn of_stories(expected: &str) -> &'static str {
    match expected {
        "a string or a number" => " with --source",
        date if date.starts_with("a date") => " with --date",
        text if text.starts_with("a string") || text.starts_with("an object") => " with --text or --title",
        _ => "",
    }
}

fn with_remedy_by(options: &Options, namer: Namer) -> impl Fn(twinprint_documents::Error) -> Error + use<> {
    let rejects = options.skip_bad;
    move |error| add_remedy(error, rejects, namer)
}

fn add_remedy(error: twinprint_documents::Error, rejects: bool, namer: Namer) -> Error {
    let remedy = match &error.kind {
        _ if error.line.is_none() => return error.into(),
        // These concern all records of the file.
        ErrorKind::MissingColumn(_)
        | ErrorKind::RepeatedColumn(_)
        | ErrorKind::MixedColumns(..)
        | ErrorKind::NestedRecords(_) => {
            return error.into();
        }
        ErrorKind::WrongType(_, expected) if expected.contains("integer") => {
            "; name another field with --id, or number the documents with --number"
        }
        ErrorKind::WrongType(_, expected) => &format!("; name another field{}", namer(expected)),
        ErrorKind::BadJson(reason) if error.line == Some(1) && reason.contains("does not begin") => {
            "; name another format with --format, such as csv, tsv or lines, correct the record"
        }
        ErrorKind::BadJson(_) | ErrorKind::WrongLength(..) | ErrorKind::OpenQuote(_) => "; correct the record",
        // The remedy is in the reason.
        _ => "",
    };
    match rejects {
        true => anyhow!("{error}{remedy}"),
        false => anyhow!("{error}{remedy}, or reject such records with --bad aside"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_no_remedy() {
        let said = |skip_bad| {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("a.jsonl");
            std::fs::write(&path, "{").expect("written");
            let error = twinprint_documents::read(&path, &Options::default()).expect_err("it is no record");
            with_remedy(&Options { skip_bad, ..Options::default() })(error).to_string()
        };
        assert!(said(false).contains("--bad aside") && !said(true).contains("--bad aside"));
    }
}
