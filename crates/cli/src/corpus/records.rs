//! Checks of single records.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use twinprint_documents::{Batch, RejectedRecord};

/// Warns of the rejected records of a batch, counts them, and appends their bytes to a file if there is to be one. The first record of a
/// run replaces the file.
pub(crate) fn write_rejected(batch: &Batch, to: Option<&Path>, count: &mut u64) -> Result<()> {
    for RejectedRecord { error, bytes, .. } in &batch.rejected {
        tracing::warn!("rejected: {error}");
        *count += 1;
        if let Some(path) = to {
            let mut options = fs::OpenOptions::new();
            let file = if *count == 1 { options.write(true).create(true).truncate(true) } else { options.append(true) };
            let write = |mut file: fs::File| file.write_all(bytes).and_then(|()| file.write_all(b"\n"));
            file.open(path).and_then(write).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

/// Refuses a corpus of which no record could be read, as if it were empty.
pub(crate) fn refuse_all_rejected(documents: u64, rejected: u64) -> Result<()> {
    match (documents, rejected) {
        (0, 0) => bail!("the inputs hold no documents"),
        (0, rejected) => bail!(
            "all {rejected} records were rejected, as the warnings say; check --text, --id and --format, or correct the records"
        ),
        _ => Ok(()),
    }
}
