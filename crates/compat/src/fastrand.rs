//! The generator of the crate `fastrand`, from which Daft draws.

/// Draws what `fastrand::Rng` draws since its version 2.2. It is written out here, because a later version of that crate may draw
/// something else, and Daft's values with it.
pub(crate) struct WyRand(u64);

impl WyRand {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x2d35_8dcc_aa6c_78a5);
        let product = self.0 as u128 * (self.0 ^ 0x8bb8_4b93_962e_acc9) as u128;
        (product >> 64) as u64 ^ product as u64
    }

    /// Draws a number of a range, both ends included, without bias (Lemire, 2019).
    pub(crate) const fn between(&mut self, low: u64, high: u64) -> u64 {
        let count = high - low + 1;
        let mut product = self.next() as u128 * count as u128;
        if (product as u64) < count {
            let least = count.wrapping_neg() % count;
            while (product as u64) < least {
                product = self.next() as u128 * count as u128;
            }
        }
        low + (product >> 64) as u64
    }
}
