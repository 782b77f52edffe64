//! `twinprint stories`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use twinprint_generator::{Stories, StorySettings, Version};

use crate::corpora::folder_of;
use crate::process::{run, run_with_input};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/news")
}

/// Returns the pairs of ids that one story holds, from the rows of `--tsv`.
fn together(rows: &str) -> BTreeSet<(String, String)> {
    let mut stories: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.lines() {
        let fields: Vec<&str> = row.split('\t').collect();
        stories.entry(fields[0]).or_default().push(fields[1]);
    }
    let pairs = |ids: &Vec<&str>| {
        let mut ids = ids.clone();
        ids.sort_unstable();
        let pair = |left: usize, right: usize| (ids[left].to_string(), ids[right].to_string());
        (0..ids.len())
            .flat_map(|left| (left + 1..ids.len()).map(move |right| (left, right)))
            .map(|(a, b)| pair(a, b))
            .collect::<Vec<_>>()
    };
    stories.values().flat_map(pairs).collect()
}

#[test]
fn the_labelled_stories_of_the_sample_are_found() {
    let found = together(&run(&sample(), "stories . --tsv --quiet").done());
    let labels = fs::read_to_string(sample().join("labels.tsv")).unwrap();
    let labels = labels.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    let all: BTreeSet<(String, String)> = labels.clone().map(|l| (l[0].to_string(), l[1].to_string())).collect();
    let told: BTreeSet<(String, String)> =
        labels.filter(|l| l[2] != "contains").map(|l| (l[0].to_string(), l[1].to_string())).collect();
    let wrong: Vec<_> = found.difference(&all).collect();
    assert!(wrong.len() * 8 <= found.len(), "{wrong:?}");
    let missed: Vec<_> = told.difference(&found).collect();
    assert!(missed.len() * 5 <= told.len(), "{} of {}: {missed:?}", missed.len(), told.len());
}

/// Three articles on a ferry, two on a strike, and one of each outlet's own.
fn articles() -> String {
    let ferry = "The ferry Halvard ran aground on a sandbank off Skelby with 212 people on board. Lifeboats from Brell brought \
                 all passengers ashore, the coastguard said. The operator Northline blamed a steering fault.";
    let strike = "Tram drivers of Orvane walked out over a roster that Mayor Tessa Quill had signed. The union Track and Cable \
                  wants rest days restored. Commuters filled the Harrow bridge on foot.";
    let lines = [
        ("f1", "Ferry Halvard aground off Skelby", "2026-03-01T08:00:00Z", "Courier", ferry.to_string()),
        (
            "f2",
            "Passengers saved from the Halvard",
            "2026-03-01T11:30:00Z",
            "Lantern",
            format!("{ferry} Nobody was hurt."),
        ),
        ("f3", "Halvard refloated", "2026-03-02", "Courier", format!("A tug refloated the vessel. {ferry}")),
        ("s1", "Orvane trams at a standstill", "2026-03-01", "Courier", strike.to_string()),
        ("s2", "Drivers walk out in Orvane", "2026-03-02", "Radio Brell", format!("{strike} Talks resume on Friday.")),
        (
            "x",
            "Bees stolen",
            "2026-03-02",
            "Lantern",
            "Thieves took eleven hives from an orchard near Mell.".to_string(),
        ),
    ];
    let line = |(id, title, date, outlet, text): &(&str, &str, &str, &str, String)| {
        format!("{}\n", serde_json::json!({"id": id, "title": title, "date": date, "outlet": outlet, "text": text}))
    };
    lines.iter().map(line).collect()
}

const FIELDS: &str = "--date date --title title --source outlet";

#[test]
fn a_story_is_printed_with_its_articles_dates_and_outlets() {
    let folder = folder_of(&articles());
    let page = run(folder.path(), &format!("stories corpus.jsonl {FIELDS}")).done();
    let lines: Vec<&str> = page.lines().collect();
    assert!(lines[0].starts_with("2 stories, told by 5 of 6 documents; set aside: 0 pairs of one template"), "{page}");
    assert!(lines[2].starts_with("1. ") && lines[2].contains("(3 articles; 2 sources: Courier, Lantern; "), "{page}");
    assert!(lines[2].ends_with("2026-03-01T08:00:00Z to 2026-03-02)"), "{page}");
    assert!(lines[3].contains("2026-03-01T08:00:00Z  Courier  f1  Ferry Halvard aground off Skelby"), "{page}");
    assert!(lines[7].contains("2 sources: Courier, Radio Brell"), "{page}");
    let short = run(folder.path(), &format!("stories corpus.jsonl {FIELDS} --limit 1")).done();
    assert!(short.contains("and 2 more") && short.contains("and 1 more story; --limit N shows more"), "{short}");
}

#[test]
fn the_columns_of_a_list_line_up() {
    // Ids of wide characters, one article without a date, and sources of different lengths.
    let lines = articles().replace("\"f1\"", "\"渡船の記事\"").replace("Lantern", "The Evening Lantern");
    let lines = lines.replace("\"2026-03-02\"", "null");
    let folder = folder_of(&lines);
    let list = run(folder.path(), &format!("stories corpus.jsonl {FIELDS}")).done();
    let column = |headline: &str| {
        let line = list.lines().find(|line| line.starts_with("   ") && line.ends_with(headline));
        let line = line.unwrap_or_else(|| panic!("{headline}: {list}"));
        unicode_width::UnicodeWidthStr::width(&line[..line.len() - headline.len()])
    };
    let columns =
        ["Ferry Halvard aground off Skelby", "Passengers saved from the Halvard", "Halvard refloated"].map(column);
    assert!(columns.iter().all(|column| *column == columns[0]), "{columns:?}: {list}");
}

#[test]
fn rows_and_objects_say_what_the_list_says() {
    let folder = folder_of(&articles());
    let rows = run(folder.path(), &format!("stories corpus.jsonl {FIELDS} --tsv"));
    let ids: Vec<&str> = rows.out.lines().map(|row| row.split('\t').nth(1).unwrap()).collect();
    assert_eq!((rows.status, ids), (0, vec!["f1", "f2", "f3", "s1", "s2"]), "{}", rows.err);
    assert!(rows.err.contains("1 are in no story and left out"), "{}", rows.err);
    let first: Vec<&str> = rows.out.lines().next().unwrap().split('\t').collect();
    assert_eq!(
        (first[0], first[3], first[4], first[5]),
        ("1", "2026-03-01T08:00:00Z", "Courier", "Ferry Halvard aground off Skelby")
    );

    let objects = run(folder.path(), &format!("stories corpus.jsonl {FIELDS} --json")).done();
    let objects: Vec<Value> = objects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 2);
    assert_eq!(objects[0]["articles"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&objects[0]["first_published"], &objects[0]["latest"]),
        (&"2026-03-01T08:00:00Z".into(), &"2026-03-02".into())
    );
    assert_eq!(objects[1]["sources"], serde_json::json!(["Courier", "Radio Brell"]));

    let pairs = run(folder.path(), &format!("stories corpus.jsonl {FIELDS} --pairs"));
    assert_eq!(pairs.out.lines().count(), 4, "{}", pairs.out);
    assert!(
        pairs.out.starts_with("f1\tf2\t0.") && pairs.err.contains("4 pairs; left out: 0 of one template"),
        "{}",
        pairs.err
    );
    let objects = run(folder.path(), &format!("stories corpus.jsonl {FIELDS} --pairs --json --quiet")).done();
    assert!(objects.starts_with("{\"left\":\"f1\",\"right\":\"f2\",\"similarity\":0."), "{objects}");
}

#[test]
fn a_window_parts_what_is_far_apart() {
    let folder = folder_of(&articles());
    let stories =
        |options: &str| run(folder.path(), &format!("stories corpus.jsonl {FIELDS} --tsv -q {options}")).done();
    assert_eq!(stories("--window 6h").lines().count(), 2, "the ferry within one morning");
    assert_eq!(stories("--window off"), stories(""));
    for wrong in ["3", "d", "1y"] {
        let refused = run(folder.path(), &format!("stories corpus.jsonl --window {wrong}")).refused();
        assert!(refused.contains("hours, days or weeks"), "{refused}");
    }
}

#[test]
fn planted_stories_are_found() {
    let versions: Vec<Version> =
        Stories::new(StorySettings { told_again: 0.2, ..StorySettings::default() }).take(1_500).collect();
    let line = |version: &Version| format!("{}\n", serde_json::json!({"id": version.id, "text": version.text}));
    let lines: String = versions.iter().map(line).collect();
    let folder = folder_of(&lines);
    let out = run(folder.path(), "stories corpus.jsonl --tsv -q").done();
    let number = |id: &str| id.parse::<usize>().unwrap();
    let found = together(&out);
    let is_planted = |(left, right): &&(String, String)| versions[number(left)].story == versions[number(right)].story;
    let hits = found.iter().filter(is_planted).count();
    let all = (0..versions.len()).flat_map(|left| (left + 1..versions.len()).map(move |right| (left, right)));
    let planted = all.filter(|&(left, right)| versions[left].story == versions[right].story).count();
    assert!(planted > 400 && hits as f64 >= 0.8 * planted as f64, "{hits} of {planted}");
    assert!(hits as f64 >= 0.95 * found.len() as f64, "{hits} of {}", found.len());
    assert_eq!(run(folder.path(), "stories corpus.jsonl --tsv -q --threads 1").done(), out);
    assert_eq!(run_with_input(folder.path(), "stories - --tsv -q", &lines).done(), out);
    assert_eq!(run(folder.path(), "stories corpus.jsonl --tsv -q --output found.tsv").done(), "");
    assert_eq!(fs::read_to_string(folder.path().join("found.tsv")).unwrap(), out);
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = folder_of(&articles());
    let refused = |options: &str| run(folder.path(), &format!("stories corpus.jsonl {options}")).refused();
    assert!(refused("--threshold 0").contains("threshold"));
    assert!(refused("--frequency-limit 1").contains("--frequency-limit is 1"));
    assert!(refused("--tsv --json").contains("cannot be used with"));
    assert!(refused("--title text").contains("--title text is a field of --text already"));
    assert!(refused("--date outlet").contains("outlet"));
    assert!(refused("--block outlet").contains("--block has no effect on twinprint stories"));
    assert!(refused("--output corpus.jsonl").contains("corpus.jsonl"));
    // Digits would make the words figures, and the text a table.
    let word =
        |number: usize| number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect::<String>();
    let words = |text: usize| (0..200_000).map(|number| word(number * 10 + text)).collect::<Vec<_>>().join(" ");
    let many: String =
        (0..9).map(|text| format!("{}\n", serde_json::json!({"id": text, "text": words(text)}))).collect();
    let folder = folder_of(&many);
    let refused = run(folder.path(), "stories corpus.jsonl --memory 64M").refused();
    assert!(refused.contains("--memory 64M") && refused.contains("weeks"), "{refused}");
}
