//! Compares the probes of a chunk with its build side.

use std::ops::Range;

use super::chunk::{BuildSide, Probe};
use crate::error::Error;
use crate::join::compare::{Compared, Counts};
use crate::join::edge::Edge;
use crate::join::storage::band_keys::BandKeyWriter;
use crate::mix::mix64;
use crate::parallel;
use crate::verify::{Criterion, QuerySet, SignedSet};

/// Compares the probes of a chunk with its build side.
pub(crate) struct ChunkComparer<'a> {
    pub(crate) criterion: Criterion,
    pub(crate) build_side: &'a BuildSide,
    /// Signs probes, if someone looks at signatures.
    pub(crate) signed: Option<&'a BandKeyWriter>,
}

/// A probe of this many candidates is heavy. Heavy probes are compared as a group with one part of the build side after the other,
/// because each by itself would move all sets of the build side through the processor's caches.
const HEAVY: usize = 1_000;

/// Probes of a group, heavy and light.
const HEAVY_GROUP: usize = 16;
const GROUP: usize = 256;

/// Candidates of the heaviest probe in one part of the build side: so few that their sets stay in a cache.
const PART: usize = 128;

impl ChunkComparer<'_> {
    /// Compares probes in parallel, and hands over edges in order; `None` where a candidate is not there.
    pub(crate) fn all(
        &self,
        probes: &[Probe],
        mut edge: impl FnMut(Edge) -> Result<(), Error>,
    ) -> Result<Option<Counts>, Error> {
        let locality_order = locality_order(probes);
        let mut compared: Vec<Compared> = Vec::new();
        compared.resize_with(probes.len(), Compared::default);
        let groups = groups(probes, &locality_order);
        for (group, of_group) in groups.iter().zip(parallel::map(&groups, || (), |group, ()| self.group(probes, group)))
        {
            let Some(of_group) = of_group else { return Ok(None) };
            group.iter().zip(of_group).for_each(|(&probe, of_probe)| compared[probe as usize] = of_probe);
        }
        let mut counts = Counts::default();
        for probe in compared {
            counts.add(probe.counts);
            probe.edges.into_iter().try_for_each(&mut edge)?;
        }
        Ok(Some(counts))
    }

    /// Compares probes of these numbers with one part of the build side after the other.
    fn group(&self, probes: &[Probe], group: &[u32]) -> Option<Vec<Compared>> {
        let of_group = || group.iter().map(|&probe| &probes[probe as usize]);
        let compare = |part: &Range<u32>| of_group().map(|probe| self.probe(probe, part)).collect::<Option<Vec<_>>>();
        let mut parts = parallel::map(&parts(of_group()), || (), |part, ()| compare(part)).into_iter();
        let mut all = parts.next()??;
        for part in parts {
            for (all, part) in all.iter_mut().zip(part?) {
                all.append(part);
            }
        }
        Some(all)
    }

    fn probe(&self, probe: &Probe, part: &Range<u32>) -> Option<Compared> {
        let row;
        let document = if probe.set.is_empty() {
            self.build_side.document(probe.document)?
        } else {
            row = self.signed.map_or_else(Vec::new, |keys| keys.row(&probe.set));
            SignedSet { row: &row, set: &probe.set }
        };
        let (mut query, mut compared) = (QuerySet::new(document), Compared::default());
        for (right, document) in self.build_side.documents(probe.rights_in(part)) {
            compared.compare(&self.criterion, (probe.document, &mut query), (right, document?));
        }
        Some(compared)
    }
}

fn is_heavy(probe: &Probe) -> bool {
    probe.rights.len() >= HEAVY
}

/// Orders probes for cache locality: heavy ones first, then by the MinHash of their candidate lists, so that probes with similar
/// candidates run back to back. To fetch a set from memory takes longer than to compare it.
fn locality_order(probes: &[Probe]) -> Vec<u32> {
    let least = |probe: &Probe| probe.rights.iter().map(|&right| mix64(u64::from(right))).min();
    let mut locality_order: Vec<_> =
        (0..).zip(probes).map(|(number, probe)| (!is_heavy(probe), least(probe), number)).collect();
    locality_order.sort_unstable();
    locality_order.into_iter().map(|(.., number)| number).collect()
}

/// Yields ranges of probes that are either all heavy or all light.
fn groups<'a>(probes: &[Probe], locality_order: &'a [u32]) -> Vec<&'a [u32]> {
    let is_heavy = |probe: u32| is_heavy(&probes[probe as usize]);
    let alike = locality_order.chunk_by(|a, b| is_heavy(*a) == is_heavy(*b));
    alike.flat_map(|alike| alike.chunks(if is_heavy(alike[0]) { HEAVY_GROUP } else { GROUP })).collect()
}

/// Cuts the documents into parts for heavy probes, and into one part for others.
fn parts<'a>(probes: impl Iterator<Item = &'a Probe>) -> Vec<Range<u32>> {
    let heaviest = probes.filter(|probe| is_heavy(probe)).map(|probe| &probe.rights).max_by_key(|rights| rights.len());
    let ends = heaviest.into_iter().flat_map(|rights| rights.iter().step_by(PART).skip(1)).copied();
    let mut start = 0;
    ends.chain([u32::MAX]).map(|end| std::mem::replace(&mut start, end)..end).collect()
}
