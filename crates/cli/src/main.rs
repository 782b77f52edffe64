//! The binary `twinprint`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(twinprint_cli::run(std::env::args_os()))
}
