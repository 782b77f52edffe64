//! Objects of stores and web servers: `s3://`, `gs://`, `https://` and `hf://`.
//!
//! An object is streamed, and read on from the same byte where a connection is lost. What needs random access, such as the footer of a
//! Parquet file, is read in ranges. So no object is held as a whole, in memory or on disk. Every answer of a server is compared with the
//! first one, so that an object that changes in between is noticed.
//!
//! Requests that fail are repeated for a minute, or for as many seconds as the variable `TWINPRINT_RETRY_SECONDS` says.

mod address;
mod faults;
mod kind;
mod listing;
mod object;
mod page;
mod patience;
#[cfg(feature = "parquet")]
mod ranges;
mod refusal;
mod service;
mod store;
mod stream;

use std::path::Path;

use self::address::Address;
use self::faults::NetworkFault;
use self::listing::Listing;
pub(crate) use self::object::RemoteObject;
#[cfg(feature = "parquet")]
pub(crate) use self::ranges::{RandomAccess, RemoteFile};
pub(crate) use self::store::Stores;
use crate::error::{Error, ErrorKind};

/// What an address names.
pub(crate) enum Found {
    /// One object.
    Object(RemoteObject),
    /// All objects whose names match a pattern.
    Matches(Vec<RemoteObject>),
    /// All objects below a prefix, which is read as a folder is.
    Folder(Vec<RemoteObject>),
}

/// Finds what an input names, or returns `None` if it is no address. An address without wildcards names an object or, if there is none,
/// the objects below it, with all further levels if `recursive`. No secret of the address is in paths or errors.
pub(crate) fn find(input: &Path, recursive: bool, stores: &mut Stores) -> Option<Result<Found, Error>> {
    let address = Address::parse(input.to_str()?)?;
    let found = address.and_then(|address| {
        let path = address.path();
        let found = find_at(&address, recursive, stores);
        found.map_err(|fault| (path, fault))
    });
    Some(found.map_err(|(path, fault)| Error::new(&path, ErrorKind::Io(fault.to_string()))))
}

fn find_at(address: &Address, recursive: bool, stores: &mut Stores) -> Result<Found, NetworkFault> {
    let store = stores.open(address)?;
    let listing = Listing { store: &store, address };
    if let Some(pattern) = address.pattern() {
        return listing.matches(pattern).map(Found::Matches);
    }
    if address.is_folder() {
        return listing.below(address.key(), recursive).map(Found::Folder);
    }
    match RemoteObject::open(&store, address.path(), address.key()) {
        Err(fault) if fault.is_missing() && address.has_listing() => match listing.below(address.key(), recursive) {
            Err(nothing) if nothing.is_missing() => Err(fault),
            below => below.map(Found::Folder),
        },
        found => found.map(Found::Object),
    }
}
