//! The decisions of a join on columns are those on single sets.

use arrow_array::builder::{ListBuilder, UInt32Builder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{Array, ListArray};
use proptest::prelude::*;
use twinprint::join::JoinRules;
use twinprint::{Scheme, SimilarityJoin};
use twinprint_arrow::Error;
use twinprint_arrow::rules::{Found, search, similar, sketches, verify};

fn rules() -> JoinRules {
    SimilarityJoin::builder(&Scheme::news()).threshold(0.6).rules().expect("valid")
}

fn column(sets: &[Vec<u64>]) -> ListArray {
    ListArray::from_iter_primitive::<UInt64Type, _, _>(
        sets.iter().map(|set| Some(set.iter().copied().map(Some).collect::<Vec<_>>())),
    )
}

fn blocks(blocks: &[Vec<Vec<u64>>]) -> ListArray {
    let mut builder = ListBuilder::new(ListBuilder::new(UInt64Builder::new()));
    for block in blocks {
        block.iter().for_each(|set| builder.values().append_value(set.iter().copied().map(Some)));
        builder.append(true);
    }
    builder.finish()
}

fn reaches(rows: &[Vec<u32>]) -> ListArray {
    let mut builder = ListBuilder::new(UInt32Builder::new());
    rows.iter().for_each(|row| builder.append_value(row.iter().copied().map(Some)));
    builder.finish()
}

fn set() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::btree_set(0_u64..60, 1..50).prop_map(|set| set.into_iter().collect())
}

proptest! {
    #[test]
    fn columns_are_decided_row_by_row(pairs in prop::collection::vec((set(), set()), 1..12)) {
        let rules = rules();
        let (left, right): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let (lefts, rights) = (column(&left), column(&right));
        let shared = verify(&lefts, &rights, &rules).expect("sets");
        let (left_sketches, right_sketches) =
            (sketches(&lefts, &rules).expect("sets"), sketches(&rights, &rules).expect("sets"));
        let alike = similar(&left_sketches, &right_sketches, &rules).expect("sketches");
        for row in 0..left.len() {
            let expected = rules.verify(&left[row], &right[row]).map(|overlap| overlap.shared() as u32);
            prop_assert_eq!(shared.is_valid(row).then(|| shared.value(row)), expected);
            let (a, b) = (rules.sketch(&left[row]), rules.sketch(&right[row]));
            let sketch = left_sketches.value(row);
            prop_assert_eq!(sketch.as_primitive::<UInt64Type>().values(), &a[..]);
            prop_assert_eq!(alike.value(row), rules.estimates_similar(&a, &b));
        }
    }
}

#[test]
fn a_probe_meets_the_pivots_in_its_reach() {
    let rules = rules();
    let sketch = |from: u64| rules.sketch(&(from..from + 40).collect::<Vec<_>>());
    let pivots = blocks(&[vec![sketch(0), sketch(500), sketch(1)], vec![sketch(0)]]);
    let probes = blocks(&[vec![sketch(2), sketch(2), sketch(3)], vec![sketch(900)]]);
    let found = search(&pivots, &probes, &reaches(&[vec![3, 1, 0], vec![9]]), &rules).expect("blocks");
    let pairs: Vec<_> = found.iter().map(|Found { row, pivot, probe }| (*row, *pivot, *probe)).collect();
    assert_eq!(pairs, [(0, 0, 0), (0, 2, 0), (0, 0, 1)]);
}

#[test]
fn columns_of_another_kind_are_refused() {
    let rules = rules();
    let (one, two) = (column(&[vec![1]]), column(&[vec![1], vec![2]]));
    assert!(matches!(verify(&one, &two, &rules), Err(Error::Rows { left: 1, right: 2 })));
    assert!(matches!(search(&one, &one, &reaches(&[vec![1]]), &rules), Err(Error::Type { .. })));
    let block = blocks(&[vec![vec![1]]]);
    assert!(matches!(search(&block, &block, &reaches(&[vec![1, 2]]), &rules), Err(Error::Rows { .. })));
}
