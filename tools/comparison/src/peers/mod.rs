//! twinprint's peers, each measured on the fastest path that its documentation shows.
//!
//! | peer | hashes to signature | text to signature | JSON lines to pairs |
//! |---|---|---|---|
//! | gaoya | yes | yes | yes |
//! | lshdedup-core | no: takes text only | yes | yes |
//! | minhash-rs | yes | no: brings no tokenizer | no |
//! | probminhash | yes | no: brings no tokenizer | no: brings no index |
//! | sketchir | yes | yes | yes |
//! | txtfp | no: takes text only | yes | yes |
//!
//! gaoya's index requires signatures that its bands use up. It therefore has two runs to pairs: one with twinprint's
//! banding, and so with fewer positions than twinprint computes, and one with bands that use all 128.
//!
//! Left out: `datasketch-minhash-lsh` (0.0.1, on rand 0.7; calls itself partial, to be used at one's own risk);
//! `incrededup` (an application around a database, whose drivers would be much of this build; its signature is derived
//! from rensa's, which the Python part measures); sketches that are not for sets of shingles (`simhash`, `tlsh`,
//! `datasketches`) or not for text (`sketchlib`).

mod gaoya;
mod lshdedup;
mod minhash_rs;
mod probminhash;
mod sketchir;
mod txtfp;
pub(crate) mod us;

use crate::corpus::Corpus;
use crate::measure::{Contestant, Outcome};
use crate::splitting::Splitting;

pub(crate) use us::{join_file, join_texts};

/// Pairs of document numbers, the smaller one first.
pub(crate) type Pairs = Vec<(u32, u32)>;

/// The task of finding pairs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    /// The minimum Jaccard similarity.
    pub(crate) threshold: f64,
    /// The recall at the threshold that bandings are planned for.
    pub(crate) recall: f64,
}

impl Task {
    /// Returns bands and rows for peers whose bands must use all 128 positions: the smallest number of bands that reaches
    /// the recall.
    fn full_banding(self) -> (usize, usize) {
        let reaches = |bands: usize| {
            let rows = (128 / bands) as i32;
            1.0 - (1.0 - self.threshold.powi(rows)).powi(bands as i32) >= self.recall
        };
        let bands = (0..=7).map(|power| 1 << power).find(|&bands| reaches(bands)).unwrap_or(128);
        (bands, 128 / bands)
    }
}

/// A contestant that reads a file and finds its pairs.
pub(crate) struct EndToEnd {
    pub(crate) name: String,
    /// Its own way to split texts, for the second measure of recall.
    pub(crate) splitting: Splitting,
    pub(crate) run: fn(&Corpus, Task) -> Outcome<Pairs>,
}

/// Returns the contestants from sets of `u64` to signatures of 128 positions: all levels of twinprint, and all peers that
/// accept hashes.
pub(crate) fn signatures(sets: &[Vec<u64>]) -> Outcome<Vec<Contestant<'_>>> {
    let mut all = us::signatures(sets)?;
    all.extend(gaoya::signatures(sets));
    all.extend(minhash_rs::signatures(sets));
    all.extend(probminhash::signatures(sets));
    all.extend(sketchir::signatures(sets)?);
    Ok(all)
}

/// Returns the contestants from texts to signatures of 128 positions.
pub(crate) fn text_signatures(texts: &[String]) -> Outcome<Vec<Contestant<'_>>> {
    let mut all = us::text_signatures(texts)?;
    all.extend(gaoya::text_signatures(texts));
    all.push(txtfp::text_signatures(texts));
    all.push(sketchir::text_signatures(texts)?);
    all.push(lshdedup::text_signatures(texts)?);
    Ok(all)
}

/// Returns the contestants from a file to pairs.
pub(crate) fn end_to_end(task: Task) -> Outcome<Vec<EndToEnd>> {
    let (bands, rows) = task.full_banding();
    let ours = us::banding(task)?;
    let contestant = |name: &str, bands: usize, rows: usize, splitting, run| EndToEnd {
        name: format!("{name}, {bands} bands of {rows}"),
        splitting,
        run,
    };
    let planned = (ours.bands() as usize, ours.rows() as usize);
    Ok(vec![
        contestant("**twinprint** `SimilarityJoin`", planned.0, planned.1, Splitting::Scheme, join_file),
        contestant("gaoya `MinHashIndex`", planned.0, planned.1, Splitting::Punctuation, gaoya::pairs),
        contestant("gaoya `MinHashIndex`", bands, rows, Splitting::Punctuation, gaoya::pairs_of_all_positions),
        contestant("txtfp `LshIndex`", bands, rows, Splitting::Scheme, txtfp::pairs),
        contestant("sketchir `MinHashTextLSH`", bands, rows, Splitting::LowerCase, sketchir::pairs),
        contestant("lshdedup-core `Index`", bands, rows, Splitting::WhiteSpace, lshdedup::pairs),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth;

    #[test]
    fn a_full_banding_reaches_the_recall() {
        assert_eq!(Task { threshold: 0.8, recall: 0.99 }.full_banding(), (32, 4));
        assert_eq!(Task { threshold: 0.8, recall: 0.9 }.full_banding(), (16, 8));
    }

    /// Every peer finds most of the pairs that are true by its own shingles, which shows that it is used correctly.
    #[test]
    fn all_find_most_of_their_own_truth() {
        let folder = std::env::temp_dir().join(format!("twinprint-comparison-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("writable");
        let corpus = Corpus::make(&folder.join("corpus.jsonl"), 1).expect("writable");
        let task = Task { threshold: 0.8, recall: 0.99 };
        for contestant in end_to_end(task).expect("valid") {
            let truth = truth::of_corpus(&corpus, contestant.splitting, task.threshold, &folder).expect("readable");
            let score = truth::score(&(contestant.run)(&corpus, task).expect("readable"), &truth);
            assert!(score.recall > 0.8 && score.precision > 0.8, "{}: {score:?}", contestant.name);
        }
        std::fs::remove_dir_all(&folder).expect("there");
    }
}
