//! Band keys: one number for each band of a signature.
//!
//! There are two kinds. [`BandKeys`] makes the 32-bit keys of the tables in this crate, where the band is known from the table.
//! [`BandHasher`] makes the 64-bit keys that [`Banding::keys`] publishes, which tell bands apart by themselves, so that they can
//! be stored and joined by any engine.

use std::fmt;

use crate::error::{Error, Mismatch};
use crate::lsh::Banding;
use crate::minhash::{Signature, is_empty};
use crate::mix::{GOLDEN, derive, mix64};
use crate::scheme::Scheme;

/// Hashes the bands of signatures to 32 bits.
///
/// The key of a band with values `v0, v1, ..` is the upper half of `mix(c0 * v0 + c1 * v1 + ..)` modulo 2^64, where each
/// position of the signature has an odd constant of its own, derived from the seed.
///
/// Equal bands have equal keys. Different ones share a key with probability 2^-32: among a million sets that makes 116
/// false candidates a band in all, which verification rejects. Keys of 64 bits would avoid these, and double the memory.
#[derive(Clone)]
pub(crate) struct BandKeys {
    multipliers: Vec<u64>,
    rows: usize,
}

/// Shows no multipliers, because those of a keyed scheme follow from its secret.
impl fmt::Debug for BandKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BandKeys").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl BandKeys {
    pub(crate) fn new(banding: Banding, seed: u64) -> Self {
        let positions = 0..u64::from(banding.num_hashes());
        Self {
            multipliers: positions.map(|position| derive(seed, "band key", position) | 1).collect(),
            rows: banding.rows() as usize,
        }
    }

    /// Returns the keys of a signature's bands, in order.
    pub(crate) fn of<'a>(&'a self, row: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        self.sums(row).map(short_key)
    }

    /// Returns the key of one band of a signature.
    pub(crate) fn key(&self, band: usize, row: &[u32]) -> u32 {
        let positions = band * self.rows..(band + 1) * self.rows;
        short_key(sum(&row[positions.clone()], &self.multipliers[positions]))
    }

    /// Returns what is mixed to the keys of a signature's bands.
    fn sums<'a>(&'a self, row: &'a [u32]) -> impl Iterator<Item = u64> + 'a {
        let bands = row.chunks_exact(self.rows).zip(self.multipliers.chunks_exact(self.rows));
        bands.map(|(values, multipliers)| sum(values, multipliers))
    }
}

#[inline]
fn sum(values: &[u32], multipliers: &[u64]) -> u64 {
    let terms = values.iter().zip(multipliers).map(|(&value, &multiplier)| u64::from(value).wrapping_mul(multiplier));
    terms.fold(0, u64::wrapping_add)
}

/// Returns the upper half of the mixed sum.
#[inline]
fn short_key(sum: u64) -> u32 {
    (mix64(sum) >> 32) as u32
}

/// Makes the 64-bit band keys of many signatures; see [`Banding::keys`] for what they are.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::lsh::{BandHasher, Banding};
///
/// let hasher = Scheme::web().minhasher();
/// let signatures = hasher.matrix_of_texts(&["some words of a text", "other words", "some words of a text"])?;
/// let bands = BandHasher::new(Banding::new(20, 5)?, hasher.scheme())?;
///
/// // Rows of (key, document), as a database would join them.
/// let mut table = Vec::new();
/// for (document, row) in signatures.iter().enumerate() {
///     table.extend(bands.row_keys(row)?.into_iter().map(|key| (key, document)));
/// }
/// table.sort_unstable();
/// let candidates = table.windows(2).filter(|two| two[0].0 == two[1].0).map(|two| (two[0].1, two[1].1));
/// assert!(candidates.clone().count() == 20 && candidates.clone().all(|pair| pair == (0, 2)));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BandHasher {
    scheme: Scheme,
    keys: BandKeys,
}

impl BandHasher {
    /// Returns a hasher for signatures of one scheme.
    ///
    /// # Errors
    /// [`Error::BandingTooLarge`] if the scheme's signatures have fewer positions than the banding needs.
    pub fn new(banding: Banding, scheme: &Scheme) -> Result<Self, Error> {
        banding.check_fits(scheme.sketch().num_hashes())?;
        Ok(Self { scheme: scheme.clone(), keys: BandKeys::new(banding, scheme.sketch().seed()) })
    }

    /// Returns the keys of a signature, one per band, in the order of the bands. The signature of an empty set has none.
    ///
    /// # Errors
    /// [`Mismatch`] if the signature is of another scheme.
    pub fn keys(&self, signature: &Signature) -> Result<Vec<u64>, Mismatch> {
        self.scheme.check_same(signature.scheme())?;
        Ok(self.long_keys(signature.values()))
    }

    /// Returns the keys of the values of a signature, such as a row of a
    /// [`SignatureMatrix`](crate::minhash::SignatureMatrix). The caller knows that they were made under this scheme.
    ///
    /// # Errors
    /// [`Error::WrongLength`] if the number of values is not the scheme's `num_hashes`.
    pub fn row_keys(&self, row: &[u32]) -> Result<Vec<u64>, Error> {
        let expected = self.scheme.sketch().num_hashes() as usize;
        if row.len() != expected {
            return Err(Error::WrongLength { field: "row", found: row.len(), expected });
        }
        Ok(self.long_keys(row))
    }

    fn long_keys(&self, row: &[u32]) -> Vec<u64> {
        if is_empty(row) {
            return Vec::new();
        }
        let numbered = self.keys.sums(row).zip(1_u64..);
        numbered.map(|(sum, number)| mix64(sum.wrapping_add(number.wrapping_mul(GOLDEN)))).collect()
    }
}

impl Banding {
    /// Returns the 64-bit keys of a signature's bands, in the order of the bands. Two documents are candidates if they have a
    /// key in common.
    ///
    /// The keys are for engines that group or join by number: put each with its document into a table, and join the table with
    /// itself by key. The number of the band is part of a key, so one column holds the keys of all bands. The signature of an
    /// empty set has no keys, because it is similar to nothing.
    ///
    /// The key of band `b`, counted from 0, whose positions `p, p + 1, ..` have the values `v0, v1, ..`, is
    /// `mix((b + 1) * G + c(p) * v0 + c(p + 1) * v1 + ..)` modulo 2^64. `G` is 2^64 divided by the golden ratio, `mix` is the
    /// finalizer of SplitMix64, and the odd constants `c` are derived from the scheme's seed. Keys are the same on every machine,
    /// and the keys of a published scheme never change. Different bands of a million documents with 20 bands share one with a
    /// probability of about 10^-5.
    ///
    /// ```
    /// use twinprint::{Banding, Scheme};
    ///
    /// let scheme = Scheme::builder().words(1).build()?;
    /// let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
    /// let keys = |text| Banding::new(30, 4)?.keys(&hasher.signature(&shingler.hashes(text)));
    /// let (fox, wolf) = (keys("the quick brown fox jumps over the dog")?, keys("the quick brown wolf jumps over the dog")?);
    /// assert_eq!(fox.len(), 30);
    /// assert!(fox.iter().any(|key| wolf.contains(key)));
    /// assert!(keys("")?.is_empty());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// Each call derives the constants anew; a [`BandHasher`] keeps them for many signatures.
    ///
    /// # Errors
    /// [`Error::BandingTooLarge`] if the signature has fewer positions than the banding needs.
    pub fn keys(&self, signature: &Signature) -> Result<Vec<u64>, Error> {
        Ok(BandHasher::new(*self, signature.scheme())?.long_keys(signature.values()))
    }
}
