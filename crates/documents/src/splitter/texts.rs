//! Files of which each is a document.

use std::path::Path;

use serde_json::Value;

use super::lines::more_fields;
use super::{Duplicate, Sink, with_verdicts};
use crate::batch::Part;
use crate::error::Error;
use crate::inputs::{Source, path_of};
use crate::output::{Finished, Output};

/// A list of the files that are kept, and the others as JSON lines.
pub(super) struct Texts<'a> {
    kept: Output,
    removed: Output,
    sources: &'a [Source],
}

impl<'a> Texts<'a> {
    pub(super) fn create(kept: &Path, removed: &Path, sources: &'a [Source]) -> Result<Self, Error> {
        Ok(Self { kept: Output::create(kept)?, removed: Output::create(removed)?, sources })
    }
}

impl Sink for Texts<'_> {
    fn write(&mut self, part: &Part, verdicts: &[Option<Duplicate>]) -> Result<(), Error> {
        for (record, verdict) in with_verdicts(part, verdicts) {
            let ((id, text), path) = (part.document(record), path_of(self.sources, record.line));
            match verdict {
                None => self.kept.write(format!("{id}\t{path}\n").as_bytes())?,
                Some(duplicate) => {
                    let [id, path, text] = [id, &path, text].map(Value::from);
                    self.removed.write(format!("{{\"id\":{id},\"path\":{path},\"text\":{text},").as_bytes())?;
                    self.removed.write(&more_fields(duplicate))?;
                }
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}
