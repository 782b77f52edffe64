//! The windows of a text, and where another text has the same.

use std::ops::Range;

use super::prefix::PrefixHashes;
use crate::text::Window;

/// A text of tokens: its hashes, and its windows.
///
/// A window is a run that is long enough to count, and would not be without its first, or without its last token. In
/// text of one kind all have one length. In mixed text both kinds are needed, so that together they cover every run
/// that is long enough.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    pub(super) prefix: PrefixHashes,
    /// The tokens of each window. Neither starts nor ends descend.
    pub(super) places: Vec<Range<usize>>,
    /// The hash and the number of each window, sorted.
    sorted: Vec<(u64, usize)>,
}

impl Windows {
    /// `spaceless` says of each token whether it is a letter of a script without spaces, and is empty where none is.
    pub(super) fn new(tokens: impl ExactSizeIterator<Item = u64>, spaceless: &[bool], window: &Window) -> Self {
        let prefix = PrefixHashes::new(tokens);
        let mut places = Vec::new();
        window.for_each(prefix.len(), spaceless, |range| places.push(range));
        if !spaceless.is_empty() {
            let (length, reversed) = (prefix.len(), spaceless.iter().rev().copied().collect::<Vec<_>>());
            window.for_each(length, &reversed, |range| places.push(length - range.end..length - range.start));
            places.sort_unstable_by_key(|range| (range.start, range.end));
            places.dedup();
        }
        let mut sorted: Vec<_> = places.iter().cloned().map(|range| prefix.hash(range)).zip(0..).collect();
        sorted.sort_unstable();
        Self { prefix, places, sorted }
    }

    /// How many tokens the text has.
    pub(super) fn tokens(&self) -> usize {
        self.prefix.len()
    }

    /// Where the windows of a run of equal hashes begin.
    pub(super) fn starts(&self, equal: &Range<usize>) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.sorted[equal.clone()].iter().map(|&(_, number)| self.places[number].start)
    }

    /// For each window of this text the run of equal hashes in the other; empty where the other
    /// has none.
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

    /// For each window the equal ones that begin before it.
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
