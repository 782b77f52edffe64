//! The marker in an output folder: which run it belongs to, and what that run made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::staging::random_id;
use crate::messages::counted;

/// The file name of the marker.
pub(crate) const MARKER: &str = ".twinprint.json";

/// The kind of marker. A file without it belongs to somebody else.
const MARK: &str = "output folder";

/// Proves which files and folders in an output folder were made by twinprint. Anything else in it belongs to somebody else.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Marker {
    /// Always [`MARK`].
    twinprint: String,
    /// A random number of the run.
    pub(super) id: String,
    pub(super) command: String,
    pub(super) state: State,
    /// A digest of the inputs: their names and sizes.
    pub(super) inputs: String,
    /// A digest of the settings, and of the inputs with their times. A complete run with an equal one need not be repeated.
    pub(super) run: String,
    /// The names of what was made. A name is added before the file gets it.
    pub(super) made: BTreeSet<String>,
    /// The sizes in bytes of the files of a complete run, by their paths in the folder.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) sizes: BTreeMap<String, u64>,
    /// The summary of a run that is finishing. It is the last file to appear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) summary: Option<serde_json::Value>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// It is at work, or was killed, or stopped at a point from which it can be resumed.
    Running,
    /// It ended because of an error in its settings or inputs, before it judged a document. Any other run may take its place.
    Failed,
    /// Its results are complete, and its documents are being committed to an index. The index knows whether they were: if so, the run is
    /// complete; if not, it is done again.
    Committing,
    /// Its results are complete. The work files remain to be removed, and the summary to be written.
    Finishing,
    Complete,
}

impl Marker {
    pub(super) fn new(command: &str, inputs: String, run: String) -> Self {
        Self {
            twinprint: MARK.to_string(),
            id: random_id(),
            command: command.to_string(),
            state: State::Running,
            inputs,
            run,
            made: BTreeSet::new(),
            sizes: BTreeMap::new(),
            summary: None,
        }
    }

    /// Reads the marker of a folder. Returns nothing if the folder has none, and refuses a file that is not a marker.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(MARKER);
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
            Ok(found) if !found.is_file() => bail!("{}", foreign(&path)),
            Ok(_) => {}
        }
        let text = fs::read(&path).with_context(|| path.display().to_string())?;
        match serde_json::from_slice::<Self>(&text) {
            Ok(marker) if marker.twinprint == MARK && marker.made.iter().all(|name| is_plain(name)) => Ok(Some(marker)),
            _ => bail!("{}", foreign(&path)),
        }
    }

    /// Notes the sizes of all files that were made.
    pub(super) fn measure(&mut self, folder: &Path) {
        self.sizes.clear();
        for name in &self.made {
            measure(folder, name, &mut self.sizes);
        }
    }

    /// Refuses results of a complete run that are no longer as it left them, so that nobody takes them for complete.
    pub(super) fn check_results(&self, folder: &Path, remedy: &str) -> Result<()> {
        let changed = |path: &Path, how: &str| {
            format!("{}: {how} since the run with these settings and inputs was complete; {remedy}", path.display())
        };
        for (name, size) in &self.sizes {
            let path = folder.join(name);
            match fs::metadata(&path).map(|found| found.len()) {
                Ok(found) if found == *size => {}
                Ok(found) => {
                    bail!(changed(&path, &format!("the file has changed from {} to {}", bytes(*size), bytes(found))))
                }
                Err(_) => bail!(changed(&path, "the file is gone")),
            }
        }
        // A run that was killed at its end did not see what was gone by then.
        match self.paths(folder).into_iter().find(|path| !path.exists()) {
            Some(path) => bail!(changed(&path, "it is gone")),
            None => Ok(()),
        }
    }

    /// Returns the files of a complete run that were changed since: their size is another, or they are younger than the marker.
    pub(super) fn changed(&self, folder: &Path) -> Vec<PathBuf> {
        // What took the place of a file, such as a link, is refused elsewhere.
        let found = |path: &Path| fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
        let marked = found(&folder.join(MARKER)).and_then(|marker| marker.modified().ok());
        let is_changed = |(name, size): (&String, &u64)| {
            let path = folder.join(name);
            let found = found(&path)?;
            let is_younger = marked.is_some_and(|marked| found.modified().is_ok_and(|time| time > marked));
            (found.len() != *size || is_younger).then_some(path)
        };
        self.sizes.iter().filter_map(is_changed).collect()
    }

    /// Returns the paths of what was made.
    pub(super) fn paths(&self, folder: &Path) -> Vec<PathBuf> {
        self.made.iter().map(|name| folder.join(name)).collect()
    }
}

/// Returns the name under which the run in an output folder commits to an index, if the folder has a run.
pub(crate) fn run_name(folder: &Path) -> Result<Option<String>> {
    Ok(Marker::read(folder)?.map(|marker| marker.id))
}

/// Adds the sizes of a file or of all files in a folder.
fn measure(folder: &Path, name: &str, sizes: &mut BTreeMap<String, u64>) {
    let path = folder.join(name);
    match fs::metadata(&path) {
        Ok(found) if found.is_dir() => {
            for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
                // A name that is not UTF-8 cannot be written as JSON.
                if let Some(inner) = entry.file_name().to_str() {
                    measure(folder, &format!("{name}/{inner}"), sizes);
                }
            }
        }
        Ok(found) => {
            sizes.insert(name.to_string(), found.len());
        }
        Err(_) => {}
    }
}

fn bytes(count: u64) -> String {
    counted(count, "byte", "bytes")
}

fn foreign(marker: &Path) -> String {
    format!("{}: the file is not a marker of twinprint; move it, or choose another --output", marker.display())
}

/// Returns whether this is the name of something in a folder, and not a path that leads out of it.
fn is_plain(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|last| last == name)
}
