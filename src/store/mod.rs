//! A durable index: documents come and go, and what was committed survives the process and the machine.
//!
//! ```
//! # let folder = std::env::temp_dir().join(format!("twinprint-store-doc-{}", std::process::id()));
//! use twinprint::Scheme;
//! use twinprint::store::Store;
//!
//! let mut store = Store::builder().scheme(Scheme::news()).threshold(0.5).create(&folder)?;
//! store.insert("morning", "The mayor of Orvane resigned on Friday after the council rejected her budget.")?;
//! store.commit()?;
//! drop(store);
//!
//! // Another day, another process.
//! let store = Store::open(&folder)?;
//! let hits = store.view().query_text("The mayor of Orvane resigned on Friday after the council rejected her budget twice.", 0.5)?;
//! assert_eq!(hits[0].id, "morning");
//! assert!(hits[0].jaccard > 0.8 && hits[0].overlap.is_some(), "the sets were compared");
//! # drop(store);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * **A commit is all or nothing.** When [`Store::commit`] has returned, its changes survive a power cut. Until then nobody sees any of
//!   them, and a process that is killed leaves the state of the last commit.
//! * **One writer, many readers.** A second writer is refused, and told who the first one is. Threads of this process ask [`View`]s, and
//!   other processes open theirs with [`View::open`], while the writer goes on.
//! * **One order.** Answers do not depend on how documents were batched, or on when files were merged.
//! * **Nothing in a file is trusted.** A file that changed is an error that names it.
//! * **Files of other programs stay.** The manifest names the files of the store; no other file is replaced or removed.
//!
//! `docs/index-format.md` of the repository describes the files.

mod builder;
mod checkpoint;
mod clusters;
mod folder;
mod log;
mod manifest;
mod pending;
mod prepared;
mod segment;
mod state;
#[cfg(test)]
mod tests;
mod tiers;
mod view;
mod writer;

pub use builder::StoreBuilder;
pub use clusters::{ClusterChange, LiveCluster, LiveClusters};
pub use prepared::{Prepared, Preparer};
pub use state::Committed;
pub use view::{StoreHit, StoredDocument, View};
pub use writer::{Reader, Store};
