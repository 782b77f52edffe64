//! The text rules and the files of datatrove.
//!
//! A signature of datatrove is made in three steps. [`simplify_text`] is one, a tokenizer of words for the language the second (for
//! English that of spaCy, whose exceptions are not part of this crate), [`elements::joined`](crate::elements::joined) with five tokens
//! the third:
//!
//! ```
//! use twinprint_compat::{Preset, Sketcher, datatrove, elements};
//!
//! let simple = datatrove::simplify_text("The quick brown fox jumps over the lazy dog. It's 3.14 o'clock!");
//! assert_eq!(simple, "the quick brown fox jumps over the lazy dog it s 0 o clock");
//! let tokens: Vec<&str> = simple.split(' ').collect();
//! let shingles = elements::joined(&tokens, 5);
//! let sketcher = Sketcher::new(Preset::Datatrove64Xxhash, 1, 112)?;
//! assert_eq!(sketcher.sketch(shingles).len(), 112);
//! # Ok::<(), twinprint_compat::Error>(())
//! ```

mod files;
mod simplify;

pub use files::{Duplicate, Layout, SENTINEL, SignatureRecord, read_clusters, read_duplicates, read_removals};
pub use files::{write_clusters, write_duplicates, write_removals};
pub use simplify::simplify_text;
