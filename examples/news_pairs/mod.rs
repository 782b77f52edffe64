//! Judges pairs of texts, and places them in tiers.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;
use twinprint::corpus_statistics::CorpusStatistics;
use twinprint::relation::{Judgement, PreparedText, Relation, RelationRules, TextComparer};
use twinprint::{Overlap, Scheme, ShingleSet};

/// Two texts, by their numbers.
pub(super) type Numbers = (usize, usize);

/// The memory of the corpus statistics.
const STATISTICS: usize = 32 << 20;
/// The least share of a text's phrases that background has. Rewrites share some too, such as quotes.
const BACKGROUND: f64 = 0.2;
/// The least share of figures in prices, results and weather: every twelfth word. Stories have fewer.
const FULL_OF_FIGURES: f64 = 1.0 / 12.0;
/// A text this many times as long as another is a page of many articles, not a version of it.
const MUCH_LONGER: f64 = 4.0;

/// A pair of texts, and what the two are to one another.
pub(super) struct Row {
    pub(super) left: String,
    pub(super) right: String,
    /// The content words that both have.
    pub(super) content: Overlap,
    pub(super) judgement: Judgement,
    pub(super) tier: Tier,
}

/// What a pair is to a reader.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Tier {
    NearDuplicate,
    Contained,
    SameStory,
    Template,
}

impl Tier {
    /// Places a pair, or returns `None` for one that is not reported.
    pub(super) fn of(judgement: &Judgement) -> Option<Self> {
        match judgement.relation {
            Relation::Copy | Relation::Edit => Some(Self::NearDuplicate),
            Relation::Contained => Some(Self::Contained),
            Relation::Template => Some(Self::Template),
            Relation::Background if judgement.phrases.containment() >= BACKGROUND => None,
            _ => {
                let (left, right) = (judgement.words.left, judgement.words.right);
                let is_page = left.max(right) > MUCH_LONGER * left.min(right);
                (!is_page && judgement.figures < FULL_OF_FIGURES).then_some(Self::SameStory)
            }
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::NearDuplicate => "near-duplicate",
            Self::Contained => "contained",
            Self::SameStory => "same-story",
            Self::Template => "template",
        }
    }
}

/// Counts the phrases and words of a corpus, each distinct text once.
pub(super) fn statistics(
    scheme: &Scheme,
    texts: &[String],
    phrases: &[ShingleSet],
) -> Result<CorpusStatistics, twinprint::Error> {
    let words = Scheme::builder().words(1).build()?.shingler()?;
    let (mut statistics, mut seen) = (CorpusStatistics::new(scheme, STATISTICS)?, HashSet::new());
    for (text, phrases) in texts.iter().zip(phrases) {
        if seen.insert(phrases.as_slice()) {
            statistics.add_sets(phrases, &words.set(text));
        }
    }
    Ok(statistics)
}

/// Says what the two texts of each pair are to one another.
pub(super) fn judged(
    texts: &[String],
    pairs: &BTreeSet<Numbers>,
    statistics: &CorpusStatistics,
) -> Result<BTreeMap<Numbers, Judgement>, twinprint::Error> {
    let comparer = TextComparer::new(statistics.scheme(), RelationRules::default())?.with_statistics(statistics)?;
    let mut is_needed = vec![false; texts.len()];
    pairs.iter().for_each(|&(left, right)| (is_needed[left], is_needed[right]) = (true, true));
    let prepare = |(text, is_needed): (&String, &bool)| is_needed.then(|| comparer.prepare(text));
    let prepared: Vec<Option<PreparedText>> = texts.par_iter().zip(&is_needed).map(prepare).collect();
    let judge = |&(left, right): &Numbers| {
        Some(((left, right), comparer.compare(prepared[left].as_ref()?, prepared[right].as_ref()?)))
    };
    Ok(pairs.par_iter().filter_map(judge).collect())
}
