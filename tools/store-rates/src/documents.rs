//! Made signatures.

use twinprint::{Scheme, Signature};

/// Positions of a signature.
pub(crate) const POSITIONS: usize = 128;

/// Makes signatures of random positions. One in five repeats an earlier one in about four of five positions, as an edited copy does.
pub(crate) struct Documents {
    pub(crate) scheme: Scheme,
}

impl Documents {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self { scheme: Scheme::builder().custom_features("made").num_hashes(POSITIONS as u32).build()? })
    }

    /// Returns the positions of a document.
    pub(crate) fn row(&self, number: u64) -> Vec<u32> {
        let original = if number % 5 == 4 { mix(number) % number.max(1) / 5 * 5 } else { number };
        let position = |at: u64| {
            let is_changed = original != number && mix(number << 8 | at | 1 << 63).is_multiple_of(5);
            let of = if is_changed { number } else { original };
            // The largest value is that of an empty set.
            (mix(of << 8 | at) >> 33) as u32
        };
        (0..POSITIONS as u64).map(position).collect()
    }

    pub(crate) fn signature(&self, number: u64) -> anyhow::Result<Signature> {
        Ok(Signature::from_values(&self.scheme, self.row(number))?)
    }
}

/// The finalizer of `SplitMix64`.
pub(crate) fn mix(number: u64) -> u64 {
    let mut x = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
