//! Where the shingles of a text are in a document, and which stretches have enough of them.

use std::ops::Range;

use crate::set::Overlap;
use crate::text::Shingle;

/// A text that is searched for.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// Its shingles, sorted.
    pub(super) shingles: Box<[u64]>,
    /// Its number of shingles with repetitions.
    pub(super) windows: usize,
    /// How many of its shingles a passage must have.
    pub(super) needed: usize,
}

/// The shingles of a document.
pub(super) struct Places {
    /// In the order of the document.
    shingles: Vec<Shingle>,
    /// Hash and position, sorted.
    by_hash: Vec<(u64, u32)>,
    distinct: usize,
}

/// A stretch of a document that has enough of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    /// How many of the text's shingles it has.
    pub(super) shared: usize,
}

/// A shingle of the text, by its number in the text, at a position of the document.
#[derive(Clone, Copy, Debug)]
struct Hit {
    position: u32,
    shingle: u32,
}

/// Shingles that a passage may have beyond twice those of the text, so that a word may be put into short texts.
const SLACK: usize = 4;

impl Places {
    pub(super) fn new(shingles: Vec<Shingle>) -> Self {
        let mut by_hash: Vec<(u64, u32)> = shingles.iter().map(|shingle| shingle.hash).zip(0..).collect();
        by_hash.sort_unstable();
        let distinct = by_hash.chunk_by(|a, b| a.0 == b.0).count();
        Self { shingles, by_hash, distinct }
    }

    /// Returns the passages that have enough of a text, none of which overlap, and the overlap of the whole sets.
    pub(super) fn passages(&self, question: &Question) -> (Vec<Found>, Overlap) {
        let (mut hits, mut shared) = (Vec::new(), 0);
        for (shingle, &hash) in (0..).zip(&question.shingles) {
            let start = self.by_hash.partition_point(|&(other, _)| other < hash);
            let equal = self.by_hash[start..].iter().take_while(|&&(other, _)| other == hash);
            let before = hits.len();
            hits.extend(equal.map(|&(_, position)| Hit { position, shingle }));
            shared += usize::from(hits.len() > before);
        }
        let overlap = Overlap::from_trusted(question.shingles.len(), self.distinct, shared);
        if shared < question.needed {
            return (Vec::new(), overlap);
        }
        hits.sort_unstable_by_key(|hit| hit.position);
        let max_span = 2 * question.windows + SLACK;
        let mut counts = vec![0_u32; question.shingles.len()];
        let mut passages = Vec::new();
        let mut from = 0;
        while let Some(stretch) = next_stretch(&hits, from, max_span, question.needed, &mut counts) {
            let [first, last] =
                [stretch.start, stretch.end - 1].map(|at| &self.shingles[hits[at].position as usize].range);
            let end = last.end.max(first.end);
            passages.push(Found { range: first.start..end, shared: distinct(&hits[stretch.clone()], &mut counts) });
            // What overlaps the last shingle belongs to the passage.
            from = stretch.end;
            while hits.get(from).is_some_and(|hit| self.shingles[hit.position as usize].range.start < end) {
                from += 1;
            }
        }
        (passages, overlap)
    }
}

/// Returns the first hits from `from` on that have enough different shingles within the span: without hits at the start that do not
/// add to them, and with all that add to them at the end. `counts` is all 0 before and after.
fn next_stretch(hits: &[Hit], from: usize, max_span: usize, needed: usize, counts: &mut [u32]) -> Option<Range<usize>> {
    let (mut start, mut different) = (from, 0);
    for end in from..hits.len() {
        let hit = hits[end];
        while (hit.position - hits[start].position) as usize >= max_span {
            different -= usize::from(remove(counts, hits[start]));
            start += 1;
        }
        different += usize::from(add(counts, hit));
        if different < needed {
            continue;
        }
        while counts[hits[start].shingle as usize] > 1 {
            remove(counts, hits[start]);
            start += 1;
        }
        let mut last = end;
        let limit = hits[start].position as usize + max_span;
        for (at, &hit) in hits.iter().enumerate().skip(end + 1).take_while(|(_, hit)| (hit.position as usize) < limit) {
            if add(counts, hit) {
                last = at;
            }
        }
        counts.fill(0);
        return Some(start..last + 1);
    }
    counts.fill(0);
    None
}

/// Counts a hit, and returns whether it is the first of its shingle.
fn add(counts: &mut [u32], hit: Hit) -> bool {
    let count = &mut counts[hit.shingle as usize];
    *count += 1;
    *count == 1
}

/// Takes a hit back, and returns whether it was the last of its shingle.
fn remove(counts: &mut [u32], hit: Hit) -> bool {
    let count = &mut counts[hit.shingle as usize];
    *count -= 1;
    *count == 0
}

/// Returns how many different shingles these hits have. `counts` is all 0 before and after.
fn distinct(hits: &[Hit], counts: &mut [u32]) -> usize {
    let different = hits.iter().filter(|&&hit| add(counts, hit)).count();
    counts.fill(0);
    different
}
