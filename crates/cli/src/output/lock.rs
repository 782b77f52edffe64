//! One run at a time where there is one output.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::staging::is_staging_name;

/// What the lock file says of the process that holds it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    /// Always [`MARK`]. A file without it belongs to somebody else.
    twinprint: String,
    pid: u32,
    host: String,
    /// The time at which the lock was taken, as in RFC 3339.
    since: String,
    /// Folders of unfinished files beside the lock file. If the process is killed, the next one removes them.
    unfinished: Vec<String>,
}

const MARK: &str = "lock of an output";

/// Attempts to lock a file that other processes keep removing.
const ATTEMPTS: usize = 100;

/// A lock file. The operating system releases the lock when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct OutputLock {
    file: File,
    path: PathBuf,
    holder: Holder,
}

impl OutputLock {
    /// Takes the lock of an output, and removes what a killed process left unfinished there. Refuses if another process holds it.
    pub(crate) fn take(path: PathBuf, output: &Path) -> Result<Self> {
        Self::take_to(path, output, "writes to this output; wait for it, or choose another output")
    }

    /// Takes the lock of a step of a shard, in the work folder of all shards.
    pub(crate) fn take_shard(path: PathBuf, work: &Path) -> Result<Self> {
        Self::take_to(path, work, "is at work on this step; wait for it")
    }

    /// Takes a lock. `at_work` says what the process that holds it is doing, and what is to be done.
    fn take_to(path: PathBuf, output: &Path, at_work: &str) -> Result<Self> {
        let context = || path.display().to_string();
        for _ in 0..ATTEMPTS {
            let mut file = open(&path).with_context(|| output.display().to_string())?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => bail!("{}: {}", output.display(), in_use(&mut file, at_work)),
                // Not every file system has locks.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
                Err(TryLockError::Error(error)) => return Err(error).with_context(context),
            }
            // The process that held the lock may have removed the file between the two calls.
            if !is_at(&file, &path) {
                continue;
            }
            let left = match left_by_earlier(&mut file).with_context(context)? {
                Some(left) => left,
                None => {
                    bail!("{}: the file is not a lock of twinprint; move it, or choose another output", path.display())
                }
            };
            remove_unfinished(&path, &left)?;
            let mut lock = Self { file, holder: Holder::this_process(), path };
            lock.write()?;
            return Ok(lock);
        }
        bail!("{}: other processes keep taking the lock of this output; try again", output.display())
    }

    /// Returns whether a file is a lock that a process holds or left behind. A file without content may be one whose process has not
    /// written its name yet.
    pub(crate) fn is_lock(path: &Path) -> bool {
        let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
        is_file && File::open(path).and_then(|mut file| left_by_earlier(&mut file)).is_ok_and(|left| left.is_some())
    }

    /// Notes a folder of unfinished files before it is created, so that the next process may remove it if this one is killed.
    pub(crate) fn note(&mut self, folder: &str) -> Result<()> {
        self.holder.unfinished.push(folder.to_string());
        self.write()
    }

    /// Returns the path of the lock file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn write(&mut self) -> Result<()> {
        let mut write = || -> io::Result<()> {
            let text = serde_json::to_vec(&self.holder)?;
            self.file.set_len(0)?;
            self.file.rewind()?;
            self.file.write_all(&text)?;
            self.file.sync_data()
        };
        write().with_context(|| self.path.display().to_string())
    }
}

impl Drop for OutputLock {
    fn drop(&mut self) {
        // The file is removed while it is still locked: a process that waits for it notices, and creates a new one.
        let _ = fs::remove_file(&self.path);
    }
}

impl Holder {
    fn this_process() -> Self {
        Self {
            twinprint: MARK.to_string(),
            pid: std::process::id(),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            since: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            unfinished: Vec::new(),
        }
    }

    fn read(file: &mut File) -> Option<Self> {
        // No lock is longer, and a file of somebody else may be.
        let mut text = String::new();
        file.rewind().ok()?;
        Read::by_ref(file).take(1 << 16).read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok().filter(|holder: &Self| holder.twinprint == MARK)
    }
}

/// Opens a lock file or creates it. Never follows a link, and never opens what is not a regular file.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true);
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => Err(io::Error::other("this is not a regular file, so it cannot be a lock")),
        Ok(_) => match options.open(path) {
            // It was removed just now.
            Err(error) if error.kind() == ErrorKind::NotFound => options.create(true).truncate(false).open(path),
            opened => opened,
        },
        Err(error) if error.kind() == ErrorKind::NotFound => match options.clone().create_new(true).open(path) {
            // Another process created it just now.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => options.open(path),
            opened => opened,
        },
        Err(error) => Err(error),
    }
}

/// Says who holds a lock.
fn in_use(file: &mut File, at_work: &str) -> String {
    let who = match Holder::read(file) {
        Some(Holder { pid, host, since, .. }) => format!("another run (process {pid} on {host}, since {since})"),
        // It has not written its name yet.
        None => "another run".to_string(),
    };
    format!("{who} {at_work}")
}

/// Returns the unfinished folders of the process that held the lock before; nothing if the file is not a lock.
fn left_by_earlier(file: &mut File) -> io::Result<Option<Vec<String>>> {
    if file.metadata()?.len() == 0 {
        return Ok(Some(Vec::new()));
    }
    Ok(Holder::read(file).map(|holder| holder.unfinished))
}

fn remove_unfinished(lock: &Path, names: &[String]) -> Result<()> {
    for name in names.iter().filter(|name| is_staging_name(name)) {
        let folder = lock.with_file_name(name);
        if fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir()) {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
    }
    Ok(())
}

/// Returns whether an open file is the one at this path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let identity = |found: fs::Metadata| (found.dev(), found.ino());
    let open = file.metadata().map(identity).ok();
    open.is_some() && open == fs::symlink_metadata(path).map(identity).ok()
}

/// Open files cannot be removed here.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_one_is_told_who_holds_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, output) = (folder.path().join(".lock"), Path::new("out"));
        let first = OutputLock::take(path.clone(), output).expect("free");
        let refused = OutputLock::take(path.clone(), output).expect_err("taken").to_string();
        let pid = std::process::id().to_string();
        assert!(refused.starts_with("out: ") && refused.contains(&pid) && refused.contains("since 2"), "{refused}");
        drop(first);
        assert!(!path.exists());
        OutputLock::take(path, output).expect("free again");
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(".lock");
        let mut holder = Holder::this_process();
        let (own, other) = (".twinprint-0123456789abcdef", ".twinprint-fedcba9876543210");
        holder.unfinished = vec![own.to_string(), "../precious".to_string(), "precious".to_string()];
        fs::write(&path, serde_json::to_string(&holder).expect("JSON")).expect("written");
        for name in [own, other, "precious"] {
            fs::create_dir(folder.path().join(name)).expect("created");
        }
        let lock = OutputLock::take(path, Path::new("out")).expect("the process is gone");
        assert!(!folder.path().join(own).exists(), "it was noted");
        assert!(folder.path().join(other).exists() && folder.path().join("precious").exists());
        drop(lock);
    }

    #[test]
    fn a_file_of_somebody_else_is_no_lock() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(".lock");
        for text in ["mine", "{\"pid\": 1}"] {
            fs::write(&path, text).expect("written");
            let refused = OutputLock::take(path.clone(), Path::new("out")).expect_err("not ours").to_string();
            assert!(refused.contains("not a lock of twinprint"), "{refused}");
            assert_eq!(fs::read_to_string(&path).expect("there"), text);
        }
    }
}
