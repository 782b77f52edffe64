//! Splits folders of text files.

use std::path::Path;

use serde_json::Value;

use super::decision::DuplicateOf;
use super::json_lines::duplicate_fields;
use super::sink::{Sink, with_duplicates};
use crate::batch::Part;
use crate::error::Error;
use crate::output::{Finished, Output};
use crate::source::{Source, path_of};

/// Writes a list of the kept files, and the removed texts as JSON lines.
pub(super) struct TextSplitter<'a> {
    kept: Output,
    removed: Output,
    sources: &'a [Source],
}

impl<'a> TextSplitter<'a> {
    pub(super) fn create(kept: &Path, removed: &Path, sources: &'a [Source]) -> Result<Self, Error> {
        Ok(Self { kept: Output::create(kept)?, removed: Output::create(removed)?, sources })
    }
}

impl Sink for TextSplitter<'_> {
    fn write(&mut self, part: &Part, duplicates: &[Option<DuplicateOf>]) -> Result<(), Error> {
        for (record, duplicate) in with_duplicates(part, duplicates) {
            let ((id, text), path) = (part.document(record), path_of(part, self.sources, record.line));
            match duplicate {
                None => self.kept.write(format!("{id}\t{path}\n").as_bytes())?,
                Some(duplicate) => self.removed.write(&removed_text(id, &path, text, duplicate))?,
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}

/// Returns the JSON line of a removed text.
pub(super) fn removed_text(id: &str, path: &str, text: &str, duplicate: &DuplicateOf) -> Vec<u8> {
    let [id, path, text] = [id, path, text].map(Value::from);
    let begin = format!("{{\"id\":{id},\"path\":{path},\"text\":{text},");
    [begin.into_bytes(), duplicate_fields(duplicate)].concat()
}
