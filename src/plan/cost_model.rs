//! What the steps of a join cost on a machine.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::mix::derive;
use crate::scheme::{Algorithm, Scheme};
use crate::set::{Overlap, ShingleSet};

/// Says what the steps of a join cost, in seconds on one core.
///
/// [Measure](Self::measured) it on the machine that will run the join, or set the numbers. The defaults are about
/// right for a machine of 2024 with AVX2. A shingle that a document has several times counts once. Only the
/// proportions of the costs decide which banding is chosen; their size decides the predicted seconds.
///
/// ```
/// use twinprint::ShingleSet;
/// use twinprint::plan::{CorpusMeasure, CorpusPlanner, CostModel};
///
/// let sample: Vec<ShingleSet> = (0..200).map(|n| (n..n + 40).collect()).collect();
/// let measure = CorpusMeasure::from_sample(&sample, 1);
/// let usual = CorpusPlanner::new(0.8, 100_000).plan(&measure)?;
/// // On a machine of half the speed everything takes twice as long.
/// let CostModel { shingle, position, band, filter, compare } = CostModel::default();
/// let slow = CostModel {
///     shingle: 2.0 * shingle, position: 2.0 * position, band: 2.0 * band, filter: 2.0 * filter, compare: 2.0 * compare,
/// };
/// let slower = CorpusPlanner::new(0.8, 100_000).cost_model(slow).plan(&measure)?;
/// assert_eq!(slower.banding(), usual.banding());
/// assert!((slower.chosen().seconds / usual.chosen().seconds - 2.0).abs() < 1e-9);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CostModel {
    /// Reading a document, shingling it and sorting its set: seconds for each shingle.
    /// Defaults to 20 nanoseconds.
    pub shingle: f64,
    /// Signing: seconds for each shingle and position of the signature.
    ///
    /// Fast similarity sketching of large sets takes the same time for any number of positions. Add that to `shingle`,
    /// and set this to 0.
    pub position: f64,
    /// Sorting a document into a band: seconds for each document and band.
    /// Must be greater than 0. Defaults to 40 nanoseconds.
    pub band: f64,
    /// Filtering a candidate by its signatures: seconds for each position.
    /// Defaults to 0.6 nanoseconds.
    pub filter: f64,
    /// Comparing two sets: seconds for each element of either.
    /// Defaults to 1 nanosecond.
    pub compare: f64,
}

impl Default for CostModel {
    fn default() -> Self {
        Self { shingle: 20e-9, position: 0.05e-9, band: 40e-9, filter: 0.6e-9, compare: 1e-9 }
    }
}

/// The number of documents that are sorted into a band to measure how long it takes.
const IN_BAND: u64 = 1 << 18;

impl CostModel {
    /// Measures this machine with a sample of the corpus, on one thread.
    ///
    /// Some hundred texts, a megabyte in all, give steady numbers. A step that the texts do not exercise keeps its
    /// default.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::plan::CostModel;
    ///
    /// let texts: Vec<String> = (0..100).map(|n| format!("text number {n} of a hundred texts ").repeat(20)).collect();
    /// let cost_model = CostModel::measured(&Scheme::news(), &texts)?;
    /// assert!(cost_model.shingle > 0.0 && cost_model.compare > 0.0);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] if the scheme has custom features and cannot read text.
    pub fn measured<T: AsRef<str>>(scheme: &Scheme, texts: &[T]) -> Result<Self, Error> {
        let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
        let usual = Self::default();
        let (shingling, hashes) = timed(|| texts.iter().map(|text| shingler.hashes(text.as_ref())).collect::<Vec<_>>());
        let (signing, signatures) = timed(|| hashes.iter().map(|hashes| hasher.signature(hashes)).collect::<Vec<_>>());
        let (sorting_sets, sets) = timed(|| hashes.into_iter().map(ShingleSet::from).collect::<Vec<_>>());
        let (filtering, _) = timed(|| signatures.windows(2).filter(|two| two[0].jaccard(&two[1]).is_ok()).count());
        let (comparing, _) =
            timed(|| sets.windows(2).map(|two| Overlap::new(&two[0], &two[1]).shared()).sum::<usize>());
        let mut keys: Vec<u64> = (0..IN_BAND).map(|document| derive(0, "cost model", document)).collect();
        let (sorting, ()) = timed(|| keys.sort_unstable());

        let shingles: usize = sets.iter().map(ShingleSet::len).sum();
        let compared: usize = sets.windows(2).map(|two| two[0].len() + two[1].len()).sum();
        let positions = hasher.num_hashes();
        let filtered = signatures.len().saturating_sub(1) * positions;
        let by_position = scheme.sketch().algorithm() == Algorithm::Permutations;
        let shingling = shingling + sorting_sets + if by_position { Duration::ZERO } else { signing };
        Ok(Self {
            shingle: each(shingling, shingles).unwrap_or(usual.shingle),
            position: if by_position { each(signing, shingles * positions).unwrap_or(usual.position) } else { 0.0 },
            band: each(sorting, IN_BAND as usize).unwrap_or(usual.band),
            filter: each(filtering, filtered).unwrap_or(usual.filter),
            compare: each(comparing, compared).unwrap_or(usual.compare),
        })
    }

    /// Fails with the name of a cost that is not a finite number of seconds.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Self { shingle, position, band, filter, compare } = *self;
        let steps = [
            ("cost_model.shingle", shingle),
            ("cost_model.position", position),
            ("cost_model.filter", filter),
            ("cost_model.compare", compare),
        ];
        for (field, seconds) in steps {
            if !(seconds >= 0.0 && seconds.is_finite()) {
                return Err(Error::OutOfRange {
                    field,
                    value: seconds.to_string(),
                    expected: "zero or a positive number",
                });
            }
        }
        // The cost of a candidate is divided by that of a band, so this one must not be zero.
        if !(band > 0.0 && band.is_finite()) {
            let (field, expected) = ("cost_model.band", "a positive number");
            return Err(Error::OutOfRange { field, value: band.to_string(), expected });
        }
        Ok(())
    }
}

/// Returns how long some work takes, and its outcome.
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    // Without the black box the compiler could leave out work whose outcome is not used.
    let outcome = black_box(work());
    (start.elapsed(), outcome)
}

/// Returns the seconds for each of `count` units, or `None` if there were none or they were too fast for the clock.
fn each(time: Duration, count: usize) -> Option<f64> {
    let seconds = time.as_secs_f64() / count as f64;
    (seconds > 0.0 && seconds.is_finite()).then_some(seconds)
}
