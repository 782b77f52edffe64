//! Removes sets that nobody reads again, while their pairs are used.

use std::thread::{self, JoinHandle};

use super::segments::Segments;

/// A thread that removes the sets of a work folder. It is waited for when this is dropped, so that the folder can be removed then.
#[derive(Debug)]
pub(crate) struct SetRemoval(Option<JoinHandle<()>>);

impl SetRemoval {
    /// Begins to remove all sets. What cannot be removed stays: it is removed with the folder, which says why it cannot.
    pub(crate) fn begin(segments: &Segments) -> Self {
        let (work, files) = (segments.work().own().clone(), segments.set_files());
        let remove = move || files.iter().for_each(|path| drop(work.remove(path)));
        Self(thread::Builder::new().name("twinprint-remove".to_string()).spawn(remove).ok())
    }
}

impl Drop for SetRemoval {
    fn drop(&mut self) {
        // It cannot fail: what it does has no outcome.
        let _ = self.0.take().map(JoinHandle::join);
    }
}
