//! Rewrites text files as JSON lines.

use std::borrow::Cow;
use std::path::Path;

use serde_json::Value;

use super::sink::{NewTexts, OldTexts, Sink, written};
use crate::batch::{Part, Record};
use crate::error::Error;
use crate::field_path::FieldPath;
use crate::output::{Finished, Output};
use crate::source::{Source, path_of};

/// Writes each text as a JSON line with its id and its path.
pub(super) struct TextRewriter<'a> {
    out: Output,
    sources: &'a [Source],
}

impl<'a> TextRewriter<'a> {
    pub(super) fn create(path: &Path, sources: &'a [Source]) -> Result<Self, Error> {
        Ok(Self { out: Output::create(path)?, sources })
    }
}

impl Sink for TextRewriter<'_> {
    /// Returns the one text of each file, however many text fields were asked for.
    fn texts<'p>(&self, part: &'p Part, _: &[FieldPath]) -> Result<Vec<OldTexts<'p>>, Error> {
        let text = |record: &Record| vec![Some(Cow::Borrowed(part.document(record).1))];
        Ok(part.documents.iter().map(text).collect())
    }

    fn write(&mut self, part: &Part, _: &[FieldPath], new: &[Option<NewTexts>]) -> Result<(), Error> {
        for (record, new) in written(part, new) {
            let (id, old) = part.document(record);
            let text = new.first().and_then(Option::as_deref).unwrap_or(old);
            let [id, path, text] = [id, &path_of(part, self.sources, record.line), text].map(Value::from);
            self.out.write(format!("{{\"id\":{id},\"path\":{path},\"text\":{text}}}\n").as_bytes())?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Finished, Error> {
        self.out.finish()
    }
}
