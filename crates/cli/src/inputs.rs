//! The input files, and checks that no output destroys them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use twinprint_documents::{Inputs, Options};

use crate::settings::Settings;

/// The name of standard input on the command line.
const STANDARD_INPUT: &str = "-";

/// Finds the files of a corpus. Refuses standard input twice, because it can only be read once.
pub(crate) fn find(inputs: &[PathBuf], options: &Options) -> Result<Inputs> {
    refuse_standard_input_twice(inputs.iter())?;
    Ok(Inputs::find(inputs, options)?)
}

/// Finds the corpus of `--against`, if one is named.
pub(crate) fn find_against(against: &[String], own: &Inputs, settings: &Settings) -> Result<Option<Inputs>> {
    if against.is_empty() {
        return Ok(None);
    }
    if settings.across_sources == Some(true) {
        bail!(
            "--across-sources has no meaning with --against, which compares all inputs with the other corpus; add \
             --across-sources=false"
        );
    }
    let other = Inputs::find(against, &settings.options())?;
    refuse_standard_input_twice(own.paths().chain(other.paths()))?;
    for path in other.paths() {
        if is_one_of(path, own.paths()) {
            bail!(
                "{}: the file is both an input and in --against, and would be compared with itself; name it once",
                path.display()
            );
        }
    }
    Ok(Some(other))
}

fn refuse_standard_input_twice(paths: impl Iterator<Item = impl AsRef<Path>>) -> Result<()> {
    if paths.filter(|path| path.as_ref().as_os_str() == STANDARD_INPUT).count() > 1 {
        bail!("standard input (-) is named twice, but can be read only once; save one of the inputs to a file");
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

/// An output file, and the option that names it.
pub(crate) struct NamedOutput<'a> {
    pub(crate) option: &'a str,
    pub(crate) path: Option<&'a Path>,
}

/// Refuses two outputs that would be one file.
pub(crate) fn refuse_one_file(first: &NamedOutput<'_>, second: &NamedOutput<'_>) -> Result<()> {
    if let (Some(path), Some(other)) = (first.path, second.path)
        && (location(path) == location(other) || is_one_of(path, [other]))
    {
        let (first, second) = (first.option, second.option);
        bail!("{}: {first} and {second} would be one file; choose another {second}", path.display());
    }
    Ok(())
}

/// Returns the real folder and the name of a file that may not exist yet.
fn location(path: &Path) -> Option<(PathBuf, OsString)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some((fs::canonicalize(folder).ok()?, path.file_name()?.to_os_string()))
}

/// Returns whether a path leads to one of these files, also through links.
fn is_one_of<'a>(path: &Path, files: impl IntoIterator<Item = &'a Path>) -> bool {
    real(path).is_some_and(|path| files.into_iter().any(|file| real(file).as_ref() == Some(&path)))
}

/// Returns whether a path is the address of an object.
pub(crate) fn is_address(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.contains("://")) && !path.exists()
}

/// Resolves links in a path; returns nothing if there is no file. Standard input may be a file too.
fn real(path: &Path) -> Option<PathBuf> {
    if is_address(path) {
        return Some(path.to_path_buf());
    }
    let path = if path.as_os_str() == STANDARD_INPUT { Path::new("/dev/stdin") } else { path };
    fs::canonicalize(path).ok()
}
