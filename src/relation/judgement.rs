//! What two texts are to one another, and why.

use super::Relation;
use super::headlines::Headlines;
use super::replacements::Replacements;
use super::rules::RelationRules;
use super::shared_quotes::SharedQuote;
use super::slots::{Rest, Slot, SlotKind};
use crate::set::Overlap;

/// Fewer rare shingles than this tell nothing: one changed word breaks three.
const FEW_RARE: usize = 6;

/// A long text with this many slots is a form if they replace more than [`MAX_CONFLICT_OF_MANY`] of its names and figures.
const MANY_SLOTS: usize = 3;
const MAX_CONFLICT_OF_MANY: f64 = 1.0 / 3.0;
/// The maximum number of different figures that are corrected at once. A long form has more of them.
const MAX_CORRECTIONS: usize = 3;
/// Two replacements are corrections. Those at several places weigh two.
const MIN_REPLACEMENTS: usize = 2;
const MIN_WEIGHT_OF_REPLACEMENTS: usize = 3;
/// This many repeated replacements are no matter of wording.
const MIN_REPEATED: usize = 2;
/// This many replaced passages are other answers to the same questions.
const MIN_PASSAGES: usize = 3;
/// This many other names and other figures are no corrections.
const MIN_OTHER_OF_ITEM: usize = 2;
/// This many labels with other values are a form that is filled in anew.
const MIN_FIELDS: usize = 2;
/// A list of this many items in the place of other ones is a form that is filled in anew.
const MIN_ITEMS: usize = 3;
/// The maximum share of the words of a notice of another day that neither are the same nor name what is another.
const MAX_REST_OF_NOTICE: f64 = 0.1;
/// The maximum number of words of a notice for each of these, or for each item of a list.
const MAX_WORDS_OF_NOTICE: f64 = 70.0;
/// The maximum number of words of such a text for each passage or label.
const MAX_WORDS_PER_PART: f64 = 100.0;
/// Updates of a running story have few figures, and share names.
const MAX_FIGURES_OF_UPDATE: f64 = 0.2;
const MIN_NAMES_OF_UPDATE: usize = 2;
/// The maximum share of words outside slots that only one of two texts has, such as a note on the correction.
const MAX_ADDED: f64 = 0.2;
/// The maximum share of shingles that are not rare among those of a corrected text.
const MAX_BACKGROUND_OF_CORRECTION: f64 = 0.5;
/// The same for texts that share quotes.
const MAX_BACKGROUND_OF_QUOTES: f64 = 0.5;

/// What two texts are to one another, with the reasons that were found.
///
/// Left and right are those of [`TextComparer::compare`](super::TextComparer::compare). With sides swapped the relation is
/// the same and the reasons are swapped.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Judgement {
    /// What the two are to one another.
    pub relation: Relation,
    /// The shingles of both, and those that they share.
    pub phrases: Overlap,
    /// The words of both, and the number that they have in the same order. A letter of a script that is written without
    /// spaces counts as half a word.
    pub words: AlignedWords,
    /// Where the two have different names, figures or days between words that agree.
    pub slots: Vec<Slot>,
    /// The words that replace others, whatever they are.
    pub replacements: Replacements,
    /// What both texts quote: passages of at least five words in quotation marks.
    pub quotes: Vec<SharedQuote>,
    /// The distinct names and figures of both, and those that they share.
    pub specifics: Overlap,
    /// The distinct figures and number words of both, and those that they share.
    pub numbers: Overlap,
    /// The share of figures and number words among the words, the smaller of both: about half in a table of prices.
    pub figures: f64,
    /// The names and figures of the beginnings, and those that the other text has: the smaller of both shares.
    pub shared_lead: f64,
    /// The rare shingles of both, and those that they share; only with corpus statistics.
    pub rare: Option<Overlap>,
    /// The share of the common shingles that more documents have than a rare one; only with corpus statistics.
    pub background: Option<f64>,
}

/// The words of two texts, and those that agree in order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AlignedWords {
    /// The number of words of the left text.
    pub left: f64,
    /// The number of words of the right text.
    pub right: f64,
    /// The number of words that both have in the same order.
    pub shared: f64,
}

impl AlignedWords {
    /// Returns the shared part of the shorter text, 0 to 1. It is 0 if a text has no words.
    #[must_use]
    pub fn share(&self) -> f64 {
        let shorter = self.shorter();
        if shorter > 0.0 { (self.shared / shorter).min(1.0) } else { 0.0 }
    }

    fn shorter(&self) -> f64 {
        self.left.min(self.right)
    }
}

impl Judgement {
    /// Returns the number of words of the shorter text for each slot. It is infinite without slots.
    ///
    /// A slot that is the subject counts twice.
    #[must_use]
    pub fn words_per_slot(&self) -> f64 {
        let subjects = self.slots.iter().filter(|slot| slot.is_subject).count();
        match self.slots.len() + subjects {
            0 => f64::INFINITY,
            slots => self.words.shorter() / slots as f64,
        }
    }

    /// Returns the share of slots among the slots and the shared names and figures, 0 to 1.
    ///
    /// Corrections change one figure of many. Two items of one template agree in few names and figures.
    #[must_use]
    pub fn conflict(&self) -> f64 {
        let slots = self.slots.len() as f64;
        if self.slots.is_empty() { 0.0 } else { slots / (slots + self.specifics.shared() as f64) }
    }

    /// Decides on the relation by the reasons. Copies are known before.
    pub(super) fn decide(&self, rules: &RelationRules, rest: &Rest, headlines: Headlines, has_case: bool) -> Relation {
        if headlines.are_apart {
            return self.background_or_unrelated(rules);
        }
        let is_form = self.is_form(rules, has_case) || self.is_of_other_day(rest, has_case);
        if !is_form && self.is_correction(rules, rest) {
            return Relation::Edit;
        }
        let shorter = self.words.shorter();
        let length_ratio = self.words.left.max(self.words.right) / shorter.max(0.5);
        let is_other_table =
            self.figures >= rules.min_figures_of_table && self.slots.iter().any(|slot| slot.kind == SlotKind::Figures);
        let is_other_day = shorter < rules.short_words && self.slots.iter().any(|slot| slot.kind == SlotKind::Days);
        let speaks_against = is_form || is_other_table || is_other_day || self.has_other_figures(rules);
        let is_contained = length_ratio > rules.max_length_ratio;
        // A long form has few slots for its words, but hardly a name or figure stays the same.
        let replaces_most = self.slots.len() >= MANY_SLOTS && self.conflict() > MAX_CONFLICT_OF_MANY;
        let few_slots = self.words_per_slot() >= rules.words_per_slot && !speaks_against && !replaces_most;
        if !speaks_against && self.is_edit(rules, few_slots, length_ratio) {
            return if is_contained { Relation::Contained } else { Relation::Edit };
        }
        // The report of the next day says the same of the same people. Forms of two days differ in more than the day.
        let is_follow_up = is_other_day && self.has_only(SlotKind::Days) && self.shared_lead >= rules.min_shared_lead;
        if is_follow_up {
            return Relation::SameStory;
        }
        if !few_slots && !is_contained && self.words.share() >= rules.min_aligned_template {
            return if self.is_update(rules, headlines) { Relation::SameStory } else { Relation::Template };
        }
        if self.shared_lead >= rules.min_shared_lead || self.quotes_one_source(rules) {
            return Relation::SameStory;
        }
        self.background_or_unrelated(rules)
    }

    pub(super) fn template_or_background(&self, rules: &RelationRules) -> Relation {
        if self.words.share() >= rules.min_aligned_template {
            return Relation::Template;
        }
        self.background_or_unrelated(rules)
    }

    pub(super) fn background_or_unrelated(&self, rules: &RelationRules) -> Relation {
        if self.phrases.shared() >= rules.min_background { Relation::Background } else { Relation::Unrelated }
    }

    /// Returns whether a running story is told again under a new headline, with figures that have risen since.
    ///
    /// A form has the same headline each time, or is full of figures.
    fn is_update(&self, rules: &RelationRules, headlines: Headlines) -> bool {
        let names = self.specifics.shared().saturating_sub(self.numbers.shared());
        headlines.are_of_other_figures
            && self.figures < MAX_FIGURES_OF_UPDATE
            && self.numbers.shared() > 0
            && names >= MIN_NAMES_OF_UPDATE
            && self.shared_lead >= rules.min_shared_lead
    }

    /// Returns whether a few figures of a prose text were corrected, and the rest is word for word the same.
    ///
    /// A form that is filled in twice differs in its date or its headline, too, or is full of figures.
    fn is_correction(&self, rules: &RelationRules, rest: &Rest) -> bool {
        let shorter = self.words.shorter();
        let few = (1..=MAX_CORRECTIONS).contains(&rest.replacements)
            && shorter >= rules.words_per_correction * rest.replacements as f64;
        let is_prose = self.figures < rules.max_figures_of_prose;
        let is_one_kind = self.has_only(SlotKind::Figures) || self.slots.len() == 1 && self.has_only(SlotKind::Days);
        let (less, more) = (rest.left.min(rest.right), rest.left.max(rest.right));
        // A day that is no slot, such as "tomorrow", only shows as a reworded place.
        let word_for_word = less <= 0.0 && more <= MAX_ADDED * shorter;
        // What many documents say is a form, however little differs in two of them.
        let is_form = self.background.is_some_and(|background| background > MAX_BACKGROUND_OF_CORRECTION);
        few && is_prose && is_one_kind && word_for_word && !is_form
    }

    /// Returns whether the texts differ in too many places for an edit: they are one form, filled in twice.
    ///
    /// Synonyms are replacements, too. Where case tells names from them, only repeated ones count: an edit seldom replaces two words
    /// wherever they are.
    fn is_form(&self, rules: &RelationRules, has_case: bool) -> bool {
        let Replacements { distinct, repeated, in_headline, passages, fields, items } = self.replacements;
        let (shorter, weight) = (self.words.shorter(), distinct + repeated + passages);
        let are_many = distinct + passages >= MIN_REPLACEMENTS
            && weight >= MIN_WEIGHT_OF_REPLACEMENTS
            && shorter < rules.words_per_replacement * weight as f64;
        let is_interview = passages >= MIN_PASSAGES && shorter < MAX_WORDS_PER_PART * passages as f64;
        let is_filled_in = fields >= MIN_FIELDS && shorter < MAX_WORDS_PER_PART * fields as f64;
        // A brief item is little more than what is replaced in it.
        let is_brief = !has_case && shorter < rules.words_per_slot_if_alike * distinct as f64;
        // A notice that is sent out for one company after another names it in the headline and below.
        let is_of_another = in_headline > 0 && self.slots.iter().any(|slot| slot.is_subject);
        let is_of_other_list = items >= MIN_ITEMS && shorter < MAX_WORDS_OF_NOTICE * items as f64;
        are_many && (!has_case || repeated >= MIN_REPEATED)
            || is_of_other_list
            || in_headline >= MIN_REPEATED
            || is_of_another
            || is_interview
            || is_filled_in
            || is_brief
    }

    /// Returns whether the texts are a notice of two days: word for word the same, except the day and what else is another on it. Only
    /// without case, the day is a replacement of its own.
    fn is_of_other_day(&self, rest: &Rest, has_case: bool) -> bool {
        let replaced = self.slots.len().max(if has_case { 0 } else { self.replacements.distinct });
        let has_day = self.slots.iter().any(|slot| slot.kind == SlotKind::Days);
        let has_other = self.slots.iter().any(|slot| slot.kind != SlotKind::Days) || !has_case && replaced > 1;
        let shorter = self.words.shorter();
        let is_short = shorter < MAX_WORDS_OF_NOTICE * replaced as f64;
        has_day && has_other && is_short && rest.left.max(rest.right) <= MAX_REST_OF_NOTICE * shorter
    }

    /// Returns whether several names are others and several figures, as in the next item of a form.
    fn is_of_other_item(&self) -> bool {
        let are_many = |kind| self.slots.iter().filter(|slot| slot.kind == kind).count() >= MIN_OTHER_OF_ITEM;
        are_many(SlotKind::Names) && are_many(SlotKind::Figures)
    }

    fn has_only(&self, kind: SlotKind) -> bool {
        self.slots.iter().all(|slot| slot.kind == kind)
    }

    /// Returns whether two short texts differ in figures and share few: the same report on two days.
    fn has_other_figures(&self, rules: &RelationRules) -> bool {
        let slots = self.slots.iter().filter(|slot| slot.kind == SlotKind::Figures).count() as f64;
        let is_short = self.words.shorter() < rules.short_words;
        is_short && slots > 0.0 && slots / (slots + self.numbers.shared() as f64) >= rules.max_figure_conflict
    }

    /// Returns whether both texts quote the same words, and their leads have something in common. A quote that many documents have is
    /// background.
    fn quotes_one_source(&self, rules: &RelationRules) -> bool {
        let words: usize = self.quotes.iter().map(|quote| quote.words).sum();
        let is_background = self.background.is_some_and(|background| background > MAX_BACKGROUND_OF_QUOTES);
        words >= rules.min_quoted_words && self.shared_lead >= rules.min_shared_lead_if_quoted && !is_background
    }

    /// Returns whether one text has most of the other, and the names and figures do not speak against it.
    fn is_edit(&self, rules: &RelationRules, few_slots: bool, length_ratio: f64) -> bool {
        let contained = self.phrases.containment();
        let aligned = self.words.share() >= rules.min_aligned;
        let alike = self.words_per_slot() >= rules.words_per_slot_if_alike
            && self.conflict() <= rules.max_conflict
            && !self.slots.iter().any(|slot| slot.is_subject)
            && !self.is_of_other_item();
        // Moved paragraphs are not aligned, but leave more shingles than a new article with old passages does.
        let is_same_text = contained >= rules.min_containment && aligned || contained >= rules.min_containment_if_moved;
        // A few changes break most shingles of a short item. A headline shares as few with the article that follows it.
        let is_corrected =
            contained >= rules.min_containment_if_alike && aligned && length_ratio <= rules.max_length_ratio_if_alike;
        // Wire copy is sent again in other words, but begins with the same names and figures.
        let is_brief = self.words.shorter() < rules.brief_words && self.shared_lead >= rules.min_shared_lead_of_brief;
        let is_resent = contained >= rules.min_containment_if_alike
            && self.words.share() >= rules.min_aligned_of_brief
            && length_ratio <= rules.max_length_ratio_if_alike
            && is_brief;
        let has_rare = self.rare.is_none_or(|rare| {
            rare.left().min(rare.right()) < FEW_RARE || rare.containment() >= rules.min_rare_containment
        });
        has_rare && (is_same_text && (few_slots || alike) || (is_corrected || is_resent) && alike)
    }
}
