//! The recall of `LshForest` against brute force.

use std::time::Instant;

use anyhow::Result;
use twinprint::lsh::LshForest;
use twinprint::{Scheme, Signature};

use crate::documents::mix;

/// Jaccard similarities of the planted documents, with the elements that each shares with the 60 of the question, and its others.
const PLANTED: [(f64, u64, u64); 6] =
    [(0.8, 60, 15), (0.5, 60, 60), (0.4, 48, 60), (0.25, 30, 60), (0.1, 12, 60), (0.05, 6, 60)];

/// Sets of random elements. Some are made for a question, which they are similar to.
struct Planted {
    scheme: Scheme,
    hasher: twinprint::MinHasher,
}

impl Planted {
    fn question(question: u64) -> Vec<u64> {
        (0..60).map(|at| mix(question << 16 | at)).collect()
    }

    fn set(number: u64, questions: u64) -> Vec<u64> {
        let (question, kind) = (number / PLANTED.len() as u64, (number % PLANTED.len() as u64) as usize);
        let (_, shared, others) = PLANTED[kind];
        // Beyond the planted ones, sets share nothing with any question.
        let shared = if question < questions { shared } else { 0 };
        let own = (0..others).map(|at| mix(1 << 62 | number << 16 | at));
        Self::question(question).into_iter().take(shared as usize).chain(own).collect()
    }

    fn signature(&self, set: &[u64]) -> Signature {
        self.hasher.signature(set)
    }
}

/// Prints for each number of trees how many of the nearest documents are among the answers, and how many of the planted ones are.
pub(crate) fn run(documents: u64) -> Result<()> {
    let scheme = Scheme::builder().custom_features("made").num_hashes(128).build()?;
    let planted = Planted { hasher: scheme.minhasher(), scheme };
    let questions = (documents / 20).min(500);
    let signatures: Vec<Signature> =
        (0..documents).map(|number| planted.signature(&Planted::set(number, questions))).collect();
    println!("trees,k,recall of the k nearest by estimate,{},us a query", PLANTED.map(|(j, ..)| format!("J {j}")).join(","));
    for trees in [8, 16, 32] {
        let mut forest = LshForest::new(&planted.scheme, trees)?;
        let mut matrix = twinprint::SignatureMatrix::new(&planted.scheme);
        for signature in &signatures {
            matrix.push(signature)?;
        }
        forest.insert_all(0..documents, &matrix)?;
        for count in [1, 10, 100] {
            let (mut hit, mut wanted, mut by_similarity, mut seconds) = (0, 0, [0_u64; PLANTED.len()], 0.0);
            for question in 0..questions {
                let asked = planted.signature(&Planted::question(question));
                let started = Instant::now();
                let hits = forest.nearest(&asked, count)?;
                seconds += started.elapsed().as_secs_f64();
                let mut estimates: Vec<f64> = matrix
                    .iter()
                    .map(|row| row.iter().zip(asked.values()).filter(|(a, b)| a == b).count() as f64 / 128.0)
                    .filter(|estimate| *estimate > 0.0)
                    .collect();
                estimates.sort_by(|a, b| b.total_cmp(a));
                estimates.truncate(count);
                // Of equally similar documents any will do.
                let least = estimates.last().copied().unwrap_or(1.0);
                wanted += estimates.len();
                hit += hits.iter().filter(|hit| hit.jaccard >= least).count();
                for hit in hits {
                    let (of, kind) = (*hit.id / PLANTED.len() as u64, (*hit.id % PLANTED.len() as u64) as usize);
                    by_similarity[kind] += u64::from(of == question);
                }
            }
            let share = |part: u64| format!("{:.3}", part as f64 / questions as f64);
            println!(
                "{trees},{count},{:.3},{},{:.1}",
                hit as f64 / wanted.max(1) as f64,
                by_similarity.map(share).join(","),
                1e6 * seconds / questions as f64
            );
        }
    }
    Ok(())
}
