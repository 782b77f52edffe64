//! Makes values of a report from texts and results of the library.

use std::collections::BTreeMap;
use std::fmt::Display;

use twinprint::evidence::Evidence;
use twinprint::lsh::Banding;
use twinprint::passages::{PassageRules, RepeatedPassages, SharedPassages};
use twinprint::relation::SlotKind;
use twinprint::text::{Shingle, Shingler};
use twinprint::{Error, Scheme};

use crate::model::{
    Cluster, Comparison, Curve, Estimated, Member, RepeatedPassage, Repetition, SharedPassage, SharedWord, Shingles,
    Slot, Span,
};

/// Pairs an id with its text.
pub type TextRef<'a> = (&'a str, &'a str);

impl Comparison {
    /// Compares two texts. Leaves [`kind`](Self::kind), [`reason`](Self::reason), [`words`](Self::words) and
    /// [`slots`](Self::slots) empty.
    ///
    /// It shingles and signs both texts and finds their passages, so it is for pairs that are shown, not for finding
    /// them.
    ///
    /// ```
    /// use twinprint::{Scheme, passages::PassageRules};
    /// use twinprint_report::Comparison;
    ///
    /// let (left, right) = (("a", "the old pier burned down"), ("b", "the old pier burned again"));
    /// let compared = Comparison::new(&Scheme::news(), left, right, PassageRules::default())?;
    /// assert_eq!((compared.shingles.shared, compared.jaccard), (2, 0.5));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] if the scheme uses features of the caller instead of text.
    pub fn new(scheme: &Scheme, left: TextRef<'_>, right: TextRef<'_>, rules: PassageRules) -> Result<Self, Error> {
        let Evidence { estimate, overlap, passages, .. } = Evidence::new(scheme, left.1, right.1, rules)?;
        let (low, high) = estimate.interval(NINETY_FIVE);
        let compared = Self {
            left: left.0.to_string(),
            right: right.0.to_string(),
            jaccard: overlap.jaccard(),
            estimate: Some(Estimated { jaccard: estimate.jaccard, low, high }),
            left_in_right: overlap.left_in_right(),
            right_in_left: overlap.right_in_left(),
            shingles: Shingles { left: overlap.left(), right: overlap.right(), shared: overlap.shared() },
            ..Self::default()
        };
        Ok(compared.with_passages(&passages))
    }

    /// Replaces the shared passages, for texts that are compared by one scheme and marked by another.
    ///
    /// A scheme of content words finds rewrites. Their passages are runs of all words, which a scheme without that
    /// filter finds.
    ///
    /// ```
    /// use twinprint::passages::{PassageRules, SharedPassages};
    /// use twinprint::{Scheme, text::WordFilter};
    /// use twinprint_report::Comparison;
    ///
    /// let (left, right) = ("the old pier burned down in the night", "in the night the old pier burned down");
    /// let words = Scheme::builder().words(1).filter(WordFilter::Content).build()?;
    /// let compared = Comparison::new(&words, ("a", left), ("b", right), PassageRules::default())?;
    /// let all = Scheme::news().shingler()?;
    /// let found = SharedPassages::new(&all, left, right, PassageRules::new(3, 6)?);
    /// let marked = compared.with_passages(&found);
    /// assert_eq!((marked.jaccard, marked.passages.len(), marked.left_covered), (1.0, 2, 1.0));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
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

    /// Adds every shingle that both texts have, in the order of the left text. This is meant for shingles of one word,
    /// which are what rewrites of a story share.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint_report::Comparison;
    ///
    /// let shingler = Scheme::builder().words(1).build()?.shingler()?;
    /// let (left, right) = ("Rain and wind", "The wind, the RAIN");
    /// let compared = Comparison::default().with_words(&shingler, left, right);
    /// let words: Vec<&str> = compared.words.iter().map(|word| &left[word.left[0].start..word.left[0].end]).collect();
    /// assert_eq!(words, ["Rain", "wind"]);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn with_words(self, shingler: &Shingler, left: &str, right: &str) -> Self {
        let (lefts, mut rights) = (positions(shingler, left), positions(shingler, right));
        let mut words: Vec<SharedWord> = Vec::new();
        for (hash, left) in lefts {
            if let Some(right) = rights.remove(&hash) {
                words.push(SharedWord { left, right });
            }
        }
        words.sort_by_key(|word| word.left.first().copied());
        Self { words, ..self }
    }

    /// Adds what differs between words that agree, as a judgement of the two texts found it. The page lists it with the reason.
    ///
    /// ```
    /// use twinprint::Scheme;
    /// use twinprint::relation::{RelationRules, TextComparer};
    /// use twinprint_report::Comparison;
    ///
    /// let comparer = TextComparer::new(&Scheme::news(), RelationRules::default())?;
    /// let (left, right) = ("Shares of Orvane Bank rose 2.5 percent", "Shares of Orvane Bank rose 7.1 percent");
    /// let judged = comparer.compare(&comparer.prepare(left), &comparer.prepare(right));
    /// let slot = &Comparison::default().with_slots(&judged.slots).slots[0];
    /// assert_eq!((&left[slot.left.start..slot.left.end], slot.kind.as_str()), ("2.5", "figures"));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn with_slots(self, found: &[twinprint::relation::Slot]) -> Self {
        let slot = |slot: &twinprint::relation::Slot| Slot {
            left: slot.left.clone().into(),
            right: slot.right.clone().into(),
            kind: kind_of(slot.kind).to_string(),
        };
        Self { slots: found.iter().map(slot).collect(), ..self }
    }

    /// Sets the kind of the pair and the reason for it. The page lists and filters by the kind, so use few different
    /// ones.
    #[must_use]
    pub fn called(self, kind: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { kind: kind.into(), reason: reason.into(), ..self }
    }
}

/// Returns what a slot holds, for people.
fn kind_of(kind: SlotKind) -> &'static str {
    match kind {
        SlotKind::Figures => "figures",
        SlotKind::Names => "names",
        SlotKind::Days => "days",
        SlotKind::Mixed => "name and figure",
        _ => "words",
    }
}

/// The quantile of the normal distribution for a 95 % interval.
const NINETY_FIVE: f64 = 1.96;

/// Returns the spans of each shingle of a text, in ascending order, by the hash of the shingle.
fn positions(shingler: &Shingler, text: &str) -> BTreeMap<u64, Vec<Span>> {
    let mut positions: BTreeMap<u64, Vec<Span>> = BTreeMap::new();
    for Shingle { hash, range, .. } in shingler.shingles(text) {
        positions.entry(hash).or_default().push(range.into());
    }
    positions
}

impl Repetition {
    /// Finds the passages that a text repeats. Most texts repeat nothing, so the list is empty.
    ///
    /// ```
    /// use twinprint::{Scheme, passages::PassageRules};
    /// use twinprint_report::Repetition;
    ///
    /// let text = "All ferries are cancelled today. All ferries are cancelled today.";
    /// let found = Repetition::new(&Scheme::news().shingler()?, ("notice", text), PassageRules::new(4, 8)?);
    /// assert_eq!((found.tokens, found.repeated, found.passages.len()), (10, 5, 1));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn new(shingler: &Shingler, (id, text): TextRef<'_>, rules: PassageRules) -> Self {
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
    /// Converts a cluster of the library, with its kind and the reason why its representative was chosen. The reasons
    /// of members are written by itself.
    ///
    /// ```
    /// use twinprint::Deduplicator;
    /// use twinprint_report::Cluster;
    ///
    /// let texts = [("a", "one two three four five"), ("b", "one two three four five")];
    /// let found = Deduplicator::builder().run(texts)?;
    /// let cluster = Cluster::new(&found.clusters()[0], "copies", "the first");
    /// assert_eq!((cluster.representative.as_str(), cluster.members[0].id.as_str()), ("a", "b"));
    /// assert_eq!(cluster.members[0].reason, "the same text");
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn new<Id: Display>(
        cluster: &twinprint::Cluster<Id>,
        kind: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        let member = |member: &twinprint::Member<Id>| Member {
            id: member.document.to_string(),
            jaccard: member.jaccard(),
            reason: told(member),
        };
        Self {
            representative: cluster.representative().to_string(),
            kind: kind.into(),
            reason: reason.into(),
            members: cluster.members().iter().map(member).collect(),
        }
    }
}

/// Says in words why a document is in a cluster.
fn told<Id>(member: &twinprint::Member<Id>) -> String {
    match member.overlap {
        Some(_) if member.is_copy() => "the same text".to_string(),
        Some(_) if member.has_equal_set() => "the same shingles, in another text".to_string(),
        Some(overlap) => {
            let held = 100.0 * overlap.left_in_right();
            format!("{held:.0}\u{a0}% of its shingles are in the representative")
        }
        None => "linked through other documents".to_string(),
    }
}

impl Curve {
    /// Creates the curve of a banding, with the threshold to mark on it, 0 to 1. With a threshold outside that range
    /// the chart is left out.
    ///
    /// ```
    /// use twinprint::Banding;
    /// use twinprint_report::{Curve, Report};
    ///
    /// let mut report = Report::new("Curve");
    /// report.curve = Some(Curve::new(&Banding::new(20, 5)?, 0.5));
    /// assert!(report.to_html().is_ok_and(|page| page.contains("S-curve of 20 bands of 5 rows")));
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn new(banding: &Banding, threshold: f64) -> Self {
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
        let compared = Comparison::new(&scheme, ("a", LEFT), ("b", RIGHT), PassageRules::default()).expect("text");
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
        let texts = [
            ("a", "1 2 3 4 5 6"),
            ("b", "1 2 3 4 5 6"),
            ("c", "1 2 3 4 5 6 7 8"),
            ("d", "3 4 5 6 7 8 9 0"),
            ("e", "1 2 3 (4 5 6)"),
        ];
        let found = Deduplicator::builder().scheme(Scheme::news()).threshold(0.4).run(texts).expect("valid");
        let clusters = found.verified().clusters(Clustering::Components, Keep::First);
        let cluster = Cluster::new(&clusters[0], "copies", "the first");
        let members: Vec<_> =
            cluster.members.iter().map(|member| (member.id.as_str(), member.reason.as_str())).collect();
        let expected = [
            ("b", "the same text"),
            ("c", "67\u{a0}% of its shingles are in the representative"),
            ("d", "linked through other documents"),
            ("e", "the same shingles, in another text"),
        ];
        assert_eq!((cluster.representative.as_str(), members), ("a", expected.to_vec()));
        assert_eq!(cluster.members[2].jaccard, None);
    }

    #[test]
    fn what_a_text_repeats_is_there_twice() {
        let text = format!("{LEFT} And now: {LEFT}");
        let shingler = Scheme::news().shingler().expect("text");
        let repetition = Repetition::new(&shingler, ("page", &text), PassageRules::default());
        assert_eq!((repetition.tokens, repetition.repeated), (30, 14));
        let RepeatedPassage { earlier, later } = repetition.passages[0];
        assert_eq!(text[earlier.start..earlier.end], text[later.start..later.end]);
        assert_eq!(Repetition::new(&shingler, ("page", LEFT), PassageRules::default()).passages, []);
    }
}
