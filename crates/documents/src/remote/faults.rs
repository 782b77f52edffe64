//! What goes wrong on the network, in words that say what to do.

use std::error::Error;
use std::fmt;

use object_store::client::HttpError;

use super::kind::Kind;
use super::refusal::{Refusal, credentials};
use super::service::{OF_CREDENTIALS, WrongPage};

/// Says why an object cannot be read. It never has the answer's body, or an address, in which there may be secrets.
#[derive(Clone, Debug)]
pub(crate) struct NetworkFault {
    text: String,
    is_missing: bool,
    is_of_range: bool,
}

impl NetworkFault {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_missing: false, is_of_range: false }
    }

    /// Describes an error of a store of this kind.
    pub(super) fn from_store(error: &object_store::Error, kind: &Kind) -> Self {
        use object_store::Error as Store;

        if let Some(refusal) = cause_of::<Refusal>(error) {
            let has_no_code = [400, 416].contains(&refusal.status) && !refusal.has_remedy();
            return Self { text: refusal.described(kind), is_missing: refusal.is_missing(), is_of_range: has_no_code };
        }
        if let Some(page) = cause_of::<WrongPage>(error) {
            return Self::new(page.to_string());
        }
        let is_of_range = matches!(error, Store::NotSupported { .. }) || error.to_string().contains("non-partial");
        let text = match error {
            Store::NotSupported { .. } => {
                "the server does not send parts of objects (HTTP ranges), which this needs; download the file first"
                    .to_string()
            }
            Store::InvalidPath { source } => format!(
                "an object of the list has a name that is not read ({source}); name the other objects, or a prefix or pattern without it"
            ),
            other => described(other, kind),
        };
        Self { text, is_missing: false, is_of_range }
    }

    /// Says that there is nothing below a prefix.
    pub(super) fn nothing_below() -> Self {
        Self { is_missing: true, ..Self::new("nothing is there: no object has a name that begins so") }
    }

    /// Says that an object is not the one of an earlier answer.
    pub(super) fn changed() -> Self {
        Self::new("the object has changed since this run first read it; start again")
    }

    /// Returns whether it may be that a part of the object was asked for, and not the whole.
    pub(super) fn is_of_range(&self) -> bool {
        self.is_of_range
    }

    /// Returns whether there is no such object.
    pub(super) fn is_missing(&self) -> bool {
        self.is_missing
    }
}

impl fmt::Display for NetworkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for NetworkFault {}

/// Returns the cause of this type, if an error has one.
fn cause_of<E: Error + 'static>(error: &object_store::Error) -> Option<&E> {
    let mut cause: &(dyn Error + 'static) = error;
    loop {
        match cause.downcast_ref() {
            Some(found) => return Some(found),
            None => cause = cause.source()?,
        }
    }
}

/// Describes any other error by its innermost cause.
fn described(error: &object_store::Error, kind: &Kind) -> String {
    let text = error.to_string();
    if OF_CREDENTIALS.iter().any(|server| text.contains(server)) {
        return format!("no credentials were found; {}", credentials(kind));
    }
    let (mut cause, mut is_network): (&dyn Error, _) = (error, false);
    while let Some(source) = cause.source() {
        cause = source;
        is_network |= cause.is::<HttpError>();
    }
    let cause = cause.to_string();
    if cause.contains("URL scheme is not allowed") {
        return "the address is http, which is not encrypted; allow it with AWS_ALLOW_HTTP=true".to_string();
    }
    if cause.contains("Content-Length") || cause.contains("content length") {
        return "the server does not say how long the object is; download it first".to_string();
    }
    if ["Content-Range", "CONTENT_RANGE", "Requested Bounded"].iter().any(|sign| text.contains(sign)) {
        return "the server sends another part of the object than it was asked for; download the file first"
            .to_string();
    }
    if text.contains("service account file") {
        return format!("the file of credentials cannot be read ({cause}); check GOOGLE_SERVICE_ACCOUNT");
    }
    if text.contains("invalid list response") {
        return format!("the server sends a list of objects that cannot be read ({cause})");
    }
    let what = if is_network {
        "the connection failed"
    } else {
        "the store cannot be read with these credentials and settings"
    };
    format!("{what} ({cause})")
}
