//! Reproduces the MinHash sketches of other tools bit for bit, so that one stage of a running pipeline can be replaced.
//!
//! A [`Preset`] names a tool and its arithmetic, a [`Sketcher`] computes its values:
//!
//! ```
//! use twinprint_compat::{Preset, Sketcher};
//!
//! let sketcher = Sketcher::new(Preset::DatasketchAffine32, 1, 128)?;
//! let sketch = sketcher.sketch(["minhash", "is", "a", "probabilistic", "data", "structure"]);
//! assert_eq!(sketch[..4], [208646873, 78957534, 182869272, 1127851903]);
//! # Ok::<(), twinprint_compat::Error>(())
//! ```
//!
//! What is wrong in a tool stays wrong under its preset, and is said in the preset's documentation. For new data use the schemes of
//! the library, whose values have none of these flaws.
//!
//! | Tool | Presets | Formats |
//! |---|---|---|
//! | datasketch | `DatasketchLegacy`, `DatasketchAffine32`, `DatasketchAffine64` | [`LeanMinHash`] |
//! | datatrove | `Datatrove64Xxhash`, `Datatrove64Sha1`, `Datatrove32Xxhash`, `Datatrove32Sha1` | [`datatrove`] |
//! | text-dedup | `TextDedup64Xxh3`, `TextDedup64Sha1`, `TextDedup32Xxh3`, `TextDedup32Sha1` | |
//! | BigCode, data-juicer, NeMo Curator | `BigCode`, `DataJuicer`, `Nemo32` | |
//! | Daft | `DaftMurmur3`, `DaftXxh64`, `DaftXxh3`, `DaftSha1` | |
//! | Spark | [`SparkMinHash`] | |

pub mod datatrove;
pub mod elements;
mod error;
mod fastrand;
mod hashes;
pub mod kernels;
mod lean;
mod numpy;
mod permutations;
mod preset;
mod sketcher;
mod spark;

pub use error::Error;
pub use hashes::{fmix32, fmix64, murmur3_32, sha1_32, sha1_64};
pub use lean::{ByteOrder, LeanMinHash};
pub use numpy::RandomState;
pub use preset::Preset;
pub use sketcher::{SketchId, Sketcher};
pub use spark::SparkMinHash;
