//! Builds joins from their settings.

#[cfg(feature = "disk")]
use std::path::Path;

use super::candidates::containment::Containment;
#[cfg(feature = "disk")]
use super::document::View;
#[cfg(feature = "disk")]
use super::external::{DiskJoin, DiskLimits, MIN_MEMORY, SEGMENT_BYTES};
use super::memory::SimilarityJoin;
use super::online::OnlineJoin;
use super::origin::PairFilter;
use super::rules::JoinRules;
use super::settings::JoinSettings;
#[cfg(feature = "disk")]
use super::storage::memory_check::MemoryCheck;
#[cfg(feature = "disk")]
use super::storage::work_dir::WorkDir;
use crate::containment::FracMinHash;
use crate::cpu::SimdLevel;
use crate::error::{Error, similarity};
use crate::lsh::{Banding, BucketRule};
use crate::scheme::Scheme;

/// Builds a [`SimilarityJoin`], or a [`DiskJoin`](crate::join::DiskJoin); see [`SimilarityJoin::builder`].
///
/// Every setting has a default. Settings are checked when the join is built, not when they are set.
///
/// ```
/// use twinprint::{Document, Error, Scheme, SimilarityJoin};
///
/// let scheme = Scheme::builder().words(2).num_hashes(256).build()?;
/// let builder = SimilarityJoin::builder(&scheme).threshold(0.4).recall(0.999).documents(50_000);
/// // What it will do can be seen before.
/// assert!(builder.planned_banding()?.recall(0.4) >= 0.999);
/// let mut join = builder.build()?;
/// join.push(Document::text("a", "one two three four five"))?;
/// join.push(Document::text("b", "one two three four six"))?;
/// assert_eq!(join.finish()?.pairs()[0].jaccard(), 0.6);
///
/// let refused = SimilarityJoin::builder(&scheme).threshold(1.5).build::<u32>();
/// assert!(matches!(refused, Err(Error::OutOfRange { field: "threshold", .. })));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SimilarityJoinBuilder {
    scheme: Scheme,
    threshold: f64,
    recall: f64,
    documents: u64,
    background: f64,
    banding: Option<Banding>,
    bucket_limit: usize,
    containment: Option<Containment>,
    memory: Option<u64>,
    #[cfg(feature = "disk")]
    durable: bool,
    within_blocks: bool,
    across_sources: bool,
    level: Option<SimdLevel>,
}

/// The memory that a join on disk takes by default.
#[cfg(feature = "disk")]
const DEFAULT_MEMORY: u64 = 1 << 30;

impl SimilarityJoinBuilder {
    pub(crate) fn new(scheme: &Scheme) -> Self {
        Self {
            scheme: scheme.clone(),
            threshold: 0.5,
            recall: 0.99,
            documents: 1_000_000,
            background: 0.02,
            banding: None,
            bucket_limit: 1_000,
            containment: None,
            memory: None,
            #[cfg(feature = "disk")]
            durable: true,
            within_blocks: false,
            across_sources: false,
            level: None,
        }
    }

    /// Sets the least Jaccard similarity of the pairs wanted, greater than 0 and at most 1. Defaults to 0.5.
    ///
    /// A pair exactly at it is found. The README has a table of thresholds by kind of text.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }

    /// Sets the share of pairs at the threshold that must be found, between 0 and 1, both exclusive. Defaults to 0.99.
    /// A [plan](Banding::for_threshold) turns it into a banding.
    ///
    /// More similar pairs are found more often, and copies always. It has no effect if a [`banding`](Self::banding) is
    /// set.
    pub fn recall(mut self, recall: f64) -> Self {
        self.recall = recall;
        self
    }

    /// Sets the expected number of documents, for the plan. Defaults to a million.
    ///
    /// It is no limit. It decides between fewer bands and fewer false candidates: the work for these grows with its
    /// square.
    pub fn documents(mut self, documents: u64) -> Self {
        self.documents = documents;
        self
    }

    /// Sets the expected Jaccard similarity of unrelated documents, for the plan, between 0 and 1, both exclusive.
    /// Defaults to 0.02, which suits news. Pages made from templates may have 0.3; [`plan`](crate::plan) measures it on
    /// a sample.
    pub fn background(mut self, similarity: f64) -> Self {
        self.background = similarity;
        self
    }

    /// Sets the banding, instead of a plan. [`recall`](Self::recall), [`documents`](Self::documents) and
    /// [`background`](Self::background) have no effect then.
    pub fn banding(mut self, banding: Banding) -> Self {
        self.banding = Some(banding);
        self
    }

    /// Sets the most distinct sets of a bucket that are all compared with one another, at least 2. Defaults to 1,000.
    ///
    /// A larger bucket is searched by sketches of its sets, which exclude dissimilar pairs in a few nanoseconds and never a similar one. Each set
    /// beyond the limit is compared with the first ones: with 32 times the limit where few are similar, and with fewer where many are, because
    /// a few pairs then connect it with the rest. So the work and the number of pairs are linear in the number of sets, however large
    /// buckets are. [`JoinStats`](crate::join::JoinStats) counts such buckets, and how many pairs were passed over at most. A higher
    /// limit passes over fewer.
    pub fn bucket_limit(mut self, sets: usize) -> Self {
        self.bucket_limit = sets;
        self
    }

    /// Also finds texts that are inside longer ones: pairs of which the larger set holds at least the share `least` of
    /// the smaller, greater than 0 and at most 1, however low their Jaccard similarity is. See
    /// [`VerifiedPairs::contained`](crate::result::VerifiedPairs::contained) and
    /// [`DiskPairs::contained`](crate::result::DiskPairs::contained); other pairs, and clusters, are what they are
    /// without it.
    ///
    /// Candidates are made from samples of the sets, by the [rules](crate::containment), and each is verified exactly.
    /// Shingles of more than a million documents are boilerplate whatever the rules say. Texts of fewer shingles than
    /// the sample keeps one of are not found.
    ///
    /// ```
    /// use twinprint::containment::FracMinHash;
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let article = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.";
    /// let page = format!("Weather. Sports. Council votes to close the harbour road. {article} Log in to comment on this.");
    /// let rules = FracMinHash::new(1, 1_000)?;
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).containment(0.9, rules).build()?;
    /// join.push(Document::text("page", &page))?;
    /// join.push(Document::text("article", article))?;
    /// let found = join.finish()?;
    /// let contained = found.contained(1);
    /// assert_eq!((contained[0].inner, contained[0].outer), (&"article", &"page"));
    /// assert_eq!(contained[0].overlap.left_in_right(), 1.0);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn containment(mut self, least: f64, rules: FracMinHash) -> Self {
        self.containment = Some(Containment { least, rules });
        self
    }

    /// Compares only documents of one [block](crate::join::Origin::block): of one language, of one day. Defaults to
    /// false.
    ///
    /// It saves work, because each block has buckets of its own. Documents without a block are in one together.
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).within_blocks(true).build()?;
    /// for (id, day) in [("a", "monday"), ("b", "monday"), ("c", "tuesday")] {
    ///     join.push(Document::text(id, "rain on the coast, sun in the hills").block(day))?;
    /// }
    /// let pairs = join.finish()?.count_pairs(10);
    /// assert_eq!(pairs, 1);
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    pub fn within_blocks(mut self, within: bool) -> Self {
        self.within_blocks = within;
        self
    }

    /// Compares only documents of different [sources](crate::join::Origin::source): of a test set with training data, or of different
    /// outlets. Defaults to false. Where one bucket holds very many documents, a document may be compared with the
    /// first of them only: so push the corpus to compare with first.
    ///
    /// Documents with equal sets form no group then: each has pairs of its own.
    pub fn across_sources(mut self, across: bool) -> Self {
        self.across_sources = across;
        self
    }

    /// Sets the bytes of memory that a join [on disk](Self::build_on_disk) may take, at least 64 MiB. Defaults to 1
    /// GiB. The result does not depend on it. A join in memory refuses it.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Sets whether the files of a join [on disk](Self::build_on_disk) survive a power cut. Defaults to true.
    ///
    /// Without it, nothing but the marker of the folder waits until the disk has it. It is for folders that are removed after the run:
    /// waiting took a tenth of a run on 100 MB of generated news. A join whose process ended is resumed all the same. After a power cut, damaged files
    /// are noticed and named; remove the folder then.
    ///
    /// ```
    /// use twinprint::{Document, Scheme, SimilarityJoin};
    ///
    /// let folder = std::env::temp_dir().join("twinprint-example-durable");
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).durable(false).build_on_disk(&folder)?;
    /// join.push(Document::text(1, "The ferry to Skelby was cancelled on Monday."))?;
    /// drop(join.finish()?);
    /// twinprint::join::remove_work_folder(&folder)?;
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[cfg(feature = "disk")]
    pub fn durable(mut self, durable: bool) -> Self {
        self.durable = durable;
        self
    }

    /// Sets the SIMD level, instead of the best one: the same pairs, at another speed. It is for tests and
    /// measurements.
    pub fn simd(mut self, level: SimdLevel) -> Self {
        self.level = Some(level);
        self
    }

    /// Returns the banding that the join will use: the one that was set, or the plan.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn planned_banding(&self) -> Result<Banding, Error> {
        similarity("threshold", self.threshold)?;
        if let Some(containment) = self.containment {
            similarity("containment", containment.least)?;
        }
        BucketRule::new(self.bucket_limit)?;
        let num_hashes = self.scheme.sketch().num_hashes();
        let Some(banding) = self.banding else {
            return Banding::for_threshold(self.threshold)
                .recall(self.recall)
                .num_hashes(num_hashes)
                .documents(self.documents)
                .background(self.background)
                .plan();
        };
        banding.check_fits(num_hashes)?;
        Ok(banding)
    }

    /// Builds a join in memory, with ids of any type.
    ///
    /// Ten million articles of 300 words need about 30 GB under [`Scheme::news`] at the default threshold. Beyond what memory holds, use
    /// [`build_on_disk`](Self::build_on_disk).
    ///
    /// # Errors
    /// * [`Error::OutOfRange`] names a parameter that is outside its range, or `memory_limit`, which only a join on
    ///   disk keeps.
    /// * [`Error::RecallUnreachable`] if the scheme's signatures are too short for the recall.
    /// * [`Error::BandingTooLarge`] if they are too short for the banding.
    /// * [`Error::SimdUnavailable`] if the machine lacks the level that was set.
    pub fn build<Id>(self) -> Result<SimilarityJoin<Id>, Error> {
        self.check_in_memory()?;
        Ok(SimilarityJoin::new(self.settings()?))
    }

    /// Builds the same join for a corpus that need not fit in memory: it keeps its files in a folder, which is created
    /// if it is not there. A folder where the same documents were pushed before is resumed; the threshold and the
    /// banding may be others then, because these only matter at the end.
    ///
    /// Where the corpus fits in memory, a join on disk is about as fast (BENCHMARKS.md). It takes about 1,800 bytes a
    /// document of generated news, and the sets that have candidates again while it finishes.
    ///
    /// # Errors
    /// As [`build`](Self::build), except that a memory limit is kept; [`Error::File`] names a file that cannot be
    /// written or read, or that is of another scheme.
    #[cfg(feature = "disk")]
    pub fn build_on_disk(self, folder: impl AsRef<Path>) -> Result<DiskJoin, Error> {
        let ((settings, limits), durable) = (self.disk_settings()?, self.durable);
        DiskJoin::open(&WorkDir::open_with(folder.as_ref(), durable)?, settings, limits)
    }

    /// Refuses a document that takes more memory than a join on disk may take for one, by the rule by which the join itself does. It is for
    /// callers that prepare documents in another way, within the same limit. `document` is its number, counted from 0; messages count from 1.
    ///
    /// ```
    /// # use twinprint::{Scheme, SimilarityJoin};
    /// let builder = SimilarityJoin::builder(&Scheme::news()).memory_limit(64 << 20);
    /// assert!(builder.check_document(0, "short", "The ferry is late.").is_ok());
    /// assert!(builder.check_document(1, "long", &"late ".repeat(8 << 20)).is_err());
    /// ```
    ///
    /// # Errors
    /// [`Error::MemoryLimit`] says how much memory the document takes.
    #[cfg(feature = "disk")]
    pub fn check_document(&self, document: u32, id: &str, text: &str) -> Result<(), Error> {
        let memory = self.memory.unwrap_or(DEFAULT_MEMORY).max(MIN_MEMORY);
        MemoryCheck::new(memory, &self.scheme).check(document, id, View::Text(text), 0)
    }

    /// Checks all parameters of a join on disk.
    #[cfg(feature = "disk")]
    pub(crate) fn disk_settings(&self) -> Result<(JoinSettings, DiskLimits), Error> {
        let memory = self.memory.unwrap_or(DEFAULT_MEMORY);
        if memory < MIN_MEMORY {
            let expected = "at least 67108864 bytes (64 MiB)";
            return Err(Error::OutOfRange { field: "memory_limit", value: memory.to_string(), expected });
        }
        Ok((self.settings()?, DiskLimits { memory, segment: SEGMENT_BYTES }))
    }

    /// Builds the decisions of the join, for an engine outside this crate that moves the data itself.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn rules(self) -> Result<JoinRules, Error> {
        Ok(JoinRules::new(self.settings()?))
    }

    /// Builds the same join for a stream.
    pub(crate) fn build_online<Id>(self) -> Result<OnlineJoin<Id>, Error> {
        self.check_in_memory()?;
        let settings = self.settings()?;
        let shingler = self.scheme.shingler()?;
        Ok(OnlineJoin::new(shingler, settings))
    }

    /// Refuses a memory limit, which only a join on disk keeps.
    fn check_in_memory(&self) -> Result<(), Error> {
        let Some(memory) = self.memory else { return Ok(()) };
        let expected = "left out for a join in memory: only one on disk keeps it";
        Err(Error::OutOfRange { field: "memory_limit", value: memory.to_string(), expected })
    }

    /// Checks all parameters.
    fn settings(&self) -> Result<JoinSettings, Error> {
        let banding = self.planned_banding()?;
        let hasher = self.scheme.minhasher();
        let hasher = self.level.map_or(Ok(hasher.clone()), |level| hasher.with_simd(level))?;
        let positions = banding.signed_positions(self.scheme.sketch().num_hashes()) as usize;
        let hasher = hasher.of_first_positions(positions);
        let filter = PairFilter::new(self.within_blocks, self.across_sources);
        let rule = BucketRule::new(self.bucket_limit)?;
        Ok(JoinSettings { hasher, banding, threshold: self.threshold, rule, containment: self.containment, filter })
    }

    /// Sets how texts become sets and signatures. Defaults to the scheme that the builder was made with.
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }
}

impl SimilarityJoin<()> {
    /// Builds a join of documents under this scheme, with ids of any type.
    pub fn builder(scheme: &Scheme) -> SimilarityJoinBuilder {
        SimilarityJoinBuilder::new(scheme)
    }
}
