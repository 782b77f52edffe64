//! What is read from storage obeys the same rules as what the constructors make: forged JSON is an error, never a panic later.
#![cfg(all(feature = "serde", feature = "store"))]

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use twinprint::lsh::LshIndex;
use twinprint::passages::{Coverage, Passage, PassageRules, RepeatedPassage, RepeatedPassages, SharedPassages};
use twinprint::relation::{SharedQuote, Slot};
use twinprint::store::StoreHit;
use twinprint::stories::Story;
use twinprint::{Banding, Estimate, Member, Pair, Scheme, ShingleSet, Signature, SignatureMatrix, SimdLevel};

fn scheme() -> Scheme {
    Scheme::builder().custom_features("n").num_hashes(4).build().expect("valid")
}

/// Checks that a value comes back as it was, and returns its JSON.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) -> Value {
    let stored = serde_json::to_value(value).expect("stored");
    assert_eq!(&serde_json::from_value::<T>(stored.clone()).expect("read"), value);
    stored
}

/// Returns the error of reading a value whose field was replaced.
fn forged<T: DeserializeOwned + std::fmt::Debug>(stored: &Value, field: &str, value: Value) -> String {
    let mut forged = stored.clone();
    assert!(forged.get(field).is_some(), "{field} in {stored}");
    forged[field] = value;
    serde_json::from_value::<T>(forged).expect_err(field).to_string()
}

#[test]
fn signatures() {
    let stored = round_trip(&scheme().minhasher().signature(&[1, 2, 3]));
    round_trip(&scheme().minhasher().empty());
    assert!(forged::<Signature>(&stored, "values", json!([])).contains("length 0 and must have 4"));
    assert!(forged::<Signature>(&stored, "values", json!([1, 2, 3, 4, 5])).contains("length 5"));
    // All positions mark an empty set, or none.
    assert!(forged::<Signature>(&stored, "values", json!([u32::MAX, 1, 2, 3])).contains("1 of 4 positions"));
    assert!(forged::<Signature>(&stored, "values", json!([1, 2, 3, u32::MAX])).contains("1 of 4 positions"));
    assert!(Signature::from_values(&scheme(), vec![u32::MAX, 1, 2, 3]).is_err());
}

#[test]
fn matrices() {
    let matrix = scheme().minhasher().matrix(&[vec![1, 2], vec![], vec![3]]);
    let stored = round_trip(&matrix);
    round_trip(&SignatureMatrix::new(&scheme()));
    assert_eq!(stored["values"].as_array().map(Vec::len), Some(12));
    assert!(forged::<SignatureMatrix>(&stored, "values", json!([1, 2, 3, 4, 5])).contains("length 5 and must have 8"));
    assert!(forged::<SignatureMatrix>(&stored, "values", json!([1, 2, 3, u32::MAX])).contains("1 of 4 positions"));
    let mut scheme = stored["scheme"].clone();
    scheme["sketch"]["num_hashes"] = json!(0);
    assert!(forged::<SignatureMatrix>(&stored, "scheme", scheme).contains("num_hashes is 0"));
}

#[test]
fn sets() {
    let set: ShingleSet = [3, 1, 2, u64::MAX].into_iter().collect();
    assert_eq!(round_trip(&set), json!([1, 2, 3, u64::MAX]));
    round_trip(&ShingleSet::default());
    for forged in ["[2,1]", "[1,1]", "[1,2,2]", "[-1]", "{}"] {
        assert!(serde_json::from_str::<ShingleSet>(forged).is_err(), "{forged}");
    }
}

#[test]
fn bandings() {
    let stored = round_trip(&Banding::new(20, 5).expect("valid"));
    for (field, value) in [("bands", json!(0)), ("rows", json!(0)), ("bands", json!(70_000)), ("rows", json!(60_000))] {
        forged::<Banding>(&stored, field, value);
    }
    for loss in [json!(-0.1), json!(0.6), json!(1e300)] {
        assert!(forged::<Banding>(&stored, "filter_loss", loss).contains("filter_loss"));
    }
    let misspelt = json!({"bands": 20, "rows": 5, "filter_loss": 0.001, "row": 6});
    assert!(serde_json::from_value::<Banding>(misspelt).expect_err("no such field").to_string().contains("`row`"));
}

#[test]
fn estimates() {
    let hasher = scheme().minhasher();
    let estimate = hasher.signature(&[1, 2]).estimate(&hasher.signature(&[2, 3])).expect("one scheme");
    let stored = round_trip(&estimate);
    for (field, value) in [
        ("jaccard", json!(-0.5)),
        ("jaccard", json!(1.5)),
        ("standard_error", json!(0.0)),
        ("standard_error", json!(-1.0)),
        ("num_hashes", json!(0)),
        ("num_hashes", json!(65_537)),
    ] {
        forged::<Estimate>(&stored, field, value);
    }
    // Fields are public, so they can be set to anything, and even then nothing panics.
    let mut odd = estimate;
    for jaccard in [f64::NAN, -1.0, 2.0, f64::INFINITY] {
        odd.jaccard = jaccard;
        let (low, high) = odd.interval(1.96);
        assert!(0.0 <= low && low <= high && high <= 1.0);
    }
}

#[test]
fn passages() {
    let rules = PassageRules::new(3, 6).expect("within");
    let shingler = Scheme::news().shingler().expect("text");
    let shared = SharedPassages::new(&shingler, "one two three four", "one two three four five", rules);
    let stored = round_trip(&shared.passages()[0]);
    for side in ["left", "right"] {
        for (start, end) in [(9, 2), (3, 3)] {
            let refused = forged::<Passage>(&stored, side, json!({"start": start, "end": end}));
            assert!(refused.contains(&format!("range of bytes is {start}..{end}")), "{refused}");
        }
    }
    let repeated = RepeatedPassages::new(&shingler, "one two three. A. One two three!", rules);
    let stored = round_trip(&repeated.passages()[0]);
    for side in ["later", "earlier"] {
        assert!(forged::<RepeatedPassage>(&stored, side, json!({"start": 9, "end": 2})).contains("9..2"));
    }
    let stored = round_trip(&shared.right());
    assert!(forged::<Coverage>(&stored, "shared", json!(6)).contains("shared is 6 of 5"));
    let stored = round_trip(&shared);
    assert!(forged::<SharedPassages>(&stored, "left", json!({"tokens": 1, "shared": 9})).contains("shared is 9 of 1"));
}

#[test]
fn slots_and_quotes() {
    let bytes = json!({"start": 2, "end": 9});
    let slot = json!({"left": bytes, "right": bytes, "kind": "Names", "is_subject": true});
    let quote = json!({"left": bytes, "right": bytes, "words": 5});
    for side in ["left", "right"] {
        assert!(forged::<Slot>(&slot, side, json!({"start": 9, "end": 2})).contains("9..2"));
        assert!(forged::<SharedQuote>(&quote, side, json!({"start": 9, "end": 2})).contains("9..2"));
    }
}

#[test]
fn stories_and_hits() {
    let member = json!({"text": 1, "similarity": 0.5, "time": null});
    let story = json!({"members": [member, member], "center": 1, "sources": []});
    assert!(serde_json::from_value::<Story>(story.clone()).is_ok());
    assert!(forged::<Story>(&story, "center", json!(2)).contains("center is 2"));
    assert!(forged::<Story>(&story, "members", json!([])).contains("center is 1"));
    let hit = json!({"id": "a", "jaccard": 1.0, "overlap": null, "time": 7});
    assert!(serde_json::from_value::<StoreHit>(hit.clone()).is_ok());
    for jaccard in [7.0, -0.5] {
        assert!(forged::<StoreHit>(&hit, "jaccard", json!(jaccard)).contains("jaccard is"));
    }
}

#[test]
fn copies_have_equal_sets() {
    let overlap = |left, right, shared| json!({"left": left, "right": right, "shared": shared});
    let pair = json!({"left": "a", "right": "b", "overlap": overlap(10, 10, 10), "same_text": true});
    let member = json!({"document": "a", "representative": "b", "overlap": overlap(10, 10, 10), "same_text": true});
    assert!(serde_json::from_value::<Pair<String>>(pair.clone()).is_ok_and(|pair| pair.is_copy()));
    assert!(serde_json::from_value::<Member<String>>(member.clone()).is_ok_and(|member| member.is_copy()));
    for other in [overlap(10, 10, 1), overlap(10, 9, 9)] {
        assert!(forged::<Pair<String>>(&pair, "overlap", other.clone()).contains("same_text is true"));
        assert!(forged::<Member<String>>(&member, "overlap", other).contains("same_text is true"));
    }
    assert!(forged::<Member<String>>(&member, "overlap", Value::Null).contains("same_text is true"));
    // Earlier versions did not store it.
    let older = json!({"left": "a", "right": "b", "overlap": overlap(10, 10, 1)});
    assert!(serde_json::from_value::<Pair<String>>(older).is_ok_and(|pair| !pair.is_copy()));
}

#[test]
fn levels() {
    assert_eq!(round_trip(&SimdLevel::Avx512), json!("avx512"));
    assert!(serde_json::from_str::<SimdLevel>("\"sse2\"").is_err());
}

#[test]
fn indexes() {
    let hasher = scheme().minhasher();
    let banding = Banding::new(2, 2).expect("valid");
    let mut index = LshIndex::new(&scheme(), banding).expect("fits");
    for (id, set) in [("a", vec![1, 2]), ("gone", vec![7]), ("b", vec![1, 2]), ("empty", vec![])] {
        index.insert(id.to_string(), &hasher.signature(&set)).expect("new");
    }
    index.remove(&"gone".to_string());
    let stored = serde_json::to_value(&index).expect("stored");
    let read: LshIndex<String> = serde_json::from_value(stored.clone()).expect("read");
    assert!(read.ids().eq(["a", "b", "empty"]));
    assert_eq!(read.query(&hasher.signature(&[1, 2]), 0.9), index.query(&hasher.signature(&[1, 2]), 0.9));
    assert_eq!(read.signature(&"b".to_string()), index.signature(&"b".to_string()));
    assert_eq!((read.scheme(), read.banding(), read.stats().empty), (index.scheme(), index.banding(), 1));
    assert_eq!(serde_json::to_value(&read).expect("stored"), stored);

    let refused = |field, value| forged::<LshIndex<String>>(&stored, field, value);
    assert!(refused("ids", json!(["a", "b"])).contains("ids has length 2 and must have 3"));
    assert!(refused("ids", json!(["a", "b", "a"])).contains("\"a\""));
    assert!(refused("values", json!([1, 2, 3])).contains("length 3 and must have 4"));
    assert!(refused("values", json!([])).contains("ids has length 3 and must have 0"));
    assert!(refused("banding", json!({"bands": 3, "rows": 2, "filter_loss": 0.001})).contains("3 bands of 2 rows"));
    refused("banding", json!({"bands": 0, "rows": 2, "filter_loss": 0.001}));
    let mut values = stored["values"].clone();
    values[0] = json!(u32::MAX);
    assert!(refused("values", values).contains("1 of 4 positions"));
}
