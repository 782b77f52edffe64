//! Tables separated by tabs, to a file or to standard output.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use twinprint::{ComponentMember, DiskPairs, Dropped};

use crate::whole::WholeFile;

/// Groups of equal documents print all their pairs up to this size; larger ones, each document with the first.
pub(crate) const GROUP_LIMIT: usize = 1_000;

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

    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::File(file) => file.finish(),
            Self::Standard(mut out) => Ok(out.flush()?),
        }
    }
}

/// Writes id1, id2 and their similarity; `swapped` for pairs with the later document first.
pub(crate) fn write_pairs(found: &DiskPairs, swapped: bool, to: Option<&Path>) -> Result<u64> {
    let mut ids = found.id_lookup()?;
    let mut pairs = found.expanded(GROUP_LIMIT)?;
    if swapped {
        pairs = pairs.by_right()?;
    }
    let (mut table, mut count) = (Table::create(to)?, 0);
    let mut left = (None, String::new());
    for pair in pairs {
        let pair = pair?;
        // Pairs of one left document stand together.
        if left.0 != Some(pair.left) {
            left = (Some(pair.left), ids.get(pair.left)?.to_string());
        }
        table.line(format_args!("{}\t{}\t{:.6}", left.1, ids.get(pair.right)?, pair.jaccard()))?;
        count += 1;
    }
    table.finish()?;
    Ok(count)
}

/// A document of a cluster that is not its representative.
pub(crate) struct Member {
    document: u32,
    representative: u32,
    /// Their similarity, where they are a verified pair.
    jaccard: Option<f64>,
}

impl From<Dropped> for Member {
    fn from(dropped: Dropped) -> Self {
        let Dropped { document, representative, .. } = dropped;
        Self { document, representative, jaccard: Some(dropped.jaccard()) }
    }
}

impl From<ComponentMember> for Member {
    fn from(member: ComponentMember) -> Self {
        let ComponentMember { document, representative, .. } = member;
        Self { document, representative, jaccard: member.jaccard() }
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
pub(crate) fn write_clusters<M: Into<Member>>(
    found: &DiskPairs,
    members: impl Iterator<Item = Result<M, twinprint::Error>>,
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
        let Member { document, representative, jaccard } = member?.into();
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
        cluster.copies += u64::from(jaccard == Some(1.0));
        cluster.least_jaccard = cluster.least_jaccard.zip(jaccard).map(|(least, jaccard)| least.min(jaccard));
        cluster.ids.push('\t');
        cluster.ids.push_str(ids.get(document)?);
    }
    write(cluster, &mut table)?;
    table.finish()
}
