//! Reports what a deduplication found and why, as one self-contained HTML page and as JSON.
//!
//! A [`Report`] consists of plain values, which the caller fills. [`Comparison::new`], [`Repetition::new`] and
//! [`Cluster::new`] make most of them from texts and results of the library. [`Report::write_html`] writes the page,
//! [`Report::write_json`] the values.
//!
//! ```
//! use twinprint::Scheme;
//! use twinprint::passages::PassageRules;
//! use twinprint_report::{Comparison, Report};
//!
//! let wire = ("wire", "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.");
//! let post = ("post", "SKELBY — The ferry to Skelby was cancelled on Monday because of high winds, the operator said.");
//! let compared = Comparison::new(&Scheme::news(), wire, post, PassageRules::default())?;
//! let mut report = Report::new("Two texts").setting("scheme", "news").count("pairs", 1);
//! report.similarities.push(compared.jaccard);
//! report.pairs.push(compared.called("near-duplicate", "The second adds a dateline."));
//! report.texts.extend([wire, post].map(|(id, text)| (id.to_string(), text.to_string())));
//! let page = report.to_html()?;
//! assert!(page.starts_with("<!DOCTYPE html>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The JSON
//!
//! The JSON is one object with the fields of [`Report`] and of the types in it, under the same names and in the same
//! order. [`SCHEMA`] is its version. Spans of texts are byte offsets into their UTF-8 form, `[start, end]`, where `end`
//! is exclusive. An optional value that is missing is `null`. In outline:
//!
//! ```json
//! {
//!   "schema": 1,
//!   "title": "Two texts",
//!   "settings": [{"name": "threshold", "value": "0.5"}],
//!   "summary": [{"name": "pairs", "count": 1}],
//!   "curve": {"bands": 20, "rows": 5, "threshold": 0.5},
//!   "similarities": [0.93],
//!   "clusters": [{"representative": "wire", "kind": "copies", "reason": "the longest",
//!                 "members": [{"id": "post", "jaccard": 0.93, "reason": "93 % of its shingles are in the representative"}]}],
//!   "pairs": [{"left": "wire", "right": "post", "kind": "near-duplicate", "reason": "",
//!              "jaccard": 0.93, "estimate": {"jaccard": 0.92, "low": 0.88, "high": 0.95},
//!              "left_in_right": 1.0, "right_in_left": 0.93, "shingles": {"left": 13, "right": 14, "shared": 13},
//!              "left_covered": 1.0, "right_covered": 0.94,
//!              "passages": [{"left": [0, 84], "right": [9, 94]}],
//!              "words": [{"left": [[4, 9]], "right": [[13, 18], [40, 45]]}],
//!              "slots": [{"left": [45, 51], "right": [54, 61], "kind": "days"}]}],
//!   "containments": [],
//!   "repetitions": [{"id": "wire", "tokens": 15, "repeated": 0, "passages": [{"earlier": [0, 9], "later": [20, 29]}]}],
//!   "texts": {"wire": "The ferry …", "post": "SKELBY — The ferry …"}
//! }
//! ```
//!
//! # The page
//!
//! The page opens from a file, in any current browser. It holds its data as JSON; a small script makes the tables and,
//! when a row is opened, shows the texts of that row. Texts are only ever inserted as text, so nothing in them runs or
//! becomes markup. The content security policy of the page forbids every script and style except its own.

mod charts;
mod compare;
mod embed;
mod excerpt;
mod model;
mod page;

pub use compare::TextRef;
pub use model::{
    Cluster, Comparison, Count, Curve, Estimated, Member, RepeatedPassage, Repetition, Report, SCHEMA, Setting,
    SharedPassage, SharedWord, Shingles, Slot, Span,
};
