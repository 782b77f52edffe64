//! Generated corpora on disk.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use twinprint_generator::{Document, Generator, Settings};

/// A file of JSON lines, and the settings that generate its documents again.
#[derive(Clone, Debug)]
pub(crate) struct Corpus {
    pub(crate) path: PathBuf,
    pub(crate) documents: u64,
    pub(crate) bytes: u64,
    settings: Settings,
}

impl Corpus {
    /// Writes `documents` documents. `giants` of them hold one text, and as many again are one form with changing figures.
    pub(crate) fn write(folder: &Path, documents: u64, giants: u64) -> Result<Self> {
        let path = folder.join(format!("made-{documents}.jsonl"));
        let settings = Settings { giants, ..Settings::default() };
        let mut corpus = Self { path, documents, bytes: 0, settings };
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&corpus.path)?);
        for Document { id, text, .. } in corpus.again() {
            let line = serde_json::json!({"id": id, "text": text}).to_string();
            writeln!(out, "{line}")?;
            corpus.bytes += line.len() as u64 + 1;
        }
        out.flush()?;
        Ok(corpus)
    }

    /// Generates the documents again.
    pub(crate) fn again(&self) -> impl Iterator<Item = Document> + use<> {
        Generator::new(self.settings).take(usize::try_from(self.documents).unwrap_or(usize::MAX))
    }
}
