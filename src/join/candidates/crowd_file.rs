//! The crowd of a corpus on disk: who is in which oversized bucket, and the search of these buckets block by block.
//!
//! One pass over the sets writes the sketches of the crowd to a file. A block of it is held in memory at a time, and the documents that are
//! not before it pass by. What a document has in reach is known before, so the outcome does not depend on the memory.

use super::crowd::{Crowd, CrowdBlock, CrowdBuckets, Membership, PreferredSets, Searcher};
use super::finder::Finder;
use super::prefix_maker::PrefixMaker;
use crate::error::Error;
use crate::external::{FrameReader, Kind, Records, Role, Sort, Sorted, Sorter, numbers, put, put_short, short_numbers};
use crate::join::edge::{join, split};
use crate::join::progress::{Stage, Watch};
use crate::join::storage::scratch::ScratchDir;
use crate::lsh::BucketRule;
use crate::set::{OddSketch, PrefixElement};

/// Gathers the documents of oversized buckets.
pub(crate) struct CrowdMembers {
    /// `document << 32 | bucket`.
    members: Sorter<1>,
    count: usize,
    buckets: u32,
}

impl CrowdMembers {
    pub(crate) fn new(scratch: &ScratchDir) -> Self {
        Self { members: scratch.small_sorter("crowd"), count: 0, buckets: 0 }
    }

    pub(crate) fn buckets(&self) -> u32 {
        self.buckets
    }

    /// Begins some buckets, and returns the number of the first.
    pub(crate) fn begin(&mut self, buckets: u32) -> u32 {
        self.buckets += buckets;
        self.buckets - buckets
    }

    /// Returns the members as `document << 32 | bucket`, in order.
    pub(crate) fn finish(self) -> Result<Sorted<1>, Error> {
        self.members.finish()
    }

    /// Adds a document of a bucket.
    pub(crate) fn add(&mut self, document: u32, bucket: u32) -> Result<(), Error> {
        self.count += 1;
        self.members.push([join(document, bucket)])
    }
}

/// The file of the crowd.
const CROWD: &str = "crowd-sketches";
const CROWD_ROLE: Role = Role { kind: Kind::Numbers, piece: 0, width: 0, owner: 0 };

/// The file of their prefixes, if there is much to search.
const PREFIXES: &str = "crowd-prefixes";
const PREFIXES_ROLE: Role = Role { piece: 1, ..CROWD_ROLE };

/// The crowd, in a file.
pub(crate) struct CrowdFile<'a> {
    finder: &'a Finder<'a>,
    buckets: usize,
    documents: usize,
    /// Which buckets are selective, if prefixes were made.
    selective: Vec<bool>,
    preferred: Option<PreferredSets<'a>>,
    /// The most pairs that are passed over.
    pub(crate) passed_over: u64,
}

impl<'a> CrowdFile<'a> {
    /// Writes the sketches of all members; shows each document.
    pub(crate) fn write(
        finder: &'a Finder<'a>,
        members: CrowdMembers,
        mut show: impl FnMut(u32) -> Result<(), Error>,
        watch: &mut Watch<'_>,
    ) -> Result<Self, Error> {
        let CrowdMembers { members, count, buckets } = members;
        let preferred = finder.rank.map(|rank| PreferredSets::new(rank, buckets as usize));
        let mut crowd =
            Self { finder, buckets: buckets as usize, documents: 0, selective: Vec::new(), preferred, passed_over: 0 };
        if buckets == 0 {
            return Ok(crowd);
        }
        let mut members = Members::new(members.finish()?)?;
        let parameters = &finder.parameters;
        let mut buckets = CrowdBuckets::new(parameters.rule, parameters.sketch_filter, (crowd.buckets, count));
        let (mut stored, mut sets) = (finder.segments.documents(), finder.segments.sets());
        let mut file = finder.scratch.create(CROWD, CROWD_ROLE)?;
        let (mut document, mut before) = (0, 0);
        let (mut set, mut memberships) = (Vec::new(), Vec::new());
        while let Some(record) = stored.next()? {
            watch.document(Stage::Gathering, document, finder.groups.documents)?;
            let numbers = members.of(document)?;
            if numbers.is_empty() {
                sets.pass(record.set.size as usize)?;
            } else {
                set.clear();
                sets.append(record.set.size as usize, record.set.check(), &mut set)?;
                let (sketch, passed_over) = buckets.add(before, &set, numbers.iter().copied(), &mut memberships);
                file.record(|bytes| put_member(document, sketch.get(0), &memberships, bytes))?;
                if let Some(preferred) = &mut crowd.preferred {
                    preferred.add(document, numbers.iter().copied());
                }
                crowd.documents += 1;
                crowd.passed_over += passed_over;
                show(document)?;
            }
            before += u32::from(finder.groups.firsts.get(document));
            document += 1;
        }
        file.finish_unsynced()?;
        if let Some(maker) = buckets.into_prefix_maker() {
            crowd.write_prefixes(maker, watch)?;
        }
        Ok(crowd)
    }

    /// Writes the prefixes of all members, in their order.
    fn write_prefixes(&mut self, mut maker: PrefixMaker, watch: &mut Watch<'_>) -> Result<(), Error> {
        let Finder { segments, groups, scratch, .. } = self.finder;
        let (mut stored, mut sets, mut set) = (segments.documents(), segments.sets(), Vec::new());
        let mut members = self.reader()?;
        let mut file = scratch.create(PREFIXES, PREFIXES_ROLE)?;
        let (mut document, mut next) = (0, members.next_document()?);
        while let Some(record) = stored.next()? {
            watch.document(Stage::Gathering, document, groups.documents)?;
            if let Some((_, memberships)) = next.as_ref().filter(|(number, _)| *number == document) {
                set.clear();
                sets.append(record.set.size as usize, record.set.check(), &mut set)?;
                let made = maker.add(&set, memberships.iter().map(|membership| membership.bucket));
                file.record(|bytes| put_prefix(made.elements(), bytes))?;
                next = members.next_document()?;
            } else {
                sets.pass(record.set.size as usize)?;
            }
            document += 1;
        }
        file.finish_unsynced()?;
        self.selective = maker.selective();
        Ok(())
    }

    fn reader(&self) -> Result<CrowdReader, Error> {
        let scratch = self.finder.scratch;
        let prefixes = self.selective.contains(&true).then(|| scratch.open(PREFIXES, PREFIXES_ROLE)).transpose()?;
        Ok(CrowdReader { members: scratch.open(CROWD, CROWD_ROLE)?, prefixes })
    }

    /// Finds the pairs.
    pub(crate) fn search(&self, pairs: &mut Sorter<1>, watch: &mut Watch<'_>) -> Result<(), Error> {
        let (mut done, mut earlier) = (0, vec![0; self.buckets]);
        while done < self.documents {
            let block = self.search_block(done, earlier, pairs, watch)?;
            done += block.crowd().len();
            earlier = block.into_earlier();
        }
        Ok(())
    }

    /// Searches one block, which begins after some documents, for all that are not before it.
    fn search_block(
        &self,
        done: usize,
        earlier: Vec<u32>,
        pairs: &mut Sorter<1>,
        watch: &mut Watch<'_>,
    ) -> Result<CrowdBlock, Error> {
        let Finder { scratch, filter, parameters, .. } = self.finder;
        let mut file = self.reader()?;
        for _ in 0..done {
            file.read_member(&mut Crowd::default())?;
        }
        let allows = |left, right| filter.allows(left, right);
        let searcher = Searcher { filter: parameters.sketch_filter, selective: &self.selective, allows };
        let block = CrowdBlock::new(file.read_crowd(scratch.memory() / 2, usize::MAX)?, earlier);
        let (held, at_once) = (block.crowd().len(), probes_at_once(scratch.memory(), parameters.rule));
        for first in (0..held).step_by(at_once) {
            watch.step(Stage::Candidates, (done + first) as u64, self.documents as u64)?;
            let places = first..held.min(first + at_once);
            add(searcher.search(&block, block.crowd(), places.clone()).into_iter().flatten(), pairs)?;
            if let Some(preferred) = &self.preferred {
                add(preferred.pairs(block.crowd(), places, &searcher.allows), pairs)?;
            }
        }
        while file.members.has_more()? {
            watch.step(Stage::Candidates, done as u64, self.documents as u64)?;
            let probes = file.read_crowd(scratch.memory() / 4, at_once)?;
            add(searcher.search(&block, &probes, 0..probes.len()).into_iter().flatten(), pairs)?;
        }
        Ok(block)
    }
}

fn add(mut found: impl Iterator<Item = (u32, u32)>, pairs: &mut Sorter<1>) -> Result<(), Error> {
    found.try_for_each(|(later, earlier)| pairs.push([join(earlier, later)]))
}

/// Returns how many documents search at once: so few that the pairs they find take a small part of the memory.
fn probes_at_once(memory: usize, rule: BucketRule) -> usize {
    (memory / 8 / size_of::<(u32, u32)>() / rule.limit()).clamp(64, 1 << 12)
}

/// The oversized buckets of documents, which are asked for in order.
struct Members {
    sorted: Sorted<1>,
    next: Option<u64>,
    buckets: Vec<u32>,
}

impl Members {
    fn new(mut sorted: Sorted<1>) -> Result<Self, Error> {
        let next = sorted.next()?.map(|[member]| member);
        Ok(Self { sorted, next, buckets: Vec::new() })
    }

    fn of(&mut self, document: u32) -> Result<&[u32], Error> {
        self.buckets.clear();
        while let Some((of, bucket)) = self.next.map(split)
            && of == document
        {
            self.buckets.push(bucket);
            self.next = self.sorted.next()?.map(|[member]| member);
        }
        Ok(&self.buckets)
    }
}

fn put_member(document: u32, sketch: OddSketch<'_>, memberships: &[Membership], bytes: &mut Vec<u8>) {
    put_short(bytes, &[document, sketch.size(), memberships.len() as u32, sketch.words().len() as u32]);
    memberships.iter().for_each(|membership| put_short(bytes, &[membership.bucket, membership.reach]));
    put(bytes, sketch.words());
}

fn put_prefix(elements: &[PrefixElement], bytes: &mut Vec<u8>) {
    put_short(bytes, &[elements.len() as u32]);
    elements.iter().for_each(|element| put_short(bytes, &[element.short, element.largest]));
}

/// Reads the crowd, in order.
struct CrowdReader {
    members: FrameReader,
    prefixes: Option<FrameReader>,
}

impl CrowdReader {
    /// Reads documents up to a number of bytes in memory, at least one.
    fn read_crowd(&mut self, bytes: usize, documents: usize) -> Result<Crowd, Error> {
        let mut crowd = Crowd::default();
        while self.members.has_more()? && (crowd.len() == 0 || crowd.bytes() < bytes && crowd.len() < documents) {
            self.read_member(&mut crowd)?;
        }
        Ok(crowd)
    }

    /// Returns the next document, and its buckets.
    fn next_document(&mut self) -> Result<Option<(u32, Vec<Membership>)>, Error> {
        let mut crowd = Crowd::default();
        if self.members.has_more()? {
            self.read_member(&mut crowd)?;
        }
        Ok(crowd.numbers().first().map(|&document| (document, crowd.memberships(0).to_vec())))
    }

    fn read_member(&mut self, crowd: &mut Crowd) -> Result<(), Error> {
        let [document, size, memberships, words] = self.members.take_short_numbers()?;
        let memberships: Vec<Membership> =
            read_pairs(&mut self.members, memberships)?.map(|[bucket, reach]| Membership { bucket, reach }).collect();
        let words: Vec<u64> = numbers(self.members.take_more(8 * words as usize)?).collect();
        crowd.push(document, OddSketch::new(size, &words), &memberships);
        if let Some(file) = &mut self.prefixes {
            let [elements] = file.take_short_numbers()?;
            crowd.push_elements(read_pairs(file, elements)?.map(|[short, largest]| PrefixElement { short, largest }));
        }
        Ok(())
    }
}

/// Reads pairs of numbers.
fn read_pairs(file: &mut FrameReader, pairs: u32) -> Result<impl Iterator<Item = [u32; 2]>, Error> {
    let read: Vec<u32> = short_numbers(file.take_more(8 * pairs as usize)?).collect();
    Ok((0..read.len() / 2).map(move |at| [read[2 * at], read[2 * at + 1]]))
}
