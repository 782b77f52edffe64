//! What two sets have in common.

use super::ShingleSet;

/// The exact sizes of two sets and of what they share; every measure follows from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Overlap {
    /// Elements of the left set.
    pub left: usize,
    /// Elements of the right set.
    pub right: usize,
    /// Elements of both.
    pub shared: usize,
}

impl Overlap {
    /// Counts what two sets share.
    #[must_use]
    pub fn of(left: &ShingleSet, right: &ShingleSet) -> Self {
        Self { left: left.len(), right: right.len(), shared: shared(left.as_slice(), right.as_slice()) }
    }

    /// As [`of`](Self::of), if the [Jaccard similarity](Self::jaccard) is at least `threshold`; gives up as soon as it
    /// cannot be.
    #[must_use]
    pub fn at_least(left: &ShingleSet, right: &ShingleSet, threshold: f64) -> Option<Self> {
        Self::of_sorted_at_least(left.as_slice(), right.as_slice(), threshold)
    }

    /// The same of sorted distinct elements.
    pub(crate) fn of_sorted_at_least(left: &[u64], right: &[u64], threshold: f64) -> Option<Self> {
        let least = min_shared(left.len(), right.len(), threshold);
        let shared = shared_at_least(left, right, least)?;
        let overlap = Self { left: left.len(), right: right.len(), shared };
        (overlap.jaccard() >= threshold).then_some(overlap)
    }

    /// What two sets of sorted distinct elements share, if the larger one holds at least the share `least` of the smaller.
    pub(crate) fn of_sorted_contained(left: &[u64], right: &[u64], least: f64) -> Option<Self> {
        let overlap = Self { left: left.len(), right: right.len(), shared: shared(left, right) };
        (overlap.containment() >= least).then_some(overlap)
    }

    /// Shared elements divided by elements in all, 0 to 1; 0 where either set is empty, for an empty text is like
    /// nothing.
    #[must_use]
    pub fn jaccard(&self) -> f64 {
        ratio(self.shared, self.left + self.right - self.shared)
    }

    /// The share of the left set that the right one holds, 0 to 1.
    #[must_use]
    pub fn left_in_right(&self) -> f64 {
        ratio(self.shared, self.left)
    }

    /// The share of the right set that the left one holds, 0 to 1.
    #[must_use]
    pub fn right_in_left(&self) -> f64 {
        ratio(self.shared, self.right)
    }

    /// The share of the smaller set that the larger one holds, 0 to 1: near 1 where one text stands inside the other.
    #[must_use]
    pub fn containment(&self) -> f64 {
        ratio(self.shared, self.left.min(self.right))
    }

    /// The same pair the other way round.
    #[must_use]
    pub fn swapped(&self) -> Self {
        Self { left: self.right, right: self.left, shared: self.shared }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The fewest shared elements with which two sets of these sizes can reach a Jaccard similarity of `threshold`.
///
/// `shared >= threshold * (left + right) / (1 + threshold)`, less one for rounding: the caller checks the result.
pub(crate) fn min_shared(left: usize, right: usize, threshold: f64) -> usize {
    let exact = threshold / (1.0 + threshold) * (left + right) as f64;
    (exact.ceil() as usize).saturating_sub(1)
}

/// How many elements two sorted sets share.
fn shared(left: &[u64], right: &[u64]) -> usize {
    let (small, large) = if left.len() < right.len() { (left, right) } else { (right, left) };
    if small.len() < large.len() / FAR_APART {
        return shared_by_search(small, large);
    }
    shared_at_least(left, right, 0).unwrap_or(0)
}

/// A set that is so many times as large as another is searched, not walked through.
const FAR_APART: usize = 32;

/// The same by looking for each element of the small set in what is left of the large one.
fn shared_by_search(small: &[u64], large: &[u64]) -> usize {
    let mut rest = large;
    let is_shared = |element: &&u64| {
        rest = &rest[rest.partition_point(|other| other < element)..];
        rest.first() == Some(element)
    };
    small.iter().filter(is_shared).count()
}

/// How many elements two sorted sets share, or `None` as soon as it is sure to be fewer than `least`.
///
/// A step of a merge waits for the step before it, so the sets are cut at the same values into parts, which are merged in
/// turn: while one waits, another goes on.
pub(crate) fn shared_at_least(left: &[u64], right: &[u64], least: usize) -> Option<usize> {
    let mut merges = cut(left, right);
    loop {
        let possible: usize = merges.iter().map(Merge::possible).sum();
        if possible < least {
            return None;
        }
        for _ in 0..STRIDE {
            merges.iter_mut().for_each(Merge::step);
        }
        if merges.iter().all(Merge::is_done) {
            let shared = merges.iter().map(|merge| merge.shared).sum();
            return (shared >= least).then_some(shared);
        }
    }
}

/// Merges that go on side by side.
const MERGES: usize = 4;

/// How far they go between looks at whether they can still succeed.
const STRIDE: usize = 32;

/// A merge of two sorted sets that has come so far.
#[derive(Clone, Copy, Debug, Default)]
struct Merge<'a> {
    left: &'a [u64],
    right: &'a [u64],
    i: usize,
    j: usize,
    shared: usize,
}

impl Merge<'_> {
    #[inline]
    fn step(&mut self) {
        let (Some(&a), Some(&b)) = (self.left.get(self.i), self.right.get(self.j)) else { return };
        // Without branches on the outcome: which of the two is less cannot be predicted.
        self.shared += usize::from(a == b);
        self.i += usize::from(a <= b);
        self.j += usize::from(b <= a);
    }

    /// The most that may be shared in the end.
    fn possible(&self) -> usize {
        self.shared + (self.left.len() - self.i).min(self.right.len() - self.j)
    }

    fn is_done(&self) -> bool {
        self.i == self.left.len() || self.j == self.right.len()
    }
}

/// Parts of two sets between the same values: those that cut the left one evenly.
fn cut<'a>(mut left: &'a [u64], mut right: &'a [u64]) -> [Merge<'a>; MERGES] {
    let part = left.len() / MERGES;
    let mut merges = [Merge::default(); MERGES];
    for merge in &mut merges[1..] {
        let (l, left_rest) = left.split_at(part);
        let value = left_rest.first().copied().unwrap_or(u64::MAX);
        let (r, right_rest) = right.split_at(right.partition_point(|&x| x < value));
        *merge = Merge { left: l, right: r, ..Merge::default() };
        (left, right) = (left_rest, right_rest);
    }
    merges[0] = Merge { left, right, ..Merge::default() };
    merges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(elements: impl IntoIterator<Item = u64>) -> ShingleSet {
        elements.into_iter().collect()
    }

    #[test]
    fn measures_of_a_known_pair() {
        let overlap = Overlap::of(&set(0..80), &set(40..100));
        assert_eq!(overlap, Overlap { left: 80, right: 60, shared: 40 });
        assert!((overlap.jaccard() - 0.4).abs() < 1e-12);
        assert!((overlap.left_in_right() - 0.5).abs() < 1e-12);
        assert!((overlap.right_in_left() - 40.0 / 60.0).abs() < 1e-12);
        assert!((overlap.containment() - 40.0 / 60.0).abs() < 1e-12);
        assert_eq!(overlap.swapped().left_in_right(), overlap.right_in_left());
    }

    #[test]
    fn sets_of_very_different_sizes_are_counted_as_others_are() {
        let large: Vec<u64> = (0..10_000).map(|i| i * 3).collect();
        for small in [vec![], vec![0], vec![29_997], vec![29_998], vec![0, 1, 2, 3, 3_000, 3_001, 29_997, u64::MAX]] {
            let expected = small.iter().filter(|element| large.contains(element)).count();
            let (small, large) = (set(small), set(large.clone()));
            assert!(small.len() < large.len() / FAR_APART);
            assert_eq!(Overlap::of(&small, &large).shared, expected);
            assert_eq!(Overlap::of(&large, &small).shared, expected);
        }
    }

    #[test]
    fn empty_sets_are_like_nothing() {
        for (left, right) in [(set([]), set([])), (set([]), set([1]))] {
            let overlap = Overlap::of(&left, &right);
            assert_eq!((overlap.jaccard(), overlap.containment()), (0.0, 0.0));
            assert_eq!(Overlap::at_least(&left, &right, 1e-9), None);
        }
    }

    #[test]
    fn a_pair_exactly_at_the_threshold_is_found() {
        for (shared, total) in [(1_u64, 2_u64), (1, 3), (2, 3), (7, 10), (99, 100), (165, 300), (1, 1)] {
            let left = set(0..(total + shared) / 2);
            let right = set((total + shared) / 2 - shared..total);
            let threshold = shared as f64 / total as f64;
            assert!(Overlap::at_least(&left, &right, threshold).is_some(), "{shared}/{total}");
            assert!(Overlap::at_least(&left, &right, threshold + 1e-9).is_none(), "{shared}/{total}");
        }
    }
}
