//! The folder that a deduplication writes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use twinprint_documents::Inputs;

use crate::left_out::LeftOut;
use crate::settings::Settings;
use crate::whole::WholeFile;

/// An output folder. Everything in it that is ours has one of the command's names.
pub(crate) struct Output {
    folder: PathBuf,
    of: &'static Names,
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
/// The folder of the join's files.
pub(crate) const WORK: &str = "work";
const BOILERPLATE: &str = "boilerplate.json";
/// What a killed run can leave of the files that were being written begins so, and six letters or digits follow.
const UNFINISHED: &str = ".unfinished-";
/// Endings of names that depend on the format, behind which may stand that of a compressed file.
const FORMATS: [&str; 5] = ["jsonl", "csv", "tsv", "parquet", "txt"];

/// What a command calls what it writes.
struct Names {
    command: &'static str,
    /// Names as they are.
    whole: &'static [&'static str],
    /// What names begin with whose endings depend on the format.
    by_format: &'static [&'static str],
    /// What only its own summary holds.
    in_summary: &'static str,
}

const DEDUP: Names = Names {
    command: "dedup",
    whole: &[CONFIG, INPUTS, SUMMARY, WORK, BOILERPLATE, "pairs.tsv", "clusters.tsv"],
    by_format: &["kept", "removed", "bad"],
    in_summary: "scheme",
};

const TRIM: Names = Names {
    command: "trim",
    whole: &["removed.tsv", SUMMARY],
    by_format: &["trimmed", "bad"],
    in_summary: "least_words",
};

impl Names {
    /// Whether a run writes a file or folder of this name.
    fn have(&self, name: &str) -> bool {
        let name = finished_name(name).unwrap_or(name);
        self.whole.contains(&name) || self.have_by_format(name) || is_unfinished(name)
    }

    fn have_by_format(&self, name: &str) -> bool {
        let packed = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
        let parts = packed.unwrap_or(name).split_once('.');
        parts.is_some_and(|(stem, ending)| self.by_format.contains(&stem) && FORMATS.contains(&ending))
    }
}

/// Returns the name that a file was to get, if a killed run left it: of `.name.0123456789abcdef.unfinished` and of `name.unfinished`.
fn finished_name(name: &str) -> Option<&str> {
    let begun = name.strip_suffix(".unfinished")?;
    let random = |random: &str| random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
    let own = begun.strip_prefix('.').and_then(|begun| begun.rsplit_once('.')).filter(|(_, end)| random(end));
    Some(own.map_or(begun, |(name, _)| name))
}

/// Whether that is what a killed run left of a file.
fn is_unfinished(name: &str) -> bool {
    let random = name.strip_prefix(UNFINISHED);
    random.is_some_and(|random| random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

impl Output {
    /// Makes the folder; one that the same run left unfinished is gone on with, and any other is refused or, if asked for, replaced.
    pub(crate) fn open(folder: &Path, settings: &Settings, sides: Sides<'_>, force: bool) -> Result<Self> {
        let output = Self { folder: folder.into(), of: &DEDUP };
        let config = settings.to_toml()?;
        let listed = serde_json::to_string(&sides.listed())?;
        let is_empty = output.holds_only(&[], CONFIG);
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let same_run = || Settings::read(&folder.join(CONFIG)).is_ok_and(|earlier| settings.same_run(&earlier));
        // The list of inputs is the last that a run removes.
        let unfinished = same_run() && (read(INPUTS) == listed || output.holds_only(&[CONFIG], INPUTS));
        if unfinished {
            output.remove_tidied()?;
        }
        if unfinished || is_empty {
            let is_begun = |name: &str| is_unfinished(name) || finished_name(name).is_some() && DEDUP.have(name);
            if folder.exists() {
                output.remove_those(|path| is_begun(name_of(path)))?;
            }
        } else {
            if !force {
                bail!(
                    "{}: the folder is not empty, and not what an interrupted run with these settings and inputs left; choose another \
                     one, or replace what an earlier run wrote with --force",
                    folder.display()
                );
            }
            output.refuse_own(sides)?;
            output.remove_results()?;
        }
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        output.write(CONFIG, &config)?;
        output.write(INPUTS, &listed)?;
        Ok(output)
    }

    /// Makes the folder for a run that is not gone on with: one that is not empty is refused or, if asked for, replaced.
    pub(crate) fn begin(folder: &Path, inputs: &Inputs, force: bool) -> Result<Self> {
        let output = Self { folder: folder.into(), of: &TRIM };
        if !output.holds_no_results() {
            if !force {
                bail!(
                    "{}: the folder is not empty; choose another one, or replace what an earlier run wrote with --force",
                    folder.display()
                );
            }
            output.refuse_own(Sides { own: inputs, other: None })?;
            output.refuse_strangers()?;
        }
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(output)
    }

    /// Whether there are only these files, if any, and one that was begun.
    fn holds_only(&self, files: &[&str], begun: &str) -> bool {
        let mut names = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.all(|name| {
            let is_begun = name.to_str().and_then(finished_name) == Some(begun);
            is_begun || files.iter().any(|file| name == *file)
        })
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.folder.join(WORK)
    }

    /// Writes a small file, whole or not at all.
    fn write(&self, name: &str, text: &str) -> Result<()> {
        WholeFile::write_text(&self.folder.join(name), text)
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

    /// Whether there is nothing, or only what a killed run left of files that it did not finish.
    fn holds_no_results(&self) -> bool {
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        names.into_iter().all(|path| {
            let name = name_of(&path);
            is_unfinished(name) || name.ends_with(".unfinished") && self.of.have(name)
        })
    }

    /// Whether a run of the command left its mark: a summary of it, or all settings.
    fn is_marked(&self) -> bool {
        let summary = fs::read_to_string(self.folder.join(SUMMARY)).unwrap_or_default();
        let summary = serde_json::from_str::<serde_json::Value>(&summary).unwrap_or_default();
        let config = || Settings::read(&self.folder.join(CONFIG)).is_ok_and(|config| config.is_effective());
        summary.get(self.of.in_summary).is_some() || self.of.whole.contains(&CONFIG) && config()
    }

    /// Refuses a folder where files have our names and nothing shows that they are ours.
    fn refuse_strangers(&self) -> Result<()> {
        if self.is_marked() {
            return Ok(());
        }
        for entry in fs::read_dir(&self.folder).with_context(|| self.folder.display().to_string())? {
            let path = entry?.path();
            if self.of.have(name_of(&path)) {
                bail!(
                    "{}: it is called like what {} writes, and nothing in the folder shows that a run wrote it; move it, or choose \
                     another --output",
                    path.display(),
                    self.of.command
                );
            }
        }
        Ok(())
    }

    /// Removes what an earlier run wrote, and the marks by which that is known at the end.
    fn remove_results(&self) -> Result<()> {
        self.refuse_strangers()?;
        let is_mark = |path: &Path| [CONFIG, SUMMARY].contains(&name_of(path));
        self.remove_those(|path| self.of.have(name_of(path)) && !is_mark(path))?;
        self.remove_those(|path| self.of.have(name_of(path)))
    }

    /// Removes what earlier runs wrote, but for these files of this one, and for the summary, which is replaced.
    pub(crate) fn remove_earlier(&self, new: &[&str]) -> Result<()> {
        self.remove_those(|path| {
            let name = name_of(path);
            name != SUMMARY && self.of.have(name) && !new.contains(&name)
        })
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

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
