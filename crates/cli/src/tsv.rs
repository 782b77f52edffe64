//! The tab-separated tables of pairs and clusters.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use twinprint::Member;
use twinprint::result::{ContainedPair, DiskPairs, Rows};

use crate::line_sink::LineSink;

/// Maximum size of a group of copies of which all pairs are written. Of a larger group, each document is paired with the first only, so
/// that the output stays linear in the input.
const MAX_GROUP: usize = 1_000;

/// Writes id1, id2 and the similarity of each pair; returns the number of pairs. With `swapped`, the later document comes first, and the
/// pairs are sorted by it.
pub(crate) fn write_pairs(found: &DiskPairs, swapped: bool, to: Option<&Path>) -> Result<u64> {
    let started = Instant::now();
    let mut pairs = found.all_pairs(MAX_GROUP)?;
    tracing::debug!("pairs of documents: {:.1?}", started.elapsed());
    if swapped {
        pairs = pairs.by_right()?;
    }
    write_numbered(found, pairs.map(|pair| pair.map(|pair| (pair.left, pair.right, pair.jaccard()))), to)
}

/// Writes the id of the inner document, that of the outer one, and the share of the inner one; returns the number of pairs.
pub(crate) fn write_contained(found: &DiskPairs, to: Option<&Path>) -> Result<u64> {
    let share = |pair: ContainedPair<u32>| (pair.inner, pair.outer, pair.overlap.left_in_right());
    write_numbered(found, found.contained(MAX_GROUP)?.map(|pair| pair.map(share)), to)
}

/// Writes two documents by their ids, and a share; returns the number of rows. Rows with the same first document must be consecutive.
fn write_numbered(
    found: &DiskPairs,
    rows: impl Iterator<Item = Result<(u32, u32, f64), twinprint::Error>>,
    to: Option<&Path>,
) -> Result<u64> {
    let (mut ids, mut table, mut count) = (found.id_lookup()?, LineSink::create(to)?, 0);
    let (mut first, mut line, mut shares) = (None, String::new(), ShareFormatter::default());
    for row in rows {
        let (left, right, number) = row?;
        // The first id and its tab stay in the line, because the next row mostly begins with them too.
        let start = match first {
            Some((same, start)) if same == left => start,
            _ => {
                line.clear();
                line.push_str(ids.get(left)?);
                line.push('\t');
                first = Some((left, line.len()));
                line.len()
            }
        };
        line.truncate(start);
        line.push_str(ids.get(right)?);
        line.push('\t');
        line.push_str(shares.text(number));
        line.push('\n');
        table.write(line.as_bytes())?;
        count += 1;
    }
    table.finish()?;
    Ok(count)
}

/// Formats shares with six digits, and caches the results.
///
/// The sizes of sets are small numbers, so the same few thousand shares recur, and formatting a float takes longer than the rest of a
/// line.
struct ShareFormatter {
    cache: Vec<(u64, String)>,
}

/// Number of cached shares.
const CACHED: usize = 1 << 12;

impl Default for ShareFormatter {
    fn default() -> Self {
        // These bits are those of a NaN, which is no share.
        Self { cache: vec![(u64::MAX, String::new()); CACHED] }
    }
}

impl ShareFormatter {
    fn text(&mut self, share: f64) -> &str {
        let bits = share.to_bits();
        // Fibonacci hashing: the upper bits of the product depend on all bits.
        let slot = (bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize % CACHED;
        let (cached, text) = &mut self.cache[slot];
        if *cached != bits {
            (*cached, *text) = (bits, format!("{share:.6}"));
        }
        text
    }
}

/// A cluster, as one line of the table.
pub(crate) struct Cluster {
    pub(crate) representative_id: String,
    /// Members besides the representative.
    pub(crate) dropped: u64,
    /// Members whose sets equal the representative's.
    pub(crate) copies: u64,
    /// Minimum similarity to the representative; none if a member has no pair with it.
    pub(crate) least_jaccard: Option<f64>,
    representative: u32,
    /// The ids of the members, each after a tab.
    ids: String,
}

/// Writes a line for each cluster: representative, number of documents, minimum similarity to the representative, and the ids of the
/// other members. Calls `show` for each cluster. The members of a cluster must be consecutive.
pub(crate) fn write_clusters(
    found: &DiskPairs,
    members: Rows<Member<u32>>,
    to: Option<&Path>,
    mut show: impl FnMut(&Cluster),
) -> Result<()> {
    let mut ids = found.id_lookup()?;
    let mut table = LineSink::create(to)?;
    let mut write = |cluster: Option<Cluster>, table: &mut LineSink| {
        let Some(cluster) = cluster else { return Ok(()) };
        show(&cluster);
        let Cluster { representative_id, dropped, least_jaccard, ids, .. } = cluster;
        let least = least_jaccard.map_or("-".to_string(), |least| format!("{least:.6}"));
        table.line(format_args!("{representative_id}\t{}\t{least}{ids}", dropped + 1))
    };
    let mut cluster: Option<Cluster> = None;
    for member in members {
        let member = member?;
        let Member { document, representative, .. } = member;
        if cluster.as_ref().is_some_and(|cluster| cluster.representative != representative) {
            write(cluster.take(), &mut table)?;
        }
        let cluster = match &mut cluster {
            Some(cluster) => cluster,
            None => cluster.insert(Cluster {
                representative,
                representative_id: ids.get(representative)?.to_string(),
                dropped: 0,
                copies: 0,
                least_jaccard: Some(1.0),
                ids: String::new(),
            }),
        };
        cluster.dropped += 1;
        cluster.copies += u64::from(member.is_copy());
        cluster.least_jaccard = cluster.least_jaccard.zip(member.jaccard()).map(|(least, jaccard)| least.min(jaccard));
        cluster.ids.push('\t');
        cluster.ids.push_str(ids.get(document)?);
    }
    write(cluster, &mut table)?;
    table.finish()
}
