//! One output file for each input file.

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use twinprint_documents::{Format, Inputs};

use crate::inputs::is_address;

/// An input file, and the path of its output file in a folder.
pub(crate) struct Part {
    pub(crate) inputs: Inputs,
    /// The path below the folder that all inputs have in common.
    pub(crate) relative: PathBuf,
}

/// Splits a corpus into its files, in the order in which they are read.
///
/// # Errors
/// If the inputs are texts or standard input, or if a file is named twice.
pub(crate) fn parts(inputs: &Inputs) -> Result<Vec<Part>> {
    if matches!(inputs.format(), Format::Text | Format::Tar | Format::Warc) {
        bail!(
            "--output-per-file writes files of the format of the inputs, and {} cannot be written; leave the option out",
            inputs.format()
        );
    }
    if !inputs.can_be_read_again() {
        bail!(
            "--output-per-file needs files, and standard input has no name; save it to a file, or leave the option out"
        );
    }
    let paths = inputs.paths().map(real_path).collect::<Result<Vec<_>>>()?;
    let common = common_folder(&paths);
    let mut seen = HashSet::new();
    let part = |((input, path), own): ((&Path, &PathBuf), Inputs)| {
        if !seen.insert(path.clone()) {
            bail!(
                "{}: the file is named twice, and --output-per-file would write two files of one name; name it once",
                input.display()
            );
        }
        let relative = name_of_output(&below(path.strip_prefix(&common).unwrap_or(path)));
        Ok(Part { inputs: own, relative })
    };
    inputs.paths().zip(&paths).zip(inputs.per_file()).map(part).collect()
}

impl Part {
    /// Returns the path of the output file in a folder, and creates the folders on the way.
    pub(crate) fn create_in(&self, folder: &Path) -> Result<PathBuf> {
        let path = folder.join(&self.relative);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        Ok(path)
    }
}

/// Returns the name of the output for an input: its own, without the ending of a compression that is read but not written.
fn name_of_output(path: &Path) -> PathBuf {
    let is_only_read =
        path.extension().is_some_and(|extension| ["bz2", "lz4", "xz"].iter().any(|only_read| extension == *only_read));
    if is_only_read { path.with_extension("") } else { path.to_path_buf() }
}

/// Drops what would lead out of a folder. Without a common folder, as of files and objects of a store, paths are whole.
fn below(path: &Path) -> PathBuf {
    path.components().filter(|part| matches!(part, Component::Normal(_))).collect()
}

/// Resolves the folder of a file, but keeps the name of the file, even if it is a link.
fn real_path(path: &Path) -> Result<PathBuf> {
    if is_address(path) {
        return Ok(path.to_path_buf());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).with_context(|| path.display().to_string())?;
    Ok(folder.join(path.file_name().with_context(|| path.display().to_string())?))
}

/// Returns the innermost folder that holds all of these files.
fn common_folder(paths: &[PathBuf]) -> PathBuf {
    let mut folders = paths.iter().filter_map(|path| path.parent());
    let first = folders.next().unwrap_or(Path::new("")).to_path_buf();
    folders.fold(first, |common, folder| {
        common
            .components()
            .zip(folder.components())
            .take_while(|(one, other)| one == other)
            .map(|(one, _)| one)
            .collect()
    })
}
