//! The bytes of datasketch's `LeanMinHash`.

use crate::error::Error;
use crate::preset::Preset;

/// The order and alignment of the bytes: the prefixes of Python's `struct`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// `<`: little-endian, without gaps.
    Little,
    /// `>` and `!`: big-endian, without gaps.
    Big,
    /// `@`, the default of datasketch: the order of this machine, values aligned to their width. Three bytes lie between the number
    /// of the scheme and the values of the affine schemes.
    Native,
}

impl ByteOrder {
    const fn is_little(self) -> bool {
        match self {
            Self::Little => true,
            Self::Big => false,
            Self::Native => cfg!(target_endian = "little"),
        }
    }
}

/// A sketch of datasketch as `LeanMinHash.serialize` writes it.
///
/// ```
/// use twinprint_compat::{ByteOrder, LeanMinHash, Preset, Sketcher};
///
/// let sketcher = Sketcher::new(Preset::DatasketchLegacy, 1, 4)?;
/// let values = sketcher.sketch(["minhash", "is", "a", "probabilistic", "data", "structure"]);
/// let lean = LeanMinHash::new(Preset::DatasketchLegacy, 1, values)?;
/// let bytes = lean.to_bytes(ByteOrder::Little);
/// assert_eq!(bytes.len(), 8 + 4 + 4 * 4);
/// assert_eq!(LeanMinHash::from_bytes(&bytes, ByteOrder::Little)?, lean);
/// # Ok::<(), twinprint_compat::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeanMinHash {
    preset: Preset,
    seed: i64,
    values: Vec<u64>,
}

impl LeanMinHash {
    /// Builds a sketch of one of the three presets of datasketch.
    ///
    /// # Errors
    /// [`Error::UnknownPreset`] for presets of other tools, [`Error::Length`] for no values or more than 2147483647, and
    /// [`Error::Width`] for a value that is wider than the 32 bits of `legacy` and `affine32`.
    pub fn new(preset: Preset, seed: i64, values: Vec<u64>) -> Result<Self, Error> {
        let is_wide = match preset {
            Preset::DatasketchAffine64 => true,
            Preset::DatasketchLegacy | Preset::DatasketchAffine32 => false,
            other => return Err(Error::UnknownPreset { name: other.name().to_string() }),
        };
        if values.is_empty() || i32::try_from(values.len()).is_err() {
            return Err(Error::Length { values: values.len() });
        }
        if let Some(&value) = values.iter().find(|&&value| !is_wide && u32::try_from(value).is_err()) {
            return Err(Error::Width { value });
        }
        Ok(Self { preset, seed, values })
    }

    /// Returns the preset.
    #[must_use]
    pub const fn preset(&self) -> Preset {
        self.preset
    }

    /// Returns the seed.
    #[must_use]
    pub const fn seed(&self) -> i64 {
        self.seed
    }

    /// Returns the values.
    #[must_use]
    pub fn values(&self) -> &[u64] {
        &self.values
    }

    /// Writes the seed, the number of values, the number of the scheme if it is not `legacy`, and the values.
    #[must_use]
    pub fn to_bytes(&self, order: ByteOrder) -> Vec<u8> {
        let (code, width) = layout(self.preset);
        let mut bytes = Vec::with_capacity(16 + width * self.values.len());
        let count = self.values.len() as i32;
        put(&mut bytes, self.seed as u64, 8, order);
        // A negative number of values says that the number of a scheme follows.
        let marked = if code == 0 { count } else { -count };
        put(&mut bytes, marked as u64, 4, order);
        if code != 0 {
            bytes.push(code);
        }
        bytes.resize(aligned(bytes.len(), width, order), 0);
        for &value in &self.values {
            put(&mut bytes, value, width, order);
        }
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) or datasketch wrote. Bytes behind the sketch are ignored, so that sketches can lie
    /// one behind another.
    ///
    /// # Errors
    /// [`Error::Truncated`] where bytes are missing, [`Error::UnknownScheme`] for a later scheme, [`Error::Length`] for no values.
    pub fn from_bytes(bytes: &[u8], order: ByteOrder) -> Result<Self, Error> {
        let seed = get(bytes, 0, 8, order)? as i64;
        let count = get(bytes, 8, 4, order)? as u32 as i32;
        let (preset, end) = if count >= 0 {
            (Preset::DatasketchLegacy, 12)
        } else {
            let code = get(bytes, 12, 1, order)? as u8;
            let preset = match code {
                1 => Preset::DatasketchAffine32,
                2 => Preset::DatasketchAffine64,
                _ => return Err(Error::UnknownScheme { code }),
            };
            (preset, 13)
        };
        let (_, width) = layout(preset);
        let (start, count) = (aligned(end, width, order), count.unsigned_abs() as usize);
        let needed = start.saturating_add(width.saturating_mul(count));
        if bytes.len() < needed {
            return Err(Error::Truncated { needed, found: bytes.len() });
        }
        let values: Result<_, _> = (0..count).map(|place| get(bytes, start + width * place, width, order)).collect();
        Self::new(preset, seed, values?)
    }
}

/// Returns the number of a scheme, 0 for the one that has none, and the bytes of a value.
const fn layout(preset: Preset) -> (u8, usize) {
    match preset {
        Preset::DatasketchAffine32 => (1, 4),
        Preset::DatasketchAffine64 => (2, 8),
        _ => (0, 4),
    }
}

/// Returns where values of a width begin.
const fn aligned(end: usize, width: usize, order: ByteOrder) -> usize {
    match order {
        ByteOrder::Native => end.next_multiple_of(width),
        ByteOrder::Little | ByteOrder::Big => end,
    }
}

fn put(bytes: &mut Vec<u8>, value: u64, width: usize, order: ByteOrder) {
    if order.is_little() {
        bytes.extend_from_slice(&value.to_le_bytes()[..width]);
    } else {
        bytes.extend_from_slice(&value.to_be_bytes()[8 - width..]);
    }
}

fn get(bytes: &[u8], start: usize, width: usize, order: ByteOrder) -> Result<u64, Error> {
    let Some(field) = bytes.get(start..start + width) else {
        return Err(Error::Truncated { needed: start + width, found: bytes.len() });
    };
    let mut whole = [0; 8];
    if order.is_little() {
        whole[..width].copy_from_slice(field);
        Ok(u64::from_le_bytes(whole))
    } else {
        whole[8 - width..].copy_from_slice(field);
        Ok(u64::from_be_bytes(whole))
    }
}
