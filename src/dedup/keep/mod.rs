//! Orders documents by preference, from what else is known of them. Clusters keep the most preferred one.

mod key;
mod text_form;

pub use key::PreferenceKey;

/// Orders documents by facts that the caller knows of them, so that a cluster keeps the most preferred one.
///
/// It is a plain value with a text form, for commands and settings files:
///
/// | text | keeps |
/// |---|---|
/// | `first` | the first one |
/// | `longest`, `shortest` | the one with the longest or the shortest text |
/// | `score:FIELD` | the one with the highest score; a score that is not a number comes after all others, and no score last |
/// | `score:FIELD:asc` | the one with the lowest score; the same come last |
/// | `latest:FIELD`, `earliest:FIELD` | the one with the latest or the earliest date; no date comes last |
/// | `source:A,B,C` | the one from the source that is named first; other sources and no source come last |
/// | `score:FIELD,longest,first` | by several rules: each decides where those before it leave a choice |
/// | `none` | none of them |
///
/// Of equally good documents the first is kept. In a list, the names after `source:` go on to the next rule. [`key`](Self::key)
/// orders documents for [`clusters_by_key`](crate::result::VerifiedPairs::clusters_by_key).
///
/// ```
/// use twinprint::dedup::{Facts, Preference};
/// use twinprint::{Clustering, Document, Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.5).build()?;
/// let texts = [(0_usize, "red green blue"), (1, "red green blue grey"), (2, "red green blue black")];
/// join.push_all(texts.map(|(id, text)| Document::text(id, text)))?;
/// let (scores, lengths) = ([Some(0.1), Some(0.9), Some(0.9)], [14, 19, 20]);
///
/// let keep: Preference = "score:quality,longest".parse()?;
/// assert_eq!(keep.score_fields(), ["quality"]);
/// let key = |id: &usize| {
///     keep.key(&Facts { scores: &[scores[*id]], length: Some(lengths[*id]), ..Facts::default() })
/// };
/// let clusters = join.finish()?.clusters_by_key(Clustering::Leader, key);
/// assert_eq!(*clusters[0].representative(), 2);
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
    /// Keeps the shortest document, by [`Facts::length`].
    Shortest,
    /// Keeps the document with the highest of [`Facts::scores`].
    HighestScore {
        /// The field from which the caller takes the score.
        field: String,
    },
    /// Keeps the document with the lowest of [`Facts::scores`].
    LowestScore {
        /// The field from which the caller takes the score.
        field: String,
    },
    /// Keeps the document with the earliest of [`Facts::dates`].
    Earliest {
        /// The field from which the caller takes the date.
        field: String,
    },
    /// Keeps the document with the latest of [`Facts::dates`].
    Latest {
        /// The field from which the caller takes the date.
        field: String,
    },
    /// Keeps the document whose [`Facts::source`] comes first in this list.
    Sources(Vec<String>),
    /// Keeps no document that has a duplicate. Its keys are all equal.
    None,
    /// Keeps the document that comes first by the first of these rules, of equally good ones by the second, and so on.
    InOrder(Vec<Preference>),
}

/// What is known of a document. Facts that the [`Preference`] does not use may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Facts<'a> {
    /// The length, in any unit that is the same for all documents.
    pub length: Option<u64>,
    /// The scores, in the order of [`Preference::score_fields`].
    pub scores: &'a [Option<f64>],
    /// The dates, in the order of [`Preference::date_fields`], in any unit since any day, such as milliseconds since 1970.
    pub dates: &'a [Option<i64>],
    /// The source.
    pub source: Option<&'a str>,
}

impl Preference {
    /// Returns the single rules, in their order.
    #[must_use]
    pub fn rules(&self) -> Vec<&Self> {
        match self {
            Self::InOrder(rules) => rules.iter().flat_map(Self::rules).collect(),
            rule => vec![rule],
        }
    }

    /// Returns the fields that the caller reads as scores, in the order of [`Facts::scores`].
    #[must_use]
    pub fn score_fields(&self) -> Vec<&str> {
        let rules = self.rules().into_iter();
        let fields = rules.filter_map(|rule| match rule {
            Self::HighestScore { field } | Self::LowestScore { field } => Some(field.as_str()),
            _ => None,
        });
        fields.collect()
    }

    /// Returns the fields that the caller reads as dates, in the order of [`Facts::dates`].
    #[must_use]
    pub fn date_fields(&self) -> Vec<&str> {
        let rules = self.rules().into_iter();
        let fields = rules.filter_map(|rule| match rule {
            Self::Earliest { field } | Self::Latest { field } => Some(field.as_str()),
            _ => None,
        });
        fields.collect()
    }

    /// Returns whether a rule uses [`Facts::source`].
    #[must_use]
    pub fn needs_source(&self) -> bool {
        self.rules().iter().any(|rule| matches!(rule, Self::Sources(_)))
    }

    /// Returns whether all documents have equal keys, so that the first one of a cluster represents it.
    #[must_use]
    pub fn is_by_position(&self) -> bool {
        self.rules().iter().all(|rule| matches!(rule, Self::First | Self::None))
    }
}

#[cfg(test)]
mod tests;
