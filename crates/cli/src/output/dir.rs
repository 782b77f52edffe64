//! The output folder of `dedup` and `trim`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};
use twinprint_documents::Inputs;
use xxhash_rust::xxh3::xxh3_128;

use super::Output;
use super::created_folder::CreatedFolder;
use super::earlier::EARLIER;
use super::marker::{MARKER, Marker, State};
use super::run_folder::{RunFolder, not_made, refuse_irregular_or_link};
use super::staging::{Staging, publish, sync_file, sync_folder, sync_folders};
use crate::corpus::REASONS;
use crate::exit_status::GuardTripped;
use crate::interrupt::Cleanup;
use crate::settings::Settings;

pub(super) const CONFIG: &str = "config.toml";
pub(super) const INPUTS: &str = "inputs.json";
pub(super) const SUMMARY: &str = "summary.json";
/// The name of the work folder in the output folder.
pub(crate) const WORK: &str = "work";
/// Folders of one output file for each input file.
pub(super) const FOLDERS: [&str; 3] = ["kept", "removed", "trimmed"];
const LOCK: &str = ".twinprint-lock";

/// Extensions of the files of documents; that of a compressed file may follow.
const FORMATS: [&str; 6] = ["jsonl", "csv", "tsv", "parquet", "arrow", "txt"];

/// What to do about results that are not as a run left them.
const REPEAT: &str = "repeat it with --force, or choose another --output";

/// What to do about them if the documents of the run are in an index.
const IN_INDEX: &str = "its documents are in the index, so that no run keeps them again: put back what was there, or choose another --output";

/// The names of the files and folders that a command writes.
struct Names {
    command: &'static str,
    /// Full names.
    full: &'static [&'static str],
    /// Names without the extension, which depends on the format.
    by_format: &'static [&'static str],
}

const DEDUP: Names = Names {
    command: "dedup",
    full: &[
        CONFIG,
        INPUTS,
        SUMMARY,
        WORK,
        EARLIER,
        "boilerplate.json",
        REASONS,
        "pairs.tsv",
        "clusters.tsv",
        "history.tsv",
        "passages.tsv",
        "kept",
        "removed",
    ],
    by_format: &["kept", "removed", "bad"],
};

const TRIM: Names =
    Names { command: "trim", full: &["removed.tsv", REASONS, SUMMARY, "trimmed"], by_format: &["trimmed", "bad"] };

impl Names {
    /// Returns whether the command writes a file or folder of this name.
    fn contain(&self, name: &str) -> bool {
        let packed = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
        let parts = packed.unwrap_or(name).split_once('.');
        let is_of_documents =
            parts.is_some_and(|(stem, ending)| self.by_format.contains(&stem) && FORMATS.contains(&ending));
        is_of_documents || self.full.contains(&name)
    }
}

/// The files that a run reads.
#[derive(Clone, Copy)]
pub(crate) struct Sides<'a> {
    /// The corpus to deduplicate.
    pub(crate) inputs: &'a Inputs,
    /// The corpus of `--against`.
    pub(crate) against: Option<&'a Inputs>,
    /// The name of the index of `--index`.
    pub(crate) index: Option<&'a str>,
}

impl<'a> Sides<'a> {
    fn paths(self) -> impl Iterator<Item = &'a Path> {
        self.inputs.paths().chain(self.against.into_iter().flat_map(Inputs::paths))
    }

    /// Returns the number of inputs, all files with their sizes and, of objects of stores, versions, and the index, if there is one. An interrupted run is resumed
    /// only if they are unchanged.
    // A name that is not UTF-8 cannot be written as JSON.
    fn listed(self) -> Result<String> {
        let mut files = Vec::new();
        for side in [self.inputs].into_iter().chain(self.against) {
            for ((path, size), version) in side.paths().zip(side.sizes()).zip(side.versions()) {
                files.push((path.to_string_lossy(), size, version));
            }
        }
        let count = self.inputs.paths().count();
        Ok(match self.index {
            Some(index) => serde_json::to_string(&(count, files, index))?,
            None => serde_json::to_string(&(count, files))?,
        })
    }

    /// Returns when each file was last changed, in nanoseconds.
    fn times(self) -> Vec<Option<u128>> {
        let time = |path: &Path| fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok();
        self.paths().map(|path| time(path).map(|time| time.as_nanos())).collect()
    }
}

/// What a run does with an output folder.
#[derive(Clone, Copy)]
pub(crate) struct Replacing {
    /// Whether it replaces the results of an earlier run.
    pub(crate) force: bool,
    /// Whether it writes one file for each input file.
    pub(crate) per_file: bool,
}

/// An output folder that belongs to this run. It is locked as long as this lives.
pub(crate) struct OutputDir {
    run: Arc<Mutex<RunFolder>>,
    _cleanup: Cleanup,
    staging: Staging,
    /// Is dropped last, when the folder is empty again.
    _created: CreatedFolder,
}

impl OutputDir {
    /// Creates the folder of a `dedup`, or resumes an interrupted run with the same settings and inputs. Takes over what a run left that
    /// failed before it judged a document. Refuses any other folder that is not empty or, with `force`, sets the results in it aside
    /// until this run is complete.
    ///
    /// Returns nothing if an earlier run with the same settings and inputs is complete, so that there is nothing to do. Refuses it if its
    /// files are gone or have other sizes. A run that was killed while it committed to an index is complete if the index says so.
    pub(crate) fn open_for_dedup(
        folder: &Path,
        settings: &Settings,
        sides: Sides<'_>,
        Replacing { force, per_file }: Replacing,
        is_committed: &dyn Fn(&str) -> bool,
    ) -> Result<Option<Self>> {
        let (created, staging) = lock(folder)?;
        let (config, listed) = (settings.to_toml()?, format!("{per_file} {}", sides.listed()?));
        let result = format!("{}  {:?}", settings.of_result().to_toml()?, sides.times());
        let marker = Marker::new(DEDUP.command, digest(&[&listed]), digest(&[&result, &listed]));
        let mut owned = RunFolder::new(folder.into(), staging.path(""), marker);
        if let Some(earlier) = finished_or_left(&mut owned, is_committed)? {
            let same_run = || Settings::read(&folder.join(CONFIG)).is_ok_and(|config| settings.same_run(&config));
            let is_dedup = earlier.command == DEDUP.command;
            let is_same = is_dedup && earlier.run == owned.marker.run && earlier.state == State::Complete;
            let (strangers, is_in_index) = (strangers(folder, &staging, &earlier)?, is_committed(&earlier.id));
            // With files of somebody else, the folder may be meant for another purpose.
            if is_same && !force && strangers.is_empty() {
                earlier.check_results(folder, if is_in_index { IN_INDEX } else { REPEAT })?;
                return Ok(None);
            }
            let is_interrupted = is_dedup && earlier.state != State::Complete;
            // The settings are the first file. Before it, there is nothing to resume, and nothing to lose.
            let is_begun = folder.join(CONFIG).exists();
            let can_resume = is_interrupted && is_begun && earlier.inputs == owned.marker.inputs && same_run();
            if !can_resume && earlier.state != State::Failed && (!is_interrupted || is_begun) {
                refuse_inputs_inside(folder, sides)?;
                refuse_irreplaceable(folder, &earlier, &strangers, &DEDUP)?;
                if is_in_index {
                    bail!(
                        "{}: the folder is not empty: it holds a run with other settings or inputs, whose documents are in the index; \
                         choose another --output",
                        folder.display()
                    );
                }
                refuse_unless_forced(folder, &DEDUP, force)?;
            }
            refuse_taken_names(&strangers, &DEDUP)?;
            owned.marker.made.clone_from(&earlier.made);
            if !can_resume && earlier.state == State::Complete {
                let changed = earlier.changed(folder);
                owned.set_aside(&earlier)?;
                warn_of_changed(&changed);
            } else if !can_resume {
                owned.remove_made(|name| name == EARLIER)?;
            }
        } else {
            refuse_inputs_inside(folder, sides)?;
            refuse_strangers(folder, &staging, &DEDUP, force)?;
        }
        owned.mark()?;
        let output = Self::new(owned, staging, created);
        output.write(CONFIG, &config)?;
        output.write(INPUTS, &sides.listed()?)?;
        Ok(Some(output))
    }

    /// Creates the folder of a `trim`, which cannot be resumed. Refuses a folder with results; with `force`, they are replaced when the
    /// run is complete. Returns nothing if an equal run was killed after its last step.
    pub(crate) fn open_for_trim(folder: &Path, settings: &str, inputs: &Inputs, force: bool) -> Result<Option<Self>> {
        let (created, staging) = lock(folder)?;
        let sides = Sides { inputs, against: None, index: None };
        let listed = sides.listed()?;
        let run = digest(&[settings, &listed, &format!("{:?}", sides.times())]);
        let marker = Marker::new(TRIM.command, digest(&[&listed]), run);
        let mut owned = RunFolder::new(folder.into(), staging.path(""), marker);
        let was_finishing = Marker::read(folder)?.is_some_and(|marker| marker.state == State::Finishing);
        if let Some(earlier) = finished_or_left(&mut owned, &|_| false)? {
            let is_trim = earlier.command == TRIM.command;
            let strangers = strangers(folder, &staging, &earlier)?;
            if is_trim && was_finishing && !force && earlier.run == owned.marker.run {
                earlier.check_results(folder, REPEAT)?;
                return Ok(None);
            }
            // A trim writes its marker with its first result, and cannot use what another one left.
            if earlier.state != State::Failed && !(is_trim && earlier.state == State::Running) {
                refuse_inputs_inside(folder, sides)?;
                refuse_irreplaceable(folder, &earlier, &strangers, &TRIM)?;
                refuse_unless_forced(folder, &TRIM, force)?;
            }
            refuse_taken_names(&strangers, &TRIM)?;
            warn_of_changed(&earlier.changed(folder));
            owned.marker.made = earlier.made;
            if !is_trim {
                owned.remove_made(|name| name == EARLIER)?;
                let marker = folder.join(MARKER);
                fs::remove_file(&marker).with_context(|| marker.display().to_string())?;
            }
        } else {
            refuse_inputs_inside(folder, sides)?;
            refuse_strangers(folder, &staging, &TRIM, force)?;
        }
        Ok(Some(Self::new(owned, staging, created)))
    }

    fn new(owned: RunFolder, staging: Staging, created: CreatedFolder) -> Self {
        let run = Arc::new(Mutex::new(owned));
        let shared = Arc::clone(&run);
        let cleanup = Cleanup::new(move || on_interrupt(&mut lock_run(&shared)));
        Self { run, _cleanup: cleanup, staging, _created: created }
    }

    fn run(&self) -> MutexGuard<'_, RunFolder> {
        lock_run(&self.run)
    }

    /// Claims the work folder and returns it.
    pub(crate) fn claim_work(&self) -> Result<()> {
        self.run().claim(WORK)
    }

    /// Returns the path of a file until it is complete.
    pub(crate) fn staged(&self, name: &str) -> PathBuf {
        self.staging.path(name)
    }

    /// Gives a complete file its name in the folder, and syncs it.
    pub(crate) fn publish(&self, name: &str) -> Result<()> {
        let mut run = self.run();
        run.claim(name)?;
        let staged = self.staged(name);
        sync_file(&staged).with_context(|| staged.display().to_string())?;
        publish(&staged, &run.folder.join(name))
    }

    /// Gives a folder of complete files its name, and syncs it. Replaces the one of an interrupted run.
    pub(crate) fn publish_folder(&self, name: &str) -> Result<()> {
        let mut run = self.run();
        run.claim(name)?;
        let (staged, target) = (self.staged(name), run.folder.join(name));
        if target.exists() {
            run.remove_folder(&target)?;
        }
        let publish = || {
            sync_folders(&staged)?;
            fs::rename(&staged, &target)?;
            sync_folder(&run.folder)
        };
        publish().with_context(|| target.display().to_string())
    }

    /// Prepares a file of the folder.
    pub(crate) fn file(&self, name: &str) -> Result<Output> {
        let mut run = self.run();
        run.claim(name)?;
        Ok(Output::File { staged: self.staged(name), target: run.folder.join(name), _staging: None })
    }

    /// Writes a small file completely or not at all.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        let mut run = self.run();
        run.claim(name)?;
        run.write(name, text.as_bytes())
    }

    /// Removes the files of earlier runs, except those that this run wrote, and the summary, which it replaces.
    pub(crate) fn remove_earlier(&self, new: &[&str]) -> Result<()> {
        self.run().remove_made(|name| name == SUMMARY || new.contains(&name))
    }

    /// Marks the results as complete, before the documents are committed to an index under the name that it returns. From here on the
    /// index decides whether the run is complete.
    pub(crate) fn begin_commit(&self, summary: &serde_json::Value) -> Result<String> {
        let mut run = self.run();
        run.claim(SUMMARY)?;
        run.marker.state = State::Committing;
        run.marker.summary = Some(summary.clone());
        run.mark()?;
        Ok(run.marker.id.clone())
    }

    /// Removes the work files and writes the summary, which marks the run as complete.
    ///
    /// If the process is killed on the way, the next run does the rest: from here on the results are there.
    pub(crate) fn finish(self, summary: serde_json::Value) -> Result<()> {
        let mut run = self.run();
        run.marker.state = State::Finishing;
        run.marker.summary = Some(summary);
        run.claim(SUMMARY)?;
        run.mark()?;
        run.complete()
    }

    /// Decides what an error leaves: nothing, if there is nothing to resume, else the work files.
    pub(crate) fn fail(self, error: &anyhow::Error) {
        let mut run = self.run();
        if run.marker.state != State::Running || run.is_closed() {
            return;
        }
        // The error is about to be reported. A second one would only hide it.
        let is_left = run.abandon().unwrap_or(true);
        if is_left && !can_be_resumed(error) {
            if run.has_earlier() && run.restore().is_ok() {
                return;
            }
            run.marker.state = State::Failed;
            let _ = run.mark();
        }
        if is_left && let Some(note) = earlier_kept(&run) {
            tracing::warn!("{note}");
        }
    }
}

fn lock_run(run: &Mutex<RunFolder>) -> MutexGuard<'_, RunFolder> {
    run.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Decides what an interrupted process leaves, and tells the user.
fn on_interrupt(run: &mut RunFolder) -> Option<String> {
    run.close();
    let can_resume = run.marker.command == DEDUP.command && run.marker.state == State::Running;
    let is_left = can_resume && run.abandon().unwrap_or(true);
    is_left.then(|| {
        let earlier = earlier_kept(run).map(|note| format!("; {note}")).unwrap_or_default();
        format!("the work so far is in {}; the same command continues it{earlier}", run.folder.display())
    })
}

/// Says where the results are that an unfinished run is to replace.
fn earlier_kept(run: &RunFolder) -> Option<String> {
    let earlier = run.folder.join(EARLIER);
    run.has_earlier()
        .then(|| format!("{} holds the results of the run before until this one is complete", earlier.display()))
}

/// Returns whether an error leaves the settings and inputs of a run sound: a full disk, or a limit that can be raised.
fn can_be_resumed(error: &anyhow::Error) -> bool {
    error.is::<GuardTripped>() || error.chain().any(<dyn std::error::Error>::is::<std::io::Error>)
}

/// Creates and locks an output folder.
fn lock(folder: &Path) -> Result<(CreatedFolder, Staging)> {
    let created = CreatedFolder::new(folder)?;
    let staging = Staging::begin(folder, LOCK, folder)?;
    Ok((created, staging))
}

/// Returns the marker of an earlier run, if there is one. If it was killed while it finished, finishes it.
fn finished_or_left(owned: &mut RunFolder, is_committed: &dyn Fn(&str) -> bool) -> Result<Option<Marker>> {
    owned.recover()?;
    let Some(earlier) = Marker::read(&owned.folder)? else { return Ok(None) };
    let is_finishing = match earlier.state {
        State::Finishing => true,
        State::Committing => is_committed(&earlier.id),
        State::Running | State::Failed | State::Complete => false,
    };
    if !is_finishing {
        return Ok(Some(earlier));
    }
    let own = std::mem::replace(&mut owned.marker, earlier);
    let completed = owned.complete();
    let earlier = std::mem::replace(&mut owned.marker, own);
    completed.map(|()| Some(earlier))
}

/// Refuses to replace the files of an earlier run, unless the user asked for it.
fn refuse_unless_forced(folder: &Path, names: &Names, force: bool) -> Result<()> {
    if force { Ok(()) } else { bail!(not_empty(folder, names)) }
}

/// Refuses what cannot be replaced with `--force` either. It is said first, so that nobody is told to use `--force` where it does not help.
fn refuse_irreplaceable(folder: &Path, earlier: &Marker, strangers: &[PathBuf], names: &Names) -> Result<()> {
    if earlier.command != names.command {
        let shown = earlier.paths(folder).into_iter().next().unwrap_or_else(|| folder.join(MARKER));
        bail!(
            "{}: this is a file of {}, and nothing in the folder shows a run of {}; choose another --output",
            shown.display(),
            earlier.command,
            names.command
        );
    }
    refuse_taken_names(strangers, names)?;
    earlier.made.iter().try_for_each(|name| refuse_irregular_or_link(folder, name))
}

/// Warns of results that somebody changed after the run that wrote them. They are replaced, because `--force` asks for it.
fn warn_of_changed(changed: &[PathBuf]) {
    for path in changed {
        tracing::warn!("{}: the file was changed after the run that wrote it; --force replaces it", path.display());
    }
}

fn not_empty(folder: &Path, names: &Names) -> String {
    let resumed = match names.command {
        "dedup" => ", and no interrupted run with these settings and inputs can be resumed in it",
        _ => "",
    };
    format!(
        "{}: the folder is not empty{resumed}; choose another folder, or replace the files of an earlier run with --force",
        folder.display()
    )
}

/// Returns what is in a folder and was not made by the run of the marker.
fn strangers(folder: &Path, staging: &Staging, marker: &Marker) -> Result<Vec<PathBuf>> {
    let mut strangers = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let is_made = name.is_some_and(|name| name == MARKER || marker.made.contains(name));
        if !is_made && !staging.owns(&path) {
            strangers.push(path);
        }
    }
    Ok(strangers)
}

/// Refuses to start if somebody else uses a name that the run would need at its end.
fn refuse_taken_names(strangers: &[PathBuf], names: &Names) -> Result<()> {
    let is_needed = |path: &&PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| names.full.contains(&name))
    };
    strangers.iter().find(is_needed).map_or(Ok(()), |path| bail!(not_made(path, names.command)))
}

/// Refuses a folder without a marker that holds anything. With `force`, refuses it only if a name would be needed. That is said first, so
/// that nobody is told to use `--force` where it does not help.
fn refuse_strangers(folder: &Path, staging: &Staging, names: &Names, force: bool) -> Result<()> {
    let mut is_empty = true;
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if staging.owns(&path) {
            continue;
        }
        is_empty = false;
        if path.file_name().and_then(|name| name.to_str()).is_some_and(|name| names.contain(name)) {
            bail!(not_made(&path, names.command));
        }
    }
    if is_empty || force { Ok(()) } else { bail!(not_empty(folder, names)) }
}

/// Refuses to replace a folder that holds an input.
fn refuse_inputs_inside(folder: &Path, sides: Sides<'_>) -> Result<()> {
    let folder = fs::canonicalize(folder).with_context(|| folder.display().to_string())?;
    for path in sides.paths() {
        let is_inside = fs::canonicalize(path).is_ok_and(|path| path.starts_with(&folder));
        if is_inside {
            bail!("{}: an input is in the folder that would be replaced; choose another --output", path.display());
        }
    }
    Ok(())
}

/// Returns a digest of texts.
fn digest(texts: &[&str]) -> String {
    let all: String = texts.iter().map(|text| format!("{} {text}\n", text.len())).collect();
    format!("{:032x}", xxh3_128(all.as_bytes()))
}
