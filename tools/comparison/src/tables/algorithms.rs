//! Error and time of both algorithms on a realistic mix of lengths: the grounds for the default.

use twinprint::scheme::Algorithm;
use twinprint::text::TextScratch;
use twinprint::{MinHasher, Scheme};

use super::{Numbers, Setting};
use crate::measure::{Contestant, Effort, Outcome, race};
use crate::peers::us::{ALGORITHMS, levels};
use crate::table::{Table, number};

/// The number of texts that give the sizes, and whose time is measured.
const TEXTS: usize = 2_000;
/// The number of pairs of sets that the error is measured on.
const PAIRS: usize = 20_000;
/// The same for a quick run.
const FEW_PAIRS: usize = 1_000;

pub(crate) fn print(setting: &Setting) -> Outcome<()> {
    let Some(corpus) = setting.corpora.first() else { return Ok(()) };
    let mut texts = corpus.texts()?;
    texts.truncate(TEXTS);
    let shingler = Scheme::builder().words(5).build()?.shingler()?;
    let sets: Vec<Vec<u64>> = texts.iter().map(|text| shingler.set(text).as_slice().to_vec()).collect();
    let sizes: Vec<usize> = sets.iter().map(Vec::len).filter(|size| *size > 0).collect();
    let pairs = if setting.effort.repeats < 3 { FEW_PAIRS } else { PAIRS };
    setting.title(
        "Error and time of both algorithms",
        &format!(
            "Root mean square error of the estimate at J = 0.5 and 0.8, over {pairs} pairs of random sets whose sizes are \
             those of the first {} texts of {}; and the time of these texts' sets, and of the texts. The figure of merit \
             is the mean square error at 0.8 times the nanoseconds (the price of one error, independent of the number \
             of hashes); less is better. The SIMD level is that of the signature; the text path uses the best level.",
            texts.len(),
            corpus.line()
        ),
    );
    let mut table = Table::new(&[
        "algorithm",
        "hashes",
        "level",
        "RMSE at 0.5",
        "RMSE at 0.8",
        "signature, ns a document",
        "with the text, ns a document",
        "merit, signature alone",
        "merit, with the text",
    ]);
    for num_hashes in [64, 128, 256] {
        for (algorithm, name) in ALGORITHMS {
            let hasher = scheme(algorithm, num_hashes)?.minhasher();
            let errors = [0.5, 0.8].map(|jaccard| error(&hasher, &sizes, jaccard, pairs));
            for times in times(algorithm, num_hashes, &sets, &texts, setting.effort)? {
                let [low, high] = [errors[0].sqrt(), errors[1].sqrt()].map(|error| format!("{error:.4}"));
                let merits = [times.signature, times.text].map(|time| number(errors[1] * time));
                let times_of = [times.signature, times.text].map(number);
                let mut row = vec![name.to_string(), num_hashes.to_string(), times.level.to_string(), low, high];
                row.extend(times_of.into_iter().chain(merits));
                table.row(row);
            }
        }
    }
    let input =
        format!("{pairs} pairs of random sets with the sizes of the first {} texts of {}", texts.len(), corpus.line());
    setting.publish("algorithms", &input, &table)
}

fn scheme(algorithm: Algorithm, num_hashes: u32) -> Outcome<Scheme> {
    Ok(Scheme::builder().words(5).algorithm(algorithm).num_hashes(num_hashes).build()?)
}

/// Returns the mean square error of the estimate over pairs of random sets of these sizes. Their similarity is as near
/// to `jaccard` as the sizes allow.
fn error(hasher: &MinHasher, sizes: &[usize], jaccard: f64, pairs: usize) -> f64 {
    let mut numbers = Numbers(jaccard.to_bits());
    let mut squares = 0.0;
    for size in sizes.iter().cycle().take(pairs) {
        let shared = (2.0 * *size as f64 * jaccard / (1.0 + jaccard)).round() as usize;
        let alone = size - shared;
        let all: Vec<u64> = numbers.by_ref().take(shared + 2 * alone).collect();
        // The right set shares all elements of the left one except the first `alone`.
        let (left, right) = (hasher.signature(&all[..shared + alone]), hasher.signature(&all[alone..]));
        let equal = left.values().iter().zip(right.values()).filter(|(a, b)| a == b).count();
        let truth = shared as f64 / all.len() as f64;
        squares += (equal as f64 / left.values().len() as f64 - truth).powi(2);
    }
    squares / pairs as f64
}

/// Nanoseconds a document at one level.
struct LevelTimes {
    level: &'static str,
    signature: f64,
    text: f64,
}

fn times(
    algorithm: Algorithm,
    num_hashes: u32,
    sets: &[Vec<u64>],
    texts: &[String],
    effort: Effort,
) -> Outcome<Vec<LevelTimes>> {
    let scheme = scheme(algorithm, num_hashes)?;
    let shingler = scheme.shingler()?;
    let mut contestants = Vec::new();
    for level in levels() {
        let hasher = scheme.minhasher().with_simd(level)?;
        let same = hasher.clone();
        let shingler = shingler.clone();
        let mut scratch = TextScratch::default();
        contestants.push(Contestant::new(level.name(), move || {
            sets.iter().map(|set| u64::from(hasher.signature(set).values()[0])).sum()
        }));
        contestants.push(Contestant::new(level.name(), move || {
            let mut sum = 0;
            for text in texts {
                sum += u64::from(same.signature(shingler.hashes_into(text, &mut scratch)).values()[0]);
            }
            sum
        }));
    }
    let measured = race(&mut contestants, effort)?;
    let a_document = |contestant| measured.seconds(contestant) * 1e9 / texts.len() as f64;
    let level = |(number, level): (usize, twinprint::SimdLevel)| LevelTimes {
        level: level.name(),
        signature: a_document(2 * number),
        text: a_document(2 * number + 1),
    };
    Ok(levels().enumerate().map(level).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For large sets, classic MinHash has the error of the textbook.
    #[test]
    fn the_error_of_permutations_is_that_of_the_formula() {
        let hasher = scheme(Algorithm::Permutations, 64).expect("valid").minhasher();
        let square = error(&hasher, &[400, 500], 0.8, 4_000);
        let formula = 0.8 * 0.2 / 64.0;
        assert!((square / formula - 1.0).abs() < 0.1, "{square} against {formula}");
    }
}
