//! The shape of the library: modules only look down, and files of one folder form no ring.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, from the ground up. A module may use those of its own floor and of the floors before.
const FLOORS: [&[&str]; 15] = [
    &["error", "mix", "stats", "cpu", "parallel", "sample"],
    &["set"],
    &["scheme"],
    &["text"],
    &["minhash"],
    &["lsh"],
    &["verify"],
    &["external"],
    &["containment"],
    &["join"],
    &["result"],
    &["dedup"],
    &["passages"],
    &["boilerplate", "evidence", "repeated_lines", "rewrites"],
    &["audit", "evaluate", "plan"],
];

fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push(path);
        }
    }
}

/// The modules of `crate::a::b::..` that a file names, outside its tests and comments.
fn named(path: &Path) -> BTreeSet<Vec<String>> {
    let text = fs::read_to_string(path).expect("a source file");
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut modules = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let path: String =
            rest.chars().take_while(|c| c.is_ascii_lowercase() || matches!(c, '_' | ':' | '0'..='9')).collect();
        modules.insert(path.split("::").filter(|name| !name.is_empty()).map(str::to_string).collect());
    }
    modules
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part == "tests" || part == "tests.rs")
}

#[test]
fn modules_only_look_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let floor_of = |module: &str| FLOORS.iter().position(|floor| floor.contains(&module));
    let mut all = Vec::new();
    files(&root, &mut all);
    let (mut climbing, mut arrows) = (Vec::new(), 0);
    for path in all.iter().filter(|path| !is_test(path)) {
        let inner = path.strip_prefix(&root).expect("below");
        let first = inner.iter().next().and_then(|part| part.to_str()).expect("a name");
        let module = first.strip_suffix(".rs").unwrap_or(first);
        if module == "lib" {
            continue;
        }
        let own = floor_of(module).unwrap_or_else(|| panic!("{module} has no floor; add it to FLOORS"));
        for target in named(path).iter().filter_map(|names| names.first()) {
            let Some(floor) = floor_of(target) else { continue };
            arrows += 1;
            if floor > own {
                climbing.push(format!("{} uses {target}", inner.display()));
            }
        }
    }
    assert!(arrows > 300, "{arrows}: the lines that begin with `use crate::` were not read");
    assert!(climbing.is_empty(), "these look up:\n{}", climbing.join("\n"));
}

#[test]
fn files_of_the_join_form_no_ring() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    ["join", "result", "external", "verify"].iter().for_each(|folder| files(&root.join(folder), &mut all));
    let name = |path: &Path| {
        let inner = path.strip_prefix(&root).expect("below").with_extension("");
        inner.iter().map(|part| part.to_string_lossy().into_owned()).filter(|part| part != "mod").collect::<Vec<_>>()
    };
    let files: BTreeMap<Vec<String>, &PathBuf> =
        all.iter().filter(|path| !is_test(path)).map(|path| (name(path), path)).collect();
    // `super::x` in a file is `crate::<its folder>::x`.
    let arrows: BTreeMap<&Vec<String>, BTreeSet<&Vec<String>>> = files
        .iter()
        .map(|(from, path)| {
            let text = fs::read_to_string(path).expect("a source file");
            let parent = from[..from.len() - 1].join("::");
            let is_folder = path.ends_with("mod.rs");
            let up = if is_folder { from.join("::") } else { parent };
            let spelled = text.replace("use super::", &format!("use crate::{up}::"));
            let copy =
                std::env::temp_dir().join(format!("twinprint-structure-{}-{}", std::process::id(), from.join("-")));
            fs::write(&copy, spelled).expect("a temporary file");
            let targets = named(&copy);
            fs::remove_file(copy).expect("the test's own file");
            let to = targets.iter().filter_map(|target| {
                let longest = (1..=target.len()).rev().find_map(|length| files.get_key_value(&target[..length]));
                longest.map(|(name, _)| name).filter(|name| *name != from && !from.starts_with(name))
            });
            (from, to.collect())
        })
        .collect();
    // Files without arrows to files that are left are taken away until none is left, or only rings.
    let mut left: BTreeSet<&Vec<String>> = arrows.keys().copied().collect();
    loop {
        let free: Vec<&Vec<String>> = left.iter().copied().filter(|from| arrows[from].is_disjoint(&left)).collect();
        if free.is_empty() {
            break;
        }
        free.iter().for_each(|from| {
            left.remove(from);
        });
    }
    assert!(left.is_empty(), "a ring among {left:?}");
}
