//! `twinprint inspect`.

use anyhow::Result;
use twinprint::StoredFile;

use crate::arguments::Inspect;
use crate::table::Table;

pub(crate) fn run(command: &Inspect) -> Result<()> {
    let mut out = Table::create(None)?;
    for path in &command.files {
        let file = StoredFile::inspect(path)?;
        out.line(format_args!(
            "{}: {}, {} bytes in {} pieces, all sound; belongs to {:016x}",
            path.display(),
            file.kind,
            file.bytes,
            file.frames,
            file.owner
        ))?;
    }
    out.finish()
}
