//! The modules of this crate form no ring: no module imports one that imports it, directly or through others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The modules that each module imports, by names such as `formats::table`.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_module_imports_one_that_imports_it() -> io::Result<()> {
    let imports = imports_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))?;
    // If paths were no longer understood, there would be no arrows and no rings.
    assert!(imports["formats::table::comma"].contains("formats::table::retained"), "{imports:?}");
    assert!(imports["formats::table"].contains("records"), "{imports:?}");
    assert!(imports["splitter::text"].contains("splitter::sink"), "{imports:?}");
    if let Some(ring) = find_ring(&imports) {
        panic!("these modules import each other in a ring: {}", ring.join(" -> "));
    }
    Ok(())
}

#[test]
fn a_ring_is_found() {
    let imports = |arrows: &[(&str, &str)]| {
        let mut imports = Imports::new();
        for (from, to) in arrows {
            imports.entry((*from).to_string()).or_default().insert((*to).to_string());
        }
        imports
    };
    assert_eq!(find_ring(&imports(&[("a", "b"), ("a", "c"), ("b", "c")])), None);
    let ring = find_ring(&imports(&[("a", "b"), ("b", "c"), ("c", "b")]));
    assert_eq!(ring, Some(["b", "c", "b"].map(str::to_string).to_vec()));
}

fn imports_below(source: &Path) -> io::Result<Imports> {
    let mut files = Vec::new();
    find_files(source, &mut files)?;
    let modules: BTreeSet<String> = files.iter().filter_map(|file| module_of(source, file)).collect();
    let mut imports = Imports::new();
    for file in &files {
        if let Some(module) = module_of(source, file) {
            imports.insert(module.clone(), imports_of(&fs::read_to_string(file)?, &module, &modules));
        }
    }
    Ok(imports)
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_files(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Returns the name of the module in a file, or `None` for the root of the crate, which imports all others.
fn module_of(source: &Path, file: &Path) -> Option<String> {
    let path = file.strip_prefix(source).ok()?.with_extension("");
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    (parts != ["lib"]).then(|| parts.join("::"))
}

/// Returns the modules that are named by `use` lines of a file, outside of its unit tests.
fn imports_of(code: &str, module: &str, modules: &BTreeSet<String>) -> BTreeSet<String> {
    let code = code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
    let mut found = BTreeSet::new();
    for statement in statements(code) {
        let (base, path) = match statement.split_once("::") {
            Some(("crate", path)) => ("", path),
            Some(("super", path)) => (parent, path),
            Some(("self", path)) => (module, path),
            _ => continue,
        };
        for path in leaves(path) {
            let full = if base.is_empty() { path } else { format!("{base}::{path}") };
            found.extend(deepest(&full, modules).filter(|imported| imported != module));
        }
    }
    // A parent may also name its children without importing them.
    for child in modules.iter().filter(|child| child.rsplit_once("::").is_some_and(|(parent, _)| parent == module)) {
        let name = child.rsplit("::").next().unwrap_or_default();
        if code.contains(&format!(" {name}::")) || code.contains(&format!("({name}::")) {
            found.insert(child.clone());
        }
    }
    found
}

/// Returns the text between each `use` and its semicolon, as one line.
fn statements(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in code.lines() {
        let line = line.trim();
        if let Some(statement) = &mut open {
            statement.push_str(line);
        } else if let Some((_, rest)) = line.split_once("use ").filter(|(before, _)| is_visibility(before)) {
            open = Some(rest.to_string());
        }
        if open.as_ref().is_some_and(|statement| statement.ends_with(';')) {
            found.extend(open.take().map(|statement| statement.trim_end_matches(';').to_string()));
        }
    }
    found
}

fn is_visibility(text: &str) -> bool {
    text.is_empty() || text.starts_with("pub")
}

/// Expands `a::{b, c::d}` to `a::b` and `a::c::d`.
fn leaves(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else { return vec![path.to_string()] };
    let inside = rest.strip_suffix('}').unwrap_or(rest);
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, character) in inside.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts.iter().flat_map(|part| leaves(part.trim())).map(|leaf| format!("{before}{leaf}")).collect()
}

/// Returns the longest prefix of a path that is a module.
fn deepest(path: &str, modules: &BTreeSet<String>) -> Option<String> {
    let ends = path.match_indices("::").map(|(end, _)| end).chain([path.len()]);
    ends.map(|end| &path[..end]).filter(|prefix| modules.contains(*prefix)).last().map(str::to_string)
}

/// Removes modules whose imports are all removed already; whatever is left holds a ring, which following imports must enter.
fn find_ring(imports: &Imports) -> Option<Vec<String>> {
    let mut left: Imports = imports.clone();
    loop {
        let before = left.len();
        let names: BTreeSet<String> = left.keys().cloned().collect();
        left.retain(|_, imported| imported.iter().any(|module| names.contains(module)));
        if left.len() == before {
            break;
        }
    }
    let mut way = vec![left.keys().next()?.clone()];
    loop {
        let next = left[way.last()?].iter().find(|module| left.contains_key(*module))?.clone();
        if let Some(start) = way.iter().position(|module| *module == next) {
            way.push(next);
            return Some(way.split_off(start));
        }
        way.push(next);
    }
}
