//! Computes signatures, band keys, shingle sets and similarities of whole [Arrow](https://arrow.apache.org) columns.
//!
//! Engines and other languages hand over columns of texts, and join or group by the numbers they get back:
//!
//! 1. [`signatures`] of a column of texts, with [`twinprint::Scheme`].
//! 2. [`band_keys`] of these: two texts with a key in common are candidates. Explode the lists and group by key.
//! 3. [`shingles`] of the texts of a candidate pair, and [`overlaps`] or [`jaccard`] of the two columns: the exact
//!    verification. [`estimates`] is the cheaper answer of the signatures alone.
//!
//! ```
//! use arrow_array::{Array, StringArray};
//! use twinprint::{Banding, Scheme};
//!
//! let texts = StringArray::from(vec![
//!     Some("The ferry to Skelby was cancelled on Monday because of high winds."),
//!     None,
//!     Some("The ferry to Skelby was cancelled on Monday because of very high winds."),
//! ]);
//! let scheme = Scheme::builder().words(2).build()?;
//! let signatures = twinprint_arrow::signatures(&texts, &scheme)?;
//! let keys = twinprint_arrow::band_keys(&signatures, &scheme, Banding::new(32, 4)?)?;
//! assert_eq!((keys.value_length(0), keys.is_null(1)), (32, true));
//!
//! let (left, right) = (texts.slice(0, 1), texts.slice(2, 1));
//! let (left, right) = (twinprint_arrow::shingles(&left, &scheme)?, twinprint_arrow::shingles(&right, &scheme)?);
//! assert_eq!(twinprint_arrow::jaccard(&left, &right)?.value(0), 10.0 / 13.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Texts may be `Utf8`, `LargeUtf8` or `Utf8View`, or a dictionary of these. They are checked to be UTF-8, which readers of Parquet and
//! other libraries do not do. A null stays null in every answer; an empty text has an empty set, a signature that is similar to
//! nothing, and no keys.
//!
//! An engine that wants the answer of one machine, with oversized buckets cut as there, uses the functions of [`rules`].
//!
//! The work itself is in [`kernels`], over slices: code that is bound to another major version of Arrow can call these.

mod columns;
mod error;
pub mod kernels;
pub mod rules;
mod texts;

pub use columns::{Overlaps, band_keys, estimates, jaccard, overlaps, shingles, signatures};
pub use error::Error;
pub use texts::{check_texts, texts};
