//! The band keys of the documents on disk. Each segment has a file `keys-N`, in which each band has one frame with four bytes a
//! document. So the keys of one band are read without those of the others.
//!
//! Band keys follow from the sets. If a folder has those of another banding, they are computed again.

use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::segments::Segments;
use crate::error::Error;
use crate::external::{FrameReader, FrameWriter, Kind, put, put_short, short_numbers};
use crate::join::progress::{Stage, Watch};
use crate::lsh::{BandKeys, Banding};
use crate::minhash::{EMPTY, MinHasher};
use crate::parallel;

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
    /// For sets that belong to an owner.
    pub(crate) fn new(hasher: &MinHasher, banding: Banding, owner: u64) -> Self {
        let seed = hasher.scheme().sketch().seed();
        let mut bytes = Vec::new();
        put(&mut bytes, &[owner, u64::from(banding.bands()), u64::from(banding.rows()), seed]);
        let bands = banding.bands() as usize;
        Self { hasher: hasher.clone(), keys: BandKeys::new(banding, seed), bands, owner: xxh3_64(&bytes) }
    }

    /// Keys of no document yet.
    pub(crate) fn columns(&self) -> BandColumns {
        BandColumns { bands: vec![Vec::new(); self.bands] }
    }

    /// Positions of a signature.
    pub(crate) fn width(&self) -> usize {
        self.hasher.num_hashes()
    }

    /// Adds a document by its signature.
    pub(crate) fn push(&self, row: &[u32], columns: &mut BandColumns) {
        columns.bands.iter_mut().zip(self.keys.of(row)).for_each(|(band, key)| band.push(key));
    }

    /// Writes the keys of a segment.
    pub(crate) fn write(&self, path: &Path, columns: &BandColumns) -> Result<FrameWriter, Error> {
        let mut file = FrameWriter::create(path, Kind::Keys, self.owner)?;
        let mut bytes = Vec::new();
        for band in &columns.bands {
            bytes.clear();
            put_short(&mut bytes, band);
            file.frame(&bytes)?;
        }
        Ok(file)
    }

    /// Makes the keys of segments that have none for this banding.
    pub(crate) fn rebuild_missing(&self, segments: &Segments, watch: &mut Watch<'_>) -> Result<(), Error> {
        let segments_count = segments.count();
        for number in 0..segments_count {
            watch.step(Stage::Partitioning, u64::from(number), u64::from(segments_count))?;
            let path = segments.keys_path(number);
            if !path.exists() || FrameReader::open(&path, Kind::Keys, self.owner).is_err() {
                let mut columns = self.columns();
                segments.sets_of(number, |sets| self.push_sets(sets, &mut columns))?;
                self.write(&path, &columns)?.finish()?;
            }
        }
        Ok(())
    }

    fn push_sets(&self, sets: &[&[u64]], columns: &mut BandColumns) {
        self.rows(sets).chunks_exact(self.width()).for_each(|row| self.push(row, columns));
    }

    /// The signature of a set.
    pub(crate) fn row(&self, set: &[u64]) -> Vec<u32> {
        let mut row = vec![EMPTY; self.width()];
        self.hasher.update_row(set, &mut row);
        row
    }

    /// The signatures of sets, made in parallel.
    pub(crate) fn rows(&self, sets: &[&[u64]]) -> Vec<u32> {
        let width = self.width();
        let mut rows = vec![EMPTY; sets.len() * width];
        parallel::for_each_row(&mut rows, width, sets, || (), |set, (), row| self.hasher.update_row(set, row));
        rows
    }

    /// Shows the key of each document in a band, in order.
    pub(crate) fn of_band(
        &self,
        segments: &Segments,
        band: usize,
        mut show: impl FnMut(u32) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for number in 0..segments.count() {
            let mut file = FrameReader::open(&segments.keys_path(number), Kind::Keys, self.owner)?;
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
