//! How each contestant splits a text into shingles, for exact joins over its own sets.

use twinprint::text::Shingler;
use twinprint::{Scheme, ShingleSet};
use xxhash_rust::xxh3::xxh3_64;

use crate::measure::Outcome;

/// Words in a shingle.
pub(crate) const WORDS: usize = 5;

/// A way to split texts into word 5-grams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Splitting {
    /// twinprint: words of UAX #29, normalized. Txtfp differs in details.
    Scheme,
    /// Gaoya and the Python part: lower case, split at ASCII white space and punctuation.
    Punctuation,
    /// Sketchir: lower case, split at white space.
    LowerCase,
    /// Lshdedup-core: split at white space.
    WhiteSpace,
}

impl Splitting {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::Scheme, Self::Punctuation, Self::LowerCase, Self::WhiteSpace];

    /// Returns the name, for files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scheme => "scheme",
            Self::Punctuation => "punctuation",
            Self::LowerCase => "lower-case",
            Self::WhiteSpace => "white-space",
        }
    }

    /// Returns the shingle sets of texts.
    pub(crate) fn sets(self, texts: &[String]) -> Outcome<Vec<Vec<u64>>> {
        let shingler = scheme(128)?.shingler()?;
        Ok(texts.iter().map(|text| self.set(text, &shingler)).collect())
    }

    fn set(self, text: &str, shingler: &Shingler) -> Vec<u64> {
        match self {
            Self::Scheme => shingler.set(text).as_slice().to_vec(),
            Self::Punctuation => {
                let lower = text.to_lowercase();
                let words = lower.split(|c: char| c.is_ascii_punctuation() || c.is_ascii_whitespace());
                windows(words.filter(|word| !word.is_empty()))
            }
            Self::LowerCase => windows(text.to_lowercase().split_whitespace()),
            Self::WhiteSpace => windows(text.split_whitespace()),
        }
    }
}

/// Returns the scheme that twinprint uses in comparisons of texts.
pub(crate) fn scheme(num_hashes: u32) -> Outcome<Scheme> {
    Ok(Scheme::builder().words(WORDS as u32).num_hashes(num_hashes).build()?)
}

/// Returns the set of word 5-grams. A shorter text is one shingle.
fn windows<'a>(words: impl Iterator<Item = &'a str>) -> Vec<u64> {
    let words: Vec<&str> = words.collect();
    if words.is_empty() {
        return Vec::new();
    }
    let size = WORDS.min(words.len());
    let hashes: Vec<u64> = words.windows(size).map(|window| xxh3_64(window.join("\0").as_bytes())).collect();
    ShingleSet::from(hashes).as_slice().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splittings_differ_where_they_should() {
        let texts = ["The cat -- sat, on the mat.".to_string(), "the cat sat on the mat".to_string()];
        let equal = |splitting: Splitting| {
            let sets = splitting.sets(&texts).expect("valid");
            sets[0] == sets[1]
        };
        assert_eq!(Splitting::ALL.map(equal), [true, true, false, false]);
    }

    #[test]
    fn short_texts_have_one_shingle_and_empty_ones_none() {
        let texts = ["two words".to_string(), " ".to_string()];
        for splitting in Splitting::ALL {
            let sets = splitting.sets(&texts).expect("valid");
            assert_eq!((sets[0].len(), sets[1].len()), (1, 0), "{splitting:?}");
        }
    }
}
