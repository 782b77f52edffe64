//! Texts and sets, ready to be stored or asked for.

use std::sync::Arc;

use crate::error::{Error, Mismatch};
use crate::index::Tools;
use crate::minhash::Signature;
use crate::scheme::FeatureScheme;
use crate::set::ShingleSet;
use crate::text::Shingler;

/// A document without its id: a signature, and the set that it was made from, if that is known.
///
/// It belongs to the scheme of the store whose [`Preparer`] made it, and stores of other schemes refuse it.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) tools: Arc<Tools>,
    pub(super) positions: Vec<u32>,
    pub(super) set: Option<ShingleSet>,
}

impl PartialEq for Prepared {
    fn eq(&self, other: &Self) -> bool {
        let has_scheme = self.tools.scheme() == other.tools.scheme();
        has_scheme && self.positions == other.positions && self.set == other.set
    }
}

impl Prepared {
    /// Refuses a document that was prepared by another scheme than that of the tools.
    pub(super) fn check(&self, tools: &Arc<Tools>) -> Result<(), Mismatch> {
        if Arc::ptr_eq(&self.tools, tools) { Ok(()) } else { tools.scheme().check_same(self.tools.scheme()) }
    }

    /// Returns whether there is nothing to compare, as of a blank text. Such a document is stored, and never found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        crate::minhash::is_empty(&self.positions)
    }
}

/// Turns texts and sets into [`Prepared`] documents, by the scheme of a store. Threads can share it, so that the costly part of inserting
/// runs on all cores.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("twinprint-preparer-{}", std::process::id()));
/// use twinprint::Scheme;
/// use twinprint::store::Store;
///
/// let mut store = Store::builder().scheme(Scheme::web()).create(&folder)?;
/// let preparer = store.preparer();
/// let prepared = preparer.text("The ferry to Skelby was cancelled on Monday.")?;
/// store.upsert_prepared("ferry", prepared)?;
/// store.commit()?;
/// assert_eq!(store.view().len(), 1);
/// # drop(store);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Preparer {
    tools: Arc<Tools>,
    shingler: Option<Arc<Shingler>>,
}

impl Preparer {
    pub(super) fn new(tools: &Arc<Tools>) -> Result<Self, Error> {
        let shingler = match tools.scheme().features() {
            FeatureScheme::Text(_) => Some(Arc::new(tools.scheme().shingler()?)),
            FeatureScheme::Custom(_) => None,
        };
        Ok(Self { tools: Arc::clone(tools), shingler })
    }

    /// Prepares a text.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] if the scheme's features are the caller's own.
    pub fn text(&self, text: &str) -> Result<Prepared, Error> {
        match &self.shingler {
            Some(shingler) => Ok(self.set(shingler.set(text))),
            None => self.tools.scheme().shingler().map(|shingler| self.set(shingler.set(text))),
        }
    }

    /// Prepares a set.
    #[must_use]
    pub fn set(&self, set: ShingleSet) -> Prepared {
        let positions = self.tools.hasher().signature(set.as_slice()).values().to_vec();
        Prepared { tools: Arc::clone(&self.tools), positions, set: Some(set) }
    }

    /// Prepares a signature, for a store without sets, or to ask for estimates.
    ///
    /// # Errors
    /// [`Mismatch`] if it is of another scheme.
    pub fn signature(&self, signature: &Signature) -> Result<Prepared, Mismatch> {
        self.tools.scheme().check_same(signature.scheme())?;
        Ok(Prepared { tools: Arc::clone(&self.tools), positions: signature.values().to_vec(), set: None })
    }
}
