//! Objects.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, GetResult, ObjectMeta};

use super::faults::NetworkFault;
use super::store::Store;

/// An object as it was when it was found. Every later reading must be of the same object.
#[derive(Clone)]
pub(crate) struct RemoteObject {
    pub(super) store: Arc<Store>,
    pub(super) path: PathBuf,
    pub(super) key: Key,
    pub(super) size: u64,
    pub(super) version: Option<String>,
    /// The first bytes, if they came with the first answer.
    pub(super) head: Option<Arc<[u8]>>,
    /// Why it could not be read. Readers of formats would report it in words of their own.
    pub(super) fault: Arc<Mutex<Option<NetworkFault>>>,
}

impl RemoteObject {
    /// Takes an object of a listing.
    pub(super) fn listed(store: &Arc<Store>, path: PathBuf, meta: ObjectMeta) -> Self {
        let version = version(&meta);
        Self {
            store: Arc::clone(store),
            path,
            key: meta.location,
            size: meta.size,
            version,
            head: None,
            fault: Arc::default(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Returns what tells this object from an earlier or later one of the same name, if the server says so: the `ETag`, or else the time of
    /// its last change.
    pub(crate) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Notes why the object cannot be read, and passes it on.
    pub(super) fn failed(&self, fault: NetworkFault) -> io::Error {
        let error = io::Error::other(fault.to_string());
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        error
    }

    /// Returns why the object could not be read.
    pub(crate) fn fault(&self) -> Option<NetworkFault> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn forget_fault(&self) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Asks for the object, or for a part of it, and refuses another version of it.
    pub(super) fn get(&self, range: Option<GetRange>) -> Result<GetResult, NetworkFault> {
        let answer = self.store.ask(self.store.client().get_opts(&self.key, GetOptions::new().with_range(range)))?;
        if answer.meta.size != self.size || version(&answer.meta) != self.version {
            return Err(NetworkFault::changed());
        }
        Ok(answer)
    }
}

/// Returns the `ETag`, or else the time of the last change. A server that says neither is taken at its word about the size. Some write
/// the tag in lists otherwise than in answers.
pub(super) fn version(meta: &ObjectMeta) -> Option<String> {
    let time = meta.last_modified.timestamp();
    let tag = meta.e_tag.as_deref().map(|tag| tag.trim_start_matches("W/").trim_matches('"').to_string());
    tag.or_else(|| (time != 0).then(|| time.to_string()))
}

/// Makes the key of a path in a store.
pub(super) fn parse_key(key: &str) -> Result<Key, NetworkFault> {
    Key::parse(key).map_err(|_| NetworkFault::new("a part of the path is empty, or is . or .., which is not read"))
}

impl fmt::Debug for RemoteObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteObject").field("path", &self.path).field("size", &self.size).finish_non_exhaustive()
    }
}

impl PartialEq for RemoteObject {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, self.size, &self.version) == (&other.path, other.size, &other.version)
    }
}

impl Eq for RemoteObject {}
