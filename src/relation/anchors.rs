//! Finds places at which two long sequences can be cut, as patience diff does.

use ahash::RandomState;
use hashbrown::HashMap;

use crate::mix::mix64;

/// The words of a phrase. Most phrases of this length stand only once in a text.
const PHRASE: usize = 4;

/// Marks a phrase that a sequence has several times.
const SEVERAL: usize = usize::MAX;

/// Returns places of both sequences, rising in both, at which the same phrase begins that each of them has once: as many as rise.
pub(super) fn anchors(left: &[u64], right: &[u64]) -> Vec<[usize; 2]> {
    let of_right = phrases_there_once(right);
    let mut pairs: Vec<[usize; 2]> = phrases_there_once(left)
        .into_iter()
        .filter_map(|(phrase, at)| of_right.get(&phrase).map(|&other| [at, other]))
        .filter(|&[at, other]| left[at..][..PHRASE] == right[other..][..PHRASE])
        .collect();
    pairs.sort_unstable();
    longest_rising(&pairs)
}

/// Returns the phrases that a sequence has once, by their hashes, with their places.
fn phrases_there_once(words: &[u64]) -> HashMap<u64, usize, RandomState> {
    let mut places: HashMap<u64, usize, RandomState> = HashMap::with_hasher(RandomState::new());
    for (at, phrase) in words.windows(PHRASE).enumerate() {
        let hash = phrase.iter().fold(0, |hash, &word| mix64(hash ^ word));
        places.entry(hash).and_modify(|place| *place = SEVERAL).or_insert(at);
    }
    places.retain(|_, place| *place != SEVERAL);
    places
}

/// Returns a longest selection of pairs, which come by their first places, in which the second ones rise too.
fn longest_rising(pairs: &[[usize; 2]]) -> Vec<[usize; 2]> {
    // Of each length, the pair at the end of the selection that ends first; and the pair before each pair.
    let (mut ends, mut before): (Vec<usize>, _) = (Vec::new(), vec![None; pairs.len()]);
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end][1] < pair[1]);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut selected: Vec<[usize; 2]> =
        std::iter::successors(ends.last().copied(), |&at| before[at]).map(|at| pairs[at]).collect();
    selected.reverse();
    selected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_phrases_that_both_have_once_in_one_order() {
        let left = [1, 2, 3, 4, 5, 9, 9, 9, 9, 9, 6, 7, 8, 10];
        let right = [0, 1, 2, 3, 4, 5, 9, 9, 9, 9, 9, 9, 6, 7, 8, 10];
        let found = anchors(&left, &right);
        assert!(found.starts_with(&[[0, 1], [1, 2]]) && found.ends_with(&[[10, 12]]), "{found:?}");
        assert_eq!(anchors(&left, &[9; 20]), [[0; 2]; 0]);
        assert_eq!(anchors(&[1, 2, 3], &[1, 2, 3]), [[0; 2]; 0], "shorter than a phrase");
    }

    #[test]
    fn the_longer_of_two_crossing_passages_is_taken() {
        let (short, long): (Vec<u64>, Vec<u64>) = ((0..6).collect(), (10..20).collect());
        let found = anchors(&[&short[..], &long].concat(), &[&long[..], &short].concat());
        assert_eq!(found, (0..7).map(|at| [6 + at, at]).collect::<Vec<_>>());
    }
}
