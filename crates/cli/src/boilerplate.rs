//! Boilerplate: shingles that so large a share of a source's documents has that they are removed before the comparison.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use serde_json::{Value, json};
use twinprint::ShingleSet;
use twinprint::boilerplate::{Boilerplate, BoilerplateRule, BoilerplateSketch};
use twinprint::join::Origin;
use twinprint::text::{Shingle, Shingler};
use twinprint_documents::{Fields, Inputs, Metadata, Options};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::input_error;
use crate::progress;
use crate::settings::{DEFAULT_MIN_BOILERPLATE_DOCUMENTS, Settings};

/// Memory for the buffers of reading, in bytes.
const READING: u64 = 64 << 20;

/// The options that help when the counts do not fit in memory.
const REMEDY: &str = "--memory, --boilerplate-least";

/// Documents whose sets are made in parallel: enough to keep all threads busy, and few enough to need little memory.
pub(crate) const DOCUMENTS_PER_BATCH: usize = 512;

/// Removes the boilerplate from the shingle sets of a corpus.
pub(crate) struct BoilerplateFilter {
    boilerplate: Boilerplate,
    shingler: Shingler,
    rule: Value,
    /// The names of the sources by their numbers; empty without `--source`.
    names: BTreeMap<u64, String>,
    /// The digest of the documents that were counted.
    counted: u64,
    /// The digest of the documents that were passed to [`BoilerplateFilter::without_boilerplate`].
    filtered: AtomicU64,
}

/// Reads the shingle sets of all documents.
struct SetReader<'a> {
    corpora: &'a [&'a Inputs],
    fields: Fields,
    options: Options,
    shingler: &'a Shingler,
}

impl BoilerplateFilter {
    /// Reads the corpora twice and counts their shingles. Returns nothing without `--boilerplate`.
    ///
    /// The first reading fills a sketch of the frequent shingles; the second counts those exactly.
    pub(crate) fn count(settings: &Settings, corpora: &[&Inputs]) -> Result<Option<Self>> {
        let Some(share) = settings.boilerplate else { return Ok(None) };
        let min_documents = settings.boilerplate_least.unwrap_or(DEFAULT_MIN_BOILERPLATE_DOCUMENTS);
        let rule = BoilerplateRule::new(share, min_documents)?;
        if corpora.iter().any(|inputs| !inputs.can_be_read_again()) {
            bail!(
                "--boilerplate reads the inputs three times, and standard input can only be read once; save it to a file"
            );
        }
        let scheme = settings.scheme()?;
        let shingler = scheme.shingler()?;
        let memory = settings.memory_limit().0;
        let memory = usize::try_from((memory - READING.min(memory / 4 * 3)) / 4 * 3)?;
        let reader =
            SetReader { corpora, fields: settings.fields()?, options: settings.options(), shingler: &shingler };

        let (mut sketch, mut names) = (BoilerplateSketch::new(&scheme, rule, memory), BTreeMap::new());
        let first = reader.read(|source, name, set| {
            if let Some(name) = name
                && !names.contains_key(&source)
            {
                names.insert(source, name.to_string());
            }
            sketch.add(source, set).context(REMEDY)
        })?;
        let mut counts = sketch.finish();
        let counted = reader.read(|source, _, set| counts.add(source, set).context(REMEDY))?;
        if counted != first {
            bail!(CHANGED);
        }
        let boilerplate = counts.finish()?;
        let rule = json!({"share": share, "least_documents": min_documents});
        let filter = Self { boilerplate, shingler, rule, names, counted, filtered: AtomicU64::new(0) };
        tracing::info!("{} shingles are boilerplate", filter.len());
        Ok(Some(filter))
    }

    /// Returns the number of shingles that are boilerplate, summed over the sources.
    fn len(&self) -> usize {
        self.boilerplate.sources().map(|(_, common)| common.len()).sum()
    }

    /// Returns the shingle set of a text without the boilerplate of its source.
    pub(crate) fn without_boilerplate(&self, text: &str, source: u64) -> ShingleSet {
        self.filtered.fetch_add(digest(text, source), Ordering::Relaxed);
        self.boilerplate.remove_from(source, &self.shingler.set(text))
    }

    /// Returns the passages of a text that the shingles make up which are no boilerplate of its source, each on a line.
    pub(crate) fn own_passages(&self, text: &str, source: u64) -> String {
        let own = self.boilerplate.remove_from(source, &self.shingler.set(text));
        let (mut passages, mut end) = (String::new(), 0);
        for Shingle { range, .. } in
            self.shingler.shingles(text).into_iter().filter(|shingle| own.contains(shingle.hash))
        {
            let between = text.get(end..range.start).filter(|_| !passages.is_empty()).unwrap_or_default();
            passages.push_str(if between.contains(char::is_alphanumeric) { "\n" } else { between });
            passages.push_str(text.get(range.start.max(end)..range.end).unwrap_or_default());
            end = end.max(range.end);
        }
        passages
    }

    /// Checks that the documents whose boilerplate was removed are those that were counted. Must be called once, after all of them were
    /// read.
    pub(crate) fn check_unchanged(&self) -> Result<()> {
        if self.filtered.load(Ordering::Relaxed) != self.counted {
            bail!(CHANGED);
        }
        Ok(())
    }

    /// Returns the rule, and the counts of each source.
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

/// Returns a digest of a document. The digest of several is their sum, so that threads can add in any order.
fn digest(text: &str, source: u64) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), source)
}

/// The error of inputs that are not the same in every reading.
const CHANGED: &str = "the inputs changed while boilerplate was counted; run the command again";

/// Returns the number of a document's source; 0 for a document without one.
pub(crate) fn source_of(facts: Option<&Metadata>) -> u64 {
    let name = facts.and_then(|facts| facts.source.as_deref());
    name.map_or(0, |name| Origin::default().source(name).source)
}

impl SetReader<'_> {
    /// Passes on each document: the number of its source, the name of its source, and its set. Returns the digest of all documents.
    fn read(&self, mut show: impl FnMut(u64, Option<&str>, &ShingleSet) -> Result<()>) -> Result<u64> {
        let mut all = 0_u64;
        for inputs in self.corpora {
            let mut reader = inputs.read(&self.options, &self.fields);
            let bar = progress::bytes(inputs.total_bytes()).with_message("counting");
            while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(&self.options))? {
                let documents: Vec<_> = batch.records().collect();
                for documents in documents.chunks(DOCUMENTS_PER_BATCH) {
                    let sets: Vec<_> = documents.par_iter().map(|(_, text, _)| self.shingler.set(text)).collect();
                    for ((_, text, facts), set) in documents.iter().zip(&sets) {
                        all = all.wrapping_add(digest(text, source_of(*facts)));
                        let name = facts.and_then(|facts| facts.source.as_deref());
                        show(source_of(*facts), name, set)?;
                    }
                }
                bar.set_position(reader.position().bytes);
            }
            bar.finish_and_clear();
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_text_are_its_own_passages() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.jsonl");
        let page = |news: &str| format!("Home, news and sport. {news} Copyright of the Lantern, all rights reserved.");
        let texts = ["The ferry is late.", "Snow fell in the hills.", "A bridge was closed!"].map(page);
        let lines = texts.iter().map(|text| format!("{{\"id\": \"{text}\", \"text\": \"{text}\"}}\n"));
        std::fs::write(&path, lines.collect::<String>()).expect("written");
        let settings =
            Settings { boilerplate: Some(0.9), boilerplate_least: Some(2), words: Some(1), ..Settings::default() };
        let settings = settings.effective().expect("sound");
        let inputs = Inputs::find([path], &settings.options()).expect("found");
        let filter = BoilerplateFilter::count(&settings, &[&inputs]).expect("counted").expect("asked for");
        assert_eq!(filter.own_passages(&texts[2], 0), "A bridge was closed");
        assert_eq!(filter.own_passages(&page(""), 0), "");
        let two = format!("{} Trains run.", page("No tram today,"));
        assert_eq!(filter.own_passages(&two, 0), "No tram today\nTrains run");
    }

    #[test]
    fn inputs_that_change_after_the_counting_are_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, texts) = (folder.path().join("a.jsonl"), ["one text of five words", "another text of five words"]);
        let lines = texts.map(|text| format!("{{\"id\": \"{text}\", \"text\": \"{text}\"}}\n"));
        std::fs::write(&path, lines.concat()).expect("written");
        let settings = Settings { boilerplate: Some(0.9), boilerplate_least: Some(2), ..Settings::default() };
        let settings = settings.effective().expect("sound");
        let inputs = Inputs::find([path], &settings.options()).expect("found");
        let check = |read: &[&str]| {
            let filter = BoilerplateFilter::count(&settings, &[&inputs]).expect("counted").expect("asked for");
            read.iter().for_each(|text| drop(filter.without_boilerplate(text, 0)));
            filter.check_unchanged()
        };
        assert!(check(&texts).is_ok());
        assert!(check(&[texts[1], texts[0]]).is_ok(), "threads read in any order");
        for changed in [&texts[..1], &[texts[0], texts[0]], &[texts[0], texts[1], ""], &["", ""]] {
            assert!(check(changed).is_err(), "{changed:?}");
        }
    }
}
