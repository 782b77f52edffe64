//! Reads the files of a corpus one after another.

use crate::batch::{BadRecord, Batch, Part, RejectedRecord};
use crate::columns::FirstColumns;
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::fields::Fields;
use crate::format::Format;
use crate::formats::open_records;
use crate::inputs::Inputs;
use crate::options::Options;
use crate::place::RecordPlace;
use crate::records::{ReadConfig, Records};
use crate::seen_ids::{RecordLocation, SeenIds};
use crate::text_fields::TextFields;

/// The files of a corpus while they are read, and what is known of the documents so far.
#[derive(Debug)]
pub(crate) struct FileSequence {
    inputs: Inputs,
    /// The number of files opened so far.
    opened: usize,
    current: Option<Box<dyn Records>>,
    columns: FirstColumns,
    config: ReadConfig,
    seen_ids: SeenIds,
    documents: u64,
    passed_over: u64,
    text_fields: TextFields,
}

/// How far a corpus was read when a batch was complete.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// Bytes as they are on disk.
    pub(crate) bytes: u64,
    pub(crate) documents: u64,
    pub(crate) passed_over: u64,
    pub(crate) text_fields: TextFields,
    /// The number of the file, and what its records are called.
    pub(crate) file: usize,
    pub(crate) unit: RecordUnit,
}

impl FileSequence {
    pub(crate) fn new(inputs: &Inputs, options: &Options, fields: &Fields) -> Self {
        Self {
            inputs: inputs.clone(),
            opened: 0,
            current: None,
            columns: FirstColumns::default(),
            config: ReadConfig { options: *options, fields: fields.clone(), ..ReadConfig::default() },
            seen_ids: SeenIds::default(),
            documents: 0,
            passed_over: 0,
            text_fields: TextFields::default(),
        }
    }

    /// Keeps the records as they are in the input too.
    pub(crate) fn keep_raw(&mut self) {
        self.config.keep_raw = true;
    }

    /// Returns whether the records are kept as they are in the input.
    pub(crate) fn keeps_raw(&self) -> bool {
        self.config.keep_raw
    }

    /// Returns how far the corpus was read.
    pub(crate) fn progress(&self) -> Progress {
        Progress {
            bytes: self.config.counter.get(),
            documents: self.documents,
            passed_over: self.passed_over,
            text_fields: self.text_fields,
            file: self.opened.saturating_sub(1),
            unit: self.current.as_ref().map_or(RecordUnit::Line, |records| records.unit()),
        }
    }

    /// Reads the next part of the current file, or of the next one that has any. Returns false at the end.
    pub(crate) fn read(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        loop {
            if let Some(current) = &mut self.current {
                batch.clear();
                let read = current.next_batch(batch);
                if read.map_err(|error| explained(&self.inputs, error))? {
                    break;
                }
            }
            if !self.open_next()? {
                return Ok(false);
            }
        }
        let mut parts = std::mem::take(&mut batch.parts);
        parts.iter().for_each(|part| self.text_fields.add(part.text_fields));
        self.passed_over += parts.iter().map(|part| part.passed_over).sum::<u64>();
        let checked = parts.iter_mut().try_for_each(|part| self.check(part, &mut batch.rejected));
        batch.parts = parts;
        self.documents += batch.len() as u64;
        checked.map(|()| true)
    }

    /// Opens the next file, or all files if each is one document. Returns false if none is left.
    fn open_next(&mut self) -> Result<bool, Error> {
        let left = &self.inputs.sources[self.opened..];
        if left.is_empty() {
            return Ok(false);
        }
        let current = open_records(left, self.inputs.format, &self.config)?;
        if self.config.keep_raw {
            self.columns.check(&left[0].path, current.columns())?;
        }
        self.current = Some(current);
        self.opened += if self.inputs.format.is_document_per_file() { left.len() } else { 1 };
        Ok(true)
    }

    /// Rejects or reports the bad records of a part, among them documents with repeated ids.
    fn check(&mut self, part: &mut Part, all_rejected: &mut Vec<RejectedRecord>) -> Result<(), Error> {
        let file = self.opened.saturating_sub(1);
        let unit = self.current.as_ref().map_or(RecordUnit::Line, |records| records.unit());
        let place = |location| place(&self.inputs, location, unit);
        if !self.config.options.repeated_ids {
            let describe = |location: RecordLocation| match place(location) {
                RecordPlace { line: Some(line), .. } if location.file == file => format!("{} {line}", unit.name()),
                place => place.to_string(),
            };
            let is_tar = self.inputs.format == Format::Tar;
            let repeated = |id, location: RecordLocation| match is_tar && location.file == file {
                true => ErrorKind::RepeatedMember(id, describe(location)),
                false => ErrorKind::RepeatedId(id, describe(location)),
            };
            self.seen_ids.check(part, file, repeated);
            part.bad.sort_by_key(|bad| bad.line);
        }
        for BadRecord { line, kind, bytes } in part.bad.drain(..) {
            let RecordPlace { path, line, unit, .. } = place(RecordLocation { file, line });
            let rejected = RejectedRecord { error: Error { path, line, unit, kind }, bytes };
            if !self.config.options.skip_bad {
                return Err(rejected.error);
            }
            all_rejected.push(rejected);
        }
        Ok(())
    }
}

/// Says of a lost connection that it was one.
fn explained(inputs: &Inputs, error: Error) -> Error {
    match inputs.sources.iter().find(|source| source.path == error.path) {
        Some(source) => source.explained(error),
        None => error,
    }
}

/// Describes a location. A text file is one document, so the "line" is the number of the file.
pub(crate) fn place(inputs: &Inputs, RecordLocation { file, line }: RecordLocation, unit: RecordUnit) -> RecordPlace {
    let (file, line) = match inputs.format.is_document_per_file() {
        true => (usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1), None),
        false => (file, Some(line)),
    };
    let path = inputs.sources.get(file).map(|source| source.path.clone()).unwrap_or_default();
    RecordPlace { id: String::new(), path, line, unit }
}
