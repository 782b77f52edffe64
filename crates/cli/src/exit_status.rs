//! The exit statuses of the process; `twinprint --help` lists them.

use std::{fmt, io};

use crate::messages;

/// The run did what it was asked to.
pub(crate) const SUCCESS: u8 = 0;

/// The removal limits were exceeded: the run would remove too much.
const GUARD: u8 = 1;

/// The command line, the settings or an input is wrong.
pub(crate) const USAGE: u8 = 2;

/// The error of a run that would remove more than its limits allow. It ends the process with a status of its own, so that a script can
/// tell it from a mistake.
#[derive(Debug)]
pub(crate) struct GuardTripped(pub(crate) String);

impl fmt::Display for GuardTripped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GuardTripped {}

/// Returns the exit status for an error.
pub(crate) fn of_error(error: &anyhow::Error) -> u8 {
    if error.downcast_ref::<GuardTripped>().is_some() { GUARD } else { USAGE }
}

/// Returns the exit status of a process that has written to standard output: `status`, or another one if that was in vain. A reader who is
/// gone, as after `| head`, has what he wanted.
pub(crate) fn of_writing(written: io::Result<()>, status: u8) -> u8 {
    match written {
        Err(error) if status == SUCCESS && error.kind() != io::ErrorKind::BrokenPipe => {
            messages::error(&format!("standard output: {error}"));
            USAGE
        }
        _ => status,
    }
}
