//! `twinprint completions` and `twinprint man`: what a shell and a manual need to know of the command line.

use std::io::Write;

use anyhow::{Result, bail};

use crate::arguments::{Arguments, Completions, Man};
use crate::output::Output;

pub(crate) fn run(command: &Completions) -> Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(command.shell, &mut Arguments::described(), "twinprint", &mut text);
    let mut out = Output::Standard.create()?;
    out.write_all(&text)?;
    out.finish()
}

/// Prints the page of the command, or that of a subcommand.
pub(crate) fn run_man(command: &Man) -> Result<()> {
    let mut described = Arguments::described();
    // Gives each subcommand its full name in the usage line.
    described.build();
    let (title, page) = match &command.subcommand {
        None => ("twinprint".to_string(), described),
        Some(name) => match described.find_subcommand(name) {
            Some(found) => (format!("twinprint-{}", found.get_name()), found.clone()),
            None => bail!("there is no subcommand {name:?}; see twinprint --help"),
        },
    };
    let mut out = Output::Standard.create()?;
    clap_mangen::Man::new(page).title(title).render(&mut out)?;
    out.finish()
}
