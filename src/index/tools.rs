//! What a scheme and a banding give, made once for all indexes of a store.

use std::sync::{Arc, OnceLock};

use crate::error::Error;
use crate::lsh::{BandKeys, Banding};
use crate::minhash::MinHasher;
use crate::scheme::Scheme;

/// The rules of an index, ready to be applied.
#[derive(Debug)]
pub(crate) struct Tools {
    scheme: Scheme,
    description: String,
    banding: Banding,
    keys: BandKeys,
    hasher: OnceLock<Arc<MinHasher>>,
}

impl Tools {
    pub(crate) fn new(scheme: &Scheme, banding: Banding) -> Result<Self, Error> {
        banding.check_fits(scheme.sketch().num_hashes())?;
        Ok(Self {
            scheme: scheme.clone(),
            description: scheme.description(),
            banding,
            keys: BandKeys::new(banding, scheme.sketch().seed()),
            hasher: OnceLock::new(),
        })
    }

    pub(crate) fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    pub(crate) fn banding(&self) -> Banding {
        self.banding
    }

    pub(crate) fn hasher(&self) -> &MinHasher {
        self.hasher.get_or_init(|| Arc::new(self.scheme.minhasher()))
    }

    /// Returns the key of one band of a signature.
    pub(crate) fn key(&self, band: usize, row: &[u32]) -> u32 {
        self.keys.key(band, row)
    }

    /// Returns the keys of all bands of a signature.
    pub(crate) fn keys(&self, row: &[u32]) -> Vec<u32> {
        self.keys.of(row).collect()
    }
}
