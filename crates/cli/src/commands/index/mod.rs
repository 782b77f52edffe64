//! `twinprint index`.

mod add;
mod ask;
mod maintain;
pub(crate) mod time;

use std::path::Path;

use anyhow::Result;
use twinprint::store::Store;
use twinprint::{Scheme, SimilarityJoin, SimilarityJoinBuilder};

use crate::arguments::{Index, IndexCommand, IndexCreate};
use crate::history::named;
use crate::messages::{self, counted};
use crate::option_error::differs_from_index;
use crate::settings::{Settings, parse_banding};

pub(crate) fn run(command: &Index) -> Result<()> {
    match &command.command {
        IndexCommand::Create(command) => create(command),
        IndexCommand::Add(command) => add::run(command),
        IndexCommand::Query(command) => ask::run(command),
        IndexCommand::Remove(command) => maintain::remove(command),
        IndexCommand::Expire(command) => maintain::expire(command),
        IndexCommand::Info(command) => maintain::info(command),
        IndexCommand::Verify(command) => maintain::verify(command),
        IndexCommand::Merge(command) => maintain::merge(command),
        IndexCommand::Compact(command) => maintain::compact(command),
    }
}

fn create(command: &IndexCreate) -> Result<()> {
    let settings = command.settings.effective()?;
    let mut builder = Store::builder()
        .scheme(settings.scheme()?)
        .threshold(settings.threshold())
        .recall(settings.recall())
        .sets(!command.signatures_only);
    if let Some(banding) = &settings.banding {
        builder = builder.banding(parse_banding(banding)?);
    }
    let view = builder.create(&command.folder.index)?.view();
    messages::result(format_args!(
        "{}: created, for similarities from {} ({} of {})",
        command.folder.index.display(),
        view.threshold(),
        counted(view.banding().bands(), "band", "bands"),
        counted(view.banding().rows(), "row", "rows")
    ));
    Ok(())
}

/// Refuses settings that ask for another scheme than that of the index. Works out, of all that are given, the settings by which the inputs
/// are read.
fn reading_settings(given: &Settings, scheme: &Scheme, index: &Path) -> Result<Settings> {
    let given = given.given()?;
    let settings = given.effective()?;
    // Of what is not given, the index decides.
    let asked = match Settings::from_scheme(scheme) {
        Some(of_index) => given.clone().over_scheme_of(of_index),
        None => settings.clone(),
    };
    if given.asks_for_scheme() {
        asked
            .scheme()?
            .check_same(scheme)
            .map_err(|mismatch| differs_from_index(index, &mismatch, given.config.as_deref()))?;
    }
    settings.set_threads()?;
    Ok(settings)
}

/// Returns the rule which documents are too large for the memory limit, the same as for pairs.
fn memory_rule(settings: &Settings, scheme: &Scheme) -> SimilarityJoinBuilder {
    SimilarityJoin::builder(scheme).memory_limit(settings.memory_limit().0)
}

/// Opens the index for writing.
fn open(index: &Path) -> Result<Store> {
    Ok(Store::open(index)?)
}

/// Returns a count with its noun.
fn documents(count: usize) -> String {
    counted(count as u64, "document", "documents")
}
