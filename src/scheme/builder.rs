//! Builds schemes.

use super::{
    Algorithm, FeatureScheme, Normalization, Scheme, SchemeKey, ShortText, SketchParams, TextFeatures, Tokenization,
    WordFilter,
};
use crate::error::Error;

/// Configures and builds a [`Scheme`]; see [`Scheme::builder`].
///
/// Each setting is part of the scheme: texts and signatures under different settings are never compared.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::scheme::{Normalization, WordFilter};
///
/// // Content words without accents, in no order: rewrites of one story share these.
/// let scheme = Scheme::builder()
///     .words(1)
///     .filter(WordFilter::Content)
///     .normalization(Normalization::default().strip_marks(true))
///     .num_hashes(512)
///     .build()?;
/// let shingler = scheme.shingler()?;
/// assert_eq!(shingler.set("The café burned down."), shingler.set("Burned: a cafe, down the"));
///
/// assert!(Scheme::builder().words(0).build().is_err());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct SchemeBuilder {
    pub(super) text: TextFeatures,
    custom: Option<String>,
    key: Option<SchemeKey>,
    pub(super) sketch: SketchParams,
}

impl Default for SchemeBuilder {
    fn default() -> Self {
        Self {
            text: TextFeatures {
                normalization: Normalization::default(),
                tokenization: Tokenization::WordsAndSigns,
                filter: WordFilter::All,
                tokens: 3,
                spaceless_tokens: 3,
                short_text: ShortText::Whole,
            },
            custom: None,
            key: None,
            sketch: SketchParams { algorithm: Algorithm::default(), num_hashes: 128, seed: 1, key: None },
        }
    }
}

impl SchemeBuilder {
    /// Configures shingles of `n` words and signs ([`Tokenization::WordsAndSigns`]), 1 to 255. In scripts written without spaces they have `n` characters,
    /// unless [`spaceless_tokens`](Self::spaceless_tokens) is called after this. Defaults to 3.
    ///
    /// Shorter shingles find more distant relatives and more chance matches. Three words suit edited news, five suit copies of web
    /// pages.
    #[doc(alias = "ngram")]
    #[doc(alias = "ngram_size")]
    #[doc(alias = "k-gram")]
    #[doc(alias = "shingle")]
    pub fn words(self, n: u32) -> Self {
        self.tokenization(Tokenization::WordsAndSigns).tokens(n)
    }

    /// Configures shingles of `n` characters (Unicode scalar values), 1 to 255, and collapses white space.
    ///
    /// They forgive misspellings and errors of character recognition, which change a few shingles each.
    #[doc(alias = "char_ngram")]
    #[doc(alias = "shingle")]
    pub fn characters(mut self, n: u32) -> Self {
        self.text.normalization = self.text.normalization.collapse_white_space(true);
        self.tokenization(Tokenization::Characters).tokens(n)
    }

    /// Configures how the text is cut into tokens. Defaults to [`Tokenization::WordsAndSigns`].
    pub fn tokenization(mut self, tokenization: Tokenization) -> Self {
        self.text.tokenization = tokenization;
        self
    }

    /// Configures which tokens count. Defaults to [`WordFilter::All`].
    pub fn filter(mut self, filter: WordFilter) -> Self {
        self.text.filter = filter;
        self
    }

    /// Configures the number of tokens in a shingle, 1 to 255, in every script. Defaults to 3.
    pub fn tokens(mut self, n: u32) -> Self {
        self.text.tokens = n;
        self.text.spaceless_tokens = n;
        self
    }

    /// Configures the number of tokens in a shingle of letters of scripts written without spaces, 1 to 255. Defaults to
    /// the number of [`tokens`](Self::tokens).
    ///
    /// A shingle is a fixed amount of text. With 3 words and 5 characters, a word counts one third and such a letter one
    /// fifth, and a shingle is the shortest run of tokens that reaches one. A run that crosses from one script to another
    /// needs no rule of its own: two words and two characters make one shingle.
    pub fn spaceless_tokens(mut self, n: u32) -> Self {
        self.text.spaceless_tokens = n;
        self
    }

    /// Configures how the text is normalized before it is cut. Defaults to [`Normalization::default`].
    pub fn normalization(mut self, normalization: Normalization) -> Self {
        self.text.normalization = normalization;
        self
    }

    /// Configures what becomes of texts with fewer tokens than a shingle. Defaults to [`ShortText::Whole`].
    pub fn short_text(mut self, policy: ShortText) -> Self {
        self.text.short_text = policy;
        self
    }

    /// Names features that the caller makes. The settings for text have no effect then.
    ///
    /// The name is part of the scheme: change it whenever the features change, so that old and new signatures are never
    /// compared.
    pub fn custom_features(mut self, name: impl Into<String>) -> Self {
        self.custom = Some(name.into());
        self
    }

    /// Configures how features become a signature. Defaults to [`Algorithm::Permutations`].
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.sketch.algorithm = algorithm;
        self
    }

    /// Configures the number of positions of a signature, 1 to 65,536. Defaults to 128.
    ///
    /// More positions make estimates finer, and cost time and memory in proportion.
    #[doc(alias = "num_perm")]
    pub fn num_hashes(mut self, num_hashes: u32) -> Self {
        self.sketch.num_hashes = num_hashes;
        self
    }

    /// Configures the master seed. Signatures of different seeds cannot be compared. Defaults to 1.
    pub fn seed(mut self, seed: u64) -> Self {
        self.sketch.seed = seed;
        self
    }

    /// Derives the seed from a secret key, and from the [`seed`](Self::seed). Defaults to none: the seed itself is used, which everybody
    /// may know.
    ///
    /// Texts that are made to share buckets, so that pairs in these are passed over, can only be made by somebody who knows the seed. The
    /// key is part of the scheme's identity, and is not printed; signatures under different keys cannot be compared. A work folder
    /// [keeps](crate::join::work_folder_key) the key of its joins.
    pub fn keyed(mut self, key: impl Into<SchemeKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Builds the scheme.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the parameter that is out of range.
    pub fn build(self) -> Result<Scheme, Error> {
        let features = match self.custom {
            Some(name) => FeatureScheme::Custom(name),
            None => FeatureScheme::Text(self.text),
        };
        let sketch = self.key.map_or(self.sketch, |key| self.sketch.keyed(key));
        Scheme { features, sketch }.checked()
    }
}
