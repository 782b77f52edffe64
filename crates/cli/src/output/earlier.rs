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
    /// If the process is killed before this run's marker is written, the markers of both folders are of the same run, and the next one
    /// puts the results back.
    pub(super) fn set_aside(&mut self, earlier: &Marker) -> Result<()> {
        let aside = self.folder.join(EARLIER);
        if fs::symlink_metadata(&aside).is_ok() {
            bail!("{}", not_made(&aside, &self.marker.command));
        }
        earlier.made.iter().try_for_each(|name| refuse_irregular_or_link(&self.folder, name))?;
        self.create_with_marker(&aside)?;
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
        self.remove_with_marker(&aside)
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
        self.remove_with_marker(&aside)
    }

    /// Creates the folder with a copy of the marker in it. It appears with both, because an empty one would be nobody's after a kill.
    fn create_with_marker(&self, aside: &Path) -> Result<()> {
        let staged = self.staging.join(EARLIER);
        fs::create_dir(&staged).with_context(|| staged.display().to_string())?;
        self.copy_marker(&self.folder, &staged)?;
        fs::rename(&staged, aside).and_then(|()| sync_folder(&self.folder)).with_context(|| aside.display().to_string())
    }

    /// Removes the marker of the folder, and the folder if nothing else is in it. It disappears with both, because an empty one would be
    /// nobody's after a kill.
    fn remove_with_marker(&self, aside: &Path) -> Result<()> {
        let remove = || {
            if fs::read_dir(aside)?.nth(1).is_some() {
                return fs::remove_file(aside.join(MARKER));
            }
            let moved = self.staging.join(EARLIER);
            fs::rename(aside, &moved)?;
            fs::remove_file(moved.join(MARKER))?;
            // Somebody else's file that came into it meanwhile is put back.
            fs::remove_dir(&moved).or_else(|_| fs::rename(&moved, aside))
        };
        remove().with_context(|| aside.display().to_string())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates a folder with a complete run, and the state of a run that is to replace it.
    fn complete_run() -> (tempfile::TempDir, RunFolder, Marker) {
        let folder = tempfile::tempdir().expect("a folder");
        let staging = folder.path().join("staging");
        fs::create_dir(&staging).expect("created");
        let of_run = |run: &str| {
            let marker = Marker::new("dedup", String::new(), run.to_string());
            RunFolder::new(folder.path().into(), staging.clone(), marker)
        };
        let mut earlier = of_run("earlier");
        earlier.claim("kept.jsonl").expect("free");
        earlier.write("kept.jsonl", b"earlier").expect("written");
        let later = of_run("later");
        (folder, later, earlier.marker)
    }

    #[test]
    fn results_are_set_aside_and_put_back() {
        let (folder, mut later, earlier) = complete_run();
        later.set_aside(&earlier).expect("set aside");
        assert!(!folder.path().join("kept.jsonl").exists() && folder.path().join(EARLIER).join("kept.jsonl").exists());
        later.restore().expect("put back");
        assert!(folder.path().join("kept.jsonl").exists() && !folder.path().join(EARLIER).exists());
    }

    // A kill at the same place would leave what an error there leaves.
    #[test]
    fn the_folder_never_stands_without_its_marker() {
        let (folder, mut later, earlier) = complete_run();
        let (aside, marker) = (folder.path().join(EARLIER), folder.path().join(MARKER));
        fs::rename(&marker, folder.path().join("hidden")).expect("moved");
        later.set_aside(&earlier).expect_err("there is no marker to copy");
        assert!(!aside.exists());

        fs::rename(folder.path().join("hidden"), &marker).expect("moved");
        let _ = fs::remove_dir_all(&later.staging);
        fs::create_dir(&later.staging).expect("created");
        later.set_aside(&earlier).expect("set aside");
        fs::remove_dir_all(&later.staging).expect("removed");
        later.discard_earlier().expect_err("there is nowhere to remove it");
        assert!(aside.join(MARKER).exists());
    }

    #[test]
    fn files_of_others_among_them_stay() {
        let (folder, mut later, earlier) = complete_run();
        later.set_aside(&earlier).expect("set aside");
        let aside = folder.path().join(EARLIER);
        fs::write(aside.join("notes"), "mine").expect("written");
        later.discard_earlier().expect("removed");
        let left: Vec<_> = fs::read_dir(&aside).expect("there").map(|entry| entry.expect("read").file_name()).collect();
        assert_eq!(left, ["notes"]);
    }
}
