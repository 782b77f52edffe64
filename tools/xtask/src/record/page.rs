//! The page: its prose is kept, and what is between markers is replaced.

use std::collections::{BTreeMap, BTreeSet};

use super::csv::Record;
use crate::process::Outcome;

const END: &str = "<!-- end -->";

/// Returns the page with every table written again. Each record must be used once, and headings must be unique, so
/// that links find their places.
pub(super) fn render(page: &str, records: &BTreeMap<String, Record>) -> Outcome<String> {
    let mut unused: BTreeSet<&String> = records.keys().collect();
    let mut headings = BTreeSet::new();
    let mut text = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        text += &format!("{line}\n");
        if line.starts_with('#') && !headings.insert(line.trim_start_matches('#')) {
            return Err(format!("there are two headings {line:?}").into());
        }
        let Some(name) = marked(line) else { continue };
        let (name, record) = records.get_key_value(name).ok_or_else(|| format!("there is no benches/record/{name}"))?;
        if !unused.remove(name) {
            return Err(format!("{name} is on the page twice").into());
        }
        text += &format!("{}{END}\n", record.markdown());
        if !lines.by_ref().any(|line| line == END) {
            return Err(format!("the table {name} has no {END}").into());
        }
    }
    match unused.first() {
        Some(name) => Err(format!("benches/record/{name} is not on the page").into()),
        None => Ok(text),
    }
}

/// Returns the file that a marker names.
fn marked(line: &str) -> Option<&str> {
    line.strip_prefix("<!-- table: ")?.strip_suffix(" -->")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records() -> BTreeMap<String, Record> {
        let text = "# date: d\n# machine: m\n# command: c\na\n1\n";
        [("t.csv".to_string(), Record::parse(text).expect("valid"))].into()
    }

    #[test]
    fn tables_are_replaced_and_prose_is_kept() {
        let page = render("# A\n\n<!-- table: t.csv -->\nold\n<!-- end -->\n\nwords\n", &records()).expect("valid");
        let table = "Measured on d; m; `c`.\n\n| a |\n|---|\n| 1 |\n";
        assert_eq!(page, format!("# A\n\n<!-- table: t.csv -->\n{table}<!-- end -->\n\nwords\n"));
        assert_eq!(render(&page, &records()).expect("valid"), page);
    }

    #[test]
    fn pages_that_disagree_with_the_records_are_refused() {
        let refused = |page: &str| render(page, &records()).expect_err("refused").to_string();
        assert_eq!(refused("# A\n"), "benches/record/t.csv is not on the page");
        assert_eq!(refused("# A\n## A\n"), "there are two headings \"## A\"");
        assert_eq!(refused("<!-- table: x.csv -->\n<!-- end -->\n"), "there is no benches/record/x.csv");
        assert_eq!(refused("<!-- table: t.csv -->\n"), "the table t.csv has no <!-- end -->");
        let table = "<!-- table: t.csv -->\n<!-- end -->\n";
        assert_eq!(refused(&format!("{table}{table}")), "t.csv is on the page twice");
    }
}
