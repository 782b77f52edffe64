//! The tables, each a function that measures and prints.

pub(crate) mod algorithms;
pub(crate) mod families;
pub(crate) mod index;
pub(crate) mod pairs;
pub(crate) mod signatures;
pub(crate) mod text;

use std::path::PathBuf;

use crate::corpus::Corpus;
use crate::measure::Effort;

/// What all tables share.
pub(crate) struct Setting {
    /// The line that each table starts with.
    pub(crate) machine: String,
    pub(crate) effort: Effort,
    /// The corpora of the tables of pairs; tables of texts take theirs from the first.
    pub(crate) corpora: Vec<Corpus>,
    /// How many documents the table of the index is about.
    pub(crate) documents: usize,
    /// Where truths are kept.
    pub(crate) folder: PathBuf,
}

impl Setting {
    /// Prints a title, the machine, and what is measured on what.
    fn title(&self, title: &str, input: &str) {
        println!("## {title}\n\n{}.\n\n{input}", self.machine);
    }
}

/// Numbers that look random, the same every time (`SplitMix64`).
pub(crate) struct Numbers(pub(crate) u64);

impl Iterator for Numbers {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Some(z ^ z >> 31)
    }
}
