//! Removing common shingles separates texts of one template, and keeps stories together, in the sample corpus.

use std::fs;
use std::path::Path;

use twinprint::boilerplate::{CommonShingles, ShingleCounts};
use twinprint::{Scheme, ShingleSet};

/// Returns the word 3-grams of the sample texts whose numbers begin with one of these prefixes.
fn sets(prefixes: &[&str]) -> Vec<ShingleSet> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/news");
    let mut paths: Vec<_> = fs::read_dir(folder).expect("there").map(|entry| entry.expect("listed").path()).collect();
    paths.sort();
    let shingler = Scheme::news().shingler().expect("text");
    let named = |path: &&std::path::PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.ends_with(".txt") && prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    paths.iter().filter(named).map(|path| shingler.set(&fs::read_to_string(path).expect("readable"))).collect()
}

fn common(sets: &[ShingleSet]) -> CommonShingles {
    let mut counts = ShingleCounts::new(&Scheme::news());
    sets.iter().for_each(|set| counts.add(set));
    counts.common(0.2, 3).expect("valid")
}

/// Counts the pairs that reach a threshold.
fn pairs(sets: &[ShingleSet], threshold: f64) -> usize {
    let later =
        |(i, left): (usize, &ShingleSet)| sets[i + 1..].iter().filter(|right| left.jaccard(right) >= threshold).count();
    sets.iter().enumerate().map(later).sum()
}

#[test]
fn templates_are_told_apart_and_stories_stay_together() {
    let templates = sets(&["04"]);
    assert_eq!(templates.len(), 10);
    let common = common(&templates);
    let scheme = Scheme::news();
    let without = |sets: &[ShingleSet]| -> Vec<ShingleSet> {
        sets.iter().map(|set| common.remove_from(&scheme, set).expect("one scheme")).collect()
    };
    let rare = without(&templates);
    for (threshold, before) in [(0.1, 9), (0.2, 6), (0.3, 2)] {
        assert_eq!((pairs(&templates, threshold), pairs(&rare, threshold)), (before, 0), "{threshold}");
    }
    let stories = sets(&["00", "01", "02"]);
    for threshold in [0.3, 0.4, 0.5] {
        let found = pairs(&stories, threshold);
        assert!(found >= 10);
        assert_eq!(pairs(&without(&stories), threshold), found, "{threshold}");
    }
}
