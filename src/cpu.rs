//! The SIMD levels, and which of them this machine has.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use crate::error::Error;

/// A set of instructions for which the kernels are written. The level changes the speed and nothing else: results are the same
/// at every level.
///
/// The best level is detected at run time. The environment variable `TWINPRINT_SIMD`, read once, asks for another:
/// `portable`, `avx2`, `avx512` or `neon`. Any other value, and a level that the machine lacks, is ignored: no answer depends on it, so
/// nothing need fail for it. [`detect`](Self::detect) says which level is used.
/// [`MinHasher::with_simd`](crate::MinHasher::with_simd) sets the level of one hasher, and refuses one that the machine lacks.
///
/// ```
/// use twinprint::SimdLevel;
///
/// assert!(SimdLevel::detect().is_available());
/// assert!(SimdLevel::Portable.is_available());
/// assert_eq!(SimdLevel::Avx512.to_string(), "avx512");
/// assert_eq!("avx512".parse(), Ok(SimdLevel::Avx512));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum SimdLevel {
    /// Plain Rust, on every machine.
    Portable,
    /// AVX2 and BMI, on x86-64 since 2013.
    Avx2,
    /// AVX-512 F, BW and DQ in addition, on x86-64 servers since 2017.
    Avx512,
    /// NEON, on every 64-bit Arm.
    Neon,
}

impl SimdLevel {
    /// All levels, of all machines.
    pub const ALL: [Self; 4] = [Self::Portable, Self::Avx2, Self::Avx512, Self::Neon];

    /// Returns the level that hashers and shinglers use by default: the best that this machine has, or the one that
    /// `TWINPRINT_SIMD` asks for.
    #[must_use]
    pub fn detect() -> Self {
        static LEVEL: OnceLock<SimdLevel> = OnceLock::new();
        *LEVEL.get_or_init(|| {
            let asked = std::env::var("TWINPRINT_SIMD").ok().and_then(|name| name.parse::<Self>().ok());
            asked.filter(|level| level.is_available()).unwrap_or_else(Self::best)
        })
    }

    fn best() -> Self {
        [Self::Avx512, Self::Avx2, Self::Neon].into_iter().find(|level| level.is_available()).unwrap_or(Self::Portable)
    }

    /// Returns whether this machine can run the level.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => {
                is_x86_feature_detected!("avx2")
                    && is_x86_feature_detected!("bmi1")
                    && is_x86_feature_detected!("bmi2")
                    && is_x86_feature_detected!("popcnt")
            }
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                Self::Avx2.is_available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
            }
            #[cfg(target_arch = "aarch64")]
            Self::Neon => std::arch::is_aarch64_feature_detected!("neon"),
            #[allow(unreachable_patterns, reason = "on some architectures every level is listed above")]
            _ => false,
        }
    }

    /// Returns the name by which `Display` prints the level and `TWINPRINT_SIMD` asks for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }

    /// Returns the level if this machine has it. The kernels rely on this check: a call of a level that the machine lacks would
    /// be undefined behaviour.
    pub(crate) fn check(self) -> Result<Self, Error> {
        if self.is_available() { Ok(self) } else { Err(Error::SimdUnavailable { level: self.name() }) }
    }
}

impl fmt::Display for SimdLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for SimdLevel {
    type Err = Error;

    /// Reads a name as `Display` prints it, whether or not this machine has the level.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] lists the names there are.
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|level| level.name() == name).ok_or_else(|| Error::OutOfRange {
            field: "SIMD level",
            value: format!("{name:?}"),
            expected: "portable, avx2, avx512 or neon",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_and_is_the_one_that_is_stored() {
        for level in SimdLevel::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
            #[cfg(feature = "serde")]
            assert_eq!(serde_json::to_value(level).expect("stored"), level.to_string());
        }
        let error = "sse2".parse::<SimdLevel>().expect_err("not a level").to_string();
        assert!(error.contains("sse2") && error.contains("avx512"), "{error}");
    }
}
