//! Counts what two sorted sets share.

/// Returns the fewest shared elements with which two sets of these sizes can reach a Jaccard similarity of `threshold`.
///
/// From `shared / (left + right - shared) >= threshold` follows `shared >= threshold * (left + right) / (1 +
/// threshold)`. The result is one less, so that rounding never excludes a pair at the threshold: the caller checks the
/// similarity itself.
pub(crate) fn min_shared(left: usize, right: usize, threshold: f64) -> usize {
    let exact = threshold / (1.0 + threshold) * (left + right) as f64;
    (exact.ceil() as usize).saturating_sub(1)
}

/// Returns how many elements two sorted sets share.
pub(super) fn shared(left: &[u64], right: &[u64]) -> usize {
    let (small, large) = if left.len() < right.len() { (left, right) } else { (right, left) };
    if small.len() < large.len() / SEARCH_RATIO {
        return shared_by_search(small, large);
    }
    shared_at_least(left, right, 0).unwrap_or(0)
}

/// The ratio of sizes from which binary search in the larger set takes less time than a merge, which reads all of it.
const SEARCH_RATIO: usize = 32;

/// Returns how many elements two sorted sets share, by a binary search for each element of the small one.
fn shared_by_search(small: &[u64], large: &[u64]) -> usize {
    let mut rest = large;
    let is_shared = |element: &&u64| {
        // Both sets ascend, so what lies before this element cannot match a later one.
        rest = &rest[rest.partition_point(|other| other < element)..];
        rest.first() == Some(element)
    };
    small.iter().filter(is_shared).count()
}

/// Returns how many elements two sorted sets share, or `None` as soon as that is sure to be fewer than `least`.
///
/// Each step of a merge depends on the step before it, so one merge leaves most of the processor idle. The sets are
/// therefore cut at the same values into parts, whose independent merges advance in turn.
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

/// Merges that advance side by side.
const MERGES: usize = 4;

/// Steps of each merge between two checks of whether `least` can still be reached.
const STRIDE: usize = 32;

/// The state of a merge of two sorted sets.
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
        // Additions instead of branches: hashes are random, so which of the two is less cannot be predicted.
        self.shared += usize::from(a == b);
        self.i += usize::from(a <= b);
        self.j += usize::from(b <= a);
    }

    /// Returns the most that may be shared in the end.
    fn possible(&self) -> usize {
        self.shared + (self.left.len() - self.i).min(self.right.len() - self.j)
    }

    fn is_done(&self) -> bool {
        self.i == self.left.len() || self.j == self.right.len()
    }
}

/// Cuts two sets into parts between the same values, which divide the left set evenly.
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

    #[test]
    fn sets_of_very_different_sizes_are_counted_as_others_are() {
        let large: Vec<u64> = (0..10_000).map(|i| i * 3).collect();
        for small in [vec![], vec![0], vec![29_997], vec![29_998], vec![0, 1, 2, 3, 3_000, 3_001, 29_997, u64::MAX]] {
            let expected = small.iter().filter(|element| large.contains(element)).count();
            assert!(small.len() < large.len() / SEARCH_RATIO);
            assert_eq!(shared(&small, &large), expected);
            assert_eq!(shared(&large, &small), expected);
            assert_eq!(shared_at_least(&small, &large, 0), Some(expected));
        }
    }
}
