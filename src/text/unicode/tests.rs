//! Against `std`, `unicode-segmentation` and `unicode-normalization`, each where its version of Unicode allows.

use proptest::{prelude::*, sample::select};
use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfc_quick, is_nfkc_quick,
};
use unicode_segmentation::UnicodeSegmentation;

use std::ops::Range;

use super::*;

fn characters() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

fn extends(class: WordBreak) -> bool {
    matches!(class, WordBreak::Extend | WordBreak::Format | WordBreak::Zwj)
}

/// The segments of `text`, by the rules of UAX #29 as they are written, each boundary on its own.
fn expected_segments(text: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut cuts: Vec<usize> = (1..chars.len()).filter(|&i| is_boundary(&chars, i)).map(|i| chars[i].0).collect();
    cuts.extend((!text.is_empty()).then_some(text.len()));
    let starts: Vec<usize> = std::iter::once(0).chain(cuts.iter().copied()).collect();
    starts.into_iter().zip(cuts).map(|(start, end)| start..end).collect()
}

fn is_boundary(chars: &[(usize, char)], i: usize) -> bool {
    use WordBreak::*;
    let class = |i: usize| props(chars[i].1).word_break();
    let line = |class| matches!(class, Cr | Lf | Newline);
    let letter = |class| matches!(class, Some(ALetter | HebrewLetter));
    let (before, after) = (class(i - 1), class(i));
    match (before, after) {
        (Cr, Lf) => return false,                                                 // WB3
        _ if line(before) || line(after) => return true,                          // WB3a, WB3b
        (Zwj, _) if props(chars[i].1).is_extended_pictographic() => return false, // WB3c
        (WSegSpace, WSegSpace) => return false,                                   // WB3d
        _ if extends(after) => return false,                                      // WB4
        _ => {}
    }
    // WB4: from here on, what extends a character is not there.
    let mut left: Vec<WordBreak> = Vec::new();
    for class in (0..i).map(class) {
        if !extends(class) || left.last().is_none_or(|&last| line(last)) {
            left.push(class);
        }
    }
    let (b, bb) = (left.last().copied(), left.iter().rev().nth(1).copied());
    let (a, aa) = (Some(after), (i + 1..chars.len()).map(class).find(|&class| !extends(class)));
    let flags = left.iter().rev().take_while(|&&class| class == RegionalIndicator).count();
    let mid_letter = |class| matches!(class, Some(MidLetter | MidNumLet | SingleQuote));
    let mid_num = |class| matches!(class, Some(MidNum | MidNumLet | SingleQuote));
    let joins = letter(b) && letter(a)                                               // WB5
        || letter(b) && mid_letter(a) && letter(aa)                                  // WB6
        || letter(bb) && mid_letter(b) && letter(a)                                  // WB7
        || b == Some(HebrewLetter) && after == SingleQuote                           // WB7a
        || b == Some(HebrewLetter) && after == DoubleQuote && aa == Some(HebrewLetter) // WB7b
        || bb == Some(HebrewLetter) && b == Some(DoubleQuote) && after == HebrewLetter // WB7c
        || b == Some(Numeric) && after == Numeric                                    // WB8
        || letter(b) && after == Numeric                                             // WB9
        || b == Some(Numeric) && letter(a)                                           // WB10
        || bb == Some(Numeric) && mid_num(b) && after == Numeric                     // WB11
        || b == Some(Numeric) && mid_num(a) && aa == Some(Numeric)                   // WB12
        || b == Some(Katakana) && after == Katakana                                  // WB13
        || (letter(b) || matches!(b, Some(Numeric | Katakana | ExtendNumLet))) && after == ExtendNumLet // WB13a
        || b == Some(ExtendNumLet) && (letter(a) || matches!(after, Numeric | Katakana)) // WB13b
        || after == RegionalIndicator && flags % 2 == 1; // WB15, WB16
    !joins
}

/// Whether `unicode-segmentation` 1.13.3 may depart from UAX #29 in `text`. After a joiner it takes a pictograph that is
/// a letter (`ℹ`, `Ⓜ`) for no letter, and one that is none for the letter or number that WB6 or WB12 looks ahead for.
fn is_exception(text: &str) -> bool {
    let mut last = WordBreak::Other;
    let mut previous = WordBreak::Other;
    text.chars().any(|c| {
        let class = props(c).word_break();
        let joined = previous == WordBreak::Zwj && props(c).is_extended_pictographic();
        let middle = matches!(
            last,
            WordBreak::SingleQuote
                | WordBreak::DoubleQuote
                | WordBreak::MidNumLet
                | WordBreak::MidLetter
                | WordBreak::MidNum
        );
        previous = class;
        last = if extends(class) { last } else { class };
        joined && (middle || class != WordBreak::Other)
    })
}

fn expected_graphemes(text: &str) -> Vec<Range<usize>> {
    text.grapheme_indices(true).map(|(at, cluster)| at..at + cluster.len()).collect()
}

/// The words of `text` as they are defined: its segments, cut around each spaceless character and what extends it.
fn expected_words(text: &str) -> Vec<(Range<usize>, bool)> {
    let mut words = Vec::new();
    for segment in expected_segments(text) {
        let (mut start, mut in_spaceless) = (segment.start, false);
        let mut cuts = Vec::new();
        for (at, c) in text[segment.clone()].char_indices() {
            let extends = extends(props(c).word_break());
            if props(c).is_spaceless() || in_spaceless && !extends {
                cuts.push(segment.start + at);
            }
            in_spaceless = props(c).is_spaceless() || in_spaceless && extends;
        }
        cuts.push(segment.end);
        for end in cuts.into_iter().filter(|&end| end > segment.start) {
            let word = &text[start..end];
            if word.chars().any(|c| props(c).is_alphanumeric()) {
                words.push((start..end, word.starts_with(|c| props(c).is_spaceless())));
            }
            start = end;
        }
    }
    words
}

fn check(text: &str) {
    let segments: Vec<Range<usize>> = Segments::new(text).collect();
    assert_eq!(segments, expected_segments(text), "segments of {text:?}");
    if !is_exception(text) {
        let theirs = text.split_word_bound_indices().map(|(at, segment)| at..at + segment.len());
        assert_eq!(segments, theirs.collect::<Vec<_>>(), "segments of {text:?} by unicode-segmentation");
    }
    assert_eq!(Graphemes::new(text).collect::<Vec<_>>(), expected_graphemes(text), "graphemes of {text:?}");
    assert_eq!(Words::new(text).collect::<Vec<_>>(), expected_words(text), "words of {text:?}");
}

fn words(text: &str) -> Vec<&str> {
    Words::new(text).map(|(range, _)| &text[range]).collect()
}

#[test]
fn versions() {
    assert_eq!(UNICODE_VERSION, "17.0.0");
    assert_eq!(unicode_segmentation::UNICODE_VERSION, (17, 0, 0));
    // New in 17, and not yet in it.
    assert!(props('\u{11DE0}').is_assigned() && props('\u{16EA0}').is_assigned() && props('\u{20C1}').is_assigned());
    assert_eq!(characters().filter(|&c| props(c).is_assigned()).count(), 159_801 + 65 + 137_468);
}

#[test]
fn every_character_against_std() {
    if char::UNICODE_VERSION != (17, 0, 0) {
        eprintln!("skipped: std has Unicode {:?}", char::UNICODE_VERSION);
        return;
    }
    for c in characters() {
        let props = props(c);
        assert_eq!(props.is_alphanumeric(), c.is_alphanumeric(), "{c:?}");
        assert_eq!(props.is_white_space(), c.is_whitespace(), "{c:?}");
        assert!(!(props.is_punctuation() && props.is_alphanumeric()) || c == '\u{A67F}', "{c:?}");
        if c.is_ascii() {
            let symbol = "$+<=>^`|~".contains(c);
            assert_eq!(props.is_punctuation(), c.is_ascii_punctuation() && !symbol, "{c:?}");
            assert_eq!(digit_value(c), c.to_digit(10).map(|digit| digit as u8), "{c:?}");
        }
    }
}

#[test]
fn every_character_against_unicode_segmentation() {
    let mut text = String::new();
    let mut previous = None;
    for c in characters() {
        let begins = previous.replace(props(c)) != Some(props(c));
        // Of private planes and of runs that are not assigned, every sixteenth will do.
        if !begins && !(c as u32).is_multiple_of(16) && (!props(c).is_assigned() || c >= '\u{F0000}') {
            continue;
        }
        let contexts = [&['a', c, 'b'][..], &['1', c, '1'], &[c, c], &[' ', c]];
        let more = [
            &['א', c, 'א'][..],
            &['_', c, '\u{301}', '_'],
            &['カ', c, '漢'],
            &['a', '.', '\u{200D}', c],
            &['🇩', c, '🇩'],
            &['क', '\u{94D}', c, '\u{94D}', 'क'],
            &['👩', '\u{200D}', c, '\u{200D}', '👩'],
            &['\u{1100}', c, '\u{11A8}'],
        ];
        for context in contexts.iter().chain(more.iter().take(if begins { more.len() } else { 0 })) {
            text.clear();
            text.extend(*context);
            check(&text);
        }
    }
}

#[test]
fn every_character_against_unicode_normalization() {
    for c in characters().filter(|&c| props(c).is_assigned()) {
        let (props, class, text) = (props(c), canonical_combining_class(c), String::from(c));
        let yes = |quick| class == 0 && quick == IsNormalized::Yes;
        assert_eq!(props.is_nfc_boundary(), yes(is_nfc_quick(text.chars())), "NFC of {c:?}");
        assert_eq!(props.is_nfkc_boundary(), yes(is_nfkc_quick(text.chars())), "NFKC of {c:?}");
        assert_eq!(props.decomposes(), text.nfd().ne(text.chars()), "NFD of {c:?}");
        assert_eq!(props.is_mark(), matches!(class, 1 | 10..=36 | 200..=240), "class of {c:?}");
    }
}

#[test]
fn properties_of_named_characters() {
    for c in "漢あアｱไ\u{E33}ກខမ\u{3031}ー".chars() {
        assert!(props(c).is_spaceless(), "{c:?}");
    }
    for c in "aд한אक1_。゛\u{300}😀".chars() {
        assert!(!props(c).is_spaceless(), "{c:?}");
    }
    for c in ['\u{AD}', '\u{200B}', '\u{200D}', '\u{FE0F}', '\u{FEFF}', '\u{E0001}', '\u{115F}'] {
        assert!(props(c).is_ignorable(), "{c:?}");
    }
    assert!(!props('a').is_ignorable() && !props(' ').is_ignorable());
    assert!(props('\u{301}').is_mark() && props('\u{5B0}').is_mark() && props('\u{64E}').is_mark());
    for c in ['\u{94D}', '\u{93C}', '\u{3099}', '\u{E38}', '\u{93F}', 'a'] {
        assert!(!props(c).is_mark(), "{c:?}");
    }
    let values = ['0', '9', '٣', '७', '９', '\u{1D7CE}', '\u{1D7D8}', '\u{1D7FF}', '\u{11DE9}'].map(digit_value);
    assert_eq!(values, [0, 9, 3, 7, 9, 0, 0, 9, 9].map(Some));
    assert_eq!(['a', '²', 'Ⅷ', '一', '½'].map(digit_value), [None; 5]);
}

#[test]
fn digits_are_in_runs_of_ten() {
    let digits: Vec<(char, u8)> = characters().filter_map(|c| Some((c, digit_value(c)?))).collect();
    assert_eq!(digits.len(), 770);
    for run in digits.chunks(10) {
        let values: Vec<u32> = run.iter().map(|&(c, value)| c as u32 - u32::from(value)).collect();
        assert!(values.iter().all(|&zero| zero == run[0].0 as u32), "{run:?}");
    }
}

#[test]
fn folding_of_every_character() {
    let fold_all =
        |chars: &mut dyn Iterator<Item = char>| -> String { chars.flat_map(|c| fold(c).as_slice().to_vec()).collect() };
    let mut changed = 0;
    for c in characters() {
        let folded = fold(c);
        changed += usize::from(!matches!(folded, Fold::Unchanged(_)));
        let text: String = folded.as_slice().iter().collect();
        assert_eq!(fold_all(&mut text.chars()), text, "folding {c:?} twice");
        assert_eq!(matches!(folded, Fold::Unchanged(_)), text == c.to_string(), "{c:?}");
        if char::UNICODE_VERSION != (17, 0, 0) {
            continue;
        }
        // Cherokee folds to its capitals, and `ẞ` to more than its small letter.
        let cherokee = matches!(c, '\u{13A0}'..='\u{13F5}' | '\u{AB70}'..='\u{ABBF}');
        if c.is_uppercase() && !cherokee && c != 'ẞ' {
            assert_eq!(text, c.to_lowercase().to_string(), "{c:?}");
        }
        if c != 'ı' && c != 'İ' {
            assert_eq!(text, fold_all(&mut c.to_uppercase()), "capital of {c:?}");
            assert_eq!(text, fold_all(&mut c.to_lowercase()), "small letter of {c:?}");
        }
    }
    assert_eq!(changed, 1_585);
}

#[test]
fn folding_of_named_characters() {
    for (c, expected) in [
        ('A', "a"),
        ('a', "a"),
        ('I', "i"),
        ('İ', "i\u{307}"),
        ('ı', "ı"),
        ('ß', "ss"),
        ('ẞ', "ss"),
        ('ς', "σ"),
        ('Σ', "σ"),
        ('ﬀ', "ff"),
        ('ﬃ', "ffi"),
        ('ŉ', "\u{2BC}n"),
        ('ΐ', "ι\u{308}\u{301}"),
        ('ſ', "s"),
        ('\u{212A}', "k"),
        ('Ж', "ж"),
        ('Ꭰ', "Ꭰ"),
        ('\u{AB70}', "Ꭰ"),
        ('\u{13F8}', "Ᏸ"),
        ('\u{1E943}', "\u{1E943}"),
        ('\u{1E900}', "\u{1E922}"),
        ('\u{16EA0}', "\u{16EBB}"),
        ('漢', "漢"),
    ] {
        assert_eq!(fold(c).as_slice().iter().collect::<String>(), expected, "{c:?}");
    }
}

#[test]
fn named_words() {
    for (text, expected) in [
        ("", &[][..]),
        ("… — !", &[]),
        ("I don't, or don’t, 'know'.", &["I", "don't", "or", "don’t", "know"]),
        ("3.14 1,000 1.2.3. 1,,000", &["3.14", "1,000", "1.2.3", "1", "000"]),
        ("a.b a..b a. 1.a x_y __", &["a.b", "a", "b", "a", "1", "a", "x_y"]),
        ("צה\"ל ג'ירף א\" א'", &["צה\"ל", "ג'ירף", "א", "א'"]),
        ("ISO-8859-1 C++ e\u{301}te\u{301}", &["ISO", "8859", "1", "C", "e\u{301}te\u{301}"]),
        ("Привет, мир", &["Привет", "мир"]),
        ("漢字とカナ", &["漢", "字", "と", "カ", "ナ"]),
        ("か\u{3099}カ\u{200D}😀_カ_x", &["か\u{3099}", "カ\u{200D}", "カ", "_x"]),
        ("ภาษา Rust", &["ภ", "า", "ษ", "า", "Rust"]),
        ("한국어 hangul", &["한국어", "hangul"]),
        ("soft\u{AD}hyphen zero\u{200B}width", &["soft\u{AD}hyphen", "zero", "width"]),
        ("a  \u{E31} b\r\n\u{E31}", &["a", "  \u{E31}", "b", "\u{E31}"]),
        ("👩\u{200D}👩 🇩🇪🇫🇷 ②", &["②"]),
    ] {
        assert_eq!(words(text), expected, "{text:?}");
        check(text);
    }
    let spaceless: Vec<bool> = Words::new("a漢1ไ").map(|(_, spaceless)| spaceless).collect();
    assert_eq!(spaceless, [false, true, false, true]);
}

#[test]
fn adversarial_texts_take_linear_time() {
    for part in [
        "'",
        "\u{301}",
        "\u{200D}",
        "_",
        "a.",
        "1,",
        "א\"",
        ".\u{301}",
        "a",
        " ",
        "🇩",
        "👩\u{200D}",
        "क\u{94D}",
        "漢",
        "カ",
    ] {
        for head in ["א", "1"] {
            let text = head.to_owned() + &part.repeat(1_000_000 / part.len());
            let covered = |ranges: &mut dyn Iterator<Item = Range<usize>>| {
                ranges.fold(0, |end, range| {
                    assert_eq!(range.start, end);
                    range.end
                })
            };
            assert_eq!(covered(&mut Segments::new(&text)), text.len());
            assert_eq!(covered(&mut Graphemes::new(&text)), text.len());
            assert!(Words::new(&text).count() <= text.len());
        }
    }
}

/// One to three characters for every set of properties that occurs.
fn one_of_each_kind() -> Vec<char> {
    let mut pool: Vec<char> = Vec::new();
    let mut counts = std::collections::HashMap::new();
    for c in characters() {
        let count = counts.entry(props(c).0).or_insert(0);
        *count += 1;
        if *count <= 3 {
            pool.push(c);
        }
    }
    pool
}

fn texts() -> impl Strategy<Value = String> {
    let words = "aż1٣_'\".:;,’\u{66B}אב\u{301}\u{5B0}\u{AD}\u{200D}\u{200B} \u{3000}\r\n\u{2028}カー゛漢ไ\u{E31}🇩🇪😀Ⓜ\u{FE0F}🏽";
    let clusters = "कष\u{94D}\u{93C}\u{93F}\u{D4D}മ\u{200C}\u{200D}\u{1100}\u{1161}\u{11A8}가각\u{600}\u{903}👩❤\u{FE0F}🏽🇩a\u{E33}\u{1}";
    let few = "  a1_.'\r\n\u{301}\u{E31}\u{200D}漢";
    let chars = |pool: &str| select(pool.chars().collect::<Vec<_>>());
    let any = prop_oneof![
        6 => chars(words),
        3 => chars(clusters),
        3 => select(one_of_each_kind()),
        1 => any::<char>(),
    ];
    prop_oneof![
        prop::collection::vec(chars(words), 0..16),
        prop::collection::vec(chars(clusters), 0..16),
        prop::collection::vec(chars(few), 0..10),
        prop::collection::vec(any, 0..24),
    ]
    .prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8_000))]

    #[test]
    fn segments_words_and_graphemes(text in texts()) {
        check(&text);
    }
}

/// Texts of the Unicode Consortium's own tests, each with the places where it is cut. They come with a package of many
/// systems (`unicode-data` of Debian), or stand in a folder that `UNICODE_DATA` names; without them the test says so.
fn official_tests(name: &str) -> Vec<(String, Vec<Range<usize>>)> {
    let folder = std::env::var("UNICODE_DATA").unwrap_or_else(|_| "/usr/share/unicode".to_string());
    let path = std::path::Path::new(&folder).join("auxiliary").join(name);
    let Ok(lines) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return Vec::new();
    };
    let test = |line: &str| {
        let (mut text, mut segments, mut start) = (String::new(), Vec::new(), 0);
        for part in line.split('#').next().unwrap_or_default().split_whitespace() {
            match part {
                "÷" if text.len() > start => {
                    segments.push(start..text.len());
                    start = text.len();
                }
                "÷" | "×" => {}
                code => text.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32)),
            }
        }
        (text, segments)
    };
    // Older versions of the tests have this character for a pictograph, which it no longer is.
    let still_true = |text: &str| !text.contains('\u{2701}') || props('\u{2701}').is_extended_pictographic();
    lines.lines().map(test).filter(|(text, _)| !text.is_empty() && still_true(text)).collect()
}

#[test]
fn the_tests_of_the_unicode_consortium() {
    for (text, expected) in official_tests("WordBreakTest.txt") {
        assert_eq!(Segments::new(&text).collect::<Vec<_>>(), expected, "words of {text:?}");
    }
    for (text, expected) in official_tests("GraphemeBreakTest.txt") {
        assert_eq!(Graphemes::new(&text).collect::<Vec<_>>(), expected, "graphemes of {text:?}");
    }
}
