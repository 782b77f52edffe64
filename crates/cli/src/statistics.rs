//! The statistics of a join: for `--verbose`, and what users must know.

use twinprint::join::JoinStats;

/// Warns of the pairs that the limit to buckets passed over, if there are any.
pub(crate) fn passed_over(stats: &JoinStats) -> Option<String> {
    if stats.pairs_passed_over == 0 {
        return None;
    }
    // A pair counts in each bucket that both documents are in, so the sum can be more than there are pairs.
    let distinct = stats.documents - stats.empty - stats.equal_sets;
    let pairs = stats.pairs_passed_over.min(distinct * distinct.saturating_sub(1) / 2);
    Some(format!(
        "{} buckets held more documents than --bucket-limit; up to {pairs} pairs in them were not compared, so some duplicates may be \
         missed; twinprint audit measures how many, and a higher --bucket-limit compares more",
        stats.oversized_buckets
    ))
}

/// Describes what a join did, in the order of its steps.
pub(crate) fn text(stats: &JoinStats) -> String {
    let mut parts = vec![
        format!(
            "{} documents ({} empty, {} copies, {} others with the shingles of an earlier one)",
            stats.documents,
            stats.empty,
            stats.copies,
            stats.equal_sets - stats.copies
        ),
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
