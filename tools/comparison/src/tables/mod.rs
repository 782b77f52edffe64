//! The tables: each is a function that measures, prints, and records.

pub(crate) mod algorithms;
pub(crate) mod families;
pub(crate) mod index;
pub(crate) mod pairs;
pub(crate) mod signatures;
pub(crate) mod text;

use std::path::PathBuf;

use crate::corpus::Corpus;
use crate::machine::Machine;
use crate::measure::{Effort, Outcome};
use crate::table::Table;

/// What all tables share.
pub(crate) struct Setting {
    pub(crate) machine: Machine,
    /// The folder that gets a CSV file for each table.
    pub(crate) csv: Option<PathBuf>,
    pub(crate) effort: Effort,
    /// The corpora of the tables of pairs; tables of texts take theirs from the first.
    pub(crate) corpora: Vec<Corpus>,
    /// The number of documents in the table of the index.
    pub(crate) documents: usize,
    /// The folder that keeps the true pairs.
    pub(crate) folder: PathBuf,
}

impl Setting {
    /// Prints a title, the machine, and what is measured on what.
    fn title(&self, title: &str, input: &str) {
        println!("## {title}\n\n{}; medians of {} rounds.\n\n{input}", self.machine, self.effort.repeats);
    }

    /// Prints a table and, if there is a folder for it, records it as a CSV file of this name, in the form of
    /// `benches/record`.
    fn publish(&self, name: &str, input: &str, table: &Table) -> Outcome<()> {
        table.print();
        if let Some(folder) = &self.csv {
            std::fs::write(folder.join(format!("{name}.csv")), self.machine.comments(input) + &table.csv())?;
        }
        Ok(())
    }
}

/// Pseudo-random numbers, the same in every run (`SplitMix64`).
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
