//! `twinprint dedup --against tests --contained`: test questions inside training documents.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::corpora::{ids, records};
use crate::dedup::assert_same_outputs;
use crate::process::run;

const SUM: &str = "A baker in Orvane sells thirty loaves before noon and twice as many after it. How many loaves are left of one \
                   hundred and twenty when the shop closes for the day?";
const CHOICE: &str =
    "Which of these metals is liquid at the temperature of a living room? A) iron B) mercury C) silver D) lead";

/// A hundred words that no question has.
fn filler(seed: usize) -> String {
    let words = ["harbour", "lantern", "meadow", "copper", "window", "ribbon", "kettle", "village", "signal", "garden"];
    (0..100).map(|at| words[(at * at + seed * 7 + at / 3) % words.len()]).collect::<Vec<_>>().join(" ")
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// The ids of both sides count from 1.
fn folder() -> TempDir {
    let wrapped =
        SUM.split(' ').collect::<Vec<_>>().chunks(6).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n");
    let reordered = CHOICE.replace("A) iron B) mercury C) silver D) lead", "\nA. iron\nB. mercury\nC. silver\nD. lead");
    let texts = [
        SUM.to_string(),
        format!("{}\n\n{SUM}\n\n{}", filler(1), filler(2)),
        format!("{} {wrapped} {}", filler(3), filler(4)),
        format!("{}\n{reordered}\n{}", filler(5), filler(6)),
        format!("{} {} {}", filler(7), SUM.replace("thirty", "forty"), filler(8)),
        filler(9),
        format!("{} What is 17 plus 25? {}", filler(10), filler(11)),
        format!("{} {CHOICE} {} {SUM}", filler(12), filler(13)),
    ];
    let folder = tempfile::tempdir().unwrap();
    let train = (1..).zip(&texts).map(|(id, text)| json!({"id": id, "text": text, "n": 1.50})).collect::<Vec<_>>();
    fs::write(folder.path().join("train.jsonl"), lines(&train)).unwrap();
    let tests =
        [SUM, CHOICE, "What is 17 plus 25?", "Why so?", "Where does the moon of another planet rise in the evening?"];
    let tests = (1..).zip(tests).map(|(id, text)| json!({"id": id, "text": text})).collect::<Vec<_>>();
    fs::write(folder.path().join("tests.jsonl"), lines(&tests)).unwrap();
    folder
}

const RUN: &str = "dedup train.jsonl --against tests.jsonl --contained 0.8 --most-of-corpus 1";

fn summary(out: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(out.join("summary.json")).unwrap()).unwrap()
}

#[test]
fn questions_are_found_as_a_whole_embedded_wrapped_and_edited() {
    let folder = folder();
    let ended = run(folder.path(), &format!("{RUN} --output out"));
    let (out, err) = (folder.path().join("out"), ended.err.clone());
    ended.done();
    assert_eq!(
        records(&out.join("kept.jsonl")).iter().map(|record| record["id"].clone()).collect::<Vec<_>>(),
        [json!(6)]
    );
    let texts = records(&folder.path().join("train.jsonl"));
    let removed = records(&out.join("removed.jsonl"));
    for (id, question, first, last) in [
        (1, "1", "A baker", "the day"),
        (2, "1", "A baker", "the day"),
        (3, "1", "A baker", "the day"),
        (4, "2", "Which of", "lead"),
        (5, "1", "A baker", "the day"),
        (7, "3", "What is", "25"),
        (8, "1", "A baker", "the day"),
    ] {
        let record = removed.iter().find(|record| record["id"] == json!(id)).unwrap();
        let text = texts[id - 1]["text"].as_str().unwrap();
        let [start, end] = ["passage_start", "passage_end"].map(|name| record[name].as_u64().unwrap() as usize);
        let passage = &text[start..end];
        assert!(passage.starts_with(first) && passage.ends_with(last), "{id}: {passage}");
        assert_eq!(record["duplicate_of"], json!(question), "{id}");
        assert!(record["passage_share"].as_f64().unwrap() >= 0.8, "{record}");
    }
    let passages = fs::read_to_string(out.join("passages.tsv")).unwrap();
    assert_eq!(passages.lines().filter(|line| line.starts_with("8\t")).count(), 2, "{passages}");
    let expected = format!("1\t1\t1.000000\t0\t{}", SUM.len() - 1);
    assert_eq!(passages.lines().next(), Some(expected.as_str()));
    let summary = summary(&out);
    let against = &summary["against"];
    assert_eq!(
        (&against["found"], &against["found_share"], &against["too_short"]),
        (&json!(3), &json!(0.6), &json!(1))
    );
    assert_eq!((&against["documents_with_passages"], &against["passages"]), (&json!(7), &json!(8)));
    assert!(err.contains("3 of 5 documents of --against found (60.0 %), 1 too short to be searched"), "{err}");
    // Without the option, only whole documents are found.
    run(folder.path(), &format!("{} --output plain", RUN.replace("--contained 0.8", ""))).done();
    assert_eq!(records(&folder.path().join("plain/removed.jsonl")).len(), 1);
}

#[test]
fn passages_are_cut_out_and_all_else_stays() {
    let folder = folder();
    let ended = run(folder.path(), &format!("{RUN} --cut --output out"));
    let (out, err) = (folder.path().join("out"), ended.err.clone());
    ended.done();
    assert!(err.contains("7 kept (6 of them cut), 1 removed"), "{err}");
    let kept = fs::read_to_string(out.join("kept.jsonl")).unwrap();
    let lines: Vec<&str> = kept.lines().collect();
    let inputs = fs::read_to_string(folder.path().join("train.jsonl")).unwrap();
    assert_eq!(lines[4], inputs.lines().nth(5).unwrap(), "a document without a passage stays byte for byte");
    assert!(lines.iter().all(|line| line.contains("\"n\":1.5")), "{kept}");
    let record: Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(record["text"], json!(format!("{}\n\n{}", filler(1), filler(2))));
    assert_eq!(record["id"], json!(2));
    // Nothing is left to find in what was written.
    let again = RUN.replace("train.jsonl", "out/kept.jsonl");
    run(folder.path(), &format!("{again} --output again")).done();
    assert_eq!(fs::read(folder.path().join("again/kept.jsonl")).unwrap(), kept.as_bytes());
    assert_eq!(summary(&folder.path().join("again"))["against"]["found"], json!(0));
}

#[test]
fn passages_are_cut_in_every_format_and_field() {
    let folder = folder();
    let body = format!("{} {SUM} {}", filler(1), filler(2));
    fs::write(
        folder.path().join("train.csv"),
        format!("id,title,body,n\n1,Bread,\"{body}\",x\n2,{CHOICE},{},y\n", filler(3)),
    )
    .unwrap();
    fs::write(folder.path().join("tests.csv"), format!("id,title,body\n1,,\"{SUM}\"\n2,{CHOICE},\n")).unwrap();
    let options = "--contained 0.8 --cut --threshold 0.9 --most-of-corpus 1 --text title,body --output csv";
    run(folder.path(), &format!("dedup train.csv --against tests.csv {options}")).done();
    let kept = fs::read_to_string(folder.path().join("csv/kept.csv")).unwrap();
    assert_eq!(kept, format!("id,title,body,n\n1,Bread,{} {},x\n2,,{},y\n", filler(1), filler(2), filler(3)));

    fs::create_dir(folder.path().join("texts")).unwrap();
    fs::create_dir(folder.path().join("tests")).unwrap();
    fs::write(folder.path().join("texts/a.txt"), &body).unwrap();
    fs::write(folder.path().join("tests/a.txt"), SUM).unwrap();
    run(folder.path(), "dedup texts --against tests --contained 0.8 --cut --most-of-corpus 1 --output out").done();
    let kept = &records(&folder.path().join("out/kept.jsonl"))[0];
    assert_eq!(kept["text"], json!(format!("{} {}", filler(1), filler(2))));
}

#[test]
fn a_document_with_nothing_else_is_removed_and_lists_cannot_be_cut() {
    let folder = folder();
    let doubled = [
        json!({"id": "twice", "text": format!("{SUM}\n{CHOICE}\n{SUM} {SUM}")}),
        json!({"id": "b", "text": filler(1)}),
    ];
    fs::write(folder.path().join("train.jsonl"), lines(&doubled)).unwrap();
    run(folder.path(), &format!("{RUN} --threshold 0.99 --cut --output out")).done();
    assert_eq!(ids(&folder.path().join("out/kept.jsonl")), ["b"]);
    assert_eq!(records(&folder.path().join("out/removed.jsonl"))[0]["id"], json!("twice"));
    let err = run(folder.path(), &format!("{RUN} --cut --text messages[].content --output other")).refused();
    assert!(err.contains("--cut cannot change the texts in the list"), "{err}");
    let err = run(folder.path(), &format!("{RUN} --group id --output other")).refused();
    assert!(err.contains("--group whole groups"), "{err}");
}

#[test]
fn threads_memory_and_least_words_change_what_they_should() {
    let folder = folder();
    run(folder.path(), &format!("{RUN} --output out")).done();
    run(folder.path(), &format!("{RUN} --output again --threads 1 --memory 64M")).done();
    assert_same_outputs(&folder.path().join("out"), &folder.path().join("again"));
    run(folder.path(), &format!("{RUN} --contained-least-words 6 --output longer")).done();
    let summary = summary(&folder.path().join("longer"));
    assert_eq!((&summary["against"]["found"], &summary["against"]["too_short"]), (&json!(2), &json!(2)));
}
