//! The windows of a text, and where another text has the same.

use std::ops::Range;

use super::prefix::PrefixHashes;
use crate::text::Window;

/// A text of tokens: its hashes, and its windows.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    pub(super) prefix: PrefixHashes,
    /// Where the window ends that begins at a token; the last tokens begin none. Ends do not descend.
    pub(super) ends: Vec<usize>,
    /// The hash of each window and the token it begins at, sorted.
    sorted: Vec<(u64, usize)>,
}

impl Windows {
    /// `spaceless` says of each token whether it is a letter of a script without spaces, and is empty where none is.
    pub(super) fn new(tokens: impl ExactSizeIterator<Item = u64>, spaceless: &[bool], window: &Window) -> Self {
        let prefix = PrefixHashes::new(tokens);
        let mut ends = Vec::new();
        window.for_each(prefix.len(), spaceless, |range| ends.push(range.end));
        let mut sorted: Vec<_> =
            ends.iter().enumerate().map(|(start, &end)| (prefix.hash(start..end), start)).collect();
        sorted.sort_unstable();
        Self { prefix, ends, sorted }
    }

    /// How many tokens the text has.
    pub(super) fn tokens(&self) -> usize {
        self.prefix.len()
    }

    /// Where the windows of a run of equal hashes begin.
    pub(super) fn starts(&self, equal: &Range<usize>) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.sorted[equal.clone()].iter().map(|&(_, start)| start)
    }

    /// For each window of this text, by the token it begins at, the run of equal hashes in the other; empty where the other
    /// has none.
    pub(super) fn found_in(&self, other: &Self) -> Vec<Range<usize>> {
        let mut found = vec![0..0; self.ends.len()];
        let mut rest = 0;
        for mine in self.sorted.chunk_by(|a, b| a.0 == b.0) {
            rest += other.sorted[rest..].iter().take_while(|theirs| theirs.0 < mine[0].0).count();
            let equal = other.sorted[rest..].iter().take_while(|theirs| theirs.0 == mine[0].0).count();
            for &(_, start) in mine {
                found[start] = rest..rest + equal;
            }
        }
        found
    }

    /// For each window, by the token it begins at, the equal ones that begin before it.
    pub(super) fn found_before(&self) -> Vec<Range<usize>> {
        let mut found = vec![0..0; self.ends.len()];
        let mut first = 0;
        for equal in self.sorted.chunk_by(|a, b| a.0 == b.0) {
            for (before, &(_, start)) in equal.iter().enumerate() {
                found[start] = first..first + before;
            }
            first += equal.len();
        }
        found
    }
}
