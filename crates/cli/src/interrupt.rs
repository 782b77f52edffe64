//! What an interrupted process leaves behind: nothing unfinished, and a word on how to continue.
//!
//! Signals do not unwind, so destructors do not run. Each temporary file or folder therefore has a [`Cleanup`], which does the work
//! of the destructor if the process is interrupted.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// An action for the case that the process is interrupted. It may return a line for the user.
type Action = Box<dyn FnOnce() -> Option<String> + Send>;

/// The actions that wait, with their numbers.
static ACTIONS: Mutex<Vec<(u64, Action)>> = Mutex::new(Vec::new());

/// Whether a signal has arrived.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

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

/// A temporary folder, which is also removed if the process is interrupted.
#[derive(Debug)]
pub(crate) struct TemporaryFolder {
    folder: TempDir,
    _cleanup: Cleanup,
}

impl TemporaryFolder {
    pub(crate) fn new() -> Result<Self> {
        let _section = section();
        let folder = TempDir::with_prefix("twinprint-").context("the folder for temporary files")?;
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

/// Watches for SIGINT and SIGTERM in a thread of its own, which cleans up and ends the process with status 130 or 143. A second
/// signal ends it at once.
#[cfg(unix)]
pub(crate) fn watch() {
    use std::sync::Arc;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};

    let impatient = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // Without these, a signal ends the process by itself, which is safe too.
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&impatient));
    }
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            impatient.store(true, Ordering::SeqCst);
            INTERRUPTED.store(true, Ordering::SeqCst);
            // Is held until the end, so that nothing temporary is created any more.
            let _held = section();
            let said = run_actions();
            let name = if signal == SIGINT { "interrupted" } else { "terminated" };
            crate::messages::error(&[vec![name.to_string()], said].concat().join("\n"));
            low_level::exit(128 + signal);
        }
    });
}

/// Elsewhere an interrupted process ends at once. The next run removes what it left.
#[cfg(not(unix))]
pub(crate) fn watch() {}

/// Waits for the end of the process if it was interrupted. What the main thread reports then is only that its files are gone.
pub(crate) fn wait_if_interrupted() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        std::thread::park();
    }
}
