//! The file name extensions of outputs, which follow those of the inputs.

use twinprint_documents::{Format, Inputs};

/// Returns `.gz` or `.zst` if the first input is compressed that way, else nothing. Outputs are compressed like the first input, except
/// where a format compresses its own parts, or holds whole texts.
pub(crate) fn compression_extension(inputs: &Inputs) -> String {
    if matches!(inputs.format(), Format::Parquet | Format::Arrow | Format::Text | Format::Tar) {
        return String::new();
    }
    let extension = inputs.paths().next().and_then(|path| path.extension()?.to_str());
    let compressed = extension.filter(|extension| ["gz", "zst"].contains(extension));
    compressed.map(|extension| format!(".{extension}")).unwrap_or_default()
}
