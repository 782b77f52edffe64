//! The id of any document, without holding them all.

use super::frames::FramePlace;
use super::segments::{Place, Segments, ids_of};
use crate::error::Error;

/// Finds the ids of documents by their numbers. It holds the ids around those that were asked for lately, and reads others from
/// disk.
#[derive(Debug)]
pub struct IdLookup {
    place: Place,
    /// Where in the files each stretch of documents begins.
    marks: Vec<Mark>,
    /// Stretches that were read, each in the slot that its number says.
    slots: Vec<Slot>,
}

/// The first document of a frame, and where the frame is: the number of the file, and the place in it.
#[derive(Clone, Copy, Debug)]
struct Mark {
    document: u32,
    frame: (u32, FramePlace),
}

/// The ids of a frame, one after the other.
#[derive(Clone, Debug, Default)]
struct Slot {
    mark: Option<usize>,
    ids: String,
    ends: Vec<usize>,
}

/// Bytes that a slot may take, about: a frame, of which ids are a part.
const SLOT: usize = 1 << 16;

impl IdLookup {
    pub(super) fn new(segments: &Segments, memory: usize) -> Result<Self, Error> {
        let mut marks: Vec<Mark> = Vec::new();
        let (mut documents, mut number) = (segments.documents(), 0);
        while documents.next()?.is_some() {
            let frame = documents.frame();
            if marks.last().is_none_or(|last| last.frame != frame) {
                marks.push(Mark { document: number, frame });
            }
            number += 1;
        }
        let slots = (memory / SLOT).clamp(1, marks.len().max(1));
        Ok(Self { place: segments.place().clone(), marks, slots: vec![Slot::default(); slots] })
    }

    /// The id of a document.
    ///
    /// # Errors
    /// [`Error::File`] names the file that cannot be read; [`Error::OutOfRange`] where there is no such document.
    pub fn get(&mut self, document: u32) -> Result<&str, Error> {
        let missing = || Error::OutOfRange {
            field: "document",
            value: document.to_string(),
            expected: "the number of a document",
        };
        let mark = self.marks.partition_point(|mark| mark.document <= document).checked_sub(1).ok_or_else(missing)?;
        let slots = self.slots.len();
        let (slot, at) = (&mut self.slots[mark % slots], self.marks[mark]);
        if slot.mark != Some(mark) {
            // Not sound until it is read in full.
            *slot = Slot::default();
            ids_of(&self.place, at.frame, |id| {
                slot.ids.push_str(id);
                slot.ends.push(slot.ids.len());
            })?;
            slot.mark = Some(mark);
        }
        let number = (document - at.document) as usize;
        let end = *slot.ends.get(number).ok_or_else(missing)?;
        let start = if number == 0 { 0 } else { slot.ends[number - 1] };
        Ok(&slot.ids[start..end])
    }
}
