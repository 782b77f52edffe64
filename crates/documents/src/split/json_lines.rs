//! JSON lines: what is kept is copied, and what is removed gets its fields at its end.

use std::io::{BufRead, BufReader};
use std::sync::Arc;

use serde_json::Value;

use super::output::{Output, Unfinished};
use super::{FIELDS, Judge, Removal, Split, SplitError, Verdict};
use crate::corpus::{Compression, Inputs};
use crate::error::Error;

pub(super) fn split<E, F: FnMut(u32) -> Result<Option<Removal>, E>>(
    to: &Split,
    inputs: &Inputs,
    judge: &mut Judge<'_, F>,
) -> Result<Vec<Unfinished>, SplitError<E>> {
    let Some(first) = inputs.iter().next() else { return Ok(Vec::new()) };
    let mut kept = Output::like(inputs, to.path_like("kept", first)?)?;
    let mut removed = Output::like(inputs, to.path_like("removed", first)?)?;
    let mut bad = None;
    for input in inputs.iter() {
        let mut lines = BufReader::with_capacity(1 << 20, input.open(&Arc::default())?);
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line).map_err(|error| Error::io(&input.path, &error))? == 0 {
                break;
            }
            number += 1;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            // A last line without its end must not run into the next file's first.
            if !line.ends_with(b"\n") {
                line.push(b'\n');
            }
            match judge.verdict(&input.path, number)? {
                Verdict::Keep => kept.put(&line)?,
                Verdict::Remove(removal) => removed.put(&with_reason(&line, &removal))?,
                Verdict::SetAside => {
                    let file = match &mut bad {
                        Some(file) => file,
                        None => bad.insert(Output::create(to.path("bad", "jsonl"), Compression::None)?),
                    };
                    file.put(&line)?;
                }
            }
        }
    }
    let files = [Some(kept), Some(removed), bad].into_iter().flatten();
    files.map(|file| Ok(file.end()?)).collect()
}

/// The record's own fields, as they are written, and why it was removed.
fn with_reason(line: &[u8], removal: &Removal) -> Vec<u8> {
    let reason = serde_json::json!({
        FIELDS[0]: removal.duplicate_of, FIELDS[1]: removal.jaccard, FIELDS[2]: removal.containment,
    });
    let trimmed = line.trim_ascii_end();
    let Some(open) = trimmed.strip_suffix(b"}") else { return line.to_vec() };
    let mentions = |name: &str| memchr::memmem::find(open, format!("\"{name}\"").as_bytes()).is_some();
    // A record that was removed once before has such fields, which must not be there twice.
    if FIELDS.into_iter().any(mentions)
        && let Ok(Value::Object(mut record)) = serde_json::from_slice::<Value>(line)
    {
        record.extend(reason.as_object().cloned().unwrap_or_default());
        return [Value::Object(record).to_string().as_bytes(), b"\n"].concat();
    }
    let fields = reason.to_string();
    let separator: &[u8] = if open.trim_ascii_end().ends_with(b"{") { b"" } else { b"," };
    [open.trim_ascii_end(), separator, &fields.as_bytes()[1..], b"\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_added_to_any_record() {
        let removal = Removal { duplicate_of: "a \"b\"".into(), jaccard: 0.5, containment: 1.0 };
        for line in [
            "{\"id\": 1, \"text\": \"x}\"}\n",
            "{\"id\":1}\r\n",
            "  { }\n",
            "{\"id\": 1, \"jaccard\": 7, \"duplicate_of\": null}\n",
        ] {
            let with = with_reason(line.as_bytes(), &removal);
            let before: Value = serde_json::from_str(line).expect("JSON");
            let after: Value = serde_json::from_slice(&with).expect("JSON");
            assert_eq!(after["duplicate_of"], "a \"b\"");
            assert_eq!((after["jaccard"].as_f64(), after["containment"].as_f64()), (Some(0.5), Some(1.0)));
            assert_eq!(after["id"], before["id"]);
            assert_eq!(after["text"], before["text"]);
            assert!(with.ends_with(b"}\n"));
            assert_eq!(String::from_utf8(with).expect("text").matches("jaccard").count(), 1);
        }
    }
}
