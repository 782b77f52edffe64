//! Tests of preferences.

use proptest::prelude::*;

use super::*;
use crate::{Clustering, Document, Scheme, SimilarityJoin};

fn by_score() -> Preference {
    Preference::HighestScore { field: "score".into() }
}

fn score(score: Option<f64>) -> PreferenceKey {
    by_score().key(&Facts { scores: &[score], ..Facts::default() })
}

proptest! {
    #[test]
    fn scores_fall(a: f64, b: f64) {
        let expected = match (a.is_nan(), b.is_nan()) {
            (false, false) => b.partial_cmp(&a).expect("numbers"),
            (a, b) => a.cmp(&b),
        };
        prop_assert_eq!(score(Some(a)).cmp(&score(Some(b))), expected);
        prop_assert!(score(Some(a)) < score(None));
    }

    #[test]
    fn dates_rise_and_lengths_fall(a: i64, b: i64, long: u64, longer: u64) {
        let by_date = Preference::Earliest { field: "date".into() };
        let by_latest = Preference::Latest { field: "date".into() };
        let date = |rule: &Preference, date| rule.key(&Facts { dates: &[date], ..Facts::default() });
        prop_assert_eq!(date(&by_date, Some(a)).cmp(&date(&by_date, Some(b))), a.cmp(&b));
        prop_assert_eq!(date(&by_latest, Some(a)).cmp(&date(&by_latest, Some(b))), b.cmp(&a));
        let length = |rule: &Preference, length| rule.key(&Facts { length, ..Facts::default() });
        let (longest, shortest) = (Preference::Longest, Preference::Shortest);
        prop_assert_eq!(length(&longest, Some(long)).cmp(&length(&longest, Some(longer))), longer.cmp(&long));
        prop_assert_eq!(length(&shortest, Some(long)).cmp(&length(&shortest, Some(longer))), long.cmp(&longer));
        for rule in [&by_date, &by_latest] {
            prop_assert!(date(rule, Some(a)) < date(rule, None));
        }
        for rule in [&longest, &shortest] {
            prop_assert!(length(rule, Some(long)) < length(rule, None));
        }
    }

    #[test]
    fn bytes_sort_as_keys_do(
        left in (prop::option::of(any::<f64>()), prop::option::of(any::<i64>())),
        right in (prop::option::of(any::<f64>()), prop::option::of(any::<i64>())),
    ) {
        let rule: Preference = "score:score,latest:date".parse().expect("valid");
        let key = |(score, date)| rule.key(&Facts { scores: &[score], dates: &[date], ..Facts::default() });
        let (left, right) = (key(left), key(right));
        prop_assert_eq!(left.to_sortable_bytes().cmp(&right.to_sortable_bytes()), left.cmp(&right));
        prop_assert_eq!(left.to_sortable_bytes().len(), right.to_sortable_bytes().len());
    }

    #[test]
    fn text_forms_come_back(field in "[^,: ][^,]{0,8}", sources in prop::collection::vec("[a-z.é]{1,6}", 1..4)) {
        prop_assume!(sources.iter().all(|name| !["first", "none"].contains(&name.as_str())));
        let field = field.trim().to_owned();
        prop_assume!(!field.is_empty());
        let rules = vec![
            Preference::First,
            Preference::Longest,
            Preference::Shortest,
            Preference::HighestScore { field: field.clone() },
            Preference::LowestScore { field: field.clone() },
            Preference::HighestScore { field: format!("{field}:asc") },
            Preference::Earliest { field: field.clone() },
            Preference::Sources(sources),
            Preference::Latest { field: field.clone() },
        ];
        let each_decides = [6, 1, 4, 7, 5, 0].map(|at: usize| rules[at].clone()).to_vec();
        for preference in rules.into_iter().chain([Preference::None, Preference::InOrder(each_decides)]) {
            prop_assert_eq!(preference.to_string().parse(), Ok(preference));
        }
    }
}

#[test]
fn scores_at_the_edges() {
    let falling = [f64::INFINITY, f64::MAX, 1.0, f64::MIN_POSITIVE, 0.0, -1.0, f64::MIN, f64::NEG_INFINITY, f64::NAN];
    assert!(falling.is_sorted_by(|&a, &b| score(Some(a)) < score(Some(b))));
    let lowest = Preference::LowestScore { field: "score".into() };
    let key = |score| lowest.key(&Facts { scores: &[Some(score)], ..Facts::default() });
    assert!(falling[..8].iter().rev().is_sorted_by(|&&a, &&b| key(a) < key(b)));
    assert!(key(f64::INFINITY) < key(f64::NAN), "what is no number comes last in both orders");
    assert_eq!(score(Some(0.0)), score(Some(-0.0)));
    assert_eq!(score(Some(f64::NAN)), score(Some(-f64::NAN)));
}

#[test]
fn sources_in_their_order() {
    let preference = Preference::Sources(vec!["wire".into(), "post".into()]);
    let key = |source| preference.key(&Facts { source, ..Facts::default() });
    assert!(key(Some("wire")) < key(Some("post")));
    assert!(key(Some("post")) < key(Some("blog")));
    assert_eq!(key(Some("blog")), key(None));
}

#[test]
fn the_preferred_one_is_kept() {
    let scheme = Scheme::builder().words(1).build().expect("valid");
    let mut join = SimilarityJoin::builder(&scheme).threshold(0.5).build().expect("valid");
    join.push_all(
        ((0..4_usize).zip(["a b c d", "a b c e", "a b c f", "a b c d"])).map(|(id, text)| Document::text(id, text)),
    )
    .expect("few");
    let found = join.finish().expect("few");
    let facts = [
        (Some(7), [Some(f64::NAN)], [None], Some("blog")),
        (Some(9), [Some(-1.0)], [Some(3)], Some("post")),
        (Some(9), [None], [Some(-5)], None),
        (None, [Some(2.0)], [Some(0)], Some("wire")),
    ];
    let facts = |id: usize| {
        let (length, scores, dates, source) = &facts[id];
        Facts { length: *length, scores, dates, source: *source }
    };
    let expected = [
        ("first", 0),
        ("longest", 1),
        ("shortest", 0),
        ("score:s", 3),
        ("score:s:desc", 3),
        ("score:s:asc", 1),
        ("earliest:d", 2),
        ("latest:d", 1),
        ("source:post,wire", 1),
        ("source:x", 0),
        ("source:x,wire,longest", 3),
        ("longest,earliest:d", 2),
        ("longest,latest:d,score:s", 1),
        ("none", 0),
    ];
    for (text, kept) in expected {
        let preference: Preference = text.parse().expect("valid");
        for clustering in [Clustering::Leader, Clustering::Components] {
            let clusters = found.clusters_by_key(clustering, |&id| preference.key(&facts(id)));
            assert_eq!(clusters.iter().map(|c| *c.representative()).collect::<Vec<_>>(), [kept], "{text}");
        }
    }
}

#[test]
fn what_is_no_preference_says_what_would_be() {
    let refused = [
        "",
        "last",
        "score",
        "score:",
        "score::asc",
        "source:",
        "source:a,,b",
        "first:x",
        "earliest",
        "first,",
        "none,first",
    ];
    for text in refused {
        let error = text.parse::<Preference>().expect_err(text);
        assert!(error.to_string().contains("score:FIELD"), "{error}");
    }
}
