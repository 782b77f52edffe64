//! Passages that documents share with those that contain them or are inside them.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use twinprint::containment::PassageFinder;
use twinprint_documents::SharedPassage;

use crate::corpus::{Joined, Passage, Removal};
use crate::escape::column;
use crate::input_error;
use crate::output::{LineSink, Output};
use crate::report::Sources;
use crate::settings::Settings;

/// The list of passages that hold a text of `--against`.
pub(super) const PASSAGES: &str = "passages.tsv";

/// The share of the memory limit that the texts inside others may take while they are looked up.
const MEMORY_SHARE: usize = 4;

/// A passage is shown if it has at least this part of what the whole documents share.
const SHOWN_PART: f64 = 0.5;

/// Writes a line for each passage: the ids of the document and of the text inside it, the share of that text, and where the passage
/// begins and ends, in bytes of the document's text.
pub(super) fn write_passages(joined: &Joined, to: &Output) -> Result<()> {
    let (mut of_documents, mut of_texts) = (joined.pairs.id_lookup()?, joined.pairs.id_lookup()?);
    let mut table = LineSink::create(to)?;
    for Passage { document, text, range, share, .. } in &joined.read.passages {
        let (document, text) = (column(of_documents.get(*document)?), column(of_texts.get(*text)?));
        table.line(format_args!("{document}\t{text}\t{share:.6}\t{}\t{}", range.start, range.end))?;
    }
    table.finish()
}

/// Returns the passages of a document.
pub(super) fn passages_of(joined: &Joined, document: u32) -> &[Passage] {
    let passages = &joined.read.passages;
    let start = passages.partition_point(|passage| passage.document < document);
    let end = start + passages[start..].partition_point(|passage| passage.document == document);
    &passages[start..end]
}

/// Returns the passage with the largest share of a text; of equally large ones that of the longest text, then the first.
pub(super) fn best<'a>(passages: impl Iterator<Item = &'a Passage>) -> Option<&'a Passage> {
    let rank = |passage: &Passage| (passage.share, passage.overlap.right());
    passages.reduce(|best, passage| if rank(passage) > rank(best) { passage } else { best })
}

/// Returns a passage as a field of a removed document.
pub(super) fn shared(passage: &Passage) -> SharedPassage {
    SharedPassage { start: passage.range.start as u64, end: passage.range.end as u64, share: passage.share }
}

/// Counts the documents of `--against` that were found: as a whole, or inside a document.
pub(super) fn count_found(joined: &Joined) -> Result<u64> {
    let mut found: HashSet<u32> = joined.read.passages.iter().map(|passage| passage.text).collect();
    for pair in joined.pairs.pairs()? {
        found.insert(pair?.left);
    }
    Ok(found.len() as u64)
}

/// Looks up where removed documents are inside the documents that contain them, by reading the inputs two more times. The keys are the
/// removed documents. Documents that are similar to the kept one are not looked up.
pub(super) fn locate(
    removal: &Removal,
    sources: &Sources<'_>,
    settings: &Settings,
) -> Result<HashMap<u32, SharedPassage>> {
    let (Some(share), Some(threshold)) = (settings.contained, settings.threshold) else { return Ok(HashMap::new()) };
    let mut outer_of = HashMap::new();
    for member in removal.removed()? {
        let member = member?;
        if member.jaccard().is_some_and(|jaccard| jaccard < threshold) {
            outer_of.insert(member.document, member.representative);
        }
    }
    if outer_of.is_empty() {
        return Ok(HashMap::new());
    }
    let memory = usize::try_from(settings.memory_limit().0).unwrap_or(usize::MAX) / MEMORY_SHARE;
    let mut builder = PassageFinder::builder(&settings.scheme()?, share * SHOWN_PART)?.min_words(0);
    let mut left_out = 0_u64;
    for_each_text(sources, |document, text| {
        if outer_of.contains_key(&document) {
            if builder.memory() < memory {
                builder.insert(document, text);
            } else {
                left_out += 1;
            }
        }
    })?;
    if left_out > 0 {
        tracing::warn!(
            "{left_out} contained documents do not fit in --memory: removed without the place of their text"
        );
    }
    let finder = builder.build();
    let outers: HashSet<u32> = outer_of.values().copied().collect();
    let mut located = HashMap::<u32, SharedPassage>::new();
    for_each_text(sources, |document, text| {
        if !outers.contains(&document) {
            return;
        }
        for found in finder.find(text) {
            let passage =
                SharedPassage { start: found.range.start as u64, end: found.range.end as u64, share: found.share };
            for inner in std::iter::once(found.id).chain(found.copies) {
                let is_better = located.get(inner).is_none_or(|known| known.share < passage.share);
                if outer_of.get(inner) == Some(&document) && is_better {
                    located.insert(*inner, passage);
                }
            }
        }
    })?;
    Ok(located)
}

/// Reads the texts of the inputs, with the numbers of their documents.
fn for_each_text(sources: &Sources<'_>, mut visit: impl FnMut(u32, &str)) -> Result<()> {
    let mut reader = sources.inputs.read(sources.options, sources.fields);
    let mut number = 0;
    while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(sources.options))? {
        for (_, text) in batch.documents() {
            visit(number, text);
            number += 1;
        }
    }
    Ok(())
}
