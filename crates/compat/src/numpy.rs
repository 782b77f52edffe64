//! The generator of `numpy.random.RandomState`, from which most tools draw their permutations.

use rand_mt::Mt;

/// Draws the numbers that `numpy.random.RandomState(seed).randint` draws: the Mersenne Twister MT19937 (Matsumoto and
/// Nishimura, 1998), with rejection of what lies above the range.
///
/// ```
/// use twinprint_compat::RandomState;
///
/// let mut random = RandomState::new(1);
/// assert_eq!(random.between_u64(1, (1 << 61) - 2), 775169054918279404);
/// assert_eq!(random.between_u64(0, (1 << 61) - 2), 1758426461858698312);
/// ```
#[derive(Clone, Debug)]
pub struct RandomState(Mt);

impl RandomState {
    /// Returns the generator that `RandomState(seed)` is.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self(Mt::new(seed))
    }

    fn next_u64(&mut self) -> u64 {
        // NumPy draws the high half first.
        let high = u64::from(self.0.next_u32());
        high << 32 | u64::from(self.0.next_u32())
    }

    /// Draws as `randint(low, high + 1, dtype=numpy.uint64)` does. Both ends are part of the range; `low` is returned
    /// where `high` is not above it.
    pub fn between_u64(&mut self, low: u64, high: u64) -> u64 {
        let range = high.saturating_sub(low);
        if range == 0 {
            return low;
        }
        let mask = u64::MAX >> range.leading_zeros();
        loop {
            // A range of 32 bits takes one word of the generator, so the width decides what the next draw gets.
            let word = if range > u64::from(u32::MAX) { self.next_u64() } else { u64::from(self.0.next_u32()) };
            if word & mask <= range {
                return low + (word & mask);
            }
        }
    }

    /// Draws as `randint(low, high + 1, dtype=numpy.uint32)` does.
    pub fn between_u32(&mut self, low: u32, high: u32) -> u32 {
        let range = high.saturating_sub(low);
        if range == 0 {
            return low;
        }
        let mask = u32::MAX >> range.leading_zeros();
        loop {
            let word = self.0.next_u32() & mask;
            if word <= range {
                return low + word;
            }
        }
    }
}
