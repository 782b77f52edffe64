//! Compile-time checks: public types cross threads, and generic ones do whenever their parameters do.

use twinprint::dedup::{Deduplication, Deduplicator, DeduplicatorBuilder, InsertOutcome};
use twinprint::join::{Document, JoinRules, JoinStats, Origin, Progress, SimilarityJoin, SimilarityJoinBuilder, Stage};
use twinprint::lsh::{
    BandHasher, Banding, BandingPlanner, Candidate, CandidatePairs, Hit, Ids, IndexStats, LshIndex, OwnedHit,
    SharedIndex,
};
use twinprint::minhash::{Estimate, IntoSignatures, MinHasher, Signature, SignatureMatrix};
use twinprint::result::{Cluster, Clustering, ContainedPair, Keep, Member, Pair, VerifiedPairs};
use twinprint::scheme::{
    Algorithm, Digits, FeatureScheme, Normalization, Scheme, SchemeBuilder, SchemeId, ShortText, SketchParams,
    TextFeatures, Tokenization, UnicodeForm, WordFilter,
};
use twinprint::set::{Overlap, ShingleSet};
use twinprint::text::{Shingle, Shingler, TextScratch, Token};
use twinprint::{Error, SimdLevel, audit, error};

/// Holds for a type that threads can send and share, and that can be moved when pinned.
const fn is_plain<T: Send + Sync + Unpin>() {}

macro_rules! all_plain {
    ($($type:ty),+ $(,)?) => {
        const _: () = {
            $(is_plain::<$type>();)+
        };
    };
}

all_plain!(
    Algorithm,
    BandHasher,
    Banding,
    BandingPlanner,
    Candidate<'_, String>,
    CandidatePairs<'_, String>,
    Cluster<String>,
    Clustering,
    ContainedPair<String>,
    Deduplication<String>,
    Deduplicator<String>,
    DeduplicatorBuilder,
    Digits,
    Document<String, twinprint::join::Text<String>>,
    Error,
    error::FileProblem,
    error::Mismatch,
    Estimate,
    FeatureScheme,
    Hit<'_, String>,
    Ids<'_, String>,
    IndexStats,
    InsertOutcome<String>,
    IntoSignatures,
    JoinRules,
    JoinStats,
    Keep,
    LshIndex<String>,
    Member<String>,
    MinHasher,
    Normalization,
    Origin,
    Overlap,
    OwnedHit<String>,
    Pair<String>,
    Progress,
    Scheme,
    SchemeBuilder,
    SchemeId,
    Shingle,
    Shingler,
    ShingleSet,
    ShortText,
    Signature,
    SharedIndex<String>,
    SignatureMatrix,
    SimdLevel,
    SimilarityJoin<String>,
    SimilarityJoinBuilder,
    SketchParams,
    Stage,
    TextFeatures,
    TextScratch,
    Token,
    Tokenization,
    UnicodeForm,
    VerifiedPairs<String>,
    WordFilter,
    audit::Sample<String>,
);

#[cfg(feature = "disk")]
all_plain!(error::IoError, twinprint::join::FileInfo, twinprint::result::DiskPairs, twinprint::result::DiskClusters,);

const fn is_send<T: Send>() {}

/// A join on disk talks to the thread that writes for it, so one thread at a time may use it.
#[cfg(feature = "disk")]
const _: () = is_send::<twinprint::join::DiskJoin>();

/// An index can be sent if its ids can: a `Cell` cannot be shared.
const _: () = is_send::<LshIndex<std::cell::Cell<u8>>>();
