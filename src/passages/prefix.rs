//! Rolling hashes: the hash of any run of tokens in constant time, and with it how far two runs agree.

use std::ops::Range;

use crate::mix::derive_from;

/// The modulus, a Mersenne prime. Modulo a power of two, the Thue-Morse word and its complement would have one hash.
const PRIME: u64 = (1 << 61) - 1;

/// The base of the polynomial: any number without structure.
const BASE: u64 = derive_from(0, 1) % PRIME;

/// The polynomial hashes of all prefixes of a text, whose tokens are 64-bit hashes themselves (R. M. Karp, M. O. Rabin,
/// "Efficient randomized pattern-matching algorithms", 1987).
///
/// Two different runs of `n` tokens collide with a probability of about `n / 2^61`.
#[derive(Clone, Debug)]
pub(super) struct PrefixHashes {
    prefixes: Vec<u64>,
    powers: Vec<u64>,
}

impl PrefixHashes {
    /// Hashes all prefixes of a text.
    pub(super) fn new(tokens: impl ExactSizeIterator<Item = u64>) -> Self {
        let mut prefixes = Vec::with_capacity(tokens.len() + 1);
        let mut powers = Vec::with_capacity(tokens.len() + 1);
        let (mut hash, mut power) = (0, 1);
        prefixes.push(hash);
        powers.push(power);
        for token in tokens {
            // One is added, because a token of 0 at the beginning of a run would not change the hash.
            hash = reduce(u128::from(hash) * u128::from(BASE) + u128::from(token) + 1);
            power = reduce(u128::from(power) * u128::from(BASE));
            prefixes.push(hash);
            powers.push(power);
        }
        Self { prefixes, powers }
    }

    /// Returns the number of tokens.
    pub(super) fn len(&self) -> usize {
        self.prefixes.len() - 1
    }

    /// Returns the hash of a run within the text, in constant time: the prefix at its end, less the prefix at its start
    /// raised by the length of the run.
    pub(super) fn hash(&self, run: Range<usize>) -> u64 {
        let before = reduce(u128::from(self.prefixes[run.start]) * u128::from(self.powers[run.len()]));
        let difference = self.prefixes[run.end] + PRIME - before;
        if difference >= PRIME { difference - PRIME } else { difference }
    }

    /// Returns how many tokens agree from two places on, in O(log n) time for a run of `n`.
    pub(super) fn agree_from(&self, start: usize, other: &Self, other_start: usize) -> usize {
        let most = (self.len() - start).min(other.len() - other_start);
        longest(most, |length| self.hash(start..start + length) == other.hash(other_start..other_start + length))
    }

    /// Returns how many tokens agree before two places, in O(log n) time for a run of `n`.
    pub(super) fn agree_before(&self, end: usize, other: &Self, other_end: usize) -> usize {
        longest(end.min(other_end), |length| self.hash(end - length..end) == other.hash(other_end - length..other_end))
    }
}

/// Returns the greatest length up to `most` that agrees, given that every shorter one agrees too.
///
/// This is galloping search: steps double, then halve, so that short agreements cost few comparisons.
fn longest(most: usize, agree: impl Fn(usize) -> bool) -> usize {
    let (mut length, mut step) = (0, 1);
    while step <= most - length && agree(length + step) {
        length += step;
        step *= 2;
    }
    while step > 0 {
        if step <= most - length && agree(length + step) {
            length += step;
        }
        step /= 2;
    }
    length
}

/// Returns a number below 2^123 modulo the prime.
///
/// Modulo a Mersenne prime 2^61 - 1, the bits above the lowest 61 are worth as much as those below, so that folding
/// them twice takes the place of a division.
fn reduce(number: u128) -> u64 {
    let folded = (number as u64 & PRIME) + (number >> 61) as u64;
    let folded = (folded & PRIME) + (folded >> 61);
    if folded >= PRIME { folded - PRIME } else { folded }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hashes(tokens: &[u64]) -> PrefixHashes {
        PrefixHashes::new(tokens.iter().copied())
    }

    proptest! {
        #[test]
        fn reduction_is_the_remainder(a in 0..PRIME, b in 0..PRIME, c in any::<u64>()) {
            let number = u128::from(a) * u128::from(b) + u128::from(c);
            prop_assert_eq!(u128::from(reduce(number)), number % u128::from(PRIME));
        }

        #[test]
        fn agreement_is_that_of_the_tokens(
            left in prop::collection::vec(0_u64..2, 0..40),
            right in prop::collection::vec(0_u64..2, 0..40),
            at in any::<(prop::sample::Index, prop::sample::Index)>(),
        ) {
            let (i, j) = (at.0.index(left.len() + 1), at.1.index(right.len() + 1));
            let forward = left[i..].iter().zip(&right[j..]).take_while(|(a, b)| a == b).count();
            let backward = left[..i].iter().rev().zip(right[..j].iter().rev()).take_while(|(a, b)| a == b).count();
            let (left, right) = (hashes(&left), hashes(&right));
            prop_assert_eq!(left.agree_from(i, &right, j), forward);
            prop_assert_eq!(left.agree_before(i, &right, j), backward);
        }
    }

    #[test]
    fn the_thue_morse_word_is_not_its_complement() {
        let word: Vec<u64> = (0_u64..1 << 12).map(|i| u64::from(i.count_ones() % 2)).collect();
        let complement: Vec<u64> = word.iter().map(|token| 1 - token).collect();
        assert_ne!(hashes(&word).hash(0..word.len()), hashes(&complement).hash(0..word.len()));
    }
}
