//! A count-min sketch.

use crate::error::Error;
use crate::mix::derive_from;

/// The number of rows. A count is too high by more than the bound only if it is in all rows: e^-4 is under 2 %.
const ROWS: usize = 4;
/// More counters in a row than this are of no use.
const MAX_WIDTH: usize = 1 << 30;

/// Counters in rows. Each hash has one counter in each row, and its count is the smallest of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CountMin {
    /// The rows, one after the other. A full counter stays at its greatest value.
    pub(super) counters: Vec<u16>,
    /// How many hashes were counted in all.
    pub(super) counted: u64,
}

impl CountMin {
    /// Creates a sketch that takes about this many bytes.
    pub(super) fn new(memory: usize) -> Self {
        let width = (memory / ROWS / size_of::<u16>()).clamp(1, MAX_WIDTH);
        Self { counters: vec![0; ROWS * width], counted: 0 }
    }

    /// Builds a sketch from its parts, or returns `None` if the counters do not fill all rows.
    pub(super) fn from_parts(counters: Vec<u16>, counted: u64) -> Option<Self> {
        (!counters.is_empty() && counters.len().is_multiple_of(ROWS)).then_some(Self { counters, counted })
    }

    pub(super) fn add(&mut self, hash: u64) {
        self.counted = self.counted.saturating_add(1);
        for place in self.places(hash) {
            self.counters[place] = self.counters[place].saturating_add(1);
        }
    }

    pub(super) fn count(&self, hash: u64) -> u64 {
        self.places(hash).into_iter().map(|place| u64::from(self.counters[place])).min().unwrap_or(0)
    }

    fn places(&self, hash: u64) -> [usize; ROWS] {
        let width = self.width();
        std::array::from_fn(|row| {
            let mixed = derive_from(hash, row as u64);
            row * width + ((u128::from(mixed) * width as u128) >> 64) as usize
        })
    }

    fn width(&self) -> usize {
        self.counters.len() / ROWS
    }

    pub(super) fn max_excess(&self) -> f64 {
        std::f64::consts::E * self.counted as f64 / self.width() as f64
    }

    pub(super) fn check_same_size(&self, other: &Self) -> Result<(), Error> {
        let (found, expected) = (other.counters.len(), self.counters.len());
        if found == expected { Ok(()) } else { Err(Error::WrongLength { field: "counters", found, expected }) }
    }

    /// Adds the counters of a sketch of the same size.
    pub(super) fn merge(&mut self, other: &Self) {
        self.counted = self.counted.saturating_add(other.counted);
        for (counter, other) in self.counters.iter_mut().zip(&other.counters) {
            *counter = counter.saturating_add(*other);
        }
    }
}
