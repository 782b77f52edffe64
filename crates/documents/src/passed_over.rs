//! Names of files that no folder, archive or pattern means.

use std::ffi::OsStr;
use std::path::Path;

/// Returns whether a file is hidden, as `._x.txt` of macOS and `Thumbs.db` of Windows are, or a mark that a program such as Spark leaves, as `_SUCCESS`.
pub(crate) fn is_passed_over(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_of_windows = name.eq_ignore_ascii_case("Thumbs.db") || name.eq_ignore_ascii_case("desktop.ini");
    is_of_windows || name.starts_with('.') || (name.starts_with('_') && !name.contains('.'))
}

/// The folders by which a table of several versions shows what it is, and its name. Its other files also hold the rows that were deleted or
/// written over, and only the log says which.
const LOGS: [(&str, &str); 2] = [("_delta_log", "Delta Lake"), (".hoodie", "Apache Hudi")];

/// Returns the name of the kind of table whose log a folder of this name is.
pub(crate) fn table_of_log(name: &OsStr) -> Option<&'static str> {
    LOGS.iter().find(|(log, _)| name == *log).map(|(_, table)| *table)
}
