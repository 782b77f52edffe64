//! Sorting shingle hashes.

/// Buffers that are used again.
#[derive(Clone, Debug, Default)]
pub(crate) struct SortScratch {
    counts: Vec<u32>,
    sorted: Vec<u64>,
}

/// Fewer hashes than these are sorted as anything else is.
const FEW: usize = 128;

/// Hashes that a counting pass may leave in one bucket. More are not random numbers, but a caller's own features, or one
/// passage many times over.
const CROWD: u32 = 24;

/// Sorts hashes and leaves each once; returns how many these are.
///
/// Hashes are random numbers, so one counting pass by their upper bits, into more buckets than there are hashes, puts each
/// within a place or two of where it belongs: half the time of sorting thousands by comparison. Where hashes crowd in few
/// buckets, comparison it is.
pub(crate) fn sort_distinct(hashes: &mut [u64], scratch: &mut SortScratch) -> usize {
    if hashes.len() < FEW || u32::try_from(hashes.len()).is_err() || !place_roughly(hashes, scratch) {
        hashes.sort_unstable();
        return dedup(hashes);
    }
    sort_nearly_sorted(&mut scratch.sorted);
    distinct(&scratch.sorted, hashes)
}

/// Fills `scratch.sorted` with the hashes by bucket, unless they crowd.
fn place_roughly(hashes: &[u64], scratch: &mut SortScratch) -> bool {
    let bits = hashes.len().ilog2() + 1;
    let bucket = |hash: u64| (hash >> (u64::BITS - bits)) as usize;
    let SortScratch { counts, sorted } = scratch;
    counts.clear();
    counts.resize(1 << bits, 0);
    for &hash in hashes {
        counts[bucket(hash)] += 1;
    }
    let mut start = 0;
    let mut most = 0;
    for count in counts.iter_mut() {
        most = most.max(*count);
        start += std::mem::replace(count, start);
    }
    if most > CROWD {
        return false;
    }
    sorted.resize(hashes.len(), 0);
    for &hash in hashes {
        let place = &mut counts[bucket(hash)];
        sorted[*place as usize] = hash;
        *place += 1;
    }
    true
}

/// Sorts by insertion.
fn sort_nearly_sorted(hashes: &mut [u64]) {
    for at in 1..hashes.len() {
        let hash = hashes[at];
        let mut place = at;
        while place > 0 && hashes[place - 1] > hash {
            hashes[place] = hashes[place - 1];
            place -= 1;
        }
        hashes[place] = hash;
    }
}

/// Copies each of sorted hashes once; returns how many these are.
fn distinct(sorted: &[u64], out: &mut [u64]) -> usize {
    let Some(&first) = sorted.first() else { return 0 };
    let (mut length, mut last) = (0, !first);
    for &hash in sorted {
        // Written in any case, and kept if it is new: what cannot be predicted is no branch.
        length += usize::from(hash != last);
        out[length - 1] = hash;
        last = hash;
    }
    length
}

/// The same in place.
fn dedup(sorted: &mut [u64]) -> usize {
    let Some(&first) = sorted.first() else { return 0 };
    let (mut length, mut last) = (0, !first);
    for at in 0..sorted.len() {
        let hash = sorted[at];
        length += usize::from(hash != last);
        sorted[length - 1] = hash;
        last = hash;
    }
    length
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_set(
            random in prop::collection::vec(any::<u64>(), 0..400),
            few in prop::collection::vec(0_u64..50, 0..100),
            crowded in prop::collection::vec((0_u64..3).prop_map(|high| high << 60), 0..60),
        ) {
            let mut scratch = SortScratch::default();
            for hashes in [&random, &few, &[&random[..], &few].concat(), &[&random[..], &random, &crowded].concat()] {
                let expected: Vec<u64> = hashes.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
                let mut sorted = hashes.clone();
                let length = sort_distinct(&mut sorted, &mut scratch);
                prop_assert_eq!(&sorted[..length], &expected);
            }
        }
    }
}
