//! probminhash: its sketches of sets without weights, each reused from set to set, with its hasher for values that are
//! hashed already.
//!
//! Its weighted sketches are left out: with equal weights they estimate a similarity other than Jaccard's.

use std::hash::BuildHasherDefault;

use probminhash::densminhash::OptDensMinHash;
use probminhash::superminhasher::{NoHashHasher, SuperMinHash};
use probminhash::superminhasher2::SuperMinHash2;

use crate::measure::Contestant;

type Hashed = BuildHasherDefault<NoHashHasher>;

pub(super) fn signatures(sets: &[Vec<u64>]) -> Vec<Contestant<'_>> {
    let mut float = SuperMinHash::<f64, u64, NoHashHasher>::new(128, Hashed::default());
    let mut integer = SuperMinHash2::<u64, u64, NoHashHasher>::new(128, Hashed::default());
    let mut dense = OptDensMinHash::<f64, u64, NoHashHasher>::new(128, Hashed::default());
    vec![
        Contestant::fallible("probminhash `SuperMinHash`", move || {
            let mut sum = 0;
            for set in sets {
                float.reinit();
                float.sketch_slice(set)?;
                sum ^= float.get_hsketch()[0].to_bits();
            }
            Ok(sum)
        }),
        Contestant::fallible("probminhash `SuperMinHash2`", move || {
            let mut sum = 0;
            for set in sets {
                integer.reinit();
                integer.sketch_slice(set).map_err(|()| "SuperMinHash2 refused a set")?;
                sum ^= integer.get_hsketch()[0];
            }
            Ok(sum)
        }),
        Contestant::fallible("probminhash `OptDensMinHash`", move || {
            let mut sum = 0;
            for set in sets {
                dense.reinit();
                dense.sketch_slice(set)?;
                sum ^= dense.get_hsketch()[0].to_bits();
            }
            Ok(sum)
        }),
    ]
}
