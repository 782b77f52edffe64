//! What functions compute with, made once for each text of settings.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::scalar::ScalarValue;
use twinprint::MinHasher;
use twinprint::join::JoinRules;
use twinprint::lsh::BandHasher;

use crate::settings::Settings;

/// The tools of some settings.
#[derive(Debug)]
pub(crate) struct Tools {
    pub(crate) settings: Settings,
    pub(crate) hasher: MinHasher,
    pub(crate) keys: BandHasher,
    pub(crate) rules: JoinRules,
}

/// Tools that are kept: a session seldom has more than one text of settings.
const KEPT: usize = 8;

static MADE: Mutex<Vec<(String, Arc<Tools>)>> = Mutex::new(Vec::new());

impl Tools {
    /// Returns the tools of settings as JSON, such as `{"threshold": 0.7}`.
    pub(crate) fn of(json: &str) -> Result<Arc<Self>> {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tools)) = made.iter().find(|(of, _)| of == json) {
            return Ok(Arc::clone(tools));
        }
        let settings: Settings = serde_json::from_str(json).map_err(|error| {
            DataFusionError::Execution(format!("the settings of a function of twinprint are not valid: {error}"))
        })?;
        let tools = Arc::new(Self::new(settings).map_err(external)?);
        made.truncate(KEPT - 1);
        made.insert(0, (json.to_string(), Arc::clone(&tools)));
        Ok(tools)
    }

    /// Returns the tools of the last argument of a function.
    pub(crate) fn of_scalar(scalar: &ScalarValue) -> Result<Arc<Self>> {
        match scalar.try_as_str() {
            Some(Some(json)) => Self::of(json),
            _ => exec_err!(
                "the settings of a function of twinprint are a text of JSON, such as '{{\"threshold\": 0.7}}'"
            ),
        }
    }

    fn new(settings: Settings) -> Result<Self, twinprint::Error> {
        let rules = settings.rules()?;
        let keys = BandHasher::new(rules.banding(), &settings.scheme)?;
        Ok(Self { hasher: settings.scheme.minhasher(), settings, keys, rules })
    }
}

/// Wraps an error of the library.
pub(crate) fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
