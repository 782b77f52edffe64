//! Errors of a settings file in the words of those who write one.

use anyhow::{Error, anyhow};

use super::build::MAX_THREADS;

/// What the parser expects, by its own names, and what to write instead.
const EXPECTED: [(&str, &str); 8] = [
    ("expected a sequence", "write a list of names between brackets, such as [\"body\"]"),
    ("expected f64", "write a number without quotes, such as 0.8"),
    ("expected u32", "write a whole number from 0 to 4294967295 without quotes"),
    ("expected u64", "write a whole number that is not negative without quotes"),
    ("expected usize", "write a whole number that is not negative without quotes"),
    ("expected a boolean", "write true or false without quotes"),
    ("expected a string", "write a text between quotes"),
    ("wanted string or table", "write a name between quotes"),
];

/// Returns the error of a parser with what to write instead of what it found.
pub(super) fn in_words(error: &toml::de::Error) -> Error {
    let (shown, message) = (error.to_string(), error.message());
    let wanted = match message.ends_with("expected a nonzero usize") {
        true => format!("write a whole number from 1 to {MAX_THREADS} without quotes"),
        false => match EXPECTED.iter().find(|(expected, _)| message.ends_with(expected)) {
            Some((_, wanted)) => (*wanted).to_string(),
            None => return anyhow!("{shown}"),
        },
    };
    let found = message.split_once(", expected").map_or("", |(found, _)| found);
    let found = found.rsplit_once(": ").map_or(String::new(), |(_, found)| format!("this is the {found}; "));
    anyhow!("{}{found}{wanted}", shown.trim_end().strip_suffix(message).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn a_value_of_another_type_is_named_with_what_to_write() {
        let said = |line: &str| in_words(&toml::from_str::<Settings>(line).expect_err(line)).to_string();
        for (line, wanted) in [
            (
                "text = \"body\"",
                "this is the string \"body\"; write a list of names between brackets, such as [\"body\"]",
            ),
            ("threads = 0", "this is the integer `0`; write a whole number from 1 to 1024 without quotes"),
            ("threshold = \"0.5\"", "this is the string \"0.5\"; write a number without quotes, such as 0.8"),
            ("words = -1", "write a whole number from 0 to 4294967295 without quotes"),
            ("seed = \"x\"", "write a whole number that is not negative without quotes"),
            ("bucket-limit = 1.5", "write a whole number that is not negative without quotes"),
            ("lossy = \"yes\"", "write true or false without quotes"),
            ("id = 5", "this is the integer `5`; write a text between quotes"),
            ("memory = 5", "write a text between quotes"),
            ("bad = 3", "write a name between quotes"),
        ] {
            let said = said(line);
            assert!(said.contains(line) && said.ends_with(wanted), "{line}: {said}");
        }
        assert!(said("treshold = 0.5").contains("unknown field `treshold`"));
    }
}
