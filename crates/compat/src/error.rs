//! What can be wrong with presets and with the bytes of other tools.

use std::fmt;

/// Tells what was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// No preset has this name.
    UnknownPreset {
        /// The name that was given.
        name: String,
    },
    /// The tool of this preset leaves it to its user how a text is cut: hash the elements instead.
    NoTextRule {
        /// The name of the preset.
        preset: &'static str,
    },
    /// A sketch has no values, or more than the format can count.
    Length {
        /// The number of values.
        values: usize,
    },
    /// A value does not fit the width of the format.
    Width {
        /// The value.
        value: u64,
    },
    /// The bytes end before the value they promise.
    Truncated {
        /// The bytes that are needed.
        needed: usize,
        /// The bytes that there are.
        found: usize,
    },
    /// The bytes name a scheme that is not known.
    UnknownScheme {
        /// The number of the scheme.
        code: u8,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPreset { name } => {
                let known = crate::Preset::ALL.map(crate::Preset::name).join(", ");
                write!(f, "no preset is called {name:?}; the presets are {known}")
            }
            Self::NoTextRule { preset } => {
                write!(f, "{preset} does not say how a text is cut; pass the elements instead of the text")
            }
            Self::Length { values } => {
                write!(f, "the sketch has {values} values; it must have 1 to 2147483647")
            }
            Self::Width { value } => write!(f, "the value {value} is wider than the 32 bits of this format"),
            Self::Truncated { needed, found } => {
                write!(f, "the bytes are cut short: {found} where {needed} are needed")
            }
            Self::UnknownScheme { code } => {
                write!(f, "the bytes name scheme {code}; known are 1 (affine32) and 2 (affine64)")
            }
        }
    }
}

impl std::error::Error for Error {}
