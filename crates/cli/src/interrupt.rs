//! What an interrupted process leaves behind: nothing unfinished, and a word on how to continue.
//!
//! Signals do not unwind, so destructors do not run. Each temporary file or folder therefore has a [`Cleanup`], which does the work
//! of the destructor if the process is interrupted.

use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
#[cfg(unix)]
use std::time::Instant;

use anyhow::{Context, Result};
use tempfile::TempDir;

/// An action for the case that the process is interrupted. It may return a line for the user.
type Action = Box<dyn FnOnce() -> Option<String> + Send>;

/// The actions that wait, with their numbers.
static ACTIONS: Mutex<Vec<(u64, Action)>> = Mutex::new(Vec::new());

/// Whether a signal has arrived.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether the main thread has ended its work because of the signal, and the threads that it had started.
static IS_UNWOUND: AtomicBool = AtomicBool::new(false);

/// Is held while something temporary is created and its cleanup is registered.
static SECTION: Mutex<()> = Mutex::new(());

/// Keeps the process from being interrupted as long as the guard lives. An interrupted process waits here for its end.
pub(crate) fn section() -> MutexGuard<'static, ()> {
    SECTION.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registers an action as long as it lives.
#[derive(Debug)]
pub(crate) struct Cleanup(u64);

impl Cleanup {
    /// Runs the action if the process is interrupted while this value lives. Later actions run first.
    pub(crate) fn new(action: impl FnOnce() -> Option<String> + Send + 'static) -> Self {
        let mut actions = actions();
        let number = actions.last().map_or(0, |(number, _)| number + 1);
        actions.push((number, Box::new(action)));
        Self(number)
    }
}

/// What failed if a temporary file or folder cannot be made, written or read, and what to do.
pub(crate) const TEMPORARY: &str =
    "the folder for temporary files (set the variable TMPDIR to a folder that exists, can be written to and has space)";

/// A temporary folder, which is also removed if the process is interrupted.
#[derive(Debug)]
pub(crate) struct TemporaryFolder {
    folder: TempDir,
    _cleanup: Cleanup,
}

impl TemporaryFolder {
    pub(crate) fn new() -> Result<Self> {
        let _section = section();
        let folder = TempDir::with_prefix("twinprint-").context(TEMPORARY)?;
        let path = folder.path().to_path_buf();
        let cleanup = Cleanup::new(move || {
            remove_busy_folder(&path);
            None
        });
        Ok(Self { folder, _cleanup: cleanup })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        actions().retain(|(number, _)| *number != self.0);
    }
}

fn actions() -> MutexGuard<'static, Vec<(u64, Action)>> {
    ACTIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes a folder that other threads may still write to. A new name comes first: it makes their next file fail.
fn remove_busy_folder(folder: &Path) {
    let mut renamed = folder.as_os_str().to_owned();
    renamed.push("-removed");
    let folder = if fs::rename(folder, &renamed).is_ok() { Path::new(&renamed) } else { folder };
    // A thread that was about to create a file can be in the way once, but not for long.
    let _ = (0..3).any(|_| fs::remove_dir_all(folder).is_ok());
}

/// Runs all actions, the latest first, and returns what they tell the user.
fn run_actions() -> Vec<String> {
    let mut said = Vec::new();
    loop {
        // The lock is not held while an action runs, because it may drop other cleanups.
        let Some((_, action)) = actions().pop() else { return said };
        said.extend(action());
    }
}

/// The time in which further signals are taken for the first one. Some programs, such as `timeout`, signal a process and its group.
#[cfg(unix)]
const ONE_SIGNAL: Duration = Duration::from_secs(1);

/// Watches for SIGINT, SIGTERM, SIGHUP and SIGXCPU in a thread of its own, which cleans up and ends the process with status 130, 143, 129
/// or 152. A second signal ends it at once, if it comes a second after the first or later. SIGXFSZ is taken without effect, so that the
/// write that exceeds a limit of file sizes fails with an error.
#[cfg(unix)]
pub(crate) fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXCPU, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level;

    let hang_up = (!is_ignored(SIGHUP)).then_some(SIGHUP);
    // Without a watch, a signal ends the process by itself, which is safe too.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGXCPU].into_iter().chain(hang_up)) else { return };
    std::thread::spawn(move || {
        let mut first = None;
        for signal in signals.forever() {
            match first {
                None => {
                    first = Some(Instant::now());
                    INTERRUPTED.store(true, Ordering::SeqCst);
                    // In a thread of its own, so that the next signal is heard.
                    let ending = std::thread::Builder::new().spawn(move || clean_up_and_end(signal));
                    if ending.is_err() {
                        clean_up_and_end(signal);
                    }
                }
                // The system repeats SIGXCPU for each further second of processor time.
                Some(first) if signal != SIGXCPU && first.elapsed() >= ONE_SIGNAL => low_level::exit(128 + signal),
                Some(_) => {}
            }
        }
    });
}

#[cfg(unix)]
fn clean_up_and_end(signal: i32) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGXCPU};

    // Is held until the end, so that nothing temporary is created any more.
    let _held = section();
    let said = run_actions();
    let name = match signal {
        SIGINT => "interrupted",
        SIGHUP => "the terminal was closed",
        SIGXCPU => "the limit of processor time (ulimit -St) was reached",
        _ => "terminated",
    };
    crate::messages::error(&[vec![name.to_string()], said].concat().join("\n"));
    signal_hook::low_level::exit(128 + signal);
}

/// Returns whether the process was started with this signal ignored, as `nohup` does. A handler would undo that. Where the system does not
/// tell, the signal is left alone too.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.is_none_or(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Elsewhere an interrupted process ends at once. The next run removes what it left.
#[cfg(not(unix))]
pub(crate) fn watch() {}

/// Waits for the end of the process if it was interrupted. What the main thread reports then is only that its files are gone.
pub(crate) fn wait_if_interrupted() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        IS_UNWOUND.store(true, Ordering::SeqCst);
        std::thread::park();
    }
}

/// Waits until the main thread has noticed that its files are gone, or for a second where it is busy with something else. For cleanups.
pub(crate) fn wait_for_main_thread() {
    const STEP: Duration = Duration::from_millis(5);
    for _ in 0..200 {
        if IS_UNWOUND.load(Ordering::SeqCst) {
            return;
        }
        std::thread::sleep(STEP);
    }
}
