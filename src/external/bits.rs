//! Sets of small whole numbers, a bit each.

/// One bit a number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub(crate) fn set(&mut self, at: u32) {
        let word = at as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (at % 64);
    }

    /// Returns the bits, 64 in a word, up to the last word with any.
    #[cfg(feature = "disk")]
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Takes the bits that [`words`](Self::words) gave.
    #[cfg(feature = "disk")]
    pub(crate) fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    pub(crate) fn get(&self, at: u32) -> bool {
        self.words.get(at as usize / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}
