//! Which segments are merged: a rule that depends on their numbers of documents and on nothing else.

use std::ops::Range;

/// Segments of one tier that are merged into one of the next.
const FANOUT: usize = 4;

/// The documents of a segment, and those that are left of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) documents: usize,
    pub(super) live: usize,
}

impl Size {
    /// Segments of one tier differ in size by a factor of four at the most.
    fn tier(self) -> u32 {
        self.live.max(1).ilog2() / FANOUT.ilog2()
    }
}

/// Returns the next segments to merge, which are neighbours, or nothing if all is in order.
///
/// Every document is written once for each tier, and a query reads at most three segments of a tier. A segment of which most documents
/// were removed is written again by itself, so that space is given back.
pub(super) fn next_merge(sizes: &[Size]) -> Option<Range<usize>> {
    if let Some(sparse) = sizes.iter().position(|size| size.live < size.documents / 2) {
        return Some(sparse..sparse + 1);
    }
    // Small segments behind a large one, whatever their own tiers are, end up in it when they are as many as it.
    (0..sizes.len()).find_map(|start| {
        let tier = sizes[start].tier();
        let alike = sizes[start..].iter().take_while(|size| size.tier() <= tier).count();
        let has_peers = sizes[start..start + alike].iter().filter(|size| size.tier() == tier).count() >= FANOUT;
        has_peers.then_some(start..start + alike)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_stay_few_and_documents_are_written_seldom() {
        let (mut sizes, mut written) = (Vec::<Size>::new(), 0);
        for _ in 0..1000 {
            sizes.push(Size { documents: 100, live: 100 });
            while let Some(range) = next_merge(&sizes) {
                let live = sizes[range.clone()].iter().map(|size| size.live).sum();
                written += live;
                sizes.splice(range, [Size { documents: live, live }]);
            }
            assert!(sizes.len() <= 15, "{sizes:?}");
        }
        assert_eq!(sizes.iter().map(|size| size.live).sum::<usize>(), 100_000);
        assert!(written < 6 * 100_000, "{written}");
    }

    #[test]
    fn sparse_segments_are_written_again() {
        let size = |documents, live| Size { documents, live };
        assert_eq!(next_merge(&[size(100, 90), size(100, 49)]), Some(1..2));
        assert_eq!(next_merge(&[size(100, 90), size(100, 50)]), None);
        assert_eq!(next_merge(&[]), None);
    }
}
