//! Finds near-duplicate texts with MinHash signatures, banded LSH, exact verification and clusters.
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
//!     println!("{} ~ {}  J={:.3}", pair.left, pair.right, pair.jaccard());
//! }
//! assert_eq!(found.kept().collect::<Vec<_>>(), [&"wire", &"other"]);
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # Which part do I need?
//!
//! | I have | I want | Use |
//! |---|---|---|
//! | all texts at once | to know which to keep, and why | [`Deduplicator::builder`], then [`run`](DeduplicatorBuilder::run) |
//! | a corpus larger than memory | the same result | [`in_folder`](DeduplicatorBuilder::in_folder), or [`join::DiskJoin`] |
//! | texts that arrive one by one | to know at once whether a text is new | [`Deduplicator::insert`] |
//! | texts, or sets of my own features | all similar pairs | [`SimilarityJoin`] |
//! | two corpora, languages or sources | only the pairs between them, or within | [`join::Origin`] |
//! | signatures that come and go | the similar ones of a query | [`LshIndex`] |
//! | the same, and many threads that bring them | the same, without a lock around it | [`lsh::SharedIndex`] |
//! | signatures, and a process that starts often | an index that opens at once from a file or a map | [`index::Frozen`] |
//! | texts that arrive all day | to know what is new, also tomorrow and after a crash | [`store::Store`] |
//! | two texts | their exact similarity | [`Shingler::set`] and [`ShingleSet::jaccard`] |
//! | two texts | all evidence: similarity, interval, passages | [`evidence::Evidence`] |
//! | two similar texts | whether one is an edit of the other, or both are one template | [`relation::TextComparer`] |
//! | two texts | the passages they share | [`passages::SharedPassages`] |
//! | short texts and long pages | which text is inside which page | [`containment::ContainmentIndex`] |
//! | test questions and training documents | which question is where in which document | [`containment::PassageFinder`] |
//! | articles of several outlets | which of them tell one story in other words | [`stories::StoryFinder`] |
//! | pages made from templates | the shingles of the templates, to leave them out | [`boilerplate::BoilerplateSketch`] |
//! | a corpus | how many documents have a shingle or a word | [`corpus_statistics::CorpusStatistics`] |
//! | a corpus | each line or paragraph only once | [`repeated_lines::RepeatedLines`] |
//! | a sample of a corpus | the cost of a join and the best banding | [`plan`] |
//! | a result | its recall and precision, measured | [`audit`] |
//! | labelled pairs or clusters | scores, and the best threshold | [`evaluate`] |
//! | any set of `u64` | a small summary to compare and merge | [`MinHasher`] |
//!
//! # Which settings?
//!
//! The README has a table of schemes and thresholds by kind of text. The defaults suit the rest:
//!
//! * **`num_hashes`**: the standard error of an estimate is at most `sqrt(J (1 - J) / num_hashes)`, which is 0.044 for 128
//!   and 0.031 for 256. Pairs are verified exactly, so more hashes make verification faster and allow lower thresholds,
//!   but do not change precision.
//! * **Banding**: plan it by the recall you want: `Banding::for_threshold(0.8).recall(0.99)`. Minimizing two error areas,
//!   as other libraries do, finds only 40 of 100 pairs at its own threshold of 0.8. That is available as
//!   [`minimizing_error_areas`](Banding::minimizing_error_areas).
//! * **Algorithm**: [`Permutations`](scheme::Algorithm::Permutations), the default, is faster for texts of usual length.
//!   [`FastSimilarity`](scheme::Algorithm::FastSimilarity) is faster for sets of several thousand shingles, and reaches the
//!   same error with three fifths of the positions: use it for sketches that are stored and only compared by estimates.
//! * **Clustering**: [`Leader`](Clustering::Leader), the default, removes a text only if it has a verified pair with the
//!   one that is kept. [`Components`](Clustering::Components) shows what chains of pairs connect. Do not remove by it.
//!
//! # Texts that arrive one by one
//!
//! ```
//! use twinprint::{Deduplicator, InsertOutcome, Scheme};
//!
//! let mut dedup = Deduplicator::builder().scheme(Scheme::news()).threshold(0.4).build()?;
//! dedup.insert("morning", "The mayor of Orvane resigned on Friday after the council rejected her budget.")?;
//! let outcome = dedup.insert("evening", "The mayor of Orvane resigned on Friday after the council rejected her budget twice.")?;
//! assert!(matches!(outcome, InsertOutcome::Similar { to: "morning", .. }));
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # The steps by hand
//!
//! A text becomes shingle hashes, these become a signature, an index turns signatures into candidates, and an exact
//! comparison verifies these. Each step is a value of its own:
//!
//! ```
//! use twinprint::{Banding, LshIndex, Scheme};
//!
//! let scheme = Scheme::builder().words(3).num_hashes(256).seed(42).build()?;
//! let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
//!
//! let one = shingler.hashes("the quick brown fox jumps over the lazy dog");
//! let two = shingler.hashes("the quick brown fox jumped over the lazy dog");
//! let (a, b) = (hasher.signature(&one), hasher.signature(&two));
//! let estimate = a.estimate(&b)?;
//!
//! let banding = Banding::for_threshold(0.4).recall(0.99).num_hashes(256).plan()?;
//! let mut index = LshIndex::new(&scheme, banding)?;
//! index.insert("one", &a)?;
//! let hits = index.query(&b, 0.2)?;
//! assert_eq!(hits[0].id, &"one");
//!
//! let exact = shingler.set("the quick brown fox jumps over the lazy dog")
//!     .jaccard(&shingler.set("the quick brown fox jumped over the lazy dog"));
//! assert_eq!(exact, 0.4);
//! assert!((estimate.jaccard - exact).abs() < 4.0 * estimate.standard_error);
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # Guarantees
//!
//! * **One answer.** The same texts under the same [`Scheme`] give the same signatures, pairs and clusters on every
//!   processor, at every [`SimdLevel`], with any number of threads and any batch size.
//! * **Candidates are not duplicates.** Every reported pair was verified: the two shingle sets were compared exactly.
//! * **Schemes do not mix.** A signature carries the id of its scheme. Comparing signatures of two schemes is an error
//!   that names the field that differs.
//! * **Empty texts match nothing.** A text shorter than a shingle matches only texts of the same words.
//! * **No panics** on any input, and no quadratic work for copies of one text.
//!
//! # Limits
//!
//! * In memory, a join needs eight bytes per shingle and four bytes per position that it signs, and more while it finishes. Ten million
//!   articles of 300 words need about 30 GB under [`Scheme::news`] at the default threshold. On disk, memory is what you allow, from
//!   64 MiB up, and a few bytes per document if there are blocks, sources or preferences.
//! * The containment index is in memory only. Joins find contained texts in memory and on disk if asked to
//!   ([`SimilarityJoinBuilder::containment`]), and so does the deduplicator ([`DeduplicatorBuilder::containment`]).
//! * A join finds rewrites of a story only at thresholds so low that most pairs become candidates. Use
//!   [`stories::StoryFinder`] for them, or [`rewrites::RewriteRules`] for pairs by plain Jaccard similarity. Both work in
//!   memory.
//! * Words are segmented by the default rules of UAX #29 of Unicode 17, without dictionaries.
//!
//! # Features
//!
//! * `rayon` (default): hashing, joining and deduplication on all cores. The results are the same without it.
//! * `disk` (default): joins and deduplication larger than memory.
//! * `store` (default): durable indexes, which documents come to and go from. It needs `disk`.
//! * `mmap`: stores whose segments are memory maps, so that they open at once and take no memory of their own.
//! * `serde`: storing schemes, signatures, bandings and results.
//!
//! The environment variable `TWINPRINT_SIMD` (`portable`, `avx2`, `avx512` or `neon`) requests a SIMD level; see [`SimdLevel`].
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod audit;
pub mod boilerplate;
pub mod containment;
pub mod corpus_statistics;
pub mod dedup;
pub mod error;
pub mod evaluate;
pub mod evidence;
#[doc(hidden)]
pub mod external;
pub mod index;
pub mod join;
pub mod lsh;
pub mod minhash;
pub mod passages;
pub mod plan;
pub mod relation;
pub mod repeated_lines;
pub mod result;
pub mod rewrites;
pub mod scheme;
pub mod set;
#[cfg(feature = "store")]
pub mod store;
pub mod stories;
pub mod text;

mod cpu;
mod mix;
mod parallel;
mod random;
mod sample;
mod stats;
mod verify;

pub use cpu::SimdLevel;
pub use dedup::{Deduplication, Deduplicator, DeduplicatorBuilder, InsertOutcome};
pub use error::Error;
pub use join::{Document, SimilarityJoin, SimilarityJoinBuilder};
pub use lsh::{Banding, LshIndex};
pub use minhash::{Estimate, MinHasher, Signature, SignatureMatrix};
pub use result::{Cluster, Clustering, Keep, Member, Pair};
pub use scheme::{Scheme, SchemeBuilder};
pub use set::{Overlap, ShingleSet};
pub use text::Shingler;

/// The code of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
