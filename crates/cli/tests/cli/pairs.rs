//! `twinprint pairs`.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::json;

use crate::corpora::{all_pairs, documents, folder_of, json_lines};
use crate::process::{run, run_with_input};

const CONTRACT: &str = "pairs corpus.jsonl --words 3 --threshold 0.5 --memory 512M --threads 2";

#[test]
fn the_pairs_are_those_of_comparing_each_with_each() {
    let documents = documents(300);
    let folder = folder_of(&json_lines(&documents));
    let expected = all_pairs(&documents, 0.5);
    assert!(expected.lines().count() > 60, "the corpus has pairs");
    assert_eq!(run(folder.path(), CONTRACT).done(), expected);
}

#[test]
fn threads_memory_and_the_output_change_no_byte() {
    let folder = folder_of(&json_lines(&documents(300)));
    let expected = run(folder.path(), CONTRACT).done();
    for options in ["--threads 1 --memory 64M", "--threads 3 --memory 2G", "--memory 0.5GiB", "-vv"] {
        let found = run(folder.path(), &format!("pairs corpus.jsonl --words 3 --threshold 0.5 {options}"));
        assert_eq!(found.done(), expected, "{options}");
    }
    assert_eq!(run(folder.path(), &format!("{CONTRACT} --output pairs.tsv")).done(), "");
    assert_eq!(fs::read_to_string(folder.path().join("pairs.tsv")).unwrap(), expected);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside the output");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Texts of few words have many pairs, and many of them lie exactly at the threshold. With bands of one row, none is missed.
    #[test]
    fn small_corpora_have_the_pairs_of_comparing_each_with_each(
        texts in prop::collection::vec("[ab]( [abé]){0,9}", 1..40),
        threshold in 0.3..=1.0,
    ) {
        let documents: Vec<_> = (0..).map(|id: u32| id.to_string()).zip(texts).collect();
        let folder = folder_of(&json_lines(&documents));
        let found = run(folder.path(), &format!("pairs corpus.jsonl --threshold {threshold} --banding 128x1"));
        prop_assert_eq!(found.done(), all_pairs(&documents, threshold));
    }
}

#[test]
fn another_corpus_is_compared_with_and_not_its_own_documents() {
    let all = documents(200);
    let (own, other) = all.split_at(100);
    let folder = folder_of(&json_lines(own));
    fs::write(folder.path().join("other.jsonl"), json_lines(other)).unwrap();
    let found = run(folder.path(), &format!("{CONTRACT} --against other.jsonl")).done();
    let is_own = |id: &str| own.iter().any(|(own, _)| own == id);
    let across: String = all_pairs(&all, 0.5)
        .lines()
        .filter(|line| {
            let mut ids = line.split('\t');
            is_own(ids.next().unwrap()) && !is_own(ids.next().unwrap())
        })
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(!across.is_empty(), "the corpus has pairs");
    assert_eq!(found, across);
}

#[test]
fn blocks_are_not_compared_with_one_another_and_a_source_not_with_itself() {
    let text = "the ferry to skelby was cancelled on monday";
    let record =
        |id: u32, lang: &str, site: &str| json!({"id": id, "text": text, "meta": {"lang": lang}, "site": site});
    let records = [record(1, "en", "a"), record(2, "en", "b"), record(3, "de", "a"), record(4, "en", "b")];
    let folder = folder_of(&records.map(|record| record.to_string()).join("\n"));
    let pairs = |options: &str| {
        let out = run(folder.path(), &format!("pairs corpus.jsonl {options}")).done();
        out.lines().map(|line| line.replace("\t1.000000", "").replace('\t', "-")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(pairs(""), "1-2 1-3 1-4 2-3 2-4 3-4");
    assert_eq!(pairs("--block meta.lang"), "1-2 1-4 2-4");
    assert_eq!(pairs("--source site --across-sources"), "1-2 1-4 2-3 3-4");
    assert_eq!(pairs("--source site --across-sources --block meta.lang"), "1-2 1-4");
    fs::write(folder.path().join("settings.toml"), "source = \"site\"\n").unwrap();
    assert_eq!(pairs("--config settings.toml --across-sources"), "1-2 1-4 2-3 3-4", "the file names the source");
    let err = run(folder.path(), "pairs corpus.jsonl --across-sources").refused();
    assert!(err.contains("--source"), "{err}");
}

#[test]
fn a_block_may_be_of_several_fields_and_of_a_part_of_time() {
    let record = |id: u32, lang: &str, day: &str| {
        json!({"id": id, "text": "the ferry to skelby was cancelled", "lang": lang, "day": day, "n:day": day})
            .to_string()
    };
    let days = [("en", "2026-12-31T23:00:00Z"), ("en", "2027-01-01"), ("de", "2027-01-01"), ("en", "2026-12-31")];
    let records: Vec<_> = (1..).zip(days).map(|(id, (lang, day))| record(id, lang, day)).collect();
    let folder = folder_of(&records.join("\n"));
    let pairs = |block: &str| {
        let out = run(folder.path(), &format!("pairs corpus.jsonl --block {block}")).done();
        out.lines().map(|line| line.replace("\t1.000000", "").replace('\t', "-")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(pairs("lang,day"), "");
    assert_eq!(pairs("lang,day:day"), "1-4");
    assert_eq!(pairs("day:month"), "1-4 2-3");
    assert_eq!(pairs("day:week"), "1-2 1-3 1-4 2-3 2-4 3-4");
    assert_eq!(pairs("day:week,lang"), "1-2 1-4 2-4");
    assert_eq!(pairs("n:day:"), "2-3", "a field whose name ends so");
    fs::write(folder.path().join("settings.toml"), "block = [\"lang\", \"day:year\"]\n").unwrap();
    assert_eq!(run(folder.path(), "pairs corpus.jsonl --config settings.toml").done(), "1\t4\t1.000000\n");
    let refused = |block: &str| run(folder.path(), &format!("pairs corpus.jsonl --block {block}")).refused();
    assert!(refused("lang:year").contains("the field \"lang\" must be a date"));
    assert!(refused("lang:year").contains("--block"));
    assert!(refused("day:hour").contains(":day, :week, :month or :year"));
    assert!(refused("lang,dai:day").contains("no document has the field \"dai:day\" that --block names"));
}

#[test]
fn numbers_are_read_as_dates_or_refused() {
    let text = "the ferry to skelby was cancelled";
    let pairs = |block: &str, dates: [serde_json::Value; 3]| {
        let record = |(id, date): (u32, serde_json::Value)| json!({"id": id, "text": text, "d": date}).to_string();
        let records: Vec<_> = (1..).zip(dates).map(record).collect();
        let folder = folder_of(&records.join("\n"));
        run(folder.path(), &format!("pairs corpus.jsonl --block {block}"))
    };
    assert_eq!(pairs("d:year", [json!("2025"), json!(2026), json!(20_250_105)]).done(), "1\t3\t1.000000\n");
    let month = [json!(1_767_571_200.0), json!("20260131"), json!(20_260_201)];
    assert_eq!(pairs("d:month", month).done(), "1\t2\t1.000000\n");
    let units = [json!(1_767_571_200), json!(1_767_571_200_000_i64), json!("1767657600000000")];
    assert_eq!(pairs("d:day", units).done(), "1\t2\t1.000000\n");
    for date in [json!(2026), json!("202601"), json!(20_261_301), json!(0)] {
        let refused = pairs("d:month", [json!("2026-01-05"), date, json!(null)]).refused();
        assert!(refused.contains("line 2") && refused.contains("\"d\" must be a date as in RFC 3339"), "{refused}");
    }
}

#[test]
fn words_and_characters_of_options_count_more_than_those_of_a_file() {
    let folder = folder_of(&json_lines(&documents(60)));
    fs::write(folder.path().join("words.toml"), "words = 2\nthreshold = 0.4\n").unwrap();
    fs::write(folder.path().join("chars.toml"), "chars = 7\nthreshold = 0.4\n").unwrap();
    let pairs = |options: &str| run(folder.path(), &format!("pairs corpus.jsonl {options}")).done();
    assert_eq!(pairs("--config words.toml --chars 5"), pairs("--threshold 0.4 --chars 5"));
    assert_eq!(pairs("--config chars.toml --words 4"), pairs("--threshold 0.4 --words 4"));
    assert_ne!(pairs("--config chars.toml"), pairs("--config words.toml"));
}

#[test]
fn standard_input_is_read_as_a_file_is() {
    let lines = json_lines(&documents(100));
    let folder = folder_of(&lines);
    let expected = run(folder.path(), CONTRACT).done();
    let arguments = CONTRACT.replace("corpus.jsonl", "-");
    assert_eq!(run_with_input(folder.path(), &arguments, &lines).done(), expected);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let text = "the ferry to skelby was cancelled on monday";
    let many: Vec<_> = (0..600).map(|id| (id.to_string(), text.to_string())).collect();
    let folder = folder_of(&json_lines(&many));
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("twinprint"));
    command.current_dir(folder.path()).args(["pairs", "corpus.jsonl", "--expand"]);
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 4];
    // This closes the pipe, which is far too small for 180,000 pairs.
    running.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ended = running.wait_with_output().unwrap();
    assert_eq!((&first, ended.status.code(), ended.stderr), (b"0\t1\t", Some(0), Vec::new()));
}

#[test]
fn repeated_ids_are_refused() {
    let folder = folder_of(&json_lines(&["a", "b", "c", "b"].map(|id| (id.to_string(), "x".to_string()))));
    let err = run(folder.path(), CONTRACT).refused();
    let places = r#"corpus.jsonl, line 4: the id "b" is already used in corpus.jsonl, line 2"#;
    assert!(err.contains(places) && err.contains("--number"), "{err}");
}

#[test]
fn what_is_wrong_is_named() {
    let folder = folder_of("{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2, \"body\": \"x\"}\n");
    fs::write(folder.path().join("settings.toml"), "treshold = 0.5\n").unwrap();
    let cases = [
        ("pairs corpus.jsonl", vec!["corpus.jsonl, line 2", "\"text\""]),
        ("pairs missing.jsonl", vec!["missing.jsonl"]),
        ("pairs *.csv", vec!["*.csv"]),
        ("pairs", vec!["INPUT"]),
        ("pairs corpus.jsonl --threshold 0", vec!["threshold", "0"]),
        ("pairs corpus.jsonl --threshold -1", vec!["threshold", "-1"]),
        ("pairs corpus.jsonl --threshold NaN", vec!["threshold", "NaN"]),
        ("pairs corpus.jsonl --recall 1", vec!["recall", "1"]),
        ("pairs corpus.jsonl --words 0", vec!["--words", "0"]),
        ("pairs corpus.jsonl --words 3 --chars 4", vec!["--words", "--chars"]),
        ("pairs corpus.jsonl --memory 1M", vec!["memory", "64"]),
        ("pairs corpus.jsonl --memory much", vec!["--memory", "512M"]),
        ("pairs corpus.jsonl --threads 0", vec!["--threads", "0"]),
        ("pairs corpus.jsonl --banding 16", vec!["banding", "16x6"]),
        ("pairs corpus.jsonl --banding 64x64", vec!["128"]),
        ("pairs corpus.jsonl --config settings.toml", vec!["settings.toml", "treshold"]),
        ("pairs corpus.jsonl --keep best", vec!["best", "longest"]),
    ];
    for (arguments, expected) in cases {
        let err = run(folder.path(), arguments).refused();
        for part in expected {
            assert!(err.contains(part), "{arguments}: {part:?} is not in {err}");
        }
        assert!(!err.contains("skip-bad"), "{arguments}: names an option that is not there: {err}");
    }
}

#[test]
fn a_corpus_without_documents_is_refused() {
    let folder = folder_of("");
    let err = run(folder.path(), CONTRACT).refused();
    assert!(err.contains("no documents"), "{err}");
}

#[test]
fn a_field_that_no_document_has_is_refused() {
    let folder =
        folder_of("{\"id\": 1, \"text\": \"x\", \"site\": \"post\", \"score\": 0.5}\n{\"id\": 2, \"text\": \"x\"}\n");
    for option in ["--block day", "--source sight", "--keep score:scores", "--keep earliest:day"] {
        let err = run(folder.path(), &format!("pairs corpus.jsonl {option}")).refused();
        let (name, field) = option.split_once(' ').unwrap();
        let field = field.split(':').next_back().unwrap();
        assert!(err.contains(name) && err.contains(&format!("{field:?}")), "{option}: {err}");
    }
    for option in ["--block site", "--source site", "--keep score:score"] {
        run(folder.path(), &format!("pairs corpus.jsonl {option}")).done();
    }
}

#[test]
fn a_report_is_not_made_of_other_texts_than_the_pairs() {
    let made = twinprint_generator::Generator::new(twinprint_generator::Settings {
        near_duplicates: 0.4,
        ..Default::default()
    });
    let documents: Vec<_> = made.take(3_000).map(|made| (made.id.to_string(), made.text)).collect();
    let lines = json_lines(&documents);
    let reversed: String = lines.lines().rev().map(|line| format!("{line}\n")).collect();
    // As many documents with the same ids, but other texts.
    let texts = documents.iter().rev().map(|(_, text)| text.clone());
    let swapped: Vec<_> = documents.iter().map(|(id, _)| id.clone()).zip(texts).collect();
    let folder = folder_of(&lines);
    for changed in [reversed, json_lines(&swapped), json_lines(&documents[..2_999])] {
        let noticed = (0..20).find_map(|round| {
            fs::write(folder.path().join("corpus.jsonl"), &lines).unwrap();
            let work = folder.path().join(format!("work{round}"));
            let arguments =
                format!("pairs corpus.jsonl --threads 1 --work work{round} --report page.html --output pairs.tsv");
            let child = crate::outputs::start(folder.path(), &arguments);
            crate::outputs::wait_for(|| work.join("candidates").exists() || folder.path().join("pairs.tsv").exists());
            // At once, so that nobody reads a half of it.
            fs::write(folder.path().join("changed.jsonl"), &changed).unwrap();
            fs::rename(folder.path().join("changed.jsonl"), folder.path().join("corpus.jsonl")).unwrap();
            let ended = child.wait_with_output().unwrap();
            fs::remove_dir_all(work).unwrap();
            if ended.status.success() {
                fs::remove_file(folder.path().join("page.html")).unwrap();
            }
            let _ = fs::remove_file(folder.path().join("pairs.tsv"));
            (!ended.status.success()).then(|| String::from_utf8(ended.stderr).unwrap())
        });
        let said = noticed.expect("the inputs change before the report is made");
        assert!(said.contains("the inputs changed while they were read"), "{said}");
        assert!(!folder.path().join("page.html").exists());
    }
}

/// Ten similar texts, each many times.
fn copies(of_each: usize) -> String {
    let text = |version: usize| {
        let word = |at: usize| if at == 5 * version { format!("other{version}") } else { format!("word{at}") };
        (0..60).map(word).collect::<Vec<_>>().join(" ")
    };
    let lines = (0..10 * of_each).map(|id| json!({"id": id, "text": text(id % 10)}).to_string() + "\n");
    lines.collect()
}

#[test]
fn copies_are_listed_once_a_group_when_they_are_many() {
    let folder = folder_of(&copies(5));
    let few = run(folder.path(), "pairs corpus.jsonl");
    assert_eq!((few.out.lines().count(), few.err.as_str()), (50 * 49 / 2, ""));

    let folder = folder_of(&copies(100));
    let many = run(folder.path(), "pairs corpus.jsonl");
    assert!(many.err.contains("1035 pairs instead of 499500; --expand lists all"), "{}", many.err);
    assert_eq!(many.done().lines().count(), 10 * 99 + 45);
    let all = run(folder.path(), "pairs corpus.jsonl --expand");
    assert_eq!((all.out.lines().count(), all.err.as_str()), (499_500, ""));
    let inner = run(folder.path(), "contained corpus.jsonl --least 0.5 --one-in 1");
    assert!(inner.err.contains("--expand lists all"), "{}", inner.err);
    assert!(inner.done().lines().count() < 2_000);
}

#[test]
fn pairs_that_were_passed_over_are_a_warning() {
    let folder = folder_of(&copies(5));
    let all = run(folder.path(), "pairs corpus.jsonl");
    assert_eq!(all.err, "");
    let passed_over = run(folder.path(), "pairs corpus.jsonl --bucket-limit 2");
    assert!(passed_over.err.contains("buckets held more documents than --bucket-limit"), "{}", passed_over.err);
    let number = passed_over.err.split("up to ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a number");
    let pairs: usize = number.parse().expect("a number of pairs");
    assert!((1..=45 - 9).contains(&pairs), "no more than there are: {}", passed_over.err);
    for part in ["% or more of the similar pairs", "twinprint audit", "a higher --bucket-limit"] {
        assert!(passed_over.err.contains(part), "{}", passed_over.err);
    }
    let again = run(folder.path(), "dedup corpus.jsonl --bucket-limit 2 --output out");
    assert!(again.err.contains("buckets held more documents than --bucket-limit"), "{}", again.err);
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).expect("written");
    assert!(summary.contains(&format!("\"pairs_passed_over\": {pairs}")), "{summary}");
    let twice = run(folder.path(), "dedup out/kept.jsonl --bucket-limit 2 --output twice");
    assert!(twice.err.contains(" 0 removed"), "{}", twice.err);
    assert_eq!(run(folder.path(), "pairs corpus.jsonl --bucket-limit 2 --quiet").err, "");
}

#[test]
fn a_secret_key_is_kept_in_the_work_folder() {
    let folder = folder_of(&json_lines(&documents(300)));
    let expected = run(folder.path(), CONTRACT).done();
    let keyed = format!("{CONTRACT} --recall 0.9999 --num-hashes 256 --keyed --work work");
    assert_eq!(run(folder.path(), &keyed).done(), expected);
    assert_eq!(run(folder.path(), &keyed).done(), expected, "the folder knows its key");
    let unkeyed = run(folder.path(), &keyed.replace(" --keyed", ""));
    assert!(unkeyed.refused().contains("scheme"), "sets under a key are of another scheme");
    assert_ne!(run(folder.path(), "trim corpus.jsonl --output out --keyed").status, 0);
}
