//! What texts are compared by.

use serde::{Deserialize, Serialize};
use twinprint::join::JoinRules;
use twinprint::{Scheme, SimilarityJoin};

/// What decides about texts and pairs.
///
/// Every function takes it as a last argument, as JSON; without it, [`Settings::default`] holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How texts become sets and signatures. Defaults to [`Scheme::news`].
    #[serde(default = "Scheme::news")]
    pub scheme: Scheme,
    /// The least Jaccard similarity of a pair. Defaults to 0.5.
    #[serde(default = "threshold")]
    pub threshold: f64,
    /// The least share of pairs at the threshold to find. Defaults to 0.99.
    #[serde(default = "recall")]
    pub recall: f64,
    /// The most sets of a bucket that are all compared. Defaults to that of the library.
    #[serde(default)]
    pub bucket_limit: Option<usize>,
}

fn threshold() -> f64 {
    0.5
}

fn recall() -> f64 {
    0.99
}

impl Default for Settings {
    fn default() -> Self {
        Self { scheme: Scheme::news(), threshold: threshold(), recall: recall(), bucket_limit: None }
    }
}

impl Settings {
    /// Returns the decisions of a join with these settings.
    ///
    /// # Errors
    /// As [`SimilarityJoinBuilder::build`](twinprint::SimilarityJoinBuilder::build): a value is outside its range.
    pub fn rules(&self) -> Result<JoinRules, twinprint::Error> {
        let mut builder = SimilarityJoin::builder(&self.scheme).threshold(self.threshold).recall(self.recall);
        if let Some(limit) = self.bucket_limit {
            builder = builder.bucket_limit(limit);
        }
        builder.rules()
    }

    /// Returns the settings as a literal of SQL, for the last argument of a function.
    ///
    /// # Errors
    /// If a number is not finite.
    pub fn to_sql(&self) -> serde_json::Result<String> {
        Ok(format!("'{}'", serde_json::to_string(self)?.replace('\'', "''")))
    }
}
