//! Schemes as they are stored, and the checks when they are read.

use serde::de::{Deserialize, Deserializer, Error as _};

use super::{
    Algorithm, FeatureScheme, MAX_NUM_HASHES, MAX_TOKENS, SCHEME_REVISION, Scheme, SketchParams, UNICODE_VERSION,
};
use crate::error::{Error, Mismatch, within};

/// A [`Scheme`] with the versions that its meaning depends on.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredScheme {
    revision: u32,
    /// Text features depend on it; the caller's own do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unicode: Option<String>,
    features: FeatureScheme,
    sketch: SketchParams,
}

/// [`SketchParams`] as they are stored. A seed that was derived from a key is left out, because it is a secret.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredSketch {
    algorithm: Algorithm,
    #[serde(deserialize_with = "num_hashes")]
    num_hashes: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl From<SketchParams> for StoredSketch {
    fn from(SketchParams { algorithm, num_hashes, seed, key }: SketchParams) -> Self {
        let seed = key.is_none().then_some(seed);
        Self { algorithm, num_hashes, seed, key: key.map(|key| format!("{key:016x}")) }
    }
}

impl TryFrom<StoredSketch> for SketchParams {
    type Error = Error;

    fn try_from(StoredSketch { algorithm, num_hashes, seed, key }: StoredSketch) -> Result<Self, Error> {
        match (seed, key) {
            (Some(seed), None) => Ok(Self { algorithm, num_hashes, seed, key: None }),
            (_, Some(key)) => {
                let expected = "given by building the scheme with its secret key, which is not stored with it";
                Err(Error::OutOfRange { field: "key", value: key, expected })
            }
            (None, None) => {
                Err(Error::OutOfRange { field: "seed", value: "missing".to_string(), expected: "a number" })
            }
        }
    }
}

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

/// Checks a number that was read, so that no part of a scheme holds what its builder refuses.
fn checked<'de, D: Deserializer<'de>>(
    deserializer: D,
    check: impl FnOnce(u32) -> Result<u32, Error>,
) -> Result<u32, D::Error> {
    check(u32::deserialize(deserializer)?).map_err(D::Error::custom)
}

pub(super) fn tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    checked(deserializer, |n| within("tokens", n, 1..=MAX_TOKENS, "from 1 to 255"))
}

pub(super) fn spaceless_tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    checked(deserializer, |n| within("spaceless_tokens", n, 1..=MAX_TOKENS, "from 1 to 255"))
}

pub(super) fn num_hashes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    checked(deserializer, |n| within("num_hashes", n, 1..=MAX_NUM_HASHES, "from 1 to 65536"))
}
