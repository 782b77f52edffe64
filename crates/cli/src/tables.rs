//! The tables of pairs and clusters, with columns between tabs or as lines of JSON.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Instant;

use anyhow::Result;
use twinprint::result::{ContainedPair, DiskPairs, Rows};
use twinprint::{Member, Pair};

use crate::corpus::Joined;
use crate::escape;
use crate::output::{LineSink, Output};
use crate::relations::{PairRelation, RelationCounts, Relations};

/// Maximum size of a group of copies of which all pairs are written. Of a larger group, each document is paired with the first only.
const MAX_GROUP: usize = 1_000;

/// Groups of documents with the same shingles are written with all their pairs if there are at most this many pairs for each document, so
/// that copies do not make the output quadratic.
const PAIRS_PER_DOCUMENT: u64 = 32;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableFormat {
    /// Columns between tabs. Ids are escaped as [`escape::column`] does it.
    Tsv,
    /// One JSON object per line.
    JsonLines,
}

impl TableFormat {
    /// Returns JSON lines if they are asked for.
    pub(crate) fn new(json: bool) -> Self {
        if json { Self::JsonLines } else { Self::Tsv }
    }

    /// Returns an id as it is written.
    fn id(self, id: &str) -> Cow<'_, str> {
        match self {
            Self::Tsv => escape::column(id),
            // Strings can always be serialized.
            Self::JsonLines => serde_json::to_string(id).unwrap_or_default().into(),
        }
    }
}

/// How a list of pairs is written.
pub(crate) struct Listing {
    format: TableFormat,
    /// Whether all pairs of copies are listed, however many.
    expand: bool,
}

impl Listing {
    pub(crate) fn new(json: bool, expand: bool) -> Self {
        Self { format: TableFormat::new(json), expand }
    }

    /// Returns the maximum size of a group whose copies are all listed. Says so if that leaves pairs out.
    fn max_group(&self, found: &DiskPairs, count: impl Fn(usize) -> Result<u64, twinprint::Error>) -> Result<usize> {
        let stats = found.stats();
        if self.expand || stats.equal_sets == 0 {
            return Ok(MAX_GROUP);
        }
        let all = count(MAX_GROUP)?;
        if all <= PAIRS_PER_DOCUMENT * stats.documents {
            return Ok(MAX_GROUP);
        }
        tracing::warn!(
            "groups of documents with the same shingles are listed by their first documents: {} pairs instead of {all}; --expand lists all",
            count(1)?
        );
        Ok(1)
    }
}

/// Writes id1, id2, the similarity and, if pairs are judged, the relation of each pair; returns the number of pairs, and those of each
/// relation. With `swapped`, the later document comes first, and the pairs are sorted by it.
pub(crate) fn write_pairs(
    joined: &Joined,
    swapped: bool,
    to: &Output,
    listing: &Listing,
) -> Result<(u64, Option<RelationCounts>)> {
    let (found, started) = (&joined.pairs, Instant::now());
    let max_group = listing.max_group(found, |max_group| found.count_pairs(max_group))?;
    let mut pairs = found.all_pairs(max_group)?;
    tracing::debug!("pairs of documents: {:.1?}", started.elapsed());
    if swapped {
        pairs = pairs.by_right()?;
    }
    let text = RowText::new(listing.format, ["left", "right", "jaccard"]);
    let Some(relations) = &joined.relations else {
        let rows = pairs.map(|pair| pair.map(|pair| Row::new(pair.left, pair.right, pair.jaccard())));
        return Ok((write_numbered(found, rows, to, &text)?, None));
    };
    let mut counts = RelationCounts::default();
    let rows = JudgedRows { pairs, relations, ready: VecDeque::new(), counts: &mut counts };
    let count = write_numbered(found, rows, to, &text)?;
    relations.warn_of_not_compared(counts.of(PairRelation::NotCompared));
    Ok((count, Some(counts)))
}

/// A row of two documents by their numbers.
struct Row {
    left: u32,
    right: u32,
    share: f64,
    relation: Option<PairRelation>,
}

impl Row {
    fn new(left: u32, right: u32, share: f64) -> Self {
        Self { left, right, share, relation: None }
    }
}

/// The number of pairs that are judged at a time.
const JUDGED_AT_A_TIME: usize = 1 << 14;

/// Pairs with their relations.
struct JudgedRows<'a> {
    pairs: Rows<Pair<u32>>,
    relations: &'a Relations,
    ready: VecDeque<Row>,
    counts: &'a mut RelationCounts,
}

impl JudgedRows<'_> {
    fn fill(&mut self) -> Result<()> {
        let pairs = self.pairs.by_ref().take(JUDGED_AT_A_TIME).collect::<Result<Vec<_>, _>>()?;
        for (pair, relation) in pairs.iter().zip(self.relations.of(&pairs)?) {
            self.counts.add(relation);
            self.ready.push_back(Row { relation: Some(relation), ..Row::new(pair.left, pair.right, pair.jaccard()) });
        }
        Ok(())
    }
}

impl Iterator for JudgedRows<'_> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        if self.ready.is_empty()
            && let Err(error) = self.fill()
        {
            return Some(Err(error));
        }
        self.ready.pop_front().map(Ok)
    }
}

/// Writes the id of the inner document, that of the outer one, and the share of the inner one; returns the number of pairs.
pub(crate) fn write_contained(found: &DiskPairs, to: &Output, listing: &Listing) -> Result<u64> {
    let max_group = listing.max_group(found, |max_group| found.count_contained(max_group))?;
    let share = |pair: ContainedPair<u32>| Row::new(pair.inner, pair.outer, pair.overlap.left_in_right());
    let rows = found.contained(max_group)?.map(|pair| pair.map(share));
    write_numbered(found, rows, to, &RowText::new(listing.format, ["inner", "outer", "share"]))
}

/// Writes one row of two documents and their numbers, which are formatted already.
pub(crate) fn write_row(
    table: &mut LineSink,
    format: TableFormat,
    [left, right]: [&str; 2],
    numbers: &[(&str, String)],
) -> Result<()> {
    let text = RowText::new(format, ["left", "right", numbers[0].0]);
    let mut line =
        format!("{}{}{}{}{}{}", text.start, format.id(left), text.first, format.id(right), text.second, numbers[0].1);
    for (name, number) in &numbers[1..] {
        match format {
            TableFormat::Tsv => line.push_str(&format!("\t{number}")),
            TableFormat::JsonLines => line.push_str(&format!(",\"{name}\":{number}")),
        }
    }
    table.line(format_args!("{line}{}", text.end))
}

/// What is written around the two ids and the share of a row.
struct RowText {
    format: TableFormat,
    start: String,
    first: String,
    second: String,
    /// What is before and after a relation.
    relation: (&'static str, &'static str),
    end: &'static str,
}

impl RowText {
    fn new(format: TableFormat, [left, right, share]: [&str; 3]) -> Self {
        match format {
            TableFormat::Tsv => {
                let (start, tab) = (String::new(), "\t".to_string());
                Self { format, start, first: tab.clone(), second: tab, relation: ("\t", ""), end: "" }
            }
            TableFormat::JsonLines => Self {
                format,
                start: format!("{{\"{left}\":"),
                first: format!(",\"{right}\":"),
                second: format!(",\"{share}\":"),
                relation: (",\"relation\":\"", "\""),
                end: "}",
            },
        }
    }
}

/// Writes two documents by their ids, and a share; returns the number of rows. Rows with the same first document must be consecutive.
fn write_numbered<E: Into<anyhow::Error>>(
    found: &DiskPairs,
    rows: impl Iterator<Item = Result<Row, E>>,
    to: &Output,
    text: &RowText,
) -> Result<u64> {
    let (mut ids, mut table, mut count) = (found.id_lookup()?, LineSink::create(to)?, 0);
    let (mut first, mut line, mut shares) = (None, String::new(), ShareFormatter::default());
    for row in rows {
        let Row { left, right, share, relation } = row.map_err(Into::<anyhow::Error>::into)?;
        // The first id stays in the line, because the next row mostly begins with it too.
        let start = match first {
            Some((same, start)) if same == left => start,
            _ => {
                line.clear();
                line.push_str(&text.start);
                line.push_str(&text.format.id(ids.get(left)?));
                line.push_str(&text.first);
                first = Some((left, line.len()));
                line.len()
            }
        };
        line.truncate(start);
        line.push_str(&text.format.id(ids.get(right)?));
        line.push_str(&text.second);
        line.push_str(shares.text(share));
        if let Some(relation) = relation {
            line.push_str(text.relation.0);
            line.push_str(relation.name());
            line.push_str(text.relation.1);
        }
        line.push_str(text.end);
        line.push('\n');
        table.write(&line)?;
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
    /// Members whose texts are that of the representative.
    pub(crate) copies: u64,
    /// Members whose sets equal the representative's; copies are among them.
    pub(crate) equal_sets: u64,
    /// Minimum similarity to the representative; none if a member has no pair with it.
    pub(crate) least_jaccard: Option<f64>,
    representative: u32,
    /// The ids of the members as they are written, each after a separator.
    ids: String,
}

impl Cluster {
    fn new(representative: u32, representative_id: &str) -> Self {
        Self {
            representative,
            representative_id: representative_id.to_string(),
            dropped: 0,
            copies: 0,
            equal_sets: 0,
            least_jaccard: Some(1.0),
            ids: String::new(),
        }
    }

    fn add(&mut self, member: &Member<u32>, id: &str, format: TableFormat) {
        self.dropped += 1;
        self.copies += u64::from(member.is_copy());
        self.equal_sets += u64::from(member.has_equal_set());
        self.least_jaccard = self.least_jaccard.zip(member.jaccard()).map(|(least, jaccard)| least.min(jaccard));
        self.ids.push(if format == TableFormat::Tsv { '\t' } else { ',' });
        self.ids.push_str(&format.id(id));
    }

    fn write(&self, table: &mut LineSink, format: TableFormat) -> Result<()> {
        let (representative, documents, ids) = (format.id(&self.representative_id), self.dropped + 1, &self.ids);
        let least = |none: &str| self.least_jaccard.map_or(none.to_string(), |least| format!("{least:.6}"));
        match format {
            TableFormat::Tsv => table.line(format_args!("{representative}\t{documents}\t{}{ids}", least("-"))),
            TableFormat::JsonLines => table.line(format_args!(
                "{{\"representative\":{representative},\"documents\":{documents},\"least_jaccard\":{},\"others\":[{}]}}",
                least("null"),
                ids.trim_start_matches(',')
            )),
        }
    }
}

/// Writes a line for each cluster: representative, number of documents, minimum similarity to the representative, and the ids of the
/// other members. Calls `show` for each cluster. The members of a cluster must be consecutive.
pub(crate) fn write_clusters(
    found: &DiskPairs,
    members: impl Iterator<Item = Result<Member<u32>, twinprint::Error>>,
    to: &Output,
    format: TableFormat,
    mut show: impl FnMut(&Cluster),
) -> Result<()> {
    let mut ids = found.id_lookup()?;
    let mut table = LineSink::create(to)?;
    let mut write = |cluster: Option<Cluster>, table: &mut LineSink| {
        let Some(cluster) = cluster else { return Ok(()) };
        show(&cluster);
        cluster.write(table, format)
    };
    let mut cluster: Option<Cluster> = None;
    for member in members {
        let member = member?;
        if cluster.as_ref().is_some_and(|cluster| cluster.representative != member.representative) {
            write(cluster.take(), &mut table)?;
        }
        let cluster = match &mut cluster {
            Some(cluster) => cluster,
            None => cluster.insert(Cluster::new(member.representative, ids.get(member.representative)?)),
        };
        cluster.add(&member, ids.get(member.document)?, format);
    }
    write(cluster, &mut table)?;
    table.finish()
}
