//! One output file for each input file.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use twinprint_documents::{Format, Inputs, Options};

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
pub(crate) fn parts(inputs: &Inputs, options: &Options) -> Result<Vec<Part>> {
    if inputs.format() == Format::Text {
        bail!("--output-per-file has no meaning for text files, because each is one document; leave it out");
    }
    if !inputs.can_be_read_again() {
        bail!(
            "--output-per-file needs files, and standard input has no name; save it to a file, or leave the option out"
        );
    }
    let paths = inputs.paths().map(real_path).collect::<Result<Vec<_>>>()?;
    let common = common_folder(&paths);
    let (options, mut seen) = (Options { format: Some(inputs.format()), ..options.to_owned() }, HashSet::new());
    let part = |(input, path): (&Path, &PathBuf)| {
        if !seen.insert(path.clone()) {
            bail!(
                "{}: the file is named twice, and --output-per-file would write two files of one name; name it once",
                input.display()
            );
        }
        let relative = path.strip_prefix(&common).unwrap_or(path).to_path_buf();
        Ok(Part { inputs: Inputs::find([input], &options)?, relative })
    };
    inputs.paths().zip(&paths).map(part).collect()
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

/// Resolves the folder of a file, but keeps the name of the file, even if it is a link.
fn real_path(path: &Path) -> Result<PathBuf> {
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
