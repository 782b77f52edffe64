//! The statistics of a join, for `--verbose`.

use twinprint::join::JoinStats;

/// Describes what a join did, in the order of its steps.
pub(crate) fn text(stats: &JoinStats) -> String {
    let mut parts = vec![
        format!("{} documents ({} empty, {} copies)", stats.documents, stats.empty, stats.copies),
        format!("{} shingles", stats.shingles),
        format!("{} candidates", stats.candidates),
        format!("{} ruled out by size or signature", stats.filtered),
        format!("{} compared exactly", stats.compared),
        format!("{} verified pairs", stats.verified),
    ];
    if stats.contained_candidates > 0 {
        parts.push(format!("{} contained of {} candidates", stats.contained, stats.contained_candidates));
    }
    if stats.oversized_buckets > 0 {
        parts.push(format!(
            "{} buckets over the limit, in which {} pairs were not compared",
            stats.oversized_buckets, stats.pairs_passed_over
        ));
    }
    parts.join(", ")
}
