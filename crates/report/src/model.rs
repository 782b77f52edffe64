//! What a report says: plain values, as they are written to JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The version of the JSON that this crate writes. A field that is added does not change it; one that changes its meaning does.
pub const SCHEMA: u32 = 1;

/// All that a report says. Every list may be empty; the page shows no section for it then.
///
/// Texts are named by their ids, which are unique. A comparison whose texts are not in [`texts`](Self::texts) is listed, but cannot
/// be looked into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The heading of the page.
    pub title: String,
    /// What the run was asked to do, in the order shown.
    pub settings: Vec<Setting>,
    /// How many there are of what, in the order shown.
    pub summary: Vec<Count>,
    /// The banding that found the pairs.
    pub curve: Option<Curve>,
    /// The Jaccard similarities of all pairs that were compared exactly or found, 0 to 1, in any order: for the histogram, and for
    /// the points on the S-curve.
    pub similarities: Vec<f64>,
    /// What belongs together, and what stands for it.
    pub clusters: Vec<Cluster>,
    /// The pairs that were found.
    pub pairs: Vec<Comparison>,
    /// Texts that stand inside others: the inner text on the left, the outer on the right.
    pub containments: Vec<Comparison>,
    /// Texts that say something more than once.
    pub repetitions: Vec<Repetition>,
    /// The texts by their ids.
    pub texts: BTreeMap<String, String>,
}

/// A setting of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name, such as "threshold".
    pub name: String,
    /// Its value as people read it.
    pub value: String,
}

/// A number of things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// What is counted, such as "texts".
    pub name: String,
    /// How many there are.
    pub count: u64,
}

/// The banding of a run, for the S-curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Bands.
    pub bands: u32,
    /// Rows of each band.
    pub rows: u32,
    /// The least Jaccard similarity of a pair that is reported, 0 to 1.
    pub threshold: f64,
}

/// Texts that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// The id of the text that stands for all of them.
    pub representative: String,
    /// What the texts are to one another, in a word or two of the caller's.
    pub kind: String,
    /// Why this one stands for them, and what becomes of the others: a few words.
    pub reason: String,
    /// The others.
    pub members: Vec<Member>,
}

/// A text of a cluster that is not its representative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its id.
    pub id: String,
    /// Its exact Jaccard similarity to the representative, 0 to 1; none where only a chain of pairs leads there.
    pub jaccard: Option<f64>,
    /// Why it is in the cluster: a few words.
    pub reason: String,
}

/// Two texts, and what they have in common.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The id of the left text; of a containment the inner one.
    pub left: String,
    /// The id of the right text; of a containment the outer one.
    pub right: String,
    /// What the two are to one another, in a word or two of the caller's: the page lists and filters by it.
    pub kind: String,
    /// Why they are called so: a sentence, or nothing.
    pub reason: String,
    /// The exact Jaccard similarity of their shingles, 0 to 1.
    pub jaccard: f64,
    /// What the signatures say of it.
    pub estimate: Option<Estimated>,
    /// The share of the left text's shingles that the right text has, 0 to 1.
    pub left_in_right: f64,
    /// The share of the right text's shingles that the left text has, 0 to 1.
    pub right_in_left: f64,
    /// Different shingles, counted.
    pub shingles: Shingles,
    /// The share of the left text's tokens that stand in shared passages, 0 to 1.
    pub left_covered: f64,
    /// The share of the right text's tokens that stand in shared passages, 0 to 1.
    pub right_covered: f64,
    /// What both say word for word.
    pub passages: Vec<SharedPassage>,
    /// Single words that both have, where that is what makes them alike.
    pub words: Vec<SharedWord>,
}

/// A Jaccard similarity as signatures estimate it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimated {
    /// The estimate, 0 to 1.
    pub jaccard: f64,
    /// The lower end of the interval that holds the true one in 95 of 100 cases.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How many different shingles two texts have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shingles {
    /// Those of the left text.
    pub left: usize,
    /// Those of the right text.
    pub right: usize,
    /// Those of both.
    pub shared: usize,
}

/// A passage that two texts share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedPassage {
    /// Where the left text has it.
    pub left: Span,
    /// Where the right text has it.
    pub right: Span,
}

/// A word that two texts share, and every place where they have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedWord {
    /// Its places in the left text.
    pub left: Vec<Span>,
    /// Its places in the right text.
    pub right: Vec<Span>,
}

/// What one text says more than once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repetition {
    /// The id of the text.
    pub id: String,
    /// Tokens of the text.
    pub tokens: usize,
    /// Tokens that it has said before.
    pub repeated: usize,
    /// What it says again.
    pub passages: Vec<RepeatedPassage>,
}

/// A passage that a text has had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatedPassage {
    /// Where it stands before.
    pub earlier: Span,
    /// Where it stands again.
    pub later: Span,
}

/// Bytes of a text (of its UTF-8 form), written as `[start, end]`: from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(usize, usize)", into = "(usize, usize)")]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl From<(usize, usize)> for Span {
    fn from((start, end): (usize, usize)) -> Self {
        Self { start, end }
    }
}

impl From<Span> for (usize, usize) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

impl Report {
    /// A report that says nothing yet.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            schema: SCHEMA,
            title: title.into(),
            settings: Vec::new(),
            summary: Vec::new(),
            curve: None,
            similarities: Vec::new(),
            clusters: Vec::new(),
            pairs: Vec::new(),
            containments: Vec::new(),
            repetitions: Vec::new(),
            texts: BTreeMap::new(),
        }
    }

    /// Adds a setting, its value as people read it.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push(Setting { name: name.into(), value: value.into() });
        self
    }

    /// Adds a number to the summary.
    #[must_use]
    pub fn count(mut self, name: impl Into<String>, count: u64) -> Self {
        self.summary.push(Count { name: name.into(), count });
        self
    }

    /// Writes the whole report as JSON: one object whose fields are those of this type, in their order. Numbers that are not
    /// finite are written as `null`.
    ///
    /// # Errors
    /// Where `out` fails.
    pub fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut out, self)?;
        out.flush()
    }
}
