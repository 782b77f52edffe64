//! The differences of spelling and typography that do not count.

#[cfg(feature = "serde")]
use serde::ser::SerializeStruct;

#[cfg(feature = "serde")]
use super::left_out::{add_if, has_all_fields};
use super::names::names;

/// The Unicode normalization form of a normalized text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum UnicodeForm {
    /// Characters stay as they come: a precomposed and a decomposed é differ.
    AsIs,
    /// NFC: canonically equivalent texts become the same text.
    #[default]
    Nfc,
    /// NFKC: also width variants, ligatures, superscripts and the like become plain characters.
    Nfkc,
}

names!(UnicodeForm, "form", "as-is, nfc or nfkc", AsIs => "as-is", Nfc => "nfc", Nfkc => "nfkc");

/// The treatment of decimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Digits {
    /// Digits stay as they are.
    #[default]
    Keep,
    /// The decimal digits of every script become `0` to `9`.
    Ascii,
    /// Every decimal digit becomes `0`, so that figures of equal length agree. Templated texts (prices, results,
    /// weather) become equal, which is right for logs and costs precision on news.
    Zero,
}

names!(Digits, "digits", "keep, ascii or zero", Keep => "keep", Ascii => "ascii", Zero => "zero");

/// The treatment of Arabic letters that writers use for one another.
///
/// These are the rules of two analyzers of Apache Lucene, which search engines for Arabic and Persian share.
///
/// ```
/// use twinprint::text::{ArabicLetters, Normalization};
///
/// let rules = Normalization::NONE.arabic_letters(ArabicLetters::Arabic);
/// assert_eq!(rules.apply("أَحْمَد كتـــاب"), rules.apply("احمد كتاب"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ArabicLetters {
    /// Letters stay as they are.
    #[default]
    Keep,
    /// As Lucene's `ArabicNormalizer` has it: alef with hamza or madda becomes bare alef, dotless yeh becomes yeh, teh marbuta becomes
    /// heh, and tatweel and the vowel signs (U+064B to U+0652) are dropped. So is a madda or hamza that composes with no letter.
    Arabic,
    /// These, and as Lucene's `PersianNormalizer` has it: Farsi yeh and yeh barree become yeh, keheh becomes kaf, heh goal and heh with
    /// yeh become heh.
    Persian,
}

names!(ArabicLetters, "arabic_letters", "keep, arabic or persian", Keep => "keep", Arabic => "arabic", Persian => "persian");

/// The differences of spelling and typography that do not count. Each part can be switched on and off.
///
/// The parts always act in the same order, whatever the order of the calls that switched them on: ignorable
/// characters, then (within each character and the marks that follow it) decomposition, case folding, marks,
/// composition, and then letters with strokes, Arabic letters, quotes, digits, punctuation and white space.
///
/// ```
/// use twinprint::text::{Normalization, UnicodeForm};
///
/// let plain = Normalization::NONE;
/// assert_eq!(plain.apply("Straße\u{a0} “A”"), "Straße\u{a0} “A”");
///
/// let loose = Normalization::NONE
///     .form(UnicodeForm::Nfkc)
///     .fold_case(true)
///     .fold_quotes(true)
///     .collapse_white_space(true);
/// assert_eq!(loose.apply("Straße\u{a0} “A”"), "strasse \"a\"");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Normalization {
    pub(crate) form: UnicodeForm,
    pub(crate) fold_case: bool,
    pub(crate) strip_marks: bool,
    pub(crate) drop_ignorable: bool,
    pub(crate) fold_quotes: bool,
    pub(crate) digits: Digits,
    pub(crate) drop_punctuation: bool,
    pub(crate) collapse_white_space: bool,
    // The rest is younger than schemes that were stored without it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) keep_emoji: bool,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) strip_strokes: bool,
    #[cfg_attr(feature = "serde", serde(default))]
    pub(crate) arabic_letters: ArabicLetters,
}

#[cfg(feature = "serde")]
impl serde::Serialize for Normalization {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = has_all_fields(&serializer);
        let (emoji, strokes) = (all || self.keep_emoji, all || self.strip_strokes);
        let letters = all || self.arabic_letters != ArabicLetters::default();
        let younger = [emoji, strokes, letters].into_iter().filter(|is_written| *is_written).count();
        let mut fields = serializer.serialize_struct("Normalization", 8 + younger)?;
        fields.serialize_field("form", &self.form)?;
        fields.serialize_field("fold_case", &self.fold_case)?;
        fields.serialize_field("strip_marks", &self.strip_marks)?;
        fields.serialize_field("drop_ignorable", &self.drop_ignorable)?;
        fields.serialize_field("fold_quotes", &self.fold_quotes)?;
        fields.serialize_field("digits", &self.digits)?;
        fields.serialize_field("drop_punctuation", &self.drop_punctuation)?;
        fields.serialize_field("collapse_white_space", &self.collapse_white_space)?;
        add_if(&mut fields, emoji, "keep_emoji", &self.keep_emoji)?;
        add_if(&mut fields, strokes, "strip_strokes", &self.strip_strokes)?;
        add_if(&mut fields, letters, "arabic_letters", &self.arabic_letters)?;
        fields.end()
    }
}

impl Default for Normalization {
    /// Returns [`Normalization::NONE`] with NFC, case folding, quotes folded, and ignorable characters dropped except within emoji.
    fn default() -> Self {
        Self::NONE.form(UnicodeForm::Nfc).fold_case(true).fold_quotes(true).drop_ignorable(true).keep_emoji(true)
    }
}

impl Normalization {
    /// Leaves the text as it is, byte for byte.
    pub const NONE: Self = Self {
        form: UnicodeForm::AsIs,
        fold_case: false,
        strip_marks: false,
        drop_ignorable: false,
        fold_quotes: false,
        digits: Digits::Keep,
        drop_punctuation: false,
        collapse_white_space: false,
        keep_emoji: false,
        strip_strokes: false,
        arabic_letters: ArabicLetters::Keep,
    };

    /// Configures the normalization form (Unicode Standard Annex #15). Defaults to [`UnicodeForm::Nfc`].
    #[must_use]
    pub const fn form(mut self, form: UnicodeForm) -> Self {
        self.form = form;
        self
    }

    /// Switches full case folding, the same for every language (the Unicode Standard, section 3.13): `Straße` and `STRASSE`
    /// agree, and so do the two small sigmas. Defaults to on.
    #[must_use]
    pub const fn fold_case(mut self, on: bool) -> Self {
        self.fold_case = on;
        self
    }

    /// Switches whether to drop accents, Hebrew points and Arabic vowel signs: marks of canonical combining class 1, 10 to 36 and 200
    /// to 240. What distinguishes letters stays: viramas, nuktas, kana voicing marks, Thai and Lao vowels and tones.
    /// Implies at least [`UnicodeForm::Nfc`]. Defaults to off.
    #[must_use]
    pub const fn strip_marks(mut self, on: bool) -> Self {
        self.strip_marks = on;
        self
    }

    /// Switches whether to drop characters that are not meant to be seen (soft hyphen, joiners outside emoji, byte order mark, variation selectors).
    /// Zero width space, which separates words in Thai and Khmer typesetting, becomes a space. Defaults to on.
    #[must_use]
    pub const fn drop_ignorable(mut self, on: bool) -> Self {
        self.drop_ignorable = on;
        self
    }

    /// Switches whether emoji are kept whole where [ignorable characters are dropped](Self::drop_ignorable): the joiners in families and
    /// professions, and the tags in flags of regions. Variation selectors are still dropped. Defaults to on.
    #[must_use]
    pub const fn keep_emoji(mut self, on: bool) -> Self {
        self.keep_emoji = on;
        self
    }

    /// Switches whether Latin letters with a stroke become letters without one, such as đ, ł, ø and ħ. They have no decomposition, so
    /// [`strip_marks`](Self::strip_marks) leaves them; Vietnamese without diacritics needs both. Defaults to off.
    #[must_use]
    pub const fn strip_strokes(mut self, on: bool) -> Self {
        self.strip_strokes = on;
        self
    }

    /// Configures which Arabic letters are one. Defaults to [`ArabicLetters::Keep`].
    #[must_use]
    pub const fn arabic_letters(mut self, letters: ArabicLetters) -> Self {
        self.arabic_letters = letters;
        self
    }

    /// Switches whether typographic quotes and apostrophes become `'` and `"`, and hyphens and dashes become `-`.
    /// Outlets differ in these when they print the same copy. Defaults to on.
    #[must_use]
    pub const fn fold_quotes(mut self, on: bool) -> Self {
        self.fold_quotes = on;
        self
    }

    /// Configures what becomes of decimal digits. Defaults to [`Digits::Keep`].
    #[must_use]
    pub const fn digits(mut self, digits: Digits) -> Self {
        self.digits = digits;
        self
    }

    /// Switches whether every punctuation character (general category P) becomes a space, so that the words around it
    /// stay apart; `don't` becomes two words. Defaults to off.
    #[must_use]
    pub const fn drop_punctuation(mut self, on: bool) -> Self {
        self.drop_punctuation = on;
        self
    }

    /// Switches whether a run of white space becomes one ASCII space, and none at the ends of the text. Defaults to off.
    #[must_use]
    pub const fn collapse_white_space(mut self, on: bool) -> Self {
        self.collapse_white_space = on;
        self
    }
}
