//! A forest against brute force.

use proptest::prelude::*;

use super::LshForest;
use crate::error::Error;
use crate::minhash::{MinHasher, Signature, SignatureMatrix};
use crate::mix::mix64;
use crate::scheme::Scheme;

fn scheme(num_hashes: u32) -> Scheme {
    Scheme::builder().custom_features("numbers").num_hashes(num_hashes).build().expect("valid")
}

/// A set that shares much with those of near numbers; of the number 0 it is empty.
fn signature(hasher: &MinHasher, number: u64) -> Signature {
    let set: Vec<u64> = if number == 0 { Vec::new() } else { (3 * number..3 * number + 20).map(mix64).collect() };
    hasher.signature(&set)
}

/// The answer by its definition: what shares a prefix with the signature in any tree, of the longest length at which that is enough.
fn expected(
    forest: &LshForest<u32>,
    held: &[(u32, Signature)],
    asked: &Signature,
    count: usize,
    least: usize,
) -> Vec<u32> {
    let depth = forest.depth();
    let shares = |other: &Signature, length: usize| {
        let trees = asked.values().chunks_exact(depth).zip(other.values().chunks_exact(depth)).take(forest.trees());
        !asked.is_empty() && !other.is_empty() && trees.into_iter().any(|(a, b)| a[..length] == b[..length])
    };
    let mut found = Vec::new();
    for length in (1..=depth).rev() {
        found = held.iter().filter(|(_, other)| shares(other, length)).collect();
        if found.len() >= least {
            break;
        }
    }
    found.sort_by(|a, b| {
        let jaccard = |other: &Signature| asked.estimate(other).expect("same scheme").jaccard;
        jaccard(&b.1).total_cmp(&jaccard(&a.1))
    });
    found.into_iter().take(count).map(|(id, _)| *id).collect()
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u64),
    InsertAll(Vec<u64>),
    Remove(usize),
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..60_u64).prop_map(Step::Insert),
        3 => prop::collection::vec(0..60_u64, 0..150).prop_map(Step::InsertAll),
        4 => any::<prop::sample::Index>().prop_map(|at| Step::Remove(at.index(1 << 20))),
        1 => Just(Step::Clear),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn answers_are_those_of_brute_force(steps in steps(), trees in 1_u32..9, asked in prop::collection::vec(0..60_u64, 4)) {
        let scheme = scheme(16);
        let hasher = scheme.minhasher();
        let mut forest = LshForest::new(&scheme, trees).expect("few trees");
        let (mut held, mut next) = (Vec::<(u32, Signature)>::new(), 0);
        for step in steps {
            match step {
                Step::Insert(number) => {
                    forest.insert(next, &signature(&hasher, number)).expect("new");
                    held.push((next, signature(&hasher, number)));
                    next += 1;
                }
                Step::InsertAll(numbers) => {
                    let mut matrix = SignatureMatrix::new(&scheme);
                    for number in &numbers {
                        matrix.push(&signature(&hasher, *number)).expect("same scheme");
                    }
                    forest.insert_all(next..next + numbers.len() as u32, &matrix).expect("new");
                    held.extend((next..).zip(numbers.iter().map(|number| signature(&hasher, *number))));
                    next += numbers.len() as u32;
                }
                Step::Remove(at) if !held.is_empty() => {
                    let (id, _) = held.remove(at % held.len());
                    prop_assert!(forest.remove(&id) && !forest.remove(&id));
                }
                Step::Remove(_) => prop_assert!(!forest.remove(&next)),
                Step::Clear => {
                    forest.clear();
                    held.clear();
                }
            }
        }
        prop_assert!(forest.ids().eq(held.iter().map(|(id, _)| id)) && forest.len() == held.len());
        for number in asked {
            let asked = signature(&hasher, number);
            for (count, least) in [(1, 1), (3, 5), (10, 40), (1000, 1000)] {
                let found = forest.nearest_of(&asked, count, least).expect("same scheme");
                let found: Vec<u32> = found.iter().map(|hit| *hit.id).collect();
                prop_assert_eq!(found, expected(&forest, &held, &asked, count, least));
            }
        }
    }
}

#[test]
fn what_cannot_be_right_is_refused() {
    let scheme = scheme(16);
    assert!(matches!(LshForest::<u32>::new(&scheme, 0), Err(Error::OutOfRange { field: "trees", .. })));
    assert!(LshForest::<u32>::new(&scheme, 17).is_err());
    let mut forest = LshForest::new(&scheme, 16).expect("one position each");
    let hasher = scheme.minhasher();
    forest.insert(1, &hasher.empty()).expect("new");
    assert!(matches!(forest.insert(1, &hasher.empty()), Err(Error::DuplicateId { .. })));
    assert!(forest.insert(2, &self::scheme(32).minhasher().empty()).is_err());
    let mut matrix = SignatureMatrix::new(&scheme);
    matrix.push(&hasher.signature(&[1])).expect("same scheme");
    assert!(matches!(forest.insert_all([], &matrix), Err(Error::WrongLength { found: 0, expected: 1, .. })));
    assert!(matches!(forest.insert_all([1], &matrix), Err(Error::DuplicateId { .. })));
    assert_eq!((forest.len(), forest.contains(&2)), (1, false));
    assert!(forest.nearest(&hasher.signature(&[1]), 5).expect("same scheme").is_empty());
    assert!(forest.bytes() > 0);
}
