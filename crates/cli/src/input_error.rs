//! Errors of an input, with the option of the command that helps.

use anyhow::{Error, anyhow};
use twinprint_documents::ErrorKind;

/// Adds to the error of a record what the user can do about it.
pub(crate) fn with_remedy(error: twinprint_documents::Error) -> Error {
    let remedy = match &error.kind {
        _ if error.line.is_none() => return error.into(),
        // These concern all records of the file.
        ErrorKind::MissingColumn(_) | ErrorKind::RepeatedColumn(_) | ErrorKind::MixedColumns(..) => {
            return error.into();
        }
        ErrorKind::WrongType(_, expected) if expected.contains("integer") => {
            "; name another field with --id, or number the documents with --number"
        }
        ErrorKind::WrongType(..) => "; name the fields with --id, --text, --block, --source and --keep",
        ErrorKind::BadJson(reason) if error.line == Some(1) && reason.contains("does not begin") => {
            "; name another format with --format, such as csv, tsv or lines, correct the record"
        }
        ErrorKind::BadJson(_) | ErrorKind::WrongLength(..) | ErrorKind::OpenQuote(_) => "; correct the record",
        // The remedy is in the reason.
        _ => "",
    };
    anyhow!("{error}{remedy}, or reject such records with --bad aside")
}
