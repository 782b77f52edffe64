//! Documents without the passages that hold a text of `--against`.

use std::ops::Range;
use std::path::Path;

use anyhow::{Result, bail};
use twinprint::containment::PassageFinder;
use twinprint_documents::{DocumentTexts, Fields, Inputs, Rewriter};

use super::passages::passages_of;
use crate::corpus::Joined;
use crate::input_error;
use crate::report::Sources;

/// What lies between the texts of two fields, where they are read as one text.
const BETWEEN_FIELDS: usize = "\n\n".len();

/// Refuses inputs whose texts cannot be written again.
pub(super) fn check(fields: &Fields) -> Result<()> {
    if let Some(list) = fields.text.iter().find(|field| field.is_list()) {
        bail!(
            "--cut cannot change the texts in the list {:?}; leave it out, and these documents are removed",
            list.as_str()
        );
    }
    Ok(())
}

/// Returns a document's text without its passages.
pub(super) fn without_passages(joined: &Joined, document: u32, text: &str) -> Option<String> {
    let passages = passages_of(joined, document);
    (!passages.is_empty()).then(|| PassageFinder::cut(text, &ranges(joined, document)))
}

fn ranges(joined: &Joined, document: u32) -> Vec<Range<usize>> {
    passages_of(joined, document).iter().map(|passage| passage.range.clone()).collect()
}

/// Writes the documents that are kept to a file, those with passages without them. `first` is the number of the first document.
pub(super) fn write_kept(
    joined: &Joined,
    sources: &Sources<'_>,
    inputs: &Inputs,
    to: &Path,
    (first, is_removed): (u32, &[bool]),
) -> Result<()> {
    let mut reader = inputs.read(sources.options, sources.fields).with_raw();
    let mut rewriter = Rewriter::create(to, inputs, sources.fields)?;
    let mut number = 0;
    while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(sources.options))? {
        rewriter.write_some(batch, |document| {
            let is_kept = is_removed.get(number).is_some_and(|is_removed| !is_removed);
            let passages = ranges(joined, first + number as u32);
            number += 1;
            Ok::<_, anyhow::Error>(is_kept.then(|| cut_fields(&document, &passages)))
        })?;
    }
    Ok(rewriter.finish()?)
}

/// Returns a new text for each field that a passage touches. Passages are in the text that all fields make together.
fn cut_fields(document: &DocumentTexts<'_>, passages: &[Range<usize>]) -> Vec<Option<String>> {
    let mut end = 0;
    let mut cut = |text: &Option<std::borrow::Cow<'_, str>>| {
        let text = text.as_deref().filter(|text| !text.is_empty())?;
        let start = if end == 0 { 0 } else { end + BETWEEN_FIELDS };
        end = start + text.len();
        let within = |range: &Range<usize>| {
            let range = range.start.max(start)..range.end.min(end);
            (range.start < range.end).then(|| range.start - start..range.end - start)
        };
        let ranges: Vec<Range<usize>> = passages.iter().filter_map(within).collect();
        (!ranges.is_empty()).then(|| PassageFinder::cut(text, &ranges))
    };
    document.texts.iter().map(&mut cut).collect()
}
