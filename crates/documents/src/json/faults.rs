//! What is wrong with a line of JSON, in words.

/// Describes an error of the parser in a line, with the column and what can be done.
pub(crate) fn describe(error: &serde_json::Error, line: &str) -> String {
    let column = error.column();
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    let at = |text: &str| line.get(column.saturating_sub(1)..).is_some_and(|rest| rest.starts_with(text));
    if let Some(name) = ["NaN", "Infinity", "-Infinity"].into_iter().find(|name| at(name)) {
        return format!("JSON has no {name} (column {column}); write null instead");
    }
    if reason.contains("surrogate") || reason.contains("hex escape") {
        return "a \\u escape is half of a surrogate pair, and so no character; read it as U+FFFD with --lossy"
            .to_string();
    }
    if reason == "trailing characters" && at("{") {
        return format!(
            "another object follows in the same line (column {column}); write one object per line, as jq -c does"
        );
    }
    match line.trim_start().chars().next() {
        Some('[') => "the line is an array".to_string(),
        Some('{') if error.is_eof() => format!("the line ends in the middle of it (column {column})"),
        Some('{') => format!("{reason} (column {column})"),
        _ => "the line does not begin with {".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::RawObject;
    use super::*;

    #[test]
    fn faults_are_described() {
        for (line, expected) in [
            ("{\"a\": NaN}", "JSON has no NaN (column 7); write null instead"),
            ("{\"a\": -Infinity}", "JSON has no"),
            ("[1, 2]", "the line is an array"),
            ("{\"a\": ", "the line ends in the middle of it (column 6)"),
            ("{\"a\": 1,}", "trailing comma (column 9)"),
            ("id,text", "the line does not begin with {"),
            ("{\"a\": 1} x", "trailing characters (column 10)"),
            ("{\"a\": 1}{\"a\": 2}", "another object follows in the same line (column 9)"),
            ("{\"a\": 1}\r{\"a\": 2}", "another object follows in the same line (column 10)"),
        ] {
            let error = RawObject::parse(line).err().expect("no object");
            let described = describe(&error, line);
            assert!(described.starts_with(expected), "{line}: {described}");
        }
    }
}
