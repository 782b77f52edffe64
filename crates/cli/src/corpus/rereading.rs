//! Inputs that are read again for their texts.

use anyhow::{Result, anyhow};
use twinprint::result::{DiskPairs, Reread};

/// The error of inputs that are read again and hold other documents.
pub(crate) const CHANGED: &str = "the inputs changed while they were read; run the command again";

/// Compares documents that are read again with those that were joined.
pub(crate) struct Rereading<'a>(Option<Reread<'a>>);

impl<'a> Rereading<'a> {
    /// Begins with the first document. Without `check` nothing is compared: the join knows no texts without their boilerplate.
    pub(crate) fn new(pairs: &'a DiskPairs, check: bool) -> Self {
        Self(check.then(|| pairs.reread()))
    }

    pub(crate) fn check(&mut self, id: &str, text: &str) -> Result<()> {
        self.0.as_mut().map_or(Ok(()), |again| again.check(id, text).map_err(said))
    }

    pub(crate) fn finish(self) -> Result<()> {
        self.0.map_or(Ok(()), |again| again.finish().map_err(said))
    }
}

/// Says that the inputs changed, if that is the error.
pub(crate) fn said(error: twinprint::Error) -> anyhow::Error {
    match error {
        twinprint::Error::ChangedSinceJoined { .. } => anyhow!(CHANGED),
        error => error.into(),
    }
}
