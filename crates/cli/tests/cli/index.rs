//! `twinprint index`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

use twinprint::Scheme;
use twinprint_generator::{Generator, Settings};

use crate::process::{run, run_with_input};

fn write(folder: &Path, name: &str, documents: &[(String, String)]) {
    let line = |(id, text): &(String, String)| format!("{}\n", serde_json::json!({ "id": id, "text": text }));
    fs::write(folder.join(name), documents.iter().map(line).collect::<String>()).unwrap();
}

fn documents(count: usize) -> Vec<(String, String)> {
    Generator::new(Settings::default()).take(count).map(|document| (document.id.to_string(), document.text)).collect()
}

fn count(folder: &Path) -> u64 {
    let info = run(folder, "index info seen --json").done();
    serde_json::from_str::<serde_json::Value>(&info).unwrap()["documents"].as_u64().unwrap()
}

#[test]
fn a_list_of_ids_removes_what_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    run(path, "index create seen --words 3").done();
    let ids = [r"C:\new", "C:\new", "tab\there", "first", "last"];
    let documents: Vec<_> =
        ids.iter().map(|id| (id.to_string(), format!("the text of {id} is like no other"))).collect();
    write(path, "old.jsonl", &documents);
    run(path, "index add seen old.jsonl").done();
    let remove = |list: &str| {
        fs::write(path.join("ids.txt"), list).unwrap();
        let ended = run(path, "index remove seen --from ids.txt");
        let said = ended.err.clone();
        ended.done();
        said
    };
    // As it is first, and twice the same means the same.
    let said = remove("C:\\new\nC:\\new\n");
    assert!(said.contains("1 document removed, 1 id was not there; the index has 4 documents"), "{said}");
    // As a table has it otherwise.
    let said = remove("C:\\new\ntab\\there\n");
    assert!(said.contains("2 documents removed; the index has 2 documents"), "{said}");
    // As editors write it.
    let said = remove("\u{feff}first\r\n\r\nlast\r");
    assert!(said.contains("2 documents removed; the index has 0 documents"), "{said}");
}

#[test]
fn it_finds_what_comparing_all_documents_finds() {
    let folder = tempfile::tempdir().unwrap();
    let all = documents(400);
    let (old, new) = all.split_at(300);
    write(folder.path(), "old.jsonl", old);
    write(folder.path(), "new.jsonl", new);
    assert_eq!(run(folder.path(), "index create seen --words 3 --threshold 0.5").done(), "");
    assert_eq!(run(folder.path(), "index add seen old.jsonl").done(), "");
    assert_eq!(count(folder.path()), 300);

    let shingler = Scheme::builder().words(3).build().unwrap().shingler().unwrap();
    let sets: Vec<_> = all.iter().map(|(_, text)| shingler.set(text)).collect();
    let mut expected = Vec::new();
    for (number, (id, _)) in new.iter().enumerate() {
        let jaccard = |old: usize| sets[300 + number].jaccard(&sets[old]);
        let mut found: Vec<(usize, f64)> = (0..300).map(|old| (old, jaccard(old))).filter(|(_, j)| *j >= 0.5).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        expected.extend(found.iter().map(|(old, jaccard)| format!("{id}\t{}\t{jaccard:.6}", all[*old].0)));
    }
    assert!(expected.len() > 20, "{}", expected.len());
    let found = run(folder.path(), "index query seen new.jsonl").done();
    let missed = expected.iter().filter(|line| !found.lines().any(|other| other == **line)).count();
    // The banding is planned for 99 of 100 at the threshold, and finds nearly all above it.
    assert!(missed * 50 <= expected.len(), "{missed} of {}", expected.len());
    let mut rest = expected.iter();
    assert!(found.lines().all(|line| rest.any(|other| other == line)), "an answer that is not, or not in its place");
    // As a filter, and as JSON, the answers are the same ones.
    let input = fs::read_to_string(folder.path().join("new.jsonl")).unwrap();
    assert_eq!(run_with_input(folder.path(), "index query seen -", &input).done(), found);
    let json = run_with_input(folder.path(), "index query seen - --json", &input).done();
    assert_eq!(json.lines().count(), new.len());
    let matches =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["matches"].as_array().unwrap().len();
    assert_eq!(json.lines().map(matches).sum::<usize>(), found.lines().count());
    assert_eq!(run(folder.path(), "index query seen new.jsonl --json").done(), json);
    run(folder.path(), "index verify seen").done();
}

const FERRY: &str = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.";
const MAYOR: &str = "Councillors voted on Tuesday to close the harbour road for the whole summer, the mayor said.";

fn two(folder: &Path) {
    write(folder, "two.jsonl", &[("ferry".into(), FERRY.into()), ("mayor".into(), MAYOR.into())]);
    run(folder, "index create seen").done();
    run(folder, "index add seen two.jsonl").done();
}

fn ids_of(folder: &Path, text: &str) -> Vec<String> {
    let line = serde_json::json!({ "id": "q", "text": text }).to_string();
    let answer = run_with_input(folder, "index query seen -", &line).done();
    answer.lines().map(|line| line.split('\t').nth(1).unwrap().to_string()).collect()
}

#[test]
fn documents_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    two(path);
    assert_eq!((ids_of(path, FERRY), ids_of(path, MAYOR)), (vec!["ferry".to_string()], vec!["mayor".to_string()]));
    // The same file again: the documents are replaced, and it says so.
    let again = run(path, "index add seen two.jsonl");
    assert!(again.err.contains("2 in place of earlier ones") && again.err.contains("has 2 documents"), "{}", again.err);
    assert_eq!(again.done(), "");
    write(path, "one.jsonl", &[("ferry".into(), MAYOR.into())]);
    run(path, "index add seen one.jsonl").done();
    assert_eq!((ids_of(path, FERRY), ids_of(path, MAYOR)), (vec![], vec!["mayor".to_string(), "ferry".to_string()]));
    let removed = run(path, "index remove seen mayor nobody");
    assert!(removed.err.contains("1 document removed, 1 id was not there"), "{}", removed.err);
    assert_eq!(ids_of(path, MAYOR), ["ferry"]);
    fs::write(path.join("ids.txt"), "ferry\n\n").unwrap();
    run(path, "index remove seen --from ids.txt").done();
    assert_eq!(count(path), 0);
    run(path, "index add seen two.jsonl --time 2026-01-01T00:00:00Z").done();
    run(path, "index add seen one.jsonl --time 2026-01-03T00:00:00Z").done();
    run(path, "index expire seen --before 2026-01-02T00:00:00Z").done();
    assert_eq!((count(path), ids_of(path, MAYOR)), (1, vec!["ferry".to_string()]));
    run(path, "index compact seen").done();
    run(path, "index expire seen --older-than 1h").done();
    assert_eq!(count(path), 0);
}

#[test]
fn a_line_is_answered_before_the_next_one_is_read() {
    let folder = tempfile::tempdir().unwrap();
    two(folder.path());
    let program = assert_cmd::cargo::cargo_bin!("twinprint");
    let mut child = std::process::Command::new(program)
        .current_dir(folder.path())
        .args(["index", "query", "seen", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for (id, text) in [("first", FERRY), ("second", MAYOR), ("third", FERRY)] {
        writeln!(input, "{}", serde_json::json!({ "id": id, "text": text })).unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert!(line.starts_with(&format!("{id}\t")), "{line}");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn options_choose_what_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let versions: Vec<_> =
        (0..6).map(|n| (format!("v{n}"), format!("{FERRY} {}", "It sails again today. ".repeat(n)))).collect();
    write(path, "versions.jsonl", &versions);
    run(path, "index create seen").done();
    run(path, "index add seen versions.jsonl").done();
    write(path, "asked.jsonl", &versions[..1]);
    let all = run(path, "index query seen asked.jsonl").done();
    assert!(all.starts_with("v0\tv0\t1.000000\n"), "{all}");
    let others = run(path, "index query seen asked.jsonl --skip-same-id").done();
    assert_eq!(all, format!("v0\tv0\t1.000000\n{others}"));
    let top = run(path, "index query seen asked.jsonl --top 2").done();
    assert!(all.starts_with(&top) && top.lines().count() == 2, "{top}");
    let high = run(path, "index query seen asked.jsonl --threshold 1").done();
    assert_eq!(high.lines().count(), 1);
    // What cannot be right is refused.
    assert!(run(path, "index query seen asked.jsonl --threshold 2").refused().contains("--threshold is 2"));
    assert!(
        run(path, "index add seen asked.jsonl --words 5")
            .refused()
            .contains("--words or --chars: 5 in the options, 3 in")
    );
    run(path, "index add seen asked.jsonl --words 3").done();
    assert!(run(path, "index add seen asked.jsonl --threshold 0.7").refused().contains("no effect"));
    assert!(run(path, "index create seen").refused().contains("already"));
    assert!(run(path, "index query nowhere asked.jsonl").refused().contains("create one first"));
    assert!(!path.join("nowhere").exists());
    assert!(run(path, "index expire seen").refused().contains("--older-than"));
    fs::write(path.join("bad.jsonl"), "{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2}\n").unwrap();
    assert!(run(path, "index add seen bad.jsonl").refused().contains("line 2"));
    assert_eq!(count(path), 6);
    run(path, "index add seen bad.jsonl --bad aside").done();
    assert_eq!(count(path), 7);
    let ended = run_with_input(path, "index query seen -", "{\"id\": 1, \"text\": \"x y\"}\nnone\n");
    assert!(ended.status == 2 && ended.err.contains("line 2"), "{}", ended.err);
}

#[test]
fn estimates_are_called_so_and_indexes_are_merged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    two(path);
    run(path, "index create small --signatures-only --preset news").done();
    run(path, "index add small two.jsonl").done();
    let asked = run(path, "index query small two.jsonl");
    assert!(asked.err.contains("estimates") && asked.out.lines().count() == 2, "{} {}", asked.err, asked.out);
    run(path, "index create all").done();
    write(path, "third.jsonl", &[("third".into(), FERRY.into())]);
    run(path, "index add all third.jsonl").done();
    run(path, "index merge all seen").done();
    assert_eq!(run(path, "index query all third.jsonl").done(), "third\tthird\t1.000000\nthird\tferry\t1.000000\n");
    assert!(run(path, "index merge all small").refused().contains("differ"));
}

#[cfg(unix)]
#[test]
fn a_killed_process_leaves_the_last_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let all = documents(3_000);
    write(path, "all.jsonl", &all);
    write(path, "first.jsonl", &all[..100]);
    run(path, "index create seen").done();
    run(path, "index add seen first.jsonl").done();
    let program = assert_cmd::cargo::cargo_bin!("twinprint");
    let add = |more: &[&str]| {
        let mut command = std::process::Command::new(program);
        command.current_dir(path).args(["index", "add", "seen", "all.jsonl", "--quiet"]).args(more).spawn().unwrap()
    };
    for (round, more) in [&[][..], &["--commit-every", "50"], &["--commit-every", "1"]].into_iter().enumerate() {
        for milliseconds in [5, 60, 250] {
            let before = count(path);
            let mut child = add(more);
            std::thread::sleep(std::time::Duration::from_millis(milliseconds));
            child.kill().unwrap();
            let done = child.wait().unwrap().success();
            let now = count(path);
            let step = [2_900, 50, 1][round];
            let is_state = now == before || now > before && (now == 3_000 || now.is_multiple_of(step));
            assert!(is_state && (!done || now == 3_000), "{round}, {milliseconds} ms: {before}, {now}");
            run(path, "index verify seen").done();
        }
    }
    run(path, "index add seen all.jsonl").done();
    assert_eq!(count(path), 3_000);
    let names: BTreeMap<_, _> =
        fs::read_dir(path.join("seen")).unwrap().map(|entry| (entry.unwrap().file_name(), ())).collect();
    assert!(names.keys().all(|name| !name.to_string_lossy().ends_with("unfinished")), "{names:?}");
}

#[test]
fn contained_texts_are_found_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    two(path);
    let page = format!("{FERRY} {MAYOR} A storm has closed the bridge over the river Mell for the night.");
    let teaser = FERRY.split(',').next().unwrap().to_string();
    write(path, "asked.jsonl", &[("page".into(), page), ("teaser".into(), teaser), ("blank".into(), " ".into())]);
    let found = run(path, "index query seen asked.jsonl --contained 0.9").done();
    let rows: Vec<Vec<&str>> = found.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(
        rows.iter().map(|row| (row[0], row[1])).collect::<Vec<_>>(),
        [("page", "ferry"), ("page", "mayor"), ("teaser", "ferry")]
    );
    let share = |row: usize, column: usize| rows[row][column].parse::<f64>().unwrap();
    assert!(share(0, 2) < 0.5 && share(0, 3) == 1.0 && share(2, 2) == 1.0 && share(2, 3) < 1.0, "{found}");
    let input = fs::read_to_string(path.join("asked.jsonl")).unwrap();
    assert_eq!(run_with_input(path, "index query seen - --contained 0.9", &input).done(), found);
    let json = run(path, "index query seen asked.jsonl --contained 0.9 --json --top 1").done();
    assert!(
        json.lines().count() == 3 && json.contains("\"in_match\":1.0") && json.contains("\"of_match\":1.0"),
        "{json}"
    );
    assert_eq!(run(path, "index query seen two.jsonl --contained 0.9 --skip-same-id").done(), "");
    for (options, said) in [
        ("--contained 0", "--contained is 0"),
        ("--contained 0.9 --threshold 0.5", "leave out one of them"),
        ("--contained-one-in 2", "no effect"),
    ] {
        assert!(run(path, &format!("index query seen asked.jsonl {options}")).refused().contains(said), "{options}");
    }
    assert!(run(path, "index add seen two.jsonl --contained 0.9").refused().contains("no effect"));
    run(path, "index create small --signatures-only").done();
    let refused = run(path, "index query small asked.jsonl --contained 0.9").refused();
    assert!(refused.contains("without --signatures-only"), "{refused}");
}

const TEN: &str = "one two three four five six seven eight nine ten";
const EIGHT_OF_TEN: &str = "one two three four five six seven eight other end";

/// Writes two similar documents, and an index that has both.
fn similar(folder: &Path, created: &str) {
    write(folder, "d.jsonl", &[("a".into(), TEN.into()), ("b".into(), EIGHT_OF_TEN.into())]);
    run(folder, &format!("index create seen {created}")).done();
    run(folder, "index add seen d.jsonl").done();
}

#[test]
fn a_settings_file_asks_as_options_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    similar(path, "--threshold 0.3");
    let query = |more: &str| run(path, &format!("index query seen d.jsonl {more}")).done();
    fs::write(path.join("high.toml"), "threshold = 0.9\n").unwrap();
    fs::write(path.join("inside.toml"), "contained = 0.9\n").unwrap();
    fs::write(path.join("both.toml"), "threshold = 0.9\ncontained = 0.9\n").unwrap();
    let (all, high, inside) = (query(""), query("--threshold 0.9"), query("--contained 0.9"));
    assert!(all != high && high != inside, "{all}{high}{inside}");
    assert_eq!(query("--config high.toml"), high);
    assert_eq!(query("--config inside.toml"), inside);
    assert_eq!(query("--config high.toml --top 5"), high, "--top alone would go below the threshold");
    // An option chooses the question, whatever the file asks.
    assert_eq!(query("--config both.toml --threshold 0.3"), all);
    assert_eq!(query("--config high.toml --contained 0.9"), inside);
    let refused = run(path, "index query seen d.jsonl --config both.toml").refused();
    assert!(refused.contains("give --contained or --threshold to choose"), "{refused}");
    fs::write(path.join("high.toml"), "threshold = 2\n").unwrap();
    assert!(run(path, "index query seen d.jsonl --config high.toml").refused().contains("--threshold is 2"));
}

#[test]
fn a_settings_file_of_another_scheme_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    similar(path, "");
    for (settings, said) in [
        ("words = 5", "--words or --chars: 5 in the settings, 3 in"),
        ("chars = 5", "differ from the index in"),
        ("normalize = [\"mask-digits\"]", "--normalize (digits)"),
        ("preset = \"web\"", "--words or --chars: 5 in the settings, 3 in"),
        ("num-hashes = 64", "--num-hashes: 64 in the settings, 128 in"),
        ("seed = 7", "--seed: 7 in the settings"),
    ] {
        fs::write(path.join("other.toml"), settings).unwrap();
        for command in ["query", "add"] {
            let refused = run(path, &format!("index {command} seen d.jsonl --config other.toml")).refused();
            assert!(refused.contains(said) && refused.contains("other.toml"), "{settings}: {refused}");
        }
    }
    let query = |more: &str| run(path, &format!("index query seen d.jsonl {more}")).done();
    fs::write(path.join("same.toml"), "words = 3\nnum-hashes = 128\n").unwrap();
    assert_eq!(query("--config same.toml"), query(""));
    run(path, "index add seen d.jsonl --config same.toml").done();
    // The settings of a run fit its index, and options count more than a file.
    run(path, "index create web --preset web").done();
    run(path, "dedup d.jsonl -o out --index web").done();
    run(path, "index query web d.jsonl --config out/config.toml").done();
    assert_eq!(query("--config other.toml --seed 1"), query(""));
}
