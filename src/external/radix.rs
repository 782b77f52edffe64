//! Sorting records in memory.

use crate::parallel;

/// Parts that records are put into before each is sorted.
const PARTS: usize = 1 << 10;

/// Fewer records than these are sorted at once, by one thread.
const FEW: usize = 1 << 13;

/// Sorts records: first in place into parts by the upper bits in which they differ (American flag sort: McIlroy, Bostic and McIlroy
/// 1993), which then fit in a cache and are sorted in parallel.
pub(super) fn sort<const N: usize>(records: &mut [[u64; N]]) {
    let firsts = || records.iter().map(|record| record[0]);
    let (Some(least), Some(most)) = (firsts().min(), firsts().max()) else { return };
    if records.len() < FEW {
        return records.sort_unstable();
    }
    if least == most {
        return parallel::sort(records);
    }
    // Parts are of equally many numbers, whatever these are.
    let width = (most - least) / PARTS as u64 + 1;
    let shift = width.next_power_of_two().ilog2();
    let part_of = |record: &[u64; N]| ((record[0] - least) >> shift) as usize;
    let ends = permute(records, part_of);
    let mut rest = records;
    let mut parts = Vec::with_capacity(PARTS);
    let mut start = 0;
    for end in ends {
        let (part, behind) = rest.split_at_mut(end - start);
        parts.push(part);
        (rest, start) = (behind, end);
    }
    parallel::map_owned(
        parts,
        || (),
        |part, ()| if part.len() < FEW { part.sort_unstable() } else { parallel::sort(part) },
    );
}

/// Moves all records to their parts; returns where each part ends.
fn permute<const N: usize>(records: &mut [[u64; N]], part_of: impl Fn(&[u64; N]) -> usize) -> [usize; PARTS] {
    let mut ends = [0; PARTS];
    records.iter().for_each(|record| ends[part_of(record)] += 1);
    let mut next = [0; PARTS];
    let mut sum = 0;
    for (end, next) in ends.iter_mut().zip(&mut next) {
        *next = sum;
        sum += *end;
        *end = sum;
    }
    for part in 0..PARTS {
        while next[part] < ends[part] {
            let mut record = records[next[part]];
            // Each goes where it belongs, and the one that was there is taken along, until one belongs here.
            loop {
                let its = part_of(&record);
                std::mem::swap(&mut records[next[its]], &mut record);
                next[its] += 1;
                if its == part {
                    break;
                }
            }
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mix::mix64;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn records_are_sorted(
            seed in any::<u64>(),
            length in 0_usize..40_000,
            bits in 0_u32..64,
            least in any::<u64>(),
        ) {
            let number = |n: usize| mix64(seed ^ n as u64);
            let mut records: Vec<[u64; 2]> =
                (0..length).map(|n| [least.saturating_add(number(n) >> bits), number(n) % 3]).collect();
            let mut expected = records.clone();
            expected.sort_unstable();
            sort(&mut records);
            prop_assert!(records == expected);
        }
    }
}
