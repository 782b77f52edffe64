//! The locks and atomic numbers of the shared index: those of the standard library, or those of shuttle, which lets a test choose how
//! threads interleave.

use std::sync::PoisonError;

#[cfg(all(test, shuttle))]
pub(super) use shuttle::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, atomic};
#[cfg(not(all(test, shuttle)))]
pub(super) use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, atomic};

use ahash::RandomState;

/// Locks for reading.
///
/// A lock is poisoned if an id panicked when it was compared, cloned or dropped. No change is half done at any of these moments, so
/// what the lock guards is whole.
pub(super) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// Locks for writing; see [`read`] for poisoned locks.
pub(super) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Reads a flag beside the lock, so that its cache line is loaded when it is locked. The result has no meaning; the caller only has to
/// use it.
#[cfg(not(all(test, shuttle)))]
pub(super) fn prefetch<T>(lock: &RwLock<T>) -> bool {
    lock.is_poisoned()
}

#[cfg(all(test, shuttle))]
pub(super) fn prefetch<T>(_: &RwLock<T>) -> bool {
    false
}

/// Returns the hashing of ids. A schedule that shuttle repeats has to meet the same segments again.
pub(super) fn hashing() -> RandomState {
    if cfg!(all(test, shuttle)) { RandomState::with_seeds(1, 2, 3, 4) } else { RandomState::new() }
}
