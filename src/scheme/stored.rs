//! Schemes as they are stored.

use super::{FeatureScheme, SCHEME_REVISION, Scheme, SketchParams, UNICODE_VERSION};
use crate::error::{Error, Mismatch};

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
