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

/// Refuses an id that would break a line of a TSV output.
pub(crate) fn check_id(id: &str) -> Result<()> {
    if id.contains(['\t', '\n', '\r']) {
        bail!("the id {id:?} contains a tab or a line break, which would break the output; see --id and --number");
    }
    Ok(())
}
