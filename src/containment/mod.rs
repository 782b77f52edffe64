//! The short text inside the long page: contained, though the Jaccard similarity is near zero.
//!
//! An article of 100 shingles on a page of 10,000 has a Jaccard similarity of 0.01. Its signature and that of the page
//! agree in one position of a hundred, so no banding makes the two candidates. What is kept of a set here grows with
//! the set instead: every hash below a cut that is the same for all sets ([`FracMinHash`]). What two sets share is
//! therefore sampled alike in both, and a [`ContainmentIndex`] looks up which documents have the sampled hashes of a
//! text.
//!
//! 1. A hash that more documents have than [`max_document_frequency`](FracMinHash::max_document_frequency) is
//!    boilerplate, and is not looked up.
//! 2. A document is a candidate if it shares enough of the other hashes to reach the threshold. Hashes that were not
//!    looked up count as shared. A sample drawn without replacement stays near its mean, and the bound is set so that
//!    chance makes it miss one pair in a thousand.
//! 3. Each candidate is verified, set against set.
//!
//! What is reported is therefore exact. Besides that one pair in a thousand, pairs are missed that share no hash that
//! is both sampled and rare. If one hash in `k` is kept, a text of `n` different shingles that is contained to 0.9
//! shares none with a probability of `(1 - 1/k)^(0.9 n)`:
//!
//! | shingles | one in 4 | one in 8 |
//! |---|---|---|
//! | 10 | 0.075 | 0.30 |
//! | 20 | 0.0056 | 0.090 |
//! | 30 | 0.0004 | 0.027 |
//! | 50 | 0.000002 | 0.0025 |
//!
//! To keep more hashes of short texts alone would not help, because the page that holds them has not kept these. To
//! find texts of ten words, keep all hashes (`scaled` 1).
//!
//! A join finds [all such pairs](crate::SimilarityJoinBuilder::containment) of a corpus, in memory or on disk. It
//! looks up only the rarest hashes of each text, as many as the prefix filter needs.
//!
//! [`PassageFinder`] is exact for texts of any length, and says where they are: for a small corpus, such as a test set, in
//! documents that come one by one.
//!
//! [`ContainmentEstimate`] needs only signatures and sizes. It is meant for pairs that are already known.

mod estimate;
mod frac_minhash;
mod index;
mod passage_finder;
mod postings;
mod prefix_filter;

pub use estimate::ContainmentEstimate;
pub use frac_minhash::FracMinHash;
pub use index::{Contained, ContainedPair, ContainmentIndex};
pub use passage_finder::{FoundPassage, PassageFinder, PassageFinderBuilder};

pub(crate) use prefix_filter::PrefixFilter;
