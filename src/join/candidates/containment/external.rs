//! Candidates for containment, by sorting the samples of all sets.
//!
//! | sorted by | each a | gives |
//! |---|---|---|
//! | key | set that has it | how many sets have a key |
//! | set, then rarity | key | which keys of a set are looked up |
//! | key, then size of the set | set that has it | pairs that share a key which the smaller set looks up, [counted](super::shared_keys) |

use xxhash_rust::xxh3::xxh3_64;

use super::Containment;
use super::shared_keys::SharedKeys;
use crate::containment::PrefixFilter;
use crate::error::Error;
use crate::external::{Kind, Records, Sort, Sorted, Sorters, put};
use crate::join::candidates::external::Candidates;
use crate::join::edge::join;
use crate::join::groups::external::Groups;
use crate::join::origin::PairFilter;
use crate::join::progress::{Stage, Watch};
use crate::join::stats::JoinStats;
use crate::join::storage::scratch::ScratchDir;
use crate::join::storage::segments::Segments;

/// Finds them.
pub(crate) struct Samples<'a> {
    pub(crate) segments: &'a Segments,
    pub(crate) groups: &'a Groups,
    pub(crate) filter: &'a PairFilter,
    pub(crate) containment: Containment,
    pub(crate) scratch: &'a ScratchDir,
}

/// The form of the file, as a number that changes with it.
const VERSION: u64 = 2;

/// How many sets have a key, where it is too many.
const COMMON: u32 = u32::MAX;

impl Samples<'_> {
    /// Returns the file of the candidates.
    pub(crate) fn file(&self) -> Candidates {
        let Containment { least, rules } = self.containment;
        let mut bytes = vec![u8::from(self.filter.within_blocks), u8::from(self.filter.across_sources)];
        put(&mut bytes, &[VERSION, self.segments.owner(), self.groups.content, least.to_bits()]);
        put(&mut bytes, &[u64::from(rules.scaled()), u64::from(rules.max_document_frequency())]);
        Candidates::new(self.segments.work(), Kind::Samples, xxh3_64(&bytes))
    }

    /// Finds all candidates, unless an earlier run has found them for the same documents and rules.
    pub(crate) fn find(&self, candidates: &Candidates, watch: &mut Watch<'_>) -> Result<(), Error> {
        if candidates.are_there()? {
            return Ok(());
        }
        let by_key = self.by_key(watch)?;
        watch.step(Stage::Containment, 0, 3)?;
        let by_set = self.by_set(by_key)?;
        watch.step(Stage::Containment, 1, 3)?;
        let (looked_up, contained_too_common) = self.looked_up(by_set)?;
        watch.step(Stage::Containment, 2, 3)?;
        let stats = JoinStats { contained_too_common, ..JoinStats::default() };
        candidates.write(self.agreeing(looked_up)?, &stats)
    }

    /// Sorts `key << 32 | document` of the first documents of all groups.
    fn by_key(&self, watch: &mut Watch<'_>) -> Result<Sorted<1>, Error> {
        let mut by_key = self.scratch.sorter("keys");
        let (mut sets, mut set) = (self.segments.sets(), Vec::new());
        let (mut documents, mut document) = (self.segments.documents(), 0);
        while let Some(stored) = documents.next()? {
            watch.document(Stage::Sampling, document, self.groups.documents)?;
            if self.groups.firsts.get(document) {
                let salt = self.filter.salt(document);
                set.clear();
                sets.append(stored.set.size as usize, stored.set.check(), &mut set)?;
                for key in self.containment.rules.keys(&set) {
                    by_key.push([u64::from(key ^ salt) << 32 | u64::from(document)])?;
                }
            } else {
                sets.pass(stored.set.size as usize)?;
            }
            document += 1;
        }
        by_key.finish()
    }

    /// Sorts `document << 32 | sets that have the key` with the key.
    fn by_set(&self, mut by_key: Sorted<1>) -> Result<Sorted<2>, Error> {
        let limit = self.containment.limit();
        let mut by_set = self.scratch.small_sorter("sets");
        // The documents of a key, as many as may be: later ones show that it is common.
        let (mut key, mut held, mut count) = (None, Vec::<u32>::new(), 0_usize);
        loop {
            let entry = by_key.next()?.map(|[entry]| (entry >> 32, entry as u32));
            if let (Some(key), true) = (key, entry.map(|(key, _)| key) != key) {
                let sets = if count > limit { COMMON } else { count as u32 };
                for document in held.drain(..) {
                    by_set.push([u64::from(document) << 32 | u64::from(sets), key])?;
                }
                count = 0;
            }
            let Some((next, document)) = entry else { return by_set.finish() };
            (key, count) = (Some(next), count + 1);
            if count <= limit + 1 {
                held.push(document);
            } else {
                by_set.push([u64::from(document) << 32 | u64::from(COMMON), next])?;
            }
        }
    }

    /// Keys of two sets or more, rare enough: `key << 32 | size of the set`, and `document << 2` with the number of keys that must agree
    /// where the document looks this one up, else with 0. Counts the sets that have none of them.
    fn looked_up(&self, mut by_set: Sorted<2>) -> Result<(Sorted<2>, u64), Error> {
        let mut too_common = 0;
        let mut looked_up = self.scratch.small_sorter("looked-up");
        let mut documents = self.segments.documents();
        // Keys of a document, each with the number of sets that have it.
        let (mut document, mut keys) = (None, Vec::<(u32, u64)>::new());
        loop {
            let entry = by_set.next()?.map(|[place, key]| ((place >> 32) as u32, (place as u32, key)));
            if let (Some(document), true) = (document, entry.map(|(document, _)| document) != document) {
                let size = u64::from(documents.at(document)?.set.size);
                let rare = keys.partition_point(|&(sets, _)| sets < COMMON);
                too_common += u64::from(rare == 0);
                let filter = PrefixFilter::new(keys.len(), keys.len() - rare, self.containment.least);
                for (place, (sets, key)) in keys.drain(..).enumerate() {
                    if sets > 1 && sets < COMMON {
                        let agreeing = if place < filter.prefix { filter.min_shared as u64 } else { 0 };
                        looked_up.push([key << 32 | size, u64::from(document) << 2 | agreeing])?;
                    }
                }
            }
            let Some((next, key)) = entry else { return Ok((looked_up.finish()?, too_common)) };
            document = Some(next);
            keys.push(key);
        }
    }

    /// Pairs that share as many keys as they must.
    fn agreeing(&self, mut looked_up: Sorted<2>) -> Result<Sorted<1>, Error> {
        let mut pairs = SharedKeys::new(self.scratch);
        // The sets that have the key, by size.
        let (mut key, mut list) = (0, Vec::new());
        loop {
            let next = looked_up.next()?;
            if next.is_none_or(|[place, _]| place >> 32 != key) {
                if !pairs.is_repeated(&list) {
                    self.pair_up(&list, &mut pairs)?;
                }
                list.clear();
            }
            let Some([place, entry]) = next else { return pairs.finish() };
            key = place >> 32;
            list.push(entry);
        }
    }

    /// Counts a shared key for each pair of which the smaller set looks it up.
    fn pair_up(&self, list: &[u64], pairs: &mut SharedKeys) -> Result<(), Error> {
        let mut smaller: Vec<(u32, u8)> = Vec::new();
        for entry in list {
            let (document, agreeing) = ((entry >> 2) as u32, (entry & 3) as u8);
            for &(inner, agreeing) in &smaller {
                if self.filter.allows(inner, document) {
                    pairs.add(join(document.min(inner), document.max(inner)), agreeing)?;
                }
            }
            if agreeing > 0 {
                smaller.push((document, agreeing));
            }
        }
        Ok(())
    }
}
