//! State that is cut into segments, each with a lock of its own.

use super::sync::{self, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Segments with a lock each. A thread that holds several of them locks them in ascending order.
pub(super) struct Segments<T>(Box<[Segment<T>]>);

/// A lock on cache lines of its own: two threads with two locks do not wait for one line. Processors load lines in pairs.
#[derive(Default)]
#[repr(align(128))]
struct Segment<T>(RwLock<T>);

impl<T: Default> Segments<T> {
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).map(|_| Segment::default()).collect())
    }
}

impl<T> Segments<T> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn read(&self, number: usize) -> RwLockReadGuard<'_, T> {
        sync::read(&self.0[number].0)
    }

    pub(super) fn write(&self, number: usize) -> RwLockWriteGuard<'_, T> {
        sync::write(&self.0[number].0)
    }

    pub(super) fn read_all(&self) -> Vec<RwLockReadGuard<'_, T>> {
        self.0.iter().map(|segment| sync::read(&segment.0)).collect()
    }

    pub(super) fn write_all(&self) -> Vec<RwLockWriteGuard<'_, T>> {
        self.0.iter().map(|segment| sync::write(&segment.0)).collect()
    }

    /// Returns the bytes in memory, with those that each segment has elsewhere.
    pub(super) fn bytes(&self, elsewhere: impl Fn(&T) -> usize) -> usize {
        size_of_val(&*self.0) + (0..self.len()).map(|number| elsewhere(&self.read(number))).sum::<usize>()
    }

    /// Loads the cache line of a lock; see [`sync::prefetch`].
    pub(super) fn prefetch(&self, number: usize) -> bool {
        sync::prefetch(&self.0[number].0)
    }
}
