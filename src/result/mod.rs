//! What a join found: pairs, copies, containment, clusters and components, once for all joins.
//!
//! Each is worked out from two streams in order, edges between groups and copies, by sorting. [`VerifiedPairs`] sorts in memory,
//! [`DiskPairs`] with sorted runs on disk; the steps are the same.

mod cluster;
mod clusters;
mod components;
#[cfg(feature = "disk")]
mod external;
mod memory;
mod pairs;
mod ranks;
#[cfg(feature = "disk")]
mod reread;
mod rows;
mod same_texts;

pub use cluster::{Cluster, Clustering, Keep};
#[cfg(feature = "disk")]
pub use external::{DiskClusters, DiskPairs};
pub use memory::VerifiedPairs;
#[cfg(feature = "disk")]
pub use reread::{ContentHash, Reread};
#[cfg(feature = "disk")]
pub use rows::Rows;
pub use rows::{ContainedPair, Member, Pair};

use crate::external::{Records, Sorters};
use crate::set::Overlap;

/// The overlap of a document that only a chain connects with its representative: no set in a component is empty.
const CHAINED: Overlap = Overlap::from_equal_sets(0);

/// Which pairs of sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Those that reach the threshold.
    Similar,
    /// Those of which the larger holds the smaller.
    Contained,
}

/// What a join found, wherever it is kept.
pub(crate) trait Found {
    /// Why it cannot be read.
    type Error;
    type Sorters: Sorters<Error = Self::Error>;
    /// Edges between the first documents of groups, in order.
    type Edges<'a>: Records<3, Error = Self::Error>
    where
        Self: 'a;
    /// Documents with the set of an earlier one, by document.
    type Copies<'a>: Records<2, Error = Self::Error>
    where
        Self: 'a;

    fn documents(&self) -> u32;

    fn edges(&self, relation: Relation) -> Result<Self::Edges<'_>, Self::Error>;

    fn copies(&self) -> Result<Self::Copies<'_>, Self::Error>;

    /// Returns the bytes of each document's text.
    fn lengths(&self) -> Result<Vec<u64>, Self::Error>;
}
