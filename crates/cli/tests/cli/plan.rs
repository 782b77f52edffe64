//! `twinprint plan`.

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
