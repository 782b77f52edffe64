//! Bands and rows, and the S-curve they make.

use std::hash::{Hash, Hasher};

use crate::error::{Error, similarity, within};
use crate::scheme::{MAX_NUM_HASHES, checked_num_hashes};
use crate::stats::binomial;

/// The number of bands into which a signature is cut, and the number of rows in each.
///
/// Two signatures are candidates if they agree in all rows of some band. More bands find more pairs, and more rows per band
/// find fewer. The [`probability`](Self::probability) that a pair becomes a candidate is an S-curve over its similarity
/// (J. Leskovec, A. Rajaraman, J. Ullman, "Mining of Massive Datasets", chapter 3).
///
/// Plan a banding by the recall that you need:
///
/// ```
/// use twinprint::lsh::Banding;
///
/// let banding = Banding::for_threshold(0.8).recall(0.99).num_hashes(128).plan()?;
/// assert!(banding.probability(0.8) >= 0.99);
/// assert!(banding.bands() * banding.rows() <= 128);
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// Or choose one, and read off what it finds:
///
/// ```
/// use twinprint::lsh::Banding;
///
/// let banding = Banding::new(20, 5)?;
/// assert_eq!(banding.num_hashes(), 100);
/// let finds: Vec<u32> = [0.3, 0.5, 0.8].map(|s| (100.0 * banding.probability(s)).round() as u32).to_vec();
/// assert_eq!(finds, [5, 47, 100]);
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// With the feature `serde`, a stored banding that [`new`](Self::new) would refuse is refused when it is read.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredBanding"))]
pub struct Banding {
    bands: u32,
    rows: u32,
    filter_loss: f64,
}

// No field is ever NaN: `with_filter_loss` is the only way to make a banding.
impl Eq for Banding {}

impl Hash for Banding {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The sum makes the two zeros one, because they are equal.
        (self.bands, self.rows, (self.filter_loss + 0.0).to_bits()).hash(state);
    }
}

/// The share of pairs at the threshold that the comparison of signatures may lose. Plans for a high recall choose less.
pub(super) const FILTER_LOSS: f64 = 0.001;

/// The fewest positions that a join signs. Fewer save nothing that can be measured, and more save fewer comparisons than they cost
/// (BENCHMARKS.md).
const MIN_SIGNED: u32 = 64;

/// Joins sign a multiple of this number of positions, which is a whole number of vectors on every machine.
const SIGNED_TOGETHER: u32 = 16;

impl Banding {
    /// Returns the banding with this number of bands and of rows per band.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if either is zero, or their product is over 65,536.
    #[doc(alias = "num_bands")]
    #[doc(alias = "band_size")]
    pub fn new(bands: u32, rows: u32) -> Result<Self, Error> {
        Self::with_filter_loss(bands, rows, FILTER_LOSS)
    }

    pub(crate) fn with_filter_loss(bands: u32, rows: u32, filter_loss: f64) -> Result<Self, Error> {
        within("bands", bands, 1..=MAX_NUM_HASHES, "from 1 to 65536")?;
        within("rows", rows, 1..=MAX_NUM_HASHES / bands, "at least 1, and at most 65536 divided by the bands")?;
        if !(0.0..=0.5).contains(&filter_loss) {
            let value = filter_loss.to_string();
            return Err(Error::OutOfRange { field: "filter_loss", value, expected: "from 0 to 0.5" });
        }
        Ok(Self { bands, rows, filter_loss })
    }

    /// Returns the banding that datasketch and other libraries choose by default, to reproduce their results.
    ///
    /// It minimizes the weighted sum of two areas: the area under the S-curve left of the threshold (false positives), and the
    /// area over it to the right (false negatives). All similarities count as equally frequent. Weights are 0 to 1.
    ///
    /// It puts the middle of the curve at the threshold, not its shoulder. With equal weights, 128 hashes and a threshold of 0.8
    /// it gives 9 bands of 13 rows, which find 40 of 100 pairs at 0.8. Use [`for_threshold`](Self::for_threshold) to plan by
    /// recall.
    ///
    /// ```
    /// use twinprint::lsh::Banding;
    ///
    /// let banding = Banding::minimizing_error_areas(0.8, 128, 0.5, 0.5)?;
    /// assert_eq!((banding.bands(), banding.rows()), (9, 13));
    /// assert_eq!((100.0 * banding.probability(0.8)).round(), 40.0);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the parameter that is out of range.
    #[doc(alias = "optimal_param")]
    pub fn minimizing_error_areas(
        threshold: f64,
        num_hashes: u32,
        false_positive_weight: f64,
        false_negative_weight: f64,
    ) -> Result<Self, Error> {
        similarity("threshold", threshold)?;
        checked_num_hashes(num_hashes)?;
        for (field, weight) in
            [("false_positive_weight", false_positive_weight), ("false_negative_weight", false_negative_weight)]
        {
            if !(0.0..=1.0).contains(&weight) {
                return Err(Error::OutOfRange { field, value: weight.to_string(), expected: "from 0 to 1" });
            }
        }
        let area = |bands: u32, rows: u32| {
            let curve = |s: f64| probability(s, f64::from(bands), f64::from(rows));
            false_positive_weight * integral(curve, 0.0, threshold)
                + false_negative_weight * integral(|s| 1.0 - curve(s), threshold, 1.0)
        };
        let mut best = (1, 1, area(1, 1));
        for bands in 1..=num_hashes {
            for rows in 1..=num_hashes / bands {
                let area = area(bands, rows);
                if area < best.2 {
                    best = (bands, rows, area);
                }
            }
        }
        Self::new(best.0, best.1)
    }

    /// Returns the number of bands.
    #[must_use]
    pub fn bands(&self) -> u32 {
        self.bands
    }

    /// Returns the number of rows in each band.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Returns the number of positions that a signature needs for this banding: bands times rows.
    #[must_use]
    pub fn num_hashes(&self) -> u32 {
        self.bands * self.rows
    }

    /// Returns the share of pairs at the threshold, 0 to 0.5, that may be lost when signatures are compared before the
    /// exact verification. A [plan](Self::for_threshold) counts this loss in its recall. Defaults to 0.001.
    #[must_use]
    pub fn filter_loss(&self) -> f64 {
        self.filter_loss
    }

    /// Returns the probability that a pair of this Jaccard similarity becomes a candidate: `1 - (1 - s^rows)^bands`. Of NaN it is NaN.
    #[must_use]
    pub fn probability(&self, similarity: f64) -> f64 {
        probability(similarity.clamp(0.0, 1.0), f64::from(self.bands), f64::from(self.rows))
    }

    /// Returns the probability that a pair exactly at the threshold is found: that it becomes a candidate, less
    /// [`filter_loss`](Self::filter_loss). Pairs that are more similar are found with a higher probability. Of NaN it is NaN.
    #[must_use]
    pub fn recall(&self, threshold: f64) -> f64 {
        let found = self.probability(threshold) - self.filter_loss;
        // Unlike `max`, this leaves NaN what it is.
        if found < 0.0 { 0.0 } else { found }
    }

    /// Returns the similarity at which a pair becomes a candidate with this probability: the inverse of
    /// [`probability`](Self::probability).
    #[must_use]
    pub fn similarity_at(&self, probability: f64) -> f64 {
        let missed_by_band = libm::pow(1.0 - probability.clamp(0.0, 1.0), 1.0 / f64::from(self.bands));
        libm::pow(1.0 - missed_by_band, 1.0 / f64::from(self.rows))
    }

    /// Returns how many of `num_hashes` positions a join signs. It compares its candidates exactly and hands out no signatures, so it
    /// needs those of the bands, and some more to filter candidates.
    #[must_use]
    pub(crate) fn signed_positions(&self, num_hashes: u32) -> u32 {
        self.num_hashes().max(MIN_SIGNED).next_multiple_of(SIGNED_TOGETHER).min(num_hashes)
    }

    /// Returns the minimum number of agreeing positions with which a candidate is verified. A pair at the threshold has fewer
    /// with a probability of at most [`filter_loss`](Self::filter_loss).
    #[must_use]
    pub(crate) fn min_agreeing(&self, num_hashes: usize, threshold: f64) -> usize {
        let mut below = 0.0;
        for (agreeing, chance) in binomial(num_hashes, threshold).enumerate().take(num_hashes) {
            below += chance;
            if below > self.filter_loss {
                return agreeing;
            }
        }
        num_hashes
    }

    /// Returns the probability that a candidate of this similarity, which agrees in the rows of a band, has enough agreeing
    /// positions to be verified.
    #[must_use]
    pub(crate) fn passes_filter(&self, num_hashes: usize, threshold: f64, similarity: f64) -> f64 {
        let rows = self.rows as usize;
        let (others, least) = (num_hashes.saturating_sub(rows), self.min_agreeing(num_hashes, threshold));
        let below: f64 = binomial(others, similarity).take(least.saturating_sub(rows)).sum();
        (1.0 - below).max(0.0)
    }

    /// Checks that signatures of this many positions are long enough.
    pub(crate) fn check_fits(&self, num_hashes: u32) -> Result<(), Error> {
        if self.num_hashes() <= num_hashes {
            Ok(())
        } else {
            Err(Error::BandingTooLarge { bands: self.bands, rows: self.rows, num_hashes })
        }
    }
}

/// Returns `1 - (1 - s^rows)^bands`.
///
/// The functions `log1p` and `expm1` keep its digits where it is tiny. The textbook formula would give 0 below 10^-16, and a plan
/// for a billion documents depends on probabilities of that size. They are not those of the standard library, which may round otherwise
/// on other machines: the choice of a banding is part of the answer.
pub(super) fn probability(similarity: f64, bands: f64, rows: f64) -> f64 {
    if similarity >= 1.0 {
        return 1.0;
    }
    -libm::expm1(bands * libm::log1p(-libm::pow(similarity, rows)))
}

/// Integrates a smooth function by Gauss-Legendre quadrature with eight points on each of eight panels.
fn integral(function: impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    const POINTS: [(f64, f64); 4] = [
        (0.183_434_642_495_649_8, 0.362_683_783_378_362),
        (0.525_532_409_916_329, 0.313_706_645_877_887_3),
        (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
        (0.960_289_856_497_536_2, 0.101_228_536_290_376_3),
    ];
    const PANELS: u32 = 8;
    let half = (to - from) / f64::from(2 * PANELS);
    let panel = |number: u32| {
        let middle = from + half * f64::from(2 * number + 1);
        POINTS.iter().map(|(x, w)| w * (function(middle - half * x) + function(middle + half * x))).sum::<f64>()
    };
    half * (0..PANELS).map(panel).sum::<f64>()
}

/// The fields of a [`Banding`] as they are stored, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredBanding {
    bands: u32,
    rows: u32,
    filter_loss: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredBanding> for Banding {
    type Error = Error;

    fn try_from(stored: StoredBanding) -> Result<Self, Error> {
        Self::with_filter_loss(stored.bands, stored.rows, stored.filter_loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_at_known_points() {
        let at = |bands, rows| Banding::new(bands, rows).expect("valid").probability(0.8);
        assert!((at(9, 13) - 0.399).abs() < 0.001);
        assert!((at(14, 8) - 0.924).abs() < 0.001);
        assert!((at(16, 6) - 0.992).abs() < 0.001);
        let banding = Banding::new(20, 5).expect("valid");
        assert_eq!((banding.probability(0.0), banding.probability(1.0)), (0.0, 1.0));
        assert!((banding.probability(banding.similarity_at(0.3)) - 0.3).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_number_has_no_recall() {
        let banding = Banding::new(20, 5).expect("valid");
        assert!(banding.probability(f64::NAN).is_nan() && banding.recall(f64::NAN).is_nan());
        assert_eq!((banding.recall(0.0), banding.recall(-1.0)), (0.0, 0.0));
        assert_eq!(banding.recall(2.0), 1.0 - banding.filter_loss());
    }

    #[test]
    fn prior_art_is_reproduced() {
        // The bandings that a popular Python library documents for these thresholds at 128 permutations.
        for (threshold, expected) in [(0.5, (25, 5)), (0.8, (9, 13)), (0.9, (5, 25))] {
            let banding = Banding::minimizing_error_areas(threshold, 128, 0.5, 0.5).expect("valid");
            assert_eq!((banding.bands(), banding.rows()), expected, "at {threshold}");
        }
    }

    #[test]
    fn joins_sign_what_their_bands_need() {
        let signed = |bands, rows, num_hashes| Banding::new(bands, rows).expect("valid").signed_positions(num_hashes);
        assert_eq!((signed(9, 4, 128), signed(20, 3, 256)), (64, 64));
        assert_eq!((signed(13, 5, 128), signed(40, 3, 128), signed(42, 3, 126)), (80, 128, 126));
        assert_eq!((signed(3, 2, 10), signed(2, 5, 10)), (10, 10));
    }

    #[test]
    fn min_agreeing_keeps_its_promise() {
        let banding = Banding::new(10, 5).expect("valid");
        // Binomial(4, 0.5): P(0) = 1/16 > 0.001, so nothing may be rejected.
        assert_eq!(banding.min_agreeing(4, 0.5), 0);
        // Binomial(128, 0.5): P(X < 46) = 0.0005, P(X < 47) = 0.00093, P(X < 48) = 0.0016.
        assert_eq!(banding.min_agreeing(128, 0.5), 47);
        assert_eq!(banding.min_agreeing(128, 1.0), 128);
    }

    #[test]
    fn the_filter_passes_what_it_is_said_to() {
        let banding = Banding::new(20, 5).expect("valid");
        assert!(banding.passes_filter(128, 0.8, 0.8) >= 1.0 - banding.filter_loss());
        assert!(banding.passes_filter(128, 0.8, 0.3) < 1e-6);
        assert_eq!(banding.passes_filter(128, 0.8, 1.0), 1.0);
        assert_eq!(banding.passes_filter(128, 0.8, 0.0), 0.0);
        let rising: Vec<f64> = (1..100).map(|s| banding.passes_filter(128, 0.8, f64::from(s) / 100.0)).collect();
        assert!(rising.is_sorted_by(|low, high| *high >= low - 1e-12));
    }

    #[test]
    fn impossible_bandings_are_named() {
        assert!(matches!(Banding::new(0, 4), Err(Error::OutOfRange { field: "bands", .. })));
        assert!(matches!(Banding::new(300, 300), Err(Error::OutOfRange { field: "rows", .. })));
        assert!(matches!(Banding::new(20, 7).expect("valid").check_fits(128), Err(Error::BandingTooLarge { .. })));
    }
}
