//! How many documents there are, and what number the next one gets.

use super::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// Counts that change only while the locks of a changed document are held. These order what threads see, so the counts need no order
/// of their own. They are on cache lines of their own, because the other fields of an index never change.
#[repr(align(128))]
pub(super) struct Counts {
    next: AtomicU32,
    documents: AtomicUsize,
    /// Numbers are below it.
    most: u32,
}

impl Counts {
    pub(super) fn new(most: u32) -> Self {
        Self { next: AtomicU32::new(0), documents: AtomicUsize::new(0), most }
    }

    /// Returns the next number, or `None` if all are used.
    pub(super) fn number(&self) -> Option<u32> {
        let more = |next| (next < self.most).then(|| next + 1);
        self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.most
    }

    /// Returns whether there are as many documents as numbers.
    pub(super) fn is_full(&self) -> bool {
        self.documents() >= self.most as usize
    }

    /// Begins again after the numbers below this one.
    pub(super) fn restart(&self, next: u32) {
        self.next.store(next, Ordering::Relaxed);
    }

    pub(super) fn documents(&self) -> usize {
        self.documents.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self) {
        self.documents.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn subtract(&self) {
        self.documents.fetch_sub(1, Ordering::Relaxed);
    }
}
