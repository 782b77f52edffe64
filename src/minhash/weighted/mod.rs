//! Makes signatures of weighted sets.

mod poisson;

use std::fmt;
use std::sync::Arc;

use super::Signature;
use super::row::EMPTY;
use crate::error::Error;
use crate::mix::{GOLDEN, derive, mix64};
use crate::scheme::{Algorithm, Scheme};
use crate::set::WeightedSet;

/// Makes signatures whose positions agree with a probability that is the weighted Jaccard similarity of two sets.
///
/// It throws darts (T. Christiani, "`DartMinHash`: fast sketching for weighted sets", 2020). Each feature has a plane of
/// weight and rank, over which darts are spread at random, one for each unit of area; each dart belongs to one position.
/// A set hits the darts whose weight is below the weight of their feature. A position holds the least rank that is hit.
/// All of it depends on the feature and the seed only, so two sets agree in a position if both hit its first dart: with
/// the probability `sum of min / sum of max`. The standard error is that of MinHash, `sqrt(J (1 - J) / num_hashes)`.
///
/// A set of `n` features takes O(n + k log k) time for `k` positions. Consistent weighted sampling (S. Ioffe, "Improved
/// consistent sampling, weighted minhash and L1 sketching", 2010) has the same error for O(n k) time, and needs
/// logarithms, which processors and libraries round differently. Here all is hashed integers, comparisons and products
/// with powers of two, so signatures are the same on every machine. BENCHMARKS.md has the times.
///
/// They are ordinary [`Signature`]s of a scheme with [an algorithm of their own](Algorithm::Weighted): they can be compared, merged,
/// banded and stored, and never mixed with those of other algorithms. A merged signature is that of the set with the greater weight
/// of each feature. In the [scheme](Self::scheme) of the hasher, a set without weights is one whose weights are 1.
///
/// ```
/// use twinprint::minhash::WeightedMinHasher;
/// use twinprint::set::WeightedSet;
///
/// let hasher = WeightedMinHasher::new("words", 256, 1)?;
/// let storm = WeightedSet::new((0..60).map(|word| (word, 1.0 + word as f64 / 10.0)))?;
/// let flood = WeightedSet::new((20..80).map(|word| (word, 1.0 + word as f64 / 10.0)))?;
/// let estimate = hasher.signature(&storm).estimate(&hasher.signature(&flood))?;
/// assert!((estimate.jaccard - storm.jaccard(&flood)).abs() < 4.0 * estimate.standard_error);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[doc(alias = "DartMinHash")]
#[doc(alias = "weighted MinHash")]
#[doc(alias = "ICWS")]
#[derive(Clone)]
pub struct WeightedMinHasher {
    scheme: Arc<Scheme>,
    darts: Darts,
}

/// The seed follows from a secret in keyed schemes, so it is not shown.
impl fmt::Debug for WeightedMinHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeightedMinHasher").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// Ranks are split into this many octaves. The first begins at 0, and each of the others where the one before it ends.
const OCTAVES: u32 = 128;
/// The first octave ends at the rank 2^-32, before the least rank of the greatest set.
const FIRST: i32 = -32;
/// A position holds the octave in its high bits and the place in the octave in the others.
const PLACE_BITS: u32 = 25;
/// The binary logarithm of a cell's area. Smaller cells are more in number, larger ones waste more darts.
const AREA: i32 = -1;

impl WeightedMinHasher {
    /// Creates a hasher of features that `name` names, with `num_hashes` positions, 1 to 65,536.
    ///
    /// # Errors
    /// Those of a [`SchemeBuilder`](crate::SchemeBuilder) with custom features.
    pub fn new(name: &str, num_hashes: u32, seed: u64) -> Result<Self, Error> {
        let scheme = Scheme::builder().custom_features(format!("weighted {name}")).algorithm(Algorithm::Weighted);
        let scheme = scheme.num_hashes(num_hashes).seed(seed).build()?;
        Ok(Self { scheme: Arc::new(scheme), darts: Darts::new(seed) })
    }

    /// Returns the scheme of the signatures: [`Algorithm::Weighted`], and custom features named `weighted`, followed by the name.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Returns the signature of a weighted set. That of an empty set is similar to nothing.
    #[must_use]
    pub fn signature(&self, set: &WeightedSet) -> Signature {
        let mut row = vec![EMPTY; self.scheme.sketch().num_hashes as usize].into_boxed_slice();
        if !set.is_empty() {
            self.darts.throw(&set.as_slice().iter().copied(), &mut row);
        }
        Signature::new(Arc::clone(&self.scheme), row)
    }
}

/// The planes of all features.
#[derive(Clone, Copy)]
pub(super) struct Darts {
    seed: u64,
}

impl Darts {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed: derive(seed, "weighted key", 0) }
    }

    /// Lowers the positions of a row to the minima over these features as well, each with the weight 1.
    pub(super) fn update(&self, features: &[u64], row: &mut [u32]) {
        if features.is_empty() {
            return;
        }
        // Throwing ends when no position of these features is missed, which those that were there before do not tell.
        let mut own = vec![EMPTY; row.len()];
        self.throw(&features.iter().map(|&feature| (feature, 1.0)), &mut own);
        row.iter_mut().zip(own).for_each(|(value, own)| *value = own.min(*value));
    }

    /// Throws darts in the order of their ranks, octave by octave, until each position is hit.
    fn throw(&self, features: &(impl Iterator<Item = (u64, f64)> + Clone), row: &mut [u32]) {
        let mut missed = row.len();
        for octave in 0..OCTAVES {
            let scale = cells_per_weight(octave);
            for (feature, weight) in features.clone() {
                let plane = mix64(feature ^ self.seed).wrapping_add(u64::from(octave).wrapping_mul(OCTAVE_STEP));
                missed -= hit(plane, octave, weight * scale, row);
            }
            if missed == 0 {
                return;
            }
        }
        // The least sum of weights ends far earlier, with more certainty than hashes have.
        row.iter_mut().filter(|value| **value == EMPTY).for_each(|value| *value = EMPTY - 1);
    }
}

/// An odd number, so that octaves of a feature never meet.
const OCTAVE_STEP: u64 = 0xd1b5_4a32_d192_ed03;

/// Returns the number of cells that a unit of weight takes in an octave. It is a power of two, so products are exact.
fn cells_per_weight(octave: u32) -> f64 {
    let length = if octave == 0 { FIRST } else { FIRST + octave as i32 - 1 };
    f64::from_bits(((1023 + length - AREA) as u64) << 52)
}

/// Throws the darts of one feature in one octave, whose cells it fills up to `end`. Returns how many positions are hit
/// for the first time.
fn hit(plane: u64, octave: u32, end: f64, row: &mut [u32]) -> usize {
    let last = end.floor();
    // Below 2^64 exactly: a fraction of a double has 53 bits at most.
    let within_last = ((end - last) * 18_446_744_073_709_551_616.0).ceil() as u64;
    let mut first_hits = 0;
    for cell in 0..=last as u64 {
        let hash = mix64(plane.wrapping_add(cell.wrapping_mul(GOLDEN)));
        for dart in 0..poisson::draw(hash) {
            let weight = mix64(hash.wrapping_add((2 * dart + 1).wrapping_mul(GOLDEN)));
            if cell == last as u64 && weight >= within_last {
                continue;
            }
            let place = mix64(hash.wrapping_add((2 * dart + 2).wrapping_mul(GOLDEN)));
            let position = ((place & 0xffff_ffff) * row.len() as u64) >> 32;
            let rank = (octave << PLACE_BITS | (place >> (64 - PLACE_BITS)) as u32).min(EMPTY - 1);
            let value = &mut row[position as usize];
            first_hits += usize::from(*value == EMPTY);
            *value = rank.min(*value);
        }
    }
    first_hits
}

#[cfg(test)]
mod tests;
