//! Batches of texts whose pairs are held together.

use std::ops::Range;

/// Yields batches of texts that follow one another, given how many pairs each text has at most.
///
/// The texts of a batch have at most `held` pairs together. A text that alone has more is a batch of its own.
pub(super) fn batches(max_pairs: &[usize], held: usize) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let (from, mut pairs) = (start, 0_usize);
        while let Some(&of_text) = max_pairs.get(start)
            && (start == from || pairs + of_text <= held)
        {
            pairs += of_text;
            start += 1;
        }
        (start > from).then_some(from..start)
    })
}
