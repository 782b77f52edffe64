//! Holds the documents to the tree: paths that they name exist, the map of DESIGN.md is complete, and its example of a join is true.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use twinprint::result::{Clustering, Keep};
use twinprint::{Banding, Document, Scheme, SimilarityJoin};

const DOCUMENTS: [&str; 13] = [
    "README.md",
    "DESIGN.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "BENCHMARKS.md",
    "crates/cli/README.md",
    "docs/from-laptop-to-cluster.md",
    "docs/index-format.md",
    "docs/is-this-new.md",
    "docs/shards.md",
    "fuzz/README.md",
    "tools/comparison/README.md",
    "tools/machines/README.md",
];

/// What a path of the repository begins with. Other words in backquotes may have slashes too.
const FOLDERS: [&str; 8] = ["benches/", "crates/", "docs/", "examples/", "fuzz/", "src/", "tests/", "tools/"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).expect("a document of the repository")
}

/// Returns what stands between each two backquotes of a line.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Returns the targets of a line's links.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

#[test]
fn paths_in_documents_exist() {
    let mut missing = Vec::new();
    for document in DOCUMENTS {
        let text = read(document);
        let folder = root().join(document).parent().expect("a folder").to_path_buf();
        for (number, line) in text.lines().enumerate() {
            let is_path = |path: &&str| FOLDERS.iter().any(|start| path.starts_with(start)) && !path.contains(' ');
            let paths = quoted(line).filter(is_path).map(|path| root().join(path));
            let is_file = |target: &&str| !target.contains("://") && !target.starts_with('#');
            let files = links(line).filter(is_file).map(|target| target.split('#').next().unwrap_or_default());
            let gone = paths.chain(files.map(|file| folder.join(file))).filter(|path| !path.exists());
            missing.extend(gone.map(|path| format!("{document}:{}: {}", number + 1, path.display())));
        }
    }
    assert!(missing.is_empty(), "these do not exist:\n{}", missing.join("\n"));
}

#[test]
fn the_map_names_every_module() {
    let design = read("DESIGN.md");
    let (map, _) = design.split_once("## 1. ").expect("the first section");
    let named: BTreeSet<&str> = map.lines().flat_map(quoted).collect();
    let unnamed: Vec<String> = fs::read_dir(root().join("src"))
        .expect("the library")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter(|name| !named.iter().any(|path| path.strip_prefix("src/").is_some_and(|path| path.starts_with(name))))
        .collect();
    assert!(unnamed.is_empty(), "the map of DESIGN.md has no {unnamed:?}");
}

/// The documents of the example in section 8.
const EXAMPLE: [(&str, [u64; 4]); 4] =
    [("wire", [1, 4, 6, 11]), ("post", [4, 6, 11, 13]), ("mail", [4, 11, 13, 14]), ("echo", [1, 4, 6, 11])];

/// The functions `(a x + b) mod 16` of section 3, in the order of section 8.
const FUNCTIONS: [(u64, u64); 5] = [(3, 5), (13, 7), (5, 9), (11, 4), (7, 2)];

#[test]
fn signatures_and_band_keys_of_the_example_are_true() {
    let design = read("DESIGN.md");
    for (number, (id, set)) in EXAMPLE.iter().enumerate() {
        let signature = FUNCTIONS.map(|(a, b)| set.iter().map(|x| (a * x + b) % 16).min().expect("four elements"));
        let [first, second, third, fourth, _] = signature;
        let list = |numbers: &[u64]| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let keys = format!("`{first:x}{second:x}` | `{third:x}{fourth:x}`");
        let row = format!("| {number} | `{id}` | {} | {} | {keys} |", list(set), list(&signature));
        assert!(design.contains(&row), "DESIGN.md has not {row}");
    }
}

#[test]
fn pairs_and_clusters_of_the_example_are_true() -> Result<(), Box<dyn Error>> {
    let scheme = Scheme::builder().custom_features("example").num_hashes(64).build()?;
    let builder = SimilarityJoin::builder(&scheme).threshold(0.5).bucket_limit(2).banding(Banding::new(64, 1)?);
    let mut join = builder.build()?;
    join.push_all(EXAMPLE.map(|(id, set)| Document::features(id, set)))?;
    let found = join.finish()?;
    let pairs = |max_group: usize| -> Vec<_> {
        found.all_pairs(max_group).iter().map(|pair| (*pair.left, *pair.right, pair.jaccard())).collect()
    };
    assert_eq!(pairs(1), [("wire", "post", 0.6), ("wire", "echo", 1.0), ("post", "mail", 0.6)]);
    assert_eq!(pairs(2), [("wire", "post", 0.6), ("wire", "echo", 1.0), ("post", "mail", 0.6), ("post", "echo", 0.6)]);
    let clusters = found.clusters(Clustering::Leader, Keep::First);
    assert_eq!(clusters.len(), 1);
    let members: Vec<_> = clusters[0].members().iter().map(|member| (member.document, member.jaccard())).collect();
    assert_eq!((*clusters[0].representative(), members), ("wire", vec![("post", Some(0.6)), ("echo", Some(1.0))]));
    assert!(found.stats().oversized_buckets > 0);
    Ok(())
}
