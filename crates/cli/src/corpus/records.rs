//! Checks of single records.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use twinprint_documents::{Batch, RejectedRecord};

/// The list of rejected records: file, line or row, and reason.
pub(crate) const REASONS: &str = "bad-reasons.tsv";

/// The number of rejected records that a warning names. The others are counted.
const SHOWN: u64 = 20;

/// Warns of the rejected records of a batch, counts them, and appends their bytes to a file and their reasons to a list beside it, if there
/// are to be any. The first record of a run replaces the files. Files that are documents as a whole stay where they are, and are only
/// listed.
pub(crate) fn write_rejected(batch: &Batch, to: Option<&Path>, count: &mut u64) -> Result<()> {
    for RejectedRecord { error, bytes, .. } in &batch.rejected {
        *count += 1;
        match *count {
            ..=SHOWN => tracing::warn!("rejected: {error}"),
            _ => tracing::info!("rejected: {error}"),
        }
        let Some(path) = to else { continue };
        let is_first = *count == 1;
        let reasons = path.with_file_name(REASONS);
        let append = |path: &Path, line: &[u8]| {
            let mut options = fs::OpenOptions::new();
            let options = if is_first { options.write(true).truncate(true) } else { options.append(true) };
            let write = |mut file: fs::File| file.write_all(line).and_then(|()| file.write_all(b"\n"));
            options.create(true).open(path).and_then(write).with_context(|| path.display().to_string())
        };
        // The first record creates the file, so that the lines of an earlier run are not taken for this one's.
        match bytes.as_slice() {
            [] if is_first => fs::write(path, []).with_context(|| path.display().to_string())?,
            [] => {}
            bytes => append(path, bytes)?,
        }
        append(&reasons, reason(error).as_bytes())?;
    }
    Ok(())
}

/// Returns which file tells of the rejected records: that of their bytes, or the list if they are files as a whole, which stay where they
/// are.
pub(crate) fn name_of_rejected(bad: &Path) -> String {
    let has_bytes = fs::metadata(bad).is_ok_and(|file| file.len() > 0);
    bad.file_name().filter(|_| has_bytes).unwrap_or(REASONS.as_ref()).to_string_lossy().into_owned()
}

/// Returns a line of the list.
fn reason(error: &twinprint_documents::Error) -> String {
    let plain = |text: String| text.replace(char::is_control, " ");
    let line = error.line.map(|line| line.to_string()).unwrap_or_default();
    format!("{}\t{line}\t{}", plain(error.path.display().to_string()), plain(error.kind.to_string()))
}

/// Refuses a corpus of which no record could be read, as if it were empty. Warns of the number of rejected records, if not every one was
/// named.
pub(crate) fn refuse_all_rejected(documents: u64, rejected: u64) -> Result<()> {
    if rejected > SHOWN {
        tracing::warn!("{rejected} records were rejected in all; -v names every one");
    }
    match (documents, rejected) {
        (0, 0) => bail!("the inputs hold no documents"),
        (0, rejected) => bail!(
            "{} rejected, as the warnings say; check --text, --id and --format, or correct the records",
            if rejected == 1 { "the only record was".to_string() } else { format!("all {rejected} records were") }
        ),
        _ => Ok(()),
    }
}
