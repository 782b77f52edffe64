//! Splits JSON lines.

use std::path::Path;

use super::decision::{DuplicateOf, SharedPassage};
use super::sink::{self, Sink, with_duplicates};
use crate::batch::Part;
use crate::error::Error;
use crate::json::RawObject;
use crate::output::lines_file::LinesFile;
use crate::output::{Finished, Output};

/// Writes kept lines unchanged, and removed ones with more fields.
pub(super) struct JsonLinesSplitter {
    kept: LinesFile,
    removed: Output,
    passages: bool,
}

impl JsonLinesSplitter {
    pub(super) fn create(kept: &Path, removed: &Path, passages: bool) -> Result<Self, Error> {
        Ok(Self { kept: LinesFile::create(kept)?, removed: Output::create(removed)?, passages })
    }
}

impl Sink for JsonLinesSplitter {
    fn write(&mut self, part: &Part, duplicates: &[Option<DuplicateOf>]) -> Result<(), Error> {
        for (record, duplicate) in with_duplicates(part, duplicates) {
            let line = part.bytes_of(record);
            match duplicate {
                None => self.kept.line(line)?,
                Some(duplicate) => {
                    self.removed.write(&without_end(line, sink::duplicate_fields(self.passages)))?;
                    self.removed.write(&duplicate_fields(duplicate))?;
                }
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<[Finished; 2], Error> {
        Ok([self.kept.finish()?, self.removed.finish()?])
    }
}

/// Returns a record without its closing brace, so that fields can be appended. Drops the fields that would then be repeated; the values
/// of all others stay byte for byte.
fn without_end(line: &[u8], replaced: &[&str]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_start_matches('\u{feff}').trim_ascii();
    match RawObject::parse(text) {
        Ok(members) if members.0.iter().any(|(name, _)| replaced.contains(&name.as_str())) => {
            let mut open = String::from("{");
            for (name, value) in members.0.iter().filter(|(name, _)| !replaced.contains(&name.as_str())) {
                open += &format!("{}:{value},", serde_json::Value::from(name.as_str()));
            }
            open.into_bytes()
        }
        _ => {
            // The file may hold lines of several inputs, and a byte order mark in its middle would make it unreadable.
            let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii_end();
            [line.strip_suffix(b"}").unwrap_or(line), b","].concat()
        }
    }
}

/// Returns the fields of a removed record, followed by the closing brace and the line end.
pub(super) fn duplicate_fields(duplicate: &DuplicateOf) -> Vec<u8> {
    if duplicate.is_nothing() {
        return b"\"duplicate_of\":null,\"jaccard\":null,\"containment\":null,\"reason\":\"blank\"}\n".to_vec();
    }
    let of = serde_json::Value::from(duplicate.id.as_str());
    let [jaccard, containment] = [duplicate.jaccard, duplicate.containment].map(serde_json::Value::from);
    let mut fields = format!("\"duplicate_of\":{of},\"jaccard\":{jaccard},\"containment\":{containment}");
    if let Some(SharedPassage { start, end, share }) = duplicate.passage {
        let share = serde_json::Value::from(share);
        fields += &format!(",\"passage_start\":{start},\"passage_end\":{end},\"passage_share\":{share}");
    }
    fields += "}\n";
    fields.into_bytes()
}
