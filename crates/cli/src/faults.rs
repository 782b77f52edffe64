//! What is wrong with an input, and which option of the command helps.

use anyhow::{Error, anyhow};
use twinprint_documents::Reason;

/// What is wrong with a record, and where.
pub(crate) fn described(error: &twinprint_documents::Error) -> String {
    match (&error.reason, error.line) {
        (Reason::BadJson(message), Some(line)) => {
            format!("{}, line {line}: not a JSON object: {message}", error.path.display())
        }
        _ => error.to_string(),
    }
}

/// The same of a record because of which reading stops, and what can be done.
pub(crate) fn refusal(error: twinprint_documents::Error) -> Error {
    let remedy = match error.reason {
        _ if error.line.is_none() => return error.into(),
        Reason::MissingField(_) | Reason::WrongKind(..) => "; name the fields with --id and --text",
        // The remedy is in the reason.
        Reason::NotUtf8(_) => "",
        _ => "; mend the record",
    };
    anyhow!("{}{remedy}, or set such records aside with --bad aside", described(&error))
}
