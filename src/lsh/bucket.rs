//! The slots that share a band key, if there are several.

/// Two slots or more, in ascending order. Most buckets of near-duplicates hold two or three, which fit into the space of a
/// pointer to more.
#[derive(Clone, Debug)]
pub(super) enum Bucket {
    Few { len: u8, slots: [u32; FEW] },
    Many(Box<Many>),
}

/// A list of slots in which removal is cheap. A removed slot is only marked; marked slots are dropped together when they are more
/// than half. So removing a million copies, in any order, moves each slot about once. Closing the gap at each removal would take
/// quadratic time.
#[derive(Clone, Debug)]
pub(super) struct Many {
    slots: Vec<u32>,
    removed: usize,
}

const FEW: usize = 3;

/// The bit that marks a removed slot. Slot numbers are below it.
const REMOVED: u32 = 1 << 31;

/// The slots of a bucket, or the only slot of a key that has no bucket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots<'a> {
    one: Option<u32>,
    several: &'a [u32],
    removed: usize,
}

impl<'a> Slots<'a> {
    pub(super) fn one(slot: u32) -> Self {
        Self { one: Some(slot), several: &[], removed: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.one.is_some()) + self.several.len() - self.removed
    }

    /// Returns the slot if there is exactly one.
    pub(super) fn only(&self) -> Option<u32> {
        if self.len() == 1 { self.iter().next() } else { None }
    }

    /// Returns the greatest slot.
    pub(crate) fn last(&self) -> Option<u32> {
        self.one.or_else(|| self.several.iter().rev().copied().find(|slot| slot & REMOVED == 0))
    }

    /// Returns an iterator over the slots in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.one.into_iter().chain(self.several.iter().copied().filter(|slot| slot & REMOVED == 0))
    }
}

impl Bucket {
    /// Returns a bucket that holds nothing, except the number of the next one of that kind.
    pub(super) fn unused(next: Option<u32>) -> Self {
        let link = next.map_or(0, |number| number + 1);
        Self::Few { len: 0, slots: [link; FEW] }
    }

    /// Returns the number that an [`unused`](Self::unused) bucket holds.
    pub(super) fn next_unused(&self) -> Option<u32> {
        match self {
            Self::Few { len: 0, slots } => slots[0].checked_sub(1),
            _ => None,
        }
    }

    pub(super) fn from_two(first: u32, second: u32) -> Self {
        Self::Few { len: 2, slots: [first, second, 0] }
    }

    /// Appends a slot that is greater than all others in the bucket.
    pub(super) fn push(&mut self, slot: u32) {
        match self {
            Self::Few { len, slots } if usize::from(*len) < FEW => {
                slots[usize::from(*len)] = slot;
                *len += 1;
            }
            Self::Few { slots, .. } => {
                let slots = slots.iter().copied().chain([slot]).collect();
                *self = Self::Many(Box::new(Many { slots, removed: 0 }));
            }
            Self::Many(many) => many.slots.push(slot),
        }
    }

    /// Removes a slot, if it is there.
    pub(super) fn remove(&mut self, slot: u32) {
        match self {
            Self::Few { len, slots } => {
                let held = &mut slots[..usize::from(*len)];
                if let Some(place) = held.iter().position(|&other| other == slot) {
                    held.copy_within(place + 1.., place);
                    *len -= 1;
                }
            }
            Self::Many(many) => many.remove(slot),
        }
    }

    pub(super) fn slots(&self) -> Slots<'_> {
        match self {
            Self::Few { len, slots } => Slots { one: None, several: &slots[..usize::from(*len)], removed: 0 },
            Self::Many(many) => Slots { one: None, several: &many.slots, removed: many.removed },
        }
    }

    /// Returns the bucket with each slot replaced by its new number. The new numbers keep the order of the old ones.
    pub(super) fn renumbered(&self, number: impl Fn(u32) -> u32) -> Self {
        let slots = self.slots();
        let mut renumbered = slots.iter().map(number);
        if slots.len() > FEW {
            return Self::Many(Box::new(Many { slots: renumbered.collect(), removed: 0 }));
        }
        let few = [(); FEW].map(|()| renumbered.next().unwrap_or_default());
        Self::Few { len: slots.len() as u8, slots: few }
    }

    /// Returns the bytes in memory beyond those of the value itself.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Few { .. } => 0,
            Self::Many(many) => size_of::<Many>() + many.slots.capacity() * size_of::<u32>(),
        }
    }
}

impl Many {
    fn remove(&mut self, slot: u32) {
        // Without its mark, a removed slot is in its place in the order, so the search works among marked slots as well.
        let Ok(place) = self.slots.binary_search_by_key(&slot, |other| other & !REMOVED) else { return };
        if self.slots[place] != slot {
            return;
        }
        self.slots[place] |= REMOVED;
        self.removed += 1;
        if self.removed * 2 > self.slots.len() {
            self.slots.retain(|slot| slot & REMOVED == 0);
            self.slots.shrink_to_fit();
            self.removed = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_bucket_is_small() {
        assert_eq!(size_of::<Bucket>(), 16);
    }

    /// Removals from the front are the worst for a list that closes its gaps: each moves all that follow. Here the slots
    /// that are moved in all are counted, by what stands in the list before each removal that closes gaps.
    #[test]
    fn removing_many_copies_moves_each_about_once() {
        let count = 20_000;
        let mut bucket = Bucket::from_two(0, 1);
        (2..count).for_each(|slot| bucket.push(slot));
        let listed = |bucket: &Bucket| match bucket {
            Bucket::Few { .. } => 0,
            Bucket::Many(many) => many.slots.len(),
        };
        let mut moved = 0;
        for slot in 0..count {
            let before = listed(&bucket);
            bucket.remove(slot);
            moved += if listed(&bucket) < before { before } else { 0 };
            assert_eq!(bucket.slots().len(), (count - slot - 1) as usize);
        }
        assert!(moved < 3 * count as usize, "{moved}");
    }
}
