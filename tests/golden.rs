//! What published schemes give, pinned. If one of these changes, the change breaks every stored signature: it needs a
//! new `SCHEME_REVISION`, not a new expectation. (Before version 1.0 presets may still change, and say so in the
//! changelog.)

use proptest::prelude::*;
use twinprint::lsh::{BandHasher, Banding};
use twinprint::minhash::WeightedMinHasher;
use twinprint::scheme::{Algorithm, SCHEME_REVISION};
use twinprint::set::WeightedSet;
use twinprint::text::{Normalization, Tokenization, UNICODE_VERSION};
use twinprint::{Error, Scheme};

const TEXT: &str =
    "The ferry to Skelby didn’t sail on Monday, 3 March: winds of 27.5 m/s. 渡轮周一停航。Паром не вышел.";

#[test]
fn versions() {
    assert_eq!((SCHEME_REVISION, UNICODE_VERSION), (1, "17.0.0"));
}

/// The presets as they were before signs counted: what was stored under them still has its meaning and its id.
fn before_signs(words: u32, letters: u32, num_hashes: u32) -> Scheme {
    Scheme::builder()
        .words(words)
        .spaceless_tokens(letters)
        .num_hashes(num_hashes)
        .tokenization(Tokenization::Words)
        .normalization(Normalization::default().keep_emoji(false))
        .build()
        .expect("valid")
}

#[test]
fn scheme_ids() {
    assert_eq!(before_signs(3, 5, 256).id().to_string(), "a25c93e53ac35301");
    assert_eq!(before_signs(5, 8, 128).id().to_string(), "ee5d84b3af03115b");
    assert_eq!(
        [Scheme::news(), Scheme::web(), Scheme::code()].map(|scheme| scheme.id().to_string()),
        ["c6feac33f84f27d2", "ac8bb3c51796a980", "6e6dd8f7b234a0f0"]
    );
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
    assert_eq!(first(before_signs(3, 5, 256)), (22, 12945291781982131849, 2570975667726740525));
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

#[test]
fn weighted_signatures() {
    let set = WeightedSet::new((0..100).map(|feature| (feature, 0.25 + feature as f64 / 3.0))).expect("valid");
    let values = |num_hashes| {
        let signature = WeightedMinHasher::new("n", num_hashes, 42).expect("valid").signature(&set);
        let values = signature.values();
        (values[0], values[1], values.iter().fold(0_u32, |all, value| all.rotate_left(5) ^ value))
    };
    assert_eq!(values(128), (971622078, 975825576, 2889748317));
    assert_eq!(values(7), (859404300, 843103924, 3949370736));
}

/// Engines store these keys, so they change as little as signatures do.
#[test]
fn band_keys() {
    let signature = |algorithm| {
        let builder = Scheme::builder().custom_features("n").algorithm(algorithm).num_hashes(128).seed(42);
        builder.build().expect("valid").minhasher().signature(&(0..100).collect::<Vec<u64>>())
    };
    let keys = |algorithm, bands, rows| {
        let keys = Banding::new(bands, rows).expect("valid").keys(&signature(algorithm)).expect("it fits");
        assert_eq!(keys.len(), bands as usize);
        (keys[0], keys[keys.len() - 1], keys.iter().fold(0_u64, |all, key| all.rotate_left(5) ^ key))
    };
    assert_eq!(keys(Algorithm::Permutations, 20, 6), (3109497722263662925, 12613831148645986317, 4656225463084395026));
    assert_eq!(
        keys(Algorithm::Permutations, 128, 1),
        (11784634237266755772, 13556055871828452772, 8443240680171280589)
    );
    assert_eq!(
        keys(Algorithm::FastSimilarity, 20, 6),
        (2172307032429333736, 9404746265985504895, 16767804699742370681)
    );
}

/// The formula of the documentation, written again.
fn keys_by_the_formula(seed: u64, rows: usize, bands: usize, values: &[u32]) -> Vec<u64> {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |mut x: u64| {
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    let origin = xxhash_rust::xxh3::xxh3_64_with_seed(b"band key", seed);
    let constant = |position: u64| mix(origin.wrapping_add((position + 1).wrapping_mul(GOLDEN))) | 1;
    let key = |band: usize| {
        let first = (band as u64 + 1).wrapping_mul(GOLDEN);
        let positions = band * rows..(band + 1) * rows;
        mix(positions.fold(first, |sum, at| sum.wrapping_add(constant(at as u64).wrapping_mul(u64::from(values[at])))))
    };
    (0..bands).map(key).collect()
}

proptest! {
    #[test]
    fn band_keys_are_those_of_the_formula(
        seed: u64,
        features in prop::collection::vec(any::<u64>(), 0..5),
        (bands, rows) in (1_u32..9, 1_u32..5),
    ) {
        let scheme = Scheme::builder().custom_features("n").num_hashes(32).seed(seed).build().expect("valid");
        let signature = scheme.minhasher().signature(&features);
        let banding = Banding::new(bands, rows).expect("valid");
        let mut expected = keys_by_the_formula(seed, rows as usize, bands as usize, signature.values());
        if features.is_empty() {
            expected.clear();
        }
        let hasher = BandHasher::new(banding, &scheme).expect("it fits");
        prop_assert_eq!(banding.keys(&signature), Ok(expected.clone()));
        prop_assert_eq!(hasher.keys(&signature), Ok(expected.clone()));
        prop_assert_eq!(hasher.row_keys(signature.values()), Ok(expected));
    }
}

#[test]
fn band_keys_of_what_does_not_fit_are_errors() {
    let signature = |seed| {
        let scheme = Scheme::builder().custom_features("n").num_hashes(16).seed(seed).build().expect("valid");
        scheme.minhasher().signature(&[1])
    };
    let banding = Banding::new(4, 4).expect("valid");
    let hasher = BandHasher::new(banding, signature(1).scheme()).expect("it fits");
    assert_eq!(hasher.keys(&signature(2)).expect_err("another seed").field, "sketch.seed");
    let wrong_length = Error::WrongLength { field: "row", found: 15, expected: 16 };
    assert_eq!(hasher.row_keys(&[7; 15]), Err(wrong_length));
    let banding = Banding::new(5, 4).expect("valid");
    assert!(matches!(banding.keys(&signature(1)), Err(Error::BandingTooLarge { .. })));
    // Bands of equal values have different keys, because a key has the number of its band.
    let equal = Banding::new(16, 1).expect("valid");
    let hasher = BandHasher::new(equal, signature(1).scheme()).expect("it fits");
    let mut keys = hasher.row_keys(&[0; 16]).expect("its length");
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 16);
}
