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

pub use shingle::{Shingle, Shingler, TextScratch, Token};

pub use crate::scheme::{Digits, Normalization, Tokenization, UNICODE_VERSION, UnicodeForm, WordFilter};

pub(crate) use window::Window;
