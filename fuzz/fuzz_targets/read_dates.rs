//! Dates: whatever a field holds, reading does not panic, and a date that has a day has a week, a month and a year.

#![no_main]

mod files;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use twinprint_documents::{BlockField, FieldPath, Fields, Options};

#[derive(Arbitrary, Debug)]
enum Date<'a> {
    Integer(i64),
    Float(f64),
    Text(&'a str),
}

fuzz_target!(|date: Date<'_>| {
    let date = match date {
        Date::Integer(number) => json!(number),
        Date::Float(number) => json!(number),
        Date::Text(text) => json!(text),
    };
    let line = json!({"id": 1, "text": "", "date": date}).to_string();
    let window = |window: &str| {
        let fields = Fields { block: vec![BlockField::parse(&format!("date:{window}"))], ..Fields::default() };
        read(&line, &fields).and_then(|(block, _)| block)
    };
    let windows = ["day", "week", "month"].map(window);
    assert!(windows.iter().all(Option::is_some) || windows.iter().all(Option::is_none), "{line}: {windows:?}");
    assert!(windows[0].is_none() || window("year").is_some(), "{line}");
    let fields = Fields { dates: vec![FieldPath::new("date")], ..Fields::default() };
    assert!(window("year").is_none() || read(&line, &fields).is_some_and(|(_, date)| date.is_some()), "{line}");
});

/// Returns the block and the date of a line, or `None` if it is rejected.
fn read(line: &str, fields: &Fields) -> Option<(Option<String>, Option<i64>)> {
    let options = Options { skip_bad: true, ..Options::default() };
    let mut found = None;
    files::read("a.jsonl", line.as_bytes(), &options, fields, |batch| {
        for (_, _, metadata) in batch.records() {
            found = metadata
                .map(|metadata| (metadata.block.first().cloned().flatten(), metadata.dates.first().copied().flatten()));
        }
    })
    .expect("bad lines are rejected");
    found
}
