//! Files that are read, and which of what is asked for would destroy or lose them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use twinprint_documents::{Inputs, Options};

use crate::settings::Settings;

/// The name that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Finds the files of a corpus. Standard input can be one of them once, for it is read once.
pub(crate) fn find(inputs: &[String], options: &Options) -> Result<Inputs> {
    refuse_standard_input_twice(inputs.iter())?;
    Ok(Inputs::find(inputs, options)?)
}

/// Finds the corpus that another is compared with, if there is to be one.
pub(crate) fn find_other(against: &[String], own: &Inputs, settings: &Settings) -> Result<Option<Inputs>> {
    if against.is_empty() {
        return Ok(None);
    }
    if settings.across_sources == Some(true) {
        bail!(
            "--across-sources has no meaning with --against, which compares all inputs with the other corpus; say \
             --across-sources=false"
        );
    }
    let other = Inputs::find(against, &settings.options())?;
    refuse_standard_input_twice(own.paths().chain(other.paths()))?;
    for path in other.paths() {
        if is_one_of(path, own.paths()) {
            bail!(
                "{}: it is an input and in --against, and would be compared with itself; name it once",
                path.display()
            );
        }
    }
    Ok(Some(other))
}

fn refuse_standard_input_twice(paths: impl Iterator<Item = impl AsRef<Path>>) -> Result<()> {
    if paths.filter(|path| path.as_ref().as_os_str() == STANDARD_INPUT).count() > 1 {
        bail!("standard input (-) is named twice, and can be read once; save one of the inputs to a file");
    }
    Ok(())
}

/// Refuses an output that would replace a file that is read.
pub(crate) fn refuse_replacing<'a>(
    option: &str,
    output: Option<&Path>,
    read: impl IntoIterator<Item = &'a Path>,
) -> Result<()> {
    if let Some(output) = output
        && is_one_of(output, read)
    {
        bail!("{}: {option} would replace a file that is read; choose another {option}", output.display());
    }
    Ok(())
}

/// Whether a path leads to one of these files.
fn is_one_of<'a>(path: &Path, files: impl IntoIterator<Item = &'a Path>) -> bool {
    real(path).is_some_and(|path| files.into_iter().any(|file| real(file).as_ref() == Some(&path)))
}

/// Where a path leads; nowhere if there is no file. Standard input may be a file too.
fn real(path: &Path) -> Option<PathBuf> {
    let path = if path.as_os_str() == STANDARD_INPUT { Path::new("/dev/stdin") } else { path };
    fs::canonicalize(path).ok()
}
