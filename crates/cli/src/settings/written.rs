//! Inputs and folders in the form in which they may be written down.

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use crate::inputs::is_address;

/// Stands for what was left out of an address.
const LEFT_OUT: char = '…';

/// Returns whether something was left out of an address, so that nothing can be read there.
pub(crate) fn is_incomplete(input: &str) -> bool {
    is_address(Path::new(input)) && input.contains(LEFT_OUT)
}

/// Writes inputs without what may be secret in them.
pub(super) fn inputs<S: Serializer>(inputs: &Option<Vec<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    let written = |inputs: &Vec<String>| inputs.iter().map(|input| without_secrets(input)).collect::<Vec<_>>();
    inputs.as_ref().map(written).serialize(serializer)
}

/// Writes a path. One that is not UTF-8 gets another name, which is not found, instead of no settings file at all.
pub(super) fn path<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}

/// Leaves a user, a password, a query and a fragment out of an address. In stores of objects, a question mark is part of a pattern, unless
/// an equals sign shows that it begins a query.
pub(crate) fn without_secrets(input: &str) -> String {
    let Some((scheme, rest)) = input.split_once("://").filter(|_| is_address(Path::new(input))) else {
        return input.to_string();
    };
    let is_web = scheme.to_ascii_lowercase().starts_with("http");
    let query = rest.find(['?', '#']).filter(|&at| is_web || rest[at..].contains('='));
    let (place, query) = rest.split_at(query.unwrap_or(rest.len()));
    let (server, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let server = match server.rsplit_once('@') {
        Some((_, host)) => format!("{LEFT_OUT}@{host}"),
        None => server.to_string(),
    };
    let query = query.chars().next().map(|mark| format!("{mark}{LEFT_OUT}")).unwrap_or_default();
    format!("{scheme}://{server}{path}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_of_addresses() {
        for (given, written) in [
            ("tests.jsonl", "tests.jsonl"),
            ("what?.jsonl", "what?.jsonl"),
            ("s3://bucket/a/{b,?}.jsonl", "s3://bucket/a/{b,?}.jsonl"),
            ("hf://datasets/me/news@v1/a.parquet", "hf://datasets/me/news@v1/a.parquet"),
            ("https://host/a/@b.jsonl", "https://host/a/@b.jsonl"),
            ("https://host/a.jsonl?signature=secret", "https://host/a.jsonl?…"),
            ("https://host/a.jsonl?secret", "https://host/a.jsonl?…"),
            ("HTTPS://me:secret@host:1/a.jsonl#secret", "HTTPS://…@host:1/a.jsonl#…"),
            ("https://me:sec@ret@host", "https://…@host"),
            ("s3://key:secret@bucket/a?X-Signature=secret", "s3://…@bucket/a?…"),
        ] {
            assert_eq!((without_secrets(given).as_str(), is_incomplete(written)), (written, given != written));
        }
    }
}
