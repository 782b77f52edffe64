//! Compares two texts and names their relation.

use super::Relation;
use super::alignment::differences;
use super::headlines::{Headlines, is_below};
use super::judgement::{AlignedWords, Judgement};
use super::other_passages::have_other_passages;
use super::prepared::{PreparedText, Shinglers};
use super::replacements::replacements;
use super::rules::RelationRules;
use super::shared_quotes;
use super::slots::{Rest, slots};
use crate::corpus_statistics::CorpusStatistics;
use crate::error::Error;
use crate::scheme::{FeatureScheme, Normalization, Scheme, Tokenization, WordFilter};
use crate::set::{Overlap, ShingleSet};

/// Compares pairs of texts, and says what the two are to one another.
///
/// It is meant for pairs that a join or an index has found. It takes near-linear time in the length of the texts.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::relation::{Relation, RelationRules, TextComparer};
///
/// let comparer = TextComparer::new(&Scheme::news(), RelationRules::default())?;
/// let monday = "Tarrow fish market, Monday: cod 512 a box, plaice 340 a box, 1,120 boxes landed by nine boats.";
/// let tuesday = "Tarrow fish market, Tuesday: cod 498 a box, plaice 355 a box, 860 boxes landed by seven boats.";
/// let judged = comparer.compare(&comparer.prepare(monday), &comparer.prepare(tuesday));
/// assert_eq!(judged.relation, Relation::Template);
/// let filled: Vec<&str> = judged.slots.iter().map(|slot| &tuesday[slot.right.clone()]).collect();
/// assert_eq!(filled[..2], ["Tuesday", "498"]);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TextComparer<'a> {
    rules: RelationRules,
    scheme: Scheme,
    shinglers: Shinglers,
    statistics: Option<&'a CorpusStatistics>,
}

impl<'a> TextComparer<'a> {
    /// Creates a comparer without corpus statistics. Phrases are the shingles of the scheme. Words are aligned under its
    /// normalization, without case.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a rule is outside its range, [`Error::NoTextFeatures`] if the scheme has custom features.
    pub fn new(scheme: &Scheme, rules: RelationRules) -> Result<Self, Error> {
        let normalization = match scheme.features() {
            FeatureScheme::Text(text) => text.normalization().fold_case(true),
            FeatureScheme::Custom(_) => Normalization::default(),
        };
        let single = |tokenization| Scheme::builder().tokenization(tokenization).tokens(1).normalization(normalization);
        let words = single(Tokenization::Words);
        let shinglers = Shinglers {
            phrases: scheme.shingler()?,
            content: words.clone().filter(WordFilter::Content).build()?.shingler()?,
            words: words.build()?.shingler()?,
            words_and_signs: single(Tokenization::WordsAndSigns).build()?.shingler()?,
        };
        Ok(Self { rules: rules.checked()?, scheme: scheme.clone(), shinglers, statistics: None })
    }

    /// Adds the statistics of the corpus that the texts are from. They tell rare phrases from those of a template.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if they were made under another scheme.
    pub fn with_statistics(self, statistics: &'a CorpusStatistics) -> Result<Self, Error> {
        statistics.scheme().check_same(&self.scheme)?;
        Ok(Self { statistics: Some(statistics), ..self })
    }

    /// Prepares a text, so that it can be compared with many others.
    #[must_use]
    pub fn prepare(&self, text: &str) -> PreparedText {
        PreparedText::new(text, &self.shinglers)
    }

    /// Compares two texts that [`prepare`](Self::prepare) made.
    #[must_use]
    pub fn compare(&self, left: &PreparedText, right: &PreparedText) -> Judgement {
        let differences = differences(&left.words, &right.words);
        let differing: f64 = differences.iter().map(|difference| left.length(&difference.left)).sum();
        let phrases = left.phrases.overlap(&right.phrases);
        let rare = self.statistics.map(|statistics| self.rare(statistics, left, right));
        let (slots, rest) = slots(left, right, &differences);
        let mut judgement = Judgement {
            relation: Relation::Unrelated,
            phrases,
            words: AlignedWords { left: left.words(), right: right.words(), shared: left.words() - differing },
            slots,
            replacements: replacements(left, right, &differences),
            quotes: shared_quotes::shared(left, right),
            specifics: left.specifics(right, usize::MAX).overlap(&right.specifics(left, usize::MAX)),
            numbers: left.numbers().overlap(&right.numbers()),
            figures: left.figures().min(right.figures()),
            shared_lead: self.shared_lead(left, right),
            rare,
            background: rare.map(|rare| background(phrases, rare)),
        };
        let is_copy = left.says_the_same_as(right);
        let headlines = Headlines::new(left, right, &judgement.slots, &differences);
        judgement.relation =
            if is_copy { Relation::Copy } else { self.decide(&judgement, &rest, headlines, [left, right]) };
        if !is_copy && judgement.relation.is_duplicate() && have_other_passages(left, right, &differences) {
            judgement.relation = judgement.background_or_unrelated(&self.rules);
        }
        if !is_copy && judgement.relation.is_duplicate() && headlines.have_other_subjects {
            judgement.relation = judgement.template_or_background(&self.rules);
        }
        judgement
    }

    /// Decides on the relation of two texts that are no copies.
    fn decide(
        &self,
        judgement: &Judgement,
        rest: &Rest,
        headlines: Headlines,
        [left, right]: [&PreparedText; 2],
    ) -> Relation {
        let has_case = left.has_case && right.has_case;
        let decide = |judgement: &Judgement| judgement.decide(&self.rules, rest, headlines, has_case);
        let relation = decide(judgement);
        if relation.is_duplicate() || !headlines.are_reworded {
            return relation;
        }
        let mut below = judgement.clone();
        below.slots.retain(|slot| is_below(slot, left, right));
        Some(decide(&below)).filter(|of_below| of_below.is_duplicate()).unwrap_or(relation)
    }

    /// Returns the rare shingles of two texts and those that they share.
    fn rare(&self, statistics: &CorpusStatistics, left: &PreparedText, right: &PreparedText) -> Overlap {
        let is_rare = |hash: &u64| statistics.shingle_frequency(*hash) <= self.rules.max_rare_documents;
        let rare = |text: &PreparedText| -> ShingleSet { text.phrases.iter().copied().filter(is_rare).collect() };
        rare(left).overlap(&rare(right))
    }

    /// Returns the share of the names and figures in each lead that the other text has, the smaller of both.
    fn shared_lead(&self, left: &PreparedText, right: &PreparedText) -> f64 {
        let share = |of: &PreparedText, within: &PreparedText| {
            let (lead, all) = (of.specifics(within, self.rules.lead_words), within.specifics(of, usize::MAX));
            let weight = |hashes: &mut dyn Iterator<Item = &u64>| hashes.map(|hash| self.weight(*hash)).sum::<f64>();
            let shared = weight(&mut lead.iter().filter(|hash| all.contains(**hash)));
            if shared > 0.0 { shared / weight(&mut lead.iter()) } else { 0.0 }
        };
        share(left, right).min(share(right, left))
    }

    /// Returns the inverse document frequency of a word (K. Sparck Jones 1972), or 1 without statistics.
    fn weight(&self, word: u64) -> f64 {
        self.statistics.map_or(1.0, |statistics| {
            let (documents, having) = (statistics.documents(), statistics.word_frequency(word));
            libm::log((documents as f64 + 2.0) / (having.min(documents) as f64 + 1.0))
        })
    }
}

/// Returns the share of the common shingles that are not rare.
fn background(phrases: Overlap, rare: Overlap) -> f64 {
    let common = phrases.shared().saturating_sub(rare.shared());
    if phrases.shared() == 0 { 0.0 } else { common as f64 / phrases.shared() as f64 }
}
