//! Sorts shingle hashes and removes repeated ones.

/// Buffers of [`sort_distinct`], kept from one call to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct SortScratch {
    counts: Vec<u32>,
    sorted: Vec<u64>,
}

/// Fewer hashes than this are sorted by comparison: the counting pass would cost more than it saves.
const FEW: usize = 128;

/// The most hashes that a counting pass may leave in one bucket. Insertion sort takes quadratic time in a bucket, and
/// larger buckets occur: a caller's own features need not be random, and one passage may be repeated many times.
const CROWD: u32 = 24;

/// Sorts hashes, removes repeated ones, and returns how many are left at the front of the slice.
///
/// Hashes are random numbers, so one counting pass by their upper bits, into more buckets than there are hashes, moves
/// each within a place or two of where it belongs. Insertion sort does the rest. This takes half the time that a
/// comparison sort takes for thousands of hashes. If too many hashes fall into one bucket, a comparison sort is used
/// instead.
pub(crate) fn sort_distinct(hashes: &mut [u64], scratch: &mut SortScratch) -> usize {
    if hashes.len() < FEW || u32::try_from(hashes.len()).is_err() || !place_roughly(hashes, scratch) {
        hashes.sort_unstable();
        return dedup(hashes);
    }
    sort_nearly_sorted(&mut scratch.sorted);
    distinct(&scratch.sorted, hashes)
}

/// Fills `scratch.sorted` with the hashes in the order of their buckets. Returns false, without having done so, if a
/// bucket has more than [`CROWD`].
fn place_roughly(hashes: &[u64], scratch: &mut SortScratch) -> bool {
    let bits = hashes.len().ilog2() + 1;
    let bucket = |hash: u64| (hash >> (u64::BITS - bits)) as usize;
    let SortScratch { counts, sorted } = scratch;
    counts.clear();
    counts.resize(1 << bits, 0);
    for &hash in hashes {
        counts[bucket(hash)] += 1;
    }
    // Each count becomes the place of its bucket's first hash.
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

/// Sorts by insertion, which is fast where each hash is near its place.
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

/// Copies sorted hashes without their repetitions, and returns how many were copied.
fn distinct(sorted: &[u64], out: &mut [u64]) -> usize {
    let Some(&first) = sorted.first() else { return 0 };
    let (mut length, mut last) = (0, !first);
    for &hash in sorted {
        // Each hash is written, and the next one overwrites it if it is a repetition. A branch would often be mispredicted.
        length += usize::from(hash != last);
        out[length - 1] = hash;
        last = hash;
    }
    length
}

/// Moves sorted hashes to the front without their repetitions, and returns how many these are.
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
