//! What two sets have in common.

use super::ShingleSet;
use super::intersect::{min_shared, shared, shared_at_least};

/// The sizes of two sets and the number of elements that they share, counted exactly. Every measure follows from these
/// three.
///
/// `shared` is at most the smaller size, also in a value that [`from_counts`](Self::from_counts) made or that was read
/// from storage.
///
/// ```
/// use twinprint::{Overlap, ShingleSet};
///
/// let left: ShingleSet = (0..80).collect();
/// let right: ShingleSet = (40..100).collect();
/// let overlap = Overlap::new(&left, &right);
/// assert_eq!((overlap.left(), overlap.right(), overlap.shared()), (80, 60, 40));
/// assert_eq!(overlap.jaccard(), 0.4);
/// assert_eq!(overlap.left_in_right(), 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Counts"))]
pub struct Overlap {
    left: usize,
    right: usize,
    shared: usize,
}

impl Overlap {
    /// Counts the elements that two sets share.
    ///
    /// Use [`at_least`](Self::at_least) if only pairs above a threshold matter: it gives up early on the others.
    #[doc(alias = "intersection")]
    #[must_use]
    pub fn new(left: &ShingleSet, right: &ShingleSet) -> Self {
        Self { left: left.len(), right: right.len(), shared: shared(left.as_slice(), right.as_slice()) }
    }

    /// Builds an overlap from counts that were made elsewhere, or returns `None` if more is shared than the smaller set
    /// holds.
    ///
    /// ```
    /// use twinprint::Overlap;
    ///
    /// assert_eq!(Overlap::from_counts(4, 3, 2).map(|overlap| overlap.jaccard()), Some(0.4));
    /// assert_eq!(Overlap::from_counts(4, 1, 2), None);
    /// ```
    #[must_use]
    pub const fn from_counts(left: usize, right: usize, shared: usize) -> Option<Self> {
        if shared <= left && shared <= right { Some(Self { left, right, shared }) } else { None }
    }

    /// Builds an overlap from counts of which the caller knows that `shared` is at most the smaller size.
    pub(crate) const fn from_trusted(left: usize, right: usize, shared: usize) -> Self {
        debug_assert!(shared <= left && shared <= right);
        Self { left, right, shared }
    }

    /// Builds the overlap of two equal sets.
    pub(crate) const fn from_equal_sets(size: usize) -> Self {
        Self::from_trusted(size, size, size)
    }

    /// Counts the elements that two sets share, or returns `None` if their [Jaccard similarity](Self::jaccard) is less
    /// than `threshold`. Stops counting as soon as the threshold is out of reach.
    ///
    /// A pair exactly at the threshold is returned. An empty set is at 0, so a pair with one is returned for no
    /// threshold above 0.
    ///
    /// ```
    /// use twinprint::{Overlap, ShingleSet};
    ///
    /// let (a, b): (ShingleSet, ShingleSet) = ((0..80).collect(), (40..100).collect());
    /// assert_eq!(Overlap::at_least(&a, &b, 0.4), Some(Overlap::new(&a, &b)));
    /// assert_eq!(Overlap::at_least(&a, &b, 0.41), None);
    /// ```
    #[must_use]
    pub fn at_least(left: &ShingleSet, right: &ShingleSet, threshold: f64) -> Option<Self> {
        Self::from_sorted_at_least(left.as_slice(), right.as_slice(), threshold)
    }

    /// Counts as [`at_least`](Self::at_least) does, in slices of sorted distinct elements.
    pub(crate) fn from_sorted_at_least(left: &[u64], right: &[u64], threshold: f64) -> Option<Self> {
        let min_shared = min_shared(left.len(), right.len(), threshold);
        let shared = shared_at_least(left, right, min_shared)?;
        let overlap = Self { left: left.len(), right: right.len(), shared };
        (overlap.jaccard() >= threshold).then_some(overlap)
    }

    /// Counts the elements that two slices of sorted distinct elements share, or returns `None` if their
    /// [containment](Self::containment) is less than `min_containment`.
    pub(crate) fn from_sorted_contained(left: &[u64], right: &[u64], min_containment: f64) -> Option<Self> {
        let overlap = Self { left: left.len(), right: right.len(), shared: shared(left, right) };
        (overlap.containment() >= min_containment).then_some(overlap)
    }

    /// Returns the number of elements in the left set.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.left
    }

    /// Returns the number of elements in the right set.
    #[must_use]
    pub const fn right(&self) -> usize {
        self.right
    }

    /// Returns the number of elements that are in both sets.
    #[must_use]
    pub const fn shared(&self) -> usize {
        self.shared
    }

    /// Returns the Jaccard similarity, 0 to 1: the shared elements divided by the elements of the union (P. Jaccard,
    /// "The distribution of the flora in the alpine zone", 1912).
    ///
    /// It is 0 if a set is empty, because an empty text is a duplicate of nothing, and 1 if the sets are equal.
    #[must_use]
    pub fn jaccard(&self) -> f64 {
        // Added as floats, which are exact up to 2^53: sizes given by a caller may overflow an integer.
        ratio(self.shared, self.left as f64 + (self.right - self.shared) as f64)
    }

    /// Returns the share of the left set that the right one holds, 0 to 1. It is 0 if the left set is empty.
    ///
    /// This is the containment of A. Broder ("On the resemblance and containment of documents", 1997), which is not
    /// symmetric: an article is in its page, and the page is not in the article.
    #[must_use]
    pub fn left_in_right(&self) -> f64 {
        ratio(self.shared, self.left as f64)
    }

    /// Returns the share of the right set that the left one holds, 0 to 1. It is 0 if the right set is empty.
    #[must_use]
    pub fn right_in_left(&self) -> f64 {
        ratio(self.shared, self.right as f64)
    }

    /// Returns the share of the smaller set that the larger one holds, 0 to 1. It is near 1 where one text contains the
    /// other, and never less than the Jaccard similarity. It is 0 if a set is empty.
    ///
    /// ```
    /// use twinprint::Overlap;
    ///
    /// let page_and_article = Overlap::from_counts(1000, 50, 49).expect("no more is shared than the article has");
    /// assert_eq!((page_and_article.containment(), page_and_article.right_in_left()), (0.98, 0.98));
    /// assert!(page_and_article.jaccard() < 0.05);
    /// ```
    #[must_use]
    pub fn containment(&self) -> f64 {
        ratio(self.shared, self.left.min(self.right) as f64)
    }

    /// Returns the overlap of the same sets in the other order. Symmetric measures stay as they are.
    #[must_use]
    pub const fn swapped(&self) -> Self {
        Self { left: self.right, right: self.left, shared: self.shared }
    }
}

impl ShingleSet {
    /// Counts what this set (left) and another (right) share.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Overlap {
        Overlap::new(self, other)
    }

    /// Returns the exact Jaccard similarity, 0 to 1; see [`Overlap::jaccard`]. To compare with a threshold,
    /// [`Overlap::at_least`] is faster.
    #[doc(alias = "similarity")]
    #[must_use]
    pub fn jaccard(&self, other: &Self) -> f64 {
        self.overlap(other).jaccard()
    }

    /// Returns the share of this set that another holds, 0 to 1; see [`Overlap::left_in_right`].
    ///
    /// ```
    /// use twinprint::ShingleSet;
    ///
    /// let (quote, page): (ShingleSet, ShingleSet) = ((5..10).collect(), (0..100).collect());
    /// assert_eq!((quote.contained_in(&page), page.contained_in(&quote)), (1.0, 0.05));
    /// ```
    #[doc(alias = "containment")]
    #[must_use]
    pub fn contained_in(&self, other: &Self) -> f64 {
        self.overlap(other).left_in_right()
    }
}

fn ratio(part: usize, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part as f64 / whole }
}

/// The fields of an [`Overlap`] as they are stored, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Counts {
    left: usize,
    right: usize,
    shared: usize,
}

#[cfg(feature = "serde")]
impl TryFrom<Counts> for Overlap {
    type Error = &'static str;

    fn try_from(counts: Counts) -> Result<Self, Self::Error> {
        Self::from_counts(counts.left, counts.right, counts.shared)
            .ok_or("an overlap cannot share more elements than its smaller set has")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(elements: impl IntoIterator<Item = u64>) -> ShingleSet {
        elements.into_iter().collect()
    }

    #[test]
    fn measures_of_a_known_pair() {
        let overlap = Overlap::new(&set(0..80), &set(40..100));
        assert_eq!(overlap, Overlap::from_trusted(80, 60, 40));
        assert!((overlap.jaccard() - 0.4).abs() < 1e-12);
        assert!((overlap.left_in_right() - 0.5).abs() < 1e-12);
        assert!((overlap.right_in_left() - 40.0 / 60.0).abs() < 1e-12);
        assert!((overlap.containment() - 40.0 / 60.0).abs() < 1e-12);
        assert_eq!(overlap.swapped().left_in_right(), overlap.right_in_left());
    }

    #[test]
    fn empty_sets_are_like_nothing() {
        for (left, right) in [(set([]), set([])), (set([]), set([1]))] {
            let overlap = Overlap::new(&left, &right);
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

    #[test]
    fn counts_that_no_two_sets_have_are_refused() {
        assert_eq!(Overlap::from_counts(0, 0, 1), None);
        assert_eq!(Overlap::from_counts(5, 3, 4), None);
        assert_eq!(Overlap::from_counts(5, 3, 3), Some(Overlap::from_trusted(5, 3, 3)));
        let huge = Overlap::from_counts(usize::MAX, usize::MAX, 1).map(|overlap| overlap.jaccard());
        assert!(huge.is_some_and(|jaccard| (0.0..1e-9).contains(&jaccard)));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_forged_overlap_is_not_read() {
        let overlap = Overlap::from_trusted(5, 3, 2);
        let stored = serde_json::to_string(&overlap).expect("serializable");
        assert_eq!(stored, r#"{"left":5,"right":3,"shared":2}"#);
        assert_eq!(serde_json::from_str::<Overlap>(&stored).expect("valid"), overlap);
        assert!(serde_json::from_str::<Overlap>(r#"{"left":0,"right":0,"shared":1}"#).is_err());
    }
}
