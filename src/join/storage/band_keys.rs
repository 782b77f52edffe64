//! The band keys of the documents on disk. Each segment has a file `keys-N`, in which each band has one frame with four bytes a
//! document. So the keys of one band are read without those of the others.
//!
//! Band keys follow from the sets. If a folder has those of another banding, they are computed again.

use xxhash_rust::xxh3::xxh3_64;

use super::segments::{Segments, SetInfo, segment_name};
use super::work_dir::WorkDir;
use crate::error::Error;
use crate::external::{FrameReader, FrameWriter, Kind, Role, put, put_short, short_numbers};
use crate::join::progress::{Stage, Watch};
use crate::lsh::{BandKeys, Banding};
use crate::minhash::{EMPTY, MinHasher};
use crate::mix::mix64;
use crate::parallel;

/// A hash of the sets of a segment, by which its keys are known to be theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SegmentHash(u64);

impl SegmentHash {
    /// Adds the next set.
    pub(crate) fn add(&mut self, set: &SetInfo) {
        self.0 = mix64(self.0 ^ set.check());
    }

    /// Returns the hash as it is stored.
    pub(crate) fn to_number(self) -> u64 {
        self.0
    }

    /// Reads a hash that [`to_number`](Self::to_number) gave.
    pub(crate) fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// Makes keys.
#[derive(Clone, Debug)]
pub(crate) struct BandKeyWriter {
    hasher: MinHasher,
    keys: BandKeys,
    bands: usize,
    owner: u64,
}

/// Keys of some documents, band by band.
#[derive(Clone, Debug)]
pub(crate) struct BandColumns {
    bands: Vec<Vec<u32>>,
}

impl BandKeyWriter {
    /// Creates a writer for the sets of an owner.
    pub(crate) fn new(hasher: &MinHasher, banding: Banding, owner: u64) -> Self {
        let seed = hasher.scheme().sketch().seed();
        let mut bytes = Vec::new();
        put(&mut bytes, &[owner, u64::from(banding.bands()), u64::from(banding.rows()), seed]);
        let bands = banding.bands() as usize;
        Self { hasher: hasher.clone(), keys: BandKeys::new(banding, seed), bands, owner: xxh3_64(&bytes) }
    }

    /// Creates columns without documents.
    pub(crate) fn columns(&self) -> BandColumns {
        BandColumns { bands: vec![Vec::new(); self.bands] }
    }

    /// Returns the number of positions that are signed.
    pub(crate) fn width(&self) -> usize {
        self.hasher.row_width()
    }

    /// Adds a document by its signature.
    pub(crate) fn push(&self, row: &[u32], columns: &mut BandColumns) {
        columns.bands.iter_mut().zip(self.keys.of(row)).for_each(|(band, key)| band.push(key));
    }

    fn role(&self, number: u32, sets: SegmentHash) -> Role {
        Role::new(Kind::Keys, self.bands as u32, mix64(self.owner ^ sets.0)).piece(number)
    }

    /// Writes the keys of a segment.
    pub(crate) fn write(
        &self,
        work: &WorkDir,
        (number, sets): (u32, SegmentHash),
        columns: &BandColumns,
    ) -> Result<FrameWriter, Error> {
        let mut file = work.create(&segment_name(Kind::Keys, number), self.role(number, sets))?;
        let mut bytes = Vec::new();
        for band in &columns.bands {
            bytes.clear();
            put_short(&mut bytes, band);
            file.frame(&bytes)?;
        }
        Ok(file)
    }

    /// Makes the keys of segments that have none for this banding and these sets.
    pub(crate) fn rebuild_missing(
        &self,
        segments: &Segments,
        hashes: &[SegmentHash],
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        for (number, &sets) in (0..).zip(hashes) {
            watch.step(Stage::Partitioning, u64::from(number), hashes.len() as u64)?;
            let (work, number_there) = segments.place(number);
            let name = segment_name(Kind::Keys, number_there);
            if work.open_current(&name, self.role(number_there, sets))?.is_none() {
                let mut columns = self.columns();
                segments.sets_of(number, |sets| self.push_sets(sets, &mut columns))?;
                self.write(work, (number_there, sets), &columns)?.finish()?;
            }
        }
        Ok(())
    }

    fn push_sets(&self, sets: &[&[u64]], columns: &mut BandColumns) {
        self.rows(sets).chunks_exact(self.width()).for_each(|row| self.push(row, columns));
    }

    /// Computes the signature of a set.
    pub(crate) fn row(&self, set: &[u64]) -> Vec<u32> {
        self.hasher.row(set)
    }

    /// Computes the signatures of sets in parallel.
    pub(crate) fn rows(&self, sets: &[&[u64]]) -> Vec<u32> {
        let width = self.width();
        let mut rows = vec![EMPTY; sets.len() * width];
        parallel::for_each_row(&mut rows, width, sets, || (), |set, (), row| self.hasher.update_row(set, row));
        rows
    }

    /// Shows the key of each document in a band, in order.
    pub(crate) fn of_band(
        &self,
        (segments, hashes): (&Segments, &[SegmentHash]),
        band: usize,
        mut show: impl FnMut(u32) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for (number, &sets) in (0..).zip(hashes) {
            let (work, number) = segments.place(number);
            let mut file: FrameReader = work.open_file(&segment_name(Kind::Keys, number), self.role(number, sets))?;
            file.skip_alike(band as u64)?;
            short_numbers(file.take_frame()?).try_for_each(&mut show)?;
        }
        Ok(())
    }
}

impl BandColumns {
    pub(crate) fn clear(&mut self) {
        self.bands.iter_mut().for_each(Vec::clear);
    }

    /// Adds others behind.
    pub(crate) fn append(&mut self, others: &Self) {
        self.bands.iter_mut().zip(&others.bands).for_each(|(band, other)| band.extend_from_slice(other));
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bands.iter().map(|band| size_of_val(&band[..])).sum()
    }
}
