//! The command as a process whose memory is observed.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context, Result, bail};

/// The program `twinprint`.
pub(crate) struct Command {
    pub(crate) path: PathBuf,
}

/// The outcome of a run.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) seconds: f64,
    /// The peak of resident memory in bytes; 0 if the system does not report it.
    pub(crate) resident: u64,
    pub(crate) message: String,
}

/// The time between two observations of a process.
const INTERVAL: Duration = Duration::from_millis(5);

impl Command {
    /// Runs the program to its end, or kills it after a time.
    pub(crate) fn run(&self, arguments: &[&str], kill_after: Option<Duration>) -> Result<Ran> {
        let mut command = std::process::Command::new(&self.path);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn().with_context(|| self.path.display().to_string())?;
        let mut resident = 0;
        while child.try_wait()?.is_none() {
            resident = resident.max(high_water(&child));
            if kill_after.is_some_and(|time| started.elapsed() >= time) {
                child.kill()?;
            }
            thread::sleep(INTERVAL);
        }
        let seconds = started.elapsed().as_secs_f64();
        let output = child.wait_with_output()?;
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        if message.contains("panicked") {
            bail!("a panic: {message}");
        }
        Ok(Ran { status: output.status.code(), seconds, resident, message })
    }

    /// Runs the program, and fails if it fails.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> Result<Ran> {
        let ran = self.run(arguments, None)?;
        if ran.status != Some(0) {
            bail!("twinprint {}: status {:?}: {}", arguments.join(" "), ran.status, ran.message);
        }
        Ok(ran)
    }
}

/// Returns the peak of a process's resident memory in bytes.
fn high_water(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) << 10
}

/// Returns the bytes of all files in a folder.
pub(crate) fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => size_of(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
