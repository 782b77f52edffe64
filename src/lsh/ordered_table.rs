//! One band of an online index: which slots have which key.

use super::bucket::{Bucket, Slots};

/// Keys in a sorted array with gaps: "ordered linear probing" (O. Amble, D. Knuth, "Ordered hash tables", 1974).
///
/// The home of a key is its share of the array, so homes ascend as keys do, and with them the whole array. A key stands
/// at its home or, where that is taken, after lesser keys from there on. So a search ends at the first entry that is not
/// less, mostly in the cache line it began in; and the array grows by one pass from end to end, to any size.
///
/// An entry is the key in the upper half and in the lower one its only slot, or [`SHARED`] and the number of a bucket.
#[derive(Clone, Debug, Default)]
pub(super) struct Band {
    /// As many as there are homes, and then the rest of the last cluster.
    entries: Vec<u64>,
    homes: usize,
    keys: usize,
    /// Buckets whose key lost all slots but one stay unused until slots are renumbered.
    buckets: Vec<Bucket>,
}

/// What an entry holds.
#[derive(Clone, Copy, Debug)]
enum Held {
    Slot(u32),
    Bucket(usize),
}

/// Greater than all entries: the bucket with that number cannot be, since it would need two slots.
const EMPTY: u64 = u64::MAX;

/// Marks an entry whose key several slots share. Slots and buckets are below it.
const SHARED: u32 = 1 << 31;

/// Room after the last home, so that its cluster can grow in place.
const SLACK: usize = 32;

impl Band {
    /// A look at where a search for the key will pass and where it will likely end, so that both lines of memory are near
    /// by then. What is seen means nothing.
    pub(super) fn glance(&self, key: u32) -> u64 {
        let home = home(key, self.homes);
        self.entry(home) ^ self.entry(home + 7)
    }

    /// The slots with this key.
    pub(super) fn get(&self, key: u32) -> Option<Slots<'_>> {
        match self.find(key).1? {
            Held::Slot(slot) => Some(Slots::one(slot)),
            Held::Bucket(number) => Some(self.buckets[number].slots()),
        }
    }

    /// Puts in a slot that is greater than all with its key.
    pub(super) fn insert(&mut self, key: u32, slot: u32) {
        if self.is_full() {
            self.spread((self.homes + self.homes / 2).max(8));
        }
        match self.find(key) {
            (at, None) => self.open(at, joined(key, slot)),
            (at, Some(Held::Slot(first))) => {
                self.entries[at] = joined(key, SHARED | self.buckets.len() as u32);
                if self.buckets.len() == self.buckets.capacity() {
                    self.buckets.reserve_exact(self.buckets.len() / 4 + 4);
                }
                self.buckets.push(Bucket::of_two(first, slot));
            }
            (_, Some(Held::Bucket(number))) => self.buckets[number].push(slot),
        }
    }

    /// Takes out a slot, if it is there.
    pub(super) fn remove(&mut self, key: u32, slot: u32) {
        match self.find(key) {
            (at, Some(Held::Slot(held))) if held == slot => self.close(at),
            (at, Some(Held::Bucket(number))) => {
                let bucket = &mut self.buckets[number];
                bucket.remove(slot);
                if let Some(last) = bucket.slots().only() {
                    *bucket = Bucket::EMPTY;
                    self.entries[at] = joined(key, last);
                }
            }
            _ => {}
        }
    }

    /// Replaces each slot by its new number, where numbers keep their order; gives back memory that is no longer used.
    pub(super) fn renumber(&mut self, numbers: &[u32]) {
        let mut buckets = Vec::new();
        for entry in self.entries.iter_mut().filter(|entry| **entry != EMPTY) {
            let renumbered = match Held::by(*entry) {
                Held::Slot(slot) => numbers[slot as usize],
                Held::Bucket(number) => {
                    buckets.push(self.buckets[number].renumbered(numbers));
                    SHARED | (buckets.len() - 1) as u32
                }
            };
            *entry = joined(key_of(*entry), renumbered);
        }
        buckets.shrink_to_fit();
        self.buckets = buckets;
        if self.keys < self.homes / 2 {
            self.spread(self.keys + self.keys / 2);
            self.entries.shrink_to(self.entries.len() + SLACK);
        }
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.keys
    }

    /// Slots in the largest bucket.
    pub(super) fn largest_bucket(&self) -> usize {
        let shared = self.buckets.iter().map(|bucket| bucket.slots().len()).max();
        shared.unwrap_or(0).max(self.keys.min(1))
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.entries.capacity() * size_of::<u64>()
            + self.buckets.capacity() * size_of::<Bucket>()
            + self.buckets.iter().map(Bucket::bytes).sum::<usize>()
    }

    fn entry(&self, at: usize) -> u64 {
        self.entries.get(at).copied().unwrap_or(EMPTY)
    }

    /// Where the key stands or belongs, and what is held by it.
    fn find(&self, key: u32) -> (usize, Option<Held>) {
        let mut at = home(key, self.homes);
        let mut entry = self.entry(at);
        while entry < joined(key, 0) {
            at += 1;
            entry = self.entry(at);
        }
        let found = key_of(entry) == key && entry != EMPTY;
        (at, found.then(|| Held::by(entry)))
    }

    /// Whether four fifths of the homes are taken.
    fn is_full(&self) -> bool {
        self.keys * 5 >= self.homes * 4
    }

    /// Puts an entry where it belongs, and moves those from there to the next gap on by one.
    fn open(&mut self, at: usize, entry: u64) {
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

    /// Takes out an entry, and moves those after it back by one as far as their homes allow.
    fn close(&mut self, at: usize) {
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

    /// Gives the array so many homes, where it lies, so that growth needs no second array. Gaps come at random, so no step
    /// asks whether there is one.
    fn spread(&mut self, homes: usize) {
        let mut first = self.pack(self.entries.len().max(homes));
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
            // From here to the end all places are taken, so what follows is not overtaken.
            let entry = std::mem::replace(&mut self.entries[at], EMPTY);
            let place = place(entry, free);
            self.entries[place] = entry;
            free = place + 1;
        }
        self.entries.truncate(end.max(homes));
        self.homes = homes;
    }

    /// Moves all entries to the end of an array of this length; returns where they begin.
    fn pack(&mut self, length: usize) -> usize {
        let old = self.entries.len();
        self.entries.reserve_exact(length + SLACK - old);
        self.entries.resize(length, EMPTY);
        let mut first = length;
        for at in (0..old).rev() {
            // A gap is moved too, and then moved onto.
            let entry = std::mem::replace(&mut self.entries[at], EMPTY);
            self.entries[first - 1] = entry;
            first -= usize::from(entry != EMPTY);
        }
        first
    }
}

impl Held {
    fn by(entry: u64) -> Self {
        let value = entry as u32;
        if value & SHARED == 0 { Self::Slot(value) } else { Self::Bucket((value & !SHARED) as usize) }
    }
}

fn home(key: u32, homes: usize) -> usize {
    ((u64::from(key) * homes as u64) >> 32) as usize
}

fn joined(key: u32, value: u32) -> u64 {
    u64::from(key) << 32 | u64::from(value)
}

fn key_of(entry: u64) -> u32 {
    (entry >> 32) as u32
}

#[cfg(test)]
mod tests;
