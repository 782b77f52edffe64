//! What published schemes give, pinned. If one of these changes, the change breaks every stored signature: it needs a
//! new `SCHEME_REVISION`, not a new expectation. (Before version 1.0 presets may still change, and say so in the
//! changelog.)

use twinprint::Scheme;
use twinprint::scheme::{Algorithm, SCHEME_REVISION};
use twinprint::text::{Normalization, Tokenization, UNICODE_VERSION};

const TEXT: &str =
    "The ferry to Skelby didn’t sail on Monday, 3 March: winds of 27.5 m/s. 渡轮周一停航。Паром не вышел.";

#[test]
fn versions() {
    assert_eq!((SCHEME_REVISION, UNICODE_VERSION), (1, "17.0.0"));
}

#[test]
fn scheme_ids() {
    assert_eq!(Scheme::news().id().to_string(), "a25c93e53ac35301");
    assert_eq!(Scheme::web().id().to_string(), "ee5d84b3af03115b");
    assert_eq!(
        Scheme::builder().custom_features("pixels").build().expect("valid").id().to_string(),
        "17d718187c85ceff"
    );
}

#[test]
fn shingle_hashes() {
    let first = |scheme: Scheme| {
        let hashes = scheme.shingler().expect("text").hashes(TEXT);
        (hashes.len(), hashes.iter().fold(0, |all, hash| all ^ hash), hashes[0])
    };
    assert_eq!(first(Scheme::news()), (22, 12945291781982131849, 2570975667726740525));
    let characters = Scheme::builder().characters(5).build().expect("valid");
    assert_eq!(first(characters), (89, 5666778483536732466, 9937582070073346775));
    let bytes = Scheme::builder().tokenization(Tokenization::Bytes).normalization(Normalization::NONE).tokens(8);
    assert_eq!(first(bytes.build().expect("valid")), (114, 6218137511588123243, 11205153422781912735));
}

#[test]
fn signatures() {
    let values = |algorithm, num_hashes| {
        let builder = Scheme::builder().custom_features("n").algorithm(algorithm).num_hashes(num_hashes).seed(42);
        let features: Vec<u64> = (0..100).collect();
        let signature = builder.build().expect("valid").minhasher().signature(&features);
        let values = signature.values();
        (values[0], values[1], values.iter().fold(0_u32, |all, value| all.rotate_left(5) ^ value))
    };
    assert_eq!(values(Algorithm::Permutations, 128), (33953391, 16547263, 3086323256));
    assert_eq!(values(Algorithm::Permutations, 7), (33953391, 16547263, 3436720744));
    assert_eq!(values(Algorithm::FastSimilarity, 128), (102239132, 1383485266, 2020377526));
    assert_eq!(values(Algorithm::FastSimilarity, 7), (17564481, 131144524, 60960653));
}
