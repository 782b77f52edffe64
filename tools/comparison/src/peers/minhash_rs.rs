//! minhash-rs: sketches collected from an iterator, which its documentation calls three times as fast as insertion,
//! with its default hasher, with FNV, and in 32-bit words.

use minhash_rs::prelude::{Fnv, MinHash, SipHashes13};

use crate::measure::Contestant;

pub(super) fn signatures(sets: &[Vec<u64>]) -> Vec<Contestant<'_>> {
    vec![
        Contestant::new("minhash-rs `MinHash<u64, 128>`", move || {
            let sketch = |set: &Vec<u64>| set.iter().copied().collect::<MinHash<u64, 128>>();
            sets.iter().map(|set| sketch(set)[0]).fold(0, u64::wrapping_add)
        }),
        Contestant::new("minhash-rs `MinHash<u64, 128, Fnv>`", move || {
            let sketch = |set: &Vec<u64>| set.iter().copied().collect::<MinHash<u64, 128, Fnv>>();
            sets.iter().map(|set| sketch(set)[0]).fold(0, u64::wrapping_add)
        }),
        Contestant::new("minhash-rs `MinHash<u32, 128, SipHashes13, u32>`", move || {
            let sketch = |set: &Vec<u64>| set.iter().copied().collect::<MinHash<u32, 128, SipHashes13, u32>>();
            sets.iter().map(|set| u64::from(sketch(set)[0])).sum()
        }),
        Contestant::new("minhash-rs `MinHash<u32, 128, Fnv, u32>`", move || {
            let sketch = |set: &Vec<u64>| set.iter().copied().collect::<MinHash<u32, 128, Fnv, u32>>();
            sets.iter().map(|set| u64::from(sketch(set)[0])).sum()
        }),
    ]
}
