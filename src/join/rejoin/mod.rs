//! Joins the documents that are kept once more, where pairs were passed over: what is kept must hold no duplicates that a second run
//! would find.
//!
//! Only documents of oversized buckets can be in a pair that was passed over. So these are joined again, those of them that are kept,
//! under the same rule. What is found joins the edges, clusters are made anew, and so on until nothing is found.

#[cfg(feature = "disk")]
pub(crate) mod external;
pub(crate) mod memory;
