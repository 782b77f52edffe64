//! Schemes as they are stored.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::left_out::{add_if, has_all_fields};
use super::{FeatureScheme, SCHEME_REVISION, Scheme, SketchParams, UNICODE_VERSION};
use crate::error::{Error, Mismatch};

/// A [`Scheme`] with the versions that its meaning depends on.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredScheme {
    revision: u32,
    /// Text features depend on it; the caller's own do not.
    #[serde(default)]
    unicode: Option<String>,
    features: FeatureScheme,
    sketch: SketchParams,
}

impl Serialize for StoredScheme {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let unicode = has_all_fields(&serializer) || self.unicode.is_some();
        let mut fields = serializer.serialize_struct("StoredScheme", 3 + usize::from(unicode))?;
        fields.serialize_field("revision", &self.revision)?;
        add_if(&mut fields, unicode, "unicode", &self.unicode)?;
        fields.serialize_field("features", &self.features)?;
        fields.serialize_field("sketch", &self.sketch)?;
        fields.end()
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
