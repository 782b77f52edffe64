//! The output folder of `dedup` and `trim`.
//!
//! A run replaces only files that an earlier run of the same command wrote. That is proved by marks in the folder, not by names alone.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use twinprint_documents::Inputs;

use crate::boilerplate::BoilerplateFilter;
use crate::corpus::REASONS;
use crate::settings::Settings;
use crate::whole::WholeFile;

/// An output folder, and the names that its command writes.
pub(crate) struct OutputDir {
    folder: PathBuf,
    names: &'static Names,
}

/// The path and the size of a file that is read.
type ListedFile<'a> = (Cow<'a, str>, Option<u64>);

/// The files that a run reads.
#[derive(Clone, Copy)]
pub(crate) struct Sides<'a> {
    /// The corpus to deduplicate.
    pub(crate) inputs: &'a Inputs,
    /// The corpus of `--against`.
    pub(crate) against: Option<&'a Inputs>,
}

impl<'a> Sides<'a> {
    fn paths(self) -> impl Iterator<Item = &'a Path> {
        self.inputs.paths().chain(self.against.into_iter().flat_map(Inputs::paths))
    }

    /// Returns the number of inputs, and all files with their sizes. An interrupted run is resumed only if they are unchanged.
    fn listed(self) -> (usize, Vec<ListedFile<'a>>) {
        let size = |path: &Path| fs::metadata(path).ok().map(|data| data.len());
        (self.inputs.paths().count(), self.paths().map(|path| (path.to_string_lossy(), size(path))).collect())
    }
}

const CONFIG: &str = "config.toml";
const INPUTS: &str = "inputs.json";
const SUMMARY: &str = "summary.json";
/// The name of the work folder in the output folder.
pub(crate) const WORK: &str = "work";
const BOILERPLATE: &str = "boilerplate.json";
/// The beginning of the name of a temporary file; six letters or digits follow. A killed run can leave such files.
const TEMPORARY_PREFIX: &str = ".unfinished-";
/// Extensions of the files of documents; that of a compressed file may follow.
const FORMATS: [&str; 6] = ["jsonl", "csv", "tsv", "parquet", "arrow", "txt"];

/// The names of the files and folders that a command writes.
struct Names {
    command: &'static str,
    /// Full names.
    full: &'static [&'static str],
    /// Names without the extension, which depends on the format.
    by_format: &'static [&'static str],
    /// A key that only the summary of this command has.
    in_summary: &'static str,
}

const DEDUP: Names = Names {
    command: "dedup",
    full: &[CONFIG, INPUTS, SUMMARY, WORK, BOILERPLATE, REASONS, "pairs.tsv", "clusters.tsv"],
    by_format: &["kept", "removed", "bad"],
    in_summary: "scheme",
};

const TRIM: Names = Names {
    command: "trim",
    full: &["removed.tsv", REASONS, SUMMARY],
    by_format: &["trimmed", "bad"],
    in_summary: "least_words",
};

impl Names {
    /// Returns whether the command writes a file or folder of this name.
    fn contain(&self, name: &str) -> bool {
        let name = finished_name(name).unwrap_or(name);
        self.full.contains(&name) || self.contain_with_extension(name) || is_temporary(name)
    }

    fn contain_with_extension(&self, name: &str) -> bool {
        let packed = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
        let parts = packed.unwrap_or(name).split_once('.');
        parts.is_some_and(|(stem, ending)| self.by_format.contains(&stem) && FORMATS.contains(&ending))
    }
}

/// Returns the final name of a file that a killed run left unfinished: `name` for `.name.0123456789abcdef.unfinished` and for
/// `name.unfinished`.
fn finished_name(name: &str) -> Option<&str> {
    let begun = name.strip_suffix(".unfinished")?;
    let random = |random: &str| random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
    let own = begun.strip_prefix('.').and_then(|begun| begun.rsplit_once('.')).filter(|(_, end)| random(end));
    Some(own.map_or(begun, |(name, _)| name))
}

/// Returns whether this is the name of a temporary file.
fn is_temporary(name: &str) -> bool {
    let random = name.strip_prefix(TEMPORARY_PREFIX);
    random.is_some_and(|random| random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

impl OutputDir {
    /// Creates the folder of a `dedup`. Resumes an interrupted run with the same settings and inputs; refuses any other folder that is not
    /// empty or, with `force`, removes the results in it.
    pub(crate) fn open_for_dedup(folder: &Path, settings: &Settings, sides: Sides<'_>, force: bool) -> Result<Self> {
        let output = Self { folder: folder.into(), names: &DEDUP };
        let config = settings.to_toml()?;
        let listed = serde_json::to_string(&sides.listed())?;
        let is_empty = output.holds_only(&[], CONFIG);
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let same_run = || Settings::read(&folder.join(CONFIG)).is_ok_and(|earlier| settings.same_run(&earlier));
        // A run removes the list of inputs last, so where it is there, the run was interrupted.
        let unfinished = same_run() && (read(INPUTS) == listed || output.holds_only(&[CONFIG], INPUTS));
        if unfinished {
            output.remove_incomplete_work()?;
        }
        if unfinished || is_empty {
            let is_begun = |name: &str| is_temporary(name) || finished_name(name).is_some() && DEDUP.contain(name);
            if folder.exists() {
                output.remove_where(|path| is_begun(name_of(path)))?;
            }
        } else {
            if !force {
                bail!(
                    "{}: the folder is not empty, and no interrupted run with these settings and inputs can be resumed in it; choose \
                     another folder, or replace the files of an earlier run with --force",
                    folder.display()
                );
            }
            output.refuse_inputs_inside(sides)?;
            output.remove_results()?;
        }
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        output.write(CONFIG, &config)?;
        output.write(INPUTS, &listed)?;
        Ok(output)
    }

    /// Creates the folder of a `trim`, which cannot be resumed. Refuses a folder with results; with `force`, they are replaced when the
    /// run is complete.
    pub(crate) fn open_for_trim(folder: &Path, inputs: &Inputs, force: bool) -> Result<Self> {
        let output = Self { folder: folder.into(), names: &TRIM };
        if !output.holds_no_results() {
            if !force {
                bail!(
                    "{}: the folder is not empty; choose another one, or replace the files of an earlier run with --force",
                    folder.display()
                );
            }
            output.refuse_inputs_inside(Sides { inputs, against: None })?;
            output.refuse_foreign_files()?;
        }
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(output)
    }

    /// Returns whether the folder holds no other files than these, and the unfinished form of one more.
    fn holds_only(&self, files: &[&str], begun: &str) -> bool {
        let mut names = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.all(|name| {
            let is_begun = name.to_str().and_then(finished_name) == Some(begun);
            is_begun || files.iter().any(|file| name == *file)
        })
    }

    /// Returns the work folder.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.join(WORK)
    }

    /// Writes a small file completely or not at all.
    fn write(&self, name: &str, text: &str) -> Result<()> {
        WholeFile::write_text(&self.folder.join(name), text)
    }

    /// Writes the counts of the boilerplate.
    pub(crate) fn write_boilerplate(&self, boilerplate: &BoilerplateFilter) -> Result<()> {
        self.write(BOILERPLATE, &format!("{:#}\n", boilerplate.to_json()))
    }

    /// Writes the summary, which marks the run as complete.
    pub(crate) fn complete(&self, summary: &serde_json::Value) -> Result<()> {
        self.write(SUMMARY, &format!("{summary:#}\n"))
    }

    /// Writes the summary, then removes the work files.
    pub(crate) fn finish(self, summary: &serde_json::Value) -> Result<()> {
        self.complete(summary)?;
        self.remove_work()?;
        let inputs = self.folder.join(INPUTS);
        fs::remove_file(&inputs).with_context(|| inputs.display().to_string())
    }

    /// Removes the rest of the work files if the run was killed while it removed them.
    fn remove_incomplete_work(&self) -> Result<()> {
        let summary = self.folder.join(SUMMARY);
        if summary.exists() {
            self.remove_work()?;
            fs::remove_file(&summary).with_context(|| summary.display().to_string())?;
        }
        Ok(())
    }

    fn remove_work(&self) -> Result<()> {
        let work = self.work();
        if work.exists() {
            fs::remove_dir_all(&work).with_context(|| work.display().to_string())?;
        }
        Ok(())
    }

    /// Refuses to replace a folder that holds an input.
    fn refuse_inputs_inside(&self, sides: Sides<'_>) -> Result<()> {
        let folder = fs::canonicalize(&self.folder).with_context(|| self.folder.display().to_string())?;
        for path in sides.paths() {
            let is_inside = fs::canonicalize(path).is_ok_and(|path| path.starts_with(&folder));
            if is_inside {
                bail!("{}: an input is in the folder that would be replaced; choose another --output", path.display());
            }
        }
        Ok(())
    }

    /// Returns whether the folder is empty, or holds only unfinished files of a killed run.
    fn holds_no_results(&self) -> bool {
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        names.into_iter().all(|path| {
            let name = name_of(&path);
            is_temporary(name) || name.ends_with(".unfinished") && self.names.contain(name)
        })
    }

    /// Returns whether a run of the command left its mark: its summary, or a complete settings file.
    fn is_marked(&self) -> bool {
        let summary = fs::read_to_string(self.folder.join(SUMMARY)).unwrap_or_default();
        let summary = serde_json::from_str::<serde_json::Value>(&summary).unwrap_or_default();
        let config = || Settings::read(&self.folder.join(CONFIG)).is_ok_and(|config| config.is_effective());
        summary.get(self.names.in_summary).is_some() || self.names.full.contains(&CONFIG) && config()
    }

    /// Refuses a folder in which files have the command's names, but without the mark of a run.
    fn refuse_foreign_files(&self) -> Result<()> {
        if self.is_marked() {
            return Ok(());
        }
        for entry in fs::read_dir(&self.folder).with_context(|| self.folder.display().to_string())? {
            let path = entry?.path();
            if self.names.contain(name_of(&path)) {
                bail!(
                    "{}: {} writes files of this name, but nothing in the folder shows that a run wrote this one; move it, or choose \
                     another --output",
                    path.display(),
                    self.names.command
                );
            }
        }
        Ok(())
    }

    /// Removes the files of an earlier run, its marks last: if this is interrupted, the rest can still be recognized.
    fn remove_results(&self) -> Result<()> {
        self.refuse_foreign_files()?;
        let is_mark = |path: &Path| [CONFIG, SUMMARY].contains(&name_of(path));
        self.remove_where(|path| self.names.contain(name_of(path)) && !is_mark(path))?;
        self.remove_where(|path| self.names.contain(name_of(path)))
    }

    /// Removes the files of earlier runs, except those that this run wrote, and the summary, which it replaces.
    pub(crate) fn remove_earlier(&self, new: &[&str]) -> Result<()> {
        self.remove_where(|path| {
            let name = name_of(path);
            name != SUMMARY && self.names.contain(name) && !new.contains(&name)
        })
    }

    /// Removes the files and folders for which the condition holds.
    fn remove_where(&self, condition: impl Fn(&Path) -> bool) -> Result<()> {
        for entry in fs::read_dir(&self.folder).with_context(|| self.folder.display().to_string())? {
            let path = entry?.path();
            if condition(&path) {
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.with_context(|| path.display().to_string())?;
            }
        }
        Ok(())
    }
}

/// Returns the last part of a path.
fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
