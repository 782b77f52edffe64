//! Errors of an input, with the option of the command that helps.

use anyhow::{Error, anyhow};
use twinprint_documents::ErrorKind;

/// Adds to the error of a record what the user can do about it.
pub(crate) fn with_remedy(error: twinprint_documents::Error) -> Error {
    let remedy = match error.kind {
        _ if error.line.is_none() => return error.into(),
        ErrorKind::MissingField(_) | ErrorKind::WrongType(..) => {
            "; name the fields with --id, --text, --block, --source and --keep"
        }
        // The remedy is in the reason.
        ErrorKind::NotUtf8(_) => "",
        _ => "; correct the record",
    };
    anyhow!("{error}{remedy}, or reject such records with --bad aside")
}
