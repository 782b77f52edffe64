//! Memory that begins as zeros, in huge pages where the system has them.

use bytemuck::Pod;
#[cfg(target_os = "linux")]
use memmap2::{Advice, MmapMut};

/// A fixed number of values that begin as zeros. Memory that nothing was written to is not taken from the system.
#[derive(Debug)]
pub(super) enum Pages<T> {
    Heap(Vec<T>),
    #[cfg(target_os = "linux")]
    Huge(MmapMut),
}

/// The bytes from which huge pages are asked for: two of these, because a map may begin in the middle of one.
///
/// The system hands out memory page by page, when it is first written to. With pages of 4 kB this took a quarter of the processor time
/// of a join in memory on a virtual machine (BENCHMARKS.md, "Signs and copies").
#[cfg(target_os = "linux")]
const MIN_HUGE_BYTES: usize = 4 << 20;

impl<T: Pod> Pages<T> {
    pub(super) fn zeroed(length: usize) -> Self {
        #[cfg(target_os = "linux")]
        if let Some(map) = huge(length.saturating_mul(size_of::<T>())) {
            return Self::Huge(map);
        }
        Self::Heap(vec![T::zeroed(); length])
    }

    #[inline]
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::Heap(values) => values,
            // A map begins at a page, so it is aligned for every number.
            #[cfg(target_os = "linux")]
            Self::Huge(map) => bytemuck::try_cast_slice(map).unwrap_or_default(),
        }
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Self::Heap(values) => values,
            #[cfg(target_os = "linux")]
            Self::Huge(map) => bytemuck::try_cast_slice_mut(map).unwrap_or_default(),
        }
    }
}

/// Returns a map of anonymous memory for huge pages, or `None` if it would be small or cannot be had. Whether the pages are huge is up to
/// the system: advice that it does not take changes nothing.
#[cfg(target_os = "linux")]
fn huge(bytes: usize) -> Option<MmapMut> {
    let map = (bytes >= MIN_HUGE_BYTES).then(|| MmapMut::map_anon(bytes).ok()).flatten()?;
    let _not_supported = map.advise(Advice::HugePage);
    Some(map)
}

impl<T: Pod> Clone for Pages<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed(self.as_slice().len());
        copy.as_mut_slice().copy_from_slice(self.as_slice());
        copy
    }
}
