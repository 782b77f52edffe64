//! Verifies a candidate pair: exact Jaccard similarity and containment of shingle sets.

mod cascade;
mod criterion;
mod cuckoo;
mod query_set;

pub(crate) use cascade::{Cascade, Verdict};
pub(crate) use criterion::Criterion;
pub(crate) use query_set::{QuerySet, SignedSet};
