//! `twinprint plan`.

use std::fs;

use serde_json::Value;

use crate::corpora::{documents, folder_of, json_lines};
use crate::process::run;

#[test]
fn a_plan_predicts_a_run_and_is_deterministic() {
    let folder = folder_of(&json_lines(&documents(150)));
    let all = |options: &str| run(folder.path(), &format!("plan corpus.jsonl {options}")).done();
    // Without the last line, which depends on the machine.
    let plan =
        |options: &str| all(options).lines().filter(|line| !line.starts_with("Time: ")).collect::<Vec<_>>().join("\n");
    let out = plan("--threshold 0.7");
    assert!(out.starts_with("158 documents, ") && out.contains("pairs at 0.7 or more"), "{out}");
    assert_eq!(plan("--threshold 0.7 --threads 1"), out);
    assert!(plan("--banding 20x5").contains("128 hashes, 20 bands of 5 rows"));
    assert!(plan("--sample 10").contains("sample      10 documents"));
    let time = |threads: u32| all(&format!("--threads {threads}")).lines().last().unwrap().to_string();
    assert!(time(1).starts_with("Time: about ") && time(1).contains(" s on one thread; by"), "{}", time(1));
    assert!(time(2).contains(" s on one thread, ") && time(2).contains(" s on 2; by"), "{}", time(2));
}

#[test]
fn a_plan_and_an_audit_are_of_the_run_of_the_same_preset() {
    let folder = folder_of(&json_lines(&documents(150)));
    let path = folder.path();
    let banding = |options: &str| {
        let said = run(path, &format!("dedup corpus.jsonl {options} --dry-run")).done();
        let start = said.find(" bands of ").expect("a banding");
        said[..start].rsplit(' ').next().expect("a number").to_string() + &said[start..start + 12]
    };
    for options in ["--preset news", "--preset news --threshold 0.6", "--preset web", ""] {
        let expected = banding(options);
        let plan = run(path, &format!("plan corpus.jsonl {options}")).done();
        assert!(plan.contains(&expected), "{options}: {expected}, not {plan}");
        assert_eq!(plan.contains("Judging the pairs"), options.contains("news"), "{plan}");
    }
    let audit = run(path, "audit corpus.jsonl --preset news --json").done();
    let found = run(path, "pairs corpus.jsonl --preset news").done().lines().count();
    let report: serde_json::Value = serde_json::from_str(&audit).unwrap();
    assert_eq!(report["recall"]["part"].as_f64(), Some(found as f64), "{report}");
}

#[test]
fn predictions_have_ranges_that_hold_what_a_sample_misses() {
    // A sample of 200 of these holds none of the three pairs.
    let mut many: Vec<(String, String)> =
        (0..3_000).map(|n| (format!("d{n}"), (0..20).map(|word| format!("w{} ", n * 20 + word)).collect())).collect();
    (0..3).for_each(|n| many[2_000 + n].1 = format!("{} again", many[n].1));
    let folder = folder_of(&json_lines(&many));
    let path = folder.path();
    run(path, "dedup corpus.jsonl --output out").done();
    let summary: Value = serde_json::from_str(&fs::read_to_string(path.join("out/summary.json")).unwrap()).unwrap();
    let rows = summary["plan"]["rows"].as_array().unwrap();
    for row in rows {
        let number = |name: &str| row[name].as_f64().unwrap();
        assert!(number("low") <= number("actual") && number("actual") <= number("high"), "{row}");
    }
    let verified = rows.iter().find(|row| row["name"] == "verified").unwrap();
    assert_eq!((verified["predicted"].as_f64(), verified["actual"].as_f64()), (Some(0.0), Some(3.0)), "{verified}");
    let plan = run(path, "plan corpus.jsonl --sample 200").done();
    let similar = plan.lines().find(|line| line.starts_with("similar  ")).unwrap();
    assert!(similar.contains(" 0 to 678 pairs at the threshold"), "{similar}");
}

#[test]
fn a_plan_says_that_it_counts_pairs_which_are_excluded() {
    let folder = folder_of(&json_lines(&documents(20)));
    let plan = |options: &str| run(folder.path(), &format!("plan corpus.jsonl {options}")).done();
    let says = |options: &str| plan(options).contains("--block and --across-sources leave fewer");
    assert!(!says("") && says("--block id") && says("--source id --across-sources"));
}
