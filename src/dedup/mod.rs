//! Finds near-duplicate texts and chooses which to keep: every step behind one builder.
//!
//! [`Deduplicator`] judges a stream of texts, and [`DeduplicatorBuilder::run`] a whole corpus, in memory or on disk.
//! [`Preference`] orders documents by what else is known of them, and [`RemovalLimits`] stop a run that would remove too
//! much.

mod builder;
mod deduplication;
mod keep;
mod limits;
mod stream;

pub use builder::DeduplicatorBuilder;
pub use deduplication::Deduplication;
pub use keep::{Facts, Preference, PreferenceKey};
pub use limits::{LimitExceeded, RemovalCounts, RemovalLimits};
pub use stream::{Deduplicator, InsertOutcome};
