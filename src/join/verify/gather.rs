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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::Scheme;
    use crate::join::document::View;
    use crate::join::origin::Origin;
    use crate::join::storage::band_keys::BandKeyWriter;
    use crate::join::storage::segments::DocumentKey;
    use crate::join::storage::set_block::SetBlock;
    use crate::join::storage::work_dir::WorkDir;
    use crate::join::storage::writer::{Limits, SegmentWriter};
    use crate::lsh::Banding;
    use crate::mix::mix64;

    /// Stores sets of many sizes, empty ones among them, in several frames of several segments.
    fn stored(work: &Arc<WorkDir>) -> Segments {
        let hasher = Scheme::builder().words(1).num_hashes(64).build().expect("valid").minhasher();
        let mut segments = Segments::open(work, 7, None).expect("a new folder");
        let keys = BandKeyWriter::new(&hasher, Banding::new(4, 4).expect("valid"), 7);
        let limits = Limits { sets: 20_000, keys: 1 << 20 };
        let mut writer = SegmentWriter::new(segments.dir(), keys, segments.set_hasher(), limits);
        for block in 0..40_u64 {
            let mut sets = SetBlock::default();
            let sizes: Vec<u64> = (0..12).map(|document| mix64(block * 12 + document) % 40 * (document % 4)).collect();
            sizes
                .iter()
                .for_each(|&size| sets.push(&hasher, &(0..size).map(|x| mix64(size << 20 | x)).collect::<Vec<_>>()));
            let key = |at: usize| DocumentKey::new(Origin::default(), format!("{block}-{at}"), View::Text(""));
            writer.add((0..sizes.len()).map(key).collect(), &mut [sets]).expect("written");
        }
        segments.set_segments(writer.close().expect("written"));
        assert!(segments.count() > 3, "{}", segments.count());
        segments
    }

    /// Returns the size of each set, its hash, and whether it is wanted.
    fn chosen(segments: &Segments, seed: u64) -> Vec<(usize, u64, bool)> {
        let (mut documents, mut all) = (segments.documents(), Vec::new());
        while let Some(document) = documents.next().expect("sound") {
            let wanted = mix64(seed ^ all.len() as u64) % 4 < seed % 5;
            all.push((document.set.size as usize, document.set.check(), wanted));
        }
        all
    }

    fn gather(segments: &Segments, chosen: &[(usize, u64, bool)], memory: usize) -> Result<Vec<u64>, Error> {
        let mut to = vec![0; chosen.iter().filter(|(_, _, wanted)| *wanted).map(|(size, ..)| size).sum()];
        let mut gatherer = SetGatherer::new(segments, &mut to, memory);
        for &(size, check, wanted) in chosen {
            if wanted { gatherer.take(size, check)? } else { gatherer.pass(size)? }
        }
        gatherer.finish()?;
        Ok(to)
    }

    #[test]
    fn it_reads_what_one_reader_reads() {
        let folder = std::env::temp_dir().join(format!("twinprint-gather-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let segments = stored(&WorkDir::open_with(&folder, false).expect("a new folder"));
        for seed in 0..10 {
            let chosen = chosen(&segments, seed);
            let (mut expected, mut sets) = (Vec::new(), segments.sets());
            for &(size, check, wanted) in &chosen {
                if wanted {
                    sets.append(size, check, &mut expected).expect("sound");
                } else {
                    sets.pass(size).expect("sound");
                }
            }
            for memory in [0, 100_000, 1 << 30] {
                assert_eq!(gather(&segments, &chosen, memory).expect("sound"), expected, "{seed} {memory}");
            }
        }
        let mut wrong = chosen(&segments, 4);
        wrong.iter_mut().for_each(|(_, _, wanted)| *wanted = true);
        let at = wrong.iter().rposition(|(size, ..)| *size > 0).expect("a set that is not empty");
        wrong[at].1 ^= 1;
        gather(&segments, &wrong, 0).expect_err("another hash than that of the set");
        wrong[at].1 ^= 1;
        wrong.push((1, 0, false));
        gather(&segments, &wrong, 0).expect_err("more documents than sets");
        fs::remove_dir_all(&folder).expect("our own");
    }
}
