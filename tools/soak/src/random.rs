//! Random numbers and random changes of files. Both are the same in every run.

/// `SplitMix64` (Steele, Lea, Flood 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// Returns a number below the limit, and 0 for a limit of 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % (limit as u64).max(1)) as usize
    }

    /// Returns a number from 0 to 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        self.next() as f64 / u64::MAX as f64
    }

    /// Returns the ends of a short range of bytes.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let begin = self.below(length);
        (begin, (begin + 1 + self.below(64)).min(length))
    }
}

/// A way to damage a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    Bit,
    Byte,
    Cut,
    Zeros,
    Removed,
    Inserted,
    Doubled,
    Appended,
}

impl Damage {
    pub(crate) const ALL: [Self; 8] =
        [Self::Bit, Self::Byte, Self::Cut, Self::Zeros, Self::Removed, Self::Inserted, Self::Doubled, Self::Appended];

    /// Damages the bytes of a file.
    pub(crate) fn apply(self, bytes: &mut Vec<u8>, random: &mut Random) {
        if bytes.is_empty() {
            return;
        }
        let (begin, end) = random.range(bytes.len());
        match self {
            Self::Bit => bytes[begin] ^= 1 << random.below(8),
            Self::Byte => bytes[begin] = random.next() as u8,
            Self::Cut => bytes.truncate(begin),
            Self::Zeros => bytes[begin..end].fill(0),
            Self::Removed => drop(bytes.drain(begin..end)),
            Self::Inserted => drop(bytes.splice(begin..begin, (0..end - begin).map(|_| random.next() as u8))),
            Self::Doubled => bytes.extend_from_within(..),
            Self::Appended => bytes.extend((0..end - begin).map(|_| random.next() as u8)),
        }
    }
}
