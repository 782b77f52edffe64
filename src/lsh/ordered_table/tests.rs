//! A table against a model that is too simple to be wrong.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Keys that meet, that crowd at either end, and that lie anywhere.
fn key() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..4, Just(u32::MAX), u32::MAX - 40..=u32::MAX, 1_000_000_u32..1_000_040, any::<u32>()]
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u32),
    Remove(prop::sample::Index),
    Renumber,
    Clear,
    Reserve(usize),
    Shrink,
    ShrinkIfSparse,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let remove = any::<prop::sample::Index>().prop_map(Step::Remove);
    let reserve = (0_usize..200).prop_map(Step::Reserve);
    let rare = prop_oneof![
        4 => Just(Step::Renumber), 1 => Just(Step::Clear), 2 => reserve, 3 => Just(Step::Shrink), 3 => Just(Step::ShrinkIfSparse)
    ];
    vec(prop_oneof![24 => key().prop_map(Step::Insert), 14 => remove, 3 => rare], 0..400)
}

/// The slots of each key, and the next slot.
#[derive(Default)]
struct Model {
    slots: BTreeMap<u32, BTreeSet<u32>>,
    next: u32,
}

impl Model {
    /// Every slot with its key, by slot.
    fn by_slot(&self) -> BTreeMap<u32, u32> {
        self.slots.iter().flat_map(|(&key, slots)| slots.iter().map(move |&slot| (slot, key))).collect()
    }

    fn remove(&mut self, key: u32, slot: u32) {
        let slots = self.slots.entry(key).or_default();
        slots.remove(&slot);
        if slots.is_empty() {
            self.slots.remove(&key);
        }
    }

    /// The new number of each slot, of those that are gone that of the next.
    fn renumber(&mut self) -> Vec<u32> {
        let held = self.by_slot();
        let numbers: Vec<u32> = (0..self.next).map(|slot| held.range(..slot).count() as u32).collect();
        for slots in self.slots.values_mut() {
            *slots = slots.iter().map(|&slot| numbers[slot as usize]).collect();
        }
        self.next = held.len() as u32;
        numbers
    }
}

fn check(band: &OrderedTable, model: &Model, also: u32) {
    let held: Vec<u64> = band.entries.iter().copied().filter(|&entry| entry != EMPTY).collect();
    assert!(held.windows(2).all(|two| key_of(two[0]) < key_of(two[1])), "the array is sorted");
    assert!(band.entries.len() >= band.homes);
    assert_eq!(band.len(), model.slots.len());
    assert_eq!(band.largest_bucket(), model.slots.values().map(BTreeSet::len).max().unwrap_or(0));
    for key in model.slots.keys().copied().chain([0, u32::MAX, also]) {
        let found: Vec<u32> = band.get(key).map_or(Vec::new(), |slots| slots.iter().collect());
        let expected = model.slots.get(&key).cloned().unwrap_or_default();
        assert_eq!(band.get(key).map_or(0, |slots| slots.len()), expected.len());
        assert_eq!(found, Vec::from_iter(expected), "the slots of {key}");
    }
}

proptest! {
    #[test]
    fn a_band_is_a_map_from_keys_to_ascending_slots(steps in steps(), also in key()) {
        let (mut band, mut model) = (OrderedTable::default(), Model::default());
        for step in steps {
            match step {
                Step::Insert(key) => {
                    band.insert(key, model.next);
                    model.slots.entry(key).or_default().insert(model.next);
                    model.next += 1;
                }
                Step::Remove(which) => {
                    let held = Vec::from_iter(model.by_slot());
                    // What is not there is not removed.
                    band.remove(also, model.next);
                    if !held.is_empty() {
                        let (slot, key) = held[which.index(held.len())];
                        band.remove(key, slot);
                        model.remove(key, slot);
                    }
                }
                Step::Clear => {
                    band.clear();
                    model.slots.clear();
                }
                Step::Reserve(keys) => {
                    band.reserve(keys);
                    assert!(band.homes * 4 + 5 > (band.len() + keys) * 5);
                }
                Step::Shrink => band.shrink_to_fit(),
                Step::Renumber => {
                    let numbers = model.renumber();
                    band.renumber(|slot| numbers[slot as usize]);
                }
                Step::ShrinkIfSparse => band.shrink_if_sparse(),
            }
            check(&band, &model, also);
        }
    }
}

#[test]
fn crowds_at_either_end_grow_and_shrink() {
    for first in [0, u32::MAX - 1999] {
        let (mut band, mut model) = (OrderedTable::default(), Model::default());
        for key in first..=first + 1999 {
            band.insert(key, model.next);
            model.slots.insert(key, BTreeSet::from([model.next]));
            model.next += 1;
        }
        check(&band, &model, 7);
        for slot in (0..2000).filter(|slot| slot % 20 != 0) {
            band.remove(first + slot, slot);
            model.remove(first + slot, slot);
        }
        check(&band, &model, 7);
        let before = band.bytes();
        let numbers = model.renumber();
        band.renumber(|slot| numbers[slot as usize]);
        check(&band, &model, 7);
        assert!(band.bytes() < before / 5, "{} bytes of {before}", band.bytes());
    }
}

/// Keys that two slots share for a while, one after the other: each needs a bucket, and all together need one.
#[test]
fn a_bucket_that_is_unused_is_taken_again() {
    let mut band = OrderedTable::default();
    for key in 0..1_000 {
        band.insert(key, 2 * key);
        band.insert(key, 2 * key + 1);
        band.remove(key, 2 * key);
    }
    assert_eq!((band.len(), band.buckets.len()), (1_000, 1));
}

#[test]
fn a_sparse_table_shrinks_and_a_full_one_does_not() {
    let mut band = OrderedTable::default();
    (0..10_000_u32).for_each(|slot| band.insert(slot << 17, slot));
    let full = band.bytes();
    band.shrink_if_sparse();
    assert_eq!(band.bytes(), full);
    (100..10_000_u32).for_each(|slot| {
        band.remove(slot << 17, slot);
        band.shrink_if_sparse();
    });
    assert!(band.bytes() < full / 20, "{} bytes of {full}", band.bytes());
    assert!((0..100_u32).all(|slot| band.get(slot << 17).and_then(|slots| slots.last()) == Some(slot)));
}
