//! The crowd of a corpus on disk: who is in which oversized bucket, and the search of these buckets block by block.
//!
//! One pass over the sets writes the sketches of the crowd to a file. A block of it is held in memory at a time, and the sets behind it
//! pass by, each with how far its search has come. So the outcome does not depend on the memory.

use std::ops::Range;

use super::crowd::{Crowd, CrowdBlock, Membership, Searcher};
use super::external::Finder;
use crate::error::Error;
use crate::external::{
    FrameReader, FrameWriter, Kind, Records, Role, Sort, Sorted, Sorter, numbers, put, put_short, read_record, short_numbers,
};
use crate::join::edge::{join, split};
use crate::join::progress::{Stage, Watch};
use crate::join::stats::JoinStats;
use crate::join::storage::scratch::ScratchDir;
use crate::lsh::{BucketRule, Search};

/// Gathers the documents of oversized buckets.
pub(crate) struct CrowdMembers {
    /// `document << 32 | membership`.
    members: Sorter<1>,
    buckets: u32,
}

impl CrowdMembers {
    pub(crate) fn new(scratch: &ScratchDir) -> Self {
        Self { members: scratch.small_sorter("crowd"), buckets: 0 }
    }

    /// Begins a bucket, and returns its number.
    pub(crate) fn begin(&mut self) -> u32 {
        self.buckets += 1;
        self.buckets - 1
    }

    /// Adds a document of a bucket: one of the first, up to the limit, or one behind them.
    pub(crate) fn add(&mut self, document: u32, bucket: u32, is_behind: bool) -> Result<(), Error> {
        self.members.push([join(document, Membership::new(bucket, is_behind).number())])
    }
}

/// The file of the crowd, and the files of how far searches have come: one that is read and one that is written.
const CROWD: &str = "crowd-sketches";
const CROWD_ROLE: Role = Role { kind: Kind::Numbers, piece: 0, width: 0, owner: 0 };
const SEARCHES: [&str; 2] = ["crowd-searches-0", "crowd-searches-1"];
const SEARCHES_ROLE: Role = Role { kind: Kind::Numbers, piece: 0, width: 4, owner: 0 };

/// Searches the crowd.
pub(crate) struct CrowdSearch<'a> {
    finder: &'a Finder<'a>,
    buckets: usize,
    /// Documents of the crowd.
    documents: usize,
}

impl<'a> CrowdSearch<'a> {
    /// Writes the sketches of all members; shows each document.
    pub(crate) fn write(
        finder: &'a Finder<'a>,
        members: CrowdMembers,
        mut show: impl FnMut(u32) -> Result<(), Error>,
        watch: &mut Watch<'_>,
    ) -> Result<Self, Error> {
        let CrowdMembers { members, buckets } = members;
        let mut search = Self { finder, buckets: buckets as usize, documents: 0 };
        if buckets == 0 {
            return Ok(search);
        }
        let mut members = Members::new(members.finish()?)?;
        let (mut stored, mut sets) = (finder.segments.documents(), finder.segments.sets());
        let mut file = finder.scratch.create(CROWD, CROWD_ROLE)?;
        let (mut document, mut before, mut set) = (0, 0, Vec::new());
        while let Some(record) = stored.next()? {
            watch.document(Stage::Gathering, document, finder.groups.documents)?;
            let memberships = members.of(document)?;
            if memberships.is_empty() {
                sets.pass(record.set.size as usize)?;
            } else {
                set.clear();
                sets.append(record.set.size as usize, record.set.check(), &mut set)?;
                let mut one = Crowd::default();
                one.push((document, before), &set, memberships);
                file.record(|bytes| put_member(&one, bytes))?;
                search.documents += 1;
                show(document)?;
            }
            before += u32::from(finder.groups.firsts.get(document));
            document += 1;
        }
        file.finish_unsynced()?;
        Ok(search)
    }

    /// Finds the pairs, and counts those that were passed over.
    pub(crate) fn find(
        &self,
        pairs: &mut Sorter<1>,
        stats: &mut JoinStats,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        stats.oversized_buckets = self.buckets as u64;
        let (mut done, mut number) = (0, 0);
        while done < self.documents {
            done += self.block(done, number, (pairs, stats), watch)?;
            number += 1;
        }
        Ok(())
    }

    /// Searches one block, which begins after some documents, for all that are not before it; returns how many it has.
    fn block(
        &self,
        done: usize,
        number: usize,
        (pairs, stats): (&mut Sorter<1>, &mut JoinStats),
        watch: &mut Watch<'_>,
    ) -> Result<usize, Error> {
        let Finder { scratch, filter, parameters, .. } = self.finder;
        let mut file = scratch.open(CROWD, CROWD_ROLE)?;
        for _ in 0..done {
            read_member(&mut file, &mut Crowd::default())?;
        }
        let mut searches = Searches::open(scratch, number)?;
        let allows = |left, right| filter.allows(left, right);
        let searcher = Searcher { rule: parameters.rule, filter: parameters.sketch_filter, allows };
        let block = CrowdBlock::new(read_crowd(&mut file, scratch.memory() / 2, usize::MAX)?, self.buckets);
        let at_once = probes_at_once(scratch.memory(), parameters.rule);
        let mut search = |probes: &Crowd, places: Range<usize>| -> Result<Vec<Search>, Error> {
            let mut states = searches.read(places.len())?;
            for pair in searcher.search(&block, (probes, places.start), &mut states).into_iter().flatten() {
                pairs.push([join(pair.1, pair.0)])?;
            }
            Ok(states)
        };
        // Behind the block there is nothing that its own documents could be paired with.
        let held = block.crowd().len();
        for first in (0..held).step_by(at_once) {
            watch.step(Stage::Candidates, (done + first) as u64, self.documents as u64)?;
            let places = first..held.min(first + at_once);
            for (place, search) in places.clone().zip(search(block.crowd(), places)?) {
                stats.pairs_passed_over += search.passed_over(block.crowd().before(place));
            }
        }
        let mut next = Searches::create(scratch, number)?;
        while file.has_more()? {
            watch.step(Stage::Candidates, done as u64, self.documents as u64)?;
            let probes = read_crowd(&mut file, scratch.memory() / 4, at_once)?;
            let states = search(&probes, 0..probes.len())?;
            states.iter().try_for_each(|search| next.record(|bytes| put_search(search, bytes)))?;
        }
        next.finish_unsynced()?;
        Ok(held)
    }
}

/// Returns how many documents search at once: so few that the pairs they find take a small part of the memory.
fn probes_at_once(memory: usize, rule: BucketRule) -> usize {
    (memory / 8 / size_of::<(u32, u32)>() / rule.limit()).clamp(64, 1 << 12)
}

/// The memberships of documents, which are asked for in order.
struct Members {
    sorted: Sorted<1>,
    next: Option<u64>,
    memberships: Vec<Membership>,
}

impl Members {
    fn new(mut sorted: Sorted<1>) -> Result<Self, Error> {
        let next = sorted.next()?.map(|[member]| member);
        Ok(Self { sorted, next, memberships: Vec::new() })
    }

    fn of(&mut self, document: u32) -> Result<&[Membership], Error> {
        self.memberships.clear();
        while let Some((of, membership)) = self.next.map(split)
            && of == document
        {
            self.memberships.push(Membership::from_number(membership));
            self.next = self.sorted.next()?.map(|[member]| member);
        }
        Ok(&self.memberships)
    }
}

/// Puts the only document of a crowd into a file.
fn put_member(one: &Crowd, bytes: &mut Vec<u8>) {
    let (sketch, memberships) = one.get(0);
    let lengths = [memberships.len() as u32, sketch.words().len() as u32];
    put_short(bytes, &[one.number(0), one.before(0), sketch.size(), lengths[0], lengths[1]]);
    memberships.iter().for_each(|membership| put_short(bytes, &[membership.number()]));
    put(bytes, sketch.words());
}

fn read_member(file: &mut FrameReader, crowd: &mut Crowd) -> Result<(), Error> {
    let mut head = [0; 5];
    head.iter_mut().zip(short_numbers(file.take(4 * 5)?)).for_each(|(place, number)| *place = number);
    let [number, before, size, memberships, words] = head;
    let memberships: Vec<Membership> =
        short_numbers(file.take_more(4 * memberships as usize)?).map(Membership::from_number).collect();
    let words = numbers(file.take_more(8 * words as usize)?);
    crowd.push_sketched((number, before, size), memberships.into_iter(), words);
    Ok(())
}

/// Reads documents up to a number of bytes in memory, at least one.
fn read_crowd(file: &mut FrameReader, bytes: usize, documents: usize) -> Result<Crowd, Error> {
    let mut crowd = Crowd::default();
    while file.has_more()? && (crowd.len() == 0 || crowd.bytes() < bytes && crowd.len() < documents) {
        read_member(file, &mut crowd)?;
    }
    Ok(crowd)
}

/// How far searches have come before a block, in the order of the documents.
struct Searches {
    /// Not before the first block.
    file: Option<FrameReader>,
}

impl Searches {
    fn open(scratch: &ScratchDir, block: usize) -> Result<Self, Error> {
        let before = block.checked_sub(1);
        Ok(Self { file: before.map(|before| scratch.open(SEARCHES[before % 2], SEARCHES_ROLE)).transpose()? })
    }

    /// Begins the file for the next block.
    fn create(scratch: &ScratchDir, block: usize) -> Result<FrameWriter, Error> {
        scratch.create(SEARCHES[block % 2], SEARCHES_ROLE)
    }

    fn read(&mut self, count: usize) -> Result<Vec<Search>, Error> {
        let Some(file) = &mut self.file else { return Ok(vec![Search::default(); count]) };
        let mut searches = Vec::with_capacity(count);
        for _ in 0..count {
            let [found, visited, has_ended, left] = read_record(file)?.ok_or_else(|| file.corrupt())?;
            searches.push(Search { found: found as u32, visited: visited as u32, has_ended: has_ended == 1, left });
        }
        Ok(searches)
    }
}

fn put_search(search: &Search, bytes: &mut Vec<u8>) {
    let Search { found, visited, has_ended, left } = *search;
    put(bytes, &[u64::from(found), u64::from(visited), u64::from(has_ended), left]);
}
