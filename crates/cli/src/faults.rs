//! What is wrong with an input, and which option of the command helps.

use anyhow::{Error, anyhow};
use twinprint_documents::ErrorKind;

/// What is wrong with the record because of which reading stops, and what can be done.
pub(crate) fn refusal(error: twinprint_documents::Error) -> Error {
    let remedy = match error.kind {
        _ if error.line.is_none() => return error.into(),
        ErrorKind::MissingField(_) | ErrorKind::WrongType(..) => {
            "; name the fields with --id, --text, --block, --source and --keep"
        }
        // The remedy is in the reason.
        ErrorKind::NotUtf8(_) => "",
        _ => "; mend the record",
    };
    anyhow!("{error}{remedy}, or set such records aside with --bad aside")
}
