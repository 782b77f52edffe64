//! Holds the fast path of every script equal to the definition: [`Shingler::hashes`] to [`Shingler::shingles`], which normalizes, cuts and
//! hashes a text in separate steps.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use twinprint::text::{ArabicLetters, Digits, Normalization, Shingler, Tokenization, UnicodeForm, WordFilter};
use twinprint::{Scheme, SchemeBuilder};

/// Rules that differ in what they do to letters, punctuation and marks.
fn rules() -> Vec<Normalization> {
    let default = Normalization::default();
    vec![
        default,
        Normalization::NONE,
        Normalization::NONE.fold_case(true),
        default.collapse_white_space(true).drop_punctuation(true),
        default.form(UnicodeForm::Nfkc).strip_marks(true).strip_strokes(true).digits(Digits::Ascii),
        default.form(UnicodeForm::Nfkc).arabic_letters(ArabicLetters::Persian).keep_emoji(false),
    ]
}

fn shingler_of(scheme: &SchemeBuilder) -> Shingler {
    scheme.clone().build().expect("valid").shingler().expect("text")
}

fn is_alike(shingler: &Shingler, text: &str) -> bool {
    let defined: Vec<u64> = shingler.shingles(text).iter().map(|shingle| shingle.hash).collect();
    shingler.hashes(text) == defined
}

/// Puts a character where rules differ: between words, after and between letters, spaceless letters and digits, and beside marks.
fn in_context(c: char) -> String {
    format!("{c} я{c} я{c}я {c}я 文{c}字{c} 1{c}1 a{c}'a .{c}\u{301} +{c}5\n")
}

/// Compares texts of many characters first, because nearly all are alike.
fn check(shingler: &Shingler, characters: &[char]) {
    for some in characters.chunks(60) {
        let text: String = some.iter().map(|&c| in_context(c)).collect();
        if !is_alike(shingler, &text) {
            let differs = some.iter().find(|&&c| !is_alike(shingler, &in_context(c)));
            panic!("{differs:?} of {:?} to {:?}", some.first(), some.last());
        }
    }
}

/// All planes that have characters. The rest are unassigned or private, and no rule tells them apart.
#[test]
fn every_character_is_read_as_defined() {
    let characters: Vec<char> = ('\0'..='\u{33fff}').chain('\u{e0000}'..='\u{e0fff}').collect();
    let shingler = shingler_of(&Scheme::builder().words(1));
    check(&shingler, &characters);
    for &c in &characters {
        assert!(is_alike(&shingler, &String::from(c)), "{c:?} alone");
    }
    check(&shingler_of(&Scheme::builder().characters(1)), &characters);
}

/// The alphabets and the ends of the large ranges, by every rule.
#[test]
fn letters_and_punctuation_are_read_as_defined_by_all_rules() {
    let ranges = ['\0'..='\u{24ff}', '\u{2e80}'..='\u{3410}', '\u{4db0}'..='\u{4e10}', '\u{9ff0}'..='\u{a010}'];
    let more = ['\u{abf0}'..='\u{ac10}', '\u{d770}'..='\u{d7ff}', '\u{f900}'..='\u{ffff}'];
    let characters: Vec<char> = ranges.into_iter().chain(more).flatten().collect();
    for rules in rules() {
        check(&shingler_of(&Scheme::builder().words(1).normalization(rules)), &characters);
        check(&shingler_of(&Scheme::builder().characters(1).normalization(rules)), &characters);
    }
    check(&shingler_of(&Scheme::builder().words(2).tokenization(Tokenization::Words)), &characters);
}

/// A capital letter on each place of a block, and over its edges: its form is written where it is.
#[test]
fn capitals_are_folded_at_every_offset() {
    let shinglers = [Scheme::builder().words(1), Scheme::builder().characters(1)].map(|scheme| shingler_of(&scheme));
    for word in ["ЁЖ", "ΛΌΓΟΣ", "ÉÀŁ", "ԱԲ", "Ế", "東京"] {
        for before in ["a", " ", "1"] {
            for length in 0..140 {
                let text = before.repeat(length) + word + " " + word;
                assert!(shinglers.iter().all(|shingler| is_alike(shingler, &text)), "{text:?}");
            }
        }
    }
}

/// Parts of texts that are read in different ways, or change how their neighbours are.
const PARTS: &[&str] = &[
    "слово",
    "Ёж",
    "й",
    "и\u{306}",
    "ΛΌΓΟΣ",
    "ς",
    "ΐ",
    "مدينة",
    "أ",
    "كِتاب",
    "عـ",
    "شهر،",
    "٣",
    "עיר",
    "ג׳",
    "צה\"ל",
    "רח'",
    "שָׁלוֹם",
    "\"",
    "é",
    "ß",
    "ẞ",
    "ı",
    "İ",
    "ế",
    "ﬁ",
    "漢",
    "文字",
    "東京",
    "か\u{3099}",
    "ガ",
    "カー",
    "ｶﾞ",
    "한국",
    "한\u{11a8}",
    "\u{1112}\u{1161}",
    "ไทย",
    "ก็",
    "क\u{94d}ष",
    "word",
    "It",
    "a",
    "x1",
    "3",
    "2024",
    "_",
    "'",
    "’",
    ".",
    ",",
    ":",
    ";",
    "-",
    "+",
    "$",
    "#",
    "<",
    "=",
    "--",
    "，",
    "：",
    "。",
    "、",
    "．",
    "（",
    "」",
    "“",
    "«",
    "—",
    "…",
    "·",
    "،",
    "؟",
    "٬",
    "㍻",
    "𠀀",
    "😀",
    "👩\u{200d}💻",
    "\u{200d}",
    "\u{200b}",
    "\u{301}",
    "\u{ad}",
    "\u{fe0f}",
    "\u{3000}",
    "\u{a0}",
    "\u{2028}",
    "\u{85}",
    " ",
    " ",
    " ",
    " ",
    "\n",
    "\r\n",
    "\t",
    "  ",
];

fn schemes() -> impl Strategy<Value = Shingler> {
    let tokenization = prop_oneof![3 => Just(Tokenization::WordsAndSigns), 1 => Just(Tokenization::Words)];
    let filter =
        prop_oneof![4 => Just(WordFilter::All), 1 => Just(WordFilter::Content), 1 => Just(WordFilter::Figures)];
    (tokenization, filter, select(rules()), 1_u32..6, 1_u32..6, any::<[bool; 2]>()).prop_map(
        |(tokenization, filter, rules, n, spaceless, [characters, collapse])| {
            let builder = Scheme::builder();
            let builder = if characters {
                builder.characters(n)
            } else {
                builder.words(n).tokenization(tokenization).filter(filter)
            };
            let collapsed = rules.collapse_white_space(true);
            shingler_of(&builder.normalization(if collapse { collapsed } else { rules }).spaceless_tokens(spaceless))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn mixed_scripts_are_read_as_defined(shingler in schemes(), parts in vec(select(PARTS), 0..60)) {
        let text = parts.concat();
        prop_assert!(is_alike(&shingler, &text), "{text:?}");
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// What is between blocks of sixty-four bytes differs with the length of what is before it.
    #[test]
    fn texts_are_read_alike_at_every_offset(parts in vec(select(PARTS), 1..12), before in select(vec!["a", "я", "文", " ", "я "])) {
        let shinglers = [Scheme::builder().words(1), Scheme::builder().characters(1)].map(|scheme| shingler_of(&scheme));
        let text = parts.concat();
        for length in 0..70 {
            let text = before.repeat(length) + &text + "語";
            prop_assert!(shinglers.iter().all(|shingler| is_alike(shingler, &text)), "{text:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    /// Long texts are read in chunks, which end at words.
    #[test]
    fn long_texts_are_read_as_defined(parts in vec(select(PARTS), 1..40), joint in select(vec!["", " "])) {
        let text = parts.join(joint);
        let text = text.repeat(40_000 / text.len().max(1) + 1);
        for scheme in [Scheme::builder().words(3), Scheme::builder().characters(3)] {
            prop_assert!(is_alike(&shingler_of(&scheme), &text), "{parts:?}");
        }
    }
}
