//! Brings sets together in memory, on all threads: each reads some frames of the segments.

use crate::error::Error;
use crate::external::{FrameReader, numbers};
use crate::join::storage::segments::Segments;
use crate::parallel;

/// Takes documents in their order, and reads the sets of those that are wanted, one behind the other.
pub(super) struct SetGatherer<'a> {
    segments: &'a Segments,
    /// What is to be filled yet.
    to: &'a mut [u64],
    /// Bytes of frames that are read before the next ones are looked for: no more are held at a time.
    round_bytes: u64,
    /// The segment whose frames are being listed, and the number of the next one.
    listed: Option<FrameReader>,
    next_segment: u32,
    /// The frames that are to be read. The last one is that of the next document, unless all of it was taken or passed.
    round: Vec<Frame>,
    bytes: u64,
    /// Bytes of the last frame that documents had so far.
    at: u64,
}

/// A frame of sets, and which of them are wanted.
struct Frame {
    segment: u32,
    number: u64,
    /// Bytes before it, behind the header of its file.
    start: u64,
    length: u64,
    wanted: Vec<Wanted>,
}

/// A set by its place in a frame.
struct Wanted {
    at: u64,
    size: usize,
    check: u64,
}

/// Frames of one task: each task opens the file for itself.
const TASK_FRAMES: usize = 4;

/// Bytes of a round where there is much memory.
const ROUND: usize = 32 << 20;

impl<'a> SetGatherer<'a> {
    /// Fills a slice, which is as long as all wanted sets.
    pub(super) fn new(segments: &'a Segments, to: &'a mut [u64], memory: usize) -> Self {
        let round_bytes = (memory / 8).min(ROUND) as u64;
        Self { segments, to, round_bytes, listed: None, next_segment: 0, round: Vec::new(), bytes: 0, at: 0 }
    }

    /// Passes over the set of the next document.
    pub(super) fn pass(&mut self, size: usize) -> Result<(), Error> {
        self.find(size).map(|_| ())
    }

    /// Takes the set of the next document, which must have the hash that was stored with it.
    pub(super) fn take(&mut self, size: usize, check: u64) -> Result<(), Error> {
        let Some(at) = self.find(size)? else { return Ok(()) };
        if let Some(frame) = self.round.last_mut() {
            frame.wanted.push(Wanted { at, size, check });
        }
        Ok(())
    }

    /// Reads what is left.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.read_round()
    }

    /// Returns where the next set is in the last frame. An empty set is nowhere.
    fn find(&mut self, size: usize) -> Result<Option<u64>, Error> {
        if size == 0 {
            return Ok(None);
        }
        if self.round.last().is_none_or(|frame| self.at == frame.length) {
            self.list_frame()?;
        }
        let start = self.at;
        self.at += 8 * size as u64;
        let is_in_frame = self.round.last().is_some_and(|frame| self.at <= frame.length);
        if is_in_frame { Ok(Some(start)) } else { Err(self.segments.missing_sets(self.next_segment)) }
    }

    /// Lists the next frame, and reads those before it if it does not fit beside them.
    fn list_frame(&mut self) -> Result<(), Error> {
        let (frame, length) = loop {
            if let Some(file) = &mut self.listed {
                let (number, start) = file.place();
                if let Some(length) = file.skip_frame()? {
                    let segment = self.next_segment - 1;
                    break (Frame { segment, number, start, length, wanted: Vec::new() }, length);
                }
            }
            let Some(file) = self.segments.sets_file(self.next_segment)? else {
                return Err(self.segments.missing_sets(self.next_segment));
            };
            self.listed = Some(file);
            self.next_segment += 1;
        };
        if self.bytes + length > self.round_bytes {
            self.read_round()?;
        }
        self.bytes += length;
        self.at = 0;
        self.round.push(frame);
        Ok(())
    }

    /// Reads the frames that were listed. All their documents were taken or passed.
    fn read_round(&mut self) -> Result<(), Error> {
        self.bytes = 0;
        let mut round = std::mem::take(&mut self.round);
        round.retain(|frame| !frame.wanted.is_empty());
        let mut tasks = Vec::new();
        for frames in round.chunk_by(|a, b| a.segment == b.segment).flat_map(|alike| alike.chunks(TASK_FRAMES)) {
            let elements = frames.iter().flat_map(|frame| &frame.wanted).map(|wanted| wanted.size).sum();
            let Some((own, rest)) = std::mem::take(&mut self.to).split_at_mut_checked(elements) else {
                return Err(self.segments.missing_sets(self.next_segment));
            };
            self.to = rest;
            tasks.push((frames, own));
        }
        let segments = self.segments;
        let read = parallel::map_owned(tasks, || (), |(frames, to), ()| read_frames(segments, frames, to));
        read.into_iter().collect()
    }
}

/// Copies the wanted sets of some frames of a segment.
fn read_frames(segments: &Segments, frames: &[Frame], mut to: &mut [u64]) -> Result<(), Error> {
    let mut file = None;
    for frame in frames {
        let missing = || segments.missing_sets(frame.segment + 1);
        let file = match &mut file {
            Some(file) => file,
            None => file.insert(segments.sets_file(frame.segment)?.ok_or_else(missing)?),
        };
        file.go_to(frame.number, frame.start)?;
        let content = file.take_frame()?;
        for &Wanted { at, size, check } in &frame.wanted {
            let bytes = content.get(at as usize..at as usize + 8 * size).ok_or_else(missing)?;
            let (own, rest) = std::mem::take(&mut to).split_at_mut(size);
            to = rest;
            if segments.set_hasher().check(bytes) != check {
                return Err(missing());
            }
            own.iter_mut().zip(numbers(bytes)).for_each(|(place, element)| *place = element);
        }
    }
    Ok(())
}
