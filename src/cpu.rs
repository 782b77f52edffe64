//! Which SIMD level this machine has, asked once.

use std::sync::OnceLock;

use crate::error::Error;

/// A set of instructions that the kernels are written for. The level changes speed and nothing else.
///
/// The best level is detected at run time. The environment variable `TWINPRINT_SIMD` (`portable`, `avx2`, `avx512`,
/// `neon`), read once, asks for another; a value that is not one of these, or a level that the machine lacks, is
/// passed over. [`MinHasher::with_simd`](crate::MinHasher::with_simd) does the same for one hasher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SimdLevel {
    /// Plain Rust, on every machine.
    Portable,
    /// AVX2 and BMI, on x86-64 since 2013.
    Avx2,
    /// AVX-512 F, BW and DQ besides, on x86-64 servers since 2017.
    Avx512,
    /// NEON, on every 64-bit Arm.
    Neon,
}

impl SimdLevel {
    /// Every level there is, on any machine.
    pub const ALL: [Self; 4] = [Self::Portable, Self::Avx2, Self::Avx512, Self::Neon];

    /// The level in use unless a hasher is told otherwise.
    #[must_use]
    pub fn detect() -> Self {
        static LEVEL: OnceLock<SimdLevel> = OnceLock::new();
        *LEVEL.get_or_init(|| {
            let asked = std::env::var("TWINPRINT_SIMD").ok();
            let asked = Self::ALL.into_iter().find(|level| asked.as_deref() == Some(level.name()));
            asked.filter(|level| level.is_available()).unwrap_or_else(Self::best)
        })
    }

    fn best() -> Self {
        [Self::Avx512, Self::Avx2, Self::Neon].into_iter().find(|level| level.is_available()).unwrap_or(Self::Portable)
    }

    /// Whether this machine can run the level.
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

    /// The name that `TWINPRINT_SIMD` understands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }

    pub(crate) fn check(self) -> Result<Self, Error> {
        if self.is_available() { Ok(self) } else { Err(Error::SimdUnavailable { level: self.name() }) }
    }
}
