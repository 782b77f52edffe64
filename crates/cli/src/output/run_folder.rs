//! The state of an output folder that a run owns, shared with the cleanup of an interrupted process.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use twinprint::error::{Error, FileProblem};
use twinprint::join::remove_work_folder;

use super::dir::{CONFIG, FOLDERS, INPUTS, SUMMARY, WORK};
use super::earlier::EARLIER;
use super::marker::{MARKER, Marker, State};
use super::staging::refuse_irregular;
use super::whole_file::WholeFile;
use crate::interrupt;

/// The file by which the library proves that a work folder is its own.
pub(crate) const WORK_MARKER: &str = "twinprint-work";

/// Work of at least this size is kept for a resumed run. Less is done again within a moment, and not worth an explanation.
const MIN_WORK: u64 = 1 << 20;

/// A folder, the marker in it, and the folder for unfinished files.
#[derive(Debug)]
pub(super) struct RunFolder {
    pub(super) folder: PathBuf,
    pub(super) staging: PathBuf,
    pub(super) marker: Marker,
    /// Whether the process was interrupted. Nothing more is written then.
    is_closed: bool,
}

impl RunFolder {
    pub(super) fn new(folder: PathBuf, staging: PathBuf, marker: Marker) -> Self {
        Self { folder, staging, marker, is_closed: false }
    }

    /// Lets nothing more be written.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
    }

    /// Returns whether the process was interrupted.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    fn refuse_if_closed(&self) -> Result<()> {
        if self.is_closed {
            bail!("{}: the run was interrupted", self.folder.display());
        }
        Ok(())
    }

    /// Writes the marker.
    pub(super) fn mark(&self) -> Result<()> {
        self.write(MARKER, &serde_json::to_vec_pretty(&self.marker)?)
    }

    /// Claims a name before a file gets it. Refuses a name that somebody else uses.
    pub(super) fn claim(&mut self, name: &str) -> Result<()> {
        self.refuse_if_closed()?;
        let path = self.folder.join(name);
        if self.marker.made.contains(name) {
            return refuse_irregular_or_link(&self.folder, name);
        }
        if fs::symlink_metadata(&path).is_ok() {
            bail!("{}", not_made(&path, &self.marker.command));
        }
        self.marker.made.insert(name.to_string());
        self.mark()
    }

    /// Writes a small file.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        self.refuse_if_closed()?;
        let path = self.folder.join(name);
        let mut file = WholeFile::create(&self.staging.join(name), &path)?;
        file.write_all(content).with_context(|| path.display().to_string())?;
        file.finish()
    }

    /// Removes what the marker lists, except these names, and takes it off the list. Checks everything first.
    pub(super) fn remove_made(&mut self, except: impl Fn(&str) -> bool) -> Result<()> {
        let names: Vec<String> = self.marker.made.iter().filter(|name| !except(name)).cloned().collect();
        for name in &names {
            refuse_irregular_or_link(&self.folder, name)?;
        }
        for name in names {
            let path = self.folder.join(&name);
            match fs::symlink_metadata(&path) {
                Err(_) => {}
                Ok(found) if found.is_dir() => self.remove_folder(&path)?,
                Ok(_) => fs::remove_file(&path).with_context(|| path.display().to_string())?,
            }
            self.marker.made.remove(&name);
        }
        Ok(())
    }

    /// Removes a folder that was made. Of the work folder, files of others stay.
    pub(super) fn remove_folder(&self, folder: &Path) -> Result<()> {
        if folder == self.folder.join(WORK) {
            return if self.is_closed { self.remove_busy_work(folder) } else { remove_work(folder) };
        }
        if folder == self.folder.join(EARLIER) {
            return self.discard_earlier();
        }
        // It is moved first, so that a thread that is still at work in it fails.
        let moved = self.staging.join("removed");
        let removed = match fs::rename(folder, &moved) {
            Ok(()) => fs::remove_dir_all(&moved),
            Err(_) => fs::remove_dir_all(folder),
        };
        removed.with_context(|| folder.display().to_string())
    }

    /// Removes the files of a join in which threads of this process are still at work. Files of others stay.
    fn remove_busy_work(&self, folder: &Path) -> Result<()> {
        // It is moved first, so that these threads cannot create another file in it.
        let moved = self.staging.join("removed");
        fs::rename(folder, &moved).with_context(|| folder.display().to_string())?;
        let marker = fs::read(moved.join(WORK_MARKER)).ok();
        let removed = self.unlock(&moved).and_then(|()| remove_work(&moved));
        if moved.exists() {
            // In its place, the folder is one that they can create files in again.
            interrupt::wait_for_main_thread();
            fs::rename(&moved, folder).with_context(|| folder.display().to_string())?;
            if let (Ok(()), Some(marker)) = (&removed, marker) {
                return remove_again(folder, &marker);
            }
        }
        removed
    }

    /// Replaces the marker of a work folder by a copy of it. The marker is locked by the join, as long as the process lives. The copy is
    /// not, so it can be removed.
    fn unlock(&self, work: &Path) -> Result<()> {
        let marker = work.join(WORK_MARKER);
        let copy = || {
            let is_file = fs::symlink_metadata(&marker).is_ok_and(|found| found.is_file());
            if !is_file {
                return Ok(());
            }
            let copied = self.staging.join(WORK_MARKER);
            fs::copy(&marker, &copied)?;
            fs::rename(&copied, &marker)
        };
        copy().with_context(|| marker.display().to_string())
    }

    /// Removes the work files and the results that were replaced, and writes the summary, after which the run is complete. May be repeated
    /// after a kill.
    pub(super) fn complete(&mut self) -> Result<()> {
        self.remove_made(|name| ![WORK, INPUTS, EARLIER].contains(&name))?;
        if let Some(summary) = self.marker.summary.take() {
            self.write(SUMMARY, format!("{summary:#}\n").as_bytes())?;
        }
        self.marker.state = State::Complete;
        self.marker.measure(&self.folder);
        self.mark()
    }

    /// Removes what a run made that ended before it judged a document, if it is nothing that a later run could use, and puts back the
    /// results that it was to replace. Returns whether anything of this run is left.
    pub(super) fn abandon(&mut self) -> Result<bool> {
        let is_work = |name: &String| [CONFIG, INPUTS, WORK, EARLIER].contains(&name.as_str());
        if !self.marker.made.iter().all(is_work) || size(&self.folder.join(WORK)) >= MIN_WORK {
            return Ok(true);
        }
        if self.has_earlier() {
            return self.restore().map(|()| false);
        }
        self.remove_made(|_| false)?;
        let marker = self.folder.join(MARKER);
        fs::remove_file(&marker).with_context(|| marker.display().to_string())?;
        Ok(false)
    }
}

/// Says that nothing proves a file to be one of the command's.
pub(super) fn not_made(path: &Path, command: &str) -> String {
    format!(
        "{}: {command} writes files of this name, but nothing in the folder shows that a run wrote this one; move it, or choose another \
         --output",
        path.display()
    )
}

/// Removes files that a thread has created since the folder is back in its place. The marker proves whose they are.
fn remove_again(folder: &Path, marker: &[u8]) -> Result<()> {
    fs::write(folder.join(WORK_MARKER), marker).with_context(|| folder.display().to_string())?;
    remove_work(folder)
}

/// Removes the files of a join.
fn remove_work(folder: &Path) -> Result<()> {
    match remove_work_folder(folder) {
        // No join was made in it yet.
        Err(Error::File { problem: FileProblem::NotAWorkFolder, .. }) => {
            let _ = fs::remove_dir(folder);
            Ok(())
        }
        removed => Ok(removed?),
    }
}

/// Returns whether this is the name of a folder of a run.
fn is_folder(name: &str) -> bool {
    [WORK, EARLIER].contains(&name) || FOLDERS.contains(&name)
}

/// Refuses something else than what a run made under a name.
pub(super) fn refuse_irregular_or_link(folder: &Path, name: &str) -> Result<()> {
    let path = folder.join(name);
    if is_folder(name) { refuse_link(&path) } else { refuse_irregular(&path) }
}

/// Refuses a link in the place of a folder.
fn refuse_link(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_dir() => {
            bail!("{}: this is not the folder that twinprint made; move it, or choose another --output", path.display())
        }
        _ => Ok(()),
    }
}

/// Returns the size of the files in a folder, in bytes.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).filter(fs::Metadata::is_file).map(|found| found.len()).sum()
}
