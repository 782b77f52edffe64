//! `twinprint inspect`.

use anyhow::Result;
use twinprint::StoredFile;

use crate::arguments::Inspect;

pub(crate) fn run(command: &Inspect) -> Result<()> {
    for path in &command.files {
        let file = StoredFile::inspect(path)?;
        println!(
            "{}: {}, {} bytes in {} pieces, all sound; belongs to {:016x}",
            path.display(),
            file.kind,
            file.bytes,
            file.frames,
            file.owner
        );
    }
    Ok(())
}
