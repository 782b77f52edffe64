//! The checks of blocks: made while a file is written, and tested when a block is first read.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use super::bytes::number;
use super::format::{BLOCK, Layout, damaged};
use crate::error::Error;

/// Which blocks are known to be sound: one bit for 64 KiB.
#[derive(Debug)]
pub(crate) struct Blocks {
    sound: Box<[AtomicU64]>,
    /// Whether the block checks themselves are sound.
    checks: OnceLock<bool>,
    /// The file that has the blocks, for errors.
    file: Option<PathBuf>,
}

impl Blocks {
    pub(crate) fn new(layout: &Layout) -> Self {
        let blocks = layout.tail.div_ceil(BLOCK);
        let sound = (0..blocks.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Self { sound, checks: OnceLock::new(), file: None }
    }

    /// Names the file in errors.
    #[cfg(feature = "store")]
    pub(crate) fn in_file(self, file: PathBuf) -> Self {
        Self { file: Some(file), ..self }
    }

    fn damaged(&self, what: &'static str) -> Error {
        let error = damaged(what);
        match &self.file {
            Some(file) => error.at(file),
            None => error,
        }
    }

    /// Checks the blocks that a range of the file touches, those that are not known to be sound.
    pub(crate) fn check(&self, bytes: &[u8], layout: &Layout, range: &Range<usize>) -> Result<(), Error> {
        if range.is_empty() {
            return Ok(());
        }
        for block in range.start / BLOCK..=(range.end - 1) / BLOCK {
            let (word, bit) = (&self.sound[block / 64], 1_u64 << (block % 64));
            // Relaxed is enough: the bytes never change, and a thread that does not see the bit yet checks once more.
            if word.load(Ordering::Relaxed) & bit != 0 {
                continue;
            }
            self.check_block(bytes, layout, block)?;
            word.fetch_or(bit, Ordering::Relaxed);
        }
        Ok(())
    }

    fn check_block(&self, bytes: &[u8], layout: &Layout, block: usize) -> Result<(), Error> {
        let checks = &bytes[layout.tail..layout.tail + 8 * layout.tail.div_ceil(BLOCK)];
        if !self.checks.get_or_init(|| xxh3_64(checks) == layout.blocks_check) {
            return Err(self.damaged("its block checks have changed"));
        }
        let content = &bytes[block * BLOCK..layout.tail.min((block + 1) * BLOCK)];
        if xxh3_64(content) == number(checks, 8 * block) {
            Ok(())
        } else {
            Err(self.damaged("its content has changed since it was written"))
        }
    }

    /// Checks all blocks.
    pub(crate) fn check_all(&self, bytes: &[u8], layout: &Layout) -> Result<(), Error> {
        self.check(bytes, layout, &(0..layout.tail))
    }
}
