//! What a join found: pairs, copies, containment, clusters and components, once for all joins.
//!
//! | I want | In memory | On disk |
//! |---|---|---|
//! | one row for each similar pair, copies represented by the first | [`VerifiedPairs::pairs`] | [`DiskPairs::pairs`] |
//! | every pair of documents | [`VerifiedPairs::all_pairs`] | [`DiskPairs::all_pairs`] |
//! | documents with equal texts | [`VerifiedPairs::copies`] | [`DiskPairs::copies`] |
//! | texts inside longer ones | [`VerifiedPairs::contained`] | [`DiskPairs::contained`] |
//! | which document to keep | [`VerifiedPairs::clusters`] | [`DiskPairs::clusters`] |
//! | what the join did, in numbers | [`VerifiedPairs::stats`] | [`DiskPairs::stats`] |
//!
//! ```
//! use twinprint::{Clustering, Document, Keep, Scheme, SimilarityJoin};
//!
//! let scheme = Scheme::builder().words(1).build()?;
//! let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build()?;
//! for (id, text) in [("a", "one two three"), ("b", "ONE TWO THREE"), ("c", "one two three four"), ("d", "rain")] {
//!     join.push(Document::text(id, text))?;
//! }
//! let found = join.finish()?;
//! assert_eq!(found.copies(), [[&"a", &"b"]]);
//! let pairs = |max_group| -> Vec<(&str, &str, f64)> {
//!     found.all_pairs(max_group).into_iter().map(|pair| (*pair.left, *pair.right, pair.jaccard())).collect()
//! };
//! assert_eq!(pairs(1), [("a", "b", 1.0), ("a", "c", 0.75)]);
//! assert_eq!(pairs(2), [("a", "b", 1.0), ("a", "c", 0.75), ("b", "c", 0.75)]);
//!
//! let clusters = found.clusters(Clustering::Leader, Keep::First);
//! assert_eq!((clusters.len(), clusters[0].representative(), clusters[0].members().len()), (1, &"a", 2));
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! Each is worked out from two streams in order, edges between groups and copies, by sorting. [`VerifiedPairs`] sorts
//! in memory, [`DiskPairs`] with sorted runs on disk; the steps are the same.

#[cfg(feature = "disk")]
mod accepted;
#[cfg(feature = "disk")]
mod accepted_pairs;
mod cluster;
mod clusters;
mod components;
#[cfg(feature = "disk")]
mod disk_clusters;
#[cfg(feature = "disk")]
mod disk_grouping;
mod extended;
#[cfg(feature = "disk")]
mod external;
#[cfg(feature = "disk")]
mod later_file;
mod levels;
mod memory;
mod pairs;
mod partners;
mod ranks;
#[cfg(feature = "disk")]
mod reread;
mod rows;
mod same_texts;
mod whole_groups;

pub use cluster::{Cluster, Clustering, Keep};
#[cfg(feature = "disk")]
pub use disk_clusters::DiskClusters;
#[cfg(feature = "disk")]
pub use external::DiskPairs;
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

/// Names which pairs of sets are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Those that reach the threshold.
    Similar,
    /// Those of which the larger holds the smaller.
    Contained,
}

/// Gives what a join found, wherever it is kept: the two streams that all results are worked out from.
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
