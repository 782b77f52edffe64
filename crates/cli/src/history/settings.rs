//! The settings of a run with an index.

use std::path::Path;

use anyhow::{Result, bail};
use twinprint::dedup::Preference;
use twinprint::lsh::Banding;
use twinprint::store::View;

use crate::option_error::differs_from_index;
use crate::settings::{Preset, Settings, parse_banding};

/// Works out the settings of a run: what is given, with the scheme, the banding and the threshold of the index.
pub(super) fn of_index(given: &Settings, view: &View, index: &Path) -> Result<Settings> {
    let given = given.given()?;
    refuse_without_meaning(&given)?;
    let name = index.display();
    let Some(of_index) = Settings::from_scheme(view.scheme()) else {
        bail!(
            "{name}: the scheme of the index is none that options describe, so that documents cannot be compared with one another by it; \
             use the library, or another index"
        );
    };
    let settings = given.clone().over_scheme_of(of_index);
    settings
        .scheme()?
        .check_same(view.scheme())
        .map_err(|mismatch| differs_from_index(index, &mismatch, given.config.as_deref()))?;
    let threshold = given.threshold.unwrap_or(view.threshold());
    if threshold < view.threshold() {
        bail!(
            "{name}: --threshold is {threshold}, and the index finds documents from a similarity of {} up; leave the option out, or create \
             another index",
            view.threshold()
        );
    }
    check_banding(&given, view, index)?;
    warn_of_templates(&given);
    let banding = format!("{}x{}", view.banding().bands(), view.banding().rows());
    Settings { threshold: Some(threshold), banding: Some(banding), ..settings }.effective()
}

/// Says that what a preset promises of relations does not hold.
fn warn_of_templates(given: &Settings) {
    if given.preset == Some(Preset::News) && given.relation.is_none() {
        tracing::warn!(
            "--preset news judges no pairs with --index, because an index has no texts: different items of one template are removed as \
             duplicates if they are similar enough; use --against with the earlier documents, or give --relation=false to remove by \
             similarity alone"
        );
    }
}

/// Refuses a banding that is not that of the index.
fn check_banding(given: &Settings, view: &View, index: &Path) -> Result<()> {
    let of_index = view.banding();
    let (bands, rows) = (of_index.bands(), of_index.rows());
    let is_other = |banding: Banding| (banding.bands(), banding.rows()) != (bands, rows);
    let planned = |recall| {
        let num_hashes = view.scheme().sketch().num_hashes();
        Banding::for_threshold(view.threshold()).recall(recall).num_hashes(num_hashes).plan()
    };
    let option = match (&given.banding, given.recall) {
        (Some(banding), _) if is_other(parse_banding(banding)?) => "--banding",
        (None, Some(recall)) if is_other(planned(recall)?) => "--recall",
        _ => return Ok(()),
    };
    bail!(
        "{}: {option} asks for another banding than that of the index, which has {bands} bands of {rows} rows; leave the option out, or \
         create another index",
        index.display()
    )
}

/// Refuses settings that need more of the earlier documents than an index has.
fn refuse_without_meaning(given: &Settings) -> Result<()> {
    let no_texts = "an index has no texts";
    let whole = "an index is asked for documents that are similar as a whole";
    let refused = [
        ("--relation", given.relation == Some(true), no_texts),
        ("--boilerplate", given.boilerplate.is_some(), "the documents of an index were added with their boilerplate"),
        ("--block", given.block.is_some(), "an index does not know the blocks of its documents"),
        ("--across-sources", given.across_sources == Some(true), "an index does not know the sources of its documents"),
        ("--group", given.group.is_some(), "an index does not know the groups of its documents"),
        ("--keyed", given.keyed == Some(true), "an index has the hash functions that it was created with"),
        ("--contained", given.contained.is_some(), whole),
        ("--cut", given.cut == Some(true), no_texts),
    ];
    if let Some((option, _, why)) = refused.into_iter().find(|(_, is_given, _)| *is_given) {
        bail!(
            "{option} has no meaning with --index, because {why}; leave it out, or use --against with the earlier documents"
        );
    }
    if given.preference()? == Preference::None {
        bail!("--keep none has no meaning with --index, because the documents of the index stay; leave it out");
    }
    Ok(())
}
