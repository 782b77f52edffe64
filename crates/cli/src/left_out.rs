//! Shingles that are left out, because too many documents of a source have them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use serde_json::{Value, json};
use twinprint::boilerplate::{Boilerplate, BoilerplateRule, BoilerplateSketch};
use twinprint::text::Shingler;
use twinprint::{Origin, ShingleSet};
use twinprint_documents::{Facts, Fields, Inputs, Options};

use crate::faults;
use crate::progress;
use crate::settings::Settings;

/// Memory that reading takes.
const READING: u64 = 64 << 20;

/// The options by which more can be counted.
const REMEDY: &str = "--memory, --boilerplate-least";

/// Documents whose sets are made together: enough for all threads, and little memory.
pub(crate) const TOGETHER: usize = 512;

/// The shingles that are left out of a corpus.
pub(crate) struct LeftOut {
    boilerplate: Boilerplate,
    shingler: Shingler,
    rule: Value,
    /// What the sources are called; none where the corpus is one.
    names: BTreeMap<u64, String>,
}

/// What is read, and how.
struct Sources<'a> {
    corpora: &'a [&'a Inputs],
    fields: Fields,
    options: Options,
    shingler: &'a Shingler,
}

impl LeftOut {
    /// Reads the corpora twice and counts, if that is asked for.
    pub(crate) fn count(settings: &Settings, corpora: &[&Inputs]) -> Result<Option<Self>> {
        let Some(share) = settings.boilerplate else { return Ok(None) };
        let least = settings.boilerplate_least.unwrap_or(LEAST);
        let rule = BoilerplateRule::new(share, least).context("--boilerplate, --boilerplate-least")?;
        if corpora.iter().any(|inputs| !inputs.can_be_read_again()) {
            bail!("--boilerplate reads the inputs three times, which standard input cannot be; put it into a file");
        }
        let scheme = settings.scheme()?;
        let shingler = scheme.shingler()?;
        let memory = settings.memory.map_or(1 << 30, |size| size.0);
        let memory = usize::try_from((memory - READING.min(memory / 4 * 3)) / 4 * 3)?;
        let sources = Sources { corpora, fields: settings.fields()?, options: settings.options(), shingler: &shingler };

        let (mut sketch, mut names) = (BoilerplateSketch::new(&scheme, rule, memory), BTreeMap::new());
        sources.read(|source, name, set| {
            if let Some(name) = name
                && !names.contains_key(&source)
            {
                names.insert(source, name.to_string());
            }
            sketch.add(source, set).context(REMEDY)
        })?;
        let mut counts = sketch.finish();
        sources.read(|source, _, set| counts.add(source, set).context(REMEDY))?;
        let boilerplate = counts.finish()?;
        let rule = json!({"share": share, "least_documents": least});
        let left_out = Self { boilerplate, shingler, rule, names };
        tracing::info!("{} shingles are boilerplate", left_out.len());
        Ok(Some(left_out))
    }

    /// Shingles that are left out, of all sources.
    fn len(&self) -> usize {
        self.boilerplate.sources().map(|(_, common)| common.len()).sum()
    }

    /// The shingles that are left of a text.
    pub(crate) fn rest_of(&self, text: &str, source: u64) -> ShingleSet {
        self.boilerplate.remove_from(source, &self.shingler.set(text))
    }

    /// The rule, and what it left out of each source.
    pub(crate) fn to_json(&self) -> Value {
        let of_source = |(source, common): (u64, &twinprint::boilerplate::CommonShingles)| {
            json!({
                "source": self.names.get(&source), "documents": common.documents(),
                "least_documents": common.min_documents(), "shingles": common.len(), "id": common.id(),
            })
        };
        let sources: Vec<Value> = self.boilerplate.sources().map(of_source).collect();
        json!({"rule": self.rule, "scheme": self.boilerplate.scheme_id(), "shingles": self.len(), "sources": sources})
    }
}

/// A shingle of fewer documents is no boilerplate, where nothing else is said.
pub(crate) const LEAST: u64 = 10;

/// The number of a document's source; one for all where sources are not read.
pub(crate) fn source_of(facts: Option<&Facts>) -> u64 {
    let name = facts.and_then(|facts| facts.source.as_deref());
    name.map_or(0, |name| Origin::default().source(name).source)
}

impl Sources<'_> {
    /// Shows all documents: the source, its name, and the set.
    fn read(&self, mut show: impl FnMut(u64, Option<&str>, &ShingleSet) -> Result<()>) -> Result<()> {
        for inputs in self.corpora {
            let mut reader = inputs.read(&self.options, &self.fields);
            let bar = progress::bytes(inputs.total_bytes()).with_message("counting");
            while let Some(batch) = reader.next_batch().map_err(faults::refusal)? {
                let documents: Vec<_> = batch.records().collect();
                for documents in documents.chunks(TOGETHER) {
                    let sets: Vec<_> = documents.par_iter().map(|(_, text, _)| self.shingler.set(text)).collect();
                    for ((.., facts), set) in documents.iter().zip(&sets) {
                        let name = facts.and_then(|facts| facts.source.as_deref());
                        show(source_of(*facts), name, set)?;
                    }
                }
                bar.set_position(reader.position().bytes);
            }
            bar.finish_and_clear();
        }
        Ok(())
    }
}
