//! What counts as a shared passage.

use crate::error::{Error, within};
use crate::scheme::MAX_TOKENS;
use crate::text::Window;

/// What counts as a shared passage: how long it is at least, and what is merged.
///
/// The default asks for 8 words, or 16 letters of a script written without spaces, and merges across gaps of 2 tokens.
/// Runs of eight words are quotations, copies and set phrases of one source; unrelated news texts share none.
///
/// ```
/// use twinprint::passages::PassageRules;
///
/// let rules = PassageRules::new(12, 24)?.gap(0);
/// assert_eq!((rules.words(), rules.letters()), (12, 24));
/// assert!(PassageRules::new(0, 24).is_err());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PassageRules {
    words: u32,
    letters: u32,
    gap: usize,
}

impl PassageRules {
    /// The least length: so many words, or so many letters of a script written without spaces, 1 to 255 each. Mixed
    /// text counts as the windows of a scheme do: a word is one part in `words` of the length, a letter one part in
    /// `letters`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where a number is 0 or more than [`MAX_TOKENS`].
    pub fn new(words: u32, letters: u32) -> Result<Self, Error> {
        let within = |field, value| within(field, value, 1..=MAX_TOKENS, "from 1 to 255");
        Ok(Self { words: within("words", words)?, letters: within("letters", letters)?, ..Self::default() })
    }

    /// How many tokens may stand between two passages, in either text, for them to be merged into one.
    #[must_use]
    pub fn gap(self, tokens: usize) -> Self {
        Self { gap: tokens, ..self }
    }

    /// The least length in words.
    #[must_use]
    pub fn words(&self) -> u32 {
        self.words
    }

    /// The least length in letters of scripts written without spaces.
    #[must_use]
    pub fn letters(&self) -> u32 {
        self.letters
    }

    /// The tokens that may stand between merged passages.
    #[must_use]
    pub fn gap_tokens(&self) -> usize {
        self.gap
    }

    /// The shortest runs that count.
    pub(super) fn window(&self) -> Window {
        Window::new(self.words, self.letters)
    }
}

impl Default for PassageRules {
    fn default() -> Self {
        Self { words: 8, letters: 16, gap: 2 }
    }
}
