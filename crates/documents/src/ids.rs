//! Which ids were read already.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use xxhash_rust::xxh3::xxh3_128;

use crate::batch::{Part, Wrong};
use crate::error::Reason;

/// The place of every id that was read. Of each a hash is kept: 128 bits, which no two ids share in practice.
#[derive(Debug, Default)]
pub(crate) struct Ids(HashMap<u128, Place, ahash::RandomState>);

/// The number of a file, and the line in it.
pub(crate) type Place = (usize, u64);

impl Ids {
    /// Takes out the documents of a file whose ids were read already; `say` puts a place into words.
    pub(crate) fn check(&mut self, part: &mut Part, file: usize, say: impl Fn(Place) -> String) {
        let mut documents = std::mem::take(&mut part.documents);
        documents.retain(|record| {
            let (id, _) = part.document(record);
            match self.0.entry(xxh3_128(id.as_bytes())) {
                Entry::Occupied(earlier) => {
                    let reason = Reason::RepeatedId(id.to_string(), say(*earlier.get()));
                    let bytes = part.bytes_of(record).to_vec();
                    part.wrong.push(Wrong { line: record.line, reason, bytes });
                    false
                }
                Entry::Vacant(free) => {
                    free.insert((file, record.line));
                    true
                }
            }
        });
        part.documents = documents;
    }
}
