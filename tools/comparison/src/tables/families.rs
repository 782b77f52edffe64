//! Families of hash functions for classic MinHash over keys that are random numbers.
//!
//! Textbooks have `a * x + b`. twinprint leaves out the `b`. This table compares both, the collinear `h1 + i * h2`, and an
//! independent hash for each position, in bias, variance, and how often bands of rows agree.

use super::{Numbers, Setting};
use crate::measure::Outcome;
use crate::table::{Table, number};

const POSITIONS: usize = 128;

/// The size of the union, the size of the intersection, and the number of trials.
const CASES: [(usize, usize, u64); 6] =
    [(10, 1, 60_000), (10, 5, 60_000), (30, 9, 40_000), (150, 45, 10_000), (150, 120, 10_000), (1_000, 300, 2_000)];

#[derive(Clone, Copy)]
enum Family {
    Products,
    Affine,
    Collinear,
    Independent,
}

struct Constants {
    multipliers: Vec<u32>,
    increments: Vec<u32>,
}

/// The measurements of a family over many trials.
struct Outcomes {
    bias_in_deviations: f64,
    variance: f64,
    bands_of_2: f64,
    bands_of_4: f64,
}

impl Family {
    fn value(self, constants: &Constants, position: usize, key: u64) -> u32 {
        let half = (key >> (32 * (position % 2))) as u32;
        let (a, b) = (constants.multipliers[position], constants.increments[position]);
        match self {
            Self::Products => (half | 1).wrapping_mul(a),
            Self::Affine => half.wrapping_mul(a).wrapping_add(b),
            Self::Collinear => (key as u32).wrapping_add((position as u32).wrapping_mul((key >> 32) as u32 | 1)),
            Self::Independent => (Numbers(key ^ u64::from(a) << 32).next().unwrap_or_default() >> 32) as u32,
        }
    }

    /// Returns for each position whether the minimum of the union belongs to an element of both sets.
    fn agree(self, constants: &Constants, keys: &[u64], shared: usize) -> Vec<bool> {
        let least = |keys: &[u64], position| {
            keys.iter().map(|&key| self.value(constants, position, key)).min().unwrap_or(u32::MAX)
        };
        let (both, one) = keys.split_at(shared);
        (0..POSITIONS).map(|position| least(both, position) <= least(one, position)).collect()
    }

    fn measure(self, constants: &Constants, (union, shared, trials): (usize, usize, u64)) -> Outcomes {
        let jaccard = shared as f64 / union as f64;
        let (mut sum, mut squares, mut agreeing) = (0.0, 0.0, [0, 0]);
        for trial in 0..trials {
            let keys: Vec<u64> = Numbers(trial << 32).take(union).collect();
            let agree = self.agree(constants, &keys, shared);
            let error = agree.iter().filter(|agrees| **agrees).count() as f64 / POSITIONS as f64 - jaccard;
            (sum, squares) = (sum + error, squares + error * error);
            for (count, rows) in agreeing.iter_mut().zip([2, 4]) {
                *count += agree.chunks_exact(rows).filter(|band| band.iter().all(|agrees| *agrees)).count();
            }
        }
        let (trials, variance) = (trials as f64, jaccard * (1.0 - jaccard) / POSITIONS as f64);
        let bands =
            |count: usize, rows: i32| count as f64 / (trials * POSITIONS as f64 / f64::from(rows) * jaccard.powi(rows));
        Outcomes {
            bias_in_deviations: sum / (variance * trials).sqrt(),
            variance: squares / trials / variance,
            bands_of_2: bands(agreeing[0], 2),
            bands_of_4: bands(agreeing[1], 4),
        }
    }
}

pub(crate) fn print(setting: &Setting) -> Outcome<()> {
    setting.title(
        "Families of hash functions for classic MinHash",
        "128 positions, random keys, one draw of constants. The bias is in standard deviations of the measurement; \
         variance and colliding bands are multiples of what independent permutations give (1 is right).",
    );
    let mut numbers = Numbers(7);
    let mut constant = || (numbers.next().unwrap_or_default() >> 32) as u32;
    let multipliers = (0..POSITIONS).map(|_| constant() | 1).collect();
    let constants = Constants { multipliers, increments: (0..POSITIONS).map(|_| constant()).collect() };
    let mut table = Table::new(&["union, J", "family", "bias", "variance", "bands of 2", "bands of 4"]);
    for case in CASES {
        let families = [
            (Family::Products, "a x (twinprint)"),
            (Family::Affine, "a x + b"),
            (Family::Collinear, "h1 + i h2"),
            (Family::Independent, "independent"),
        ];
        for (family, name) in families {
            let outcomes = family.measure(&constants, case);
            table.row(vec![
                format!("{}, {}", case.0, number(case.1 as f64 / case.0 as f64)),
                name.to_string(),
                format!("{:.1}", outcomes.bias_in_deviations),
                format!("{:.2}", outcomes.variance),
                format!("{:.2}", outcomes.bands_of_2),
                format!("{:.2}", outcomes.bands_of_4),
            ]);
        }
    }
    setting.publish("families", "random keys, one draw of constants", &table)
}
