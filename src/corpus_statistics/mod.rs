//! How many documents of a corpus have a shingle or a word, in bounded memory.
//!
//! What many documents share is a template or background, and says little about two of them. What few have is evidence.
//! [`CorpusStatistics`] counts documents by count-min sketches (G. Cormode, S. Muthukrishnan, "An improved data stream
//! summary: the count-min sketch and its applications", 2005), which are never too low and seldom too high. Statistics of
//! parts of a corpus can be merged, and stored.

mod background;
mod sketch;
mod stored;

use crate::error::Error;
use crate::scheme::Scheme;
use crate::set::ShingleSet;
use crate::text::Shingler;
pub(crate) use background::paragraphs;
use sketch::CountMin;

/// The least memory of statistics, in bytes.
const MIN_MEMORY: usize = 1 << 12;

/// The document frequencies of the shingles and words of a corpus.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::corpus_statistics::CorpusStatistics;
///
/// let scheme = Scheme::news();
/// let mut morning = CorpusStatistics::new(&scheme, 1 << 20)?;
/// morning.add("Weather for the coast today: rain");
/// let mut evening = CorpusStatistics::new(&scheme, 1 << 20)?;
/// evening.add("Weather for the coast today: fog");
/// morning.merge(&evening)?;
///
/// let shingle = scheme.shingler()?.hashes("for the coast")[0];
/// assert_eq!((morning.documents(), morning.shingle_frequency(shingle)), (2, 2));
/// let stored = morning.to_bytes();
/// assert_eq!(CorpusStatistics::from_bytes(&scheme, &stored)?, morning);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CorpusStatistics {
    scheme: Scheme,
    phrases: Shingler,
    words: Shingler,
    documents: u64,
    shingle_counts: CountMin,
    word_counts: CountMin,
}

impl CorpusStatistics {
    /// Creates statistics of nothing that take `memory` bytes, 4096 or more. Three quarters are for shingles, the rest for
    /// words.
    ///
    /// [`max_excess`](Self::max_excess) tells whether it was enough. A byte for each shingle of the corpus is plenty.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is less memory than that, [`Error::NoTextFeatures`] if the scheme has custom features.
    pub fn new(scheme: &Scheme, memory: usize) -> Result<Self, Error> {
        if memory < MIN_MEMORY {
            return Err(Error::OutOfRange { field: "memory", value: memory.to_string(), expected: "4096 or more" });
        }
        let quarter = memory / 4;
        Self::with_counts(scheme, 0, CountMin::new(memory - quarter), CountMin::new(quarter))
    }

    fn with_counts(
        scheme: &Scheme,
        documents: u64,
        shingle_counts: CountMin,
        word_counts: CountMin,
    ) -> Result<Self, Error> {
        Ok(Self {
            scheme: scheme.clone(),
            phrases: scheme.shingler()?,
            words: Scheme::builder().words(1).build()?.shingler()?,
            documents,
            shingle_counts,
            word_counts,
        })
    }

    /// Counts the shingles and words of one more document, each once.
    ///
    /// Leave copies out: what ten copies share is no background.
    pub fn add(&mut self, text: &str) {
        let (phrases, words) = (self.phrases.set(text), self.words.set(text));
        self.add_sets(&phrases, &words);
    }

    /// Counts a document by its shingles and its single words. The caller made them: the shingles under the scheme, the
    /// words under `Scheme::builder().words(1)`.
    pub fn add_sets(&mut self, shingles: &ShingleSet, words: &ShingleSet) {
        self.documents = self.documents.saturating_add(1);
        shingles.iter().for_each(|&hash| self.shingle_counts.add(hash));
        words.iter().for_each(|&hash| self.word_counts.add(hash));
    }

    /// Returns the scheme of the shingles.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// Returns how many documents have a shingle: never too few, and 65,535 if there are that many or more.
    #[must_use]
    pub fn shingle_frequency(&self, hash: u64) -> u64 {
        self.shingle_counts.count(hash)
    }

    /// Returns how many documents have a word, as for shingles.
    #[must_use]
    pub fn word_frequency(&self, hash: u64) -> u64 {
        self.word_counts.count(hash)
    }

    /// Returns by how much a shingle's frequency is too high at most, with a probability of 98 %.
    ///
    /// It is `e` times the number of counted shingles divided by the counters of a row (theorem 1 of the paper, for four
    /// rows).
    #[must_use]
    pub fn max_excess(&self) -> f64 {
        self.shingle_counts.max_excess()
    }

    /// Adds the counts of another part of the corpus. The result is that of counting both parts into one.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the schemes differ, [`Error::WrongLength`] if the memory does.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        self.scheme.check_same(&other.scheme)?;
        self.shingle_counts.check_same_size(&other.shingle_counts)?;
        self.word_counts.check_same_size(&other.word_counts)?;
        self.documents = self.documents.saturating_add(other.documents);
        self.shingle_counts.merge(&other.shingle_counts);
        self.word_counts.merge(&other.word_counts);
        Ok(())
    }
}

impl PartialEq for CorpusStatistics {
    fn eq(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self.documents == other.documents
            && self.shingle_counts == other.shingle_counts
            && self.word_counts == other.word_counts
    }
}

#[cfg(test)]
mod tests;
