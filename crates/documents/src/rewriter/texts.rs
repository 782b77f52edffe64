//! Files of which each is a document.

use std::borrow::Cow;
use std::path::Path;

use serde_json::Value;

use super::{NewTexts, Sink};
use crate::batch::{Part, Record};
use crate::error::Error;
use crate::fields::FieldPath;
use crate::inputs::{Source, path_of};
use crate::output::{Finished, Output};

/// The texts as JSON lines, with the files they came from.
pub(super) struct Texts<'a> {
    out: Output,
    sources: &'a [Source],
}

impl<'a> Texts<'a> {
    pub(super) fn create(path: &Path, sources: &'a [Source]) -> Result<Self, Error> {
        Ok(Self { out: Output::create(path)?, sources })
    }
}

impl Sink for Texts<'_> {
    /// A file is one text, however many fields are named.
    fn texts<'p>(&self, part: &'p Part, _: &[FieldPath]) -> Result<Vec<Vec<Option<Cow<'p, str>>>>, Error> {
        let text = |record: &Record| vec![Some(Cow::Borrowed(part.document(record).1))];
        Ok(part.documents.iter().map(text).collect())
    }

    fn write(&mut self, part: &Part, _: &[FieldPath], new: &[NewTexts]) -> Result<(), Error> {
        for (record, new) in part.documents.iter().zip(new) {
            let (id, old) = part.document(record);
            let text = new.first().and_then(Option::as_deref).unwrap_or(old);
            let [id, path, text] = [id, &path_of(self.sources, record.line), text].map(Value::from);
            self.out.write(format!("{{\"id\":{id},\"path\":{path},\"text\":{text}}}\n").as_bytes())?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Finished, Error> {
        self.out.finish()
    }
}
