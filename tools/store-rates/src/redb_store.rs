//! The same band keys in redb: one entry a key, in a table that is ordered by band, key and document.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use redb::{Database, ReadableDatabase, TableDefinition};
use twinprint::Signature;
use twinprint::lsh::BandHasher;

use crate::THRESHOLD;

/// Ids and signatures by number.
const DOCUMENTS: TableDefinition<'_, u64, (&str, &[u8])> = TableDefinition::new("documents");
/// Numbers by id, so that no id is there twice.
const IDS: TableDefinition<'_, &str, u64> = TableDefinition::new("ids");
const KEYS: TableDefinition<'_, (u32, u32, u64), ()> = TableDefinition::new("keys");

/// As large as the cache of the other database.
const CACHE: usize = 256 << 20;

pub(crate) struct Redb<'a> {
    database: Database,
    keys: &'a BandHasher,
}

impl<'a> Redb<'a> {
    pub(crate) fn create(path: &Path, keys: &'a BandHasher) -> Result<Self> {
        Ok(Self { database: Database::builder().set_cache_size(CACHE).create(path)?, keys })
    }

    /// Adds documents in one durable transaction. The first of them has this number.
    pub(crate) fn insert(&mut self, first: u64, documents: &[Signature]) -> Result<()> {
        let transaction = self.database.begin_write()?;
        {
            let mut added = transaction.open_table(DOCUMENTS)?;
            let mut ids = transaction.open_table(IDS)?;
            let mut keys = transaction.open_table(KEYS)?;
            for (number, signature) in (first..).zip(documents) {
                let bytes: Vec<u8> = signature.values().iter().flat_map(|value| value.to_le_bytes()).collect();
                let id = number.to_string();
                ids.insert(id.as_str(), number)?;
                added.insert(number, (id.as_str(), bytes.as_slice()))?;
                for (band, key) in (0_u32..).zip(self.keys.keys(signature)?) {
                    keys.insert((band, (key >> 32) as u32, number), ())?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// Asks all questions in one read transaction. Returns how many documents share a band and are estimated to be similar.
    pub(crate) fn reader(&self) -> Result<impl FnMut(&Signature) -> Result<usize>> {
        let transaction = self.database.begin_read()?;
        let (documents, keys) = (transaction.open_table(DOCUMENTS)?, transaction.open_table(KEYS)?);
        Ok(move |signature: &Signature| {
            let mut candidates = BTreeSet::new();
            for (band, key) in (0_u32..).zip(self.keys.keys(signature)?) {
                let key = (key >> 32) as u32;
                for entry in keys.range((band, key, 0)..=(band, key, u64::MAX))? {
                    candidates.insert(entry?.0.value().2);
                }
            }
            let mut found = 0;
            for candidate in candidates {
                let entry = documents.get(candidate)?.context("a key leads to no document")?;
                let (_, bytes) = entry.value();
                let values = bytes.as_chunks::<4>().0.iter().map(|value| u32::from_le_bytes(*value));
                let agreeing = values.zip(signature.values()).filter(|(a, b)| a == *b).count();
                found += usize::from(agreeing as f64 >= THRESHOLD * signature.values().len() as f64);
            }
            Ok(found)
        })
    }
}
