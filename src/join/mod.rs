//! All pairs at once: candidates and verification together.

mod buckets;
mod builder;
mod corpus;
mod online;
mod pending;
mod sets;

pub use builder::{SimilarityJoin, SimilarityJoinBuilder};

pub(crate) use online::{Arrival, OnlineJoin};

use corpus::Corpus;
