//! `twinprint trim`.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::corpora::{Document, folder_of, json_lines, records};
use crate::formats::{gzip, table, write_parquet};
use crate::process::run;

const MENU: &str = "Home, news, sport and weather: Skelby Gazette\n\n";

/// Returns pages with a menu and a footer, in more than one script.
fn pages() -> Vec<Document> {
    let stories = [
        "The ferry to Skelby was late, the operator said.",
        "Müll, Öl und ein Fährschiff: die Küste räumt auf.",
        "渡船因大风停航，港口明天重开。",
    ];
    let footer = "渡船公司版权所有。联系我们。";
    let page = |(id, story): (usize, &&str)| (format!("p{id}"), format!("{MENU}{story}\n\n{footer}\n"));
    stories.iter().enumerate().map(page).collect()
}

/// Returns the trimmed texts of the pages.
fn left() -> Vec<Document> {
    let mut pages = pages();
    for (_, text) in &mut pages[1..] {
        *text = text.strip_prefix(MENU).unwrap().split_inclusive("\n\n").next().unwrap().to_string();
    }
    pages
}

fn trim(folder: &TempDir, arguments: &str) -> String {
    let ended = run(folder.path(), &format!("trim {arguments}"));
    assert_eq!((ended.status, ended.out.as_str()), (0, ""), "{}", ended.err);
    ended.err
}

fn summary(folder: &TempDir, output: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.path().join(output).join("summary.json")).unwrap()).unwrap()
}

fn documents(path: &Path) -> Vec<Document> {
    let text = |value: &Value| value.as_str().unwrap().to_string();
    records(path).iter().map(|record| (text(&record["id"]), text(&record["text"]))).collect()
}

#[test]
fn what_came_before_is_removed_and_listed() {
    let folder = folder_of(&json_lines(&pages()));
    let said = trim(&folder, "corpus.jsonl --output out");
    assert!(said.contains("3 documents: 2 changed, 0 of them empty now; 4 paragraphs removed"), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("out/trimmed.jsonl")).unwrap(), json_lines(&left()));

    let removed = fs::read_to_string(folder.path().join("out/removed.tsv")).unwrap();
    let lines: Vec<Vec<&str>> = removed.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 2);
    for (line, (id, text)) in lines.iter().zip(&pages()[1..]) {
        let [found, "text", bytes, ranges, "Home, news, sport and weather: Skelby Gazette"] = line[..] else {
            panic!("{line:?}")
        };
        let ranges: Vec<(usize, usize)> = ranges
            .split(' ')
            .map(|range| range.split_once('-').unwrap())
            .map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap()))
            .collect();
        assert_eq!((found, ranges[0]), (id.as_str(), (0, MENU.len())));
        assert!(text[ranges[1].0..ranges[1].1].starts_with("渡船公司"));
        assert_eq!(bytes.parse::<usize>().unwrap(), ranges.iter().map(|(from, to)| to - from).sum::<usize>());
    }

    let summary = summary(&folder, "out");
    assert_eq!((&summary["different_units"], &summary["repeated_units"]), (&json!(5), &json!(2)));
    assert_eq!(summary["most_repeated"][0], json!({"count": 3, "beginning": MENU.trim()}));
    let mut names: Vec<_> =
        fs::read_dir(folder.path().join("out")).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".twinprint.json", "removed.tsv", "summary.json", "trimmed.jsonl"]);
}

#[test]
fn every_format_is_written_as_it_is_read() {
    let folder = folder_of("");
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("pages.jsonl.gz", &gzip(json_lines(&pages()).as_bytes()));
    write("pages.csv", table(&pages(), ",").as_bytes());
    write_parquet(&folder.path().join("pages.parquet"), &pages());
    fs::create_dir(folder.path().join("pages")).unwrap();
    pages().iter().for_each(|(id, text)| write(&format!("pages/{id}.txt"), text.as_bytes()));

    trim(&folder, "pages.jsonl.gz --output gz");
    let mut lines = String::new();
    let file = File::open(folder.path().join("gz/trimmed.jsonl.gz")).unwrap();
    MultiGzDecoder::new(file).read_to_string(&mut lines).unwrap();
    assert_eq!(lines, json_lines(&left()));

    trim(&folder, "pages.csv --output csv");
    let found = fs::read_to_string(folder.path().join("csv/trimmed.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(found.as_bytes());
    let found: Vec<Document> = rows.deserialize().collect::<Result<_, _>>().unwrap();
    assert_eq!(found, left());

    // A trimmed Parquet file can be read again, and it holds the whole text.
    trim(&folder, "pages.parquet --output parquet");
    assert_eq!(summary(&folder, "parquet")["removed_units"], json!(4));
    trim(&folder, "parquet/trimmed.parquet --output again");
    assert_eq!(summary(&folder, "again")["removed_units"], json!(0));
    let bytes: usize = left().iter().map(|(_, text)| text.len()).sum();
    assert_eq!(summary(&folder, "again")["text_bytes"], json!(bytes));

    trim(&folder, "pages --output texts");
    let path = folder.path().join("texts/trimmed.jsonl");
    assert_eq!(documents(&path), left());
    assert_eq!(records(&path)[1]["path"], json!("pages/p1.txt"));

    // A text file has one text, however many fields are named.
    trim(&folder, "pages --text title,body --output named");
    let removed = |output: &str| fs::read_to_string(folder.path().join(output).join("removed.tsv")).unwrap();
    assert!(!removed("texts").is_empty() && removed("texts").lines().all(|line| line.contains("\ttext\t")));
    assert_eq!((removed("named"), &summary(&folder, "named")["text"]), (removed("texts"), &json!(["text"])));
}

#[test]
fn tables_are_written_as_one_if_they_have_the_same_columns() {
    let folder = folder_of("");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.csv", "id,text\n1,the ferry to skelby was late again\n");
    write("b.csv", "\u{feff}\"id\",\"text\"\n2,the ferry to skelby was late again\n");
    write("c.csv", "text,id\nthe harbour road is closed,3\n");
    trim(&folder, "a.csv b.csv --output out");
    assert_eq!(
        fs::read_to_string(folder.path().join("out/trimmed.csv")).unwrap(),
        "id,text\n1,the ferry to skelby was late again\n2,\n"
    );
    for command in ["trim", "dedup"] {
        let refused = run(folder.path(), &format!("{command} a.csv c.csv --output none")).refused();
        assert!(refused.contains("c.csv: its columns are not those of a.csv"), "{refused}");
        assert!(!folder.path().join("none").exists(), "nothing is read or written before");
    }
    assert_eq!(
        run(folder.path(), "pairs a.csv b.csv c.csv").done(),
        "1\t2\t1.000000\n",
        "pairs need no more than id and text"
    );
}

#[test]
fn fields_are_trimmed_each_on_its_own_and_all_else_stays() {
    let lines = "{\"n\": 1.50e0, \"id\":1,\"title\": \"the ferry is late again\" ,\"body\":\"one two three four five\\nsix\"}\n\
        {\"id\":2, \"body\":\"One two three four FIVE!\\n\",\"title\":\"one two three four five\"}\n";
    let folder = folder_of(lines);
    let said = trim(&folder, "corpus.jsonl --text title,body --unit line --output out");
    assert!(said.contains("2 documents: 1 changed, 1 of them empty now; 2 lines removed"), "{said}");
    let expected = lines
        .replace("One two three four FIVE!\\n", "")
        .replace("\"title\":\"one two three four five\"", "\"title\":\"\"");
    assert_eq!(fs::read_to_string(folder.path().join("out/trimmed.jsonl")).unwrap(), expected);
    trim(&folder, "corpus.jsonl --text title,body --unit line --least-words 6 --output none");
    assert_eq!(fs::read_to_string(folder.path().join("none/trimmed.jsonl")).unwrap(), lines);
}

#[test]
fn a_field_that_is_named_twice_is_refused() {
    let folder = folder_of(&json_lines(&pages()));
    for command in ["trim corpus.jsonl --output out", "dedup corpus.jsonl --output out", "pairs corpus.jsonl"] {
        let refused = run(folder.path(), &format!("{command} --text text,text")).refused();
        assert!(refused.contains("--text names the field \"text\" twice"), "{command}: {refused}");
    }
    fs::write(folder.path().join("own.toml"), "text = [\"text\", \"title\", \"text\"]\n").unwrap();
    let refused = run(folder.path(), "trim corpus.jsonl --output out --config own.toml").refused();
    assert!(refused.contains("name each field once"), "{refused}");
    assert!(!folder.path().join("out").exists(), "nothing is written before");
}

#[test]
fn a_folder_is_replaced_only_if_that_is_asked_for() {
    let folder = folder_of(&json_lines(&pages()));
    trim(&folder, "corpus.jsonl --output out");
    let refused = run(folder.path(), "trim corpus.jsonl --output out").refused();
    assert!(refused.contains("--force"), "{refused}");
    fs::write(folder.path().join("out/notes.txt"), "mine").unwrap();
    fs::write(folder.path().join("out/.unfinished-AbCdEf"), "").unwrap();
    trim(&folder, "corpus.jsonl --output out --force --least-words 50");
    assert_eq!(fs::read_to_string(folder.path().join("out/trimmed.jsonl")).unwrap(), json_lines(&pages()));
    let strangers = ["out/notes.txt", "out/.unfinished-AbCdEf"];
    assert!(strangers.iter().all(|name| folder.path().join(name).exists()), "a name proves nothing");
    let refused = run(folder.path(), "trim out/trimmed.jsonl --output out --force").refused();
    assert!(refused.contains("an input is in the folder"), "{refused}");
}

#[test]
fn standard_input_is_read_and_bad_records_are_kept_aside() {
    let folder = folder_of("");
    let input = format!("{}none\n", json_lines(&pages()));
    let refused = crate::process::run_with_input(folder.path(), "trim - --output stopped", &input).refused();
    assert!(refused.contains("line 4") && refused.contains("--bad aside"), "{refused}");
    assert!(!folder.path().join("stopped/trimmed.jsonl").exists());
    let ended = crate::process::run_with_input(folder.path(), "trim - --bad aside --output out", &input);
    assert!(ended.err.contains("1 rejected, in bad.jsonl"), "{}", ended.err);
    assert_eq!(documents(&folder.path().join("out/trimmed.jsonl")), left());
    assert_eq!(fs::read_to_string(folder.path().join("out/bad.jsonl")).unwrap(), "none\n");
}

#[test]
fn a_text_that_is_too_long_for_the_memory_is_refused_before_it_is_trimmed() {
    let long = "one more word ".repeat(500_000);
    let folder = folder_of(&json_lines(&[("short".into(), "a b".into()), ("long".into(), long.clone())]));
    let said = run(folder.path(), "trim corpus.jsonl --memory 64M --output out").refused();
    assert!(said.contains("\"long\" with 6 MB of text") && said.contains("give about 74 MB"), "{said}");
    // In paragraphs the same text takes less.
    let paragraphs = format!("{}\n\n", "one more word ".repeat(1_000)).repeat(500);
    let folder = folder_of(&json_lines(&[("long".into(), paragraphs)]));
    for unit in ["line", "paragraph"] {
        run(folder.path(), &format!("trim corpus.jsonl --memory 64M --unit {unit} --output {unit}")).done();
    }
}

#[test]
fn too_many_units_for_the_memory_are_an_error_that_says_what_to_do() {
    let lines: String = (0..400_000).map(|line| format!("line {line}\n")).collect();
    let folder = folder_of(&json_lines(&["a", "b"].map(|id| (id.to_string(), lines.clone()))));
    let arguments = "corpus.jsonl --unit line --least-words 1 --memory 64M --output out";
    let refused = run(folder.path(), &format!("trim {arguments}")).refused();
    for part in ["--memory 64M", "--unit paragraph", "--least-words", "part by part"] {
        assert!(refused.contains(part), "{refused}");
    }
    assert!(!folder.path().join("out/trimmed.jsonl").exists());
    trim(&folder, &arguments.replace("64M", "1G").replace("--output out", "--output out --force"));
    let kept: HashSet<usize> =
        documents(&folder.path().join("out/trimmed.jsonl")).iter().map(|(_, text)| text.len()).collect();
    assert_eq!(kept.len(), 2);
    assert!(kept.contains(&0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_trimmed_has_nothing_to_trim(
        texts in prop::collection::vec("([abé火]{1,2}[ \n\r]{1,3}){0,12}", 1..12),
        unit in prop::sample::select(vec!["line", "paragraph"]),
        least in 0_usize..4,
    ) {
        let documents: Vec<Document> = texts.into_iter().enumerate().map(|(id, text)| (id.to_string(), text)).collect();
        let folder = folder_of(&json_lines(&documents));
        let options = format!("--unit {unit} --least-words {least}");
        trim(&folder, &format!("corpus.jsonl --output once {options}"));
        trim(&folder, &format!("once/trimmed.jsonl --output twice {options}"));
        let read = |output: &str| fs::read_to_string(folder.path().join(output).join("trimmed.jsonl")).unwrap();
        prop_assert_eq!(read("once"), read("twice"));
        prop_assert_eq!(&summary(&folder, "twice")["removed_units"], &json!(0));
    }
}
