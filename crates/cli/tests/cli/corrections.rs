//! `dedup --index` with new texts under ids of the index.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use twinprint::{Scheme, ShingleSet};

use crate::process::run;

const FERRY: &str = "The ferry to Skelby was cancelled on Monday because of high winds and heavy seas, the operator said in a \
                     statement to passengers.";
const FERRY_CORRECTED: &str = "The ferry to Skelby was cancelled on Tuesday because of high winds and heavy seas, the operator \
                               said in a statement to passengers, correcting an earlier report.";
const MAYOR: &str = "Councillors voted on Tuesday evening to close the harbour road for the whole summer so that the sea wall can be \
                     repaired before winter.";
const BRIDGE: &str =
    "A storm has closed the bridge over the river Mell, and drivers are told to take the longer road by Orvane.";

fn write(folder: &Path, name: &str, documents: &[(&str, &str)]) {
    let line = |(id, text): &(&str, &str)| format!("{}\n", serde_json::json!({ "id": id, "text": text }));
    fs::write(folder.join(name), documents.iter().map(line).collect::<String>()).unwrap();
}

fn rows(folder: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap()
}

/// The ids that a run keeps, the removed ones with the ids that they duplicate, and how many of the kept ones took the place of others.
type Day = (Vec<String>, Vec<(String, String)>, u64);

/// Runs batches one after the other.
fn days(options: &str, batches: &[&[(&str, &str)]]) -> Vec<Day> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    run(path, &format!("index create seen --words 3 {options}")).done();
    let day = |(day, documents): (usize, &&[(&str, &str)])| {
        write(path, "day.jsonl", documents);
        run(path, &format!("dedup day.jsonl --index seen --output day-{day}")).done();
        let kept = rows(path, &format!("day-{day}/kept.jsonl"));
        let removed = rows(path, &format!("day-{day}/removed.jsonl"));
        let pair = |row: &Value| (text(row, "id").to_string(), text(row, "duplicate_of").to_string());
        let summary = fs::read_to_string(path.join(format!("day-{day}/summary.json"))).unwrap();
        let summary: Value = serde_json::from_str(&summary).unwrap();
        let replaced = summary["history"]["replaced"].as_u64().unwrap();
        (kept.iter().map(|row| text(row, "id").to_string()).collect(), removed.iter().map(pair).collect(), replaced)
    };
    batches.iter().enumerate().map(day).collect()
}

fn day(kept: &[&str], removed: &[(&str, &str)], replaced: u64) -> Day {
    let pair = |(id, of): &(&str, &str)| (id.to_string(), of.to_string());
    (kept.iter().map(ToString::to_string).collect(), removed.iter().map(pair).collect(), replaced)
}

#[test]
fn a_replaced_text_is_no_history() {
    for order in [[("story-1", FERRY), ("front", MAYOR)], [("front", MAYOR), ("story-1", FERRY)]] {
        let [_, moved, again] =
            <[_; 3]>::try_from(days("", &[&[("front", FERRY)], &order, &[("again", FERRY)]])).unwrap();
        assert_eq!(moved, day(&[order[0].0, order[1].0], &[], 1));
        assert_eq!(again, day(&[], &[("again", "story-1")], 0));
    }
    // A text that moves on from id to id is new under each of them; two that change places are both known.
    let two: &[(&str, &str)] = &[("1", FERRY), ("2", MAYOR)];
    assert_eq!(days("", &[two, &[("1", BRIDGE), ("2", FERRY), ("3", MAYOR)]])[1], day(&["1", "2", "3"], &[], 2));
    assert_eq!(days("", &[two, &[("1", MAYOR), ("2", FERRY)]])[1], day(&[], &[("1", "2"), ("2", "1")], 0));
}

#[test]
fn a_correction_takes_the_place_of_its_earlier_text() {
    for options in ["", "--signatures-only"] {
        let found = days(
            options,
            &[
                &[("front", FERRY)],
                &[("front", FERRY_CORRECTED)],
                &[("front", FERRY_CORRECTED)],
                &[("other", FERRY_CORRECTED)],
            ],
        );
        let expected = [
            day(&["front"], &[], 0),
            day(&["front"], &[], 1),
            day(&[], &[("front", "front")], 0),
            day(&[], &[("other", "front")], 0),
        ];
        assert_eq!(found, expected, "{options}");
    }
    // It stays before what is like it, whatever the order, and whatever else is like the text that it replaces.
    let batch: &[(&str, &str)] = &[("copy", FERRY_CORRECTED), ("front", FERRY_CORRECTED), ("late", FERRY)];
    let found = days("", &[&[("front", FERRY)], batch]);
    assert_eq!(found[1], day(&["front"], &[("copy", "front"), ("late", "front")], 1));
}

#[test]
fn the_earlier_text_of_a_removed_correction_stays() {
    let two: &[(&str, &str)] = &[("front", FERRY), ("road", MAYOR)];
    // It is a duplicate of another document of the index, and then of another correction.
    let found = days("", &[two, &[("front", MAYOR), ("late", FERRY)]]);
    assert_eq!(found[1], day(&[], &[("front", "road"), ("late", "front")], 0));
    let found = days("", &[two, &[("front", BRIDGE), ("road", BRIDGE), ("late", MAYOR)], &[("again", FERRY)]]);
    assert_eq!(found[1], day(&["front"], &[("road", "front"), ("late", "road")], 1));
    assert_eq!(found[2], day(&["again"], &[], 0));
    // The new text of the first is like the earlier one of the second, which is only edited: the second one is kept.
    let found = days("", &[two, &[("road", FERRY), ("front", FERRY_CORRECTED)]]);
    assert_eq!(found[1], day(&["front"], &[("road", "front")], 1));
    // A blank text that is dropped replaces nothing.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    run(path, "index create seen --words 3").done();
    write(path, "old.jsonl", two);
    write(path, "new.jsonl", &[("front", " "), ("road", "\n"), ("late", FERRY)]);
    run(path, "dedup old.jsonl --index seen --output old").done();
    run(path, "dedup new.jsonl --index seen --output dropped --drop-blank").done();
    assert_eq!(fs::read_to_string(path.join("dropped/history.tsv")).unwrap(), "late\tfront\t1.000000\n");
    run(path, "dedup new.jsonl --index seen --output new").done();
    let kept: Vec<Value> = rows(path, "new/kept.jsonl");
    assert_eq!(kept.iter().map(|row| text(row, "id")).collect::<Vec<_>>(), ["front", "road", "late"]);
}

/// A sequence of numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A text of one of six stories, with some of its words changed: those of one story are often, not always, similar enough.
fn version(numbers: &mut Numbers) -> String {
    let (story, changes) = (numbers.below(6), numbers.below(4));
    let mut words: Vec<String> = (0..24).map(|word| format!("s{story}w{word}")).collect();
    for _ in 0..changes {
        words[numbers.below(24) as usize] = format!("s{story}x{}", numbers.below(3));
    }
    words.join(" ")
}

#[test]
fn whatever_changes_places_each_removed_document_names_one_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let shingler = Scheme::builder().words(3).build().unwrap().shingler().unwrap();
    let set = |text: &str| -> ShingleSet { shingler.set(text) };
    let threshold = 0.5;
    run(path, "index create seen --words 3 --threshold 0.5 --banding 64x2").done();
    let (mut numbers, mut index, mut replaced) = (Numbers(7), BTreeMap::<String, String>::new(), 0);
    for day in 0..12 {
        let documents: BTreeMap<u64, String> = (0..16).map(|_| (numbers.below(20), version(&mut numbers))).collect();
        let mut documents: Vec<(String, String)> =
            documents.into_iter().map(|(id, text)| (id.to_string(), text)).collect();
        documents.rotate_left(numbers.below(8) as usize);
        let batch: Vec<(&str, &str)> = documents.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
        write(path, "day.jsonl", &batch);
        let keep = ["first", "longest"][day % 2];
        run(path, &format!("dedup day.jsonl --index seen --output out-{day} --keep {keep} --threads {}", 1 + day % 3))
            .done();
        for row in rows(path, &format!("out-{day}/kept.jsonl")) {
            replaced += u64::from(index.insert(text(&row, "id").into(), text(&row, "text").into()).is_some());
        }
        let removed = rows(path, &format!("out-{day}/removed.jsonl"));
        for row in &removed {
            let of = index.get(text(row, "duplicate_of")).unwrap_or_else(|| panic!("day {day}: {row} is there"));
            let jaccard = set(text(row, "text")).jaccard(&set(of));
            assert!(
                jaccard >= threshold && (row["jaccard"].as_f64().unwrap() - jaccard).abs() < 1e-9,
                "{day}: {row}, {of}"
            );
            assert!(text(row, "id") != text(row, "duplicate_of") || jaccard == 1.0, "day {day}: {row}");
        }
        let texts: Vec<(&String, ShingleSet)> = index.iter().map(|(id, text)| (id, set(text))).collect();
        for (place, (id, left)) in texts.iter().enumerate() {
            for (other, right) in &texts[..place] {
                assert!(left.jaccard(right) < threshold, "day {day}: {id} and {other} are alike, and both are kept");
            }
        }
        let info: Value = serde_json::from_str(&run(path, "index info seen --json").done()).unwrap();
        assert_eq!(info["documents"], index.len());
    }
    assert!(replaced > 10, "{replaced}");
}
