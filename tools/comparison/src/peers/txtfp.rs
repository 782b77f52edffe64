//! txtfp, used as its documentation begins: `Canonicalizer`, `ShingleTokenizer` over `WordTokenizer`,
//! `MinHashFingerprinter` with its default hash family (xxh3), `LshIndex`.

use txtfp::{
    Canonicalizer, Fingerprinter, LshIndex, MinHashFingerprinter, MinHashSig, ShingleTokenizer, WordTokenizer,
};

use super::{Pairs, Task};
use crate::corpus::Corpus;
use crate::measure::{Contestant, Outcome};
use crate::splitting::WORDS;

type Printer = MinHashFingerprinter<ShingleTokenizer<WordTokenizer>, 128>;

fn printer() -> Printer {
    Printer::new(Canonicalizer::default(), ShingleTokenizer { k: WORDS, inner: WordTokenizer })
}

/// Returns `None` for a text without words, which txtfp refuses.
fn signature(printer: &Printer, text: &str) -> Option<MinHashSig<128>> {
    printer.fingerprint(text).ok()
}

pub(super) fn text_signatures(texts: &[String]) -> Contestant<'_> {
    let printer = printer();
    Contestant::new("txtfp `MinHashFingerprinter`", move || {
        let signatures = texts.iter().filter_map(|text| signature(&printer, text));
        signatures.map(|signature| signature.hashes[0]).fold(0, u64::wrapping_add)
    })
}

/// Queries the index for each document before inserting it. The index filters by estimated similarity.
pub(super) fn pairs(corpus: &Corpus, task: Task) -> Outcome<Pairs> {
    let (bands, rows) = task.full_banding();
    let printer = printer();
    let mut index = LshIndex::<128>::with_bands_rows(bands, rows)?;
    let mut pairs = Vec::new();
    corpus.read(|number, text| {
        if let Some(signature) = signature(&printer, text) {
            let earlier = index.query_with_threshold(&signature, task.threshold as f32);
            pairs.extend(earlier.into_iter().map(|earlier| (earlier as u32, number)));
            index.insert(u64::from(number), signature);
        }
        Ok(())
    })?;
    Ok(pairs)
}
