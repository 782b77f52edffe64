use proptest::prelude::*;

use super::*;
use crate::Scheme;

fn shared(left: &str, right: &str, rules: PassageRules) -> SharedPassages {
    SharedPassages::new(&Scheme::news().shingler().expect("text"), left, right, rules)
}

fn rules(words: u32, letters: u32, gap: usize) -> PassageRules {
    PassageRules::new(words, letters).expect("within").gap(gap)
}

/// The passages of both texts.
fn passages<'a>(left: &'a str, right: &'a str, rules: PassageRules) -> Vec<(&'a str, &'a str)> {
    let found = shared(left, right, rules);
    found.passages().iter().map(|passage| (&left[passage.left.clone()], &right[passage.right.clone()])).collect()
}

#[test]
fn moved_blocks_are_found() {
    let (left, right) = ("a b c d e — x y z w v", "X Y Z W V, and then A B C D E");
    assert_eq!(passages(left, right, rules(4, 8, 2)), [("a b c d e", "A B C D E"), ("x y z w v", "X Y Z W V")]);
}

#[test]
fn small_gaps_are_merged_and_not_counted() {
    let (left, right) = ("0 a b c 1 d e f 2", "3 a b c 4 5 d e f 6");
    assert_eq!(passages(left, right, rules(3, 6, 2)), [("a b c 1 d e f", "a b c 4 5 d e f")]);
    assert_eq!(passages(left, right, rules(3, 6, 1)), [("a b c", "a b c"), ("d e f", "d e f")]);
    let found = shared(left, right, rules(3, 6, 2));
    assert_eq!((found.passages()[0].left_tokens, found.passages()[0].right_tokens), (6, 6));
    assert_eq!((found.left(), found.right()), (Coverage { tokens: 9, shared: 6 }, Coverage { tokens: 10, shared: 6 }));
    assert_eq!(found.left().share(), 6.0 / 9.0);
}

#[test]
fn what_one_text_repeats_is_covered_each_time() {
    let (left, right) = ("a b c d", "a b c d 1 2 3 a b c d");
    assert_eq!(passages(left, right, rules(4, 8, 2)), [("a b c d", "a b c d"); 2]);
    assert_eq!(passages(right, left, rules(4, 8, 2)), [("a b c d", "a b c d"); 2]);
}

#[test]
fn scripts_without_spaces_have_a_length_of_their_own() {
    let (left, right) = ("他说：今天的天气非常好。", "报道称，今天的天气非常好，但是");
    assert_eq!(passages(left, right, rules(8, 8, 2)), [("今天的天气非常好", "今天的天气非常好")]);
    assert!(passages(left, right, rules(8, 9, 2)).is_empty());
    assert_eq!(passages("ราคาน้ำมันขึ้น", "ว่าราคาน้ำมันลง", rules(8, 6, 2)), [("ราคาน้ำมัน", "ราคาน้ำมัน")]);
}

#[test]
fn texts_without_tokens_share_nothing() {
    for (left, right) in [("", ""), ("a b c", ""), ("", "a b c"), (" \n", "\t ")] {
        let found = shared(left, right, rules(1, 1, 0));
        assert_eq!((found.passages().len(), found.left().share(), found.right().share()), (0, 0.0, 0.0));
    }
}

#[test]
fn texts_without_words_share_their_signs() {
    let found = shared("…", "…", rules(1, 1, 0));
    assert_eq!((found.passages().len(), found.left().share(), found.right().share()), (1, 1.0, 1.0));
}

#[test]
fn one_word_many_times_over_is_one_passage() {
    let (many, few) = ("word ".repeat(100_000), "word ".repeat(9));
    for (left, right) in [(&many, &many), (&many, &few), (&few, &many)] {
        let found = shared(left, right, PassageRules::default());
        assert_eq!(found.passages().len(), 1);
        assert_eq!((found.left().share(), found.right().share()), (1.0, 1.0));
    }
}

proptest! {
    #[test]
    fn ranges_are_of_the_original_texts(left in "[ab 用の\u{301}Éß.]{0,60}", right in "[ab 用の\u{301}Éß.]{0,60}", words in 1_u32..4) {
        let shingler = Scheme::news().shingler().expect("text");
        let found = shared(&left, &right, rules(words, words + 1, 1));
        for passage in found.passages() {
            prop_assert!(left.get(passage.left.clone()).is_some_and(|bytes| !bytes.is_empty()));
            prop_assert!(right.get(passage.right.clone()).is_some_and(|bytes| !bytes.is_empty()));
        }
        prop_assert_eq!(found.left().tokens, shingler.tokens(&left).len());
        let swapped = shared(&right, &left, rules(words, words + 1, 1));
        prop_assert_eq!((swapped.left(), swapped.right()), (found.right(), found.left()));
    }
}
