//! The recall of `LshForest` against brute force.

use std::time::Instant;

use anyhow::Result;
use twinprint::lsh::LshForest;
use twinprint::{Scheme, Signature, SignatureMatrix};

use crate::documents::{POSITIONS, mix};

/// Elements of a question.
const ELEMENTS: u64 = 60;
/// Jaccard similarities of planted documents to their question, with the elements that each shares with it, and its others.
const PLANTED: [(f64, u64, u64); 5] = [(0.8, 60, 15), (0.5, 60, 60), (0.3, 36, 60), (0.2, 24, 60), (0.1, 12, 60)];
/// Documents of each similarity that are planted for a question.
const EACH: u64 = 20;
const FOR_QUESTION: u64 = EACH * PLANTED.len() as u64;
/// Bands whose keys are sorted as trees, and how many documents are asked for.
const TREES: [u32; 3] = [8, 16, 32];
const COUNTS: [usize; 3] = [1, 10, 100];

fn question(question: u64) -> Vec<u64> {
    (0..ELEMENTS).map(|at| mix(question << 16 | at)).collect()
}

/// Returns the set of a document: similar to its question, or, behind the planted ones, to nothing.
fn set(number: u64, questions: u64) -> Vec<u64> {
    let (of, (_, shared, others)) = (number / FOR_QUESTION, PLANTED[(number % PLANTED.len() as u64) as usize]);
    let shared = if of < questions { shared } else { 0 };
    // Each takes others of the question's elements.
    let start = mix(number) % ELEMENTS;
    let own = (0..others).map(|at| mix(1 << 62 | number << 16 | at));
    let taken = (0..shared).map(|at| mix(of << 16 | ((start + at) % ELEMENTS)));
    taken.chain(own).collect()
}

/// Returns the estimates of the `count` nearest documents, by comparing with all.
fn nearest(matrix: &SignatureMatrix, asked: &Signature, count: usize) -> Vec<f64> {
    let agreeing = |row: &[u32]| row.iter().zip(asked.values()).filter(|(a, b)| a == b).count();
    let mut counts: Vec<usize> = matrix.iter().map(agreeing).filter(|count| *count > 0).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    counts.truncate(count);
    counts.into_iter().map(|count| count as f64 / POSITIONS as f64).collect()
}

/// Prints for each number of trees how many of the nearest documents are among the answers, and how many of the planted ones are.
pub(crate) fn run(documents: u64) -> Result<()> {
    let scheme = Scheme::builder().custom_features("made").num_hashes(POSITIONS as u32).build()?;
    let hasher = scheme.minhasher();
    let questions = (documents / FOR_QUESTION / 2).clamp(1, 200);
    let mut matrix = SignatureMatrix::new(&scheme);
    for number in 0..documents {
        matrix.push(&hasher.signature(&set(number, questions)))?;
    }
    let asked: Vec<Signature> = (0..questions).map(|number| hasher.signature(&question(number))).collect();
    let most = COUNTS[COUNTS.len() - 1];
    let truth: Vec<Vec<f64>> = asked.iter().map(|asked| nearest(&matrix, asked, most)).collect();
    let similarities = PLANTED.map(|(similarity, ..)| format!("planted of {similarity}")).join(",");
    println!("trees,k,recall of the k nearest,{similarities},µs a query");
    for trees in TREES {
        let mut forest = LshForest::new(&scheme, trees)?;
        forest.insert_all(0..documents, &matrix)?;
        for count in COUNTS {
            let (mut hit, mut wanted, mut by_similarity, mut seconds) = (0, 0, [0_u64; PLANTED.len()], 0.0);
            for (number, (asked, truth)) in (0_u64..).zip(asked.iter().zip(&truth)) {
                let started = Instant::now();
                let hits = forest.nearest(asked, count)?;
                seconds += started.elapsed().as_secs_f64();
                let truth = &truth[..count.min(truth.len())];
                // Of equally similar documents any will do.
                let least = truth.last().copied().unwrap_or(1.0);
                wanted += truth.len();
                hit += hits.iter().filter(|hit| hit.jaccard >= least).count().min(truth.len());
                for hit in hits.iter().filter(|hit| *hit.id / FOR_QUESTION == number) {
                    by_similarity[(*hit.id % PLANTED.len() as u64) as usize] += 1;
                }
            }
            // As many of each similarity as there is room for.
            let share = |of: u64| format!("{:.3}", of as f64 / (questions * EACH) as f64);
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
