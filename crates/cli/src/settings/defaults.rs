//! What counts for a setting that is open. [`Settings::effective`] writes the same down.

use super::Settings;
use crate::byte_size::ByteSize;

pub(super) const THRESHOLD: f64 = 0.5;
pub(super) const WORDS: u32 = 3;
pub(super) const NUM_HASHES: u32 = 128;
pub(super) const RECALL: f64 = 0.99;
pub(super) const BUCKET_LIMIT: usize = 1_000;
pub(super) const KEEP: &str = "first";
pub(super) const MOST_OF_CORPUS: f64 = 0.5;
/// Limits nothing.
pub(super) const MOST_OF_SOURCE: f64 = 1.0;
pub(super) const MEMORY: ByteSize = ByteSize(1 << 30);

impl Settings {
    /// Returns the minimum similarity of a pair.
    pub(crate) fn threshold(&self) -> f64 {
        self.threshold.unwrap_or(THRESHOLD)
    }

    /// Returns the share of the pairs at the threshold that must be found.
    pub(crate) fn recall(&self) -> f64 {
        self.recall.unwrap_or(RECALL)
    }

    /// Returns the number of hashes of a signature.
    pub(crate) fn num_hashes(&self) -> u32 {
        self.num_hashes.unwrap_or(NUM_HASHES)
    }

    /// Returns the maximum number of texts in a bucket that are all compared.
    pub(crate) fn bucket_limit(&self) -> usize {
        self.bucket_limit.unwrap_or(BUCKET_LIMIT)
    }

    /// Returns the memory limit of the process.
    pub(crate) fn memory_limit(&self) -> ByteSize {
        self.memory.unwrap_or(MEMORY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_counts_as_what_is_written_down() {
        let open = Settings::default();
        let written = open.effective().expect("sound");
        assert_eq!(
            (written.threshold, written.recall, written.memory),
            (Some(open.threshold()), Some(open.recall()), Some(open.memory_limit()))
        );
        assert_eq!((written.num_hashes, written.bucket_limit), (Some(open.num_hashes()), Some(open.bucket_limit())));
        assert_eq!(written.scheme().expect("valid"), open.scheme().expect("valid"));
        assert_eq!(written.preference().expect("sound"), open.preference().expect("sound"));
        assert_eq!(written.guard().expect("sound"), open.guard().expect("sound"));
    }
}
