//! When two texts are an edit, a template or a story: rules as plain values.

use crate::error::{Error, similarity};

/// Says when two texts are one text edited, one template filled in twice, one story, or only share background.
///
/// The defaults were chosen on judged pairs of wire copy and web news. BENCHMARKS.md tells how well they do on pairs that
/// were kept aside. [`TextComparer::new`](super::TextComparer::new) checks the values.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::relation::{RelationRules, TextComparer};
///
/// let mut rules = RelationRules::default();
/// rules.min_containment = 0.7;
/// let comparer = TextComparer::new(&Scheme::news(), rules)?;
/// rules.min_containment = 7.0;
/// assert!(TextComparer::new(&Scheme::news(), rules).is_err());
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct RelationRules {
    /// The minimum share of the shingles of the shorter text in an edit, or in a text that contains it. Defaults to 0.6.
    pub min_containment: f64,
    /// The minimum share for texts whose names and figures agree, as corrections of short items do. Defaults to 0.45.
    pub min_containment_if_alike: f64,
    /// The minimum share for texts whose words are not aligned, because paragraphs were moved. Defaults to 0.75.
    pub min_containment_if_moved: f64,
    /// The minimum share of the words of the shorter text that an edit has in the same order. Defaults to 0.7.
    pub min_aligned: f64,
    /// The same for items of fewer words than [`brief_words`](Self::brief_words) whose leads agree. Defaults to 0.65.
    pub min_aligned_of_brief: f64,
    /// The number of words from which on a text is no brief item that is sent again in other words. Defaults to 150.
    pub brief_words: f64,
    /// The minimum share of the names and figures of one lead that the other has, in such items. Defaults to 0.7.
    pub min_shared_lead_of_brief: f64,
    /// The minimum share of aligned words in a template. Defaults to 0.5.
    pub min_aligned_template: f64,
    /// The maximum number of slots of an edit, as the least number of words for each. Defaults to 30.
    pub words_per_slot: f64,
    /// The same for texts whose names and figures agree. Defaults to 15.
    pub words_per_slot_if_alike: f64,
    /// The maximum share of slots among the slots and the shared names and figures of texts that agree in them. Defaults
    /// to 0.125.
    pub max_conflict: f64,
    /// The maximum number of words that replace others in an edit, as the least number of words for each; one at several places
    /// counts twice. Defaults to 25.
    pub words_per_replacement: f64,
    /// Texts of fewer words than this must agree in their figures and days. Defaults to 100.
    pub short_words: f64,
    /// The share of slots of figures, among these and the shared figures, from which short texts do not agree. Defaults to
    /// 0.2.
    pub max_figure_conflict: f64,
    /// The minimum number of words for each corrected figure, in a text whose other words are the same. Defaults to 20.
    pub words_per_correction: f64,
    /// The share of figures among the words below which a text is prose. Only prose is corrected in a figure that nothing else
    /// depends on; prices and reports have such figures each day. Defaults to one in twelve.
    pub max_figures_of_prose: f64,
    /// The minimum share of figures among the words of a table. Two tables with a different figure are a template, filled in
    /// twice. Defaults to 0.45.
    pub min_figures_of_table: f64,
    /// How many times as long as the other a text is at most in an edit. A longer one contains the other. Defaults to 3.
    pub max_length_ratio: f64,
    /// The same for corrected items whose share of shingles only reaches
    /// [`min_containment_if_alike`](Self::min_containment_if_alike). Defaults to 2.
    pub max_length_ratio_if_alike: f64,
    /// The maximum number of documents that have a rare shingle. Only used with corpus statistics. Defaults to 10.
    pub max_rare_documents: u64,
    /// The minimum share of the rare shingles of the shorter text in an edit. Only used with corpus statistics. Defaults to
    /// 0.35.
    pub min_rare_containment: f64,
    /// The number of words at the beginning of an article that tell its story. Defaults to 80.
    pub lead_words: usize,
    /// The minimum share of the names and figures of one lead that the other has, in versions of one story. Defaults to
    /// 0.4.
    pub min_shared_lead: f64,
    /// The minimum number of words that versions of one story quote alike, if their leads share fewer names and figures. Defaults to 8.
    pub min_quoted_words: usize,
    /// The minimum share of names and figures for such texts. Defaults to 0.2.
    pub min_shared_lead_if_quoted: f64,
    /// The least number of shingles in common that count as background. Defaults to 8.
    pub min_background: usize,
}

impl Default for RelationRules {
    fn default() -> Self {
        Self {
            min_containment: 0.6,
            min_containment_if_alike: 0.45,
            min_containment_if_moved: 0.75,
            min_aligned: 0.7,
            min_aligned_of_brief: 0.65,
            brief_words: 150.0,
            min_shared_lead_of_brief: 0.7,
            min_aligned_template: 0.5,
            words_per_slot: 30.0,
            words_per_slot_if_alike: 15.0,
            max_conflict: 0.125,
            words_per_replacement: 25.0,
            short_words: 100.0,
            max_figure_conflict: 0.2,
            words_per_correction: 20.0,
            max_figures_of_prose: 1.0 / 12.0,
            min_figures_of_table: 0.45,
            max_length_ratio: 3.0,
            max_length_ratio_if_alike: 2.0,
            max_rare_documents: 10,
            min_rare_containment: 0.35,
            lead_words: 80,
            min_shared_lead: 0.4,
            min_quoted_words: 8,
            min_shared_lead_if_quoted: 0.2,
            min_background: 8,
        }
    }
}

impl RelationRules {
    /// Checks that shares are greater than 0 and at most 1, and that lengths are finite and at least 1.
    pub(super) fn checked(self) -> Result<Self, Error> {
        similarity("min_containment", self.min_containment)?;
        similarity("min_containment_if_alike", self.min_containment_if_alike)?;
        similarity("min_containment_if_moved", self.min_containment_if_moved)?;
        similarity("min_aligned", self.min_aligned)?;
        similarity("min_aligned_of_brief", self.min_aligned_of_brief)?;
        at_least_one("brief_words", self.brief_words)?;
        similarity("min_shared_lead_of_brief", self.min_shared_lead_of_brief)?;
        similarity("min_aligned_template", self.min_aligned_template)?;
        similarity("max_figure_conflict", self.max_figure_conflict)?;
        at_least_one("short_words", self.short_words)?;
        at_least_one("words_per_correction", self.words_per_correction)?;
        similarity("max_figures_of_prose", self.max_figures_of_prose)?;
        similarity("min_figures_of_table", self.min_figures_of_table)?;
        similarity("max_conflict", self.max_conflict)?;
        similarity("min_rare_containment", self.min_rare_containment)?;
        similarity("min_shared_lead", self.min_shared_lead)?;
        similarity("min_shared_lead_if_quoted", self.min_shared_lead_if_quoted)?;
        at_least_one("words_per_slot", self.words_per_slot)?;
        at_least_one("words_per_slot_if_alike", self.words_per_slot_if_alike)?;
        at_least_one("words_per_replacement", self.words_per_replacement)?;
        at_least_one("max_length_ratio", self.max_length_ratio)?;
        at_least_one("max_length_ratio_if_alike", self.max_length_ratio_if_alike)?;
        Ok(self)
    }
}

fn at_least_one(field: &'static str, value: f64) -> Result<(), Error> {
    if value.is_finite() && value >= 1.0 {
        return Ok(());
    }
    Err(Error::OutOfRange { field, value: value.to_string(), expected: "a number of at least 1" })
}
