//! Maps places of a normalized text to places of the original.

use std::ops::Range;

/// Learns from normalization which source bytes each piece of output comes from.
///
/// There are two implementations. [`Untracked`] compiles to nothing, so that hashing a text does not pay for places that nobody
/// asks for. [`Spans`] keeps the map.
pub(crate) trait Track {
    /// Starts a new text.
    fn clear(&mut self);
    /// Records that the next `written` bytes of output come from the source bytes `from`.
    fn record(&mut self, written: usize, from: Range<usize>);
    /// Records that the next bytes of output come from the source bytes `from`, one from each.
    fn record_run(&mut self, from: Range<usize>);
}

/// Tracks nothing: enough for hashes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Untracked;

impl Track for Untracked {
    fn clear(&mut self) {}
    fn record(&mut self, _: usize, _: Range<usize>) {}
    fn record_run(&mut self, _: Range<usize>) {}
}

/// A map from bytes of the normalized text to byte ranges of the original, in pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans {
    pieces: Vec<Piece>,
    written: usize,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    /// First byte of the output that this piece covers.
    out: usize,
    from: usize,
    to: usize,
    /// Whether output and source advance byte by byte. Otherwise each output byte comes from all of `from..to`.
    linear: bool,
}

impl Track for Spans {
    fn clear(&mut self) {
        self.pieces.clear();
        self.written = 0;
    }

    fn record(&mut self, written: usize, from: Range<usize>) {
        if written == 0 {
            return;
        }
        self.pieces.push(Piece { out: self.written, from: from.start, to: from.end, linear: false });
        self.written += written;
    }

    fn record_run(&mut self, from: Range<usize>) {
        let length = from.len();
        match self.pieces.last_mut() {
            Some(last) if last.linear && last.to == from.start => last.to = from.end,
            _ => self.pieces.push(Piece { out: self.written, from: from.start, to: from.end, linear: true }),
        }
        self.written += length;
    }
}

impl Spans {
    /// Returns the source bytes from which a range of the output was made. The range is within what was written, and not empty.
    pub(crate) fn source(&self, output: Range<usize>) -> Range<usize> {
        let (Some(first), Some(last)) = (self.piece_at(output.start), self.piece_at(output.end.saturating_sub(1)))
        else {
            return 0..0;
        };
        let start = if first.linear { first.from + (output.start - first.out) } else { first.from };
        let end = if last.linear { last.from + (output.end - last.out) } else { last.to };
        start..end
    }

    fn piece_at(&self, output: usize) -> Option<Piece> {
        let after = self.pieces.partition_point(|piece| piece.out <= output);
        after.checked_sub(1).map(|index| self.pieces[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_runs_join_and_map_byte_by_byte() {
        let mut spans = Spans::default();
        spans.record_run(0..3);
        spans.record_run(3..5);
        assert_eq!(spans.pieces.len(), 1);
        assert_eq!(spans.source(1..4), 1..4);
    }

    #[test]
    fn a_replaced_piece_maps_to_its_whole_source() {
        let mut spans = Spans::default();
        spans.record_run(0..2); // "ab"
        spans.record(2, 2..4); // sharp s became "ss"
        spans.record(0, 4..7); // dropped
        spans.record_run(7..9);
        assert_eq!(spans.source(2..3), 2..4);
        assert_eq!(spans.source(1..4), 1..4);
        assert_eq!(spans.source(3..6), 2..9);
        assert_eq!(spans.source(4..5), 7..8);
    }
}
