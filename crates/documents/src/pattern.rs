//! Finds the files that match a pattern.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::passed_over::is_passed_over;

/// Expands a pattern, or returns `None` if the input has no wildcard. `*`, `?`, `[a-z]`, `**` and `{a,b}` are
/// wildcards. Hidden files match only a pattern that names the dot. Folders count only if the pattern matches no file.
pub(crate) fn expand(input: &Path) -> Option<Result<Vec<PathBuf>, Error>> {
    let pattern = input.to_str().filter(|pattern| pattern.contains(['*', '?', '[', '{']))?;
    Some(matching(input, pattern))
}

/// Returns the paths that match a pattern, in order.
fn matching(input: &Path, pattern: &str) -> Result<Vec<PathBuf>, Error> {
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::default() };
    let mut paths = Vec::new();
    for pattern in alternatives(pattern) {
        let found = glob::glob_with(&pattern, options)
            .map_err(|error| Error::new(input, ErrorKind::Io(format!("this is no pattern: {error}"))))?;
        for path in found {
            paths.push(path.map_err(|error| Error::io(error.path(), error.error()))?);
        }
    }
    if paths.iter().any(|path| path.is_file()) {
        paths.retain(|path| path.is_file() && !is_passed_over(path));
    }
    // Each alternative was sorted on its own, and a file may match several.
    paths.sort();
    paths.dedup();
    if paths.is_empty() { Err(Error::new(input, ErrorKind::NoMatch)) } else { Ok(paths) }
}

/// Expands the first `{a,b}` of a pattern, and those in what results, as shells do.
pub(crate) fn alternatives(pattern: &str) -> Vec<String> {
    let Some((open, close)) = braces(pattern) else { return vec![pattern.to_string()] };
    let (before, inside, after) = (&pattern[..open], &pattern[open + 1..close], &pattern[close + 1..]);
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts.into_iter().flat_map(|part| alternatives(&format!("{before}{part}{after}"))).collect()
}

/// Returns the offsets of the first brace and the one that closes it.
fn braces(pattern: &str) -> Option<(usize, usize)> {
    let open = pattern.find('{')?;
    let mut depth = 0;
    for (at, byte) in pattern.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((open, at));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_alternatives() {
        assert_eq!(alternatives("a*.txt"), ["a*.txt"]);
        assert_eq!(alternatives("{a,b}.{x,y}"), ["a.x", "a.y", "b.x", "b.y"]);
        assert_eq!(alternatives("p{1,{2,3}x}"), ["p1", "p2x", "p3x"]);
        assert_eq!(alternatives("open{a,b"), ["open{a,b"]);
    }
}
