//! The short text inside the long page: contained, though the Jaccard similarity is near zero.
//!
//! An article of 100 shingles on a page of 10,000 has a Jaccard similarity of 0.01. Signatures agree in one position of
//! a hundred, and no banding makes a candidate of that. What is kept of a set here grows with the set: one hash in
//! [so many](FracMinHash::scaled), by a rule that is the same for all. So what two sets share is sampled alike in both,
//! and [`ContainmentIndex`] looks up which documents have the sampled hashes of a text.
//!
//! 1. A hash of more documents than the [limit](FracMinHash::max_document_frequency) is boilerplate, and not looked up.
//! 2. A document is a candidate if it shares so many of the others that the threshold can be reached. Sampling without
//!    replacement keeps near its mean, and the bound lets one pair in a thousand be missed. Hashes that were not looked
//!    up count as shared.
//! 3. Each candidate is verified, set against set.
//!
//! So what is reported is exact. What is missed beside that: pairs that share no hash that was sampled and is rare.
//! With one in `k` kept, a text of `n` different shingles that is contained to 0.9 shares none with a probability of
//! `(1 - 1/k)^(0.9 n)`:
//!
//! | shingles | one in 4 | one in 8 |
//! |---|---|---|
//! | 10 | 0.075 | 0.30 |
//! | 20 | 0.0056 | 0.090 |
//! | 30 | 0.0004 | 0.027 |
//! | 50 | 0.000002 | 0.0025 |
//!
//! More hashes of short texts alone would not help, for the page that holds them has not kept these. To find texts of
//! ten words, keep all hashes (`scaled` 1).
//!
//! A join finds [all such pairs](crate::SimilarityJoinBuilder::containment) of a corpus, in memory or in a folder. It looks up only
//! the rarest hashes of each text: so many that two of them at least must be shared.
//!
//! [`ContainmentEstimate`] needs only signatures and sizes. It is for pairs that are known already.

mod estimate;
mod index;
mod prefix_filter;
mod postings;
mod frac_minhash;

pub use estimate::ContainmentEstimate;
pub use index::{Contained, ContainedPair, ContainmentIndex};
pub use frac_minhash::FracMinHash;

pub(crate) use prefix_filter::PrefixFilter;
