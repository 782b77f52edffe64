//! The texts of the pairs that a report shows, read from the inputs once more.

use std::collections::{BTreeMap, HashSet};

use anyhow::{Result, bail};
use twinprint::{Overlap, Pair, Scheme};

use super::Sources;
use crate::boilerplate::{BoilerplateFilter, source_of};
use crate::corpus::Joined;

/// A document that the report shows.
pub(super) struct ShownText {
    pub(super) id: String,
    pub(super) text: String,
    /// The number of its source, for boilerplate.
    source: u64,
}

/// Reads the ids and texts of the documents in these pairs, up to a size in bytes. The keys are the numbers of the documents.
///
/// # Errors
/// If the inputs hold other documents than before.
pub(super) fn read(
    joined: &Joined,
    sources: &Sources<'_>,
    pairs: &[Pair<u32>],
    max_bytes: usize,
) -> Result<BTreeMap<u32, ShownText>> {
    let wanted: HashSet<u32> = pairs.iter().flat_map(|pair| [pair.left, pair.right]).collect();
    let mut ids = joined.pairs.id_lookup()?;
    let (mut texts, mut room, mut number) = (BTreeMap::new(), max_bytes, 0_u32);
    let mut reader = sources.inputs.read(sources.options, sources.fields);
    while let Some(batch) = reader.next_batch()? {
        for (id, text, facts) in batch.records() {
            if number < joined.read.documents && wanted.contains(&number) {
                if ids.get(number)? != id {
                    bail!(changed(format_args!("document {} was {:?} and is {id:?}", number + 1, ids.get(number)?)));
                }
                if let Some(left) = room.checked_sub(text.len()) {
                    room = left;
                    let shown = ShownText { id: id.to_string(), text: text.to_string(), source: source_of(facts) };
                    texts.insert(number, shown);
                }
            }
            number += 1;
        }
    }
    if number != joined.read.documents {
        bail!(changed(format_args!("they held {} documents and hold {number}", joined.read.documents)));
    }
    Ok(texts)
}

/// Checks that the sets of two texts overlap as they did when the pair was found.
///
/// # Errors
/// If they do not, because the inputs have changed since.
pub(super) fn check_unchanged(
    scheme: &Scheme,
    boilerplate: Option<&BoilerplateFilter>,
    [left, right]: [&ShownText; 2],
    pair: &Pair<u32>,
) -> Result<()> {
    let shingler = scheme.shingler()?;
    let set = |shown: &ShownText| match boilerplate {
        Some(boilerplate) => boilerplate.without_boilerplate(&shown.text, shown.source),
        None => shingler.set(&shown.text),
    };
    if Overlap::new(&set(left), &set(right)) != pair.overlap {
        bail!(changed(format_args!("the text of {:?} or of {:?} is another", left.id, right.id)));
    }
    Ok(())
}

fn changed(how: std::fmt::Arguments<'_>) -> String {
    format!("the inputs changed while they were read: {how}; run the command again")
}
