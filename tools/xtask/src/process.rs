//! Child processes, where they run, and headings between their output.

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a task returns; an error ends the run.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// The repository that tasks work on.
pub(crate) struct Repository {
    /// The folder of the root manifest; every process runs there.
    pub(crate) root: PathBuf,
    /// The folder that cargo builds into.
    pub(crate) target: PathBuf,
}

impl Repository {
    /// Finds both folders: cargo names the manifest, and this program lies in `target/debug`.
    pub(crate) fn open() -> Outcome<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("run me as `cargo xtask`")?;
        let root = Path::new(&manifest).ancestors().nth(2).ok_or("the manifest has no root above it")?;
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).ok_or("the program is not in a target folder")?;
        Ok(Self { root: root.to_path_buf(), target: target.to_path_buf() })
    }

    /// Returns a program that runs in the root folder.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Returns a call of cargo with arguments that are separated by white space.
    pub(crate) fn cargo(&self, arguments: &str) -> Command {
        let mut command = self.program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments.split_whitespace());
        command
    }

    /// Returns a call of cargo for a package outside the workspace, which builds into the same folder.
    pub(crate) fn cargo_of(&self, package: &str, arguments: &str) -> Command {
        let mut command = self.cargo(arguments);
        command
            .arg("--manifest-path")
            .arg(self.root.join(package).join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// Returns a program of the release build.
    pub(crate) fn release(&self, name: &str) -> Command {
        self.program(self.target.join("release").join(name))
    }
}

/// Runs a command to its end. Its output goes where this program's goes.
pub(crate) fn run(command: &mut Command) -> Outcome<()> {
    let status = command.status().map_err(|error| describe(command, &error))?;
    if status.success() { Ok(()) } else { Err(describe(command, &status)) }
}

/// Runs a command and returns its standard output; the error output goes where this program's goes.
pub(crate) fn capture(command: &mut Command) -> Outcome<Vec<u8>> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| describe(command, &error))?;
    if output.status.success() { Ok(output.stdout) } else { Err(describe(command, &output.status)) }
}

/// Returns the output of a program that may be missing, or `None` if it is missing or fails.
pub(crate) fn attempt(command: &mut Command) -> Option<Output> {
    command.output().ok().filter(|output| output.status.success())
}

/// Prints a heading.
pub(crate) fn heading(title: &str) {
    println!("\n== {title}");
}

/// Says that something was left out, and why.
pub(crate) fn skip(why: &str) {
    println!("skipped: {why}");
}

fn describe(command: &Command, what: &dyn std::fmt::Display) -> Box<dyn Error> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    format!("{}: {what}", line.join(" ")).into()
}
