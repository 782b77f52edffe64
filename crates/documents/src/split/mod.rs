//! The inputs once more: what is kept to one file, untouched, and what is removed to another, with the reason.

mod csv;
mod json_lines;
mod output;
mod parquet;
mod texts;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::corpus::{Format, Input, Inputs};
use crate::error::Error;

/// Why a document is removed.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// The document that is kept for it.
    pub duplicate_of: String,
    /// Its Jaccard similarity to that one.
    pub jaccard: f64,
    /// The share of the smaller of both shingle sets that is in the other.
    pub containment: f64,
}

/// The names of the fields that a removed record gets.
const FIELDS: [&str; 3] = ["duplicate_of", "jaccard", "containment"];

/// Records that were [set aside](crate::Options::skip_bad) when the inputs were read: of each input, by its path, their lines or rows,
/// ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetAside {
    records: Vec<(PathBuf, u64)>,
}

impl SetAside {
    /// Adds what was set aside of a batch.
    pub fn add(&mut self, skipped: &[Error]) {
        self.records.extend(skipped.iter().map(|error| (error.path.clone(), error.line.unwrap_or_default())));
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// Where a split writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The folder. Files in it are called `kept`, `removed` and `bad`, with the ending of the inputs' format.
    pub folder: PathBuf,
}

/// What a split wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Documents kept.
    pub kept: u64,
    /// Documents removed.
    pub removed: u64,
    /// Records that had been set aside.
    pub bad: u64,
    /// The files, or folders, that were written: what is kept, what is removed, and what was set aside if there is any.
    pub files: Vec<PathBuf>,
}

/// What went wrong: with a file, or with what the caller says.
#[derive(Debug)]
pub enum SplitError<E> {
    /// A file could not be read or written.
    File(Error),
    /// The inputs hold fewer documents, or more, than were read before.
    Changed(PathBuf),
    /// What the caller said.
    Caller(E),
}

impl<E: fmt::Display> fmt::Display for SplitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Changed(path) => write!(f, "{}: it has changed since it was read; start again", path.display()),
            Self::Caller(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error> std::error::Error for SplitError<E> {}

impl<E> From<Error> for SplitError<E> {
    fn from(error: Error) -> Self {
        Self::File(error)
    }
}

/// Where a record goes.
enum Verdict {
    Keep,
    Remove(Removal),
    SetAside,
}

/// Says of each record in turn where it goes.
struct Judge<'a, F> {
    set_aside: &'a SetAside,
    /// How many of those have come.
    passed: usize,
    documents: u32,
    judge: F,
    outcome: Outcome,
}

impl<E, F: FnMut(u32) -> Result<Option<Removal>, E>> Judge<'_, F> {
    fn verdict(&mut self, path: &Path, line: u64) -> Result<Verdict, SplitError<E>> {
        let next = self.set_aside.records.get(self.passed);
        if next.is_some_and(|(bad, at)| bad == path && *at == line) {
            self.passed += 1;
            self.outcome.bad += 1;
            return Ok(Verdict::SetAside);
        }
        let number = self.documents;
        self.documents += 1;
        Ok(match (self.judge)(number).map_err(SplitError::Caller)? {
            None => {
                self.outcome.kept += 1;
                Verdict::Keep
            }
            Some(removal) => {
                self.outcome.removed += 1;
                Verdict::Remove(removal)
            }
        })
    }
}

impl Split {
    /// Goes through the inputs again, which must be as they were. `judge` is asked about each document in turn, by its number.
    ///
    /// Kept JSON lines are the inputs' lines, byte for byte; a removed one has three more fields. Tables keep their columns, and what is
    /// removed has three more. Files of a folder are copied, and what is removed is listed.
    ///
    /// # Errors
    /// Names the file that could not be read or written, or passes on what the caller says. No file is left half written.
    pub fn run<E>(
        &self,
        inputs: &Inputs,
        set_aside: &SetAside,
        documents: u32,
        judge: impl FnMut(u32) -> Result<Option<Removal>, E>,
    ) -> Result<Outcome, SplitError<E>> {
        let mut judge = Judge { set_aside, passed: 0, documents: 0, judge, outcome: Outcome::default() };
        let files = match inputs.format() {
            Format::JsonLines => json_lines::split(self, inputs, &mut judge)?,
            Format::Csv | Format::Tsv => csv::split(self, inputs, &mut judge)?,
            Format::Parquet => parquet::split(self, inputs, &mut judge)?,
            Format::Texts => texts::split(self, inputs, &mut judge)?,
        };
        if judge.documents != documents || judge.passed != set_aside.len() {
            let last = inputs.iter().next_back().map(|input| input.path.clone());
            return Err(SplitError::Changed(last.unwrap_or_default()));
        }
        let files = files.into_iter().map(output::Unfinished::finish).collect::<Result<_, _>>()?;
        Ok(Outcome { files, ..judge.outcome })
    }

    fn path(&self, name: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{name}.{ending}"))
    }

    /// Begins what is kept and what is removed, in the format of the inputs.
    fn path_like(&self, name: &str, first: &Input) -> Result<PathBuf, Error> {
        Ok(self.path(name, &format!("{}{}", first.format.ending(), first.compression()?.ending())))
    }
}
