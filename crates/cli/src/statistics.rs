//! The statistics of a join: for `--verbose`, and what users must know.

use twinprint::join::JoinStats;

use crate::messages::counted;

/// Warns of the pairs that the limit to buckets passed over, if there are any.
pub(crate) fn passed_over(stats: &JoinStats) -> Option<String> {
    if stats.pairs_passed_over == 0 {
        return None;
    }
    Some(format!(
        "{} buckets held more documents than --bucket-limit; up to {} pairs in them were not compared, so {} % or more of the similar \
         pairs that share a bucket were found; twinprint audit measures how many, and a higher --bucket-limit compares more",
        stats.oversized_buckets,
        stats.pairs_passed_over,
        percent_at_least(stats.min_recall())
    ))
}

/// Warns of the texts that were not searched for in longer ones, if there are any.
pub(crate) fn too_common(stats: &JoinStats, (option, limit): (&str, u32)) -> Option<String> {
    let texts = stats.contained_too_common;
    (texts > 0).then(|| {
        format!(
            "{} not searched for in longer ones, because all shingles of such a text are in more documents than {option}, which is {limit}; \
             a higher one finds more",
            counted(texts, "distinct text was", "distinct texts were")
        )
    })
}

/// Returns a share in percent, rounded down to two digits.
fn percent_at_least(share: f64) -> f64 {
    (share * 10_000.0).floor() / 100.0
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
        let passed_over = match stats.pairs_passed_over {
            0 => "all pairs were compared".to_string(),
            pairs => format!("up to {pairs} pairs were not compared"),
        };
        parts.push(format!("{} buckets over the limit, in which {passed_over}", stats.oversized_buckets));
    }
    parts.join(", ")
}
