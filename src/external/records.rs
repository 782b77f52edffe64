//! Streams of sorted records, and what sorts them.
//!
//! Everything after verification is written once, over these traits: [`InMemory`] cannot fail, and a scratch directory spills to disk.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::convert::Infallible;

use super::radix;

/// Records of `N` numbers in ascending order.
pub(crate) trait Records<const N: usize> {
    /// Why the next record cannot be had.
    type Error;

    fn next(&mut self) -> Result<Option<[u64; N]>, Self::Error>;
}

/// Takes records in any order and gives them back in ascending order, each once.
pub(crate) trait Sort<const N: usize> {
    type Error;
    type Sorted: Records<N, Error = Self::Error>;

    fn push(&mut self, record: [u64; N]) -> Result<(), Self::Error>;

    fn finish(self) -> Result<Self::Sorted, Self::Error>;
}

/// Makes sorters.
pub(crate) trait Sorters {
    type Error;
    type Sorter<const N: usize>: Sort<N, Error = Self::Error>;

    /// Makes a sorter; the name is for files, and need not be unique.
    fn sorter<const N: usize>(&self, name: &str) -> Self::Sorter<N>;
}

/// The sorted records of some sorters.
pub(crate) type SortedBy<S, const N: usize> = <<S as Sorters>::Sorter<N> as Sort<N>>::Sorted;

/// Sorts in memory, which cannot fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InMemory;

/// Records that are held in memory.
#[derive(Debug)]
pub(crate) struct Held<const N: usize>(Vec<[u64; N]>);

impl Sorters for InMemory {
    type Error = Infallible;
    type Sorter<const N: usize> = Held<N>;

    fn sorter<const N: usize>(&self, _name: &str) -> Held<N> {
        Held(Vec::new())
    }
}

impl<const N: usize> Sort<N> for Held<N> {
    type Error = Infallible;
    type Sorted = std::vec::IntoIter<[u64; N]>;

    fn push(&mut self, record: [u64; N]) -> Result<(), Infallible> {
        self.0.push(record);
        Ok(())
    }

    fn finish(mut self) -> Result<Self::Sorted, Infallible> {
        sort_distinct(&mut self.0);
        Ok(self.0.into_iter())
    }
}

impl<const N: usize> Records<N> for std::vec::IntoIter<[u64; N]> {
    type Error = Infallible;

    fn next(&mut self) -> Result<Option<[u64; N]>, Infallible> {
        Ok(Iterator::next(self))
    }
}

/// Sorts records and leaves each once.
pub(crate) fn sort_distinct<const N: usize>(records: &mut Vec<[u64; N]>) {
    radix::sort(records);
    records.dedup();
}

/// Merges sources: their records in ascending order, each once.
#[derive(Debug)]
pub(crate) struct Merged<const N: usize, S> {
    sources: Vec<S>,
    /// The next record of each source that has one.
    heads: BinaryHeap<Reverse<([u64; N], usize)>>,
    last: Option<[u64; N]>,
}

impl<const N: usize, S: Records<N>> Merged<N, S> {
    pub(crate) fn new(mut sources: Vec<S>) -> Result<Self, S::Error> {
        let mut heads = BinaryHeap::with_capacity(sources.len());
        for (number, source) in sources.iter_mut().enumerate() {
            heads.extend(source.next()?.map(|record| Reverse((record, number))));
        }
        Ok(Self { sources, heads, last: None })
    }
}

impl<const N: usize, S: Records<N>> Records<N> for Merged<N, S> {
    type Error = S::Error;

    fn next(&mut self) -> Result<Option<[u64; N]>, S::Error> {
        while let Some(mut head) = self.heads.peek_mut() {
            let Reverse((record, source)) = *head;
            match self.sources[source].next()? {
                // The heap is mended when `head` is dropped; often the new record stays on top.
                Some(next) => head.0.0 = next,
                None => drop(PeekMut::pop(head)),
            }
            if self.last != Some(record) {
                self.last = Some(record);
                return Ok(Some(record));
            }
        }
        Ok(None)
    }
}
