//! Runs the command for the tests.

use std::ffi::OsStr;
use std::path::Path;

use assert_cmd::Command;

/// The exit status and the output of a process.
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Prepares the command with these arguments in a folder.
pub(crate) fn command<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("twinprint"));
    command.current_dir(folder).args(arguments);
    command
}

/// Runs the command in a folder; the arguments are separated by spaces.
pub(crate) fn run(folder: &Path, arguments: &str) -> Ended {
    run_with_input(folder, arguments, "")
}

/// Runs the command with a text on standard input.
pub(crate) fn run_with_input(folder: &Path, arguments: &str, input: &str) -> Ended {
    let mut command = command(folder, arguments.split_whitespace());
    let output = command.write_stdin(input).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is UTF-8");
    let status = output.status.code().expect("it ends by itself");
    Ended { status, out: text(output.stdout), err: text(output.stderr) }
}

impl Ended {
    /// Asserts success, and returns the standard output.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.status, 0, "{}", self.err);
        self.out
    }

    /// Asserts that the run was refused with nothing on standard output, and returns the standard error.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{}", self.err);
        assert!(self.err.starts_with("twinprint: ") || self.err.starts_with("error: "), "{}", self.err);
        self.err
    }
}
