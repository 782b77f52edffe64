//! The texts that are searched for, and how.

use ahash::AHashMap;
use smallvec::SmallVec;

use super::PassageFinder;
use super::places::Question;
use crate::error::{Error, similarity};
use crate::scheme::{FeatureScheme, Scheme};
use crate::text::{Shingler, Window};

/// Takes the texts that a [`PassageFinder`] searches for; made by [`PassageFinder::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct PassageFinderBuilder<Id> {
    shingler: Shingler,
    /// Counts words, whatever the scheme's tokens are.
    words: Shingler,
    window: Window,
    least: f64,
    min_words: u32,
    questions: Vec<Question>,
    ids: Vec<SmallVec<[Id; 1]>>,
    /// The question of each set of shingles.
    by_set: AHashMap<Box<[u64]>, u32>,
    too_short: usize,
}

/// The default of [`PassageFinderBuilder::min_words`].
const DEFAULT_MIN_WORDS: u32 = 5;

impl PassageFinder<()> {
    /// Starts a builder of a finder for passages that have at least the share `least` of a text's shingles, greater than 0 and at most 1.
    ///
    /// # Errors
    /// * [`Error::OutOfRange`] if the share is outside its range.
    /// * [`Error::NoTextFeatures`] if the scheme has features of the caller's own.
    pub fn builder<Id>(scheme: &Scheme, least: f64) -> Result<PassageFinderBuilder<Id>, Error> {
        let window = match scheme.features() {
            FeatureScheme::Text(features) => Window::new(features.tokens, features.spaceless_tokens),
            FeatureScheme::Custom(name) => return Err(Error::NoTextFeatures { name: name.clone() }),
        };
        Ok(PassageFinderBuilder {
            shingler: scheme.shingler()?,
            words: Scheme::news().shingler()?,
            window,
            least: similarity("containment", least)?,
            min_words: DEFAULT_MIN_WORDS,
            questions: Vec::new(),
            ids: Vec::new(),
            by_set: AHashMap::new(),
            too_short: 0,
        })
    }
}

impl<Id> PassageFinderBuilder<Id> {
    /// Sets the words that a text must have to be searched for. Two letters of a script written without spaces count as a word. Defaults
    /// to 5.
    ///
    /// A text that is shorter than a shingle of the scheme is never searched for, since no shingle of a longer document equals it. It
    /// applies to the texts that are inserted afterwards.
    pub fn min_words(mut self, words: u32) -> Self {
        self.min_words = words;
        self
    }

    /// Adds a text. Ids may repeat. Returns whether the text is long enough to be searched for.
    pub fn insert(&mut self, id: Id, text: &str) -> bool {
        if self.is_too_short(text) {
            self.too_short += 1;
            return false;
        }
        let hashes = self.shingler.hashes(text);
        let windows = hashes.len();
        let mut shingles = hashes;
        shingles.sort_unstable();
        shingles.dedup();
        let (ids, questions) = (&mut self.ids, &mut self.questions);
        match self.by_set.get(shingles.as_slice()) {
            Some(&question) => ids[question as usize].push(id),
            None => {
                let shingles = shingles.into_boxed_slice();
                self.by_set.insert(shingles.clone(), questions.len() as u32);
                let needed = min_shared(self.least, shingles.len());
                questions.push(Question { shingles, windows, needed });
                ids.push(SmallVec::from_iter([id]));
            }
        }
        true
    }

    /// Returns the bytes that the texts take so far, and those that the finder will take for them.
    #[must_use]
    pub fn memory(&self) -> usize {
        let shingles: usize = self.questions.iter().map(|question| question.shingles.len()).sum();
        // The set twice, and an entry of the index with its growth.
        shingles * (2 * size_of::<u64>() + BYTES_OF_POSTING) + self.ids.len() * (BYTES_OF_QUESTION + size_of::<Id>())
    }

    /// Builds the finder, which indexes the rarest shingles of each text.
    #[must_use]
    pub fn build(self) -> PassageFinder<Id> {
        let Self { shingler, questions, ids, too_short, .. } = self;
        let mut frequencies = AHashMap::<u64, u32>::new();
        for &shingle in questions.iter().flat_map(|question| &question.shingles) {
            *frequencies.entry(shingle).or_default() += 1;
        }
        let mut postings = AHashMap::<u64, SmallVec<[u32; 1]>>::new();
        for (number, question) in (0..).zip(&questions) {
            let mut rarest = question.shingles.to_vec();
            rarest.sort_unstable_by_key(|shingle| (frequencies.get(shingle), *shingle));
            // A passage that lacks all of these lacks too many of the text's shingles.
            for &shingle in &rarest[..=question.shingles.len() - question.needed] {
                postings.entry(shingle).or_default().push(number);
            }
        }
        PassageFinder { shingler, questions, ids, postings, too_short }
    }

    fn is_too_short(&self, text: &str) -> bool {
        let amount: u64 = self.words.tokens(text).iter().map(|token| if token.spaceless { 1 } else { 2 }).sum();
        if amount < 2 * u64::from(self.min_words) {
            return true;
        }
        let spaceless: Vec<bool> = self.shingler.tokens(text).iter().map(|token| token.spaceless).collect();
        let mut windows = 0;
        self.window.for_each(spaceless.len(), &spaceless, |_| windows += 1);
        windows == 0
    }
}

/// Bytes that an entry of the index takes at worst, while its map grows.
const BYTES_OF_POSTING: usize = 96;

/// Bytes that a text takes besides its shingles.
const BYTES_OF_QUESTION: usize = 128;

/// Returns how many of a text's shingles a passage must have.
fn min_shared(least: f64, shingles: usize) -> usize {
    let enough = |shared: usize| shared as f64 / shingles as f64 >= least;
    let near = (least * shingles as f64) as usize;
    // Rounding may have gone either way.
    (near.saturating_sub(1).max(1)..=shingles).find(|&shared| enough(shared)).unwrap_or(shingles)
}
