//! Holds the order of the modules: each imports only from floors below it, and no files form a ring.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The floors of `src/`, from the top to the ground. Modules of one floor may import each other, but not in a ring.
const FLOORS: [&[&str]; 17] = [
    &["audit", "evaluate", "plan"],
    &["boilerplate", "evidence", "relation", "repeated_lines", "rewrites", "stories"],
    &["passages"],
    &["dedup"],
    &["result"],
    &["join"],
    &["containment"],
    &["store"],
    &["external"],
    &["index"],
    &["verify"],
    &["corpus_statistics", "lsh"],
    &["minhash"],
    &["text"],
    &["scheme"],
    &["set"],
    &["cpu", "error", "mix", "parallel", "random", "sample", "stats"],
];

/// A module's path below the crate, such as `lsh::banding`.
type Module = Vec<String>;

/// The code of each module, without comments and tests.
struct Sources(BTreeMap<Module, String>);

impl Sources {
    fn read() -> Self {
        let mut sources = Self(BTreeMap::new());
        sources.add_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &[]);
        sources
    }

    fn add_folder(&mut self, folder: &Path, module: &[String]) {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_string();
            let below = [module, std::slice::from_ref(&stem)].concat();
            if stem == "tests" {
                continue;
            } else if path.is_dir() {
                self.add_folder(&path, &below);
            } else {
                let text = fs::read_to_string(&path).expect("a source file");
                let is_of_folder = ["mod", "lib"].contains(&&*stem);
                self.0.insert(if is_of_folder { module.to_vec() } else { below }, code(&text));
            }
        }
    }

    /// The modules that a module names, each as the deepest one that the path leads to.
    fn imports(&self, module: &Module) -> BTreeSet<Module> {
        let paths = paths(&self.0[module], "crate::").into_iter();
        let parent = module.split_last().map_or(&[][..], |(_, parent)| parent);
        let siblings = paths_of_siblings(&self.0[module]).into_iter().map(|path| [parent, &path[..]].concat());
        paths.chain(siblings).map(|path| self.resolve(&path)).filter(|target| target != module).collect()
    }

    /// Follows a path to the module that defines its item, through the `use` lines of `mod.rs`.
    fn resolve(&self, path: &[String]) -> Module {
        let mut module = Vec::new();
        for name in path {
            let below = [&module[..], std::slice::from_ref(name)].concat();
            if self.0.keys().any(|known| known.starts_with(&below)) {
                module = below;
                continue;
            }
            let exported = self.0.get(&module).map(|code| paths(code, "use ")).unwrap_or_default();
            return match exported.iter().find(|export| export.len() > 1 && export.last() == Some(name)) {
                Some(export) if export[0] == "crate" => self.resolve(&export[1..]),
                Some(export) => self.resolve(&[&module[..], export].concat()),
                None => module,
            };
        }
        module
    }
}

/// The code of a file up to its tests, without comments.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths that begin with `super::`; each `super` beyond the first is dropped, since it leaves the folder.
fn paths_of_siblings(code: &str) -> Vec<Vec<String>> {
    let code = code.replace("pub(super)", "").replace("super::super::", "beyond::");
    paths(&code, "super::")
}

/// All paths after a prefix, with groups in braces spelled out.
fn paths(code: &str, prefix: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices(prefix) {
        expand(&mut code[start + prefix.len()..].chars().peekable(), &[], &mut found);
    }
    found
}

/// Reads one path, or one group of paths, and adds what it spells out.
fn expand(text: &mut std::iter::Peekable<std::str::Chars<'_>>, before: &[String], found: &mut Vec<Vec<String>>) {
    let mut path = before.to_vec();
    let mut name = String::new();
    while let Some(&c) = text.peek() {
        match c {
            ':' if !name.is_empty() => path.push(std::mem::take(&mut name)),
            ':' => {}
            '{' => {
                while text.next_if(|&c| c != '}').is_some() {
                    expand(text, &path, found);
                }
                text.next();
                return;
            }
            c if c.is_alphanumeric() || c == '_' => name.push(c),
            c if c.is_whitespace() && name.is_empty() => {}
            _ => break,
        }
        text.next();
    }
    if !name.is_empty() {
        path.push(name);
        found.push(path);
    }
}

#[test]
fn modules_import_only_from_floors_below() {
    let sources = Sources::read();
    let floor = |name: &str| FLOORS.iter().position(|floor| floor.contains(&name));
    let (mut wrong, mut arrows) = (Vec::new(), 0);
    for module in sources.0.keys().filter(|module| !module.is_empty()) {
        let own = floor(&module[0]).unwrap_or_else(|| panic!("{} is on no floor", module[0]));
        for path in paths(&sources.0[module], "crate::") {
            arrows += 1;
            match floor(&path[0]) {
                Some(target) if target >= own => {}
                _ => wrong.push(format!("{} imports {}", module.join("::"), path.join("::"))),
            }
        }
    }
    assert!(arrows > 300, "{arrows}: the lines that begin with `use crate::` were not read");
    assert!(wrong.is_empty(), "import from a module below, and not from the root:\n{}", wrong.join("\n"));
}

/// The modules that are in a ring, or between two rings, of the given arrows.
fn ring(mut arrows: BTreeMap<Module, BTreeSet<Module>>) -> BTreeMap<Module, BTreeSet<Module>> {
    loop {
        let before = arrows.len();
        // Modules that import nothing of what is left are in no ring, nor are those that nothing of it imports.
        let left: BTreeSet<Module> = arrows.keys().cloned().collect();
        arrows.values_mut().for_each(|targets| targets.retain(|target| left.contains(target)));
        arrows.retain(|_, targets| !targets.is_empty());
        let targets: BTreeSet<Module> = arrows.values().flatten().cloned().collect();
        arrows.retain(|module, _| targets.contains(module));
        if arrows.len() == before {
            return arrows;
        }
    }
}

fn listed(arrows: &BTreeMap<Module, BTreeSet<Module>>) -> String {
    let paths = |modules: &BTreeSet<Module>| modules.iter().map(|path| path.join("::")).collect::<Vec<_>>().join(", ");
    arrows.iter().map(|(from, to)| format!("{} imports {}\n", from.join("::"), paths(to))).collect()
}

#[test]
fn no_files_form_a_ring() {
    let sources = Sources::read();
    // A file may use what the `mod.rs` above it defines: a folder's parts share its definitions.
    let arrows = sources.0.keys().map(|module| {
        let imports = sources.imports(module).into_iter().filter(|target| !module.starts_with(target));
        (module.clone(), imports.collect())
    });
    let ring = ring(arrows.collect());
    assert!(ring.is_empty(), "a ring of files:\n{}", listed(&ring));
}

#[test]
fn no_parts_of_a_folder_form_a_ring() {
    let sources = Sources::read();
    // For each folder, which of its parts (files, or folders with all that is in them) imports which.
    let mut folders: BTreeMap<Module, BTreeMap<Module, BTreeSet<Module>>> = BTreeMap::new();
    for module in sources.0.keys() {
        for target in sources.imports(module) {
            let shared = module.iter().zip(&target).take_while(|(a, b)| a == b).count();
            if module.len() > shared && target.len() > shared {
                let arrows = folders.entry(module[..shared].to_vec()).or_default();
                arrows.entry(module[..=shared].to_vec()).or_default().insert(target[..=shared].to_vec());
            }
        }
    }
    for (folder, arrows) in folders {
        let ring = ring(arrows);
        assert!(ring.is_empty(), "a ring in src/{}:\n{}", folder.join("/"), listed(&ring));
    }
}

#[test]
fn no_function_rounds_otherwise_on_another_machine() {
    // The standard library leaves the precision of these to the platform and the version.
    const VARYING: [&str; 12] =
        ["ln", "ln_1p", "log", "log2", "log10", "exp", "exp2", "exp_m1", "powf", "cbrt", "tanh", "hypot"];
    let sources = Sources::read();
    let calls = |code: &str| VARYING.iter().find(|name| code.contains(&format!(".{name}("))).copied();
    let found: Vec<String> = sources
        .0
        .iter()
        .filter_map(|(module, code)| Some(format!("{} calls {}", module.join("::"), calls(code)?)))
        .collect();
    assert!(found.is_empty(), "use libm, which rounds alike everywhere:\n{}", found.join("\n"));
}
