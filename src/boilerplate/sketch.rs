//! The first of two passes over a corpus: shingles are counted by a hash, in bounded memory.
//!
//! Several shingles may share a counter, which is then too high for some of them, but too low for none: a count-min
//! sketch with one row (G. Cormode, S. Muthukrishnan, "An improved data stream summary: the count-min sketch and its
//! applications", 2005). The [second pass](super::counts) counts exactly, but only the few shingles whose counters are
//! high enough.

use ahash::RandomState;
use hashbrown::HashMap;

use super::BoilerplateRule;
use super::seen_sets::SeenSets;
use crate::error::Error;
use crate::mix::mix64;
use crate::scheme::Scheme;
use crate::set::ShingleSet;

/// Counts the shingles of a corpus by a hash: the first of two passes that find its boilerplate.
///
/// Equal sets of one source are counted once, because what ten copies share is no boilerplate. The result does not
/// depend on the memory, but there may be too little of it.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::boilerplate::{BoilerplateRule, BoilerplateSketch};
///
/// let scheme = Scheme::news();
/// let shingler = scheme.shingler()?;
/// let sets = ["rain", "sun", "fog"].map(|word| shingler.set(&format!("Weather for the coast today: {word}")));
/// let mut sketch = BoilerplateSketch::new(&scheme, BoilerplateRule::new(0.5, 3)?, 1 << 20);
/// for set in &sets {
///     sketch.add(7, set)?;
/// }
/// let mut counts = sketch.finish();
/// for set in &sets {
///     counts.add(7, set)?;
/// }
/// let boilerplate = counts.finish()?;
/// assert_eq!(boilerplate.of_source(7).map(|common| common.len()), Some(3));
/// assert_eq!(boilerplate.remove_from(7, &sets[0]).len(), 1);
/// assert_eq!(boilerplate.remove_from(8, &sets[0]), sets[0]);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoilerplateSketch {
    pub(super) scheme: Scheme,
    pub(super) rule: BoilerplateRule,
    pub(super) memory: usize,
    /// One counter for all shingles of one hash. A full counter stays at its greatest value.
    pub(super) counters: Vec<u16>,
    /// The number of different documents of each source.
    pub(super) documents: HashMap<u64, u64, RandomState>,
    pub(super) seen: SeenSets,
}

/// Counters beyond this number are of no use, and a large limit on memory is no reason to reserve all of it.
const MAX_COUNTERS: usize = 1 << 30;

impl BoilerplateSketch {
    /// Creates a sketch of nothing. `memory` is the number of bytes that both passes may take.
    ///
    /// A quarter of the memory is for counters, a quarter for exact counts, and half for recognizing copies, at 31 bytes
    /// for each different set. Some hundred bytes for each source come on top. Counters take at most 2 GiB, whatever the
    /// memory: a billion of them keep the shingles of any corpus apart well enough.
    #[must_use]
    pub fn new(scheme: &Scheme, rule: BoilerplateRule, memory: usize) -> Self {
        let counters = (memory / 4 / size_of::<u16>()).min(MAX_COUNTERS);
        Self {
            scheme: scheme.clone(),
            rule,
            memory,
            counters: vec![0; counters.max(1)],
            documents: HashMap::with_hasher(RandomState::new()),
            seen: SeenSets::new(memory / 2),
        }
    }

    /// Counts the shingles of a document. Sources are numbers of the caller's choice, such as hashes of names.
    ///
    /// # Errors
    /// [`Error::TooManyToCount`] if there are more different sets than the memory holds.
    pub fn add(&mut self, source: u64, set: &ShingleSet) -> Result<(), Error> {
        if !self.seen.insert(source, set)? {
            return Ok(());
        }
        *self.documents.entry(source).or_default() += 1;
        for &hash in set.as_slice() {
            let place = place(source, hash, self.counters.len());
            self.counters[place] = self.counters[place].saturating_add(1);
        }
        Ok(())
    }

    /// Returns whether this many documents of the source may have the shingle.
    pub(super) fn may_have(&self, source: u64, hash: u64, documents: u64) -> bool {
        let counted = self.counters[place(source, hash, self.counters.len())];
        counted == u16::MAX || u64::from(counted) >= documents
    }
}

/// Returns the counter of a shingle of a source.
fn place(source: u64, hash: u64, counters: usize) -> usize {
    let mixed = mix64(hash ^ mix64(source));
    ((u128::from(mixed) * counters as u128) >> 64) as usize
}
