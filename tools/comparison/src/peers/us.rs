//! twinprint, measured by the same rules as its peers.

use twinprint::lsh::Banding;
use twinprint::scheme::Algorithm;
use twinprint::text::TextScratch;
use twinprint::{Document, Scheme, SimdLevel, SimilarityJoin};

use super::{Pairs, Task};
use crate::corpus::Corpus;
use crate::measure::{Contestant, Outcome};
use crate::splitting::scheme;

/// Both algorithms, with their names in the tables.
pub(crate) const ALGORITHMS: [(Algorithm, &str); 2] =
    [(Algorithm::Permutations, "permutations"), (Algorithm::FastSimilarity, "fast similarity")];

/// Returns the SIMD levels of this machine.
pub(crate) fn levels() -> impl Iterator<Item = SimdLevel> {
    SimdLevel::ALL.into_iter().filter(|level| level.is_available())
}

pub(super) fn signatures(sets: &[Vec<u64>]) -> Outcome<Vec<Contestant<'_>>> {
    let mut all = Vec::new();
    for (algorithm, name) in ALGORITHMS {
        for level in levels() {
            let scheme = Scheme::builder().custom_features("numbers").algorithm(algorithm).num_hashes(128).build()?;
            let hasher = scheme.minhasher().with_simd(level)?;
            let mut signature = hasher.empty();
            all.push(Contestant::fallible(format!("**twinprint** {name}, {}", level.name()), move || {
                let mut sum = 0;
                for set in sets {
                    hasher.signature_into(set, &mut signature)?;
                    sum += u64::from(signature.values()[0]);
                }
                Ok(sum)
            }));
        }
    }
    Ok(all)
}

pub(super) fn text_signatures(texts: &[String]) -> Outcome<Vec<Contestant<'_>>> {
    let mut all = Vec::new();
    for (algorithm, name) in ALGORITHMS {
        let scheme = Scheme::builder().words(5).num_hashes(128).algorithm(algorithm).build()?;
        let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
        let (mut scratch, mut signature) = (TextScratch::default(), hasher.empty());
        all.push(Contestant::fallible(format!("**twinprint** `hashes_into`, `signature_into`, {name}"), move || {
            let mut sum = 0;
            for text in texts {
                hasher.signature_into(shingler.hashes_into(text, &mut scratch), &mut signature)?;
                sum += u64::from(signature.values()[0]);
            }
            Ok(sum)
        }));
    }
    Ok(all)
}

/// Returns the banding that the join plans for a task.
pub(super) fn banding(task: Task) -> Outcome<Banding> {
    Ok(join::<u32>(task)?.banding())
}

fn join<Id>(task: Task) -> Outcome<SimilarityJoin<Id>> {
    Ok(SimilarityJoin::builder(&scheme(128)?).threshold(task.threshold).recall(task.recall).build()?)
}

/// Reads a file and joins its texts in rayon's current pool.
pub(crate) fn join_file(corpus: &Corpus, task: Task) -> Outcome<Pairs> {
    let mut join = join(task)?;
    corpus.read_batches(|batch| {
        let first = join.len() as u32;
        Ok(join.push_all((first..).zip(batch.documents()).map(|(number, (_, text))| Document::text(number, text)))?)
    })?;
    pairs(join)
}

/// Joins texts in memory.
pub(crate) fn join_texts(texts: &[String], task: Task) -> Outcome<Pairs> {
    let mut join = join(task)?;
    join.push_all(((0_u32..).zip(texts)).map(|(id, text)| Document::text(id, text)))?;
    pairs(join)
}

/// Returns all pairs, including those of copies, as the peers do.
fn pairs(join: SimilarityJoin<u32>) -> Outcome<Pairs> {
    let found = join.finish()?;
    Ok(found.all_pairs(usize::MAX).iter().map(|pair| (*pair.left, *pair.right)).collect())
}
