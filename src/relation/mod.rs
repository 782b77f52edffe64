//! What two similar texts are to one another: a copy, an edit, a template filled in twice, a story, or background.
//!
//! A join finds pairs that share many shingles. It cannot tell an article that was edited from a form that was filled in
//! twice: two market reports of one form share more than two editions of one article. A [`TextComparer`] can, by what
//! differs:
//!
//! ```
//! use twinprint::Scheme;
//! use twinprint::relation::{Relation, RelationRules, TextComparer};
//!
//! let comparer = TextComparer::new(&Scheme::news(), RelationRules::default())?;
//! let relation = |left: &str, right: &str| {
//!     comparer.compare(&comparer.prepare(left), &comparer.prepare(right)).relation
//! };
//! let first = "Skelby, March 3. The ferry to Orvane was cancelled on Monday because of high winds, the operator said. \
//!     Passengers were taken to the mainland by bus.";
//! let edited = "The ferry to Orvane was cancelled on Monday because of high winds, the operator said. Passengers were \
//!     taken to the mainland by bus and train.";
//! assert_eq!(relation(first, edited), Relation::Edit);
//! assert_eq!(relation(first, first), Relation::Copy);
//!
//! let dividend = "Orvane Mills sets quarterly dividend of 12 cents, payable April 10, record March 27.";
//! let another = "Skelby Steel sets quarterly dividend of 30 cents, payable April 17, record March 31.";
//! assert_eq!(relation(dividend, another), Relation::Template);
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # How it decides
//!
//! 1. The words of both are aligned in order (Myers 1986). Equal sequences are a [`Copy`](Relation::Copy). Blank texts are
//!    [`Unrelated`](Relation::Unrelated), also to one another.
//! 2. A difference of at most eight words a side is a [`Slot`] if both sides hold a figure, a number word or a name. Figures
//!    that are one amount, such as "9.1 mln" and "9,100,000", make no slot. Other weekdays or months are a slot, too.
//!    Slots in headlines do not speak against an edit if these share few words, and each has a word that stands below it again.
//! 3. Enough shared shingles and few slots make an [`Edit`](Relation::Edit), or [`Contained`](Relation::Contained) if one
//!    text is much longer. Corrections of short items have a slot in a dozen words, but agree in nearly all of their names
//!    and figures, and in what comes first. A few other figures in prose that is word for word the same are a correction,
//!    and so is another day. A short item that names another day and is worded differently is a follow-up. Texts that agree except
//!    in a day and another name or figure, or in a list of names, are notices of two events, and a template.
//! 4. Words that neither text has but in the place of those of the other one are [`Replacements`]. Two of them at all their
//!    places, two in both headlines and below, or many for the length of the texts are a form, whatever the script; so are
//!    other answers to the same questions, other values of two labels such as "Severity:", and one other name that both begin with and
//!    that stands in both headlines and below. One that is corrected at all of its other places is not.
//! 5. Other texts whose words are mostly the same, with slots or replacements between them, are a
//!    [`Template`](Relation::Template).
//!    What is left as an edit is [`Background`](Relation::Background) if a passage of 15 words and a tenth of the text stands in the place
//!    of another one with which it has hardly a word in common, or if neither text tells of its headline: two articles in the frame of one page.
//!    It is a template, or background, if the headlines differ and each names what only its own text tells of. A line above the headline
//!    of one of the two, such as "Draft", is no other headline.
//! 6. Texts whose leads share names and figures, or fewer of them and a quote, are one [`SameStory`](Relation::SameStory).
//!    Others that share phrases have [`Background`](Relation::Background) in common.
//!
//! # With and without corpus statistics
//!
//! Two texts alone tell whether words, names and figures agree. They do not tell whether other articles have the same
//! passages. So without [`CorpusStatistics`](crate::corpus_statistics::CorpusStatistics),
//! [`Background`](Relation::Background) only means that passages are shared and that the leads name other things, and
//! [`Judgement::rare`] and [`Judgement::background`] are `None`. With statistics, shingles that many documents have are no
//! evidence in steps 3 and 6, and the share of them is known.
//! [`CorpusStatistics::background`](crate::corpus_statistics::CorpusStatistics::background) tells which paragraphs they make
//! up.
//!
//! # Crowds
//!
//! One form may fill thousands of documents, which are millions of similar pairs. [`NearestPairs`] chooses which of them are
//! compared: each document with its most similar partners.
//!
//! # Languages
//!
//! Figures are found in every script, weekdays, months and number words in the languages of `day_names.rs` and `number_words.rs`, such
//! as English, Spanish, German, Russian, Arabic, Hindi and Chinese; a number in words agrees with any in figures there, except in
//! English. A name is a capitalised word that is not common and that neither text writes in lower case. Scripts without case have no
//! names in this sense, nor do texts in capitals or in lower case only. There any replacement may be a name, so that an edit with a
//! synonym for every 25th word is taken for a template: it is kept. In German, where every noun is capitalised, a replaced noun makes a slot.
//!
//! # Limits
//!
//! Words of lower case are not understood. A report of which an outcome is turned around ("passed" and "rejected") in a few words is an
//! edit, and so are two forms of a hundred words, such as leaflets or bulletins, that are filled in with other phrases of lower case without
//! labels. Of a running story, keep the latest report.

mod alignment;
mod anchors;
mod comparer;
mod day_names;
mod days;
mod fields;
mod figures;
#[cfg(test)]
mod form_tests;
mod headlines;
mod judgement;
mod lists;
mod nearest_pairs;
#[cfg(test)]
mod notice_tests;
mod number_words;
mod other_passages;
mod other_values;
mod prepared;
mod quotes;
mod replacements;
mod rules;
mod shared_quotes;
mod signs;
mod slots;
mod spelling;
mod subjects;
#[cfg(test)]
mod tests;
mod word_table;

pub use comparer::TextComparer;
pub use judgement::{AlignedWords, Judgement};
pub use nearest_pairs::NearestPairs;
pub use prepared::PreparedText;
pub use quotes::quotes;
pub use replacements::Replacements;
pub use rules::RelationRules;
pub use shared_quotes::SharedQuote;
pub use slots::{Slot, SlotKind};

/// What two texts are to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Relation {
    /// Both have the same words in the same order.
    Copy,
    /// One is an edited, corrected, shortened or extended version of the other.
    Edit,
    /// One is in the other, which is much longer.
    Contained,
    /// Both are one form, filled in with different names or figures.
    Template,
    /// Both tell of the same event in different articles.
    SameStory,
    /// They share passages, but tell of different events.
    Background,
    /// They have nothing in common that counts.
    Unrelated,
}

impl Relation {
    /// Returns the name as written in files: "copy", "edit", "contained", "template", "same-story", "background" or
    /// "unrelated".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Edit => "edit",
            Self::Contained => "contained",
            Self::Template => "template",
            Self::SameStory => "same-story",
            Self::Background => "background",
            Self::Unrelated => "unrelated",
        }
    }

    /// Returns whether one of the two can be left out without losing an article: copies, edits and contained texts.
    #[must_use]
    pub const fn is_duplicate(self) -> bool {
        matches!(self, Self::Copy | Self::Edit | Self::Contained)
    }
}
