//! lshdedup-core: `Index` with words instead of characters. It takes text only, so a document that is asked for and
//! then inserted is cut and hashed twice; there is no other way.

use lshdedup_core::{Config, Index, ShingleUnit};

use super::{Pairs, Task};
use crate::corpus::Corpus;
use crate::measure::{Contestant, Outcome};
use crate::splitting::WORDS;

fn index(bands: usize) -> Outcome<Index> {
    let config = Config { num_hashes: 128, bands, shingle_size: WORDS, shingle_unit: ShingleUnit::Word, seed: 0 };
    Ok(Index::new(config)?)
}

pub(super) fn text_signatures(texts: &[String]) -> Outcome<Contestant<'_>> {
    let index = index(32)?;
    Ok(Contestant::new("lshdedup-core `Index::signature`", move || {
        texts.iter().map(|text| u64::from(index.signature(text)[0])).sum()
    }))
}

/// Asks the index for each document before it is inserted; the index filters by estimated similarity.
pub(super) fn pairs(corpus: &Corpus, task: Task) -> Outcome<Pairs> {
    let mut index = index(task.full_banding().0)?;
    let mut pairs = Vec::new();
    corpus.read(|number, text| {
        // Texts without words would all be alike.
        if !text.trim().is_empty() {
            for hit in index.near_duplicates(text, task.threshold) {
                pairs.push((hit.id.parse()?, number));
            }
            index.insert(number.to_string(), text)?;
        }
        Ok(())
    })?;
    Ok(pairs)
}
