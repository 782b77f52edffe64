//! Numbers in memory that the system maps.

use std::ops::{Deref, DerefMut};

use bytemuck::Pod;
use memmap2::{Advice, MmapMut};

/// Numbers on the heap, or in mapped memory if there are many.
#[derive(Debug)]
pub(in super::super) enum Pages<T> {
    Heap(Vec<T>),
    Mapped(MmapMut),
}

/// Less memory than this stays on the heap: a huge page is taken whole, however little is written to it.
const MIN_MAPPED_BYTES: usize = 4 << 20;

/// Returns zeros.
pub(in super::super) fn zeros<T: Pod>(length: usize) -> Pages<T> {
    map::<T>(length).map_or_else(|| Pages::Heap(vec![T::zeroed(); length]), Pages::Mapped)
}

/// Maps memory for many zeros, unless they are few or the system refuses.
fn map<T>(length: usize) -> Option<MmapMut> {
    let bytes = length.checked_mul(size_of::<T>()).filter(|bytes| *bytes >= MIN_MAPPED_BYTES)?;
    let memory = MmapMut::map_anon(bytes).ok()?;
    // Where there are no huge pages, the usual ones do as well.
    let _ = memory.advise(Advice::HugePage);
    Some(memory)
}

impl<T: Pod> Deref for Pages<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::Heap(values) => values,
            Self::Mapped(memory) => bytemuck::cast_slice(memory),
        }
    }
}

impl<T: Pod> DerefMut for Pages<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::Heap(values) => values,
            Self::Mapped(memory) => bytemuck::cast_slice_mut(memory),
        }
    }
}

impl<T: Pod> Clone for Pages<T> {
    fn clone(&self) -> Self {
        let mut copy = zeros(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_numbers_are_on_the_heap_and_many_are_mapped_and_both_are_zero_at_first_and_written_and_copied() {
        let many = MIN_MAPPED_BYTES / size_of::<u64>();
        for (length, is_mapped) in [(0, false), (1, false), (many - 1, false), (many, true), (many + 4_097, true)] {
            let mut numbers = zeros::<u64>(length);
            assert_eq!((numbers.len(), matches!(numbers, Pages::Mapped(_))), (length, is_mapped));
            assert!(numbers.iter().all(|number| *number == 0));
            (0..).zip(numbers.iter_mut()).for_each(|(value, number)| *number = value);
            let copy = numbers.clone();
            numbers.fill(7);
            assert!((0..).zip(copy.iter()).all(|(value, number)| value == *number));
        }
    }
}
