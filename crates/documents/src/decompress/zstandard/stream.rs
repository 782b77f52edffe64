//! Frames that are decompressed one after the other.

use std::io::{self, BufRead};

use zstd::stream::read::Decoder;

/// Decompresses all frames, whose windows have at most this base-2 logarithm.
pub(super) fn stream<R: BufRead>(bytes: R, max_window_log: u32) -> io::Result<Decoder<'static, R>> {
    let mut decoder = Decoder::with_buffer(bytes)?;
    decoder.window_log_max(max_window_log)?;
    Ok(decoder)
}
