//! The features of a document: shingle hashes that this crate makes, or numbers that the caller makes.

use super::names::names;
use super::{Normalization, Tokenization, WordFilter};

/// The policy for a text that has tokens, but too few for one shingle.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::scheme::ShortText;
///
/// let hashes = |policy| -> Result<usize, twinprint::Error> {
///     Ok(Scheme::builder().words(3).short_text(policy).build()?.shingler()?.hashes("two words").len())
/// };
/// assert_eq!(hashes(ShortText::Whole)?, 1);
/// assert_eq!(hashes(ShortText::Skip)?, 0);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ShortText {
    /// All its tokens make one shingle, so it equals only texts of the same tokens.
    #[default]
    Whole,
    /// It has no shingle, and so matches nothing.
    Skip,
}

names!(ShortText, "short_text", "whole or skip", Whole => "whole", Skip => "skip");

/// The rules by which a text becomes shingle hashes. A [`SchemeBuilder`](super::SchemeBuilder) makes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct TextFeatures {
    pub(crate) normalization: Normalization,
    pub(crate) tokenization: Tokenization,
    pub(crate) filter: WordFilter,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "super::checked::tokens"))]
    pub(crate) tokens: u32,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "super::checked::spaceless_tokens"))]
    pub(crate) spaceless_tokens: u32,
    pub(crate) short_text: ShortText,
}

impl TextFeatures {
    /// Returns the rules by which the text is normalized.
    #[must_use]
    pub fn normalization(&self) -> Normalization {
        self.normalization
    }

    /// Returns the rule by which the text is cut into tokens.
    #[must_use]
    pub fn tokenization(&self) -> Tokenization {
        self.tokenization
    }

    /// Returns the filter that chooses which tokens count.
    #[must_use]
    pub fn filter(&self) -> WordFilter {
        self.filter
    }

    /// Returns the number of tokens in a shingle, 1 to 255.
    #[must_use]
    pub fn tokens(&self) -> u32 {
        self.tokens
    }

    /// Returns the number of tokens in a shingle of letters of scripts written without spaces, 1 to 255.
    #[must_use]
    pub fn spaceless_tokens(&self) -> u32 {
        self.spaceless_tokens
    }

    /// Returns the policy for texts that are too short for one shingle.
    #[must_use]
    pub fn short_text(&self) -> ShortText {
        self.short_text
    }
}

/// The source of a document's `u64` features.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum FeatureScheme {
    /// This crate makes them from the document's text.
    Text(TextFeatures),
    /// The caller makes them, and changes this name whenever the features change.
    Custom(String),
}

impl FeatureScheme {
    /// Returns what a mismatch reports where one scheme reads text and the other does not.
    pub(super) fn kind(&self) -> String {
        match self {
            Self::Text(_) => "text".to_string(),
            Self::Custom(name) => format!("custom {name:?}"),
        }
    }
}
