//! All pairs at once: candidates and verification together, in memory or in a folder.

mod buckets;
mod builder;
mod contained;
mod corpus;
mod disk;
mod online;
mod pairing;
mod pending;
mod progress;
mod sets;

pub use builder::{SimilarityJoin, SimilarityJoinBuilder};
pub use disk::{
    ComponentMember, ComponentMembers, ContainedDocument, ContainedDocuments, DiskJoin, DiskPairs, Dropped,
    DroppedDocuments, DroppedOfClusters, IdLookup, NumberedPair, NumberedPairs, StoredFile,
};

pub use pairing::Origin;
pub use progress::{Progress, Stage};

pub(crate) use online::{Arrival, OnlineJoin};

use corpus::Corpus;
