//! JSON lines.

use std::path::Path;

use super::{Duplicate, MORE, Sink, with_verdicts};
use crate::batch::Part;
use crate::error::Error;
use crate::members::Members;
use crate::output::{Finished, LinesFile, Output};

/// The lines of the input, and removed ones with more fields.
pub(super) struct Lines {
    kept: LinesFile,
    removed: Output,
}

impl Lines {
    pub(super) fn create(kept: &Path, removed: &Path) -> Result<Self, Error> {
        Ok(Self { kept: LinesFile::create(kept)?, removed: Output::create(removed)? })
    }
}

impl Sink for Lines {
    fn write(&mut self, part: &Part, verdicts: &[Option<Duplicate>]) -> Result<(), Error> {
        for (record, verdict) in with_verdicts(part, verdicts) {
            let line = part.bytes_of(record);
            match verdict {
                None => self.kept.line(line)?,
                Some(duplicate) => {
                    self.removed.write(&opened(line))?;
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

/// A record without its end, to which fields can be added. Those that would come twice are taken out; the values of others
/// stay byte for byte.
fn opened(line: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_start_matches('\u{feff}').trim_ascii();
    match serde_json::from_str::<Members<'_>>(text) {
        Ok(members) if members.0.iter().any(|(name, _)| MORE.contains(&name.as_str())) => {
            let mut open = String::from("{");
            for (name, value) in members.0.iter().filter(|(name, _)| !MORE.contains(&name.as_str())) {
                open += &format!("{}:{value},", serde_json::Value::from(name.as_str()));
            }
            open.into_bytes()
        }
        _ => {
            let line = line.trim_ascii_end();
            [line.strip_suffix(b"}").unwrap_or(line), b","].concat()
        }
    }
}

/// The fields that say what a record is a duplicate of, and the end of the record and the line.
pub(super) fn more_fields(duplicate: &Duplicate) -> Vec<u8> {
    let of = serde_json::Value::from(duplicate.of.as_str());
    let [jaccard, containment] = [duplicate.jaccard, duplicate.containment].map(serde_json::Value::from);
    format!("\"duplicate_of\":{of},\"jaccard\":{jaccard},\"containment\":{containment}}}\n").into_bytes()
}
