//! Signs, blank documents, copies, and what `--normalize` makes one.

use std::fs;

use serde_json::{Value, json};

use crate::corpora::{folder_of, json_lines, records};
use crate::process::run;

fn corpus(texts: &[(&str, &str)]) -> String {
    let documents: Vec<_> = texts.iter().map(|(id, text)| (id.to_string(), text.to_string())).collect();
    json_lines(&documents)
}

/// Returns the pairs that are found, as `a b`, separated by commas.
fn pairs(texts: &[(&str, &str)], options: &str) -> String {
    let folder = folder_of(&corpus(texts));
    let found = run(folder.path(), &format!("pairs corpus.jsonl {options}")).done();
    let pair = |line: &str| line.split('\t').take(2).collect::<Vec<_>>().join(" ");
    found.lines().map(pair).collect::<Vec<_>>().join(",")
}

#[test]
fn texts_that_differ_in_a_sign_are_no_copies() {
    let texts = [
        ("plus", "if (a + b > limit && !done) { total -= a * b; }"),
        ("minus", "if (a - b < limit || done) { total += a / b; }"),
        ("cpp", "C++"),
        ("sharp", "C#"),
        ("c", "C"),
        ("fire", "great 🔥🔥🔥"),
        ("other", "great 💩💩💩"),
        ("area", "return w * h"),
        ("sum", "return w + h"),
    ];
    assert_eq!(pairs(&texts, "--threshold 0.9"), "");
    assert_eq!(pairs(&texts, "--threshold 0.9 --preset code"), "");
    assert_eq!(pairs(&[("a", "a+=b;"), ("b", "a += b ;\n")], "--preset code"), "a b");
}

#[test]
fn texts_without_letters_are_duplicates_and_blank_ones_are_counted_or_dropped() {
    let texts = [("1", "🎉🎉🔥"), ("2", "🎉🎉🔥"), ("3", "***"), ("4", "***"), ("5", ""), ("6", " \n"), ("7", "****")];
    assert_eq!(pairs(&texts, ""), "1 2,3 4");
    let folder = folder_of(&corpus(&texts));
    for command in ["pairs", "clusters", "contained"] {
        let ended = run(folder.path(), &format!("{command} corpus.jsonl"));
        assert!(ended.err.ends_with("2 documents are blank and match nothing\n"), "{}", ended.err);
    }
    let kept = run(folder.path(), "dedup corpus.jsonl --output kept");
    assert!(kept.err.contains("5 kept, 2 removed (2 copies), 2 clusters; 2 kept documents are blank"), "{}", kept.err);
    let dropped = run(folder.path(), "dedup corpus.jsonl --output dropped --drop-blank");
    assert!(dropped.err.contains("3 kept, 4 removed (2 copies, 2 blank), 2 clusters;"), "{}", dropped.err);
    let summary = fs::read_to_string(folder.path().join("dropped/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!((&summary["blank"], &summary["blank_removed"]), (&json!(2), &json!(true)));
    let removed = records(&folder.path().join("dropped/removed.jsonl"));
    let blank: Vec<&Value> = removed.iter().filter(|record| record["reason"] == json!("blank")).collect();
    assert_eq!(blank.iter().map(|record| record["id"].as_str().unwrap()).collect::<Vec<_>>(), ["5", "6"]);
    assert!(blank.iter().all(|record| record["duplicate_of"].is_null()), "{blank:?}");
}

#[test]
fn copies_are_equal_texts_and_others_have_the_same_shingles() {
    let texts = [
        ("1", "It is late, again, in the harbour of Skelby."),
        ("2", "IT IS LATE, again,  in the\nharbour of Skelby."),
        ("3", "It is late again in the harbour of Skelby"),
        ("4", "it is late again in the harbour of skelby"),
    ];
    let folder = folder_of(&corpus(&texts));
    let ended = run(folder.path(), "dedup corpus.jsonl --output out --most-of-corpus 1 --report out.json");
    assert!(ended.err.contains("3 removed (2 copies, 1 more with the same shingles)"), "{}", ended.err);
    let read =
        |name: &str| -> Value { serde_json::from_str(&fs::read_to_string(folder.path().join(name)).unwrap()).unwrap() };
    let summary = read("out/summary.json");
    assert_eq!((&summary["copies"], &summary["same_shingles"]), (&json!(2), &json!(1)));
    let report = read("out.json");
    let kinds: Vec<&Value> = report["pairs"].as_array().unwrap().iter().map(|pair| &pair["kind"]).collect();
    assert_eq!(kinds, ["copy", "same shingles", "same shingles"]);
}

#[test]
fn named_differences_of_writing_do_not_count() {
    let arabic = [
        ("1", "أعلنت شركة عن إلغاء الرحلات"),
        ("2", "اعلنت شـركة عن الغاء الرحلات"),
        ("3", "أَعْلَنَتْ شَرِكَة عَنْ إِلْغَاء الرِّحْلَات"),
    ];
    assert_eq!(pairs(&arabic, "--threshold 0.9"), "");
    assert_eq!(pairs(&arabic, "--threshold 0.9 --normalize arabic"), "1 2,1 3,2 3");
    assert_eq!(pairs(&[("1", "کتاب من"), ("2", "كتاب من")], "--normalize persian"), "1 2");
    assert_eq!(pairs(&[("1", "đi từ cảng"), ("2", "di tu cang")], "--normalize vietnamese"), "1 2");
    assert_eq!(pairs(&[("1", "שָׁלוֹם לכם"), ("2", "שלום לכם")], "--normalize hebrew"), "1 2");
    assert_eq!(pairs(&[("1", "Ｆｅｒｒｙ ﬁle"), ("2", "ferry file")], "--normalize nfkc"), "1 2");
    assert_eq!(pairs(&[("1", "سنة ١٩٩٥"), ("2", "سنة 1995")], "--normalize digits"), "1 2");
    assert_eq!(pairs(&[("1", "in 1995"), ("2", "in 2004")], "--normalize marks,mask-digits"), "1 2");
    let folder = folder_of(&corpus(&arabic));
    run(folder.path(), "dedup corpus.jsonl --output out --most-of-corpus 1 --normalize arabic,nfkc").done();
    let config = fs::read_to_string(folder.path().join("out/config.toml")).unwrap();
    assert!(config.contains("normalize = [\"arabic\", \"nfkc\"]"), "{config}");
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).unwrap();
    assert!(summary.contains("arabic_letters=Arabic") && summary.contains("form=Nfkc"), "{summary}");
    let again = run(folder.path(), "dedup corpus.jsonl --output out --most-of-corpus 1");
    assert_ne!(again.status, 0, "a folder of other settings is not replaced: {}", again.err);
}
