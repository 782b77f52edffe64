//! The file name extensions of outputs, which follow those of the inputs.

use twinprint_documents::{Format, Inputs};

/// Returns the extension of a format.
pub(crate) fn extension(format: Format) -> &'static str {
    match format {
        Format::JsonLines => "jsonl",
        Format::Csv => "csv",
        Format::Tsv => "tsv",
        Format::Parquet => "parquet",
        Format::Text => "txt",
    }
}

/// Returns `.gz` or `.zst` if the first input is compressed that way, else nothing. Outputs are compressed like the first input.
pub(crate) fn compression_extension(inputs: &Inputs) -> String {
    let extension = inputs.paths().next().and_then(|path| path.extension()?.to_str());
    let compressed = extension.filter(|extension| ["gz", "zst"].contains(extension));
    compressed.map(|extension| format!(".{extension}")).unwrap_or_default()
}
