//! What counts as a shared passage.

use crate::error::{Error, within};
use crate::scheme::MAX_TOKENS;
use crate::text::Window;

/// Says how long a shared passage must be, and which passages are merged into one.
///
/// Defaults to 8 words, or 16 letters of a script written without spaces, and to gaps of 2 tokens. Runs of eight
/// words are quotations, copies and set phrases of one source; unrelated news texts share none. Shorter runs find
/// set phrases of the language ("as a result of the"), longer ones miss edited sentences.
///
/// ```
/// use twinprint::passages::PassageRules;
///
/// let rules = PassageRules::new(12, 24)?.gap(0);
/// assert_eq!((rules.words(), rules.letters(), rules.gap_tokens()), (12, 24, 0));
/// assert!(PassageRules::new(0, 24).is_err());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredPassageRules"))]
pub struct PassageRules {
    words: u32,
    letters: u32,
    gap: usize,
}

impl PassageRules {
    /// Creates rules with this least length: a number of words, or of letters of a script written without spaces, 1 to
    /// 255 each.
    ///
    /// In mixed text a word is one part in `words` of the length and a letter one part in `letters`, as for the windows
    /// of a scheme.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a number is 0 or more than [`MAX_TOKENS`].
    pub fn new(words: u32, letters: u32) -> Result<Self, Error> {
        let within = |field, value| within(field, value, 1..=MAX_TOKENS, "from 1 to 255");
        Ok(Self { words: within("words", words)?, letters: within("letters", letters)?, ..Self::default() })
    }

    /// Sets how many tokens may lie between two passages, in either text, that are merged into one. Defaults to 2.
    ///
    /// Up to that many words that were replaced, added or removed then do not split a passage. With 0, only runs that
    /// touch or overlap in both texts are merged. It changes the ranges of passages, but not which tokens count as
    /// shared.
    #[must_use]
    pub fn gap(self, tokens: usize) -> Self {
        Self { gap: tokens, ..self }
    }

    /// Returns the least length in words.
    #[must_use]
    pub fn words(&self) -> u32 {
        self.words
    }

    /// Returns the least length in letters of scripts written without spaces.
    #[must_use]
    pub fn letters(&self) -> u32 {
        self.letters
    }

    /// Returns the number of tokens that may lie between passages that are merged.
    #[must_use]
    pub fn gap_tokens(&self) -> usize {
        self.gap
    }

    /// Returns the shortest runs that count.
    pub(super) fn window(&self) -> Window {
        Window::new(self.words, self.letters)
    }
}

impl Default for PassageRules {
    fn default() -> Self {
        Self { words: 8, letters: 16, gap: 2 }
    }
}

/// The fields as stored, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPassageRules {
    words: u32,
    letters: u32,
    gap: usize,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredPassageRules> for PassageRules {
    type Error = Error;

    fn try_from(stored: StoredPassageRules) -> Result<Self, Error> {
        Ok(Self::new(stored.words, stored.letters)?.gap(stored.gap))
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn stored_values_are_checked() {
        let stored = serde_json::to_string(&PassageRules::default()).expect("plain");
        assert_eq!(serde_json::from_str::<PassageRules>(&stored).expect("valid"), PassageRules::default());
        assert!(serde_json::from_str::<PassageRules>(r#"{"words":8,"letters":256,"gap":2}"#).is_err());
    }
}
