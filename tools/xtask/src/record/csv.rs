//! A recorded table: comments that say where it is from, then CSV (RFC 4180, one record a line).

use crate::process::Outcome;

/// The comments that every record begins with.
const REQUIRED: [&str; 3] = ["date", "machine", "command"];

/// Comments that a record may have besides. The page shows the input; versions are for those who read the file.
const OPTIONAL: [&str; 2] = ["input", "versions"];

/// A recorded table.
#[derive(Debug)]
pub(super) struct Record {
    /// Keys and values of the comments.
    comments: Vec<(String, String)>,
    /// The header, then the rows.
    rows: Vec<Vec<String>>,
}

impl Record {
    /// Reads a file, and refuses one that lacks a comment or whose rows differ in length.
    pub(super) fn parse(text: &str) -> Outcome<Self> {
        let mut record = Self { comments: Vec::new(), rows: Vec::new() };
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(comment) = line.strip_prefix("# ") {
                let (key, value) = comment.split_once(": ").ok_or_else(|| format!("line {number}: no `key: value`"))?;
                record.comments.push((key.to_string(), value.to_string()));
            } else {
                record.rows.push(cells(line).ok_or_else(|| format!("line {number}: quotes are not closed"))?);
            }
        }
        let known = |key: &str| REQUIRED.contains(&key) || OPTIONAL.contains(&key);
        if let Some((key, _)) = record.comments.iter().find(|(key, _)| !known(key)) {
            return Err(format!("unknown comment {key:?}").into());
        }
        if let Some(key) = REQUIRED.iter().find(|key| record.comment(key).is_none()) {
            return Err(format!("the comment `# {key}: …` is missing").into());
        }
        let columns = record.rows.first().map_or(0, Vec::len);
        match record.rows.iter().position(|row| row.len() != columns) {
            Some(row) => Err(format!("row {row} has {} cells instead of {columns}", record.rows[row].len()).into()),
            None if record.rows.len() < 2 => Err("no rows below the header".into()),
            None => Ok(record),
        }
    }

    fn comment(&self, key: &str) -> Option<&str> {
        self.comments.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str())
    }

    /// Returns the Markdown: a sentence on where the numbers are from, and the table.
    pub(super) fn markdown(&self) -> String {
        let comment = |key| self.comment(key).unwrap_or_default();
        let (date, machine, command) = (comment("date"), comment("machine"), comment("command"));
        let mut text = format!("Measured on {date}; {machine}; `{command}`.");
        if let Some(input) = self.comment("input") {
            text += &format!(" Input: {input}.");
        }
        text += "\n\n";
        for (number, row) in self.rows.iter().enumerate() {
            text += &format!("| {} |\n", row.join(" | "));
            if number == 0 {
                text += &format!("|{}\n", "---|".repeat(row.len()));
            }
        }
        text
    }
}

/// Splits a line into cells, or returns `None` if a quote is not closed. A cell in quotes may hold commas, and quotes
/// that are doubled.
fn cells(line: &str) -> Option<Vec<String>> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut()?;
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cell.push(character),
        }
    }
    (!quoted).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# date: 2026-11-25\n# machine: any\n# command: make\n";

    #[test]
    fn cells_may_be_quoted() {
        let split = |line| cells(line).expect("closed");
        assert_eq!(split("a,\"b, c\",,\"d \"\"e\"\"\""), ["a", "b, c", "", "d \"e\""]);
        assert!(cells("a,\"b").is_none());
    }

    #[test]
    fn a_record_becomes_a_table() {
        let record = Record::parse(&format!("{HEAD}# input: ten texts\npath,s\nx,1\n")).expect("valid");
        let expected = "Measured on 2026-11-25; any; `make`. Input: ten texts.\n\n| path | s |\n|---|---|\n| x | 1 |\n";
        assert_eq!(record.markdown(), expected);
    }

    #[test]
    fn bad_records_are_refused() {
        let refused = |text: &str| Record::parse(text).expect_err("refused").to_string();
        assert_eq!(refused("# date: today\na\n1\n"), "the comment `# machine: …` is missing");
        assert_eq!(refused(&format!("{HEAD}# mood: good\na\n1\n")), "unknown comment \"mood\"");
        assert_eq!(refused(&format!("{HEAD}a,b\n1\n")), "row 1 has 1 cells instead of 2");
        assert_eq!(refused(&format!("{HEAD}a,b\n")), "no rows below the header");
    }
}
