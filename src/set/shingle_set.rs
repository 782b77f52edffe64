//! The set of a text's shingle hashes.

use super::sort::{SortScratch, sort_distinct};

/// The distinct shingle hashes of a text in ascending order. Exact similarities are measured on such sets.
///
/// Takes eight bytes of memory per hash. A set comes from [`Shingler::set`](crate::text::Shingler::set), or from any
/// `u64` features of your own: order and repetition do not matter.
///
/// ```
/// use twinprint::Scheme;
///
/// let shingler = Scheme::builder().words(1).build()?.shingler()?;
/// let (a, b) = (shingler.set("red green blue"), shingler.set("blue green yellow"));
/// assert_eq!(a.overlap(&b).shared(), 2);
/// assert_eq!(a.jaccard(&b), 0.5);
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// A set can be collected, extended and iterated like those of the standard library:
///
/// ```
/// use twinprint::ShingleSet;
///
/// let mut set: ShingleSet = [30, 10, 20, 10].into_iter().collect();
/// set.extend([5, 30]);
/// assert_eq!(set.as_slice(), [5, 10, 20, 30]);
/// assert_eq!(set.iter().sum::<u64>(), 65);
/// assert!(set.contains(20) && !set.contains(21));
/// ```
///
/// With the feature `serde` it is stored as its hashes in ascending order. Anything else is refused when it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "Vec<u64>", try_from = "Ascending"))]
pub struct ShingleSet {
    sorted: Box<[u64]>,
}

impl ShingleSet {
    /// Returns the number of distinct shingles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Returns whether the set has no shingle.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Returns whether the set has this hash, by a binary search: O(log n) time.
    #[must_use]
    pub fn contains(&self, hash: u64) -> bool {
        self.sorted.binary_search(&hash).is_ok()
    }

    /// Returns the hashes in ascending order, each once. It suits [`MinHasher::signature`](crate::MinHasher::signature)
    /// and [`Document::features`](crate::Document::features).
    #[must_use]
    pub fn as_slice(&self) -> &[u64] {
        &self.sorted
    }

    /// Returns an iterator over the hashes in ascending order.
    pub fn iter(&self) -> std::slice::Iter<'_, u64> {
        self.sorted.iter()
    }
}

impl AsRef<[u64]> for ShingleSet {
    fn as_ref(&self) -> &[u64] {
        &self.sorted
    }
}

impl From<Vec<u64>> for ShingleSet {
    fn from(mut hashes: Vec<u64>) -> Self {
        let length = sort_distinct(&mut hashes, &mut SortScratch::default());
        hashes.truncate(length);
        Self { sorted: hashes.into_boxed_slice() }
    }
}

impl From<ShingleSet> for Vec<u64> {
    fn from(set: ShingleSet) -> Self {
        set.sorted.into_vec()
    }
}

impl FromIterator<u64> for ShingleSet {
    fn from_iter<I: IntoIterator<Item = u64>>(hashes: I) -> Self {
        Self::from(Vec::from_iter(hashes))
    }
}

impl Extend<u64> for ShingleSet {
    /// Adds hashes. Each call sorts the whole set again, so add many hashes in one call.
    fn extend<I: IntoIterator<Item = u64>>(&mut self, hashes: I) {
        let mut all = std::mem::take(&mut self.sorted).into_vec();
        all.extend(hashes);
        *self = Self::from(all);
    }
}

impl<'a> Extend<&'a u64> for ShingleSet {
    fn extend<I: IntoIterator<Item = &'a u64>>(&mut self, hashes: I) {
        self.extend(hashes.into_iter().copied());
    }
}

impl IntoIterator for ShingleSet {
    type Item = u64;
    type IntoIter = std::vec::IntoIter<u64>;

    fn into_iter(self) -> Self::IntoIter {
        self.sorted.into_vec().into_iter()
    }
}

impl<'a> IntoIterator for &'a ShingleSet {
    type Item = &'a u64;
    type IntoIter = std::slice::Iter<'a, u64>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A set as it is stored, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Ascending(Vec<u64>);

#[cfg(feature = "serde")]
impl TryFrom<Ascending> for ShingleSet {
    type Error = &'static str;

    fn try_from(Ascending(hashes): Ascending) -> Result<Self, Self::Error> {
        // Every comparison relies on the order, so a set that lacks it was not written by this library.
        if hashes.is_sorted_by(|a, b| a < b) {
            Ok(Self { sorted: hashes.into_boxed_slice() })
        } else {
            Err("the hashes of a set must ascend, each more than the one before")
        }
    }
}
