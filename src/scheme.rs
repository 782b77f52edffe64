//! What fixes a signature's meaning.
//!
//! A [`Scheme`] has two parts. Its [features](FeatureScheme) say how a text becomes a set of `u64`, or name features
//! of the caller's own; its [sketch](SketchScheme) says how that set becomes a signature. Both are plain values: they
//! can be compared, stored, and named by an [id](Scheme::id). Signatures carry their scheme, and refuse to be compared
//! with those of another.

use crate::error::{Error, Mismatch, within};
use crate::minhash::MinHasher;
use crate::mix::token_hash;
use crate::text::{Normalization, Shingler, Tokenization, UNICODE_VERSION, WordFilter};

/// The revision of the rules by which this crate turns text into features and features into signatures. It is part
/// of every scheme's id.
pub const SCHEME_REVISION: u32 = 1;

/// The most positions a signature can have.
pub const MAX_NUM_HASHES: u32 = 65_536;

/// The most tokens a shingle can have.
pub const MAX_TOKENS: u32 = 255;

/// What becomes of a text that has tokens, but too few for one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ShortText {
    /// It gives one shingle of all its tokens: it equals only texts of the same tokens.
    #[default]
    Whole,
    /// It gives no shingle, and so matches nothing.
    Skip,
}

/// How a text becomes shingle hashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct TextFeatures {
    pub(crate) normalization: Normalization,
    pub(crate) tokenization: Tokenization,
    pub(crate) filter: WordFilter,
    pub(crate) tokens: u32,
    pub(crate) spaceless_tokens: u32,
    pub(crate) short_text: ShortText,
}

impl TextFeatures {
    /// How the text is normalized.
    #[must_use]
    pub fn normalization(&self) -> Normalization {
        self.normalization
    }

    /// How it is cut into tokens.
    #[must_use]
    pub fn tokenization(&self) -> Tokenization {
        self.tokenization
    }

    /// Which of the tokens count.
    #[must_use]
    pub fn filter(&self) -> WordFilter {
        self.filter
    }

    /// Tokens a shingle.
    #[must_use]
    pub fn tokens(&self) -> u32 {
        self.tokens
    }

    /// Tokens a shingle where they are letters of scripts written without spaces.
    #[must_use]
    pub fn spaceless_tokens(&self) -> u32 {
        self.spaceless_tokens
    }

    /// What becomes of texts too short for one window.
    #[must_use]
    pub fn short_text(&self) -> ShortText {
        self.short_text
    }
}

/// Where a document's `u64` features come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum FeatureScheme {
    /// From its text, by this crate.
    Text(TextFeatures),
    /// From the caller, under a name that the caller changes whenever the features change.
    Custom(String),
}

/// How a set of features becomes a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Algorithm {
    /// Classic MinHash with one hash function a position (Broder 1997), in 32-bit lanes. Time: positions times
    /// features. Variance of the estimate: `J (1 - J) / num_hashes`.
    #[default]
    Permutations,
    /// Fast Similarity Sketching (Dahlgaard, Knudsen, Thorup, FOCS 2017). Time: features plus `t log t` for `t`
    /// positions. No bias; the variance is never more than that of [`Permutations`](Self::Permutations), and for sets
    /// smaller than `num_hashes` about half of it.
    FastSimilarity,
}

/// The sketch part of a [`Scheme`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct SketchScheme {
    pub(crate) algorithm: Algorithm,
    pub(crate) num_hashes: u32,
    pub(crate) seed: u64,
}

impl SketchScheme {
    /// How the set becomes a signature.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Positions of the signature.
    #[must_use]
    pub fn num_hashes(&self) -> u32 {
        self.num_hashes
    }

    /// The master seed, from which every constant is derived, each for its own purpose.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

/// All that fixes what a signature means: [features](FeatureScheme) and [sketch](SketchScheme).
///
/// ```
/// use twinprint::Scheme;
///
/// let scheme = Scheme::builder().words(3).num_hashes(256).seed(42).build()?;
/// assert_eq!(scheme.sketch().num_hashes(), 256);
/// assert_ne!(scheme.id(), Scheme::news().id());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredScheme", into = "StoredScheme"))]
pub struct Scheme {
    features: FeatureScheme,
    sketch: SketchScheme,
}

impl Scheme {
    /// Starts from word 3-grams, the default [`Normalization`], k-permutation with 128 hashes, seed 1.
    #[must_use]
    pub fn builder() -> SchemeBuilder {
        SchemeBuilder::default()
    }

    /// For news and other edited prose: copies, syndicated versions and edits of one text.
    ///
    /// * Words in threes: edited versions of one article share most of them (Jaccard 0.4 to 0.8), unrelated stories
    ///   fewer than one in fifty. Longer shingles would lose edits, shorter ones would find topics.
    /// * Characters of scripts written without spaces in fives. On 1,374 revisions of book chapters in Chinese and
    ///   Japanese that tells versions from unrelated chapters as well as longer shingles do, and better than shorter
    ///   ones (the table is in BENCHMARKS.md of the repository).
    /// * Case, typographic quotes and dashes, and invisible characters do not count: outlets differ in them when they
    ///   print the same copy. Accents and digits do count: figures are what tells templated items apart.
    /// * 256 hashes: an estimate is within 0.03 of the truth two times in three, which spares most candidates the exact
    ///   comparison.
    ///
    /// Presets may still change until version 1.0 of this crate, and freeze then.
    #[must_use]
    pub fn news() -> Self {
        Self::preset(3, 5, 256)
    }

    /// For web pages and training corpora: copies and near-copies of whole documents.
    ///
    /// As [`news`](Self::news), but words in fives (characters in eights), which boilerplate phrases seldom match, and
    /// 128 hashes, which serve thresholds of 0.7 and above.
    ///
    /// Presets may still change until version 1.0 of this crate, and freeze then.
    #[must_use]
    pub fn web() -> Self {
        Self::preset(5, 8, 128)
    }

    fn preset(words: u32, letters: u32, num_hashes: u32) -> Self {
        let defaults = SchemeBuilder::default();
        let text = TextFeatures { tokens: words, spaceless_tokens: letters, ..defaults.text };
        Self { features: FeatureScheme::Text(text), sketch: SketchScheme { num_hashes, ..defaults.sketch } }
    }

    /// Where the features come from.
    #[must_use]
    pub fn features(&self) -> &FeatureScheme {
        &self.features
    }

    /// How features become a signature.
    #[must_use]
    pub fn sketch(&self) -> SketchScheme {
        self.sketch
    }

    /// Text to shingle hashes, by this scheme.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] where the features are the caller's own.
    pub fn shingler(&self) -> Result<Shingler, Error> {
        match &self.features {
            FeatureScheme::Text(features) => Ok(Shingler::new(features)),
            FeatureScheme::Custom(name) => Err(Error::NoTextFeatures { name: name.clone() }),
        }
    }

    /// Features to signatures, by this scheme.
    #[must_use]
    pub fn minhasher(&self) -> MinHasher {
        MinHasher::new(self)
    }

    /// A short name for this scheme, equal for equal schemes: sixteen hexadecimal digits, the xxh3 hash of
    /// [`description`](Self::description). Different schemes share one as random 64-bit numbers do: never in practice.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{:016x}", token_hash(self.description().as_bytes()))
    }

    /// Every field with its value, in a fixed order: what [`id`](Self::id) stands for.
    #[must_use]
    pub fn description(&self) -> String {
        let fields = self.fields();
        let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        lines.join("\n")
    }

    /// `Ok` if signatures of the two schemes can be compared.
    ///
    /// # Errors
    /// The first field that differs, with both values.
    pub fn check_same(&self, other: &Self) -> Result<(), Mismatch> {
        if self == other {
            return Ok(());
        }
        let (left, right) = (self.fields(), other.fields());
        let differing = left.iter().zip(&right).find(|(a, b)| a != b);
        let (field, left, right) = match differing {
            Some((a, b)) if a.0 == b.0 => (a.0, a.1.clone(), b.1.clone()),
            // The features are of different kinds, so their fields do not correspond.
            _ => ("features", self.features.kind(), other.features.kind()),
        };
        Err(Mismatch { field, left, right })
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("revision", SCHEME_REVISION.to_string()),
            ("sketch.algorithm", format!("{:?}", self.sketch.algorithm)),
            ("sketch.num_hashes", self.sketch.num_hashes.to_string()),
            ("sketch.seed", self.sketch.seed.to_string()),
        ];
        match &self.features {
            FeatureScheme::Custom(name) => fields.push(("features.custom", name.clone())),
            FeatureScheme::Text(text) => fields.extend([
                ("features.unicode", UNICODE_VERSION.to_string()),
                ("features.normalization.form", format!("{:?}", text.normalization.form)),
                ("features.normalization.fold_case", text.normalization.fold_case.to_string()),
                ("features.normalization.strip_marks", text.normalization.strip_marks.to_string()),
                ("features.normalization.drop_ignorable", text.normalization.drop_ignorable.to_string()),
                ("features.normalization.fold_quotes", text.normalization.fold_quotes.to_string()),
                ("features.normalization.digits", format!("{:?}", text.normalization.digits)),
                ("features.normalization.drop_punctuation", text.normalization.drop_punctuation.to_string()),
                ("features.normalization.collapse_white_space", text.normalization.collapse_white_space.to_string()),
                ("features.tokenization", format!("{:?}", text.tokenization)),
                ("features.filter", format!("{:?}", text.filter)),
                ("features.tokens", text.tokens.to_string()),
                ("features.spaceless_tokens", text.spaceless_tokens.to_string()),
                ("features.short_text", format!("{:?}", text.short_text)),
            ]),
        }
        fields
    }
}

impl FeatureScheme {
    fn kind(&self) -> String {
        match self {
            Self::Text(_) => "text".to_string(),
            Self::Custom(name) => format!("custom {name:?}"),
        }
    }
}

/// Builds a [`Scheme`]; see [`Scheme::builder`].
#[derive(Clone, Debug)]
pub struct SchemeBuilder {
    text: TextFeatures,
    custom: Option<String>,
    sketch: SketchScheme,
}

impl Default for SchemeBuilder {
    fn default() -> Self {
        Self {
            text: TextFeatures {
                normalization: Normalization::default(),
                tokenization: Tokenization::Words,
                filter: WordFilter::All,
                tokens: 3,
                spaceless_tokens: 3,
                short_text: ShortText::Whole,
            },
            custom: None,
            sketch: SketchScheme { algorithm: Algorithm::default(), num_hashes: 128, seed: 1 },
        }
    }
}

impl SchemeBuilder {
    /// Shingles of `n` words (UAX #29), 1 to 255; `n` characters in scripts written without spaces, unless
    /// [`spaceless_tokens`](Self::spaceless_tokens) is called after this.
    #[must_use]
    pub fn words(self, n: u32) -> Self {
        self.tokenization(Tokenization::Words).tokens(n)
    }

    /// Shingles of `n` characters, 1 to 255, white space collapsed.
    #[must_use]
    pub fn characters(mut self, n: u32) -> Self {
        self.text.normalization = self.text.normalization.collapse_white_space(true);
        self.tokenization(Tokenization::Characters).tokens(n)
    }

    /// How the text is cut into tokens.
    #[must_use]
    pub fn tokenization(mut self, tokenization: Tokenization) -> Self {
        self.text.tokenization = tokenization;
        self
    }

    /// Which tokens count.
    #[must_use]
    pub fn filter(mut self, filter: WordFilter) -> Self {
        self.text.filter = filter;
        self
    }

    /// Tokens a shingle, 1 to 255, in every script.
    #[must_use]
    pub fn tokens(mut self, n: u32) -> Self {
        self.text.tokens = n;
        self.text.spaceless_tokens = n;
        self
    }

    /// Tokens a shingle where they are letters of scripts written without spaces, 1 to 255.
    ///
    /// A shingle is a fixed amount of text: with 3 words and 5 characters, a word counts one third and such a letter
    /// one fifth, and a window is the shortest run of tokens that reaches one. So a window that crosses from one
    /// script to another needs no rule of its own: two words and two characters make one.
    #[must_use]
    pub fn spaceless_tokens(mut self, n: u32) -> Self {
        self.text.spaceless_tokens = n;
        self
    }

    /// How the text is normalized before it is cut.
    #[must_use]
    pub fn normalization(mut self, normalization: Normalization) -> Self {
        self.text.normalization = normalization;
        self
    }

    /// What becomes of texts with fewer tokens than a window.
    #[must_use]
    pub fn short_text(mut self, policy: ShortText) -> Self {
        self.text.short_text = policy;
        self
    }

    /// The features are the caller's own `u64`, under this name; nothing that was said of text counts then.
    #[must_use]
    pub fn custom_features(mut self, name: impl Into<String>) -> Self {
        self.custom = Some(name.into());
        self
    }

    /// How features become a signature.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.sketch.algorithm = algorithm;
        self
    }

    /// Positions of the signature, 1 to 65,536. More positions make estimates finer, and cost time and memory in
    /// proportion.
    #[must_use]
    pub fn num_hashes(mut self, num_hashes: u32) -> Self {
        self.sketch.num_hashes = num_hashes;
        self
    }

    /// The master seed. Signatures of different seeds do not compare.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.sketch.seed = seed;
        self
    }

    /// The scheme.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the parameter that is.
    pub fn build(self) -> Result<Scheme, Error> {
        let features = match self.custom {
            Some(name) => FeatureScheme::Custom(name),
            None => FeatureScheme::Text(self.text),
        };
        Scheme { features, sketch: self.sketch }.checked()
    }
}

impl Scheme {
    fn checked(self) -> Result<Self, Error> {
        if let FeatureScheme::Text(text) = &self.features {
            within("tokens", text.tokens, 1..=MAX_TOKENS, "from 1 to 255")?;
            within("spaceless_tokens", text.spaceless_tokens, 1..=MAX_TOKENS, "from 1 to 255")?;
        }
        if let FeatureScheme::Custom(name) = &self.features
            && name.is_empty()
        {
            return Err(Error::OutOfRange {
                field: "custom_features",
                value: "an empty name".to_string(),
                expected: "a name that says what the features are",
            });
        }
        within("num_hashes", self.sketch.num_hashes, 1..=MAX_NUM_HASHES, "from 1 to 65536")?;
        Ok(self)
    }
}

/// What a scheme looks like when stored: with the versions its meaning depends on, which are checked on reading.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredScheme {
    revision: u32,
    /// Text features depend on it; the caller's own do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unicode: Option<String>,
    features: FeatureScheme,
    sketch: SketchScheme,
}

#[cfg(feature = "serde")]
impl From<Scheme> for StoredScheme {
    fn from(scheme: Scheme) -> Self {
        Self {
            revision: SCHEME_REVISION,
            unicode: matches!(scheme.features, FeatureScheme::Text(_)).then(|| UNICODE_VERSION.to_string()),
            features: scheme.features,
            sketch: scheme.sketch,
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<StoredScheme> for Scheme {
    type Error = Error;

    fn try_from(stored: StoredScheme) -> Result<Self, Error> {
        let differs = |field, left: String, right: String| Error::from(Mismatch { field, left, right });
        if stored.revision != SCHEME_REVISION {
            return Err(differs("revision", SCHEME_REVISION.to_string(), stored.revision.to_string()));
        }
        let unicode = stored.unicode.unwrap_or_default();
        if matches!(stored.features, FeatureScheme::Text(_)) && unicode != UNICODE_VERSION {
            return Err(differs("features.unicode", UNICODE_VERSION.to_string(), unicode));
        }
        Self { features: stored.features, sketch: stored.sketch }.checked()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mismatch_names_the_field_and_both_values() {
        let one = Scheme::builder().seed(1).build().expect("valid");
        let two = Scheme::builder().seed(2).build().expect("valid");
        let mismatch = one.check_same(&two).expect_err("seeds differ");
        assert_eq!((mismatch.field, &*mismatch.left, &*mismatch.right), ("sketch.seed", "1", "2"));

        let custom = Scheme::builder().custom_features("pixels").build().expect("valid");
        let mismatch = one.check_same(&custom).expect_err("features differ");
        assert_eq!((mismatch.field, &*mismatch.left, &*mismatch.right), ("features", "text", "custom \"pixels\""));
    }

    #[test]
    fn bad_parameters_are_named() {
        let field = |builder: SchemeBuilder| match builder.build() {
            Err(Error::OutOfRange { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(Scheme::builder().num_hashes(0)), "num_hashes");
        assert_eq!(field(Scheme::builder().words(0)), "tokens");
        assert_eq!(field(Scheme::builder().spaceless_tokens(256)), "spaceless_tokens");
        assert_eq!(field(Scheme::builder().custom_features("")), "custom_features");
    }

    #[test]
    fn ids_differ_where_schemes_do() {
        let base = Scheme::builder().build().expect("valid");
        assert_eq!(base.id(), base.clone().id());
        let others = [
            Scheme::builder().words(4),
            Scheme::builder().spaceless_tokens(4),
            Scheme::builder().algorithm(Algorithm::FastSimilarity),
            Scheme::builder().filter(WordFilter::Content),
            Scheme::builder().normalization(Normalization::NONE),
        ];
        for other in others {
            assert_ne!(other.build().expect("valid").id(), base.id());
        }
    }
}
