//! What fixes the meaning of a signature.
//!
//! A [`Scheme`] has two parts. Its [features](FeatureScheme) define how a text becomes a set of `u64`, or name features
//! that the caller makes. Its [sketch](SketchParams) defines how that set becomes a signature. Both are plain values: they
//! can be compared, stored, and named by an [id](Scheme::id). A signature carries its scheme, and refuses to be compared
//! with one of another scheme.

mod builder;
#[cfg(feature = "serde")]
mod checked;
mod description;
mod features;
mod id;
mod key;
#[cfg(feature = "serde")]
mod left_out;
mod names;
mod normalization;
mod sketch;
#[cfg(feature = "serde")]
mod stored;
mod tokenization;

pub use builder::SchemeBuilder;
pub use features::{FeatureScheme, ShortText, TextFeatures};
pub use id::SchemeId;
pub use key::SchemeKey;
pub use normalization::{ArabicLetters, Digits, Normalization, UnicodeForm};
pub use sketch::{Algorithm, SketchParams};
pub use tokenization::{Tokenization, WordFilter};

use self::description::most_telling;
use crate::error::{Error, Mismatch, within};
use crate::mix::token_hash;

/// The revision of the rules by which this crate turns text into features and features into signatures. It is part
/// of every scheme's id.
pub const SCHEME_REVISION: u32 = 1;

/// The version of Unicode whose tables segmentation, case folding and normalization follow. It is part of the id of
/// every scheme that reads text.
///
/// The tables are part of this crate, so neither a new compiler nor another version of a dependency changes what a
/// scheme means. A character that this version does not know passes through unchanged.
pub const UNICODE_VERSION: &str = "17.0.0";

/// The largest number of positions that a signature can have.
pub const MAX_NUM_HASHES: u32 = 65_536;

/// Returns a number of positions that a signature can have, or an error that names it.
pub(crate) fn checked_num_hashes(num_hashes: u32) -> Result<u32, Error> {
    within("num_hashes", num_hashes, 1..=MAX_NUM_HASHES, "from 1 to 65536")
}

/// The largest number of tokens that a shingle can have.
pub const MAX_TOKENS: u32 = 255;

/// Everything that fixes the meaning of a signature: [features](FeatureScheme) and [sketch](SketchParams).
///
/// Start from a preset ([`news`](Self::news), [`web`](Self::web), [`code`](Self::code)) or configure one with a [builder](Self::builder).
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
#[cfg_attr(feature = "serde", serde(try_from = "stored::StoredScheme", into = "stored::StoredScheme"))]
pub struct Scheme {
    features: FeatureScheme,
    sketch: SketchParams,
}

impl Scheme {
    /// Returns a builder that starts from word 3-grams, the default [`Normalization`], MinHash with 128 permutations, and
    /// seed 1.
    pub fn builder() -> SchemeBuilder {
        SchemeBuilder::default()
    }

    /// Returns the preset for news and other edited prose: copies, syndicated versions and edits of one text.
    ///
    /// * Words in threes: edited versions of one article share most of them (Jaccard 0.4 to 0.8), unrelated stories
    ///   fewer than one in fifty. Longer shingles would lose edits, shorter ones would find topics.
    /// * Characters of scripts written without spaces in fives. On 1,374 revisions of book chapters in Chinese and
    ///   Japanese, these tell versions from unrelated chapters as well as longer shingles do, and better than shorter
    ///   ones (the table is in BENCHMARKS.md of the repository).
    /// * Case, typographic quotes and dashes, and invisible characters do not count: outlets differ in them when they
    ///   print the same copy. Accents and digits do count: figures tell templated items apart.
    /// * 256 hashes. An estimate is within 0.03 of the true similarity two times in three, so most candidates need no
    ///   exact comparison.
    ///
    /// Presets may still change until version 1.0 of this crate, and freeze then.
    #[must_use]
    pub fn news() -> Self {
        Self::preset(3, 5, 256)
    }

    /// Returns the preset for web pages and training corpora: copies and near-copies of whole documents.
    ///
    /// It differs from [`news`](Self::news) in its shingles of five words (eight characters), which boilerplate phrases
    /// seldom match, and in its 128 hashes, which suit thresholds of 0.7 and above.
    ///
    /// Presets may still change until version 1.0 of this crate, and freeze then.
    #[must_use]
    pub fn web() -> Self {
        Self::preset(5, 8, 128)
    }

    /// Returns the preset for source code, mathematics and tables: copies and edits of files.
    ///
    /// * Identifiers and numbers are whole, and every other sign is a token ([`Tokenization::Code`]), so `a + b` and `a - b` differ, and so
    ///   do a renamed variable and an operator. Case counts.
    /// * White space does not count, so a file that was indented or wrapped in another way is the same one. In languages where indentation
    ///   is syntax, files that differ in nothing else are copies here.
    /// * Comments and licence headers are text like any other. Leave out what files share without being similar with
    ///   [boilerplate](crate::boilerplate).
    /// * Shingles of ten tokens, which are about a line of code. Shorter ones find idioms of a language. DESIGN.md of the repository has the
    ///   similarities of versions of a file.
    /// * 128 hashes, which suit thresholds of 0.7 and above.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let shingler = Scheme::code().shingler()?;
    /// let written = "if (a > b) {\n    total += a * b;\n}";
    /// assert_eq!(shingler.set(written), shingler.set("if (a>b) { total += a*b; }"));
    /// assert_ne!(shingler.set(written), shingler.set("if (a < b) { total += a * b; }"));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// Presets may still change until version 1.0 of this crate, and freeze then.
    #[must_use]
    pub fn code() -> Self {
        let Self { features, sketch } = Self::preset(10, 10, 128);
        let features = match features {
            FeatureScheme::Text(text) => FeatureScheme::Text(TextFeatures {
                tokenization: Tokenization::Code,
                normalization: Normalization::NONE
                    .form(UnicodeForm::Nfc)
                    .drop_ignorable(true)
                    .keep_emoji(true)
                    .collapse_white_space(true),
                ..text
            }),
            custom @ FeatureScheme::Custom(_) => custom,
        };
        Self { features, sketch }
    }

    fn preset(words: u32, letters: u32, num_hashes: u32) -> Self {
        let defaults = SchemeBuilder::default();
        let text = TextFeatures { tokens: words, spaceless_tokens: letters, ..defaults.text };
        Self { features: FeatureScheme::Text(text), sketch: SketchParams { num_hashes, ..defaults.sketch } }
    }

    /// Returns where the features come from.
    #[must_use]
    pub fn features(&self) -> &FeatureScheme {
        &self.features
    }

    /// Returns how features become a signature.
    #[must_use]
    pub fn sketch(&self) -> SketchParams {
        self.sketch
    }

    /// Returns the same scheme under a secret key; see [`SchemeBuilder::keyed`]. A scheme that has a key already gets another one.
    #[must_use]
    pub fn keyed(mut self, key: impl Into<SchemeKey>) -> Self {
        self.sketch = self.sketch.keyed(key.into());
        self
    }

    /// Returns a short name for this scheme: the XXH3 hash of its [`description`](Self::description). Equal schemes have
    /// equal ids. Different schemes share one as rarely as random 64-bit numbers do.
    #[must_use]
    pub fn id(&self) -> SchemeId {
        SchemeId::from(token_hash(self.description().as_bytes()))
    }

    /// Returns the fields with their values, one a line in a fixed order. The [`id`](Self::id) is the hash of this text.
    #[must_use]
    pub fn description(&self) -> String {
        // Younger fields are left out where they change nothing, so that the ids of schemes that had none stay as they are.
        let unchanged = Self::younger_fields(Normalization::NONE);
        let fields = self.fields().into_iter().filter(|field| !unchanged.contains(field));
        let lines: Vec<String> = fields.map(|(name, value)| format!("{name}={value}")).collect();
        lines.join("\n")
    }

    /// Checks that signatures of the two schemes can be compared.
    ///
    /// # Errors
    /// [`Mismatch`] names the first field that differs, with both values.
    pub fn check_same(&self, other: &Self) -> Result<(), Mismatch> {
        if self == other {
            return Ok(());
        }
        let (left, right) = (self.fields(), other.fields());
        let kinds = || Mismatch { field: "features", left: self.features.kind(), right: other.features.kind() };
        let differing = left.into_iter().zip(right).filter(|(a, b)| a != b).map(|((field, left), (other, right))| {
            // The fields of features of different kinds do not correspond.
            if field == other { Mismatch { field, left, right } } else { kinds() }
        });
        Err(most_telling(differing).unwrap_or_else(kinds))
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("revision", SCHEME_REVISION.to_string()),
            ("sketch.algorithm", format!("{:?}", self.sketch.algorithm)),
            ("sketch.num_hashes", self.sketch.num_hashes.to_string()),
            ("sketch.seed", self.sketch.shown_seed()),
        ];
        match &self.features {
            FeatureScheme::Custom(name) => fields.push(("features.custom", name.clone())),
            FeatureScheme::Text(text) => {
                fields.extend([
                    ("features.unicode", UNICODE_VERSION.to_string()),
                    ("features.normalization.form", format!("{:?}", text.normalization.form)),
                    ("features.normalization.fold_case", text.normalization.fold_case.to_string()),
                    ("features.normalization.strip_marks", text.normalization.strip_marks.to_string()),
                    ("features.normalization.drop_ignorable", text.normalization.drop_ignorable.to_string()),
                    ("features.normalization.fold_quotes", text.normalization.fold_quotes.to_string()),
                    ("features.normalization.digits", format!("{:?}", text.normalization.digits)),
                    ("features.normalization.drop_punctuation", text.normalization.drop_punctuation.to_string()),
                    (
                        "features.normalization.collapse_white_space",
                        text.normalization.collapse_white_space.to_string(),
                    ),
                ]);
                fields.extend(Self::younger_fields(text.normalization));
                fields.extend([
                    ("features.tokenization", format!("{:?}", text.tokenization)),
                    ("features.filter", format!("{:?}", text.filter)),
                    ("features.tokens", text.tokens.to_string()),
                    ("features.spaceless_tokens", text.spaceless_tokens.to_string()),
                    ("features.short_text", format!("{:?}", text.short_text)),
                ]);
            }
        }
        fields
    }

    /// The fields of a normalization that were added to it later.
    fn younger_fields(normalization: Normalization) -> [(&'static str, String); 3] {
        [
            ("features.normalization.keep_emoji", normalization.keep_emoji.to_string()),
            ("features.normalization.strip_strokes", normalization.strip_strokes.to_string()),
            ("features.normalization.arabic_letters", format!("{:?}", normalization.arabic_letters)),
        ]
    }
}

impl Scheme {
    /// Returns the scheme if all its parameters are in range.
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
        checked_num_hashes(self.sketch.num_hashes)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
