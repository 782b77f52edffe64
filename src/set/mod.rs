//! Sets of shingle hashes, and what two of them share.
//!
//! [`ShingleSet`] is the exact representation of a text: verification compares these sets, element by element. [`Overlap`] is
//! the outcome of one comparison, from which every similarity follows. A [`WeightedSet`] has a weight for each feature.
//!
//! ```
//! use twinprint::ShingleSet;
//!
//! let (story, update): (ShingleSet, ShingleSet) = ((0..50).collect(), (10..110).collect());
//! let overlap = story.overlap(&update);
//! assert_eq!((overlap.left(), overlap.right(), overlap.shared()), (50, 100, 40));
//! // Symmetric: what they share of all they have. One-sided: what the update keeps of the story.
//! assert_eq!((overlap.jaccard(), overlap.left_in_right()), (40.0 / 110.0, 0.8));
//! ```
//!
//! Two sets of `n` and `m` elements are compared by one merge in O(n + m) time, or by binary search where one has 32
//! times as many elements as the other. About a nanosecond an element is usual.

mod intersect;
mod odd_sketch;
mod overlap;
mod prefix;
mod shingle_set;
mod sort;
mod weighted_set;

pub use overlap::Overlap;
pub use shingle_set::ShingleSet;
pub use weighted_set::WeightedSet;

pub(crate) use intersect::{min_shared, shared_at_least};
pub(crate) use odd_sketch::{OddSketch, OddSketches, SketchFilter};
pub(crate) use prefix::{ElementCounts, Prefix, PrefixElement, PrefixQuery, Prefixes};
pub(crate) use sort::{SortScratch, sort_distinct};
