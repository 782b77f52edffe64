//! Text to shingle hashes.
//!
//! A text is [normalized](Normalization), cut into tokens ([`Tokenization`]), and windows of
//! consecutive tokens become 64-bit shingle hashes ([`Shingler`]). Everything behind this
//! module works on `u64` features and never sees text.

mod common_words;
mod kernel;
mod normalize;
mod shingle;
mod spans;
mod tokenize;
mod unicode;
mod window;

pub use normalize::{Digits, Normalization, UnicodeForm};
pub use shingle::{Shingle, Shingler, TextScratch, Token};
pub use tokenize::{Tokenization, WordFilter};

pub(crate) use window::Window;

/// The version of the Unicode tables that segmentation, folding and normalization follow.
///
/// The tables are part of this crate, so neither a new compiler nor another version of a
/// dependency changes what a scheme means. A character that this version does not know passes
/// through unchanged.
pub const UNICODE_VERSION: &str = unicode::UNICODE_VERSION;
