//! Schemes and signatures as they are stored.
#![cfg(feature = "serde")]

use twinprint::lsh::Banding;
use twinprint::{Scheme, Signature};

#[test]
fn schemes_come_back_as_they_were() {
    let custom = Scheme::builder().custom_features("pixels").num_hashes(64).build().expect("valid");
    for scheme in [Scheme::news(), Scheme::web(), Scheme::code(), custom] {
        let stored = serde_json::to_string(&scheme).expect("stored");
        assert_eq!(serde_json::from_str::<Scheme>(&stored).expect("read"), scheme);
        let signature = scheme.minhasher().signature(&[1, 2, 3]);
        let stored = serde_json::to_string(&signature).expect("stored");
        let read: Signature = serde_json::from_str(&stored).expect("read");
        assert_eq!(read.jaccard(&signature), Ok(1.0));
    }
}

#[test]
fn stored_schemes_of_another_meaning_are_refused() {
    let stored = serde_json::to_string(&Scheme::news()).expect("stored");
    let refused = |from: &str, to: &str| {
        assert!(stored.contains(from), "{from} in {stored}");
        serde_json::from_str::<Scheme>(&stored.replacen(from, to, 1)).expect_err(to).to_string()
    };
    assert!(refused("\"revision\":1", "\"revision\":2").contains("revision"));
    // What was stored before signs counted names the rule for words, and is another scheme.
    let words = stored.replacen("words-and-signs", "words", 1);
    let words: Scheme = serde_json::from_str(&words).expect("the rule that it was stored under");
    assert_eq!(words.check_same(&Scheme::news()).expect_err("another rule").field, "features.tokenization");
    assert!(refused("17.0.0", "16.0.0").contains("features.unicode"));
    assert!(refused("\"num_hashes\":256", "\"num_hashes\":0").contains("num_hashes is 0"));
    assert!(refused("\"tokens\":3", "\"tokens\":0").contains("tokens is 0"));
    assert!(refused("\"tokens\":3", "\"tokens\":3,\"more\":1").contains("more"));
}

#[test]
fn stored_signatures_and_bandings_are_checked() {
    let signature = Scheme::web().minhasher().signature(&[1]);
    let stored = serde_json::to_string(&signature).expect("stored");
    let cut = stored.replacen("\"values\":[", "\"values\":[7,", 1);
    assert!(serde_json::from_str::<Signature>(&cut).expect_err("too long").to_string().contains("length 129"));
    let banding = Banding::for_threshold(0.5).plan().expect("valid");
    let stored = serde_json::to_string(&banding).expect("stored");
    assert_eq!(serde_json::from_str::<Banding>(&stored).expect("read"), banding);
    let bad = stored.replacen(&format!("\"bands\":{}", banding.bands()), "\"bands\":0", 1);
    assert!(serde_json::from_str::<Banding>(&bad).is_err());
}
