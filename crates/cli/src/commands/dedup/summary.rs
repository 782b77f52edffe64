//! What a run says of itself: its summary and its closing line.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use twinprint::dedup::{LimitExceeded, RemovalCounts};
use twinprint_documents::{Inputs, SplitCounts};

use super::Destination;
use super::cluster_statistics::ClusterStatistics;
use super::passages::count_found;
use crate::corpus::Joined;
use crate::messages::counted;
use crate::relations::RelationCounts;
use crate::settings::Settings;

/// The blank documents of a run.
#[derive(Clone, Copy)]
pub(super) struct Blank {
    pub(super) documents: u64,
    /// Whether they were removed.
    pub(super) removed: bool,
}

/// A run whose results are written.
pub(super) struct Done {
    pub(super) summary: Value,
    pub(super) counts: SplitCounts,
    /// Copies of earlier documents, if texts were compared.
    pub(super) copies: Option<u64>,
    /// Documents with the set of another one. Copies are among them.
    pub(super) equal_sets: u64,
    /// Whether whole groups are kept or removed, so that copies may be kept.
    pub(super) removes_groups: bool,
    pub(super) blank: Blank,
    /// Kept documents from which a passage was cut.
    pub(super) cut: u64,
    pub(super) clusters: u64,
    pub(super) rejected: u64,
    pub(super) against: Option<AgainstSummary>,
    /// What the closing line says of the index.
    pub(super) history: String,
    /// The pairs by their relation, if they were judged.
    pub(super) relations: Option<RelationCounts>,
    /// Why a limit was not applied that would have stopped the run.
    pub(super) not_applied: Option<&'static str>,
    /// The file name of the kept documents.
    pub(super) kept: String,
    /// The name of the file that tells of the rejected records.
    pub(super) bad: String,
}

impl Done {
    /// Returns the closing line.
    pub(super) fn said(&self, to: &Destination<'_>, time: Duration) -> String {
        let Self { counts, copies, cut, clusters, rejected, bad, history, .. } = self;
        let cut = if *cut > 0 { format!(" ({cut} of them cut)") } else { String::new() };
        let in_bad = match to.stream {
            _ if *rejected == 0 => String::new(),
            None => format!(", {rejected} rejected, in {bad}"),
            Some(_) => format!(", {rejected} rejected"),
        };
        let against = self.against.as_ref().map(AgainstSummary::said).unwrap_or_default();
        let relations = self.relations.as_ref().map(|counts| format!("; pairs: {}", counts.said())).unwrap_or_default();
        let not_applied = self.not_applied.map(|why| format!("; {why}")).unwrap_or_default();
        // The index has no texts, so that nothing is known of copies of its documents.
        let within = if history.is_empty() { "" } else { " within the batch" };
        let same = same_shingles(*copies, self.equal_sets) + within;
        let (removed_blank, kept_blank) = match self.blank {
            Blank { documents: 0, .. } => (None, String::new()),
            Blank { documents, removed: true } => (Some(format!("{documents} blank")), String::new()),
            Blank { documents: 1, removed: false } => (None, "; 1 kept document is blank".to_string()),
            Blank { documents, removed: false } => (None, format!("; {documents} kept documents are blank")),
        };
        // Of groups, copies are kept or removed as the group is, so they are no part of what is removed.
        let removed = match (self.removes_groups, removed_blank) {
            (false, blank) => {
                format!(" ({})", [Some(same), blank].into_iter().flatten().collect::<Vec<_>>().join(", "))
            }
            (true, Some(blank)) => format!(" ({blank}), {same} found"),
            (true, None) => format!(", {same} found"),
        };
        let place = match to.stream {
            None => format!("see {}", to.folder.display()),
            Some(_) => "the kept ones were written".to_string(),
        };
        format!(
            "{}: {} kept{cut}, {} removed{removed}{in_bad}, \
             {}{kept_blank}{relations}{against}{history}{not_applied}; {:.1} s; {place}",
            counted(counts.kept + counts.removed, "document", "documents"),
            counts.kept,
            counts.removed,
            counted(*clusters, "cluster", "clusters"),
            time.as_secs_f64()
        )
    }
}

/// Says how many documents are copies, and how many others have the shingles of an earlier one.
fn same_shingles(copies: Option<u64>, equal_sets: u64) -> String {
    let Some(copies) = copies else { return format!("{equal_sets} with the same shingles") };
    let more = match equal_sets.saturating_sub(copies) {
        0 => String::new(),
        others => format!(", {others} more with the same shingles"),
    };
    counted(copies, "copy", "copies") + &more
}

/// The corpus of `--against`, and how much of it was found.
pub(super) struct AgainstSummary {
    inputs: Vec<String>,
    documents: u64,
    bytes: u64,
    found: u64,
    /// Documents with a passage that holds one of its texts, and the number of these passages.
    documents_with_passages: u64,
    passages: u64,
    too_short: u64,
    /// Whether its texts were searched for inside documents.
    inside: bool,
}

impl AgainstSummary {
    pub(super) fn new(against: &Inputs, joined: &Joined, inside: bool) -> Result<Self> {
        let read = &joined.read;
        Ok(Self {
            inputs: against.paths().map(Path::to_string_lossy).map(String::from).collect(),
            documents: read.against.into(),
            bytes: read.against_bytes,
            found: count_found(joined)?,
            documents_with_passages: read.passages.chunk_by(|a, b| a.document == b.document).count() as u64,
            passages: read.passages.len() as u64,
            too_short: read.too_short,
            inside,
        })
    }

    fn share(&self) -> f64 {
        self.found as f64 / self.documents.max(1) as f64
    }

    fn said(&self) -> String {
        let Self { documents, found, too_short, .. } = self;
        let too_short = if *too_short > 0 {
            format!(", {too_short} too short to be searched for inside documents")
        } else {
            String::new()
        };
        let only_whole = match self.inside || found == documents {
            true => "",
            false => " as whole documents; --contained 0.8 finds them inside longer ones too",
        };
        let share = 100.0 * self.share();
        format!("; {found} of {documents} documents of --against found ({share:.1} %){too_short}{only_whole}")
    }

    fn json(&self) -> Value {
        json!({
            "inputs": self.inputs, "documents": self.documents, "bytes": self.bytes, "found": self.found,
            "found_share": self.share(), "documents_with_passages": self.documents_with_passages, "passages": self.passages,
            "too_short": self.too_short,
        })
    }
}

/// What was written.
pub(super) struct Written<'a> {
    pub(super) counts: SplitCounts,
    /// Copies of earlier documents, if texts were compared.
    pub(super) copies: Option<u64>,
    pub(super) equal_sets: u64,
    pub(super) blank: Blank,
    pub(super) cut: u64,
    pub(super) pairs: u64,
    pub(super) relations: Option<&'a RelationCounts>,
    pub(super) files: &'a [String; 2],
}

/// Returns the summary of a run.
pub(super) fn json(
    joined: &Joined,
    settings: &Settings,
    clusters: &ClusterStatistics,
    written: &Written<'_>,
    against: Option<&AgainstSummary>,
) -> Result<Value> {
    let Written { counts, copies, equal_sets, blank, cut, pairs, relations, files } = written;
    let stats = joined.pairs.stats();
    let mut summary = json!({
        "documents": counts.kept + counts.removed, "kept": counts.kept, "removed": counts.removed, "cut": cut,
        "set_aside": joined.read.rejected,
        "empty": stats.empty, "blank": blank.documents, "blank_removed": blank.removed, "copies": copies,
        "same_shingles": equal_sets.saturating_sub(copies.unwrap_or(0)), "clusters": clusters.count, "pairs": pairs,
        "threshold": settings.threshold, "scheme": settings.scheme()?.description().trim().replace('\n', ", "),
        "contained": settings.contained, "keep": settings.keep, "group": settings.group,
        "largest_clusters": clusters.largest, "least_jaccard": clusters.least_jaccard,
        "candidates": stats.candidates, "compared": stats.compared, "verified": stats.verified,
        "oversized_buckets": stats.oversized_buckets, "pairs_passed_over": stats.pairs_passed_over,
        "min_recall_of_buckets": stats.min_recall(), "contained_too_common": stats.contained_too_common,
        "bytes": joined.read.bytes, "files": files, "plan": joined.comparison, "against": against.map(AgainstSummary::json),
    });
    if let Some(relations) = relations {
        summary["relations"] = relations.json();
    }
    Ok(summary)
}

/// Says which limit was not applied, though it would have stopped the run if there were more documents.
pub(super) fn not_applied(removals: &RemovalCounts) -> Option<&'static str> {
    removals.not_applied().first().map(|limit| match limit {
        LimitExceeded::Source { .. } => "--most-of-source does not apply to a source of fewer than 100 documents",
        _ => "--most-of-corpus does not apply to fewer than 100 documents",
    })
}
