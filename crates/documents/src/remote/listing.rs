//! Lists of objects.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use object_store::ObjectMeta;
use object_store::list::PaginatedListOptions;
use object_store::path::Path as Key;

use super::address::Address;
use super::faults::NetworkFault;
use super::kind::Kind;
use super::object::{RemoteObject, parse_key};
use super::store::Store;
use crate::error::ErrorKind;
use crate::passed_over::{is_passed_over, table_of_log};
use crate::pattern::alternatives;

/// Lists objects of a store.
pub(super) struct Listing<'a> {
    pub(super) store: &'a Arc<Store>,
    pub(super) address: &'a Address,
}

impl Listing<'_> {
    /// Returns the objects below a prefix, in the order of their paths. Hidden ones and marks such as `_SUCCESS` are left out. Below the
    /// prefix there must be something.
    pub(super) fn below(&self, prefix: &str, recursive: bool) -> Result<Vec<RemoteObject>, NetworkFault> {
        let prefix = parse_key(prefix)?;
        let table = Cell::new(None);
        let is_meant = |key: &Key| {
            let parts = key.prefix_match(&prefix).map(Iterator::count).unwrap_or_default();
            let below = key.as_ref().strip_prefix(prefix.as_ref()).unwrap_or_default();
            let below = Path::new(below.trim_start_matches('/'));
            let is_hidden = below.ancestors().any(is_passed_over);
            let folders = below.parent().into_iter().flatten().take(if recursive { usize::MAX } else { 1 });
            table.set(table.get().or_else(|| folders.filter_map(table_of_log).next()));
            (parts == 1 || (parts > 1 && recursive)) && !is_hidden
        };
        let listed = self.list(&if prefix.is_root() { String::new() } else { format!("{prefix}/") })?;
        if listed.is_empty() {
            return Err(NetworkFault::nothing_below());
        }
        let found = self.meant(&listed, is_meant)?;
        match table.get() {
            Some(table) => Err(NetworkFault::new(ErrorKind::VersionedTable(table).to_string())),
            None => Ok(found),
        }
    }

    /// Returns the objects whose keys match a pattern, in the order of their paths. An object of exactly that name comes first.
    pub(super) fn matches(&self, pattern: &str) -> Result<Vec<RemoteObject>, NetworkFault> {
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        let alternatives = alternatives(pattern);
        let patterns = alternatives.iter().map(|pattern| glob::Pattern::new(pattern)).collect::<Result<Vec<_>, _>>();
        let patterns = patterns.map_err(|error| NetworkFault::new(format!("this is no pattern: {error}")))?;
        let is_meant = |key: &Key| {
            let is_match = |pattern: &glob::Pattern| pattern.matches_with(key.as_ref(), options);
            key.as_ref() == pattern
                || (patterns.iter().any(is_match) && !is_passed_over(Path::new(key.filename().unwrap_or_default())))
        };
        let mut found = self.meant(&self.list(literal_prefix(pattern))?, is_meant)?;
        if let Some(exact) = found.iter().position(|object| object.key.as_ref() == pattern) {
            found = vec![found.swap_remove(exact)];
        }
        if found.is_empty() { Err(NetworkFault::new("no object matches this pattern")) } else { Ok(found) }
    }

    /// Lists the objects whose keys begin so.
    fn list(&self, prefix: &str) -> Result<Vec<ObjectMeta>, NetworkFault> {
        let Some(lists) = self.store.lists() else {
            return Err(NetworkFault::new(match self.address.kind() {
                Kind::Hub(_) => {
                    "a folder of the hub cannot be listed; name each file, or download them: hf download OWNER/NAME --repo-type dataset \
                     --local-dir FOLDER"
                }
                _ => "a web server cannot list its files; name each of them by its own address",
            }));
        };
        let prefix = (!prefix.is_empty()).then_some(prefix);
        let (mut listed, mut page_token) = (Vec::new(), None);
        loop {
            let options = PaginatedListOptions { page_token, ..PaginatedListOptions::default() };
            let page = self.store.ask(lists.list_paginated(prefix, options))?;
            listed.extend(page.result.objects);
            page_token = page.page_token.filter(|token| !token.is_empty());
            if page_token.is_none() {
                return Ok(listed);
            }
        }
    }

    /// Returns those of the listed objects that are meant, in the order of their paths.
    fn meant(&self, listed: &[ObjectMeta], is_meant: impl Fn(&Key) -> bool) -> Result<Vec<RemoteObject>, NetworkFault> {
        let meant = listed.iter().filter(|meta| is_meant(&meta.location) && !is_folder(meta, listed)).cloned();
        let mut found: Vec<_> = meant
            .map(|meta| RemoteObject::listed(self.store, self.address.path_of(meta.location.as_ref()), meta))
            .collect();
        found.sort_by(|one, other| one.path.cmp(&other.path));
        match found.windows(2).find(|two| two[0].path == two[1].path) {
            Some([twice, ..]) => Err(NetworkFault::new(format!(
                "the list of objects has {} twice, perhaps with a slash at its beginning or end; name each object by its own address",
                twice.key
            ))),
            _ => Ok(found),
        }
    }
}

/// Returns how all keys begin that match a pattern.
fn literal_prefix(pattern: &str) -> &str {
    pattern.split(['*', '?', '[', '{']).next().unwrap_or_default()
}

/// Returns whether an object only marks a folder: it is empty, and is called as the beginning of others, or as no file. Stores end its name
/// with a slash, which the library drops.
fn is_folder(meta: &ObjectMeta, listed: &[ObjectMeta]) -> bool {
    let has_more_below =
        || listed.iter().any(|other| other.location != meta.location && other.location.prefix_matches(&meta.location));
    meta.size == 0 && (meta.location.extension().is_none() || has_more_below())
}
