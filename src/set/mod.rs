//! Sets of shingle hashes, and what two of them share.

mod overlap;
mod sort;

pub use overlap::Overlap;

pub(crate) use overlap::{min_shared, shared_at_least};
pub(crate) use sort::{SortScratch, sort_distinct};

/// The distinct shingle hashes of a text, sorted: what exact similarities are measured on. Eight bytes an element.
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShingleSet {
    sorted: Box<[u64]>,
}

impl ShingleSet {
    /// How many distinct shingles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The hashes, ascending.
    #[must_use]
    pub fn as_slice(&self) -> &[u64] {
        &self.sorted
    }

    /// What this set and another have in common.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Overlap {
        Overlap::new(self, other)
    }

    /// The exact Jaccard similarity, 0 to 1; see [`Overlap::jaccard`].
    #[must_use]
    pub fn jaccard(&self, other: &Self) -> f64 {
        self.overlap(other).jaccard()
    }

    /// The share of this set that another holds, 0 to 1; see [`Overlap::left_in_right`].
    #[must_use]
    pub fn contained_in(&self, other: &Self) -> f64 {
        self.overlap(other).left_in_right()
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

impl FromIterator<u64> for ShingleSet {
    fn from_iter<I: IntoIterator<Item = u64>>(hashes: I) -> Self {
        Self::from(Vec::from_iter(hashes))
    }
}
