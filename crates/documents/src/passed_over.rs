//! Names of files that no folder, archive or pattern means.

use std::path::Path;

/// Returns whether a file is hidden, as `._x.txt` of macOS and `Thumbs.db` of Windows are, or a mark that a program such as Spark leaves, as `_SUCCESS`.
pub(crate) fn is_passed_over(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_of_windows = name.eq_ignore_ascii_case("Thumbs.db") || name.eq_ignore_ascii_case("desktop.ini");
    is_of_windows || name.starts_with('.') || (name.starts_with('_') && !name.contains('.'))
}
