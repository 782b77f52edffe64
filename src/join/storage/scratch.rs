//! A folder for files that are needed only during a run.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::work_dir::WorkDir;
use crate::error::Error;
use crate::external::{FrameReader, FrameWriter, OwnFolder, Role, Sorter, Sorters};

/// A directory in the join's folder, removed when it is dropped. As long as it is there, the join's folder belongs to this process.
#[derive(Debug)]
pub(crate) struct ScratchDir {
    own: OwnFolder,
    _work: Arc<WorkDir>,
    memory: usize,
    sorters: AtomicU32,
}

impl ScratchDir {
    pub(crate) fn begin(work: &Arc<WorkDir>, memory: usize) -> Result<Self, Error> {
        let own = work.create_temporary()?;
        Ok(Self { own, _work: Arc::clone(work), memory, sorters: AtomicU32::new(0) })
    }

    /// Returns the path of a file of this name.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.own.temporary(name)
    }

    /// Begins a file.
    pub(crate) fn create(&self, name: &str, role: Role) -> Result<FrameWriter, Error> {
        self.own.create(&self.path(name), role)
    }

    /// Opens a file.
    pub(crate) fn open(&self, name: &str, role: Role) -> Result<FrameReader, Error> {
        self.own.open(&self.path(name), role)
    }

    /// Returns the bytes that the largest structure at a time may take.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    /// Returns how many files may be written at a time. Each gathers a frame, and operating systems limit their number.
    pub(crate) fn files(&self) -> usize {
        (self.memory >> 17).clamp(16, 256)
    }

    /// Makes a sorter of half the memory.
    pub(crate) fn small_sorter<const N: usize>(&self, name: &str) -> Sorter<N> {
        self.sorter_with(name, self.memory / 2)
    }

    /// Makes a sorter that takes this many bytes of memory.
    pub(crate) fn sorter_with<const N: usize>(&self, name: &str, memory: usize) -> Sorter<N> {
        let number = self.sorters.fetch_add(1, Ordering::Relaxed);
        Sorter::new(&self.own, &format!("{name}-{number}"), memory)
    }

    /// Removes the folder, and says so where that is not possible.
    pub(crate) fn end(self) -> Result<(), Error> {
        self.own.remove_all()
    }
}

impl Sorters for ScratchDir {
    type Error = Error;
    type Sorter<const N: usize> = Sorter<N>;

    fn sorter<const N: usize>(&self, name: &str) -> Sorter<N> {
        self.sorter_with(name, self.memory)
    }
}

impl Drop for ScratchDir {
    fn drop(&mut self) {
        // Where that is not possible, the next join in the folder does it.
        let _ = self.own.remove_all();
    }
}
