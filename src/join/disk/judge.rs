//! Guests and hosts that are compared.

use std::ops::Range;

use super::keys::KeyMaker;
use super::verified::Done;
use super::verify::EdgeRecord;
use super::visit::{Guest, Hosts};
use crate::error::Error;
use crate::parallel;
use crate::similarity::{Document, Left, Rule, Verdict};

/// Compares the guests of a chunk with its hosts.
pub(super) struct Judge<'a> {
    pub(super) rule: Rule,
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
        let mut done = Done::default();
        for judged in parallel::map(&groups(guests), || (), |group, ()| self.group(group)) {
            let Some(judged) = judged else { return Ok(None) };
            done.add(judged.done);
            judged.edges.into_iter().try_for_each(&mut edge)?;
        }
        Ok(Some(done))
    }

    fn group(&self, guests: &[Guest]) -> Option<Judged> {
        let judge = |part: &Range<u32>| guests.iter().map(|guest| self.guest(guest, part)).collect::<Option<Vec<_>>>();
        let mut parts: Vec<Vec<Judged>> =
            parallel::map(&parts(guests), || (), |part, ()| judge(part)).into_iter().collect::<Option<_>>()?;
        let mut all = Judged::default();
        for guest in 0..guests.len() {
            for part in &mut parts {
                all.done.add(part[guest].done);
                all.edges.append(&mut part[guest].edges);
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
            Document { row: &row, set: &guest.set }
        };
        let (mut left, mut judged) = (Left::new(document), Judged::default());
        for (right, document) in self.hosts.documents(guest.rights_in(part)) {
            match self.rule.judge(&mut left, document?) {
                Verdict::Filtered => judged.done.filtered += 1,
                Verdict::Rejected => judged.done.compared += 1,
                Verdict::Verified(overlap) => {
                    judged.done.compared += 1;
                    let pair = u64::from(guest.document) << 32 | u64::from(right);
                    let sizes = (overlap.left as u64) << 32 | overlap.right as u64;
                    judged.edges.push([pair, sizes, overlap.shared as u64]);
                }
            }
        }
        Some(judged)
    }
}

/// Guests that follow one another, and are all busy or none.
fn groups(guests: &[Guest]) -> Vec<&[Guest]> {
    let is_busy = |guest: &Guest| guest.rights.len() >= BUSY;
    let alike = guests.chunk_by(|a, b| is_busy(a) == is_busy(b));
    alike.flat_map(|alike| alike.chunks(if is_busy(&alike[0]) { BUSY_GROUP } else { GROUP })).collect()
}

/// The documents cut into parts, for busy guests; into one for others.
fn parts(guests: &[Guest]) -> Vec<Range<u32>> {
    let busiest = guests.iter().map(|guest| &guest.rights).max_by_key(|rights| rights.len());
    let ends = busiest.into_iter().flat_map(|rights| rights.iter().step_by(PART).skip(1)).copied();
    let mut start = 0;
    let whole = guests.iter().all(|guest| guest.rights.len() < BUSY);
    let ends = ends.filter(|_| !whole).chain([u32::MAX]);
    ends.map(|end| std::mem::replace(&mut start, end)..end).collect()
}
