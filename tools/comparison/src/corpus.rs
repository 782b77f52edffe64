//! The input: a file of JSON lines, generated or given.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use twinprint_documents::{Batch, Options};
use twinprint_generator::{Generator, Settings};

use crate::measure::Outcome;

/// A file of JSON lines.
#[derive(Clone, Debug)]
pub(crate) struct Corpus {
    /// Its name in the tables.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) documents: usize,
}

impl Corpus {
    /// Writes made news of at least this many megabytes; the same bytes in every run.
    pub(crate) fn make(path: &Path, megabytes: u64) -> Outcome<Self> {
        let mut out = BufWriter::new(File::create(path)?);
        let mut bytes = 0;
        for document in Generator::new(Settings::default()) {
            let line = json!({"id": document.id, "text": document.text}).to_string();
            writeln!(out, "{line}")?;
            bytes += line.len() as u64 + 1;
            if bytes >= megabytes * 1_000_000 {
                break;
            }
        }
        out.flush()?;
        Self::open("made news", path)
    }

    /// Opens a file and counts its documents.
    pub(crate) fn open(name: &str, path: &Path) -> Outcome<Self> {
        let (mut bytes, mut documents) = (0, 0);
        let mut lines = twinprint_documents::open(path, &Options::default())?;
        while let Some(batch) = lines.next_batch()? {
            bytes += batch.bytes;
            documents += batch.documents().count();
        }
        Ok(Self { name: name.to_string(), path: path.into(), bytes, documents })
    }

    /// Passes every batch of texts to `take`. All contestants read this way.
    pub(crate) fn read_batches(&self, mut take: impl FnMut(&Batch) -> Outcome<()>) -> Outcome<()> {
        let mut lines = twinprint_documents::open(&self.path, &Options::default())?;
        while let Some(batch) = lines.next_batch()? {
            take(batch)?;
        }
        Ok(())
    }

    /// Passes every text to `take`, with its number.
    pub(crate) fn read(&self, mut take: impl FnMut(u32, &str) -> Outcome<()>) -> Outcome<()> {
        let mut number = 0;
        self.read_batches(|batch| {
            for (_, text) in batch.documents() {
                take(number, text)?;
                number += 1;
            }
            Ok(())
        })
    }

    /// Returns all texts.
    pub(crate) fn texts(&self) -> Outcome<Vec<String>> {
        let mut texts = Vec::with_capacity(self.documents);
        self.read(|_, text| {
            texts.push(text.to_string());
            Ok(())
        })?;
        Ok(texts)
    }

    /// Returns its name as a part of file names: `long_documents` for "long documents (PEPs in their revisions)".
    pub(crate) fn file_name(&self) -> String {
        self.name.split(" (").next().unwrap_or_default().replace(' ', "_")
    }

    /// Returns its description in the tables.
    pub(crate) fn line(&self) -> String {
        format!("{}: {} documents, {:.1} MB of JSON lines", self.name, self.documents, self.bytes as f64 / 1e6)
    }
}
