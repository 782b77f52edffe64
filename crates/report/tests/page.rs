//! Tests of the page as it is written.

mod common;

use common::{HOSTILE, full, hostile, many};
use serde_json::Value;
use twinprint_report::{Report, SCHEMA};

/// Returns what is between the first two marks in a page.
fn between<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    let start = page.find(begin).expect("begin") + begin.len();
    &page[start..start + page[start..].find(end).expect("end")]
}

/// Replaces what is between the first two marks by what `replace` returns.
fn replaced(page: &str, begin: &str, end: &str, replace: impl FnOnce(&str) -> String) -> String {
    let start = page.find(begin).expect("begin") + begin.len();
    let end = start + page[start..].find(end).expect("end");
    format!("{}{}{}", &page[..start], replace(&page[start..end]), &page[end..])
}

fn data(page: &str) -> Value {
    serde_json::from_str(between(page, "type=\"application/json\">", "</script>")).expect("JSON")
}

#[test]
fn hostile_texts_stay_data() {
    let page = hostile().to_html().expect("written");
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert_eq!(page.matches("<img").count(), 0);
    let read = data(&page);
    for (number, text) in HOSTILE.iter().enumerate() {
        assert_eq!(read["pairs"][number]["left"].as_str(), Some(*text));
        assert_eq!(read["texts"][text]["pieces"][0]["text"].as_str(), Some(*text));
    }
}

#[test]
fn a_megabyte_is_shown_in_part() {
    let page = hostile().to_html().expect("written");
    let text = &data(&page)["texts"][&format!("long {}", HOSTILE[0])];
    let shown: usize =
        text["pieces"].as_array().expect("pieces").iter().map(|piece| piece["text"].as_str().map_or(0, str::len)).sum();
    assert!(text["bytes"].as_u64() > Some(1_000_000));
    assert!(shown > 100_000 && shown <= 200_000, "{shown}");
}

#[test]
fn json_is_read_again() {
    for report in [full(), hostile(), Report::new("")] {
        let mut json = Vec::new();
        report.write_json(&mut json).expect("written");
        let read: Report = serde_json::from_slice(&json).expect("JSON");
        assert!(read == report, "{} changed", report.title);
        let value: Value = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(value["schema"], SCHEMA);
    }
}

#[test]
fn five_thousand_pairs_are_a_page_that_opens() {
    let report = many(5_000);
    let (page, texts) = (report.to_html().expect("written"), report.texts.values().map(String::len).sum::<usize>());
    assert!(page.len() < texts + 3_000_000, "{} for {texts}", page.len());
    // Texts that are more than a page can hold are shortened.
    let mut report = many(2_000);
    report.texts.values_mut().for_each(|text| *text = text.repeat(20));
    let page = report.to_html().expect("written");
    assert!(page.len() < 26_000_000, "{}", page.len());
}

#[test]
fn nothing_is_fetched() {
    let page = full().to_html().expect("written");
    for address in ["http:", "https:", "src=", "@import", "url(", "<link"] {
        // The SVG namespace is an address that nothing fetches.
        let found = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "").matches(address).count();
        assert_eq!(found, 0, "{address}");
    }
    assert!(
        between(&page, "Content-Security-Policy\" content=\"", "\"")
            .starts_with("default-src 'none'; script-src 'sha256-")
    );
}

#[test]
fn an_empty_report_is_a_page() {
    let page = Report::new("Nothing").to_html().expect("written");
    assert!(page.contains("<title>Nothing</title>"));
    assert!(!page.contains("<figure"));
}

#[test]
fn the_outline_in_the_documentation_is_a_report() {
    let documentation = include_str!("../src/lib.rs");
    let outline = between(documentation, "//! ```json\n", "//! ```\n").replace("//! ", "");
    let report: Report = serde_json::from_str(&outline).expect("a report");
    assert_eq!(report.schema, SCHEMA);
    assert!(report.to_html().is_ok());
    let written = serde_json::to_value(&report).expect("JSON");
    assert_eq!(written, serde_json::from_str::<Value>(&outline).expect("JSON"), "every field is there");
}

/// Compares the page with the one kept in `snapshots`. After an intended change, run this with `INSTA_UPDATE=always` and read the
/// difference before committing it.
#[test]
fn the_page_of_a_small_report() {
    let page = full().to_html().expect("written");
    // The style sheet and the script are files of their own; here they would only be repeated.
    let page = replaced(&page, "style-src 'sha256-", "'", |_| "…".to_string());
    let page = replaced(&page, "script-src 'sha256-", "'", |_| "…".to_string());
    let page = replaced(&page, "<style>", "</style>", |_| "…".to_string());
    let page = replaced(&page, "<script>", "</script>", |_| "…".to_string());
    let page = replaced(&page, "type=\"application/json\">", "</script>", |data| {
        let data: Value = serde_json::from_str(data).expect("JSON");
        format!("\n{data:#}\n")
    });
    // An element per line, so that a difference is a line and not the page.
    insta::assert_snapshot!(page.replace("><", ">\n<"));
}
