//! The table of one band of an online index: which slots have which key.

use super::bucket::{Bucket, Slots};

/// A hash table with ordered linear probing: keys in a sorted array with gaps (O. Amble, D. Knuth, "Ordered hash tables", 1974).
///
/// Keys are hashes, evenly spread over 32 bits. The home of a key is at the same fraction of the array as the key is of 2^32, so
/// homes ascend with the keys, and the whole array is sorted. A key is at its home or, if that is taken, behind the lesser keys
/// that follow it. A search ends at the first entry that is not less, mostly in the cache line in which it began. The array
/// grows to any size in one pass from end to end, in place.
///
/// An entry has the key in its upper half. The lower half has the only slot of the key, or [`SHARED`] and the number of a
/// bucket.
#[derive(Clone, Debug, Default)]
pub(super) struct OrderedTable {
    /// One entry per home, and the rest of the last cluster, which may reach beyond the last home.
    entries: Vec<u64>,
    homes: usize,
    keys: usize,
    /// The slots of keys that several slots share. A bucket that lost all slots except one is unused until another key takes it.
    buckets: Vec<Bucket>,
    /// The number of an unused bucket, which holds that of the next.
    unused: Option<u32>,
}

/// What an entry holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Held {
    Slot(u32),
    Bucket(usize),
}

/// Marks a free place. It is greater than all entries: a bucket of that number is impossible, because there would have to be two
/// slots for each of the buckets before it.
const EMPTY: u64 = u64::MAX;

/// Marks an entry whose key several slots share. The numbers of slots and buckets are below it.
const SHARED: u32 = 1 << 31;

/// Room behind the last home, so that its cluster can grow without moving the array.
const SLACK: usize = 32;

/// A table with this many homes or fewer keeps them.
const FEW_HOMES: usize = 64;

impl OrderedTable {
    /// Reads the home of a key and the place where a search for it ends at the latest, most of the time, so that both cache
    /// lines are loaded when the search begins. The result has no meaning; the caller only has to use it.
    pub(super) fn prefetch(&self, key: u32) -> u64 {
        let home = home(key, self.homes);
        self.entry(home) ^ self.entry(home + 7)
    }

    /// Returns what the entry of this key holds.
    pub(super) fn held(&self, key: u32) -> Option<Held> {
        self.find(key).1
    }

    /// Reads what an entry leads to, as [`prefetch`](Self::prefetch) does for a key.
    pub(super) fn prefetch_held(&self, held: Held) -> u64 {
        match held {
            Held::Slot(_) => 0,
            Held::Bucket(number) => self.buckets[number].slots().len() as u64,
        }
    }

    /// Returns the slots that an entry holds.
    pub(super) fn slots_of(&self, held: Held) -> Slots<'_> {
        match held {
            Held::Slot(slot) => Slots::one(slot),
            Held::Bucket(number) => self.buckets[number].slots(),
        }
    }

    /// Returns the slots that have this key.
    pub(super) fn get(&self, key: u32) -> Option<Slots<'_>> {
        self.held(key).map(|held| self.slots_of(held))
    }

    /// Yields the slots of each key, in the order of keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = Slots<'_>> {
        let entries = self.entries.iter().filter(|entry| **entry != EMPTY);
        entries.map(|entry| self.slots_of(Held::from_entry(*entry)))
    }

    /// Inserts a slot that is greater than all others with its key.
    pub(super) fn insert(&mut self, key: u32, slot: u32) {
        if self.is_full() {
            self.rehash((self.homes + self.homes / 2).max(8));
        }
        match self.find(key) {
            (at, None) => self.shift_in(at, entry_of(key, slot)),
            (at, Some(Held::Slot(first))) => {
                let bucket = self.add_bucket(Bucket::from_two(first, slot));
                self.entries[at] = entry_of(key, SHARED | bucket);
            }
            (_, Some(Held::Bucket(number))) => self.buckets[number].push(slot),
        }
    }

    /// Removes a slot, if it is there.
    pub(super) fn remove(&mut self, key: u32, slot: u32) {
        match self.find(key) {
            (at, Some(Held::Slot(held))) if held == slot => self.shift_out(at),
            (at, Some(Held::Bucket(number))) => {
                let bucket = &mut self.buckets[number];
                bucket.remove(slot);
                // The entry holds the last slot itself, so that a bucket always has two at least.
                if let Some(last) = bucket.slots().only() {
                    *bucket = Bucket::unused(self.unused.replace(number as u32));
                    self.entries[at] = entry_of(key, last);
                }
            }
            _ => {}
        }
    }

    /// Replaces each slot by its new number, and gives back memory that is no longer used. The new numbers keep the order of the
    /// old ones, so buckets stay sorted.
    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        let mut buckets = Vec::new();
        for entry in self.entries.iter_mut().filter(|entry| **entry != EMPTY) {
            let renumbered = match Held::from_entry(*entry) {
                Held::Slot(slot) => number(slot),
                Held::Bucket(bucket) => {
                    buckets.push(self.buckets[bucket].renumbered(&number));
                    SHARED | (buckets.len() - 1) as u32
                }
            };
            *entry = entry_of(key_of(*entry), renumbered);
        }
        buckets.shrink_to_fit();
        self.buckets = buckets;
        self.unused = None;
        if self.keys < self.homes / 2 {
            self.rehash(self.keys + self.keys / 2);
            self.entries.shrink_to(self.entries.len() + SLACK);
        }
    }

    /// Gives back memory if a quarter of the homes or less is taken. The pass over the table is paid by the removals before it.
    pub(super) fn shrink_if_sparse(&mut self) {
        if self.homes > FEW_HOMES && self.keys < self.homes / 4 {
            self.renumber(|slot| slot);
        }
    }

    /// Removes all slots, and keeps the memory of the array.
    pub(super) fn clear(&mut self) {
        self.entries.fill(EMPTY);
        self.buckets.clear();
        self.unused = None;
        self.keys = 0;
    }

    /// Makes room for more keys, so that inserting them does not rehash.
    pub(super) fn reserve(&mut self, additional: usize) {
        let homes = homes_for(self.keys + additional);
        if homes > self.homes {
            self.rehash(homes);
        }
    }

    /// Gives back memory that holds no key.
    pub(super) fn shrink_to_fit(&mut self) {
        let homes = homes_for(self.keys);
        if homes < self.homes {
            self.rehash(homes);
        }
        self.entries.shrink_to_fit();
        self.buckets.shrink_to_fit();
    }

    /// Returns the number of keys.
    pub(super) fn len(&self) -> usize {
        self.keys
    }

    /// Returns the number of slots in the largest bucket.
    pub(super) fn largest_bucket(&self) -> usize {
        let shared = self.buckets.iter().map(|bucket| bucket.slots().len()).max();
        shared.unwrap_or(0).max(self.keys.min(1))
    }

    /// Returns the bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.entries.capacity() * size_of::<u64>()
            + self.buckets.capacity() * size_of::<Bucket>()
            + self.buckets.iter().map(Bucket::bytes).sum::<usize>()
    }

    /// Puts a bucket where an unused one is, or at the end, and returns its number.
    fn add_bucket(&mut self, bucket: Bucket) -> u32 {
        if let Some(number) = self.unused {
            let unused = std::mem::replace(&mut self.buckets[number as usize], bucket);
            self.unused = unused.next_unused();
            return number;
        }
        // Doubling would leave half of the buckets unused, and there is a table for each band.
        if self.buckets.len() == self.buckets.capacity() {
            self.buckets.reserve_exact(self.buckets.len() / 4 + 4);
        }
        self.buckets.push(bucket);
        (self.buckets.len() - 1) as u32
    }

    fn entry(&self, at: usize) -> u64 {
        self.entries.get(at).copied().unwrap_or(EMPTY)
    }

    /// Returns the place of a key, or the place where it belongs, and what its entry holds.
    fn find(&self, key: u32) -> (usize, Option<Held>) {
        let mut at = home(key, self.homes);
        let mut entry = self.entry(at);
        while entry < entry_of(key, 0) {
            at += 1;
            entry = self.entry(at);
        }
        let found = key_of(entry) == key && entry != EMPTY;
        (at, found.then(|| Held::from_entry(entry)))
    }

    /// Returns whether four fifths of the homes are taken. Clusters stay short up to there: beyond it, their length grows with the
    /// square of the reciprocal of the free share.
    fn is_full(&self) -> bool {
        self.keys * 5 >= self.homes * 4
    }

    /// Inserts an entry at its place, and shifts those from there to the next gap to the right by one.
    fn shift_in(&mut self, at: usize, entry: u64) {
        self.keys += 1;
        let mut moved = entry;
        for place in &mut self.entries[at..] {
            std::mem::swap(place, &mut moved);
            if moved == EMPTY {
                return;
            }
        }
        if self.entries.len() == self.entries.capacity() {
            self.entries.reserve_exact(SLACK);
        }
        self.entries.push(moved);
    }

    /// Removes an entry, and shifts those behind it to the left by one, up to the first that is at its home.
    fn shift_out(&mut self, at: usize) {
        self.keys -= 1;
        let mut gap = at;
        loop {
            let next = self.entry(gap + 1);
            if next == EMPTY || home(key_of(next), self.homes) > gap {
                break;
            }
            self.entries[gap] = next;
            gap += 1;
        }
        self.entries[gap] = EMPTY;
    }

    /// Changes the number of homes in place, so that growth needs no second array beside the first.
    ///
    /// All entries move to the right end, and from there, in ascending order, to the left to their new places. Gaps are where the
    /// hashes leave them, and a branch on them would be mispredicted, so no step depends on whether a place is free.
    fn rehash(&mut self, homes: usize) {
        let mut first = self.pack_right(self.entries.len().max(homes));
        let place = |entry: u64, free: usize| home(key_of(entry), homes).max(free);
        let end = self.entries[first..].iter().fold(0, |free, &entry| place(entry, free) + 1);
        let beyond = end.saturating_sub(self.entries.len());
        if beyond > 0 {
            self.entries.resize(end, EMPTY);
            self.entries[first..].rotate_right(beyond);
            first += beyond;
        }
        let mut free = 0;
        for at in first..self.entries.len() {
            // All places from here to the end are taken, and no entry has to move to the right of them: none is overwritten.
            let entry = std::mem::replace(&mut self.entries[at], EMPTY);
            let place = place(entry, free);
            self.entries[place] = entry;
            free = place + 1;
        }
        self.entries.truncate(end.max(homes));
        self.homes = homes;
    }

    /// Makes the array this long and moves all entries to its right end. Returns the place of the first.
    fn pack_right(&mut self, length: usize) -> usize {
        let old = self.entries.len();
        self.entries.reserve_exact(length + SLACK - old);
        self.entries.resize(length, EMPTY);
        let mut first = length;
        for at in (0..old).rev() {
            // A gap is written as well; the next entry overwrites it, because `first` has not moved.
            let entry = std::mem::replace(&mut self.entries[at], EMPTY);
            self.entries[first - 1] = entry;
            first -= usize::from(entry != EMPTY);
        }
        first
    }
}

impl Held {
    fn from_entry(entry: u64) -> Self {
        let value = entry as u32;
        if value & SHARED == 0 { Self::Slot(value) } else { Self::Bucket((value & !SHARED) as usize) }
    }
}

/// Returns the place where a search for a key begins.
fn home(key: u32, homes: usize) -> usize {
    ((u64::from(key) * homes as u64) >> 32) as usize
}

fn entry_of(key: u32, value: u32) -> u64 {
    u64::from(key) << 32 | u64::from(value)
}

/// Returns the number of homes with which this many keys are below the limit of [`OrderedTable::is_full`].
fn homes_for(keys: usize) -> usize {
    keys + keys / 4 + 1
}

fn key_of(entry: u64) -> u32 {
    (entry >> 32) as u32
}

#[cfg(test)]
mod tests;
