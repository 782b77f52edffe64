//! The windows of a text, and where another text has equal ones.

use std::ops::Range;

use super::prefix::PrefixHashes;
use crate::text::Window;

/// The hashes and the windows of a text.
///
/// A window is a run of tokens that is long enough to count, and that would be too short without its first or without
/// its last token. In text of one kind all windows have one length. In mixed text both kinds of windows are needed, so
/// that together they cover every run that is long enough.
///
/// They are found by their hashes alone. Two windows that differ have equal hashes with a probability of about `n /
/// 2^61` for `n` tokens a window, so tokens are not compared.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    /// Gives the hash of any run of tokens.
    pub(super) prefix: PrefixHashes,
    /// The tokens of each window. Neither starts nor ends ever descend.
    pub(super) places: Vec<Range<usize>>,
    /// The hash and the number of each window, sorted.
    sorted: Vec<(u64, usize)>,
}

impl Windows {
    /// Finds the windows of a text.
    ///
    /// `spaceless` says of each token whether it is a letter of a script without spaces. It is empty if none is.
    pub(super) fn new(tokens: impl ExactSizeIterator<Item = u64>, spaceless: &[bool], window: &Window) -> Self {
        let prefix = PrefixHashes::new(tokens);
        let mut places = Vec::new();
        window.for_each(prefix.len(), spaceless, |range| places.push(range));
        if !spaceless.is_empty() {
            // Windows that end at each token are those that begin at each token of the reversed text.
            let (length, reversed) = (prefix.len(), spaceless.iter().rev().copied().collect::<Vec<_>>());
            window.for_each(length, &reversed, |range| places.push(length - range.end..length - range.start));
            places.sort_unstable_by_key(|range| (range.start, range.end));
            places.dedup();
        }
        let mut sorted: Vec<_> = places.iter().cloned().map(|range| prefix.hash(range)).zip(0..).collect();
        sorted.sort_unstable();
        Self { prefix, places, sorted }
    }

    /// Returns the number of tokens.
    pub(super) fn tokens(&self) -> usize {
        self.prefix.len()
    }

    /// Yields where the windows begin that have equal hashes, given as a range of the sorted hashes.
    pub(super) fn starts(&self, equal: &Range<usize>) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.sorted[equal.clone()].iter().map(|&(_, number)| self.places[number].start)
    }

    /// Returns for each window of this text the range of equal hashes in the other, by one merge of both.
    pub(super) fn found_in(&self, other: &Self) -> Vec<Range<usize>> {
        let mut found = vec![0..0; self.places.len()];
        let mut rest = 0;
        for mine in self.sorted.chunk_by(|a, b| a.0 == b.0) {
            rest += other.sorted[rest..].iter().take_while(|theirs| theirs.0 < mine[0].0).count();
            let equal = other.sorted[rest..].iter().take_while(|theirs| theirs.0 == mine[0].0).count();
            for &(_, number) in mine {
                found[number] = rest..rest + equal;
            }
        }
        found
    }

    /// Returns for each window the range of equal hashes of windows that begin before it.
    ///
    /// Windows of equal hashes are sorted by their numbers, so those before one are those that begin before it.
    pub(super) fn found_before(&self) -> Vec<Range<usize>> {
        let mut found = vec![0..0; self.places.len()];
        let mut first = 0;
        for equal in self.sorted.chunk_by(|a, b| a.0 == b.0) {
            for (before, &(_, number)) in equal.iter().enumerate() {
                found[number] = first..first + before;
            }
            first += equal.len();
        }
        found
    }
}
