//! `twinprint inspect`.

use anyhow::{Result, bail};
use twinprint::join::FileInfo;

use crate::arguments::Inspect;
use crate::line_sink::LineSink;

pub(crate) fn run(command: &Inspect) -> Result<()> {
    let mut out = LineSink::create(None)?;
    let mut corrupt = Vec::new();
    for path in &command.files {
        let file = match FileInfo::read(path) {
            Ok(file) => file,
            Err(error) => {
                corrupt.push(error.to_string());
                continue;
            }
        };
        out.line(format_args!(
            "{}: {}, {} bytes in {} pieces, all sound; belongs to {:016x}",
            path.display(),
            file.kind,
            file.bytes,
            file.frames,
            file.input_hash
        ))?;
    }
    out.finish()?;
    if !corrupt.is_empty() {
        bail!("{}", corrupt.join("\n"));
    }
    Ok(())
}
