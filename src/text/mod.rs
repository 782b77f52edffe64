//! Text to shingle hashes.
//!
//! A text takes three steps. It is [normalized](Normalization), so that differences of typography do not count. It is cut into
//! tokens ([`Tokenization`]). Each window of consecutive tokens becomes a shingle, which is known by its 64-bit hash
//! ([`Shingler`]). Everything after this module works on `u64` features and never sees text.
//!
//! ```
//! use twinprint::Scheme;
//!
//! let shingler = Scheme::builder().words(3).build()?.shingler()?;
//! assert_eq!(shingler.normalize("“Fog” DELAYS the ferry"), "\"fog\" delays the ferry");
//! // Four words have two windows of three.
//! assert_eq!(shingler.hashes("“Fog” DELAYS the ferry").len(), 2);
//! assert_eq!(shingler.hashes("“Fog” DELAYS the ferry"), shingler.hashes("'Fog' delays — the ferry!"));
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! Letters of scripts that are written without spaces, such as Chinese, Japanese and Thai, are tokens of their own. So no
//! language has to be named, and a text may mix them.

mod common_words;
mod kernel;
mod letters;
mod normalize;
mod shingle;
mod signs;
mod spans;
mod stem;
mod tokenize;
mod unicode;
mod window;

pub use shingle::{Shingle, Shingler, TextScratch, Token};

pub use crate::scheme::{ArabicLetters, Digits, Normalization, Tokenization, UNICODE_VERSION, UnicodeForm, WordFilter};

pub(crate) use self::unicode::digit_value;
pub(crate) use stem::{LETTERS as STEM_LETTERS, stem};
pub(crate) use window::Window;

/// Returns whether a text shows nothing: it has only white space, control and format characters, and matches no other text.
///
/// ```
/// assert!(twinprint::text::is_blank(" \n\u{feff}"));
/// assert!(!twinprint::text::is_blank("***"));
/// ```
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(signs::is_blank)
}
