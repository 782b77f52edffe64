//! The kinds of stores.

use url::Url;

/// A kind of store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A bucket of Amazon S3, or of a server with the same interface.
    S3(String),
    /// A bucket of Google Cloud Storage.
    Google(String),
    /// A web server: the address before the path, with whatever authorizes the reader.
    Web(Url),
    /// A repository of Hugging Face: the address before the path.
    Hub(Url),
}
