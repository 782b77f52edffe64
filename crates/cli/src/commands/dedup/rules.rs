//! Options and settings of `twinprint dedup` that contradict each other.

use anyhow::{Result, bail};
use twinprint::dedup::Preference;

use crate::arguments::Dedup;
use crate::settings::{Settings, without_secrets};

/// Refuses options that exclude each other or lack another one, where the settings file may have that one. Options alone are refused when
/// they are parsed.
pub(super) fn check_options(command: &Dedup, settings: &Settings) -> Result<()> {
    let is_against = !settings.against().is_empty();
    let other = match (is_against, settings.index.is_some()) {
        (true, true) => {
            bail!("--against cannot be used with --index; leave out one of them, also in the settings file")
        }
        (true, false) => Some("--against"),
        (false, true) => Some("--index"),
        (false, false) => None,
    };
    for (option, is_given) in [("--report", command.report.is_some()), ("--dry-run", command.dry_run)] {
        if let Some(other) = other.filter(|_| is_given) {
            bail!("{option} cannot be used with {other}, which the settings file names; leave one of them out");
        }
    }
    if command.time.is_some() && settings.index.is_none() {
        bail!("--time needs --index DIR");
    }
    let given = &command.corpus.settings;
    let without_effect = [
        ("--contained-one-in", given.contained_one_in.is_some() && is_against, "with"),
        ("--contained-frequency-limit", given.contained_frequency_limit.is_some() && is_against, "with"),
        ("--contained-least-words", given.contained_least_words.is_some() && !is_against, "without"),
    ];
    match without_effect.into_iter().find(|(_, is_given, _)| *is_given) {
        Some((option, _, how)) => bail!("{option} has no effect {how} --against; leave it out"),
        None => Ok(()),
    }
}

/// Refuses rules of removal that contradict each other.
pub(crate) fn check_rules(against: &[String], settings: &Settings) -> Result<()> {
    let keep = settings.preference()?;
    let is_against = !against.is_empty();
    if is_against && keep != Preference::First {
        bail!(
            "--keep has no meaning with --against: only inputs are removed, and never a document of {}",
            against.iter().map(|input| without_secrets(input)).collect::<Vec<_>>().join(", ")
        );
    }
    if keep == Preference::None && (settings.contained.is_some() || settings.group.is_some()) {
        bail!(
            "--keep none removes all documents that have a duplicate, so --contained and --group have no meaning with it"
        );
    }
    if is_against && settings.contained.is_some() && settings.group.is_some() {
        bail!("--contained with --against removes single documents, and --group whole groups; leave out one of them");
    }
    if settings.cut == Some(true) {
        if !is_against {
            bail!("--cut needs --against: it cuts the texts of another corpus out of the inputs");
        }
        super::cut::check(&settings.fields()?)?;
    }
    Ok(())
}
