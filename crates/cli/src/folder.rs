//! The folder that a deduplication writes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use twinprint_documents::Inputs;

use crate::left_out::LeftOut;
use crate::settings::Settings;

/// An output folder. Everything in it that is ours has one of these names.
pub(crate) struct Output {
    folder: PathBuf,
}

/// What a run reads.
#[derive(Clone, Copy)]
pub(crate) struct Sides<'a> {
    /// The corpus.
    pub(crate) own: &'a Inputs,
    /// Another, with which it is compared.
    pub(crate) other: Option<&'a Inputs>,
}

impl<'a> Sides<'a> {
    fn paths(self) -> impl Iterator<Item = &'a Path> {
        self.own.paths().chain(self.other.into_iter().flat_map(Inputs::paths))
    }

    /// All files with their sizes, and how many of them are the corpus.
    fn listed(self) -> (usize, Vec<(&'a Path, Option<u64>)>) {
        let size = |path: &Path| fs::metadata(path).ok().map(|data| data.len());
        (self.own.paths().count(), self.paths().map(|path| (path, size(path))).collect())
    }
}

const CONFIG: &str = "config.toml";
const INPUTS: &str = "inputs.json";
const SUMMARY: &str = "summary.json";
const WORK: &str = "work";
const BOILERPLATE: &str = "boilerplate.json";
/// What names of files begin with whose endings depend on the format.
const BY_FORMAT: [&str; 4] = ["kept", "removed", "trimmed", "bad"];
/// What a killed run can leave of the files that were being written begins so.
const UNFINISHED: &str = ".unfinished-";
const TABLES: [&str; 2] = ["pairs.tsv", "clusters.tsv"];

impl Output {
    /// Makes the folder; one that the same run left unfinished is gone on with, and any other is refused or, if asked for, replaced.
    pub(crate) fn open(folder: &Path, settings: &Settings, sides: Sides<'_>, force: bool) -> Result<Self> {
        let output = Self { folder: folder.into() };
        let config = settings.to_toml()?;
        let listed = serde_json::to_string(&sides.listed())?;
        let is_empty = output.holds_only(&[&format!("{CONFIG}.unfinished")]);
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let same_run = || Settings::read(&folder.join(CONFIG)).is_ok_and(|earlier| settings.same_run(&earlier));
        // The list of inputs is the last that a run removes.
        let unfinished =
            same_run() && (read(INPUTS) == listed || output.holds_only(&[CONFIG, &format!("{INPUTS}.unfinished")]));
        if unfinished {
            output.remove_tidied()?;
            output.remove_those(|path| name_of(path).starts_with(UNFINISHED))?;
        } else if !is_empty {
            if !force {
                bail!(
                    "{}: the folder is not empty, and not what an interrupted run with these settings and inputs left; choose another \
                     one, or replace what an earlier run wrote with --force",
                    folder.display()
                );
            }
            output.refuse_own(sides)?;
            output.remove_those(is_ours)?;
        }
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        output.write(CONFIG, &config)?;
        output.write(INPUTS, &listed)?;
        Ok(output)
    }

    /// Makes the folder for a run that is not gone on with: one that is not empty is refused or, if asked for, replaced.
    pub(crate) fn begin(folder: &Path, inputs: &Inputs, force: bool) -> Result<Self> {
        let output = Self { folder: folder.into() };
        if !output.holds_only(&[]) {
            if !force {
                bail!(
                    "{}: the folder is not empty; choose another one, or replace what an earlier run wrote with --force",
                    folder.display()
                );
            }
            output.refuse_own(Sides { own: inputs, other: None })?;
            output.remove_those(is_ours)?;
        }
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(output)
    }

    /// Whether there are only these files, if any.
    fn holds_only(&self, files: &[&str]) -> bool {
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.into_iter().all(|name| files.iter().any(|file| name == *file))
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.folder.join(WORK)
    }

    /// Writes a small file, whole or not at all.
    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        let unfinished = self.folder.join(format!("{name}.unfinished"));
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, &path))
            .with_context(|| path.display().to_string())
    }

    /// Writes what was left out of the documents.
    pub(crate) fn write_boilerplate(&self, left_out: &LeftOut) -> Result<()> {
        self.write(BOILERPLATE, &format!("{:#}\n", left_out.to_json()))
    }

    /// Says that the run is complete, which left nothing but its results.
    pub(crate) fn complete(&self, summary: &serde_json::Value) -> Result<()> {
        self.write(SUMMARY, &format!("{summary:#}\n"))
    }

    /// Says that the run is complete, and removes what was needed for it.
    pub(crate) fn finish(self, summary: &serde_json::Value) -> Result<()> {
        self.complete(summary)?;
        self.remove_work()?;
        let inputs = self.folder.join(INPUTS);
        fs::remove_file(&inputs).with_context(|| inputs.display().to_string())
    }

    /// After a run that was killed while it tidied up, some of its work files may be gone, and the others are of no use.
    fn remove_tidied(&self) -> Result<()> {
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

    /// Refuses to replace what is about to be read.
    fn refuse_own(&self, sides: Sides<'_>) -> Result<()> {
        let folder = fs::canonicalize(&self.folder).with_context(|| self.folder.display().to_string())?;
        for path in sides.paths() {
            let is_inside = fs::canonicalize(path).is_ok_and(|path| path.starts_with(&folder));
            if is_inside {
                bail!("{}: an input is in the folder that would be replaced; choose another --output", path.display());
            }
        }
        Ok(())
    }

    /// Removes these of the files and folders, and nothing else.
    fn remove_those(&self, is_one: impl Fn(&Path) -> bool) -> Result<()> {
        for entry in fs::read_dir(&self.folder).with_context(|| self.folder.display().to_string())? {
            let path = entry?.path();
            if is_one(&path) {
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.with_context(|| path.display().to_string())?;
            }
        }
        Ok(())
    }
}

/// Whether a run writes a file or folder of this name.
fn is_ours(path: &Path) -> bool {
    let name = name_of(path);
    let name = name.strip_suffix(".unfinished").unwrap_or(name);
    let by_format = name.split_once('.').is_some_and(|(stem, _)| BY_FORMAT.contains(&stem));
    by_format
        || name.starts_with(UNFINISHED)
        || TABLES.contains(&name)
        || [CONFIG, INPUTS, SUMMARY, WORK, BOILERPLATE].contains(&name)
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
