use proptest::prelude::*;

use super::*;
use crate::error::Error;
use crate::lsh::Banding;
use crate::scheme::Scheme;
use crate::set::ShingleSet;

fn scheme() -> Scheme {
    Scheme::builder().custom_features("numbers").num_hashes(32).build().expect("valid")
}

/// Sets in families: neighbours are similar, every seventh is empty, and some are equal.
fn sets(count: u64) -> Vec<ShingleSet> {
    let set = |n: u64| {
        if n % 7 == 6 {
            ShingleSet::default()
        } else {
            (n / 10 * 1000 + n % 10 / 2 * 3..).take(20 + n as usize % 3).collect()
        }
    };
    (0..count).map(set).collect()
}

fn builder() -> FrozenBuilder {
    FrozenBuilder::new(&scheme(), Banding::new(16, 2).expect("valid")).expect("fits")
}

fn built(count: u64, with_sets: bool) -> Frozen<Vec<u8>> {
    let mut builder = if with_sets { builder().with_sets() } else { builder() };
    for (n, set) in sets(count).into_iter().enumerate() {
        builder.push_set(&format!("id {n}"), set).expect("new");
    }
    builder.build().expect("sound")
}

#[test]
fn everything_is_read_back() {
    for (count, with_sets) in [(0, true), (1, false), (1, true), (7, true), (100, true), (300, false)] {
        let frozen = built(count, with_sets);
        frozen.verify().expect("sound");
        assert_eq!((frozen.len() as u64, frozen.has_sets()), (count, with_sets));
        for (row, set) in sets(count).into_iter().enumerate() {
            let id = format!("id {row}");
            assert_eq!(frozen.id(row).expect("sound"), Some(DocumentId::Text(&id)));
            assert_eq!(frozen.row_of(&id).expect("sound"), Some(row));
            assert_eq!(frozen.signature(row).expect("sound"), Some(scheme().minhasher().signature(set.as_slice())));
            assert_eq!(frozen.set(row).expect("sound"), with_sets.then_some(set));
        }
        assert_eq!(frozen.row_of("id").expect("sound"), None);
        assert_eq!((frozen.id(count as usize), frozen.signature(count as usize)), (Ok(None), Ok(None)));
    }
}

#[test]
fn answers_are_those_of_comparing_all_that_share_a_band() {
    let (frozen, sets) = (built(200, true), sets(200));
    let hasher = scheme().minhasher();
    for (n, set) in sets.iter().enumerate() {
        let keys = frozen.banding().keys(&hasher.signature(set.as_slice())).expect("fits");
        let mut expected: Vec<(usize, f64)> = Vec::new();
        for (row, other) in sets.iter().enumerate() {
            let theirs = frozen.banding().keys(&hasher.signature(other.as_slice())).expect("fits");
            if keys.iter().any(|key| theirs.contains(key)) && set.jaccard(other) >= 0.5 {
                expected.push((row, set.jaccard(other)));
            }
        }
        expected.sort_by(|a, b| b.1.total_cmp(&a.1));
        let hits = frozen.query_set(set, 0.5).expect("sound");
        assert_eq!(hits.iter().map(|hit| (hit.row, hit.jaccard)).collect::<Vec<_>>(), expected, "set {n}");
        assert!(hits.iter().all(|hit| hit.overlap.is_some_and(|overlap| overlap == set.overlap(&sets[hit.row]))));
        let nearest = frozen.nearest(set, 2).expect("sound");
        assert!(nearest.len() <= 2 && nearest.iter().zip(&hits).all(|(near, hit)| near == hit));
    }
}

#[test]
fn estimates_are_those_of_the_online_index() {
    let frozen = built(200, false);
    let hasher = scheme().minhasher();
    let mut index = crate::lsh::LshIndex::new(&scheme(), frozen.banding()).expect("fits");
    for (row, set) in sets(200).iter().enumerate() {
        index.insert(row, &hasher.signature(set.as_slice())).expect("new");
    }
    for set in sets(200) {
        let signature = hasher.signature(set.as_slice());
        let expected: Vec<_> =
            index.query(&signature, 0.4).expect("same scheme").iter().map(|hit| (*hit.id, hit.jaccard)).collect();
        let hits = frozen.query(&signature, 0.4).expect("sound");
        assert_eq!(hits.iter().map(|hit| (hit.row, hit.jaccard)).collect::<Vec<_>>(), expected);
        assert!(hits.iter().all(|hit| hit.overlap.is_none()));
    }
}

#[test]
fn what_does_not_belong_is_refused() {
    let mut builder = builder();
    builder.push_set("a", ShingleSet::default()).expect("new");
    assert!(matches!(builder.push_set("a", ShingleSet::default()), Err(Error::DuplicateId { .. })));
    assert!(matches!(builder.push_set(7, ShingleSet::default()), Err(Error::OutOfRange { field: "id", .. })));
    let bytes = builder.finish().expect("written");
    let other = Scheme::builder().custom_features("others").num_hashes(32).build().expect("valid");
    let mismatch = Frozen::open_with(&bytes, &other).expect_err("another scheme");
    assert!(matches!(&mismatch, Error::Mismatch(mismatch) if mismatch.field == "features.custom"), "{mismatch}");
    assert!(Frozen::open(&bytes).expect("sound").query(&other.minhasher().empty(), 0.5).is_err());
    let keyed = scheme().keyed(7_u128);
    let bytes =
        FrozenBuilder::new(&keyed, Banding::new(16, 2).expect("valid")).expect("fits").finish().expect("written");
    assert!(Frozen::open(&bytes).is_err_and(|error| error.to_string().contains("secret key")));
    Frozen::open_with(&bytes, &keyed).expect("the same key").verify().expect("sound");
    assert!(!bytes.windows(8).any(|window| window == keyed.sketch().seed().to_le_bytes()), "the seed is a secret");
}

#[test]
fn a_merge_is_what_one_builder_would_have_written() {
    let parts: Vec<_> = [0..40_usize, 40..90, 90..200]
        .map(|range| {
            let mut builder = builder().with_sets();
            range.for_each(|n| builder.push_set(&format!("id {n}"), sets(200)[n].clone()).expect("new"));
            builder.build().expect("sound")
        })
        .into();
    assert!(Frozen::merge(&parts).expect("sound").as_bytes() == built(200, true).as_bytes());
    assert!(Frozen::merge(&[built(3, true), built(3, false)]).is_err());
}

/// Everything that can be asked, in one value.
fn all_answers(frozen: &Frozen<&[u8]>) -> Result<String, Error> {
    let mut all = format!("{:?} {:?}", frozen.len(), frozen.scheme());
    for row in 0..frozen.len().min(300) {
        all += &format!("{:?} {:?} {:?}", frozen.id(row)?, frozen.signature(row)?, frozen.set(row)?);
        if let Some(id) = frozen.id(row)? {
            all += &format!("{:?}", frozen.row_of(id)?);
        }
    }
    for set in sets(60) {
        all += &format!("{:?}", frozen.query_set(&set, 0.3)?);
    }
    Ok(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_change_is_an_error_or_changes_nothing(at in any::<prop::sample::Index>(), kind in 0..5_u8, value in any::<u8>(), length in 1..300_usize) {
        let original = built(60, true).as_bytes().to_vec();
        let mut bytes = original.clone();
        let at = at.index(bytes.len());
        let end = (at + length).min(bytes.len());
        match kind {
            0 => bytes[at] ^= value.max(1),
            1 => bytes.truncate(at),
            2 => bytes[at..end].fill(value),
            3 => drop(bytes.drain(at..end)),
            _ => drop(bytes.splice(at..at, vec![value; length])),
        }
        // Sections have padding, which nothing reads; it is still under a check.
        let answers = Frozen::open(&bytes[..]).and_then(|frozen| all_answers(&frozen));
        let expected = all_answers(&Frozen::open(&original[..]).expect("sound")).expect("sound");
        if let Ok(answers) = answers {
            prop_assert_eq!(answers, expected);
        }
        let verified = Frozen::open(&bytes[..]).and_then(|frozen| frozen.verify());
        prop_assert_eq!(verified.is_ok(), bytes == original);
    }

    #[test]
    fn every_changed_byte_of_the_footer_is_an_error(value in 1..=u8::MAX) {
        let original = built(60, true).as_bytes().to_vec();
        for behind in 1..=128 {
            let mut bytes = original.clone();
            let at = bytes.len() - behind;
            bytes[at] ^= value;
            prop_assert!(Frozen::open(&bytes[..]).is_err(), "{behind} bytes before the end");
        }
    }

    #[test]
    fn a_forged_footer_is_an_error_or_an_answer(at in 0..120_usize, value in any::<u8>(), is_table in any::<bool>()) {
        // With right checks, as somebody would make them on purpose.
        let mut bytes = built(60, true).as_bytes().to_vec();
        let start = bytes.len() - 128;
        let table = start - 24 * super::bytes::short(&bytes[start..], 36) as usize;
        let at = if is_table { table + at } else { start + at % 104 };
        bytes[at] = value;
        let check = xxhash_rust::xxh3::xxh3_64(&bytes[table..start + 104]);
        bytes[start + 104..start + 112].copy_from_slice(&check.to_le_bytes());
        let _ = Frozen::open(&bytes[..]).and_then(|frozen| {
            let _ = all_answers(&frozen);
            frozen.verify()
        });
    }

    #[test]
    fn any_bytes_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400), is_framed in any::<bool>()) {
        let mut bytes = bytes;
        if is_framed {
            bytes.splice(0..0, *b"twinpidx\x01\0\0\0\0\0\0\0");
            bytes.extend(b"\x01\0\0\0\0\0\0\0twinpidx");
        }
        prop_assert!(Frozen::open(&bytes).is_err());
    }
}

#[cfg(feature = "serde")]
#[test]
fn hits_are_written_as_plain_values() {
    let frozen = built(20, true);
    let hits = frozen.query_set(&sets(20)[3], 0.9).expect("sound");
    let written = serde_json::to_value(hits[0]).expect("JSON");
    assert_eq!(written["id"], "id 3");
    assert_eq!(written["jaccard"], 1.0);
    assert_eq!(serde_json::to_value(DocumentId::Number(7)).expect("JSON"), 7);
}
