//! Sketches of elements and of texts.

use std::fmt;

use xxhash_rust::{xxh3, xxh32, xxh64};

use crate::elements;
use crate::error::Error;
use crate::hashes::{fmix32, fmix64, murmur3_32, sha1_32, sha1_64};
use crate::permutations::Permutations;
use crate::preset::Preset;

/// Computes the sketches of a preset.
///
/// ```
/// use twinprint_compat::{Preset, Sketcher};
///
/// let sketcher = Sketcher::new(Preset::DatasketchLegacy, 1, 4)?;
/// assert_eq!(sketcher.sketch([b"Hello"]), [734825475, 960773806, 359816889, 342714745]);
///
/// let sketcher = Sketcher::new(Preset::DataJuicer, 42, 4)?;
/// let sketch = sketcher.sketch_text("the quick brown fox jumps over the lazy dog")?;
/// assert_eq!(sketch.as_deref(), Some(&[186966786, 59101012, 343111293, 638598101][..]));
/// # Ok::<(), twinprint_compat::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sketcher {
    preset: Preset,
    seed: u32,
    permutations: Permutations,
    /// The first multiplier, which seeds NeMo's hash.
    first_multiplier: u32,
}

impl Sketcher {
    /// Draws the permutations of a preset.
    ///
    /// # Errors
    /// [`Error::Length`] where `num_hashes` is 0 or above 2147483647.
    pub fn new(preset: Preset, seed: u32, num_hashes: usize) -> Result<Self, Error> {
        if num_hashes == 0 || i32::try_from(num_hashes).is_err() {
            return Err(Error::Length { values: num_hashes });
        }
        let permutations = Permutations::draw(preset, seed, num_hashes);
        let first_multiplier = match (&permutations, preset) {
            (Permutations::Mersenne { a, .. }, Preset::Nemo32) => a[0] as u32,
            _ => 0,
        };
        Ok(Self { preset, seed, permutations, first_multiplier })
    }

    /// Returns the preset.
    #[must_use]
    pub const fn preset(&self) -> Preset {
        self.preset
    }

    /// Returns the id of preset, seed and number of values: sixteen hexadecimal digits. Sketches may be compared if their ids are
    /// equal. It is never the id of a scheme of the library, whose values are others.
    #[must_use]
    pub fn id(&self) -> SketchId {
        SketchId(xxh3::xxh3_64(self.to_string().as_bytes()))
    }

    /// Returns the multipliers and the addends of the permutations.
    #[must_use]
    pub fn parameters(&self) -> (Vec<u64>, Vec<u64>) {
        self.permutations.parameters()
    }

    /// Hashes one element, before any permutation.
    #[must_use]
    pub fn hash(&self, element: &[u8]) -> u64 {
        let seed = u64::from(self.seed);
        match self.preset {
            Preset::DatasketchAffine32 => fmix32(sha1_32(element)).into(),
            Preset::DatasketchAffine64 => fmix64(sha1_64(element)),
            Preset::DatasketchLegacy
            | Preset::BigCode
            | Preset::DataJuicer
            | Preset::Datatrove32Sha1
            | Preset::TextDedup64Sha1
            | Preset::TextDedup32Sha1 => sha1_32(element).into(),
            Preset::Datatrove64Sha1 => sha1_64(element),
            Preset::Datatrove64Xxhash => xxh64::xxh64(element, 0),
            Preset::Datatrove32Xxhash => xxh32::xxh32(element, 0).into(),
            Preset::TextDedup64Xxh3 | Preset::TextDedup32Xxh3 | Preset::DaftXxh3 => {
                xxh3::xxh3_64_with_seed(element, seed) & u64::from(u32::MAX)
            }
            Preset::Nemo32 => murmur3_32(element, self.first_multiplier).into(),
            Preset::DaftMurmur3 => murmur3_32(element, self.seed).into(),
            Preset::DaftXxh64 => xxh64::xxh64(element, seed) & u64::from(u32::MAX),
            Preset::DaftSha1 => sha1_32(element).into(),
        }
    }

    /// Returns the sketch of a set of elements. An element that comes twice changes nothing. Without elements, every value is the
    /// largest there is.
    #[must_use]
    pub fn sketch<E: AsRef<[u8]>>(&self, elements: impl IntoIterator<Item = E>) -> Vec<u64> {
        let hashes: Vec<u64> = elements.into_iter().map(|element| self.hash(element.as_ref())).collect();
        self.sketch_hashes(&hashes)
    }

    /// Returns the sketch of a set whose elements are [hashed](Self::hash) already.
    #[must_use]
    pub fn sketch_hashes(&self, hashes: &[u64]) -> Vec<u64> {
        self.permutations.minima(hashes)
    }

    /// Returns the sketch of a text, cut as the tool cuts it by default; see [`elements::of_text`]. `None` where the tool leaves
    /// the text out, because it is too short.
    ///
    /// # Errors
    /// [`Error::NoTextRule`] for datasketch, which takes elements, and for datatrove, whose tokenizer is a library of its own:
    /// join its tokens with [`elements::joined`].
    pub fn sketch_text(&self, text: &str) -> Result<Option<Vec<u64>>, Error> {
        Ok(elements::of_text(self.preset, text)?.map(|elements| self.sketch(elements)))
    }

    /// Returns the value of every position of the sketch of an empty set.
    #[must_use]
    pub fn empty_value(&self) -> u64 {
        self.permutations.empty()
    }
}

impl fmt::Display for Sketcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let num_hashes = self.permutations.parameters().0.len();
        write!(f, "{}, seed {}, {num_hashes} values", self.preset, self.seed)
    }
}

/// A short name for the settings of a [`Sketcher`], written as sixteen hexadecimal digits.
///
/// ```
/// use twinprint_compat::{Preset, Sketcher};
///
/// let one = Sketcher::new(Preset::DatasketchLegacy, 1, 128)?.id();
/// assert_eq!(one.to_string(), "325a477207d4a7fe");
/// assert_ne!(one, Sketcher::new(Preset::DatasketchLegacy, 2, 128)?.id());
/// # Ok::<(), twinprint_compat::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SketchId(u64);

impl fmt::Display for SketchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
