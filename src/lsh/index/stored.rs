//! Indexes as they are stored: scheme, banding, ids and signatures. The tables are built again when an index is read,
//! so none can be forged.

use std::fmt::Debug;
use std::hash::Hash;

use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

use super::LshIndex;
use crate::error::Error;
use crate::lsh::Banding;
use crate::minhash::SignatureMatrix;
use crate::scheme::Scheme;

impl<Id: Serialize> Serialize for LshIndex<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut stored = serializer.serialize_struct("LshIndex", 4)?;
        stored.serialize_field("scheme", &*self.scheme)?;
        stored.serialize_field("banding", &self.banding)?;
        stored.serialize_field("ids", &Ids(self))?;
        stored.serialize_field("values", &Values(self))?;
        stored.end()
    }
}

/// The ids in the order of insertion.
struct Ids<'a, Id>(&'a LshIndex<Id>);

impl<Id: Serialize> Serialize for Ids<'_, Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.slots.iter())
    }
}

/// The values of all signatures in the same order. They are written from where they are, because a copy without the
/// vacant slots would take as much memory again.
struct Values<'a, Id>(&'a LshIndex<Id>);

impl<Id> Serialize for Values<'_, Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let index = self.0;
        let mut values = serializer.serialize_seq(Some(index.slots.ids() * index.rows.num_hashes()))?;
        for (slot, row) in index.rows.iter().enumerate() {
            if index.slots.id(slot).is_some() {
                row.iter().try_for_each(|value| values.serialize_element(value))?;
            }
        }
        values.end()
    }
}

/// The fields of an [`LshIndex`] as they are stored, not yet checked.
#[derive(serde::Deserialize)]
pub(super) struct StoredIndex<Id> {
    scheme: Scheme,
    banding: Banding,
    ids: Vec<Id>,
    values: Vec<u32>,
}

impl<Id: Eq + Hash + Debug> TryFrom<StoredIndex<Id>> for LshIndex<Id> {
    type Error = Error;

    fn try_from(stored: StoredIndex<Id>) -> Result<Self, Error> {
        let signatures = SignatureMatrix::from_values(&stored.scheme, stored.values)?;
        Self::from_signatures(stored.banding, stored.ids, signatures)
    }
}
