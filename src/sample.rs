//! A uniform sample of documents whose number need not be known in advance.

use std::collections::BinaryHeap;

use crate::mix::{derive, derive_from};

/// Draws a uniform sample of documents: every set of `size` documents is equally likely, and the seed decides which
/// it is.
///
/// Each document number has a hash under the seed, and the documents with the least hashes are the sample (bottom-k
/// sampling; E. Cohen, H. Kaplan, "Summarizing data using bottom-k sketches", 2007). So the numbers alone decide:
/// not the order of the documents, the number of threads, or the batches. Samples under one seed are nested: a
/// larger one contains the smaller.
///
/// It is used where documents come one by one and their number need not be known. It holds the values of at most
/// `size` documents. Of `n` documents about `size (1 + ln(n / size))` are chosen for the time being, so the value,
/// which may be costly to make, is asked for that often: 7,900 times for 1,000 of a million.
///
/// ```
/// use twinprint::audit::Sample;
///
/// let mut sample = Sample::new(42, 3);
/// for (number, text) in (0..).zip(["a", "b", "c", "d", "e"]) {
///     sample.offer(number, || text.to_owned());
/// }
/// assert_eq!(sample.into_documents().len(), 3);
/// assert_eq!(Sample::numbers(42, 3, 5).len(), 3);
/// ```
#[derive(Clone, Debug)]
pub struct Sample<T> {
    origin: u64,
    size: usize,
    chosen: BinaryHeap<Chosen<T>>,
}

#[derive(Clone, Debug)]
struct Chosen<T> {
    hash: u64,
    number: u32,
    value: T,
}

impl<T> Sample<T> {
    /// Creates an empty sample of up to `size` documents. With a size of 0 it stays empty.
    #[must_use]
    pub fn new(seed: u64, size: usize) -> Self {
        Self { origin: derive(seed, "document sample", 0), size, chosen: BinaryHeap::new() }
    }

    /// Offers a document by its number, each once. Returns whether it is chosen for the time being; only then `value`
    /// is called.
    ///
    /// A document that was chosen may be displaced by a later one. It takes O(log size) time for a document that is
    /// chosen, and constant time for others.
    ///
    /// ```
    /// use twinprint::audit::Sample;
    ///
    /// let mut sample = Sample::new(42, 10);
    /// let mut made = 0;
    /// for number in 0..1_000_000 {
    ///     sample.offer(number, || made += 1);
    /// }
    /// assert!(made > 10 && made < 400);
    /// ```
    pub fn offer(&mut self, number: u32, value: impl FnOnce() -> T) -> bool {
        let hash = derive_from(self.origin, u64::from(number));
        if !self.takes(hash) {
            return false;
        }
        self.put(Chosen { hash, number, value: value() });
        true
    }

    /// Merges another sample, of other documents under the same seed and size. The outcome is that of one sample to
    /// which all documents were offered. So threads or machines can each sample a part of the corpus.
    ///
    /// ```
    /// use twinprint::audit::Sample;
    ///
    /// let (mut first, mut second) = (Sample::new(42, 5), Sample::new(42, 5));
    /// (0..500).for_each(|number| _ = first.offer(number, || ()));
    /// (500..1000).for_each(|number| _ = second.offer(number, || ()));
    /// first.merge(second);
    /// let numbers: Vec<u32> = first.into_documents().into_iter().map(|(number, ())| number).collect();
    /// assert_eq!(numbers, Sample::numbers(42, 5, 1000));
    /// ```
    pub fn merge(&mut self, other: Self) {
        for chosen in other.chosen {
            if self.takes(chosen.hash) {
                self.put(chosen);
            }
        }
    }

    /// Yields the numbers of the documents chosen so far, in no order.
    pub fn chosen(&self) -> impl Iterator<Item = u32> + '_ {
        self.chosen.iter().map(|chosen| chosen.number)
    }

    /// Yields the values of the documents chosen so far, in no order.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.chosen.iter().map(|chosen| &chosen.value)
    }

    /// Reduces the size of the sample. The outcome is the same as if it had been of that size from the beginning. A
    /// greater size changes nothing.
    pub fn shrink(&mut self, size: usize) {
        self.size = self.size.min(size);
        while self.chosen.len() > self.size {
            self.chosen.pop();
        }
    }

    /// Returns the documents chosen, in the order of their numbers.
    #[must_use]
    pub fn into_documents(self) -> Vec<(u32, T)> {
        let mut documents: Vec<(u32, T)> =
            self.chosen.into_iter().map(|chosen| (chosen.number, chosen.value)).collect();
        documents.sort_unstable_by_key(|(number, _)| *number);
        documents
    }

    fn takes(&self, hash: u64) -> bool {
        self.chosen.len() < self.size || self.chosen.peek().is_some_and(|greatest| hash < greatest.hash)
    }

    fn put(&mut self, chosen: Chosen<T>) {
        if self.chosen.len() >= self.size {
            self.chosen.pop();
        }
        self.chosen.push(chosen);
    }
}

impl Sample<()> {
    /// Returns the numbers of a sample of the documents `0..documents`, in ascending order: those that a sample of this
    /// seed and size chooses. It takes O(documents) time.
    #[must_use]
    pub fn numbers(seed: u64, size: usize, documents: u32) -> Vec<u32> {
        let mut sample = Sample::new(seed, size);
        for number in 0..documents {
            sample.offer(number, || ());
        }
        sample.into_documents().into_iter().map(|(number, ())| number).collect()
    }
}

impl<T> Ord for Chosen<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.hash.cmp(&other.hash)
    }
}

impl<T> PartialOrd for Chosen<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Chosen<T> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl<T> Eq for Chosen<T> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn order_and_parts_do_not_show(seed: u64, size in 0_usize..20, documents in 0_u32..60, cut in 0_u32..60) {
            let whole = Sample::numbers(seed, size, documents);
            prop_assert_eq!(whole.len(), size.min(documents as usize));
            let mut first = Sample::new(seed, size);
            let mut second = Sample::new(seed, size);
            for number in (0..documents).rev() {
                let part = if number < cut { &mut first } else { &mut second };
                part.offer(number, || number);
            }
            first.merge(second);
            let merged = first.into_documents();
            prop_assert!(merged.iter().all(|(number, value)| number == value));
            prop_assert_eq!(merged.into_iter().map(|(number, _)| number).collect::<Vec<_>>(), whole);
        }
    }

    proptest! {
        #[test]
        fn a_sample_that_shrank_was_always_small(seed: u64, sizes in (0_usize..20, 0_usize..20), at in 0_u32..40) {
            let mut sample = Sample::new(seed, sizes.0);
            for number in 0..40 {
                sample.offer(number, || number);
                if number == at {
                    sample.shrink(sizes.1);
                    prop_assert_eq!(sample.values().count(), sample.chosen().count());
                }
            }
            let numbers: Vec<u32> = sample.into_documents().into_iter().map(|(number, _)| number).collect();
            prop_assert_eq!(numbers, Sample::numbers(seed, sizes.0.min(sizes.1), 40));
        }
    }

    #[test]
    fn every_document_is_as_likely_as_any_other() {
        let mut counts = [0_u32; 50];
        for seed in 0..10_000 {
            for number in Sample::numbers(seed, 10, 50) {
                counts[number as usize] += 1;
            }
        }
        // Each is expected 2,000 times, with a standard deviation of 40.
        assert!(counts.iter().all(|&count| (1_800..2_200).contains(&count)), "{counts:?}");
    }
}
