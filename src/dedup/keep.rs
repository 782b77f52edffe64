//! Orders documents by preference, from what else is known of them. Clusters keep the most preferred one.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// Orders documents by facts that the caller knows of them, so that a cluster keeps the most preferred one.
///
/// It is a plain value with a text form, for commands and settings files:
///
/// | text | keeps |
/// |---|---|
/// | `first` | the first one |
/// | `longest` | the longest |
/// | `score:FIELD` | the one with the highest score; a score that is not a number comes after all others, and no score last |
/// | `earliest:FIELD` | the one with the earliest date; no date comes last |
/// | `source:A,B,C` | the one from the source that is named first; other sources and no source come last |
///
/// Of equally good documents the first is kept. [`key`](Self::key) orders documents for
/// [`clusters_by_key`](crate::result::VerifiedPairs::clusters_by_key). To apply several preferences in order, make a tuple of
/// their keys.
///
/// ```
/// use twinprint::dedup::{Facts, Preference};
/// use twinprint::{Clustering, Document, Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.5).build()?;
/// let texts = [(0_usize, "red green blue"), (1, "red green blue grey"), (2, "red green blue black")];
/// join.push_all(texts.map(|(id, text)| Document::text(id, text)))?;
/// let scores = [Some(0.1), Some(0.9), None];
///
/// let keep: Preference = "score:quality".parse()?;
/// assert_eq!(keep, Preference::HighestScore { field: "quality".into() });
/// let key = |id: &usize| keep.key(&Facts { score: scores[*id], ..Facts::default() });
/// let clusters = join.finish()?.clusters_by_key(Clustering::Leader, key);
/// assert_eq!(*clusters[0].representative(), 1);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preference {
    /// Keeps the first document.
    #[default]
    First,
    /// Keeps the longest document, by [`Facts::length`].
    Longest,
    /// Keeps the document with the highest [`Facts::score`].
    HighestScore {
        /// The field from which the caller takes the score.
        field: String,
    },
    /// Keeps the document with the earliest [`Facts::date`].
    Earliest {
        /// The field from which the caller takes the date.
        field: String,
    },
    /// Keeps the document whose [`Facts::source`] comes first in this list.
    Sources(Vec<String>),
}

/// What is known of a document. Facts that the [`Preference`] does not use may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Facts<'a> {
    /// The length, in any unit that is the same for all documents.
    pub length: Option<u64>,
    /// A score. Higher is better.
    pub score: Option<f64>,
    /// The date, in any unit since any day, such as milliseconds since 1970.
    pub date: Option<i64>,
    /// The source.
    pub source: Option<&'a str>,
}

/// The place of a document in the order of a [`Preference`]. The document with the smallest key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PreferenceKey {
    /// What is not known comes after what is.
    standing: Standing,
    place: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Standing {
    Known,
    NotANumber,
    Missing,
}

impl Preference {
    /// Returns the key of a document. Only keys of the same preference can be compared.
    #[must_use]
    pub fn key(&self, facts: &Facts<'_>) -> PreferenceKey {
        let place = match self {
            Self::First => Some(0),
            Self::Longest => facts.length.map(|length| u64::MAX - length),
            Self::HighestScore { .. } => return score_key(facts.score),
            Self::Earliest { .. } => facts.date.map(|date| date.cast_unsigned() ^ SIGN),
            Self::Sources(order) => facts.source.and_then(|source| place_of(order, source)),
        };
        let standing = if place.is_some() { Standing::Known } else { Standing::Missing };
        PreferenceKey { standing, place: place.unwrap_or(0) }
    }

    /// Returns the name of the field that the caller has to look up, if there is one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::HighestScore { field } | Self::Earliest { field } => Some(field),
            Self::First | Self::Longest | Self::Sources(_) => None,
        }
    }
}

const SIGN: u64 = 1 << 63;

/// Higher scores first. Both zeros are one.
fn score_key(score: Option<f64>) -> PreferenceKey {
    match score {
        None => PreferenceKey { standing: Standing::Missing, place: 0 },
        Some(score) if score.is_nan() => PreferenceKey { standing: Standing::NotANumber, place: 0 },
        Some(score) => {
            let bits = (score + 0.0).to_bits();
            // Bits of positive numbers rise with them, those of negative ones fall.
            let rising = if bits & SIGN == 0 { bits | SIGN } else { !bits };
            PreferenceKey { standing: Standing::Known, place: !rising }
        }
    }
}

fn place_of(order: &[String], source: &str) -> Option<u64> {
    order.iter().position(|named| named == source).map(|place| place as u64)
}

impl FromStr for Preference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let field = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        let parsed = match text.split_once(':') {
            None if text == "first" => Some(Self::First),
            None if text == "longest" => Some(Self::Longest),
            Some(("score", name)) => field(name).map(|field| Self::HighestScore { field }),
            Some(("earliest", name)) => field(name).map(|field| Self::Earliest { field }),
            Some(("source", names)) => {
                names.split(',').map(|name| field(name.trim())).collect::<Option<_>>().map(Self::Sources)
            }
            _ => None,
        };
        let expected = "first, longest, score:FIELD, earliest:FIELD or source:A,B,C";
        parsed.ok_or_else(|| Error::OutOfRange { field: "keep", value: format!("{text:?}"), expected })
    }
}

impl fmt::Display for Preference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("first"),
            Self::Longest => f.write_str("longest"),
            Self::HighestScore { field } => write!(f, "score:{field}"),
            Self::Earliest { field } => write!(f, "earliest:{field}"),
            Self::Sources(order) => write!(f, "source:{}", order.join(",")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Clustering, Document, Scheme, SimilarityJoin};

    fn by_score() -> Preference {
        Preference::HighestScore { field: "score".into() }
    }

    fn score(score: Option<f64>) -> PreferenceKey {
        by_score().key(&Facts { score, ..Facts::default() })
    }

    proptest! {
        #[test]
        fn scores_fall(a: f64, b: f64) {
            let expected = match (a.is_nan(), b.is_nan()) {
                (false, false) => b.partial_cmp(&a).expect("numbers"),
                (a, b) => a.cmp(&b),
            };
            prop_assert_eq!(score(Some(a)).cmp(&score(Some(b))), expected);
            prop_assert!(score(Some(a)) < score(None));
        }

        #[test]
        fn dates_rise_and_lengths_fall(a: i64, b: i64, long: u64, longer: u64) {
            let by_date = Preference::Earliest { field: "date".into() };
            let date = |date| by_date.key(&Facts { date, ..Facts::default() });
            prop_assert_eq!(date(Some(a)).cmp(&date(Some(b))), a.cmp(&b));
            prop_assert!(date(Some(a)) < date(None));
            let length = |length| Preference::Longest.key(&Facts { length, ..Facts::default() });
            prop_assert_eq!(length(Some(long)).cmp(&length(Some(longer))), longer.cmp(&long));
            prop_assert!(length(Some(long)) < length(None));
        }

        #[test]
        fn text_forms_come_back(field in "[^,: ][^,]{0,8}", sources in prop::collection::vec("[a-z.é]{1,6}", 1..4)) {
            let preferences = [
                Preference::First,
                Preference::Longest,
                Preference::HighestScore { field: field.clone() },
                Preference::Earliest { field },
                Preference::Sources(sources),
            ];
            for preference in preferences {
                prop_assert_eq!(preference.to_string().parse(), Ok(preference));
            }
        }
    }

    #[test]
    fn scores_at_the_edges() {
        let falling =
            [f64::INFINITY, f64::MAX, 1.0, f64::MIN_POSITIVE, 0.0, -1.0, f64::MIN, f64::NEG_INFINITY, f64::NAN];
        assert!(falling.is_sorted_by(|&a, &b| score(Some(a)) < score(Some(b))));
        assert_eq!(score(Some(0.0)), score(Some(-0.0)));
        assert_eq!(score(Some(f64::NAN)), score(Some(-f64::NAN)));
    }

    #[test]
    fn sources_in_their_order() {
        let preference = Preference::Sources(vec!["wire".into(), "post".into()]);
        let key = |source| preference.key(&Facts { source, ..Facts::default() });
        assert!(key(Some("wire")) < key(Some("post")));
        assert!(key(Some("post")) < key(Some("blog")));
        assert_eq!(key(Some("blog")), key(None));
    }

    #[test]
    fn the_preferred_one_is_kept() {
        let scheme = Scheme::builder().words(1).build().expect("valid");
        let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build().expect("valid");
        join.push_all(
            ((0..4_usize).zip(["a b c d", "a b c e", "a b c f", "a b c d"])).map(|(id, text)| Document::text(id, text)),
        )
        .expect("few");
        let found = join.finish().expect("few");
        let facts = [
            Facts { length: Some(7), score: Some(f64::NAN), date: None, source: Some("blog") },
            Facts { length: Some(9), score: Some(-1.0), date: Some(3), source: Some("post") },
            Facts { length: Some(9), score: None, date: Some(-5), source: None },
            Facts { length: None, score: Some(2.0), date: Some(0), source: Some("wire") },
        ];
        let expected =
            [("first", 0), ("longest", 1), ("score:s", 3), ("earliest:d", 2), ("source:post,wire", 1), ("source:x", 0)];
        for (text, kept) in expected {
            let preference: Preference = text.parse().expect("valid");
            for clustering in [Clustering::Leader, Clustering::Components] {
                let clusters = found.clusters_by_key(clustering, |&id| preference.key(&facts[id]));
                assert_eq!(clusters.iter().map(|c| *c.representative()).collect::<Vec<_>>(), [kept], "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_preference_says_what_would_be() {
        for text in ["", "last", "score", "score:", "source:", "source:a,,b", "first:x", "earliest"] {
            let error = text.parse::<Preference>().expect_err(text);
            assert!(error.to_string().contains("score:FIELD"), "{error}");
        }
    }
}
