//! What only shows inside: numbers that begin again, and memory that is given back.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::lsh::LshIndex;

fn scheme() -> Scheme {
    Scheme::builder().custom_features("test").num_hashes(16).build().expect("valid")
}

fn index(layout: Layout) -> SharedIndex<u8> {
    SharedIndex::with_layout(Arc::new(scheme()), Banding::new(8, 2).expect("valid"), layout)
}

proptest! {
    /// Numbers run out again and again, whatever the layout.
    #[test]
    fn numbers_that_begin_again_change_no_answer(
        steps in vec((any::<bool>(), 0_u8..12, vec(0_u64..12, 0..8)), 1..150),
        (band_bits, segments, most) in (0_u32..5, 1_usize..5, 13_u32..30),
    ) {
        let hasher = scheme().minhasher();
        let shared = index(Layout { band_bits, segments, most });
        let mut model = LshIndex::new(&scheme(), shared.banding()).expect("fits");
        for (put, id, set) in steps {
            let signature = hasher.signature(&set);
            if put {
                prop_assert_eq!(shared.upsert(id, &signature), model.upsert(id, &signature));
            } else {
                prop_assert_eq!(shared.remove(&id), model.remove(&id));
            }
            prop_assert_eq!(shared.len(), model.len());
            let found = shared.nearest(&signature, 9).expect("same scheme");
            let expected = model.nearest(&signature, 9).expect("same scheme");
            let pairs = |hits: &[OwnedHit<u8>]| hits.iter().map(|hit| (hit.id, hit.estimate)).collect::<Vec<_>>();
            prop_assert_eq!(pairs(&found), expected.iter().map(|hit| (*hit.id, hit.estimate)).collect::<Vec<_>>());
        }
        prop_assert!(shared.to_index().ids().eq(model.ids()));
    }
}

#[test]
fn a_full_index_refuses_and_has_room_again_after_a_removal() {
    let shared = index(Layout { band_bits: 2, segments: 2, most: 10 });
    let signature = scheme().minhasher().signature(&[1]);
    for id in 0..10 {
        shared.insert(id, &signature).expect("new");
    }
    assert_eq!(shared.insert(10, &signature), Err(Error::TooManyDocuments));
    assert_eq!(shared.insert(9, &signature), Err(Error::DuplicateId { id: "9".into() }));
    assert_eq!(shared.upsert(9, &signature), Err(Error::TooManyDocuments));
    assert!(shared.remove(&4));
    shared.insert(10, &signature).expect("a number is free");
    let ids: Vec<u8> = shared.query(&signature, 0.9).expect("valid").into_iter().map(|hit| hit.id).collect();
    assert_eq!(ids, [0, 1, 2, 3, 5, 6, 7, 8, 9, 10]);
}

/// Many more documents come and go than stay, and each time in other buckets.
#[test]
fn memory_of_removed_documents_is_free() {
    let hasher = scheme().minhasher();
    let banding = Banding::new(8, 2).expect("valid");
    let layout = Layout { band_bits: 2, segments: 4, most: MOST_DOCUMENTS };
    let shared = SharedIndex::with_layout(Arc::new(scheme()), banding, layout);
    let bytes = || shared.stats().index_bytes;
    let mut most = 0;
    for round in 0..10_u64 {
        let signatures: Vec<_> = (0..5_000).map(|set| hasher.signature(&[round * 10_000 + set / 2])).collect();
        for (id, signature) in signatures.iter().enumerate() {
            shared.insert(id, signature).expect("new");
        }
        most = if round == 0 { bytes() } else { most };
        assert!(bytes() <= most * 3 / 2, "{} of {most} in round {round}", bytes());
        (0..5_000).for_each(|id| assert!(shared.remove(&id)));
    }
    // A table of a few homes stays for each segment.
    assert!(bytes() < most / 4, "{} of {most}", bytes());
}
