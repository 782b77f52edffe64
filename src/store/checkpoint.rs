//! Writes what a log holds as segments, merges segments, and has the manifest name them.

use std::sync::Arc;

use super::folder::{self, Folder, log_path, segment_path};
use super::log::Log;
use super::manifest::{Listed, Manifest};
use super::segment::Segment;
use super::state::{State, live};
use super::tiers::{Size, next_merge};
use super::writer::Store;
use crate::error::Error;
use crate::external::AtomicFile;
use crate::index::{Frozen, Tools, WriteError};

impl Store {
    /// Writes what is in the log as a segment when it has become much.
    pub(super) fn flush_if_due(&mut self) -> Result<(), Error> {
        let in_log = self.view.state.segments.iter().filter(|segment| segment.number().is_none());
        let documents: usize = in_log.map(Segment::live).sum();
        if documents > self.limits.log_documents || self.log.bytes() > self.limits.log_bytes {
            self.checkpoint(State::clone(&self.view.state), 1)?;
        }
        Ok(())
    }

    /// Makes a state the one that the manifest names, with all documents in segments, and publishes it. `most` is 1 to merge where the
    /// tiers demand it, and more to merge everything.
    pub(super) fn checkpoint(&mut self, mut next: State, most: usize) -> Result<(), Error> {
        let mut numbers: Vec<u64> = next.segments.iter().filter_map(Segment::number).collect();
        let (mut written, mut added) = (self.manifest.clone(), Vec::new());
        let segments = self.write_segments(&mut next, most, &mut written, &mut added);
        let log = segments.and_then(|()| self.begin_log(&next, &mut written)).inspect_err(|_| {
            // Otherwise each attempt would leave more.
            self.remove_segments(&added);
            if written.log != self.manifest.log {
                let _ = self.folder.remove_own(&log_path(self.folder.path(), written.log), true);
            }
        })?;
        self.is_interrupted = true;
        self.folder.write_manifest(&written)?;
        self.is_interrupted = false;
        let old = std::mem::replace(&mut self.manifest, written);
        self.log = log;
        self.publish(next);
        // The changes count. What cannot be removed now is removed when the store is opened again.
        let _ = folder::remove(&log_path(self.folder.path(), old.log));
        numbers.extend(added);
        numbers.extend(old.segments.iter().map(|segment| segment.number));
        numbers.retain(|number| self.manifest.segments.iter().all(|segment| segment.number != *number));
        self.remove_segments(&numbers);
        Ok(())
    }

    /// Writes the documents of a state that are in no file yet, and merges segments. Adds the numbers of those that it writes.
    fn write_segments(
        &self,
        next: &mut State,
        most: usize,
        written: &mut Manifest,
        added: &mut Vec<u64>,
    ) -> Result<(), Error> {
        let tools = Arc::clone(&next.tools);
        let mut write = |segments: &[Segment]| -> Result<Segment, Error> {
            let live = live(segments);
            let owner = written.id.to_bytes();
            let segment = self.folder.write_segment(written.next, &tools, |out| live.write(out, &tools, owner))?;
            written.next = segment.number().unwrap_or(written.next) + 1;
            added.extend(segment.number());
            Ok(segment)
        };
        if most > 1 && !next.segments.is_empty() {
            next.segments = vec![write(&next.segments)?];
        }
        while let Some(start) = next.segments.iter().position(|segment| segment.number().is_none()) {
            let run = next.segments[start..].iter().take_while(|segment| segment.number().is_none()).count();
            let segment = write(&next.segments[start..start + run])?;
            next.segments.splice(start..start + run, [segment]);
        }
        let sizes = |state: &State| -> Vec<Size> {
            let size = |segment: &Segment| Size { documents: segment.frozen().len(), live: segment.live() };
            state.segments.iter().map(size).collect()
        };
        while let Some(range) = next_merge(&sizes(next)) {
            let segment = write(&next.segments[range.clone()])?;
            next.segments.splice(range, [segment]);
        }
        Ok(())
    }

    /// Begins the log that follows a state, and completes the manifest that names both.
    fn begin_log(&self, next: &State, written: &mut Manifest) -> Result<Log, Error> {
        let listed = |segment: &Segment| {
            let (documents, removed) = (segment.frozen().len(), segment.removed().iter().collect());
            Some(Listed { number: segment.number()?, documents, removed })
        };
        written.names = next.names.to_vec();
        written.segments = next.segments.iter().filter_map(listed).collect();
        written.log = self.folder.free_number(written.next);
        written.next = written.log + 1;
        written.generation += 1;
        let log = Log::create(&log_path(self.folder.path(), written.log), written.id, written.log)?;
        self.folder.sync()?;
        Ok(log)
    }

    pub(super) fn remove_segments(&self, numbers: &[u64]) {
        for number in numbers {
            let _ = folder::remove(&segment_path(self.folder.path(), *number));
        }
    }
}

impl Folder {
    /// Writes a segment under the next free number, and opens it.
    pub(super) fn write_segment(
        &self,
        from: u64,
        tools: &Arc<Tools>,
        write: impl FnOnce(&mut AtomicFile) -> Result<(), WriteError>,
    ) -> Result<Segment, Error> {
        let number = self.free_number(from);
        let path = segment_path(self.path(), number);
        let mut file = self.create_file(&path)?;
        write(&mut file).map_err(|error| match error {
            WriteError::Output(error) => Error::io(&path, error),
            WriteError::Input(error) => error,
        })?;
        let committed = file.commit().map_err(|error| Error::io(&path, error));
        let opened = committed
            .and_then(|()| folder::open_segment(&path))
            .and_then(|bytes| Frozen::open_with_tools(bytes, tools).map_err(|error| error.at(&path)));
        let frozen = opened.inspect_err(|_| {
            // It may have its name already. Somebody else may have taken that, too.
            let _ = self.remove_own(&path, false);
        })?;
        Ok(Segment::new(frozen.in_file(&path), Some(number)))
    }
}
