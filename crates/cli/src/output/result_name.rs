//! The names of files of results, which must not promise another format.

use std::path::Path;

use anyhow::{Result, bail};

use super::Output;

/// Endings of JSON lines.
const JSON: [&str; 3] = ["json", "jsonl", "ndjson"];

/// Endings of tables whose values tabs separate.
const TABS: [&str; 2] = ["tsv", "tab"];

/// Endings of formats that no result is written in.
const OTHERS: [&str; 18] = [
    "csv", "parquet", "arrow", "feather", "avro", "orc", "xlsx", "html", "htm", "xhtml", "gz", "zst", "xz", "bz2",
    "lz4", "zip", "tar", "tgz",
];

impl Output {
    /// Prepares the output of a result as [`open`](Self::open) does, and refuses a file whose name promises another format: somebody would
    /// read it as that.
    pub(crate) fn open_result(path: Option<&Path>, is_json: bool) -> Result<Self> {
        let output = Self::open(path)?;
        // The name of a pipe or a device says nothing of a format.
        let ending = path.and_then(Path::extension).filter(|_| matches!(output, Self::File { .. }));
        let ending = ending.map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let name = path.unwrap_or(Path::new("-")).display();
        let is_one = |endings: &[&str]| endings.contains(&&ending[..]);
        if is_json && (is_one(&TABS) || is_one(&OTHERS)) {
            bail!(
                "{name}: with --json, lines of JSON are written, and not .{ending}; choose a name that ends in .jsonl"
            );
        }
        if !is_json && is_one(&JSON) {
            bail!(
                "{name}: plain text is written, and not .{ending}; choose a name that ends in .tsv or .txt, or add --json"
            );
        }
        if !is_json && is_one(&OTHERS) {
            bail!("{name}: plain text is written, and not .{ending}; choose a name that ends in .tsv or .txt");
        }
        Ok(output)
    }
}
