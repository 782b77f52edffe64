//! Guests and hosts that are compared.

use std::ops::Range;

use super::keys::KeyMaker;
use super::verified::Done;
use super::verify::EdgeRecord;
use super::visit::{Guest, Hosts};
use crate::error::Error;
use crate::mix::mix64;
use crate::parallel;
use crate::verify::{Criterion, QuerySet, SignedSet, Verdict};

/// Compares the guests of a chunk with its hosts.
pub(super) struct Judge<'a> {
    pub(super) rule: Criterion,
    pub(super) hosts: &'a Hosts,
    /// Signs guests, if someone looks at signatures.
    pub(super) signed: Option<&'a KeyMaker>,
}

/// A guest of so many candidates is busy. Busy guests come as a group, before one part of the hosts after the other, for
/// each by itself would have the sets of all hosts pass through the processor's caches.
const BUSY: usize = 1_000;

/// Guests of a group: busy ones, and others.
const BUSY_GROUP: usize = 16;
const GROUP: usize = 256;

/// Candidates of the busiest guest in one part of the hosts: so few that their sets stay in a cache.
const PART: usize = 128;

/// What became of candidates.
#[derive(Default)]
struct Judged {
    done: Done,
    edges: Vec<EdgeRecord>,
}

impl Judge<'_> {
    /// Judges guests in parallel, and hands over edges in order; `None` where a candidate is not there.
    pub(super) fn all(
        &self,
        guests: &[Guest],
        mut edge: impl FnMut(EdgeRecord) -> Result<(), Error>,
    ) -> Result<Option<Done>, Error> {
        let order = order(guests);
        let mut judged: Vec<Judged> = Vec::new();
        judged.resize_with(guests.len(), Judged::default);
        let groups = groups(guests, &order);
        for (group, of_group) in groups.iter().zip(parallel::map(&groups, || (), |group, ()| self.group(guests, group)))
        {
            let Some(of_group) = of_group else { return Ok(None) };
            group.iter().zip(of_group).for_each(|(&guest, of_guest)| judged[guest as usize] = of_guest);
        }
        let mut done = Done::default();
        for guest in judged {
            done.add(guest.done);
            guest.edges.into_iter().try_for_each(&mut edge)?;
        }
        Ok(Some(done))
    }

    /// Judges guests of these numbers before one part of the hosts after the other.
    fn group(&self, guests: &[Guest], group: &[u32]) -> Option<Vec<Judged>> {
        let of_group = || group.iter().map(|&guest| &guests[guest as usize]);
        let judge = |part: &Range<u32>| of_group().map(|guest| self.guest(guest, part)).collect::<Option<Vec<_>>>();
        let mut parts = parallel::map(&parts(of_group()), || (), |part, ()| judge(part)).into_iter();
        let mut all = parts.next()??;
        for part in parts {
            for (all, mut part) in all.iter_mut().zip(part?) {
                all.done.add(part.done);
                all.edges.append(&mut part.edges);
            }
        }
        Some(all)
    }

    fn guest(&self, guest: &Guest, part: &Range<u32>) -> Option<Judged> {
        let row;
        let document = if guest.set.is_empty() {
            self.hosts.document(guest.document)?
        } else {
            row = self.signed.map_or_else(Vec::new, |keys| keys.row(&guest.set));
            SignedSet { row: &row, set: &guest.set }
        };
        let (mut left, mut judged) = (QuerySet::new(document), Judged::default());
        for (right, document) in self.hosts.documents(guest.rights_in(part)) {
            match self.rule.judge(&mut left, document?) {
                Verdict::Filtered => judged.done.filtered += 1,
                Verdict::Rejected => judged.done.compared += 1,
                Verdict::Verified(overlap) => {
                    judged.done.compared += 1;
                    let pair = u64::from(guest.document) << 32 | u64::from(right);
                    let sizes = (overlap.left() as u64) << 32 | overlap.right() as u64;
                    judged.edges.push([pair, sizes, overlap.shared() as u64]);
                }
            }
        }
        Some(judged)
    }
}

fn is_busy(guest: &Guest) -> bool {
    guest.rights.len() >= BUSY
}

/// The numbers of all guests, busy ones first, and such with much the same candidates next to one another: while these are at hand, for
/// a comparison takes less time than to fetch a set from memory. Those with the same least hash of a candidate are alike as texts of
/// equal MinHash are.
fn order(guests: &[Guest]) -> Vec<u32> {
    let least = |guest: &Guest| guest.rights.iter().map(|&right| mix64(u64::from(right))).min();
    let mut order: Vec<_> = (0..).zip(guests).map(|(number, guest)| (!is_busy(guest), least(guest), number)).collect();
    order.sort_unstable();
    order.into_iter().map(|(.., number)| number).collect()
}

/// Numbers that follow one another, of guests that are all busy or none.
fn groups<'a>(guests: &[Guest], order: &'a [u32]) -> Vec<&'a [u32]> {
    let is_busy = |guest: u32| is_busy(&guests[guest as usize]);
    let alike = order.chunk_by(|a, b| is_busy(*a) == is_busy(*b));
    alike.flat_map(|alike| alike.chunks(if is_busy(alike[0]) { BUSY_GROUP } else { GROUP })).collect()
}

/// The documents cut into parts, for busy guests; into one for others.
fn parts<'a>(guests: impl Iterator<Item = &'a Guest>) -> Vec<Range<u32>> {
    let busiest = guests.filter(|guest| is_busy(guest)).map(|guest| &guest.rights).max_by_key(|rights| rights.len());
    let ends = busiest.into_iter().flat_map(|rights| rights.iter().step_by(PART).skip(1)).copied();
    let mut start = 0;
    ends.chain([u32::MAX]).map(|end| std::mem::replace(&mut start, end)..end).collect()
}
