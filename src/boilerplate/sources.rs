//! Common shingles of a corpus of any size, source by source, in memory that is bounded: two passes over its sets.
//!
//! The first pass keeps counters, of which several shingles may share one: too high for some of them, too low for none
//! (a count-min sketch of one row; Cormode, Muthukrishnan, "An improved data stream summary", 2005). The second counts
//! exactly, but only shingles whose counters are high enough, which are few.

use std::collections::BTreeMap;

use ahash::RandomState;
use hashbrown::{HashMap, HashSet};

use super::{CommonShingles, ShingleCounts, share_of};
use crate::error::{Error, Mismatch, similarity};
use crate::mix::{GOLDEN, mix64, token_hash};
use crate::scheme::Scheme;
use crate::set::ShingleSet;

/// Which shingles are boilerplate: those that at least a share of a source's documents have, and at least so many.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BoilerplateRule {
    share: f64,
    min_documents: u64,
}

impl BoilerplateRule {
    /// `share`: over 0 to 1. `min_documents`: 2 or more.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where a value is outside its range.
    pub fn new(share: f64, min_documents: u64) -> Result<Self, Error> {
        if min_documents < 2 {
            let (field, value) = ("min_documents", min_documents.to_string());
            return Err(Error::OutOfRange { field, value, expected: "2 or more" });
        }
        Ok(Self { share: similarity("share", share)?, min_documents })
    }

    /// The share of a source's documents, over 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.share
    }

    /// The least number of them.
    #[must_use]
    pub fn min_documents(&self) -> u64 {
        self.min_documents
    }

    /// Documents of a source that must have a shingle.
    fn least(self, documents: u64) -> u64 {
        self.min_documents.max(share_of(self.share, documents))
    }
}

/// The first of two passes over a corpus: shingles are counted by a hash.
///
/// Sets that are equal, of one source, are counted once: what ten copies share is no boilerplate. What is found does not
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
    scheme: Scheme,
    rule: BoilerplateRule,
    memory: usize,
    /// They stay at the greatest value.
    counters: Vec<u16>,
    documents: HashMap<u64, u64, RandomState>,
    copies: Copies,
}

/// The second pass: shingles whose counters are high enough are counted exactly.
#[derive(Clone, Debug)]
pub struct BoilerplateCounts {
    first: BoilerplateSketch,
    counts: HashMap<u64, ShingleCounts, RandomState>,
    copies: Copies,
    /// Shingles counted, and how many of them there may be.
    different: usize,
    most: usize,
}

/// The shingles to leave out of a corpus, source by source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boilerplate {
    scheme: String,
    of_sources: BTreeMap<u64, CommonShingles>,
}

impl BoilerplateSketch {
    /// Nothing counted so far. `memory` are the bytes that both passes may take, without some hundred for each source: a
    /// quarter is counters, a quarter exact counts, and half is for the recognition of copies, 31 bytes for each different set.
    #[must_use]
    pub fn new(scheme: &Scheme, rule: BoilerplateRule, memory: usize) -> Self {
        let counters = memory / 4 / size_of::<u16>();
        Self {
            scheme: scheme.clone(),
            rule,
            memory,
            counters: vec![0; counters.max(1)],
            documents: HashMap::with_hasher(RandomState::new()),
            copies: Copies::new(memory / 2),
        }
    }

    /// Counts the shingles of a document. Sources are numbers of the caller's choice, such as hashes of names.
    ///
    /// # Errors
    /// [`Error::TooManyToCount`] where there are more different sets than there is memory for.
    pub fn add(&mut self, source: u64, set: &ShingleSet) -> Result<(), Error> {
        if !self.copies.is_new(source, set)? {
            return Ok(());
        }
        *self.documents.entry(source).or_default() += 1;
        for &hash in set.as_slice() {
            let place = place(source, hash, self.counters.len());
            self.counters[place] = self.counters[place].saturating_add(1);
        }
        Ok(())
    }

    /// Begins the second pass, for which the same documents are to come again in the same order.
    #[must_use]
    pub fn finish(mut self) -> BoilerplateCounts {
        // The same copies are recognised again, at the same places.
        let copies = Copies::new(self.memory / 2);
        self.copies = Copies::new(0);
        let most = self.memory / 4 / COUNTED;
        let counts = HashMap::with_hasher(RandomState::new());
        BoilerplateCounts { first: self, counts, copies, different: 0, most }
    }

    /// Whether so many documents of the source may have the shingle.
    fn may_have(&self, source: u64, hash: u64, documents: u64) -> bool {
        let counted = self.counters[place(source, hash, self.counters.len())];
        counted == u16::MAX || u64::from(counted) >= documents
    }
}

impl BoilerplateCounts {
    /// Counts the shingles of a document.
    ///
    /// # Errors
    /// [`Error::TooManyToCount`] where so many shingles may be common that there is no memory for their counts.
    pub fn add(&mut self, source: u64, set: &ShingleSet) -> Result<(), Error> {
        if !self.copies.is_new(source, set)? {
            return Ok(());
        }
        let least = self.first.rule.least(self.first.documents.get(&source).copied().unwrap_or_default());
        let counts = self.counts.entry(source).or_insert_with(|| ShingleCounts::new(&self.first.scheme));
        counts.documents += 1;
        for &hash in set.as_slice() {
            if self.first.may_have(source, hash, least) {
                let count = counts.counts.entry(hash).or_default();
                self.different += usize::from(*count == 0);
                *count += 1;
            }
        }
        if self.different > self.most {
            return Err(Error::TooManyToCount { what: "shingles that may be boilerplate", most: self.most });
        }
        Ok(())
    }

    /// The shingles that are common.
    ///
    /// # Errors
    /// [`Error::ChangedCorpus`] where a source had another number of different documents in the first pass.
    pub fn finish(self) -> Result<Boilerplate, Error> {
        let rule = self.first.rule;
        let documents: u64 = self.first.documents.values().sum();
        let again: u64 = self.counts.values().map(|counts| counts.documents).sum();
        let is_same =
            |(source, counts): (&u64, &ShingleCounts)| self.first.documents.get(source) == Some(&counts.documents);
        if documents != again || !self.counts.iter().all(is_same) {
            return Err(Error::ChangedCorpus { documents, again });
        }
        let common = |counts: ShingleCounts| counts.common_from(rule.least(counts.documents));
        let of_sources = self.counts.into_iter().map(|(source, counts)| (source, common(counts))).collect();
        Ok(Boilerplate { scheme: self.first.scheme.id(), of_sources })
    }
}

impl Boilerplate {
    /// What was found in a source, if it has documents.
    #[must_use]
    pub fn of_source(&self, source: u64) -> Option<&CommonShingles> {
        self.of_sources.get(&source)
    }

    /// All sources by their numbers, with what was found in each.
    pub fn sources(&self) -> impl Iterator<Item = (u64, &CommonShingles)> + '_ {
        self.of_sources.iter().map(|(source, common)| (*source, common))
    }

    /// The id of the scheme of its shingles.
    #[must_use]
    pub fn scheme_id(&self) -> &str {
        &self.scheme
    }

    /// An id of all of this, of every source. Equal values have equal ids on every machine.
    #[must_use]
    pub fn id(&self) -> String {
        let of_source = |(source, common): (&u64, &CommonShingles)| format!("{source:016x}{}", common.id());
        let text: String = self.of_sources.iter().map(of_source).collect();
        format!("{:016x}", token_hash(format!("{}\n{text}", self.scheme).as_bytes()))
    }

    /// A document's shingles without those that are common in its source. A document of nothing but boilerplate keeps
    /// none, and matches nothing. The set must be of the [scheme](Self::scheme_id) that was counted with.
    #[must_use]
    pub fn remove_from(&self, source: u64, set: &ShingleSet) -> ShingleSet {
        match self.of_source(source) {
            Some(common) if !common.is_empty() => common.rest_of(set),
            _ => set.clone(),
        }
    }

    /// Fails where a scheme is not the one that was counted with.
    ///
    /// # Errors
    /// [`Error::Mismatch`].
    pub fn check(&self, scheme: &Scheme) -> Result<(), Error> {
        let id = scheme.id();
        if id != self.scheme {
            return Err(Mismatch { field: "scheme id", left: self.scheme.clone(), right: id }.into());
        }
        Ok(())
    }
}

/// Bytes that an exact count takes at most: 17 in a table that has just grown to twice its size, beside the one before.
const COUNTED: usize = (17 * 3 * 8_usize).div_ceil(7);

/// Bytes that a known set takes at most, in the same way.
const KNOWN: usize = (9 * 3 * 8_usize).div_ceil(7);

/// The counter of a source's shingle.
fn place(source: u64, hash: u64, counters: usize) -> usize {
    let mixed = mix64(hash ^ mix64(source));
    ((u128::from(mixed) * counters as u128) >> 64) as usize
}

/// Knows sets that came before, by 64 bits of each.
#[derive(Clone, Debug)]
struct Copies {
    seen: HashSet<u64, RandomState>,
    most: usize,
}

impl Copies {
    fn new(memory: usize) -> Self {
        Self { seen: HashSet::with_hasher(RandomState::new()), most: memory / KNOWN }
    }

    /// Whether a set did not come before.
    fn is_new(&mut self, source: u64, set: &ShingleSet) -> Result<bool, Error> {
        let start = mix64(mix64(source ^ GOLDEN) ^ set.len() as u64);
        let hash = set.as_slice().iter().fold(start, |hash, &element| mix64(hash ^ element));
        if self.seen.len() < self.most {
            return Ok(self.seen.insert(hash));
        }
        if self.seen.contains(&hash) {
            return Ok(false);
        }
        Err(Error::TooManyToCount { what: "different documents", most: self.most })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Both passes over documents, with so many counters.
    fn found(documents: &[(u64, ShingleSet)], rule: BoilerplateRule, counters: usize) -> Result<Boilerplate, Error> {
        let mut sketch = BoilerplateSketch::new(&Scheme::news(), rule, 1 << 16);
        sketch.counters = vec![0; counters];
        documents.iter().try_for_each(|(source, set)| sketch.add(*source, set))?;
        let mut counts = sketch.finish();
        documents.iter().try_for_each(|(source, set)| counts.add(*source, set))?;
        counts.finish()
    }

    fn rule(share: f64, least: u64) -> BoilerplateRule {
        BoilerplateRule::new(share, least).expect("valid")
    }

    #[test]
    fn ranges_are_checked() {
        assert!(matches!(BoilerplateRule::new(0.0, 2), Err(Error::OutOfRange { field: "share", .. })));
        assert!(matches!(BoilerplateRule::new(0.5, 1), Err(Error::OutOfRange { field: "min_documents", .. })));
    }

    #[test]
    fn counters_that_are_full_are_never_too_low() {
        let documents: Vec<_> = (0..70_000).map(|other| (0, [1, 100 + other].into_iter().collect())).collect();
        let mut sketch = BoilerplateSketch::new(&Scheme::news(), rule(1.0, 2), 100 << 20);
        documents.iter().for_each(|(source, set)| sketch.add(*source, set).expect("they fit"));
        let mut counts = sketch.finish();
        documents.iter().for_each(|(source, set)| counts.add(*source, set).expect("they fit"));
        let boilerplate = counts.finish().expect("the same documents");
        let common = boilerplate.of_source(0).expect("a source");
        assert_eq!((common.len(), common.documents(), common.min_documents()), (1, 70_000, 70_000));
    }

    #[test]
    fn too_many_are_an_error() {
        let refused = |documents: &[(u64, ShingleSet)]| match found(documents, rule(0.5, 2), 1 << 20) {
            Err(Error::TooManyToCount { what, most }) => (what, most),
            other => panic!("{other:?}"),
        };
        let long: Vec<_> = (0..4_u64).map(|other| (0, (other..10_000 + other).collect())).collect();
        assert_eq!(refused(&long), ("shingles that may be boilerplate", (1 << 14) / COUNTED));
        let mut many: Vec<_> = (0..2_000).map(|other| (0, [other].into_iter().collect())).collect();
        assert_eq!(refused(&many), ("different documents", (1 << 15) / KNOWN));
        many.truncate((1 << 15) / KNOWN);
        many.extend(many.clone());
        assert!(found(&many, rule(0.5, 2), 1 << 20).is_ok(), "copies take no memory");
    }

    #[test]
    fn passes_over_different_documents_are_an_error() {
        let documents: Vec<(u64, ShingleSet)> =
            (0..9).map(|other| (other % 2, [1, 10 + other].into_iter().collect())).collect();
        let mut sketch = BoilerplateSketch::new(&Scheme::news(), rule(0.5, 2), 1 << 16);
        documents.iter().for_each(|(source, set)| sketch.add(*source, set).expect("they fit"));
        let mut other_source = documents.clone();
        other_source[0].0 = 1;
        for again in [&documents[..6], &other_source] {
            let mut counts = sketch.clone().finish();
            again.iter().for_each(|(source, set)| counts.add(*source, set).expect("they fit"));
            assert_eq!(counts.finish(), Err(Error::ChangedCorpus { documents: 9, again: again.len() as u64 }));
        }
    }

    #[test]
    fn another_scheme_is_refused() {
        let boilerplate = found(&[], rule(0.5, 2), 1).expect("nothing");
        assert_eq!(boilerplate.check(&Scheme::news()), Ok(()));
        assert!(matches!(boilerplate.check(&Scheme::web()), Err(Error::Mismatch(_))));
    }

    proptest! {
        #[test]
        fn it_is_what_counting_each_set_once_gives(
            documents in prop::collection::vec((0_u64..3, prop::collection::btree_set(0_u64..12, 0..6)), 0..40),
            share in 0.05_f64..=1.0,
            least in 2_u64..5,
            counters in 1_usize..40,
        ) {
            let sets: Vec<(u64, ShingleSet)> =
                documents.iter().map(|(source, set)| (*source, set.iter().copied().collect())).collect();
            let boilerplate = found(&sets, rule(share, least), counters).expect("few shingles");
            let mut naive: BTreeMap<u64, (ShingleCounts, BTreeSet<BTreeSet<u64>>)> = BTreeMap::new();
            for (source, set) in &documents {
                let (counts, seen) =
                    naive.entry(*source).or_insert_with(|| (ShingleCounts::new(&Scheme::news()), BTreeSet::new()));
                if seen.insert(set.clone()) {
                    counts.add(&set.iter().copied().collect());
                }
            }
            let expected: Vec<(u64, CommonShingles)> =
                naive.into_iter().map(|(source, (counts, _))| (source, counts.common(share, least).expect("valid"))).collect();
            let found: Vec<(u64, CommonShingles)> =
                boilerplate.sources().map(|(source, common)| (source, common.clone())).collect();
            prop_assert_eq!(&found, &expected);
            for (source, set) in &sets {
                let left = boilerplate.remove_from(*source, set);
                let common = boilerplate.of_source(*source).expect("it has documents");
                prop_assert_eq!(Ok(left), common.remove_from(&Scheme::news(), set));
            }
        }
    }
}
