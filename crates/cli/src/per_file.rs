//! One output file for each input file.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use twinprint_documents::{Format, Inputs};

use crate::inputs::is_address;

/// The endings of compressions that are read but not written.
const ONLY_READ: [&str; 4] = ["bz2", "lz4", "xz", "zstd"];

/// What to do about two inputs whose outputs would have one name.
const REMEDY: &str = "rename one of them, or leave --output-per-file out";

/// An input file, and the path of its output file in a folder.
pub(crate) struct Part {
    pub(crate) inputs: Inputs,
    /// The path below the folder that all inputs have in common.
    pub(crate) relative: PathBuf,
}

/// Splits a corpus into its files, in the order in which they are read.
///
/// # Errors
/// If the inputs are texts or standard input, or if the outputs of two files would have one name.
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
    let output_of = |path: &PathBuf| name_of_output(&below(path.strip_prefix(&common).unwrap_or(path)));
    let outputs: Vec<PathBuf> = paths.iter().map(output_of).collect();
    refuse_one_name(&inputs.paths().collect::<Vec<_>>(), &outputs)?;
    Ok(inputs.per_file().zip(outputs).map(|(inputs, relative)| Part { inputs, relative }).collect())
}

impl Part {
    /// Creates the output file in a folder, and the folders on the way, and returns its path. The extension is that of the format of the
    /// output, which follows the name of the input where that promises another format.
    pub(crate) fn create_in(&self, folder: &Path, extension: &str) -> Result<PathBuf> {
        let has_format_of_input = extension == self.inputs.format().kept_extension();
        let path = folder.join(&self.relative);
        let path = if has_format_of_input { path } else { with_format(&path, extension) };
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        match File::create_new(&path) {
            // Some file systems take names for one that differ by more than case, such as in how accents are written.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let input = self.inputs.paths().next().unwrap_or(&self.relative).display();
                bail!("{input}: the output of another input has the same name on this file system; {REMEDY}")
            }
            created => created.with_context(|| path.display().to_string())?,
        };
        Ok(path)
    }
}

/// Refuses two inputs of which one output would replace the other, or would have the name of a folder that the other needs. Case does
/// not tell two names apart, because it does not on every file system that results are written or copied to.
fn refuse_one_name(inputs: &[&Path], outputs: &[PathBuf]) -> Result<()> {
    let mut files = HashMap::new();
    for (input, output) in inputs.iter().zip(outputs) {
        if let Some(first) = files.insert(without_case(output), input) {
            bail!(
                "{} and {}: --output-per-file would write both to {}; {REMEDY}",
                first.display(),
                input.display(),
                output.display()
            );
        }
    }
    for (input, output) in inputs.iter().zip(outputs) {
        for folder in output.ancestors().skip(1) {
            if let Some(file) = files.get(&without_case(folder)) {
                bail!(
                    "{} and {}: {} would be the output of the first and the folder of that of the second; {REMEDY}",
                    file.display(),
                    input.display(),
                    folder.display()
                );
            }
        }
    }
    Ok(())
}

/// Returns a path as a file system sees it to which case does not matter.
fn without_case(path: &Path) -> OsString {
    path.to_str().map_or_else(|| path.as_os_str().to_os_string(), |path| path.to_lowercase().into())
}

/// Returns the name of the output for an input: its own, without the ending of a compression that is read but not written.
fn name_of_output(path: &Path) -> PathBuf {
    let is_only_read =
        path.extension().is_some_and(|extension| ONLY_READ.iter().any(|ending| extension.eq_ignore_ascii_case(ending)));
    if is_only_read { path.with_extension("") } else { path.to_path_buf() }
}

/// Returns a path with the extension of a format, before that of a compression.
fn with_format(path: &Path, extension: &str) -> PathBuf {
    let is_written = |packed: &&OsStr| ["gz", "zst"].iter().any(|written| packed.eq_ignore_ascii_case(written));
    let packed = path.extension().filter(is_written);
    let mut name = if packed.is_some() { path.with_extension("") } else { path.to_path_buf() }.into_os_string();
    for extension in [Some(OsStr::new(extension)), packed].into_iter().flatten() {
        name.push(".");
        name.push(extension);
    }
    name.into()
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

#[cfg(test)]
mod tests {
    use twinprint_documents::Options;

    use super::*;

    #[test]
    fn a_name_that_the_file_system_takes_for_another_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let input = folder.path().join("a.jsonl");
        fs::write(&input, "{\"id\": 1, \"text\": \"x\"}\n").expect("written");
        let inputs = Inputs::find([&input], &Options::default()).expect("found");
        let part = Part { inputs, relative: "deep/a.jsonl".into() };
        let out = folder.path().join("out");
        assert_eq!(part.create_in(&out, "jsonl").expect("a free name"), out.join("deep/a.jsonl"));
        let refused = part.create_in(&out, "jsonl").expect_err("the name is taken").to_string();
        assert!(refused.starts_with(&input.display().to_string()) && refused.ends_with(REMEDY), "{refused}");
    }

    #[test]
    fn names_that_differ_by_more_than_case_are_two() {
        let inputs = ["1", "2", "3", "4"].map(Path::new);
        let refused = |outputs: [&str; 4]| refuse_one_name(&inputs, &outputs.map(PathBuf::from)).is_err();
        assert!(!refused(["a/x", "b/x", "ab", "x"]));
        assert!(refused(["a/x", "b/x", "ab", "A/X"]));
        assert!(refused(["a/x/y", "b", "c", "A"]));
    }
}
