//! Containment estimated from two signatures and the sizes of their sets.

use std::cmp::Ordering;

use crate::error::Error;
use crate::minhash::Signature;

/// Estimates how much of one set is in another, from two signatures and the sizes of the sets.
///
/// A position of two signatures shows one of three outcomes: the minima are equal, the left one is less, or the right
/// one is. If `u` is the size of the left set as a share of both sizes and `v` that of the right one (`u + v = 1`), the
/// probabilities of the outcomes are `J`, `u - v J` and `v - u J`. The estimate is the `J` that makes the three counts
/// most likely (O. Ertl, "SetSketch: filling the gap between MinHash and HyperLogLog", 2021, for positions that hold
/// whole hashes).
///
/// The plain estimate uses only the equal positions. This one also uses the sizes and the order, so it errs less. The
/// gain is greatest if the sizes differ much and the small set is nearly within the large one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ContainmentEstimate {
    /// The Jaccard similarity, 0 to 1, and never more than the sizes allow.
    pub jaccard: f64,
    /// The share of the left set that the right one holds, 0 to 1.
    pub left_in_right: f64,
    /// The share of the right set that the left one holds, 0 to 1.
    pub right_in_left: f64,
    /// The number of shared elements.
    pub shared: f64,
    /// The standard error of `shared`, from the Fisher information with half a position added to each count.
    ///
    /// Divided by the size of a set it is the standard error of the containment of that set.
    pub shared_error: f64,
}

impl ContainmentEstimate {
    /// Estimates the containment from two signatures and the numbers of distinct elements they were made from.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::containment::ContainmentEstimate;
    ///
    /// let hasher = Scheme::builder().custom_features("n").num_hashes(512).build()?.minhasher();
    /// let (small, large): (Vec<u64>, Vec<u64>) = ((0..200).collect(), (20..1_000).collect());
    /// let (a, b) = (hasher.signature(&small), hasher.signature(&large));
    /// let estimate = ContainmentEstimate::from_signatures(&a, small.len(), &b, large.len())?;
    /// assert!((estimate.left_in_right - 0.9).abs() < 4.0 * estimate.shared_error / small.len() as f64);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the schemes differ; [`Error::WrongLength`] if a size is 0 and the signature is not that of
    /// the empty set, or the other way round.
    pub fn from_signatures(
        left: &Signature,
        left_len: usize,
        right: &Signature,
        right_len: usize,
    ) -> Result<Self, Error> {
        left.scheme().check_same(right.scheme())?;
        check_size("left_len", left, left_len)?;
        check_size("right_len", right, right_len)?;
        if left_len == 0 || right_len == 0 {
            return Ok(Self::from_counts(&Counts::default(), left_len, right_len));
        }
        Ok(Self::from_counts(&Counts::new(left.values(), right.values()), left_len, right_len))
    }

    fn from_counts(counts: &Counts, left_len: usize, right_len: usize) -> Self {
        let (left, right) = (left_len as f64, right_len as f64);
        let total = left + right;
        let (u, v) = (left / total, right / total);
        if left_len == 0 || right_len == 0 {
            return Self { jaccard: 0.0, left_in_right: 0.0, right_in_left: 0.0, shared: 0.0, shared_error: 0.0 };
        }
        let jaccard = counts.most_likely(u, v);
        let shared = (total * jaccard / (1.0 + jaccard)).min(left).min(right);
        // Half a position is added to each outcome, so that one that was not seen does not make the error zero.
        let smooth = counts.smoothed().most_likely(u, v);
        let slope = total / ((1.0 + smooth) * (1.0 + smooth));
        Self {
            jaccard,
            left_in_right: shared / left,
            right_in_left: shared / right,
            shared,
            shared_error: slope / counts.information(smooth, u, v).sqrt(),
        }
    }
}

/// Fails with the name of the size if it does not fit the signature.
fn check_size(field: &'static str, signature: &Signature, len: usize) -> Result<(), Error> {
    match (signature.is_empty(), len) {
        (true, 0) | (false, 1..) => Ok(()),
        (empty, _) => Err(Error::WrongLength { field, found: len, expected: usize::from(!empty) }),
    }
}

/// The number of positions of each outcome.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    equal: f64,
    left_less: f64,
    right_less: f64,
}

impl Counts {
    fn new(left: &[u32], right: &[u32]) -> Self {
        let mut counts = Self::default();
        for (left, right) in left.iter().zip(right) {
            match left.cmp(right) {
                Ordering::Equal => counts.equal += 1.0,
                Ordering::Less => counts.left_less += 1.0,
                Ordering::Greater => counts.right_less += 1.0,
            }
        }
        counts
    }

    fn smoothed(self) -> Self {
        Self { equal: self.equal + 0.5, left_less: self.left_less + 0.5, right_less: self.right_less + 0.5 }
    }

    /// Returns the `J` at which `equal ln J + left_less ln(u - v J) + right_less ln(v - u J)` is greatest.
    ///
    /// The function is concave, so its slope changes sign at most once, and bisection finds where.
    fn most_likely(&self, u: f64, v: f64) -> f64 {
        let (mut low, mut high) = (0.0, (u / v).min(v / u));
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if self.slope(middle, u, v) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        // If the slope never changes its sign, the maximum is at an end of the range.
        match (self.equal > 0.0, self.slope(high, u, v) > 0.0) {
            (false, _) => 0.0,
            (true, true) => high,
            (true, false) => 0.5 * (low + high),
        }
    }

    /// Returns the derivative of the log-likelihood by `J`.
    fn slope(&self, jaccard: f64, u: f64, v: f64) -> f64 {
        let falls = |count: f64, by: f64, from: f64| if count > 0.0 { count * by / (from - by * jaccard) } else { 0.0 };
        self.equal / jaccard - falls(self.left_less, v, u) - falls(self.right_less, u, v)
    }

    /// Returns the Fisher information of all positions about `J`.
    fn information(&self, jaccard: f64, u: f64, v: f64) -> f64 {
        let positions = self.equal + self.left_less + self.right_less;
        positions * (1.0 / jaccard + v * v / (u - v * jaccard) + u * u / (v - u * jaccard))
    }
}

/// Bisection steps, after which a range of 1 is smaller than the last bit of a `f64`.
const HALVINGS: usize = 60;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Scheme;
    use crate::scheme::Algorithm;

    fn scheme(algorithm: Algorithm, seed: u64) -> Scheme {
        Scheme::builder().custom_features("n").algorithm(algorithm).num_hashes(128).seed(seed).build().expect("valid")
    }

    /// Returns estimates of the left containment for many seeds: this one, and the simple one.
    fn estimates(algorithm: Algorithm, left: u64, right: u64, shared: u64) -> Vec<(ContainmentEstimate, f64)> {
        let sets: (Vec<u64>, Vec<u64>) = ((0..left).collect(), (left - shared..left - shared + right).collect());
        let one = |seed| {
            let hasher = scheme(algorithm, seed).minhasher();
            let (a, b) = (hasher.signature(&sets.0), hasher.signature(&sets.1));
            let estimate =
                ContainmentEstimate::from_signatures(&a, sets.0.len(), &b, sets.1.len()).expect("one scheme");
            let jaccard = a.jaccard(&b).expect("one scheme");
            let simple = jaccard / (1.0 + jaccard) * (left + right) as f64 / left as f64;
            (estimate, simple)
        };
        (0..400).map(one).collect()
    }

    fn error(estimates: impl Iterator<Item = f64>, truth: f64) -> f64 {
        let squares: Vec<f64> = estimates.map(|estimate| (estimate - truth).powi(2)).collect();
        (squares.iter().sum::<f64>() / squares.len() as f64).sqrt()
    }

    /// Sizes, shared elements, and the limit to the error as a multiple of that of the simple estimate.
    const CASES: [(u64, u64, u64, f64); 4] =
        [(300, 300, 150, 1.02), (300, 600, 240, 0.85), (200, 2_000, 180, 0.5), (200, 2_000, 20, 1.05)];

    #[test]
    fn it_errs_as_stated_and_less_than_the_simple_estimate() {
        for algorithm in [Algorithm::Permutations, Algorithm::FastSimilarity] {
            for (left, right, shared, most) in CASES {
                let truth = shared as f64 / left as f64;
                let found = estimates(algorithm, left, right, shared);
                let count = found.len() as f64;
                let rmse = error(found.iter().map(|(estimate, _)| estimate.left_in_right), truth);
                let simple = error(found.iter().map(|(_, simple)| *simple), truth);
                assert!(rmse < most * simple, "{algorithm:?} {left} {right} {shared}: {rmse} against {simple}");
                let mean = found.iter().map(|(estimate, _)| estimate.left_in_right).sum::<f64>() / count;
                assert!((mean - truth).abs() < 4.0 * rmse / count.sqrt() + 0.01, "{mean} for {truth}");
                let stated = found.iter().map(|(estimate, _)| estimate.shared_error).sum::<f64>() / count / left as f64;
                assert!(0.9 < stated / rmse && stated / rmse < 1.25, "{algorithm:?}: {stated} stated for {rmse}");
            }
        }
    }

    #[test]
    fn the_ends_of_the_range_are_reached() {
        let hasher = scheme(Algorithm::Permutations, 1).minhasher();
        let (all, some, others) = (Vec::from_iter(0..1_000), Vec::from_iter(0..100), Vec::from_iter(5_000..5_100));
        let estimate = |a: &[u64], b: &[u64]| {
            ContainmentEstimate::from_signatures(&hasher.signature(a), a.len(), &hasher.signature(b), b.len())
                .expect("one scheme")
        };
        assert_eq!(estimate(&all, &all).jaccard, 1.0);
        assert_eq!(estimate(&some, &others).shared, 0.0);
        let within = estimate(&some, &all);
        assert!((within.left_in_right - 1.0).abs() < 1e-9, "{within:?}");
        let empty = estimate(&[], &all);
        assert_eq!((empty.jaccard, empty.shared, empty.shared_error), (0.0, 0.0, 0.0));
    }

    #[test]
    fn sizes_must_fit_and_schemes_agree() {
        let hasher = scheme(Algorithm::Permutations, 1).minhasher();
        let (empty, one) = (hasher.signature(&[]), hasher.signature(&[1]));
        let field = |found: Result<_, Error>| match found {
            Err(Error::WrongLength { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(ContainmentEstimate::from_signatures(&empty, 1, &one, 1)), "left_len");
        assert_eq!(field(ContainmentEstimate::from_signatures(&one, 1, &one, 0)), "right_len");
        let other = scheme(Algorithm::Permutations, 2).minhasher().signature(&[1]);
        assert!(matches!(ContainmentEstimate::from_signatures(&one, 1, &other, 1), Err(Error::Mismatch(_))));
    }

    proptest! {
        #[test]
        fn no_sizes_and_counts_are_too_much(
            (equal, less, more) in (0_u32..1_000, 0_u32..1_000, 0_u32..1_000),
            (left, right) in (1_usize..usize::MAX / 2, 1_usize..usize::MAX / 2),
        ) {
            let counts = Counts { equal: equal.into(), left_less: less.into(), right_less: more.into() };
            let estimate = ContainmentEstimate::from_counts(&counts, left, right);
            for value in [estimate.jaccard, estimate.left_in_right, estimate.right_in_left] {
                prop_assert!((0.0..=1.0).contains(&value), "{:?}", estimate);
            }
            prop_assert!(estimate.shared_error.is_finite());
        }
    }
}
