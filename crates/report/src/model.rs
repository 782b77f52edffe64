//! The values of a report, as they are written to JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The version of the JSON that this crate writes. It grows when a field changes its meaning, not when a field is added.
pub const SCHEMA: u32 = 1;

/// Holds a report: plain values, which the caller fills. If a list is empty, the page has no section for it.
///
/// Texts are named by unique ids. A comparison whose texts are not in [`texts`](Self::texts) is listed, but cannot
/// be opened. So a report of very many pairs may leave texts out; the page shortens long ones by itself.
///
/// ```
/// use twinprint_report::{Report, SCHEMA};
///
/// let report = Report::new("Nothing found").setting("threshold", "0.5").count("texts", 12).count("pairs", 0);
/// assert_eq!((report.schema, report.settings.len(), report.summary[0].count), (SCHEMA, 1, 12));
/// let mut json = Vec::new();
/// report.write_json(&mut json)?;
/// let read: Report = serde_json::from_slice(&json)?;
/// assert_eq!(read, report);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// The version of the JSON: [`SCHEMA`].
    pub schema: u32,
    /// The heading of the page.
    pub title: String,
    /// The settings of the run, in the order shown.
    pub settings: Vec<Setting>,
    /// The counts of the summary, in the order shown.
    pub summary: Vec<Count>,
    /// The banding that found the pairs, for the S-curve. `None` leaves the chart out.
    pub curve: Option<Curve>,
    /// The Jaccard similarities of pairs, 0 to 1, in any order, for the histogram and for the points on the S-curve.
    pub similarities: Vec<f64>,
    /// The clusters, in the order shown.
    pub clusters: Vec<Cluster>,
    /// The pairs that were found.
    pub pairs: Vec<Comparison>,
    /// The texts contained in others: the inner text on the left, the outer text on the right.
    pub containments: Vec<Comparison>,
    /// The texts that repeat passages of their own.
    pub repetitions: Vec<Repetition>,
    /// The texts by their ids.
    pub texts: BTreeMap<String, String>,
}

/// Holds a setting of the run; added by [`Report::setting`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Setting {
    /// The name, such as "threshold".
    pub name: String,
    /// The value, for people to read.
    pub value: String,
}

/// Holds a count of the summary; added by [`Report::count`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Count {
    /// What is counted, such as "texts".
    pub name: String,
    /// The number.
    pub count: u64,
}

/// Holds the banding of a run, for the S-curve: the probability that a pair becomes a candidate, over its
/// similarity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The number of bands.
    pub bands: u32,
    /// The number of rows per band.
    pub rows: u32,
    /// The least Jaccard similarity of a reported pair, 0 to 1.
    pub threshold: f64,
}

/// Holds a cluster of texts; [`Cluster::new`] has an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// The id of the representative.
    pub representative: String,
    /// The relation between the texts, in a word or two of the caller's choice.
    pub kind: String,
    /// Why this representative was chosen, and what becomes of the others, in a few words.
    pub reason: String,
    /// The other texts.
    pub members: Vec<Member>,
}

/// Holds a text of a cluster that is not its representative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The id of the text.
    pub id: String,
    /// Its exact Jaccard similarity to the representative, 0 to 1; `None` if only a chain of pairs connects the two.
    pub jaccard: Option<f64>,
    /// Why it is in the cluster, in a few words.
    pub reason: String,
}

/// Holds a comparison of two texts: of a pair in [`Report::pairs`], or of an inner and an outer text in
/// [`Report::containments`].
///
/// [`Comparison::new`] fills it from two texts. The default is a comparison of nothing, to fill by hand when the
/// texts are not at hand:
///
/// ```
/// use twinprint_report::{Comparison, Report, Shingles};
///
/// let mut report = Report::new("From a table of pairs");
/// report.pairs.push(Comparison {
///     left: "a".into(),
///     right: "b".into(),
///     jaccard: 0.75,
///     shingles: Shingles { left: 40, right: 30, shared: 30 },
///     ..Comparison::default()
/// });
/// assert!(report.to_html()?.contains("\"jaccard\":0.75"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The id of the left text, which is the inner text of a containment.
    pub left: String,
    /// The id of the right text, which is the outer text of a containment.
    pub right: String,
    /// The relation between the two, in a word or two of the caller's choice. The page lists and filters by it.
    pub kind: String,
    /// The reason for the kind, as a sentence, or empty.
    pub reason: String,
    /// The exact Jaccard similarity of their shingles, 0 to 1.
    pub jaccard: f64,
    /// The Jaccard similarity as the signatures estimate it, if there are signatures.
    pub estimate: Option<Estimated>,
    /// The share of the left text's shingles that the right text has, 0 to 1.
    pub left_in_right: f64,
    /// The share of the right text's shingles that the left text has, 0 to 1.
    pub right_in_left: f64,
    /// The numbers of distinct shingles.
    pub shingles: Shingles,
    /// The share of the left text's tokens that are in shared passages, 0 to 1.
    pub left_covered: f64,
    /// The share of the right text's tokens that are in shared passages, 0 to 1.
    pub right_covered: f64,
    /// The passages that both have word for word.
    pub passages: Vec<SharedPassage>,
    /// The single words that both have, if they are compared by words.
    pub words: Vec<SharedWord>,
    /// What differs between words that agree, if the pair was judged; see [`Comparison::with_slots`].
    #[serde(default)]
    pub slots: Vec<Slot>,
}

/// Holds a Jaccard similarity estimated by signatures, with its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimated {
    /// The estimate, 0 to 1.
    pub jaccard: f64,
    /// The lower end of the 95 % confidence interval.
    pub low: f64,
    /// The upper end of the 95 % confidence interval.
    pub high: f64,
}

/// Holds the numbers of distinct shingles of two texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shingles {
    /// Shingles of the left text.
    pub left: usize,
    /// Shingles of the right text.
    pub right: usize,
    /// Shingles of both.
    pub shared: usize,
}

/// Holds a passage that two texts share, word for word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedPassage {
    /// Its span in the left text.
    pub left: Span,
    /// Its span in the right text.
    pub right: Span,
}

/// Holds a word that two texts share, with all of its occurrences; see [`Comparison::with_words`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedWord {
    /// Its spans in the left text.
    pub left: Vec<Span>,
    /// Its spans in the right text.
    pub right: Vec<Span>,
}

/// Holds a place where two texts have different names, figures or days between words that agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its span in the left text.
    pub left: Span,
    /// Its span in the right text.
    pub right: Span,
    /// What it holds: "figures", "names", "days", or "name and figure".
    pub kind: String,
}

/// Holds the repeated passages of a text; [`Repetition::new`] has an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repetition {
    /// The id of the text.
    pub id: String,
    /// The number of tokens of the text.
    pub tokens: usize,
    /// The number of tokens in passages that occurred before.
    pub repeated: usize,
    /// The repeated passages.
    pub passages: Vec<RepeatedPassage>,
}

/// Holds a passage that a text repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatedPassage {
    /// The span of the earlier occurrence.
    pub earlier: Span,
    /// The span of the later occurrence.
    pub later: Span,
}

/// Holds a range of bytes of a text in UTF-8, written to JSON as `[start, end]`. The end is exclusive.
///
/// Programs in languages that index text by characters or by UTF-16 units must convert it.
///
/// ```
/// use twinprint_report::Span;
///
/// let text = "Straße";
/// let span = Span::from(4..6);
/// assert_eq!(&text[span.start..span.end], "ß");
/// assert_eq!((Span::from((4, 6)), <(usize, usize)>::from(span)), (span, (4, 6)));
/// ```
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
    /// Creates an empty report with this title.
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

    /// Adds a setting, whose value is for people to read. Settings are shown in the order in which they were added, and
    /// a name may come several times.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push(Setting { name: name.into(), value: value.into() });
        self
    }

    /// Adds a count to the summary. Counts are shown in the order in which they were added.
    #[must_use]
    pub fn count(mut self, name: impl Into<String>, count: u64) -> Self {
        self.summary.push(Count { name: name.into(), count });
        self
    }

    /// Writes the whole report as one JSON object with the fields of this type, in their order. Numbers that are not
    /// finite become `null`.
    ///
    /// Unlike the page it leaves nothing out. The crate's documentation has an outline of it.
    ///
    /// # Errors
    /// If writing to `out` fails.
    pub fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut out, self)?;
        out.flush()
    }
}
