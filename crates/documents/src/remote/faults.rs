//! What goes wrong on the network, in words that say what to do.

use std::error::Error;
use std::fmt;

use object_store::client::HttpError;

use super::kind::Kind;

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

        let is_missing = matches!(error, Store::NotFound { .. });
        let message = error.to_string();
        let is_of_range = matches!(error, Store::NotSupported { .. })
            || ["status code: 416", "status code: 400", "non-partial"].iter().any(|sign| message.contains(sign));
        let text = match error {
            Store::NotFound { .. } => format!("there is no such object{}", if_missing(kind)),
            Store::PermissionDenied { .. } => {
                format!("the server denies access (403 Forbidden); {}", credentials(kind))
            }
            Store::Unauthenticated { .. } => {
                format!("the server wants credentials (401 Unauthorized); {}", credentials(kind))
            }
            Store::NotSupported { .. } => {
                "the server does not send parts of objects (HTTP ranges), which this needs; download the file first"
                    .to_string()
            }
            other => described(other, kind),
        };
        Self { text, is_missing, is_of_range }
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

fn if_missing(kind: &Kind) -> &'static str {
    match kind {
        Kind::S3(_) | Kind::Google(_) => ", nor one below that name",
        Kind::Web(_) => " (404 Not Found)",
        Kind::Hub(_) => " (404 Not Found); check the path, and set HF_TOKEN if the data set is private",
    }
}

/// Says where the credentials of a store come from.
fn credentials(kind: &Kind) -> &'static str {
    match kind {
        Kind::S3(_) => {
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true for a public bucket; a missing object is \
             denied too where listing is"
        }
        Kind::Google(_) => {
            "set GOOGLE_SERVICE_ACCOUNT to the path of a key, or GOOGLE_SKIP_SIGNATURE=true for a public bucket"
        }
        Kind::Web(_) => "check the address, and whether the time of a signed one has run out",
        Kind::Hub(_) => "set HF_TOKEN to a token that may read the data set, and accept its terms on its page",
    }
}

/// Describes any other error by its status, or else by its innermost cause.
fn described(error: &object_store::Error, kind: &Kind) -> String {
    /// The servers that give credentials to machines in a cloud.
    const OF_CREDENTIALS: [&str; 3] = ["169.254.169.254", "169.254.170.2", "metadata.google.internal"];
    /// What precedes the status in the library's messages.
    const STATUS: &str = "status code: ";

    let text = error.to_string();
    if OF_CREDENTIALS.iter().any(|server| text.contains(server)) {
        return format!("no credentials were found; {}", credentials(kind));
    }
    if text.contains("redirect without LOCATION") || text.contains("PermanentRedirect") {
        return "the bucket is in another region; name it with AWS_REGION".to_string();
    }
    if let Some((_, status)) = text.split_once(STATUS) {
        let status = status.split(':').next().unwrap_or_default().trim();
        let again = if status.starts_with('5') || status.starts_with("429") {
            ", and again when asked again; try later"
        } else {
            ""
        };
        return format!("the server answers {status}{again}");
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
    let what = if is_network {
        "the connection failed"
    } else {
        "the store cannot be opened with these credentials and settings"
    };
    format!("{what} ({cause})")
}
