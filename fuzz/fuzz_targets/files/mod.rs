//! Files to read documents from.

#![allow(dead_code, reason = "no target needs all of it")]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use tempfile::TempDir;
use twinprint_documents::{Batch, Error, Fields, Inputs, Options};

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder for temporary files"));

/// Writes a file of this name.
fn write(name: &str, bytes: &[u8]) -> PathBuf {
    let path = FOLDER.path().join(name);
    fs::write(&path, bytes).expect("written");
    path
}

/// Writes a file of this name and reads it again, batch by batch.
pub fn read(
    name: &str,
    bytes: &[u8],
    options: &Options,
    fields: &Fields,
    mut take: impl FnMut(&Batch),
) -> Result<(), Error> {
    let mut reader = Inputs::find([write(name, bytes)], options)?.read(options, fields);
    while let Some(batch) = reader.next_batch()? {
        take(batch);
    }
    Ok(())
}

/// Writes and reads a file; returns ids and texts of documents, and the number of rejected records.
pub fn documents(name: &str, bytes: &[u8], options: &Options) -> Result<(Vec<(String, String)>, usize), Error> {
    let (mut documents, mut rejected) = (Vec::new(), 0);
    read(name, bytes, options, &Fields::default(), |batch| {
        documents.extend(batch.documents().map(|(id, text)| (id.to_string(), text.to_string())));
        rejected += batch.rejected.len();
    })?;
    Ok((documents, rejected))
}

/// Returns whether bytes are read as they are: neither decompressed, nor as Parquet or Arrow.
pub fn are_plain(bytes: &[u8]) -> bool {
    let magic: [&[u8]; 5] = [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd], b"PAR1", b"ARROW1", &[0xff; 4]];
    !magic.iter().any(|magic| bytes.starts_with(magic))
}
