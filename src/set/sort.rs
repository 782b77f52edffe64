//! Sorts shingle hashes and removes repeated ones.

/// Buffers of [`sort_distinct`], kept from one call to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct SortScratch {
    /// How many hashes each bucket has, and then where in its group the next one goes.
    counts: Vec<[u8; GROUP]>,
    /// Where each group of buckets begins.
    starts: Vec<u32>,
    placed: Vec<u64>,
}

/// Fewer hashes than this are sorted by comparison: the counting pass would cost more than it saves.
const FEW: usize = 8;

/// Buckets whose counts are summed as the bytes of one number.
const GROUP: usize = 8;

/// A one in each byte.
const ONES: u64 = u64::from_le_bytes([1; GROUP]);

/// The most hashes that a counting pass may leave in one bucket. Insertion sort takes quadratic time in a bucket, and larger buckets
/// occur: a caller's own features need not be random, and one passage may be repeated many times. The sum of a group fits in a byte.
const CROWD: u8 = 24;

/// Sorts hashes, removes repeated ones, and returns how many are left at the front of the slice.
///
/// Hashes are random numbers, so one counting pass by their upper bits, into several times as many buckets as there are hashes, moves
/// nearly all to where they belong. Insertion does the rest while repeated ones are dropped. This takes half the time that a comparison
/// sort takes. If too many hashes fall into one bucket, a comparison sort is used instead.
pub(crate) fn sort_distinct(hashes: &mut [u64], scratch: &mut SortScratch) -> usize {
    if hashes.len() < FEW || u32::try_from(hashes.len()).is_err() || !place_roughly(hashes, scratch) {
        hashes.sort_unstable();
        return dedup(hashes);
    }
    insert_all(&scratch.placed, hashes)
}

/// Fills `scratch.placed` with the hashes in the order of their buckets. Returns false, without having done so, if a bucket has more
/// than [`CROWD`].
fn place_roughly(hashes: &[u64], scratch: &mut SortScratch) -> bool {
    // Four to eight buckets a hash: with fewer, more hashes are moved by insertion, which the processor does not foresee.
    let bits = hashes.len().ilog2() + 3;
    let bucket = |hash: u64| (hash >> (u64::BITS - bits)) as usize;
    let SortScratch { counts, starts, placed } = scratch;
    counts.clear();
    counts.resize((1 << bits) / GROUP, [0; GROUP]);
    for &hash in hashes {
        let count = &mut counts[bucket(hash) / GROUP][bucket(hash) % GROUP];
        *count = count.wrapping_add(1);
    }
    let Some(()) = sum_up(counts, starts, hashes.len() as u32) else { return false };
    placed.resize(hashes.len(), 0);
    for &hash in hashes {
        let (group, in_group) = (bucket(hash) / GROUP, bucket(hash) % GROUP);
        let place = &mut counts[group][in_group];
        placed[starts[group] as usize + usize::from(*place)] = hash;
        *place += 1;
    }
    true
}

/// Turns the count of each bucket into the place of its first hash in the group, and says where groups start. Returns nothing where a
/// bucket has more than [`CROWD`].
fn sum_up(counts: &mut [[u8; GROUP]], starts: &mut Vec<u32>, total: u32) -> Option<()> {
    let (mut start, mut crowded) = (0_u32, 0);
    starts.clear();
    for group in counts {
        let of_buckets = u64::from_le_bytes(*group);
        // The upper bit of a byte, where its count is more than the limit.
        crowded |= of_buckets | of_buckets.wrapping_add(u64::from(127 - CROWD) * ONES);
        // Each byte becomes the sum of itself and the lower ones.
        let sums = of_buckets.wrapping_mul(ONES);
        *group = (sums << 8).to_le_bytes();
        starts.push(start);
        start = start.wrapping_add((sums >> 56) as u32);
    }
    // A count that went beyond a byte is missing in the total.
    (crowded & (ONES << 7) == 0 && start == total).then_some(())
}

/// Copies hashes that are nearly sorted, sorted and without their repetitions; returns how many were copied.
fn insert_all(placed: &[u64], out: &mut [u64]) -> usize {
    let Some(&first) = placed.first() else { return 0 };
    let (mut length, mut last) = (0, !first);
    for &hash in placed {
        if hash < last && length > 0 {
            length = insert(out, length, hash);
            continue;
        }
        // Each hash is written, and the next one overwrites it if it is a repetition. A branch would often be mispredicted.
        length += usize::from(hash != last);
        out[length - 1] = hash;
        last = hash;
    }
    length
}

/// Inserts a hash among the sorted ones at the front, unless it is there; returns how many there are then.
#[cold]
fn insert(sorted: &mut [u64], length: usize, hash: u64) -> usize {
    let behind = sorted[..length].iter().rev().take_while(|&&other| other > hash).count();
    let place = length - behind;
    if place > 0 && sorted[place - 1] == hash {
        return length;
    }
    sorted.copy_within(place..length, place + 1);
    sorted[place] = hash;
    length + 1
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
    /// Random hashes, and a number of hashes that differ only in their lower bits.
    fn with_crowd(random: u64, crowd: u64) -> Vec<u64> {
        let random = (0..random).map(crate::mix::mix64);
        random.chain((0..crowd).map(|low| 0x7654_3210_0000_0000 | (crowd - low))).collect()
    }

    #[test]
    fn a_crowded_bucket_is_noticed_even_where_its_count_does_not_fit_in_a_byte() {
        let mut scratch = SortScratch::default();
        for crowd in [25, 150, 153, 255, 256, 257, 264, 280, 512, 1024, 65_536] {
            let mut hashes = with_crowd(2_000, crowd);
            assert!(!place_roughly(&hashes, &mut scratch), "{crowd}");
            let expected: Vec<u64> = hashes.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
            let length = sort_distinct(&mut hashes, &mut scratch);
            assert_eq!(hashes[..length], expected, "{crowd}");
        }
        assert!(place_roughly(&with_crowd(2_000, 20), &mut scratch));
    }

    #[test]
    fn whole_groups_of_full_buckets_are_placed() {
        // The sum of a group is 192 then.
        let mut scratch = SortScratch::default();
        let buckets = (200_u64.ilog2() + 3) as u64;
        let mut hashes: Vec<u64> = (0..192).map(|at| ((at % 8) << (64 - buckets)) | (193 - at)).collect();
        hashes.extend([u64::MAX; 8]);
        let expected: BTreeSet<u64> = hashes.iter().copied().collect();
        assert!(place_roughly(&hashes, &mut scratch));
        let length = insert_all(&scratch.placed, &mut hashes);
        assert!(hashes[..length].iter().eq(&expected));
    }
}
