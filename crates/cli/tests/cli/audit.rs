//! `twinprint audit`.

use serde_json::Value;

use crate::corpora::{all_pairs, documents, folder_of, json_lines};
use crate::process::run;

#[test]
fn an_audit_of_all_documents_has_the_exact_recall() {
    let documents = documents(150);
    let folder = folder_of(&json_lines(&documents));
    let of_all = all_pairs(&documents, 0.4).lines().count() as f64;
    // This banding misses pairs.
    for options in ["", "--banding 4x8"] {
        let settings = format!("corpus.jsonl --threshold 0.4 {options}");
        let found = run(folder.path(), &format!("pairs {settings}")).done().lines().count() as f64;
        let report = run(folder.path(), &format!("audit {settings} --json")).done();
        let report: Value = serde_json::from_str(&report).unwrap();
        let recall = |name: &str| report["recall"][name].as_f64().unwrap();
        assert_eq!((recall("part"), recall("whole")), (found, of_all), "{options}");
        assert!(recall("low") <= found / of_all && found / of_all <= recall("high"), "{options}");
        assert_eq!(found < of_all, !options.is_empty(), "only the short banding misses pairs");
        let table = run(folder.path(), &format!("audit {settings}")).done();
        assert!(table.starts_with("audit of 158 of 158 documents"), "{table}");
        let missed: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("missed\t")).collect();
        assert_eq!(!missed.is_empty(), found < of_all, "{table}");
        let of_json = report["missed"].as_array().unwrap().iter().map(|missed| {
            let id = |side: &str| missed[side].as_str().unwrap();
            format!("{}\t{}\t{:.6}", id("left"), id("right"), missed["jaccard"].as_f64().unwrap())
        });
        assert!(of_json.eq(missed), "the ids of the table, and not numbers");
    }
}

#[test]
fn the_interval_of_a_sample_holds_the_true_recall() {
    let folder = folder_of(&json_lines(&documents(150)));
    let report = run(folder.path(), "audit corpus.jsonl --sample 50 --json").done();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((report["sampled"].as_u64(), report["documents"].as_u64()), (Some(50), Some(158)));
    assert_eq!(report["recall"]["high"].as_f64(), Some(1.0));
    assert!(report["recall"]["low"].as_f64().unwrap() > 0.5);
}

#[test]
fn a_sample_that_does_not_fit_in_memory_is_refused() {
    let words = |text: usize| (0..200_000).map(|word| format!("{:x}", word * 32 + text)).collect::<Vec<_>>().join(" ");
    let documents: Vec<_> = (0..24).map(|text| (text.to_string(), words(text))).collect();
    let folder = folder_of(&json_lines(&documents));
    let refused = run(folder.path(), "audit corpus.jsonl --memory 64M --work work").refused();
    assert!(refused.contains("24 sampled documents") && refused.contains("--sample"), "{refused}");
    run(folder.path(), "audit corpus.jsonl --memory 64M --work work --sample 4").done();
}

/// An audit compares all pairs, so pairs that the user excluded would count as missed.
#[test]
fn an_audit_refuses_to_exclude_pairs() {
    let folder = folder_of(&json_lines(&documents(20)));
    std::fs::write(folder.path().join("blocks.toml"), "block = [\"id\"]\n").expect("can be written");
    for (options, named) in [
        ("--block id", "--block"),
        ("--source id --across-sources", "--across-sources"),
        ("--config blocks.toml", "--block"),
    ] {
        let said = run(folder.path(), &format!("audit corpus.jsonl {options}")).refused();
        assert!(said.contains(&format!("{named} excludes pairs")), "{said}");
    }
}
