//! Near-duplicate texts: MinHash signatures, banded LSH, exact verification, clusters.
//!
//! ```
//! use twinprint::{Deduplicator, Scheme};
//!
//! let articles = [
//!     ("wire", "The ferry to Skelby was cancelled on Monday because of high winds, the operator said."),
//!     ("post", "SKELBY — The ferry to Skelby was cancelled on Monday because of high winds, the operator said."),
//!     ("other", "Councillors voted on Tuesday to close the harbour road for the whole summer."),
//! ];
//! let found = Deduplicator::builder().scheme(Scheme::news()).threshold(0.5).run(articles)?;
//! for pair in found.pairs() {
//!     println!("{} ~ {}  J={:.3}", pair.left, pair.right, pair.jaccard);
//! }
//! assert_eq!(found.kept().collect::<Vec<_>>(), [&"wire", &"other"]);
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # Which part do I need?
//!
//! | I have | and want | take |
//! |---|---|---|
//! | texts, all of them | which to keep, and why | [`Deduplicator::builder`] … [`run`](DeduplicatorBuilder::run) |
//! | two texts | everything there is to say of how they are alike | [`evidence::Evidence`] |
//! | two texts | the passages they share | [`passages::SharedPassages`] |
//! | short texts and long pages | which text is inside which page | [`containment::ContainmentIndex`] |
//! | rewrites of stories, as sets of content words | which texts tell one story | [`rewrites::RewriteRules`] |
//! | texts of one template | shingles that are not the template | [`boilerplate::CommonShingles`] |
//! | a corpus | its lines or paragraphs, each once | [`repeated_lines::RepeatedLines`] |
//! | texts, one after the other | to know at once whether this one is new | [`Deduplicator::insert`] |
//! | texts, or sets of features of my own | all similar pairs | [`SimilarityJoin`] |
//! | a corpus larger than memory | the same pairs and clusters, by way of files | [`DiskJoin`] |
//! | two corpora, or languages and sources | only the pairs between, or within | [`Origin`] |
//! | signatures that come and go | to ask which are like this one | [`lsh::LshIndex`] |
//! | a sample of a corpus | which banding, and what a join will take | [`plan`] |
//! | a result | how much it missed | [`audit`] |
//! | labels of my own | precision, recall and the best threshold | [`evaluate`] |
//! | two texts | how similar they are | [`Shingler::set`](text::Shingler::set) and [`ShingleSet::jaccard`] |
//! | anything as a set of `u64` | a small summary to compare and merge | [`MinHasher`] |
//!
//! # The steps by hand
//!
//! Text becomes shingle hashes, these a signature, signatures candidates, and candidates are verified. Every value can
//! be looked at:
//!
//! ```
//! use twinprint::Scheme;
//! use twinprint::lsh::Banding;
//!
//! let scheme = Scheme::builder().words(3).num_hashes(256).seed(42).build()?;
//! let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
//!
//! let one = shingler.hashes("the quick brown fox jumps over the lazy dog");
//! let two = shingler.hashes("the quick brown fox jumped over the lazy dog");
//! let (a, b) = (hasher.signature(&one), hasher.signature(&two));
//!
//! let estimate = a.estimate(&b)?;
//! let exact = shingler.set("the quick brown fox jumps over the lazy dog")
//!     .jaccard(&shingler.set("the quick brown fox jumped over the lazy dog"));
//! assert_eq!(exact, 0.4);
//! assert!((estimate.jaccard - exact).abs() < 4.0 * estimate.standard_error);
//!
//! let banding = Banding::for_threshold(0.8).recall(0.99).num_hashes(256).plan()?;
//! assert!(banding.probability(0.8) > 0.99);
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # What can be relied on
//!
//! * **One answer.** The same texts under the same [`Scheme`] give the same signatures, pairs and clusters, for every
//!   processor, [`SimdLevel`], number of threads and way of cutting the input into batches.
//! * **Candidates are not duplicates.** Whatever is called a pair was compared exactly, set against set.
//! * **Schemes do not mix.** A signature carries its scheme; comparing two of different schemes is an error that names
//!   the field that differs.
//! * **Empty texts match nothing**, and a text shorter than a shingle matches only texts of the same words.
//! * **No panics** on any input, and nothing quadratic in copies of one text.
//!
//! # Features
//!
//! * `rayon` (default): hashing, joining and deduplication on all cores. The results are the same without it.
//! * `serde`: storing schemes, signatures, bandings and results.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod audit;
pub mod boilerplate;
pub mod containment;
pub mod dedup;
pub mod evaluate;
pub mod evidence;
pub mod lsh;
pub mod passages;
pub mod plan;
pub mod repeated_lines;
pub mod rewrites;
pub mod text;

mod cluster;
mod cpu;
mod error;
mod join;
mod minhash;
mod mix;
mod pairs;
mod parallel;
mod sample;
mod scheme;
mod set;
mod stats;
mod verify;

pub use cluster::{Cluster, Clustering, Duplicate, Keep, Reason};
pub use cpu::SimdLevel;
pub use dedup::{Deduplicator, DeduplicatorBuilder, Facts, Found, Inserted, Preference, PreferenceKey};
pub use error::{Error, FileProblem, Mismatch};
pub use join::{
    ComponentMember, ComponentMembers, ContainedDocument, ContainedDocuments, DiskJoin, DiskPairs, Dropped,
    DroppedDocuments, DroppedOfClusters, IdLookup, NumberedPair, NumberedPairs, Origin, Progress, SimilarityJoin,
    SimilarityJoinBuilder, Stage, StoredFile,
};
pub use minhash::{Estimate, MinHasher, Signature, SignatureMatrix};
pub use pairs::{JoinStats, Pair, VerifiedPairs};
pub use scheme::{
    Algorithm, FeatureScheme, MAX_NUM_HASHES, MAX_TOKENS, SCHEME_REVISION, Scheme, SchemeBuilder, ShortText,
    SketchScheme, TextFeatures,
};
pub use set::{Overlap, ShingleSet};

/// The code of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
