//! Columns give what the library gives text by text, whatever the type of the column and however it is cut.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, FixedSizeListArray, Int32Array, LargeStringArray, ListArray, NullArray,
    StringArray, StringViewArray,
};
use proptest::prelude::*;
use twinprint::{Banding, Scheme};
use twinprint_arrow::{Error, band_keys, estimates, jaccard, overlaps, shingles, signatures};

fn scheme() -> Scheme {
    Scheme::builder().words(2).num_hashes(64).build().expect("valid")
}

fn banding() -> Banding {
    Banding::new(16, 4).expect("valid")
}

/// The column as each type of string there is, and as a dictionary.
fn columns(texts: &[Option<String>]) -> [ArrayRef; 4] {
    [
        Arc::new(texts.iter().map(Option::as_deref).collect::<DictionaryArray<Int32Type>>()),
        Arc::new(StringArray::from(texts.to_vec())),
        Arc::new(LargeStringArray::from(texts.to_vec())),
        Arc::new(StringViewArray::from_iter(texts.iter().map(Option::as_deref))),
    ]
}

fn signature_of(column: &FixedSizeListArray, row: usize) -> Vec<u32> {
    column.value(row).as_primitive::<UInt32Type>().values().to_vec()
}

fn numbers_of(column: &ListArray, row: usize) -> Vec<u64> {
    column.value(row).as_primitive::<UInt64Type>().values().to_vec()
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(String::new())),
        4 => "[abc ]{0,40}".prop_map(Some),
        4 => "\\PC{0,60}".prop_map(Some),
    ]
}

proptest! {
    #[test]
    fn a_column_gives_what_its_texts_give_one_by_one(texts in prop::collection::vec(text(), 0..20), cut in 0_usize..20) {
        let (scheme, cut) = (scheme(), cut.min(texts.len()));
        let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
        for column in columns(&texts) {
            let column = column.slice(cut, texts.len() - cut);
            let signed = signatures(&column, &scheme).expect("texts");
            let keys = band_keys(&signed, &scheme, banding()).expect("signatures");
            let sets = shingles(&column, &scheme).expect("texts");
            for (row, text) in texts[cut..].iter().enumerate() {
                prop_assert_eq!(signed.is_null(row), text.is_none());
                prop_assert_eq!(sets.is_null(row), text.is_none());
                prop_assert_eq!(keys.is_null(row), text.is_none());
                let Some(text) = text else { continue };
                let set = shingler.set(text);
                let signature = hasher.signature(set.as_slice());
                prop_assert_eq!(signature_of(&signed, row), signature.values());
                prop_assert_eq!(numbers_of(&keys, row), banding().keys(&signature)?);
                prop_assert_eq!(numbers_of(&sets, row), set.as_slice());
            }
        }
    }

    #[test]
    fn two_columns_are_compared_row_by_row(pairs in prop::collection::vec((text(), text()), 0..20)) {
        let scheme = scheme();
        let (left, right): (Vec<_>, Vec<_>) = pairs.iter().cloned().unzip();
        let (a, b) = (StringArray::from(left), StringArray::from(right));
        let (sets, other_sets) = (shingles(&a, &scheme).expect("texts"), shingles(&b, &scheme).expect("texts"));
        let (exact, counts) = (jaccard(&sets, &other_sets).expect("sets"), overlaps(&sets, &other_sets).expect("sets"));
        let signed = (signatures(&a, &scheme).expect("texts"), signatures(&b, &scheme).expect("texts"));
        let estimated = estimates(&signed.0, &signed.1, &scheme).expect("signatures");
        let shingler = scheme.shingler()?;
        for (row, (left, right)) in pairs.iter().enumerate() {
            let (Some(left), Some(right)) = (left, right) else {
                prop_assert!(exact.is_null(row) && counts.shared.is_null(row) && estimated.is_null(row));
                continue;
            };
            let (left, right) = (shingler.set(left), shingler.set(right));
            let overlap = left.overlap(&right);
            let found = (counts.left.value(row), counts.right.value(row), counts.shared.value(row));
            prop_assert_eq!(found, (overlap.left() as u32, overlap.right() as u32, overlap.shared() as u32));
            prop_assert_eq!(exact.value(row), overlap.jaccard());
            let sign = |set: &twinprint::ShingleSet| scheme.minhasher().signature(set.as_slice());
            prop_assert_eq!(estimated.value(row), sign(&left).jaccard(&sign(&right))?);
        }
    }
}

#[test]
fn what_does_not_belong_together_is_refused_by_name() {
    let scheme = scheme();
    let wrong = signatures(&Int32Array::from(vec![1]), &scheme).expect_err("numbers");
    assert!(wrong.to_string().contains("Int32") && wrong.to_string().contains("Utf8"), "{wrong}");

    let one = shingles(&StringArray::from(vec!["a b"]), &scheme).expect("texts");
    let two = shingles(&StringArray::from(vec!["a b", "c d"]), &scheme).expect("texts");
    assert_eq!(jaccard(&one, &two), Err(Error::Rows { left: 1, right: 2 }));

    let signed = signatures(&StringArray::from(vec!["a b"]), &scheme).expect("texts");
    let other = Scheme::builder().words(2).num_hashes(128).build().expect("valid");
    assert_eq!(band_keys(&signed, &other, banding()), Err(Error::Width { expected: 128, found: 64 }));
    let wide = Banding::new(32, 4).expect("valid");
    assert!(matches!(band_keys(&signed, &scheme, wide), Err(Error::Library(twinprint::Error::BandingTooLarge { .. }))));
}

#[test]
fn a_null_among_the_numbers_of_a_row_is_refused() {
    let left = ListArray::from_iter_primitive::<UInt64Type, _, _>([Some(vec![Some(1)]), Some(vec![Some(1), None])]);
    assert_eq!(jaccard(&left, &left), Err(Error::NullWithin { row: 1 }));
}

#[test]
fn a_column_of_nulls_alone_and_an_empty_one_have_answers() {
    let scheme = scheme();
    let nulls = signatures(&NullArray::new(3), &scheme).expect("no texts");
    assert_eq!((nulls.len(), nulls.null_count()), (3, 3));
    let none = signatures(&StringArray::from(Vec::<&str>::new()), &scheme).expect("no texts");
    assert_eq!(band_keys(&none, &scheme, banding()).expect("no signatures").len(), 0);
}
