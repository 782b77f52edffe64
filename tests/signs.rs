//! Which signs are content: differences of these are no copies, and differences of others do not count.

use proptest::prelude::*;
use twinprint::Scheme;
use twinprint::text::{Shingler, Tokenization, is_blank};

fn shingler() -> Shingler {
    Scheme::builder().build().expect("valid").shingler().expect("text")
}

fn tokens_of(shingler: &Shingler, text: &str) -> Vec<String> {
    let normal = shingler.normalize(text);
    shingler.tokens(text).iter().map(|token| normal[token.normalized.clone()].to_string()).collect()
}

#[track_caller]
fn assert_tokens(text: &str, expected: &[&str]) {
    assert_eq!(tokens_of(&shingler(), text), expected, "{text:?}");
}

#[test]
fn signs_that_are_content_tell_texts_apart() {
    let groups: &[&[&str]] = &[
        &["if (a + b > limit && !done) { total -= a * b; }", "if (a - b < limit || done) { total += a / b; }"],
        &["return w * h", "return w + h", "return w / h", "return w - h", "return w & h", "return w ^ h"],
        &["C", "C++", "C#", "C+"],
        &["great 🔥🔥🔥", "great 💩💩💩", "great 🔥🔥", "great", "great 👍", "great 👍🏽", "great 👍🏿"],
        &["costs $5", "costs €5", "costs £5", "costs 5", "costs -$5", "costs 5%", "costs 5°", "costs 5‰"],
        &["fell to -5 degrees", "fell to 5 degrees", "fell to +5 degrees", "fell to ±5 degrees", "fell to ~5 degrees"],
        &["x < y", "x > y", "x = y", "x <= y", "x >= y", "x == y", "x != y", "x := y", "x => y", "x -> y", "x y"],
        &["x<y", "x>y", "x=y", "x<=y", "x>=y", "x==y", "x!=y", "x*y", "x+y", "x&&y", "x||y", "xy", "x-y"],
        &["a && b", "a || b", "a & b", "a b"],
        &["a += b", "a -= b", "a *= b", "a /= b", "a = b", "a |= b", "a %= b"],
        &["AT&T", "AT T"],
        &["p ≤ q", "p ≥ q", "p ∈ q", "p × q", "p → q", "p q"],
        &["from 🇩🇪 today", "from 🇫🇷 today", "from today"],
        &["press 1️⃣ now", "press 1 now", "press 2️⃣ now"],
        &["rated ★★★★☆", "rated ★★★☆☆"],
        &["index ▲5", "index ▼5"],
        &["-.5", ".5"],
        &["(-5)", "(5)"],
        &["the 👩‍💻 came", "the 👨‍💻 came"],
        &["🏴󠁧󠁢󠁥󠁮󠁧󠁿 won", "🏴󠁧󠁢󠁳󠁣󠁴󠁿 won", "🏴 won"],
    ];
    let shingler = shingler();
    for group in groups {
        for (at, left) in group.iter().enumerate() {
            for right in &group[at + 1..] {
                let jaccard = shingler.set(left).jaccard(&shingler.set(right));
                assert!(jaccard < 1.0, "{left:?} {right:?}: {:?}", tokens_of(&shingler, left));
            }
        }
    }
}

#[test]
fn signs_that_set_text_out_do_not_count() {
    let groups: &[&[&str]] = &[
        &[
            "Late again, she said",
            "“Late again” – she said…",
            "'Late' again; she (said)!",
            "late again - she said.",
            "late again — she said",
        ],
        &["well-known fact", "well known fact", "well–known fact"],
        &["**Late** again", "*Late* again", "Late again", "***Late*** again", "`Late` again"],
        &[
            "* milk\n* eggs\n* tea",
            "- milk\n- eggs\n- tea",
            "• milk\n• eggs\n• tea",
            "+ milk\n+ eggs\n+ tea",
            "milk eggs tea",
            "  * milk\n  * eggs\n  * tea",
            "● milk ▪ eggs ◦ tea",
        ],
        &[
            "# Title\ntext of it",
            "Title\n=====\ntext of it",
            "== Title ==\ntext of it",
            "Title\n-----\ntext of it",
            "### Title ###\ntext of it",
        ],
        &["> so she wrote\n> to me", "so she wrote\nto me", ">> so she wrote\n>> to me", "> > so she wrote\n> > to me"],
        &["one\n* * *\ntwo", "one\n***\ntwo", "one\n---\ntwo", "one\n~~~~~~\ntwo", "one two"],
        &[
            "| a | b |\n|---|:-:|\n| c | d |",
            "a b c d",
            "+---+---+\n| a | b |\n+===+===+\n| c | d |\n+---+---+",
            "┌──┬──┐\n│a │b │\n├──┼──┤\n│c │d │",
        ],
        &["and/or", "and or"],
        &["1990-95", "1990–95", "1990 95"],
        &["F-16 and COVID-19", "F 16 and COVID 19"],
        &["Acme™ soap ©", "Acme soap"],
        &["<b>", "b"],
        &["see <https://example.org>", "see https://example.org"],
    ];
    let shingler = shingler();
    for group in groups {
        for text in *group {
            assert_eq!(tokens_of(&shingler, text), tokens_of(&shingler, group[0]), "{text:?}");
        }
    }
}

#[test]
fn a_run_of_a_sign_is_one_token() {
    assert_tokens("C++ && 🔥🔥🔥 $$$", &["c", "++", "&&", "🔥🔥🔥", "$$$"]);
    assert_tokens("a != b := c -> d", &["a", "!=", "b", ":=", "c", "-", ">", "d"]);
    assert_tokens("👍👍🏽🇩🇪🇩🇪🇫🇷", &["👍", "👍🏽", "🇩🇪🇩🇪", "🇫🇷"]);
    assert_tokens("👩‍💻 and 👨‍👩‍👧‍👦", &["👩‍💻", "and", "👨‍👩‍👧‍👦"]);
}

#[test]
fn a_text_without_words_has_its_characters_as_tokens() {
    let shingler = shingler();
    for text in ["***", "...", "🎉🎉🔥", "?!", "—", "“”", "___", "()", "⠓⠑"] {
        assert!(!shingler.hashes(text).is_empty(), "{text}");
        assert_eq!(shingler.set(text), shingler.set(&format!("  {text}\n")));
    }
    for (left, right) in
        [("***", "****"), ("***", "..."), ("🎉🎉🔥", "🎉🔥🔥"), ("?!", "!?"), ("*", "* *"), ("😀", "😀!")]
    {
        assert_ne!(shingler.set(left), shingler.set(right), "{left} {right}");
    }
    assert_tokens("-- ++ ?", &["--", "++", "?"]);
    for blank in ["", " ", "\n\t", "\u{feff}\u{200b}", "\u{a0}\u{ad}", "\u{0}\u{7f}", "\u{2800}"] {
        assert!(shingler.hashes(blank).is_empty() && is_blank(blank), "{blank:?}");
    }
}

#[test]
fn the_rule_without_signs_can_still_be_had() {
    let shingler =
        Scheme::builder().tokenization(Tokenization::Words).build().expect("valid").shingler().expect("text");
    assert_eq!(shingler.set("C++"), shingler.set("C#"));
    assert!(shingler.hashes("***").is_empty());
    assert!(
        Scheme::builder()
            .build()
            .expect("valid")
            .check_same(&Scheme::builder().tokenization(Tokenization::Words).build().expect("valid"))
            .is_err()
    );
}

#[test]
fn code_counts_every_sign_and_no_layout() {
    let shingler = Scheme::code().shingler().expect("text");
    let code = "fn area(w: f64, h: f64) -> f64 {\n    w * h // m²\n}\n";
    assert_eq!(
        tokens_of(&shingler, code),
        [
            "fn", "area", "(", "w", ":", "f64", ",", "h", ":", "f64", ")", "-", ">", "f64", "{", "w", "*", "h", "/",
            "/", "m²", "}"
        ]
    );
    assert_eq!(shingler.set(code), shingler.set("fn area( w:f64,h:f64 )->f64{w*h//m²\r\n\t}"));
    for other in ["fn area(w: f64, h: f64) -> f64 { w / h // m² }", "fn Area(w: f64, h: f64) -> f64 { w * h // m² }"]
    {
        assert!(shingler.set(code).jaccard(&shingler.set(other)) < 1.0, "{other}");
    }
    assert_eq!(
        tokens_of(&shingler, "x_1.y=1.5e3;a..b 用1"),
        ["x_1", ".", "y", "=", "1.5e3", ";", "a", ".", ".", "b", "用", "1"]
    );
}

/// Texts with equal sets, of which some are equal too: by their words, what is between these, and how often all of it comes.
fn equal_sets() -> impl Strategy<Value = Vec<String>> {
    let text = (0_usize..3, 0_usize..3, 0_usize..2, 1_usize..3).prop_map(|(words, mark, space, times)| {
        let words = ["late again in skelby", "Ще не вмерла", "用Rust写 the ferry"][words];
        let mark = [" ", ", ", " – "][mark];
        let text = words.split(' ').collect::<Vec<_>>().join(mark) + ["", "\n\n  "][space];
        vec![text; times].join(" ")
    });
    prop::collection::vec(text, 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn copies_are_those_of_the_definition_in_memory_on_disk_and_in_a_stream(texts in equal_sets()) {
        use twinprint::{Deduplicator, Document, InsertOutcome, SimilarityJoin};
        let scheme = Scheme::builder().words(1).build().expect("valid");
        let shingler = scheme.shingler().expect("text");
        let key = |text: &str| {
            let plain = shingler.normalize(text).split_whitespace().collect::<Vec<_>>().join(" ");
            (shingler.set(text), plain)
        };
        let first = |at: usize| (0..at).find(|&earlier| key(&texts[earlier]) == key(&texts[at]));
        let copies = (0..texts.len()).filter(|&at| first(at).is_some()).count() as u64;
        let builder = || SimilarityJoin::builder(&scheme);

        let mut join = builder().build().expect("valid");
        join.push_all(texts.iter().enumerate().map(|(id, text)| Document::text(id, text))).expect("few");
        let found = join.finish().expect("few");
        prop_assert_eq!(found.stats().copies, copies);
        for pair in found.all_pairs(usize::MAX) {
            prop_assert_eq!(pair.is_copy(), key(&texts[*pair.left]) == key(&texts[*pair.right]));
        }
        for group in found.copies() {
            prop_assert!(group.iter().all(|id| key(&texts[**id]) == key(&texts[*group[0]])));
        }

        let folder = std::env::temp_dir().join(format!("twinprint-signs-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let mut join = builder().build_on_disk(&folder).expect("valid");
        for (id, text) in texts.iter().enumerate() {
            join.push(Document::text(id, text)).expect("few");
        }
        let on_disk = join.finish().expect("few");
        prop_assert_eq!(on_disk.stats().copies, copies);
        let listed: Vec<(u32, u32)> = on_disk.copies().expect("read").map(|copy| copy.expect("read")).collect();
        let expected: Vec<(u32, u32)> =
            (0..texts.len()).filter_map(|at| first(at).map(|first| (at as u32, first as u32))).collect();
        prop_assert_eq!(listed, expected);
        prop_assert_eq!(on_disk.equal_sets().expect("read").count() as u64, found.stats().equal_sets);
        for pair in on_disk.all_pairs(usize::MAX).expect("read") {
            let pair = pair.expect("read");
            prop_assert_eq!(pair.is_copy(), key(&texts[pair.left as usize]) == key(&texts[pair.right as usize]));
        }

        drop(on_disk);
        std::fs::remove_dir_all(&folder).expect("the test's own folder");

        let mut stream = Deduplicator::builder().scheme(scheme.clone()).build().expect("valid");
        for (at, text) in texts.iter().enumerate() {
            match stream.insert(at, text).expect("few") {
                InsertOutcome::Copy { of } => prop_assert_eq!(Some(of), first(at)),
                _ => prop_assert_eq!(first(at), None),
            }
        }
        prop_assert_eq!(stream.finish().stats().copies, copies);
    }
}

/// Words of prose, and what may be between them without being content.
fn prose(words: &[String], marks: &[usize]) -> String {
    const MARKS: [&str; 16] =
        [" ", ", ", ". ", "; ", ": ", " - ", " – ", "—", "… ", " (", ") ", " “", "” ", "! ", "? ", "\n\n- "];
    let mut text = String::new();
    for (word, mark) in words.iter().zip(marks) {
        text += word;
        text += MARKS[mark % MARKS.len()];
    }
    text
}

proptest! {
    #[test]
    fn punctuation_of_prose_does_not_count(
        words in prop::collection::vec("[a-zA-Zäß]{2,8}", 1..30),
        left in prop::collection::vec(0_usize..16, 30),
        right in prop::collection::vec(0_usize..16, 30),
    ) {
        let shingler = shingler();
        prop_assert_eq!(shingler.hashes(&prose(&words, &left)), shingler.hashes(&prose(&words, &right)));
    }

    #[test]
    fn one_sign_more_is_another_set(
        before in prop::collection::vec("[a-z]{1,8}", 1..8),
        after in prop::collection::vec("[a-z]{1,8}", 1..8),
        sign in prop::sample::select(vec!["+", "=", "<", ">", "&&", "||", "*", "/", "$", "€", "%", "°", "×", "🔥", "@", "👍🏽", "🇩🇪"]),
        other in prop::sample::select(vec!["", "-", "!=", "&", "^", "¥", "💩", "≤", "👍", "🇫🇷", "\u{2014}", ","]),
    ) {
        let shingler = shingler();
        let text = |sign: &str| format!("{} {sign} {}", before.join(" "), after.join(" "));
        prop_assert!(shingler.set(&text(sign)).jaccard(&shingler.set(&text(other))) < 1.0);
    }

    /// Hashes are those of the tokens, however the text is cut into ASCII and other runs.
    #[test]
    fn the_fast_path_finds_the_tokens_of_the_definition(
        text in prop_oneof![
            "[a-z09 é😀\u{301}\u{200d}.,:!*+/<=>&|#%@~$^(){}\n_-]{0,120}",
            "([a-z]{1,4}|[ \n]|[-+*/=<>&|#%@~$^!:.]|é|🔥){0,60}",
        ],
        collapse: bool,
        drop_punctuation: bool,
    ) {
        use twinprint::text::Normalization;
        let normalization = Normalization::default().collapse_white_space(collapse).drop_punctuation(drop_punctuation);
        for builder in [Scheme::builder(), Scheme::builder().tokenization(Tokenization::Code)] {
            let shingler = builder.tokens(1).normalization(normalization).build().expect("valid").shingler().expect("text");
            let tokens: Vec<u64> = shingler.shingles(&text).iter().map(|shingle| shingle.hash).collect();
            prop_assert_eq!(shingler.hashes(&text), tokens, "{:?}", tokens_of(&shingler, &text));
        }
    }
}
