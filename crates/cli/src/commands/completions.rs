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
    let (mut title, mut page) = ("twinprint".to_string(), &described);
    // The pages name one another with hyphens, as in twinprint-index-add.
    for name in command.subcommand.iter().flat_map(|names| names.split(['-', ' '])) {
        let Some(found) = page.find_subcommand(name) else {
            bail!("there is no subcommand {:?}; see twinprint --help", command.subcommand.join(" "));
        };
        title = format!("{title}-{}", found.get_name());
        page = found;
    }
    let page = page.clone();
    let mut out = Output::Standard.create()?;
    clap_mangen::Man::new(page).title(title).render(&mut out)?;
    out.finish()
}
