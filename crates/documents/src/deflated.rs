//! Recognizes DEFLATE data without the frame of gzip, which programs write under its name by mistake.

use flate2::{Decompress, FlushDecompress, Status};

const ZLIB_REMEDY: &str = "decompress it first: python3 -c 'import sys, zlib; \
                           sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))' < FILE > OTHER-FILE";
const DEFLATE_REMEDY: &str = "decompress it first: python3 -c 'import sys, zlib; \
                              sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read(), -15))' < FILE > OTHER-FILE";

/// Returns the name of what the first bytes of a file are, and what can be done, if they decompress as a whole.
pub(crate) fn recognized(first: &[u8]) -> Option<(&'static str, &'static str)> {
    if inflates(first, true) {
        return Some(("a zlib stream without the header of gzip", ZLIB_REMEDY));
    }
    inflates(first, false).then_some(("a DEFLATE stream without the header of gzip", DEFLATE_REMEDY))
}

fn inflates(mut data: &[u8], has_zlib_header: bool) -> bool {
    let (mut decoder, mut buffer) = (Decompress::new(has_zlib_header), vec![0; 1 << 14]);
    loop {
        let before = (decoder.total_in(), decoder.total_out());
        let status = decoder.decompress(data, &mut buffer, FlushDecompress::None);
        let read = usize::try_from(decoder.total_in() - before.0).unwrap_or_default();
        data = data.get(read..).unwrap_or_default();
        let is_stuck = before == (decoder.total_in(), decoder.total_out());
        match status {
            Ok(Status::StreamEnd) => return data.is_empty() && decoder.total_out() > 0,
            Ok(_) if is_stuck => return data.is_empty() && decoder.total_out() > 0,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}
