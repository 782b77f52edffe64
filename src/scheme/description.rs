//! Reads a scheme back from its description.

use std::str::FromStr;

use super::{
    Algorithm, ArabicLetters, FeatureScheme, Normalization, Scheme, ShortText, SketchParams, TextFeatures,
    Tokenization, UNICODE_VERSION, WordFilter,
};
use crate::error::{Error, Mismatch};

impl Scheme {
    /// Reads a scheme from the [`description`](Self::description) of one.
    ///
    /// A scheme under a [secret key](crate::SchemeBuilder::keyed) cannot be read, because its description does not tell the key.
    ///
    /// ```
    /// use twinprint::Scheme;
    ///
    /// let scheme = Scheme::news();
    /// assert_eq!(Scheme::from_description(&scheme.description())?, scheme);
    /// assert!(Scheme::from_description("a shopping list").is_err());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the text is not a description that this version writes, or if it is of a keyed scheme.
    pub fn from_description(description: &str) -> Result<Self, Error> {
        let refused = |expected| {
            let value = description.lines().next().unwrap_or_default().chars().take(80).collect();
            Error::OutOfRange { field: "scheme description", value, expected }
        };
        let fields = Fields(description);
        if fields.get("sketch.seed").is_some_and(|seed| seed.starts_with("keyed")) {
            return Err(refused("of a scheme without a secret key; build the scheme with its key, and open with it"));
        }
        let unknown = "the description of a scheme that this version knows";
        let scheme = fields.scheme().ok_or_else(|| refused(unknown))?.checked()?;
        // Whatever is not understood would change the meaning, so the text must be the scheme's own to the last byte.
        if scheme.description() == description { Ok(scheme) } else { Err(refused(unknown)) }
    }

    /// Checks that a description is that of this scheme, whose key it need not tell.
    ///
    /// # Errors
    /// [`Mismatch`] names the first field that differs, with both values.
    pub fn check_description(&self, description: &str) -> Result<(), Mismatch> {
        if self.description() == description {
            return Ok(());
        }
        let theirs = Fields(description);
        let unchanged = Self::younger_fields(Normalization::NONE);
        let differing = self.fields().into_iter().filter_map(|(field, left)| {
            let default = unchanged.iter().find(|(name, _)| *name == field).map(|(_, value)| value.as_str());
            let right = theirs.get(field).or(default).unwrap_or("none").to_string();
            (right != left).then_some(Mismatch { field, left, right })
        });
        Err(most_telling(differing).unwrap_or_else(|| Mismatch {
            field: "features",
            left: "known fields".to_string(),
            right: "others".to_string(),
        }))
    }
}

/// Chooses what to say of several differences: the kind of tokens, which brings other fields with it, or else the first.
pub(super) fn most_telling(mut differing: impl Iterator<Item = Mismatch>) -> Option<Mismatch> {
    let first = differing.next()?;
    let is_kind = |difference: &Mismatch| difference.field == "features.tokenization";
    Some(if is_kind(&first) { first } else { differing.find(is_kind).unwrap_or(first) })
}

/// The lines of a description.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        // A custom name is the last field, and may hold line breaks.
        if name == "features.custom" {
            return self.0.split_once("\nfeatures.custom=").map(|(_, value)| value);
        }
        self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    }

    fn parse<T: FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.parse().ok()
    }

    /// Reads a value whose name is written as `Debug` writes it: `FastSimilarity` for `fast-similarity`.
    fn parse_name<T: FromStr>(&self, name: &str) -> Option<T> {
        let mut kebab = String::new();
        for (at, letter) in self.get(name)?.chars().enumerate() {
            if at > 0 && letter.is_uppercase() {
                kebab.push('-');
            }
            kebab.extend(letter.to_lowercase());
        }
        kebab.parse().ok()
    }

    fn scheme(&self) -> Option<Scheme> {
        let sketch = SketchParams {
            algorithm: self.parse_name::<Algorithm>("sketch.algorithm")?,
            num_hashes: self.parse("sketch.num_hashes")?,
            seed: self.parse("sketch.seed")?,
            key: None,
        };
        let features = match self.get("features.custom") {
            Some(name) => FeatureScheme::Custom(name.to_string()),
            None => FeatureScheme::Text(self.text()?),
        };
        Some(Scheme { features, sketch })
    }

    fn text(&self) -> Option<TextFeatures> {
        if self.get("features.unicode")? != UNICODE_VERSION {
            return None;
        }
        let younger = |name: &str| self.get(name).map_or(Some(false), |value| value.parse().ok());
        let letters = "features.normalization.arabic_letters";
        let normalization = Normalization::NONE
            .form(self.parse_name("features.normalization.form")?)
            .fold_case(self.parse("features.normalization.fold_case")?)
            .strip_marks(self.parse("features.normalization.strip_marks")?)
            .drop_ignorable(self.parse("features.normalization.drop_ignorable")?)
            .fold_quotes(self.parse("features.normalization.fold_quotes")?)
            .digits(self.parse_name("features.normalization.digits")?)
            .drop_punctuation(self.parse("features.normalization.drop_punctuation")?)
            .collapse_white_space(self.parse("features.normalization.collapse_white_space")?)
            .keep_emoji(younger("features.normalization.keep_emoji")?)
            .strip_strokes(younger("features.normalization.strip_strokes")?)
            .arabic_letters(self.get(letters).map_or(Some(ArabicLetters::Keep), |_| self.parse_name(letters))?);
        Some(TextFeatures {
            normalization,
            tokenization: self.parse_name::<Tokenization>("features.tokenization")?,
            filter: self.parse_name::<WordFilter>("features.filter")?,
            tokens: self.parse("features.tokens")?,
            spaceless_tokens: self.parse("features.spaceless_tokens")?,
            short_text: self.parse_name::<ShortText>("features.short_text")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Digits, UnicodeForm};

    fn schemes() -> Vec<Scheme> {
        let normalization = Normalization::default()
            .form(UnicodeForm::AsIs)
            .digits(Digits::Zero)
            .strip_strokes(true)
            .keep_emoji(true)
            .strip_marks(true)
            .arabic_letters(ArabicLetters::Persian);
        let builder = Scheme::builder().normalization(normalization);
        vec![
            Scheme::news(),
            Scheme::web(),
            Scheme::code(),
            builder.clone().short_text(ShortText::Skip).filter(WordFilter::Content).build().expect("valid"),
            builder.tokenization(Tokenization::WhiteSpace).algorithm(Algorithm::FastSimilarity).build().expect("valid"),
            Scheme::builder().custom_features("two\nlines\nfeatures.tokens=3").num_hashes(7).build().expect("valid"),
        ]
    }

    #[test]
    fn every_scheme_is_read_back() {
        for scheme in schemes() {
            let description = scheme.description();
            assert_eq!(Scheme::from_description(&description), Ok(scheme.clone()), "{description}");
            assert_eq!(scheme.check_description(&description), Ok(()));
            for changed in [
                format!("{description}\nx=1"),
                description.replacen('=', "=0", 1),
                description.replacen("revision", "r", 1),
            ] {
                let is_custom = matches!(scheme.features(), FeatureScheme::Custom(_));
                assert!(
                    Scheme::from_description(&changed).is_ok_and(|read| is_custom && read != scheme)
                        || Scheme::from_description(&changed).is_err()
                );
                assert!(scheme.check_description(&changed).is_err(), "{changed}");
            }
        }
    }

    #[test]
    fn a_difference_is_named() {
        for one in schemes() {
            for two in schemes().iter().filter(|two| **two != one) {
                assert!(one.check_description(&two.description()).is_err());
            }
        }
        let five = Scheme::builder().words(5).build().expect("valid").description();
        let mismatch =
            Scheme::builder().words(3).build().expect("valid").check_description(&five).expect_err("another");
        assert_eq!((mismatch.field, &*mismatch.left, &*mismatch.right), ("features.tokens", "3", "5"));
    }

    #[test]
    fn a_keyed_scheme_is_checked_and_not_read() {
        let scheme = Scheme::builder().keyed(7_u128).build().expect("valid");
        let description = scheme.description();
        assert!(Scheme::from_description(&description).is_err_and(|error| error.to_string().contains("secret key")));
        assert_eq!(scheme.check_description(&description), Ok(()));
        let other = Scheme::builder().keyed(8_u128).build().expect("valid");
        assert_eq!(other.check_description(&description).expect_err("another key").field, "sketch.seed");
    }
}
