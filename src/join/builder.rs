//! The join that callers meet.

use std::ops::ControlFlow;
use std::path::Path;

use super::OnlineJoin;
use super::buckets::Buckets;
use super::contained::Containment;
use super::corpus::Corpus;
use super::disk::{DiskJoin, PIECE, Settings};
use super::pairing::{Origin, Pairing};
use super::pending::{ENOUGH, Pending, hash_texts};
use super::progress::{Progress, Watch};
use crate::containment::FracMinHash;
use crate::cpu::SimdLevel;
use crate::error::{Error, similarity};
use crate::lsh::Banding;
use crate::minhash::MinHasher;
use crate::pairs::VerifiedPairs;
use crate::scheme::Scheme;
use crate::text::Shingler;

/// Finds all pairs of documents whose shingle sets reach a Jaccard similarity.
///
/// Documents are pushed one by one and hashed in parallel behind the scenes; [`finish`](Self::finish) gives the pairs,
/// each of them verified exactly. Documents with equal shingle sets form a group that is joined once.
///
/// With the feature `rayon`, work runs on the thread pool that it is called in: on the global one, or on one of your own with
/// `pool.install(|| join.finish())`.
///
/// In memory it keeps eight bytes a shingle of each distinct set, four bytes a position of its signature, and,
/// while it finishes, four bytes a band; a further copy of a set costs twelve bytes and its id.
///
/// ```
/// use twinprint::{Scheme, SimilarityJoin};
///
/// let mut join = SimilarityJoin::builder(&Scheme::builder().words(1).build()?).threshold(0.6).build()?;
/// join.push("a", "the council voted for the harbour plan on monday")?;
/// join.push("b", "the council voted for the harbour plan late on monday")?;
/// join.push("c", "no rain is expected before the weekend")?;
/// let found = join.finish()?;
/// let pairs = found.pairs();
/// assert_eq!(pairs.len(), 1);
/// assert_eq!((*pairs[0].left, *pairs[0].right, pairs[0].jaccard), ("a", "b", 8.0 / 9.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Debug)]
pub struct SimilarityJoin<Id> {
    threshold: f64,
    banding: Banding,
    bucket_limit: usize,
    shingler: Option<Shingler>,
    ids: Vec<Id>,
    lengths: Vec<u64>,
    corpus: Corpus,
    containment: Option<Containment>,
    pending: Pending,
}

/// Builds a [`SimilarityJoin`]; see [`SimilarityJoin::builder`].
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
    memory: u64,
    within_blocks: bool,
    across_sources: bool,
    level: Option<SimdLevel>,
}

/// The least memory that a join in a folder can do with.
const LEAST_MEMORY: u64 = 64 << 20;

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
            memory: 1 << 30,
            within_blocks: false,
            across_sources: false,
            level: None,
        }
    }

    /// The least Jaccard similarity of the pairs wanted, greater than 0 and at most 1; 0.5 unless said.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }

    /// The share of pairs at the threshold that must be found; 0.99 unless said. A [plan](Banding::for_threshold)
    /// turns it into a banding.
    pub fn recall(mut self, recall: f64) -> Self {
        self.recall = recall;
        self
    }

    /// About how many documents there will be, for the plan; a million unless said.
    pub fn documents(mut self, documents: u64) -> Self {
        self.documents = documents;
        self
    }

    /// About how similar unrelated documents are, for the plan; 0.02 unless said.
    pub fn background(mut self, similarity: f64) -> Self {
        self.background = similarity;
        self
    }

    /// The banding, instead of a plan.
    pub fn banding(mut self, banding: Banding) -> Self {
        self.banding = Some(banding);
        self
    }

    /// The most distinct sets of a bucket that are all compared with one another, at least 2; 1,000 unless said.
    ///
    /// In a larger bucket each set is only compared with the first ones (as many as the square root of the limit, at most 32), so
    /// that the work stays linear; [`JoinStats`](crate::JoinStats) counts such buckets and the pairs that were passed over in them. Pairs
    /// that also share another band are found there.
    pub fn bucket_limit(mut self, sets: usize) -> Self {
        self.bucket_limit = sets;
        self
    }

    /// Also finds texts that stand inside longer ones: pairs of which the larger set holds at least the share `least` of the
    /// smaller, greater than 0 and at most 1, however low their Jaccard similarity is. See
    /// [`VerifiedPairs::contained`](crate::VerifiedPairs::contained) and
    /// [`DiskPairs::contained`](crate::DiskPairs::contained); other pairs, and clusters, are what they are without it.
    ///
    /// Candidates are made from samples of the sets, by the [rules](crate::containment), and each is verified exactly. Shingles
    /// of more than a million documents are boilerplate whatever the rules say. Not found: texts of fewer shingles than the
    /// sample keeps one of.
    ///
    /// ```
    /// use twinprint::containment::FracMinHash;
    /// use twinprint::{Scheme, SimilarityJoin};
    ///
    /// let article = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.";
    /// let page = format!("Weather. Sports. Council votes to close the harbour road. {article} Log in to comment on this.");
    /// let rules = FracMinHash::new(1, 1_000)?;
    /// let mut join = SimilarityJoin::builder(&Scheme::news()).containment(0.9, rules).build()?;
    /// join.push("page", &page)?;
    /// join.push("article", article)?;
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

    /// Only documents of one [block](Origin::block) are compared: of one language, of one day. False unless said.
    pub fn within_blocks(mut self, within: bool) -> Self {
        self.within_blocks = within;
        self
    }

    /// Only documents of different [sources](Origin::source) are compared: of a test set with training data, or of different
    /// outlets. False unless said. Where one bucket holds very many documents, they are compared with its
    /// first ones: so push the corpus to compare with first.
    ///
    /// Documents with equal sets do not stand together then: each has pairs of its own.
    pub fn across_sources(mut self, across: bool) -> Self {
        self.across_sources = across;
        self
    }

    /// Bytes of memory that a join [in a folder](Self::build_in) may take, at least 64 MiB; 1 GiB unless said. The result does not
    /// depend on it.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// The SIMD level, instead of the best one: the same pairs, at another speed.
    pub fn simd(mut self, level: SimdLevel) -> Self {
        self.level = Some(level);
        self
    }

    /// The join, ready for documents.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the parameter that is; [`Error::RecallUnreachable`] where the scheme's signatures
    /// are too short for the recall; [`Error::BandingTooLarge`] where they are for the banding.
    pub fn build<Id>(self) -> Result<SimilarityJoin<Id>, Error> {
        let banding = self.checked_banding()?;
        Ok(SimilarityJoin {
            threshold: self.threshold,
            banding,
            bucket_limit: self.bucket_limit,
            shingler: self.scheme.shingler().ok(),
            ids: Vec::new(),
            lengths: Vec::new(),
            corpus: Corpus::new(self.hasher()?, self.pairing()),
            containment: self.containment,
            pending: Pending::default(),
        })
    }

    /// The same join for a corpus that need not fit in memory, which keeps its files in a folder. A folder where the same documents
    /// were pushed before is gone on from; the threshold and the banding may be others then, for these only matter at
    /// the end.
    ///
    /// # Errors
    /// As [`build`](Self::build); [`Error::File`] names the file that cannot be written or read, or is of another scheme.
    pub fn build_in(self, folder: impl AsRef<Path>) -> Result<DiskJoin, Error> {
        if self.memory < LEAST_MEMORY {
            let expected = "at least 67108864 bytes (64 MiB)";
            return Err(Error::OutOfRange { field: "memory_limit", value: self.memory.to_string(), expected });
        }
        let settings = Settings {
            shingler: self.scheme.shingler().ok(),
            hasher: self.hasher()?,
            banding: self.checked_banding()?,
            threshold: self.threshold,
            bucket_limit: self.bucket_limit,
            containment: self.containment,
            pairing: self.pairing(),
            memory: self.memory,
            piece: PIECE,
        };
        DiskJoin::open(folder.as_ref(), settings)
    }

    fn pairing(&self) -> Pairing {
        Pairing::new(self.within_blocks, self.across_sources)
    }

    fn hasher(&self) -> Result<MinHasher, Error> {
        let hasher = self.scheme.minhasher();
        self.level.map_or(Ok(hasher.clone()), |level| hasher.with_simd(level))
    }

    /// The same join, one document at a time.
    pub(crate) fn build_online<Id>(self) -> Result<OnlineJoin<Id>, Error> {
        let banding = self.checked_banding()?;
        let (shingler, hasher) = (self.scheme.shingler()?, self.scheme.minhasher());
        Ok(OnlineJoin::new(shingler, hasher, banding, self.threshold, self.bucket_limit))
    }

    /// Another scheme.
    pub(crate) fn scheme(mut self, scheme: &Scheme) -> Self {
        self.scheme = scheme.clone();
        self
    }

    /// The banding given, or the plan, all parameters being in range.
    fn checked_banding(&self) -> Result<Banding, Error> {
        similarity("threshold", self.threshold)?;
        if let Some(containment) = self.containment {
            similarity("containment", containment.least)?;
        }
        if self.bucket_limit < 2 {
            let value = self.bucket_limit.to_string();
            return Err(Error::OutOfRange { field: "bucket_limit", value, expected: "at least 2" });
        }
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
}

impl SimilarityJoin<()> {
    /// Builds a join of documents under this scheme, with ids of any type.
    pub fn builder(scheme: &Scheme) -> SimilarityJoinBuilder {
        SimilarityJoinBuilder::new(scheme)
    }
}

impl<Id> SimilarityJoin<Id> {
    /// How signatures are cut.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.banding
    }

    /// Documents pushed so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none was pushed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Adds a text. Ids may repeat; they are only handed back.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] where the scheme's features are the caller's own; [`Error::TooManyDocuments`].
    pub fn push(&mut self, id: Id, text: impl AsRef<str>) -> Result<(), Error> {
        self.push_from(Origin::default(), id, text)
    }

    /// As [`push`](Self::push), and says where the text is from.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_from(&mut self, origin: Origin, id: Id, text: impl AsRef<str>) -> Result<(), Error> {
        if self.shingler.is_none() {
            // Names the features in its error.
            self.corpus.hasher().scheme().shingler()?;
        }
        let text = text.as_ref();
        self.corpus.push_origin(origin);
        self.ids.push(id);
        self.lengths.push(text.len() as u64);
        self.pending.push_text(text);
        self.hash_if_many()
    }

    /// Adds texts, which are hashed in parallel where they are: a little faster than to [`push`](Self::push) each, which
    /// copies it.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn extend<T: AsRef<str> + Sync>(&mut self, documents: impl IntoIterator<Item = (Id, T)>) -> Result<(), Error> {
        self.extend_from(documents.into_iter().map(|(id, text)| (Origin::default(), id, text)))
    }

    /// As [`extend`](Self::extend), and says where each text is from.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn extend_from<T: AsRef<str> + Sync>(
        &mut self,
        documents: impl IntoIterator<Item = (Origin, Id, T)>,
    ) -> Result<(), Error> {
        self.hash_pending()?;
        let (mut texts, mut bytes) = (Vec::new(), 0);
        for (origin, id, text) in documents {
            let length = text.as_ref().len();
            self.corpus.push_origin(origin);
            self.ids.push(id);
            self.lengths.push(length as u64);
            texts.push(text);
            bytes += length + size_of::<T>();
            if bytes >= ENOUGH {
                self.add_texts(&texts)?;
                texts.clear();
                bytes = 0;
            }
        }
        self.add_texts(&texts)
    }

    fn add_texts<T: AsRef<str> + Sync>(&mut self, texts: &[T]) -> Result<(), Error> {
        let Some(shingler) = &self.shingler else {
            // Names the features in its error.
            return self.corpus.hasher().scheme().shingler().map(|_| ());
        };
        let blocks = hash_texts(self.corpus.hasher(), shingler, texts);
        self.corpus.add(blocks).map(|_| ())
    }

    /// Adds a document by its features: shingle hashes, or `u64` of the caller's own. Order and repetition do not
    /// matter.
    ///
    /// # Errors
    /// [`Error::TooManyDocuments`].
    pub fn push_features(&mut self, id: Id, features: impl AsRef<[u64]>) -> Result<(), Error> {
        self.push_features_from(Origin::default(), id, features)
    }

    /// As [`push_features`](Self::push_features), and says where the document is from.
    ///
    /// # Errors
    /// [`Error::TooManyDocuments`].
    pub fn push_features_from(&mut self, origin: Origin, id: Id, features: impl AsRef<[u64]>) -> Result<(), Error> {
        let features = features.as_ref();
        self.corpus.push_origin(origin);
        self.ids.push(id);
        self.lengths.push(size_of_val(features) as u64);
        self.pending.push_features(features);
        self.hash_if_many()
    }

    fn hash_if_many(&mut self) -> Result<(), Error> {
        if self.pending.is_full() { self.hash_pending() } else { Ok(()) }
    }

    /// Hashes what waits, in parallel, and adds it in order.
    fn hash_pending(&mut self) -> Result<(), Error> {
        let blocks = self.pending.hash(self.corpus.hasher(), self.shingler.as_ref());
        self.pending.clear();
        self.corpus.add(blocks).map(|_| ())
    }

    /// All pairs that reach the threshold, verified.
    ///
    /// # Errors
    /// [`Error::TooManyDocuments`].
    pub fn finish(self) -> Result<VerifiedPairs<Id>, Error> {
        self.finish_with(|_| ControlFlow::Continue(()))
    }

    /// As [`finish`](Self::finish), and tells how far it has come, before each band, from this thread. Where the answer is
    /// to break, the join ends.
    ///
    /// # Errors
    /// As [`finish`](Self::finish); [`Error::Cancelled`].
    pub fn finish_with(
        mut self,
        mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<VerifiedPairs<Id>, Error> {
        self.hash_pending()?;
        let buckets = Buckets::new(&self.corpus, self.banding, self.threshold, self.bucket_limit);
        let mut watch = Watch::new(&mut progress);
        let (edges, mut stats) = buckets.edges(&mut self.corpus, &mut watch)?;
        let mut contained = None;
        if let Some(containment) = self.containment {
            let (edges, candidates) = containment.edges(&mut self.corpus, &mut watch)?;
            (stats.contained_candidates, stats.contained) = (candidates, edges.len() as u64);
            contained = Some(edges);
        }
        Ok(self.corpus.into_pairs(self.ids, self.lengths, (edges, contained), stats))
    }
}
