//! Why two texts are called alike.

use pyo3::prelude::*;
use pyo3::types::PyString;
use std::ops::Range;
use twinprint::evidence::Evidence;
use twinprint::passages::PassageRules;

use crate::error::raise;
use crate::number::{BITS_32, Number, TOKENS};
use crate::scheme::{Scheme, or_news};
use crate::texts::one;
use crate::threads;

/// The bytes of two texts from which on Ctrl-C ends their comparison. To copy shorter ones takes longer than to compare them.
const LONG: usize = 1 << 18;

/// The beginning and end of a passage in code points and in bytes of UTF-8.
type Place = (usize, usize, usize, usize);

/// Estimate, its standard error, the sizes of both sets and of what they share, and the shared passages.
type Answer = ((f64, f64), (usize, usize, usize), Vec<(Place, Place)>);

/// Compares two texts in full.
#[pyfunction]
#[pyo3(signature = (left, right, *, scheme, words, letters, gap))]
pub fn evidence(
    py: Python<'_>,
    left: &Bound<'_, PyString>,
    right: &Bound<'_, PyString>,
    scheme: Option<&Scheme>,
    words: Number<u32>,
    letters: Number<u32>,
    gap: Number<u32>,
) -> PyResult<Answer> {
    let (words, letters) = (words.within("words", TOKENS)?, letters.within("letters", TOKENS)?);
    let rules = PassageRules::new(words, letters).map_err(raise)?.gap(gap.within("gap", BITS_32)? as usize);
    let (left, right, scheme) = (one("left", left)?, one("right", right)?, or_news(scheme));
    let found = found(py, scheme, left, right, rules)?.map_err(raise)?;
    let places =
        found.passages.passages().iter().map(|passage| (place(left, &passage.left), place(right, &passage.right)));
    let overlap = found.overlap;
    Ok((
        (found.estimate.jaccard, found.estimate.standard_error),
        (overlap.left(), overlap.right(), overlap.shared()),
        places.collect(),
    ))
}

fn found(
    py: Python<'_>,
    scheme: twinprint::Scheme,
    left: &str,
    right: &str,
    rules: PassageRules,
) -> PyResult<Result<Evidence, twinprint::Error>> {
    if left.len() + right.len() < LONG {
        return Ok(py.detach(|| Evidence::new(&scheme, left, right, rules)));
    }
    let (left, right) = (left.to_owned(), right.to_owned());
    threads::or_abandon(py, move || Evidence::new(&scheme, &left, &right, rules))
}

/// Counts in code points, as Python does, where the whole characters of a range of bytes lie. Tokens of bytes may begin and end within
/// characters, of which the other text need not have the rest.
fn place(text: &str, bytes: &Range<usize>) -> Place {
    let start = (bytes.start..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    let end = (start..=bytes.end).rfind(|&at| text.is_char_boundary(at)).unwrap_or(start);
    let characters = |end: usize| text.get(..end).map_or(0, |before| before.chars().count());
    (characters(start), characters(end), bytes.start, bytes.end)
}
