//! Detection of repeated ids.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use xxhash_rust::xxh3::xxh3_128;

use crate::batch::{BadRecord, Part};
use crate::error::ErrorKind;

/// The location of every id read so far. Ids are kept as 128-bit hashes, so memory does not depend on their length; two
/// of a billion ids collide with a probability below 10⁻²⁰.
#[derive(Debug, Default)]
pub(crate) struct SeenIds(HashMap<u128, RecordLocation, ahash::RandomState>);

/// Where a record is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordLocation {
    /// The number of the file, counted from 0.
    pub(crate) file: usize,
    /// The line or row, counted from 1.
    pub(crate) line: u64,
}

impl SeenIds {
    /// Moves the documents of a part whose ids were seen before to its bad records. `repeated` says what is wrong with an id that was seen
    /// at a location.
    pub(crate) fn check(
        &mut self,
        part: &mut Part,
        file: usize,
        repeated: impl Fn(String, RecordLocation) -> ErrorKind,
    ) {
        let mut documents = std::mem::take(&mut part.documents);
        documents.retain(|record| {
            let (id, _) = part.document(record);
            match self.0.entry(xxh3_128(id.as_bytes())) {
                Entry::Occupied(earlier) => {
                    let kind = repeated(id.to_string(), *earlier.get());
                    let bytes = part.bytes_of(record).to_vec();
                    part.bad.push(BadRecord { line: record.line, kind, bytes });
                    false
                }
                Entry::Vacant(free) => {
                    free.insert(RecordLocation { file, line: record.line });
                    true
                }
            }
        });
        part.documents = documents;
    }
}
