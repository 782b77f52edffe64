//! Files that are read, and which of what is asked for would destroy or lose them.

use std::ffi::OsString;
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

/// Refuses two outputs that would be one file.
pub(crate) fn refuse_one_file(
    (option, output): (&str, Option<&Path>),
    (other, second): (&str, Option<&Path>),
) -> Result<()> {
    if let (Some(output), Some(second)) = (output, second)
        && (place(output) == place(second) || is_one_of(output, [second]))
    {
        bail!("{}: {option} and {other} would be one file; choose another {other}", output.display());
    }
    Ok(())
}

/// Where a file is or would be.
fn place(path: &Path) -> Option<(PathBuf, OsString)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some((fs::canonicalize(folder).ok()?, path.file_name()?.to_os_string()))
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
