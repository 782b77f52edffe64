//! What the page asks, and the answers.

use serde::{Deserialize, Serialize};
use twinprint::evidence::Evidence;
use twinprint::join::JoinStats;
use twinprint::passages::PassageRules;
use twinprint::{Deduplicator, Keep, Scheme};

/// Texts to deduplicate.
#[derive(Deserialize)]
pub(crate) struct Corpus {
    texts: Vec<String>,
    threshold: f64,
    scheme: String,
    keep: Keep,
}

/// What was found. Texts have numbers from 0.
#[derive(Serialize)]
pub(crate) struct Found {
    pairs: Vec<Pair>,
    clusters: Vec<Cluster>,
    kept: Vec<u32>,
    stats: JoinStats,
}

#[derive(Serialize)]
struct Pair {
    left: u32,
    right: u32,
    jaccard: f64,
    shared: usize,
}

#[derive(Serialize)]
struct Cluster {
    kept: u32,
    members: Vec<(u32, f64)>,
}

/// Two texts to compare.
#[derive(Deserialize)]
pub(crate) struct Couple {
    left: String,
    right: String,
    scheme: String,
    /// The least words of a shared passage.
    words: u32,
}

/// How two texts are alike. Passages are left start, left end, right start and right end in units of UTF-16, as JavaScript counts.
#[derive(Serialize)]
pub(crate) struct Comparison {
    jaccard: f64,
    estimate: f64,
    left_in_right: f64,
    right_in_left: f64,
    passages: Vec<[usize; 4]>,
}

pub(crate) fn find(corpus: &Corpus) -> Result<Found, String> {
    let builder = Deduplicator::builder().scheme(scheme(&corpus.scheme)?).threshold(corpus.threshold).keep(corpus.keep);
    let found = builder.run((0_u32..).zip(&corpus.texts)).map_err(|error| error.to_string())?;
    let all = found.pairs();
    let pairs = all.iter().map(|pair| Pair {
        left: *pair.left,
        right: *pair.right,
        jaccard: pair.jaccard(),
        shared: pair.overlap.shared(),
    });
    let clusters = found.clusters().iter().map(|cluster| Cluster {
        kept: *cluster.representative(),
        members: cluster
            .members()
            .iter()
            .map(|member| (member.document, member.jaccard().unwrap_or_default()))
            .collect(),
    });
    Ok(Found {
        pairs: pairs.collect(),
        clusters: clusters.collect(),
        kept: found.kept().copied().collect(),
        stats: found.stats(),
    })
}

pub(crate) fn compare(couple: &Couple) -> Result<Comparison, String> {
    let refused = |error: twinprint::Error| error.to_string();
    let rules = PassageRules::new(couple.words, couple.words.saturating_mul(2)).map_err(refused)?;
    let (left, right) = (couple.left.as_str(), couple.right.as_str());
    let found = Evidence::new(&scheme(&couple.scheme)?, left, right, rules).map_err(refused)?;
    let (mut in_left, mut in_right) = (Utf16Places::new(left), Utf16Places::new(right));
    let passages = found.passages.passages().iter().map(|passage| {
        [
            in_left.of(passage.left.start),
            in_left.of(passage.left.end),
            in_right.of(passage.right.start),
            in_right.of(passage.right.end),
        ]
    });
    Ok(Comparison {
        passages: passages.collect(),
        jaccard: found.overlap.jaccard(),
        estimate: found.estimate.jaccard,
        left_in_right: found.overlap.left_in_right(),
        right_in_left: found.overlap.right_in_left(),
    })
}

fn scheme(name: &str) -> Result<Scheme, String> {
    match name {
        "news" => Ok(Scheme::news()),
        "web" => Ok(Scheme::web()),
        "code" => Ok(Scheme::code()),
        "characters" => Scheme::builder().characters(5).num_hashes(256).build().map_err(|error| error.to_string()),
        _ => Err(format!("no scheme is called {name:?}; the schemes are news, web, code and characters")),
    }
}

/// Turns places in bytes into places in units of UTF-16. It goes on from the place before, where it can.
struct Utf16Places<'a> {
    text: &'a str,
    bytes: usize,
    units: usize,
}

impl<'a> Utf16Places<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, bytes: 0, units: 0 }
    }

    fn of(&mut self, bytes: usize) -> usize {
        if bytes < self.bytes {
            (self.bytes, self.units) = (0, 0);
        }
        let between = self.text.get(self.bytes..bytes).unwrap_or_default();
        self.units += between.encode_utf16().count();
        self.bytes = bytes;
        self.units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_readme() {
        let texts = ["A B C D", "a b c d!", "one two three four"].map(str::to_string).to_vec();
        let corpus = |scheme: &str, keep| Corpus { texts: texts.clone(), threshold: 0.5, scheme: scheme.into(), keep };
        let found = find(&corpus("news", Keep::First)).expect("valid");
        assert_eq!((found.kept, found.pairs.len(), found.clusters[0].kept), (vec![0, 2], 1, 0));
        assert_eq!(find(&corpus("news", Keep::Longest)).expect("valid").kept, [1, 2]);
        assert!(find(&corpus("none", Keep::First)).is_err_and(|error| error.contains("characters")));
    }

    #[test]
    fn passages_are_counted_as_javascript_counts() {
        let couple = Couple {
            left: "😀 the old pier burned down".into(),
            right: "é the old pier burned down".into(),
            scheme: "news".into(),
            words: 4,
        };
        assert_eq!(compare(&couple).expect("valid").passages, [[3, 27, 2, 26]]);
    }
}
