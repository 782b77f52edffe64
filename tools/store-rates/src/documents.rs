//! Made signatures.

use anyhow::Result;
use twinprint::{Scheme, Signature};

/// Positions of a signature.
pub(crate) const POSITIONS: u64 = 128;

/// Returns signatures of random positions. One in five repeats an earlier one in about nine of ten positions, as an edited copy does.
pub(crate) fn signatures(scheme: &Scheme, count: u64) -> Result<Vec<Signature>> {
    (0..count).map(|number| Ok(Signature::from_values(scheme, row(number))?)).collect()
}

fn row(number: u64) -> Vec<u32> {
    let original = if number % 5 == 4 { mix(number) % number / 5 * 5 } else { number };
    let position = |at: u64| {
        let is_changed = original != number && mix((number << 8 | at) ^ (1 << 63)).is_multiple_of(10);
        let of = if is_changed { number } else { original };
        // The largest value is that of an empty set.
        (mix(of << 8 | at) >> 33) as u32
    };
    (0..POSITIONS).map(position).collect()
}

/// The finalizer of `SplitMix64`.
pub(crate) fn mix(number: u64) -> u64 {
    let mut x = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
