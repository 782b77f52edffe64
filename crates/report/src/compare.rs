//! Reports filled by the library.

use std::collections::BTreeMap;
use std::fmt::Display;

use twinprint::evidence::Evidence;
use twinprint::lsh::Banding;
use twinprint::passages::{PassageRules, RepeatedPassages, SharedPassages};
use twinprint::text::{Shingle, Shingler};
use twinprint::{Error, Overlap, Reason, Scheme};

use crate::model::{
    Cluster, Comparison, Curve, Estimated, Member, RepeatedPassage, Repetition, SharedPassage, SharedWord, Shingles,
    Span,
};

/// An id and its text.
pub type Named<'a> = (&'a str, &'a str);

impl Comparison {
    /// Compares two texts: everything but [`kind`](Self::kind), [`reason`](Self::reason) and [`words`](Self::words).
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] where the scheme's features are the caller's own.
    pub fn of(scheme: &Scheme, left: Named<'_>, right: Named<'_>, rules: PassageRules) -> Result<Self, Error> {
        let Evidence { estimate, overlap, passages, .. } = Evidence::new(scheme, left.1, right.1, rules)?;
        let (low, high) = estimate.interval(NINETY_FIVE);
        let Overlap { left: of_left, right: of_right, shared } = overlap;
        let compared = Self {
            left: left.0.to_string(),
            right: right.0.to_string(),
            jaccard: overlap.jaccard(),
            estimate: Some(Estimated { jaccard: estimate.jaccard, low, high }),
            left_in_right: overlap.left_in_right(),
            right_in_left: overlap.right_in_left(),
            shingles: Shingles { left: of_left, right: of_right, shared },
            ..Self::default()
        };
        Ok(compared.with_passages(&passages))
    }

    /// The same with these shared passages: for texts that are compared by one scheme and marked by another.
    #[must_use]
    pub fn with_passages(self, found: &SharedPassages) -> Self {
        let passage = |passage: &twinprint::passages::Passage| SharedPassage {
            left: passage.left.clone().into(),
            right: passage.right.clone().into(),
        };
        Self {
            left_covered: found.left().share(),
            right_covered: found.right().share(),
            passages: found.passages().iter().map(passage).collect(),
            ..self
        }
    }

    /// The same with every shingle that both texts have, in the order of the left text: for shingles of one word, which are what
    /// makes rewrites alike.
    #[must_use]
    pub fn with_words(self, shingler: &Shingler, left: &str, right: &str) -> Self {
        let (places, mut others) = (Places::of(shingler, left), Places::of(shingler, right));
        let mut words: Vec<SharedWord> = Vec::new();
        for (hash, left) in places.0 {
            if let Some(right) = others.0.remove(&hash) {
                words.push(SharedWord { left, right });
            }
        }
        words.sort_by_key(|word| word.left.first().copied());
        Self { words, ..self }
    }

    /// The same, called this for this reason.
    #[must_use]
    pub fn called(self, kind: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { kind: kind.into(), reason: reason.into(), ..self }
    }
}

/// Standard deviations on either side that hold 95 of 100 cases.
const NINETY_FIVE: f64 = 1.96;

/// Where a text has each of its shingles, in ascending order.
struct Places(BTreeMap<u64, Vec<Span>>);

impl Places {
    fn of(shingler: &Shingler, text: &str) -> Self {
        let mut places: BTreeMap<u64, Vec<Span>> = BTreeMap::new();
        for Shingle { hash, range } in shingler.shingles(text) {
            places.entry(hash).or_default().push(range.into());
        }
        Self(places)
    }
}

impl Repetition {
    /// Finds what a text says more than once. Most texts repeat nothing; the list is empty then.
    #[must_use]
    pub fn of(shingler: &Shingler, (id, text): Named<'_>, rules: PassageRules) -> Self {
        let found = RepeatedPassages::new(shingler, text, rules);
        let passage = |passage: &twinprint::passages::RepeatedPassage| RepeatedPassage {
            earlier: passage.earlier.clone().into(),
            later: passage.later.clone().into(),
        };
        Self {
            id: id.to_string(),
            tokens: found.coverage().tokens,
            repeated: found.coverage().shared,
            passages: found.passages().iter().map(passage).collect(),
        }
    }
}

impl Cluster {
    /// A cluster of the library, of this kind, with the reason why its representative stands for it.
    #[must_use]
    pub fn of<Id: Display>(
        cluster: &twinprint::Cluster<Id>,
        kind: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        let member = |duplicate: &twinprint::Duplicate<Id>| {
            let (jaccard, reason) = told(&duplicate.reason);
            Member { id: duplicate.id.to_string(), jaccard, reason }
        };
        Self {
            representative: cluster.representative().to_string(),
            kind: kind.into(),
            reason: reason.into(),
            members: cluster.duplicates().iter().map(member).collect(),
        }
    }
}

/// A reason in words, with the similarity to the representative.
fn told<Id: Display>(reason: &Reason<Id>) -> (Option<f64>, String) {
    match reason {
        Reason::Copy => (Some(1.0), "the same shingles".to_string()),
        Reason::Similar(overlap) => {
            let held = 100.0 * overlap.left_in_right();
            (Some(overlap.jaccard()), format!("{held:.0}\u{a0}% of its shingles are in the representative"))
        }
        Reason::Linked { via, overlap } => (None, format!("linked through {via}, jaccard {:.3}", overlap.jaccard())),
        // The library may come to know more of them.
        _ => (None, "similar".to_string()),
    }
}

impl Curve {
    /// The curve of a banding.
    #[must_use]
    pub fn of(banding: &Banding, threshold: f64) -> Self {
        Self { bands: banding.bands(), rows: banding.rows(), threshold }
    }
}

#[cfg(test)]
mod tests {
    use twinprint::{Clustering, Deduplicator, Keep};

    use super::*;

    const LEFT: &str = "Nobody was hurt in the storm that closed the harbour. The ferry is late.";
    const RIGHT: &str = "Ferry late: nobody was hurt in the storm that closed the harbour!";

    #[test]
    fn a_comparison_holds_what_the_library_says() {
        let scheme = Scheme::news();
        let compared = Comparison::of(&scheme, ("a", LEFT), ("b", RIGHT), PassageRules::default()).expect("text");
        let evidence = Evidence::new(&scheme, LEFT, RIGHT, PassageRules::default()).expect("text");
        assert_eq!((compared.left.as_str(), compared.right.as_str()), ("a", "b"));
        assert_eq!(compared.shingles, Shingles { left: 12, right: 10, shared: 8 });
        assert_eq!(compared.jaccard, evidence.overlap.jaccard());
        assert_eq!((compared.left_in_right, compared.right_in_left), (8.0 / 12.0, 0.8));
        let estimated = compared.estimate.expect("signed");
        assert_eq!((estimated.low, estimated.high), evidence.estimate.interval(NINETY_FIVE));
        let SharedPassage { left, right } = compared.passages[0];
        assert_eq!(&LEFT[left.start..left.end], "Nobody was hurt in the storm that closed the harbour");
        assert_eq!(&RIGHT[right.start..right.end], "nobody was hurt in the storm that closed the harbour");
        assert_eq!((compared.left_covered, compared.right_covered), (10.0 / 14.0, 10.0 / 12.0));
        assert_eq!(compared.passages.len(), 1);
    }

    #[test]
    fn words_are_found_wherever_they_are() {
        let shingler = Scheme::builder().words(1).build().and_then(|scheme| scheme.shingler()).expect("valid");
        let (left, right) = ("Rain, wind and rain", "The wind; the RAIN");
        let words = Comparison::default().with_words(&shingler, left, right).words;
        let told = |text: &str, spans: &[Span]| -> Vec<String> {
            spans.iter().map(|span| text[span.start..span.end].to_string()).collect()
        };
        let words: Vec<_> = words.iter().map(|word| (told(left, &word.left), told(right, &word.right))).collect();
        let told_of = |words: &[&str]| words.iter().map(|word| (*word).to_string()).collect::<Vec<_>>();
        let expected = [(told_of(&["Rain", "rain"]), told_of(&["RAIN"])), (told_of(&["wind"]), told_of(&["wind"]))];
        assert_eq!(words, expected);
    }

    #[test]
    fn every_reason_is_told() {
        let texts = [("a", "1 2 3 4 5 6"), ("b", "1 2 3 4 5 6"), ("c", "1 2 3 4 5 6 7 8"), ("d", "3 4 5 6 7 8 9 0")];
        let found = Deduplicator::builder().scheme(Scheme::news()).threshold(0.4).run(texts).expect("valid");
        let clusters = found.verified().clusters(Clustering::Components, Keep::First);
        let cluster = Cluster::of(&clusters[0], "copies", "the first");
        let members: Vec<_> =
            cluster.members.iter().map(|member| (member.id.as_str(), member.reason.as_str())).collect();
        let expected = [
            ("b", "the same shingles"),
            ("c", "67\u{a0}% of its shingles are in the representative"),
            ("d", "linked through c, jaccard 0.500"),
        ];
        assert_eq!((cluster.representative.as_str(), members), ("a", expected.to_vec()));
        assert_eq!(cluster.members[2].jaccard, None);
    }

    #[test]
    fn what_a_text_repeats_is_there_twice() {
        let text = format!("{LEFT} And now: {LEFT}");
        let shingler = Scheme::news().shingler().expect("text");
        let repetition = Repetition::of(&shingler, ("page", &text), PassageRules::default());
        assert_eq!((repetition.tokens, repetition.repeated), (30, 14));
        let RepeatedPassage { earlier, later } = repetition.passages[0];
        assert_eq!(text[earlier.start..earlier.end], text[later.start..later.end]);
        assert_eq!(Repetition::of(&shingler, ("page", LEFT), PassageRules::default()).passages, []);
    }
}
