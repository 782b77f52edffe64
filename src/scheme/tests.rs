use super::*;

#[test]
fn a_mismatch_of_several_fields_names_the_kind_of_tokens() {
    let words = Scheme::builder().words(3).seed(1).build().expect("valid");
    let chars = Scheme::builder().characters(5).seed(2).build().expect("valid");
    for mismatch in [words.check_same(&chars), words.check_description(&chars.description())] {
        assert_eq!(mismatch.expect_err("they differ").field, "features.tokenization");
    }
}

#[test]
fn a_mismatch_names_the_field_and_both_values() {
    let one = Scheme::builder().seed(1).build().expect("valid");
    let two = Scheme::builder().seed(2).build().expect("valid");
    let mismatch = one.check_same(&two).expect_err("seeds differ");
    assert_eq!((mismatch.field, &*mismatch.left, &*mismatch.right), ("sketch.seed", "1", "2"));

    let custom = Scheme::builder().custom_features("pixels").build().expect("valid");
    let mismatch = one.check_same(&custom).expect_err("features differ");
    assert_eq!((mismatch.field, &*mismatch.left, &*mismatch.right), ("features", "text", "custom \"pixels\""));
}

#[test]
fn bad_parameters_are_named() {
    let field = |builder: SchemeBuilder| match builder.build() {
        Err(Error::OutOfRange { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(Scheme::builder().num_hashes(0)), "num_hashes");
    assert_eq!(field(Scheme::builder().words(0)), "tokens");
    assert_eq!(field(Scheme::builder().spaceless_tokens(256)), "spaceless_tokens");
    assert_eq!(field(Scheme::builder().custom_features("")), "custom_features");
}

#[test]
fn ids_differ_where_schemes_do() {
    let base = Scheme::builder().build().expect("valid");
    assert_eq!(base.id(), base.clone().id());
    let others = [
        Scheme::builder().words(4),
        Scheme::builder().spaceless_tokens(4),
        Scheme::builder().algorithm(Algorithm::FastSimilarity),
        Scheme::builder().filter(WordFilter::Content),
        Scheme::builder().normalization(Normalization::NONE),
    ];
    for other in others {
        assert_ne!(other.build().expect("valid").id(), base.id());
    }
}
