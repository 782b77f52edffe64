//! What the search for candidates on disk works on.

use crate::join::groups::external::Groups;
use crate::join::origin::PairFilter;
use crate::join::storage::band_keys::BandKeyWriter;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::Segments;
use crate::lsh::{Banding, BucketRule};
use crate::set::SketchFilter;

/// What the candidates depend on, besides the stored documents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters {
    pub(crate) banding: Banding,
    pub(crate) seed: u64,
    /// Positions of a signature.
    pub(crate) width: usize,
    pub(crate) rule: BucketRule,
    pub(crate) sketch_filter: SketchFilter,
}

/// Finds candidates.
pub(crate) struct Finder<'a> {
    pub(crate) segments: &'a Segments,
    pub(crate) keys: &'a BandKeyWriter,
    pub(crate) groups: &'a Groups,
    pub(crate) filter: &'a PairFilter,
    pub(crate) parameters: Parameters,
    /// How preferred documents are, where kept ones are joined again: those of oversized buckets are also compared with the most preferred.
    pub(crate) rank: Option<&'a (dyn Fn(u32) -> u32 + Sync)>,
    pub(crate) scratch: &'a ScratchDir,
}
