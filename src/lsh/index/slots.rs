//! Which id has which slot of an index.

use std::hash::Hash;
use std::iter::FusedIterator;

use ahash::RandomState;
use hashbrown::HashTable;

use crate::error::{Error, MOST_DOCUMENTS};

/// Slots in the order of insertion. Each id is kept once, in its slot. The hash table holds slot numbers only, and
/// compares ids through them.
#[derive(Clone, Debug)]
pub(in crate::lsh) struct Slots<Id> {
    /// A slot whose document was removed is vacant.
    slots: Vec<Option<Id>>,
    slot_of: HashTable<u32>,
    hashing: RandomState,
}

impl<Id> Slots<Id> {
    pub(in crate::lsh) fn new() -> Self {
        Self { slots: Vec::new(), slot_of: HashTable::new(), hashing: RandomState::new() }
    }

    /// Returns the number of ids.
    pub(in crate::lsh) fn ids(&self) -> usize {
        self.slot_of.len()
    }

    /// Returns the number of slots, vacant ones included.
    pub(in crate::lsh) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Checks that slot numbers suffice for more ids.
    pub(in crate::lsh) fn check_room(&self, additional: usize) -> Result<(), Error> {
        let all = self.slots.len().saturating_add(additional);
        if all > MOST_DOCUMENTS as usize { Err(Error::TooManyDocuments) } else { Ok(()) }
    }

    /// Returns the id in a slot, unless it is vacant.
    pub(in crate::lsh) fn id(&self, slot: usize) -> Option<&Id> {
        self.slots.get(slot)?.as_ref()
    }

    pub(in crate::lsh) fn iter(&self) -> Ids<'_, Id> {
        Ids { slots: self.slots.iter(), left: self.ids() }
    }

    /// Returns the id in each slot.
    pub(in crate::lsh) fn into_ids(self) -> Vec<Option<Id>> {
        self.slots
    }

    /// Removes all ids, and keeps the memory.
    pub(in crate::lsh) fn clear(&mut self) {
        self.slots.clear();
        self.slot_of.clear();
    }

    /// Returns the bytes in memory, without what ids own elsewhere.
    pub(in crate::lsh) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Option<Id>>() + self.slot_of.allocation_size()
    }
}

impl<Id: Eq + Hash> Slots<Id> {
    pub(in crate::lsh) fn slot_of(&self, id: &Id) -> Option<u32> {
        let is_its = |&slot: &u32| self.id(slot as usize) == Some(id);
        self.slot_of.find(self.hashing.hash_one(id), is_its).copied()
    }

    /// Gives a new id the next slot. There are fewer than [`MOST_DOCUMENTS`](crate::error::MOST_DOCUMENTS).
    pub(in crate::lsh) fn push(&mut self, id: Id) -> u32 {
        let slot = self.slots.len() as u32;
        let hash = self.hashing.hash_one(&id);
        self.slots.push(Some(id));
        self.slot_of.insert_unique(hash, slot, |&slot| hash_of(&self.hashing, &self.slots, slot));
        slot
    }

    /// Gives new ids the next slots. If one of them has a slot already, changes nothing and returns it.
    pub(in crate::lsh) fn push_all(&mut self, ids: Vec<Id>) -> Result<(), Id> {
        let before = self.slots.len();
        self.reserve(ids.len());
        for id in ids {
            if self.slot_of(&id).is_some() {
                self.truncate(before);
                return Err(id);
            }
            self.push(id);
        }
        Ok(())
    }

    /// Drops the slots from a number on, none of which is vacant.
    fn truncate(&mut self, length: usize) {
        while self.slots.len() > length {
            let Some(Some(id)) = self.slots.pop() else { continue };
            let last = self.slots.len() as u32;
            if let Ok(entry) = self.slot_of.find_entry(self.hashing.hash_one(&id), |&slot| slot == last) {
                entry.remove();
            }
        }
    }

    /// Vacates the slot of an id, and returns its number.
    pub(in crate::lsh) fn remove(&mut self, id: &Id) -> Option<u32> {
        let is_its = |&slot: &u32| self.slots[slot as usize].as_ref() == Some(id);
        let (slot, _) = self.slot_of.find_entry(self.hashing.hash_one(id), is_its).ok()?.remove();
        self.slots[slot as usize] = None;
        Some(slot)
    }

    /// Drops the vacant slots. Returns the new number of each slot, at the place of its old one.
    ///
    /// Numbers keep their order, so that what was in the order of insertion stays so.
    pub(in crate::lsh) fn compact(&mut self) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.slots.len());
        let mut next = 0;
        for slot in &self.slots {
            numbers.push(next);
            next += u32::from(slot.is_some());
        }
        self.slots.retain(Option::is_some);
        self.slot_of.iter_mut().for_each(|slot| *slot = numbers[*slot as usize]);
        if self.slots.capacity() / 2 > self.slots.len() {
            self.shrink_to(self.slots.len() / 2 * 3);
        }
        numbers
    }

    /// Makes room for more ids.
    pub(in crate::lsh) fn reserve(&mut self, additional: usize) {
        self.slots.reserve(additional);
        self.slot_of.reserve(additional, |&slot| hash_of(&self.hashing, &self.slots, slot));
    }

    /// Gives back memory beyond what this number of ids needs.
    pub(in crate::lsh) fn shrink_to(&mut self, ids: usize) {
        self.slots.shrink_to(ids);
        self.slot_of.shrink_to(ids, |&slot| hash_of(&self.hashing, &self.slots, slot));
    }
}

/// Returns the hash of the id in a slot.
fn hash_of<Id: Hash>(hashing: &RandomState, slots: &[Option<Id>], slot: u32) -> u64 {
    slots[slot as usize].as_ref().map_or(0, |id| hashing.hash_one(id))
}

/// Iterates over the ids of an index in the order of insertion; see [`LshIndex::ids`](super::LshIndex::ids).
///
/// ```
/// use twinprint::{Banding, LshIndex, Scheme};
///
/// let scheme = Scheme::builder().custom_features("numbers").build()?;
/// let mut index = LshIndex::new(&scheme, Banding::new(16, 8)?)?;
/// for id in ["a", "b", "c"] {
///     index.insert(id, &scheme.minhasher().signature(&[1, 2, 3]))?;
/// }
/// index.remove(&"b");
/// let mut ids = index.ids();
/// assert_eq!((ids.len(), ids.next(), ids.next(), ids.next()), (2, Some(&"a"), Some(&"c"), None));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Debug)]
pub struct Ids<'a, Id> {
    slots: std::slice::Iter<'a, Option<Id>>,
    left: usize,
}

impl<Id> Clone for Ids<'_, Id> {
    fn clone(&self) -> Self {
        Self { slots: self.slots.clone(), left: self.left }
    }
}

impl<'a, Id> Iterator for Ids<'a, Id> {
    type Item = &'a Id;

    fn next(&mut self) -> Option<&'a Id> {
        let id = self.slots.find_map(Option::as_ref)?;
        self.left -= 1;
        Some(id)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<Id> ExactSizeIterator for Ids<'_, Id> {}

impl<Id> FusedIterator for Ids<'_, Id> {}
