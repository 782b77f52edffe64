//! Which id has which slot of an online index.

use std::hash::Hash;

use ahash::RandomState;
use hashbrown::HashTable;

/// Slots in the order of insertion. An id is kept once, in its slot; the table holds only slots, and compares through
/// them.
#[derive(Clone, Debug)]
pub(super) struct Ids<Id> {
    /// A slot whose document was removed is vacant.
    slots: Vec<Option<Id>>,
    slot_of: HashTable<u32>,
    hashing: RandomState,
}

impl<Id: Eq + Hash> Ids<Id> {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), slot_of: HashTable::new(), hashing: RandomState::new() }
    }

    /// How many ids there are.
    pub(super) fn len(&self) -> usize {
        self.slot_of.len()
    }

    /// How many slots there are, those without an id included.
    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn id(&self, slot: usize) -> Option<&Id> {
        self.slots.get(slot)?.as_ref()
    }

    pub(super) fn slot_of(&self, id: &Id) -> Option<u32> {
        let is_its = |&slot: &u32| self.id(slot as usize) == Some(id);
        self.slot_of.find(self.hashing.hash_one(id), is_its).copied()
    }

    /// Gives a new id the next slot. There are fewer than [`MOST_DOCUMENTS`](crate::error::MOST_DOCUMENTS).
    pub(super) fn push(&mut self, id: Id) -> u32 {
        let slot = self.slots.len() as u32;
        let hash = self.hashing.hash_one(&id);
        self.slots.push(Some(id));
        self.slot_of.insert_unique(hash, slot, |&slot| hash_of(&self.hashing, &self.slots, slot));
        slot
    }

    /// Vacates the slot of an id.
    pub(super) fn remove(&mut self, id: &Id) -> Option<u32> {
        let is_its = |&slot: &u32| self.slots[slot as usize].as_ref() == Some(id);
        let (slot, _) = self.slot_of.find_entry(self.hashing.hash_one(id), is_its).ok()?.remove();
        self.slots[slot as usize] = None;
        Some(slot)
    }

    /// Drops the vacant slots. The new number of each of the others is in the place of the old.
    pub(super) fn compact(&mut self) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.slots.len());
        let mut next = 0;
        for slot in &self.slots {
            numbers.push(next);
            next += u32::from(slot.is_some());
        }
        self.slots.retain(Option::is_some);
        self.slot_of.iter_mut().for_each(|slot| *slot = numbers[*slot as usize]);
        let least = self.slots.len() / 2 * 3;
        if self.slots.capacity() / 2 > self.slots.len() {
            self.slots.shrink_to(least);
            self.slot_of.shrink_to(least, |&slot| hash_of(&self.hashing, &self.slots, slot));
        }
        numbers
    }

    /// Bytes in memory, without what ids own elsewhere.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Option<Id>>() + self.slot_of.allocation_size()
    }
}

/// The hash of the id in a slot.
fn hash_of<Id: Hash>(hashing: &RandomState, slots: &[Option<Id>], slot: u32) -> u64 {
    slots[slot as usize].as_ref().map_or(0, |id| hashing.hash_one(id))
}
