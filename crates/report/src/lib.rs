//! What a deduplication found, and why: as one HTML page that needs nothing else, and as JSON.
//!
//! A [`Report`] is plain values, which a caller fills; [`Comparison::of`], [`Repetition::of`] and [`Cluster::of`] fill most of them
//! from texts and results of the library. [`Report::write_html`] writes the page, [`Report::write_json`] the values.
//!
//! ```
//! use twinprint::Scheme;
//! use twinprint::passages::PassageRules;
//! use twinprint_report::{Comparison, Report};
//!
//! let wire = ("wire", "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.");
//! let post = ("post", "SKELBY — The ferry to Skelby was cancelled on Monday because of high winds, the operator said.");
//! let compared = Comparison::of(&Scheme::news(), wire, post, PassageRules::default())?;
//! let mut report = Report::new("Two texts").setting("scheme", "news").count("pairs", 1);
//! report.similarities.push(compared.jaccard);
//! report.pairs.push(compared.called("near-duplicate", "A place was put before it."));
//! report.texts.extend([wire, post].map(|(id, text)| (id.to_string(), text.to_string())));
//! let page = report.to_html()?;
//! assert!(page.starts_with("<!DOCTYPE html>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The JSON
//!
//! One object: the fields of [`Report`] and of the types in it, under their names here, in this order. [`SCHEMA`] is its version.
//! Places in texts are byte offsets into the UTF-8 form of the text, `[start, end]` with the end left out. What may be missing is
//! `null`. In outline:
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
//!              "words": [{"left": [[4, 9]], "right": [[13, 18], [40, 45]]}]}],
//!   "containments": [],
//!   "repetitions": [{"id": "wire", "tokens": 15, "repeated": 0, "passages": [{"earlier": [0, 9], "later": [20, 29]}]}],
//!   "texts": {"wire": "The ferry …", "post": "SKELBY — The ferry …"}
//! }
//! ```
//!
//! # The page
//!
//! It opens from a file, in any current browser. Its data are JSON in it; a small script makes the tables and, when a row is
//! opened, the texts of that row. Texts are only ever set as text, so nothing in them is run or becomes markup, and the page's
//! policy forbids every script and style but its own.

mod charts;
mod compare;
mod embed;
mod excerpt;
mod model;
mod page;

pub use compare::Named;
pub use model::{
    Cluster, Comparison, Count, Curve, Estimated, Member, RepeatedPassage, Repetition, Report, SCHEMA, Setting,
    SharedPassage, SharedWord, Shingles, Span,
};
