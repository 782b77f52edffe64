//! The results of an earlier run, which wait in a folder of their own until the run that replaces them is complete.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::marker::{MARKER, Marker};
use super::run_folder::{RunFolder, not_made, refuse_irregular_or_link};
use super::staging::sync_folder;

/// The name of that folder in the output folder.
pub(super) const EARLIER: &str = "earlier-results";

impl RunFolder {
    /// Sets the results of a complete run aside. From here on the folder belongs to this run.
    ///
    /// If the process is killed before that, the markers of both folders are of the same run, and the next one puts the results back.
    pub(super) fn set_aside(&mut self, earlier: &Marker) -> Result<()> {
        let aside = self.folder.join(EARLIER);
        if fs::symlink_metadata(&aside).is_ok() {
            bail!("{}", not_made(&aside, &self.marker.command));
        }
        earlier.made.iter().try_for_each(|name| refuse_irregular_or_link(&self.folder, name))?;
        fs::create_dir(&aside).with_context(|| aside.display().to_string())?;
        self.copy_marker(&self.folder, &aside)?;
        move_made(earlier, &self.folder, &aside)?;
        self.marker.made = [EARLIER.to_string()].into();
        self.mark()
    }

    /// Returns whether there are results that were set aside.
    pub(super) fn has_earlier(&self) -> bool {
        self.marker.made.contains(EARLIER)
    }

    /// Puts results back, if a process was killed while it set them aside or put them back.
    pub(super) fn recover(&self) -> Result<()> {
        let (now, aside) = (Marker::read(&self.folder)?, Marker::read(&self.folder.join(EARLIER))?);
        match (now, aside) {
            (Some(now), Some(aside)) if now.id == aside.id => self.put_back(),
            _ => Ok(()),
        }
    }

    /// Removes what this run made, and puts the results back that it was to replace.
    pub(super) fn restore(&mut self) -> Result<()> {
        self.remove_made(|name| name == EARLIER)?;
        self.put_back()
    }

    fn put_back(&self) -> Result<()> {
        let aside = self.folder.join(EARLIER);
        let Some(earlier) = Marker::read(&aside)? else { return Ok(()) };
        self.copy_marker(&aside, &self.folder)?;
        move_made(&earlier, &aside, &self.folder)?;
        remove_with_marker(&aside)
    }

    /// Removes results that were set aside. Files of others stay.
    pub(super) fn discard_earlier(&self) -> Result<()> {
        let aside = self.folder.join(EARLIER);
        let Some(earlier) = Marker::read(&aside)? else { return Ok(()) };
        for path in earlier.paths(&aside) {
            let removed = match fs::symlink_metadata(&path) {
                Err(_) => Ok(()),
                Ok(found) if found.is_dir() => fs::remove_dir_all(&path),
                Ok(_) => fs::remove_file(&path),
            };
            removed.with_context(|| path.display().to_string())?;
        }
        remove_with_marker(&aside)
    }

    /// Copies the marker of one folder to another, where it appears complete or not at all.
    fn copy_marker(&self, from: &Path, to: &Path) -> Result<()> {
        let (staged, target) = (self.staging.join(MARKER), to.join(MARKER));
        let copy = || {
            fs::copy(from.join(MARKER), &staged)?;
            fs::File::options().write(true).open(&staged)?.sync_all()?;
            fs::rename(&staged, &target)?;
            sync_folder(to)
        };
        copy().with_context(|| target.display().to_string())
    }
}

/// Moves what a run made to another folder, as far as it is there.
fn move_made(run: &Marker, from: &Path, to: &Path) -> Result<()> {
    for name in &run.made {
        match fs::rename(from.join(name), to.join(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            moved => moved.with_context(|| from.join(name).display().to_string())?,
        }
    }
    sync_folder(to).with_context(|| to.display().to_string())
}

/// Removes the marker of a folder, and the folder if nothing else is in it.
fn remove_with_marker(folder: &Path) -> Result<()> {
    let marker = folder.join(MARKER);
    fs::remove_file(&marker).with_context(|| marker.display().to_string())?;
    let _ = fs::remove_dir(folder);
    Ok(())
}
