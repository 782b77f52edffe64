//! The same band keys in SQLite: one row a key, in a table that is its own index.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, params};
use twinprint::Signature;
use twinprint::lsh::BandHasher;

use crate::THRESHOLD;

pub(crate) struct Sqlite<'a> {
    database: Connection,
    keys: &'a BandHasher,
}

impl<'a> Sqlite<'a> {
    pub(crate) fn create(path: &Path, keys: &'a BandHasher) -> Result<Self> {
        let database = Connection::open(path)?;
        database.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -262144;
             CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, signature BLOB NOT NULL);
             CREATE TABLE keys (band INTEGER, key INTEGER, document INTEGER, PRIMARY KEY (band, key, document)) WITHOUT ROWID;",
        )?;
        Ok(Self { database, keys })
    }

    /// Adds documents in one transaction. The first of them has this number.
    pub(crate) fn insert(&mut self, first: u64, documents: &[Signature]) -> Result<()> {
        let transaction = self.database.transaction()?;
        {
            let mut add = transaction.prepare_cached("INSERT INTO documents VALUES (?1, ?2, ?3)")?;
            let mut add_key = transaction.prepare_cached("INSERT INTO keys VALUES (?1, ?2, ?3)")?;
            for (number, signature) in (first as i64..).zip(documents) {
                let bytes: Vec<u8> = signature.values().iter().flat_map(|value| value.to_le_bytes()).collect();
                add.execute(params![number, number.to_string(), bytes])?;
                for (band, key) in self.keys.keys(signature)?.iter().enumerate() {
                    add_key.execute(params![band as i64, (key >> 32) as i64, number])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// Writes what is in the log to the database.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        Ok(self.database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?)
    }

    /// Returns how many documents share a band and are estimated to be similar.
    pub(crate) fn query(&self, signature: &Signature) -> Result<usize> {
        let mut find = self.database.prepare_cached("SELECT document FROM keys WHERE band = ?1 AND key = ?2")?;
        let mut read = self.database.prepare_cached("SELECT id, signature FROM documents WHERE number = ?1")?;
        let mut candidates = BTreeSet::new();
        for (band, key) in self.keys.keys(signature)?.iter().enumerate() {
            let rows = find.query_map(params![band as i64, (key >> 32) as i64], |row| row.get::<_, i64>(0))?;
            for candidate in rows {
                candidates.insert(candidate?);
            }
        }
        let mut found = 0;
        for candidate in candidates {
            let (_, bytes): (String, Vec<u8>) = read.query_row([candidate], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let values = bytes.as_chunks::<4>().0.iter().map(|value| u32::from_le_bytes(*value));
            let agreeing = values.zip(signature.values()).filter(|(a, b)| a == *b).count();
            found += usize::from(agreeing as f64 >= THRESHOLD * signature.values().len() as f64);
        }
        Ok(found)
    }
}
