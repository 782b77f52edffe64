//! Tables separated by tabs, to a file or to standard output.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use twinprint::Member;
use twinprint::result::{ContainedPair, DiskPairs, Rows};

use crate::whole::WholeFile;

/// Groups of equal documents print all their pairs up to this size; larger ones, each document with the first.
const GROUP_LIMIT: usize = 1_000;

/// A file that is whole or not there, or standard output.
pub(crate) enum Table {
    File(WholeFile),
    Standard(BufWriter<io::StdoutLock<'static>>),
}

impl Table {
    pub(crate) fn create(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self::Standard(BufWriter::with_capacity(1 << 16, io::stdout().lock())));
        };
        Ok(Self::File(WholeFile::create(path)?))
    }

    pub(crate) fn line(&mut self, line: std::fmt::Arguments<'_>) -> Result<()> {
        match self {
            Self::File(file) => file.line(line),
            Self::Standard(out) => Ok(writeln!(out, "{line}")?),
        }
    }

    /// Writes lines with their ends.
    fn write(&mut self, lines: &[u8]) -> Result<()> {
        match self {
            Self::File(file) => file.lines(lines),
            Self::Standard(out) => Ok(out.write_all(lines)?),
        }
    }

    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::File(file) => file.finish(),
            Self::Standard(mut out) => Ok(out.flush()?),
        }
    }
}

/// Writes id1, id2 and their similarity; `swapped` for pairs with the later document first.
pub(crate) fn write_pairs(found: &DiskPairs, swapped: bool, to: Option<&Path>) -> Result<u64> {
    let started = Instant::now();
    let mut pairs = found.all_pairs(GROUP_LIMIT)?;
    tracing::debug!("pairs of documents: {:.1?}", started.elapsed());
    if swapped {
        pairs = pairs.by_right()?;
    }
    write_numbered(found, pairs.map(|pair| pair.map(|pair| (pair.left, pair.right, pair.jaccard()))), to)
}

/// Writes the ids of the inner and of the outer document, and the share of the inner one.
pub(crate) fn write_contained(found: &DiskPairs, to: Option<&Path>) -> Result<u64> {
    let share = |pair: ContainedPair<u32>| (pair.inner, pair.outer, pair.overlap.left_in_right());
    write_numbered(found, found.contained(GROUP_LIMIT)?.map(|pair| pair.map(share)), to)
}

/// Writes two documents by their ids, and a number; lines of one first document follow one another.
fn write_numbered(
    found: &DiskPairs,
    rows: impl Iterator<Item = Result<(u32, u32, f64), twinprint::Error>>,
    to: Option<&Path>,
) -> Result<u64> {
    let (mut ids, mut table, mut count) = (found.id_lookup()?, Table::create(to)?, 0);
    let (mut first, mut line, mut shares) = (None, String::new(), Shares::default());
    for row in rows {
        let (left, right, number) = row?;
        // The first id and its tab stay in the line.
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

/// Shares with six digits. The sizes of sets are small numbers, so the same few thousand shares come again and again, and writing one out
/// takes longer than all else of a line.
struct Shares {
    known: Vec<(u64, String)>,
}

/// Shares that are known at a time.
const KNOWN: usize = 1 << 12;

impl Default for Shares {
    fn default() -> Self {
        // No share has these bits.
        Self { known: vec![(u64::MAX, String::new()); KNOWN] }
    }
}

impl Shares {
    fn text(&mut self, share: f64) -> &str {
        let bits = share.to_bits();
        // The upper bits of a product are a mix of all.
        let place = (bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize % KNOWN;
        let (known, text) = &mut self.known[place];
        if *known != bits {
            (*known, *text) = (bits, format!("{share:.6}"));
        }
        text
    }
}

/// A cluster as it is written.
pub(crate) struct Cluster {
    pub(crate) representative_id: String,
    pub(crate) dropped: u64,
    /// Those of them whose sets equal the representative's.
    pub(crate) copies: u64,
    /// The least similarity to the representative; none where a document has no pair with it.
    pub(crate) least_jaccard: Option<f64>,
    representative: u32,
    ids: String,
}

/// Writes of each cluster its representative, how many documents it has, the least similarity to the representative, and the ids of the
/// others; and shows each. The members of a cluster follow one another.
pub(crate) fn write_clusters(
    found: &DiskPairs,
    members: Rows<Member<u32>>,
    to: Option<&Path>,
    mut show: impl FnMut(&Cluster),
) -> Result<()> {
    let mut ids = found.id_lookup()?;
    let mut table = Table::create(to)?;
    let mut write = |cluster: Option<Cluster>, table: &mut Table| {
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
