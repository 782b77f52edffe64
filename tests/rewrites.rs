//! Rewrites of one story in the sample corpus, compared with its labels.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use twinprint::lsh::Banding;
use twinprint::rewrites::RewriteRules;
use twinprint::text::{Normalization, UnicodeForm, WordFilter};
use twinprint::{Scheme, ShingleSet};

/// Returns the names of the sample texts, the sets of their content words, and the labelled pairs.
fn sample() -> (Vec<String>, Vec<ShingleSet>, BTreeSet<(String, String)>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/news");
    let paths = fs::read_dir(&folder).expect("there").map(|entry| entry.expect("listed").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "txt")).collect();
    paths.sort();
    let loose = Normalization::default().form(UnicodeForm::Nfkc).strip_marks(true).drop_punctuation(true);
    let words = Scheme::builder().words(1).normalization(loose).filter(WordFilter::Content).spaceless_tokens(3);
    let shingler = words.build().expect("valid").shingler().expect("text");
    let name = |path: &std::path::PathBuf| path.file_stem().expect("named").to_string_lossy().into_owned();
    let sets = paths.iter().map(|path| shingler.set(&fs::read_to_string(path).expect("readable"))).collect();
    let labels = fs::read_to_string(folder.join("labels.tsv")).expect("readable");
    let pair = |line: &str| line.split('\t').take(2).map(str::to_string).collect::<Vec<_>>();
    let labels = labels.lines().skip(1).map(pair).map(|pair| (pair[0].clone(), pair[1].clone()));
    (paths.iter().map(name).collect(), sets, labels.collect())
}

#[test]
fn rare_words_find_the_labelled_pairs() {
    let (names, sets, labels) = sample();
    let banding = Banding::for_threshold(0.11).recall(0.99).num_hashes(256).background(0.03).documents(70).plan();
    let banding = banding.expect("reachable");
    let similarities = (0..sets.len()).flat_map(|i| sets[i + 1..].iter().map(move |right| (i, right)));
    let banded: f64 = similarities.map(|(i, right)| banding.probability(sets[i].jaccard(right))).sum();
    for (limit, least, most) in [(8, 3, 0.45), (12, 4, 0.4), (20, 5, 0.5)] {
        let found = RewriteRules::new(0.11, limit, least).expect("valid").find(&sets);
        let pairs: BTreeSet<(String, String)> =
            found.pairs.iter().map(|pair| (names[pair.left].clone(), names[pair.right].clone())).collect();
        assert!(labels.is_subset(&pairs), "{limit} {least}");
        assert!((found.candidates as f64) < most * banded, "{} candidates, {banded} by banding", found.candidates);
    }
}
