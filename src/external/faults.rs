//! A disk that fails when a test says so, as the test file systems of `SQLite` do.
//!
//! A [`FaultyDisk`] covers one folder. It counts the operations in it, and makes one of them fail: with an error, with a part of the
//! bytes written, or with a power cut, after which every operation fails. It also keeps what is durable: the content of each file when it
//! was last synchronized, and the names of each directory when that was. [`FaultyDisk::restore`] puts the folder back to what a power cut
//! would leave.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::mix::mix64;

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Open,
    Read,
    Create,
    Write,
    Sync,
    Rename,
    Remove,
}

/// How the operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does nothing, and those after it work.
    Once,
    /// A write writes the first half of its bytes; other operations do nothing. Those after it work.
    Short,
    /// It does nothing, and so do all after it, as on a full disk; reading works.
    Full,
    /// It does nothing, and so do all after it. Only what is durable is left, or, with a seed, some of the rest too.
    PowerCut(Option<u64>),
}

/// The bytes that a disk writes at once.
const SECTOR: usize = 512;

/// Covers a folder as long as it exists.
pub(crate) struct FaultyDisk {
    state: Arc<Mutex<State>>,
}

struct State {
    root: PathBuf,
    fault: Option<(u64, Fault)>,
    operations: u64,
    /// Whether the fault has happened.
    happened: bool,
    /// The content of each file when it was last synchronized.
    synced: BTreeMap<u64, Vec<u8>>,
    /// The files that were cut since they were last synchronized.
    cut: BTreeSet<u64>,
    files: u64,
    now: Names,
    durable: Names,
}

/// What the paths are: files by their numbers, and directories.
type Names = BTreeMap<PathBuf, Option<u64>>;

/// A file on a faulty disk.
#[derive(Clone)]
pub(crate) struct Watched {
    state: Arc<Mutex<State>>,
    file: u64,
}

static DISKS: Mutex<Vec<Arc<Mutex<State>>>> = Mutex::new(Vec::new());
/// How many there are, so that tests without one do not wait for the lock.
static COUNT: AtomicUsize = AtomicUsize::new(0);

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "file {}", self.file)
    }
}

/// Whatever a test that panicked left is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn disk_of(path: &Path) -> Option<Arc<Mutex<State>>> {
    if COUNT.load(Ordering::Acquire) == 0 {
        return None;
    }
    lock(&DISKS).iter().find(|disk| path.starts_with(&lock(disk).root)).cloned()
}

/// The error of a failed operation.
pub(crate) fn failed() -> io::Error {
    io::Error::other("the test's disk failed")
}

/// Counts an operation, and fails it if it is its turn.
pub(crate) fn before(path: &Path, operation: Operation) -> io::Result<()> {
    disk_of(path).map_or(Ok(()), |disk| lock(&disk).count(operation))
}

pub(crate) fn before_handle(watched: Option<&Watched>, operation: Operation) -> io::Result<()> {
    watched.map_or(Ok(()), |watched| lock(&watched.state).count(operation))
}

pub(crate) fn opened(path: &Path) -> Option<Watched> {
    let state = disk_of(path)?;
    let file = lock(&state).now.get(path).copied().flatten()?;
    Some(Watched { state, file })
}

pub(crate) fn created(path: &Path) -> Option<Watched> {
    let state = disk_of(path)?;
    let file = {
        let mut state = lock(&state);
        match state.now.get(path) {
            Some(Some(file)) => *file,
            _ => state.add_file(path),
        }
    };
    Some(Watched { state, file })
}

pub(crate) fn created_dir(path: &Path) {
    if let Some(disk) = disk_of(path) {
        lock(&disk).now.insert(path.into(), None);
    }
}

pub(crate) fn renamed(from: &Path, to: &Path) {
    if let Some(disk) = disk_of(to) {
        let now = &mut lock(&disk).now;
        if let Some(file) = now.remove(from) {
            now.insert(to.into(), file);
        }
    }
}

pub(crate) fn removed(path: &Path) {
    if let Some(disk) = disk_of(path) {
        lock(&disk).now.remove(path);
    }
}

/// Makes the names in a directory durable, if it is on such a disk.
pub(crate) fn sync_directory(directory: &Path) -> Option<io::Result<()>> {
    let disk = disk_of(directory)?;
    let mut state = lock(&disk);
    Some(state.count(Operation::Sync).map(|()| {
        let State { now, durable, .. } = &mut *state;
        durable.retain(|path, _| path.parent() != Some(directory) || now.contains_key(path));
        let here = now.iter().filter(|(path, _)| path.parent() == Some(directory));
        durable.extend(here.map(|(path, file)| (path.clone(), *file)));
    }))
}

impl Watched {
    pub(crate) fn sync(&self) -> io::Result<()> {
        let mut state = lock(&self.state);
        state.count(Operation::Sync)?;
        let path = state.now.iter().find(|(_, file)| **file == Some(self.file)).map(|(path, _)| path.clone());
        if let Some(path) = path {
            state.synced.insert(self.file, fs::read(path)?);
            state.cut.remove(&self.file);
        }
        Ok(())
    }

    /// Notes that the file loses its end.
    pub(crate) fn cut(&self) {
        lock(&self.state).cut.insert(self.file);
    }

    /// Returns the part that is written where the write fails halfway.
    pub(crate) fn before_write<'a>(&self, bytes: &'a [u8]) -> io::Result<Option<&'a [u8]>> {
        let mut state = lock(&self.state);
        let is_short = matches!(state.fault, Some((_, Fault::Short)));
        match state.count(Operation::Write) {
            Err(_) if is_short => Ok(Some(&bytes[..bytes.len() / 2])),
            counted => counted.map(|()| None),
        }
    }
}

impl State {
    fn add_file(&mut self, path: &Path) -> u64 {
        self.files += 1;
        self.synced.insert(self.files, Vec::new());
        self.now.insert(path.into(), Some(self.files));
        self.files
    }

    fn count(&mut self, operation: Operation) -> io::Result<()> {
        self.operations += 1;
        let Some((turn, fault)) = self.fault else { return Ok(()) };
        let is_turn = self.operations == turn;
        self.happened |= is_turn;
        let is_read = matches!(operation, Operation::Open | Operation::Read);
        let goes_on = match fault {
            Fault::Once | Fault::Short => false,
            Fault::Full => self.happened && !is_read,
            Fault::PowerCut(_) => self.happened,
        };
        if is_turn && !(is_read && fault == Fault::Full) || goes_on { Err(failed()) } else { Ok(()) }
    }

    /// Adds what is in a directory, all of it durable.
    fn add_all(&mut self, directory: &Path) {
        for entry in fs::read_dir(directory).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                self.now.insert(path.clone(), None);
                self.add_all(&path);
            } else {
                let file = self.add_file(&path);
                self.synced.insert(file, fs::read(&path).expect("readable"));
            }
        }
    }

    /// Chooses between what is durable and what is not, at random.
    fn left(&self, seed: Option<u64>) -> Names {
        let Some(seed) = seed else { return self.durable.clone() };
        let is_kept = |path: &Path| mix64(seed ^ hash(path)).is_multiple_of(2);
        let mut left = self.durable.clone();
        left.retain(|path, _| self.now.contains_key(path) || !is_kept(path));
        left.extend(self.now.iter().filter(|(path, _)| is_kept(path)).map(|(path, file)| (path.clone(), *file)));
        left
    }
}

/// Returns what is left of bytes that were written over others: each sector as it was, or as it was written, or partly both.
fn written_over(old: &[u8], new: &[u8], random: u64) -> Vec<u8> {
    let sectors = old.chunks(SECTOR).zip(new.chunks(SECTOR)).enumerate();
    let left = sectors.flat_map(|(number, (old, new))| {
        let written = (mix64(random ^ number as u64) % 1024) as usize;
        let written = written.saturating_sub(256).min(new.len());
        [&new[..written], &old[written..]].concat()
    });
    left.collect()
}

fn hash(path: &Path) -> u64 {
    xxhash_rust::xxh3::xxh3_64(path.as_os_str().as_encoded_bytes())
}

impl FaultyDisk {
    /// Covers a folder that is there; what is in it counts as durable.
    pub(crate) fn new(root: &Path, fault: Option<(u64, Fault)>) -> Self {
        let mut state = State {
            root: root.into(),
            fault,
            operations: 0,
            happened: false,
            synced: BTreeMap::new(),
            cut: BTreeSet::new(),
            files: 0,
            now: Names::new(),
            durable: Names::new(),
        };
        state.add_all(root);
        state.durable = state.now.clone();
        let state = Arc::new(Mutex::new(state));
        lock(&DISKS).push(Arc::clone(&state));
        COUNT.fetch_add(1, Ordering::Release);
        Self { state }
    }

    /// Makes an operation that is to come fail.
    pub(crate) fn fail_at(&self, turn: u64, fault: Fault) {
        lock(&self.state).fault = Some((turn, fault));
    }

    /// Returns the bytes of all files that were synchronized.
    pub(crate) fn synced_bytes(&self) -> u64 {
        lock(&self.state).synced.values().map(|content| content.len() as u64).sum()
    }

    /// Returns the operations so far.
    pub(crate) fn operations(&self) -> u64 {
        lock(&self.state).operations
    }

    /// Whether the run was long enough for the fault to happen.
    pub(crate) fn happened(&self) -> bool {
        lock(&self.state).happened
    }

    /// Leaves in the folder what a power cut would. With a seed, each change of a name that was not synchronized may have reached the
    /// disk all the same, and the content of each such file is empty, zeros, a part or all of it.
    pub(crate) fn restore(self, seed: Option<u64>) {
        let state = lock(&self.state);
        let content = |path: &Path, file: u64| {
            let synced = state.synced[&file].clone();
            let Some(seed) = seed else { return synced };
            let now_at = state.now.iter().find(|(_, now)| **now == Some(file)).map(|(path, _)| path);
            let written = now_at.map_or_else(|| synced.clone(), |path| fs::read(path).expect("readable"));
            // What was synchronized stays where nothing was written over it. Of a file that was cut nothing may stay.
            let is_in_place = written.starts_with(&synced) || !state.cut.contains(&file);
            let kept = if is_in_place { synced.len() } else { 0 };
            let random = mix64(seed ^ hash(path).rotate_left(7));
            let (over, new) = written.split_at(kept);
            let start = written_over(&synced[..kept], over, random);
            match random % 4 {
                _ if written == synced => synced,
                0 => synced,
                1 => [&start[..], &vec![0; new.len()]].concat(),
                2 => [&start[..], &new[..new.len() / 2]].concat(),
                _ => written,
            }
        };
        let left = state.left(seed);
        let left: Vec<(PathBuf, Option<Vec<u8>>)> =
            left.into_iter().map(|(path, file)| (path.clone(), file.map(|file| content(&path, file)))).collect();
        fs::remove_dir_all(&state.root).expect("the test's own folder");
        fs::create_dir_all(&state.root).expect("made");
        for (path, content) in left {
            // What is in a directory that was lost is lost with it.
            let Some(parent) = path.parent().filter(|parent| parent.is_dir()) else { continue };
            assert!(parent.starts_with(&state.root));
            match content {
                Some(content) => fs::write(&path, content).expect("written"),
                None => fs::create_dir(&path).expect("made"),
            }
        }
    }
}

impl Drop for FaultyDisk {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::Release);
        lock(&DISKS).retain(|disk| !Arc::ptr_eq(disk, &self.state));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::external::AtomicFile;

    /// A folder with one durable file, to which another is written and lost or kept.
    fn after_a_power_cut(name: &str, write: impl FnOnce(&Path)) -> Vec<(String, String)> {
        let folder = std::env::temp_dir().join(format!("twinprint-faulty-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join("old"), "old").expect("written");
        let disk = FaultyDisk::new(&folder, None);
        write(&folder);
        disk.restore(None);
        let read = |entry: io::Result<fs::DirEntry>| {
            let entry = entry.expect("there");
            let text = fs::read_to_string(entry.path()).expect("a file");
            (entry.file_name().to_string_lossy().into_owned(), text)
        };
        let mut left: Vec<_> = fs::read_dir(&folder).expect("there").map(read).collect();
        fs::remove_dir_all(&folder).expect("our own");
        left.sort();
        left
    }

    #[test]
    fn what_is_not_synchronized_is_lost() {
        let file = |path: PathBuf| {
            let mut file = AtomicFile::create(path).expect("created");
            file.write_all(b"new").expect("written");
            file
        };
        let pair = |name: &str, text: &str| (name.to_string(), text.to_string());
        let committed = after_a_power_cut("committed", |folder| file(folder.join("new")).commit().expect("committed"));
        assert_eq!(committed, [pair("new", "new"), pair("old", "old")]);
        let replaced = after_a_power_cut("replaced", |folder| file(folder.join("old")).commit().expect("committed"));
        assert_eq!(replaced, [pair("old", "new")]);
        let unsynced =
            after_a_power_cut("unsynced", |folder| file(folder.join("old")).commit_unsynced().expect("renamed"));
        assert_eq!(unsynced, [pair("old", "old")]);
        // The name is durable without its content if only the directory is synchronized.
        let names_only = after_a_power_cut("names", |folder| {
            file(folder.join("old")).commit_unsynced().expect("renamed");
            crate::external::files::sync_directory(folder).expect("synchronized");
        });
        assert_eq!(names_only, [pair("old", "")]);
    }

    #[test]
    fn the_operation_asked_for_fails() {
        let folder = std::env::temp_dir().join(format!("twinprint-faulty-turn-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("made");
        let write = || {
            let mut file = AtomicFile::create(folder.join("file"))?;
            file.write_all(b"0123456789")?;
            file.commit()
        };
        let mut failed = 0;
        for turn in 1.. {
            let disk = FaultyDisk::new(&folder, Some((turn, Fault::Once)));
            failed += u64::from(write().is_err());
            if !disk.happened() {
                assert_eq!((failed, disk.operations()), (turn - 1, turn - 1));
                break;
            }
        }
        assert!(failed >= 5, "create, write, synchronize, rename, synchronize: {failed}");
        fs::remove_dir_all(&folder).expect("our own");
    }
}
