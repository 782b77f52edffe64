//! `MinHashLSH` of Spark's MLlib, which hashes indices of a sparse vector.

/// The prime of Spark.
const PRIME: u64 = 2_038_074_743;

/// Computes the values of Spark's `MinHashLSHModel`, one for each hash table. Texts become indices in Spark by `HashingTF` or
/// `CountVectorizer`, before any of this.
///
/// ```
/// use twinprint_compat::SparkMinHash;
///
/// let model = SparkMinHash::new(12345, 3);
/// assert_eq!(model.values([0, 1, 2]), [617966841, 1866029325, 1371902766]);
/// ```
#[derive(Clone, Debug)]
pub struct SparkMinHash {
    coefficients: Vec<(u64, u64)>,
}

impl SparkMinHash {
    /// The seed that Spark uses by default: the hash of the name of its class.
    pub const DEFAULT_SEED: i64 = 328_749_633;

    /// Draws the coefficients of a model, as `setSeed(seed)` and `setNumHashTables(tables)` do.
    #[must_use]
    pub fn new(seed: i64, tables: usize) -> Self {
        let mut random = JavaRandom::new(seed);
        let bound = (PRIME - 1) as u32;
        let pair = |_| (1 + u64::from(random.below(bound)), u64::from(random.below(bound)));
        Self { coefficients: (0..tables).map(pair).collect() }
    }

    /// Returns the coefficients `a` and `b` of each hash table.
    #[must_use]
    pub fn coefficients(&self) -> &[(u64, u64)] {
        &self.coefficients
    }

    /// Returns the least of `((1 + index) * a + b) mod 2038074743` for each hash table. Spark refuses a vector without indices; its
    /// values here are the prime itself, which no index reaches.
    #[must_use]
    pub fn values(&self, indices: impl IntoIterator<Item = u32>) -> Vec<u64> {
        let mut values = vec![PRIME; self.coefficients.len()];
        for index in indices {
            for (least, (a, b)) in values.iter_mut().zip(&self.coefficients) {
                *least = (*least).min(((1 + u64::from(index)) * a + b) % PRIME);
            }
        }
        values
    }
}

/// The generator `java.util.Random`.
struct JavaRandom(u64);

impl JavaRandom {
    const MASK: u64 = (1 << 48) - 1;
    const MULTIPLIER: u64 = 0x5_deec_e66d;

    const fn new(seed: i64) -> Self {
        Self((seed as u64 ^ Self::MULTIPLIER) & Self::MASK)
    }

    const fn next_31(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(Self::MULTIPLIER).wrapping_add(0xb) & Self::MASK;
        (self.0 >> 17) as u32
    }

    /// Draws a number below a bound that is no power of two, as `nextInt(bound)` does.
    const fn below(&mut self, bound: u32) -> u32 {
        loop {
            let word = self.next_31();
            let remainder = word % bound;
            // Java rejects the words of the last, incomplete run of remainders by the overflow of this sum.
            if (word - remainder) as u64 + bound as u64 - 1 < 1 << 31 {
                return remainder;
            }
        }
    }
}
