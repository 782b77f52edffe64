//! The memory of commands that hold the words of all texts.

use anyhow::{Result, bail};

use crate::byte_size::ByteSize;

/// Memory for the buffers of reading, in bytes; at most half of what is allowed.
const READING: u64 = 96 << 20;

/// Refuses a corpus whose words take more than the memory. `advice` says what to do instead of giving more.
pub(super) fn check(bytes: u64, memory: ByteSize, documents: usize, advice: &str) -> Result<()> {
    if bytes + READING.min(memory.0 / 2) > memory.0 {
        bail!("the words of the first {documents} documents fill --memory {memory}; give more memory, or {advice}");
    }
    Ok(())
}
