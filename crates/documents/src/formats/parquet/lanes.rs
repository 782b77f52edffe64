//! Decodes the rows of a Parquet file on several threads.
//!
//! Of `n` lanes, each decodes every `n`-th batch, with a reader of its own that passes over the others: whole pages of them are not
//! decompressed. So groups of rows of any size are shared among threads, and a batch of each lane is held.

use std::ops::Range;
use std::sync::Arc;

use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowSelection, RowSelectionPolicy};
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;

use super::file::ParquetFile;
use crate::batch::Part;
use crate::formats::rows::BadTexts;
use crate::pieces::{self, Pieces};

/// The lanes of a file, and the batches that they decode ahead.
pub(super) struct Lanes {
    file: Arc<ParquetFile>,
    batches: Pieces<Decoded>,
    /// Rows from the beginning of a lane's batch to that of its next one.
    step: u64,
    /// Rows of the file.
    end: u64,
}

/// Every `n`-th batch of a file.
struct Lane {
    rows: ParquetRecordBatchReader,
    /// Rows before the next batch.
    before: u64,
}

/// A batch that was decoded, and the lane behind it.
struct Decoded {
    lane: Lane,
    part: Part,
    is_whole: bool,
}

/// The memory of a batch in terms of its bytes: its rows, and the documents made of them.
const COPIES: usize = 2;

impl Lanes {
    /// Begins after this number of rows, or returns `None` if there are too few threads, too little memory or too few rows to share, or
    /// if lanes do not suit the file.
    pub(super) fn begin(file: &Arc<ParquetFile>, rows_before: u64) -> Option<Self> {
        let bytes = file.batch_bytes()?.max(1).saturating_mul(COPIES);
        let limit = file.config.options.read_ahead;
        let lanes = rayon::current_num_threads().min(limit / bytes) as u64;
        let groups = file.metadata.metadata().row_groups();
        let end = groups.iter().map(|group| u64::try_from(group.num_rows()).unwrap_or_default()).sum::<u64>();
        let batch = file.batch_rows as u64;
        if !file.is_local || !pieces::are_worth_it() || lanes < 2 || end.saturating_sub(rows_before) <= batch {
            return None;
        }
        let mut all = Self { file: Arc::clone(file), batches: Pieces::new(limit), step: lanes * batch, end };
        for before in (rows_before..end).step_by(file.batch_rows).take(usize::try_from(lanes).unwrap_or(usize::MAX)) {
            let lane = Lane::open(file, before, all.step, end).ok()?;
            all.push(lane, Part::default());
        }
        Some(all)
    }

    /// Exchanges an emptied part for the next batch, and returns the number of its rows; none at the end. Returns `None` if anything is
    /// wrong with it, so that a plain reader says what.
    pub(super) fn next_batch(&mut self, part: &mut Part) -> Option<u64> {
        let Some(Decoded { mut lane, part: decoded, is_whole }) = self.batches.pop() else { return Some(0) };
        if !is_whole {
            return None;
        }
        let rows = self.rows_of_batch(lane.before);
        let spare = std::mem::replace(part, decoded);
        lane.before += self.step;
        if lane.before < self.end {
            self.push(lane, spare);
        }
        Some(rows)
    }

    fn rows_of_batch(&self, before: u64) -> u64 {
        (self.file.batch_rows as u64).min(self.end - before)
    }

    /// Has the next batch of a lane decoded.
    fn push(&mut self, lane: Lane, part: Part) {
        let (file, rows) = (Arc::clone(&self.file), self.rows_of_batch(lane.before));
        // The lanes are as many as memory allows.
        self.batches.push(0, move || lane.decode(&file, rows, part));
    }
}

impl Lane {
    /// Opens every batch that begins a multiple of `step` rows after the first.
    fn open(file: &ParquetFile, first: u64, step: u64, end: u64) -> Result<Self, ParquetError> {
        let batch = file.batch_rows as u64;
        let step_size = usize::try_from(step).unwrap_or(usize::MAX);
        let wanted = (first..end).step_by(step_size).map(|before| before..end.min(before + batch));
        let (groups, selection) = select(file.metadata.metadata().row_groups(), wanted);
        let builder = file.builder(&file.metadata).with_row_groups(groups).with_row_selection(selection);
        // A mask would decode the rows of all lanes.
        let builder = builder.with_row_selection_policy(RowSelectionPolicy::Selectors);
        Ok(Self { rows: builder.build()?, before: first })
    }

    /// Decodes a batch of this number of rows.
    fn decode(mut self, file: &ParquetFile, rows: u64, mut part: Part) -> Decoded {
        part.clear();
        let is_whole = match self.rows.next() {
            Some(Ok(found)) if found.num_rows() as u64 == rows => {
                file.add(&found, self.before, &BadTexts::new(), &mut part).is_ok()
            }
            _ => false,
        };
        Decoded { lane: self, part, is_whole }
    }
}

/// Returns the numbers of the groups that hold any of the wanted rows, and which rows of these groups those are. The wanted ranges are
/// sorted.
fn select(groups: &[RowGroupMetaData], wanted: impl Iterator<Item = Range<u64>>) -> (Vec<usize>, RowSelection) {
    let (mut chosen, mut ranges, mut wanted) = (Vec::new(), Vec::new(), wanted.peekable());
    // Rows of all groups, and of the chosen ones, before the group.
    let (mut before, mut before_chosen) = (0, 0);
    for (number, group) in groups.iter().enumerate() {
        let rows = u64::try_from(group.num_rows()).unwrap_or_default();
        let after = before + rows;
        let is_chosen = wanted.peek().is_some_and(|range| range.start < after);
        while let Some(range) = wanted.peek_mut().filter(|range| range.start < after) {
            let end = range.end.min(after);
            ranges.push(to_usize(before_chosen + range.start - before)..to_usize(before_chosen + end - before));
            range.start = end;
            if range.is_empty() {
                wanted.next();
            }
        }
        if is_chosen {
            chosen.push(number);
            before_chosen += rows;
        }
        before = after;
    }
    (chosen, RowSelection::from_consecutive_ranges(ranges.into_iter(), to_usize(before_chosen)))
}

fn to_usize(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use parquet::arrow::arrow_reader::RowSelector;
    use parquet::file::metadata::RowGroupMetaData;
    use parquet::schema::types::{SchemaDescriptor, Type};

    use super::*;

    fn groups(rows: &[i64]) -> Vec<RowGroupMetaData> {
        let root = Type::group_type_builder("schema").build().expect("no columns");
        let schema = Arc::new(SchemaDescriptor::new(Arc::new(root)));
        let group = |&rows: &i64| RowGroupMetaData::builder(Arc::clone(&schema)).set_num_rows(rows).build();
        rows.iter().map(group).collect::<Result<_, _>>().expect("sound")
    }

    #[test]
    fn rows_are_selected_in_the_groups_that_hold_them() {
        let (skip, select_rows) = (RowSelector::skip, RowSelector::select);
        let groups = groups(&[10, 0, 5, 20, 1]);
        let selected = |wanted: Vec<Range<u64>>| {
            let (groups, selection) = select(&groups, wanted.into_iter());
            (groups, Vec::<RowSelector>::from(selection))
        };
        // Rows 8 to 12 lie in the first and the third group, rows 20 to 22 in the fourth.
        let expected = vec![skip(8), select_rows(4), skip(8), select_rows(2), skip(13)];
        assert_eq!(selected(vec![8..12, 20..22]), (vec![0, 2, 3], expected));
        // Of the groups without wanted rows none is opened.
        assert_eq!(
            selected(vec![16..17, 35..36]),
            (vec![3, 4], vec![skip(1), select_rows(1), skip(18), select_rows(1)])
        );
        assert_eq!(selected(vec![4..20, 20..30]), (vec![0, 2, 3], vec![skip(4), select_rows(26), skip(5)]));
        assert_eq!(selected(vec![]), (vec![], vec![]));
    }
}
