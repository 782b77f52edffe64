//! Texts as weighted words, and their comparison.

use ahash::AHashMap;

use super::StoryPair;
use super::profile::{FoundWord, MAX_WORDS, StoryText, WordFinder};
use super::rules::StoryRules;
use crate::error::Error;
use crate::lsh::Banding;
use crate::minhash::WeightedMinHasher;
use crate::parallel;
use crate::set::WeightedSet;

/// Documents that are thought to be besides those of the corpus, and to have none of its words. So the words of a small
/// corpus weigh nearly the same.
const OTHER_TEXTS: f64 = 2_000.0;
/// What a name weighs more than another word, and a word of the opening than a later one.
const NAME: f64 = 1.5;
const OPENING: f64 = 1.5;
/// Shared rare words that are added as if they were not shared, so that few of them are weak evidence.
const PRIOR: f64 = 5.0;
/// The least share of the opening's weight that the other text has: of one of both, and of the other.
const OPENING_SHARES: (f64, f64) = (0.3, 0.1);
/// Texts that share this many rare words may open differently: a feature begins with a scene, not with what happened.
const RARE_OF_FEATURE: usize = 30;
/// Words are rare up to this share of the texts, or up to `max_document_frequency`.
const RARE_SHARE: f64 = 0.01;

/// Positions and rows of the sketch. At a similarity of 0.4 it finds 87 % of the pairs, at 0.02 one in 4,000.
const SKETCH: (u32, u32, u32) = (96, 32, 3);
const SKETCH_SEED: u64 = 1;

/// Bytes of a word: as found, weighted, and in the index of rare words.
const BYTES_PER_WORD: usize = 24;
/// Bytes of a text besides its words: keys of its sketch, and pairs.
const BYTES_PER_TEXT: usize = 500;

/// Takes texts one by one or many at a time, and prepares them for comparison.
///
/// The [module](crate::stories) has an example.
#[derive(Clone, Debug)]
pub struct StoryFinder {
    rules: StoryRules,
    finder: WordFinder,
    hasher: WeightedMinHasher,
    banding: Banding,
    texts: Vec<Vec<FoundWord>>,
    /// The number of words of all texts.
    words: usize,
    times: Vec<Option<i64>>,
    sources: Sources,
}

/// The sources of texts, by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    names: Vec<String>,
    numbers: AHashMap<String, u32>,
    of_texts: Vec<Option<u32>>,
}

impl Sources {
    fn push(&mut self, source: Option<&str>) {
        let number = source.map(|name| {
            if let Some(&number) = self.numbers.get(name) {
                return number;
            }
            let number = self.names.len() as u32;
            self.names.push(name.to_string());
            self.numbers.insert(name.to_string(), number);
            number
        });
        self.of_texts.push(number);
    }

    pub(super) fn name(&self, text: usize) -> Option<&str> {
        self.of_texts[text].map(|number| &*self.names[number as usize])
    }
}

/// A word of a text with its weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct WeightedWord {
    /// The hash, with two bits for what is known of the word.
    code: u32,
    weight: f32,
}

const IS_OPENING: u32 = 1;
const IS_RARE: u32 = 2;

impl WeightedWord {
    pub(super) fn hash(self) -> u32 {
        self.code >> 2
    }

    pub(super) fn is_rare(self) -> bool {
        self.code & IS_RARE != 0
    }

    fn is_opening(self) -> bool {
        self.code & IS_OPENING != 0
    }
}

impl StoryFinder {
    /// Creates a finder without texts.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a rule is outside its range.
    pub fn new(rules: StoryRules) -> Result<Self, Error> {
        let (num_hashes, bands, rows) = SKETCH;
        Ok(Self {
            rules: rules.checked()?,
            finder: WordFinder::new()?,
            hasher: WeightedMinHasher::new("words of stories", num_hashes, SKETCH_SEED)?,
            banding: Banding::new(bands, rows)?,
            texts: Vec::new(),
            words: 0,
            times: Vec::new(),
            sources: Sources::default(),
        })
    }

    /// Adds a text, whose number is that of the texts before it.
    pub fn push(&mut self, text: StoryText<'_>) {
        let words = self.finder.words(&text);
        self.add(&text, words);
    }

    /// Adds many texts, on all cores.
    pub fn push_all(&mut self, texts: &[StoryText<'_>]) {
        let words = parallel::map(texts, || (), |text, ()| self.finder.words(text));
        for (text, words) in texts.iter().zip(words) {
            self.add(text, words);
        }
    }

    fn add(&mut self, text: &StoryText<'_>, mut words: Vec<FoundWord>) {
        words.shrink_to_fit();
        self.words += words.len();
        self.texts.push(words);
        self.times.push(text.time);
        self.sources.push(text.source);
    }

    /// Returns the number of texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Returns whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Returns how many bytes the search for stories will take at most, for the texts so far.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.words * BYTES_PER_WORD + self.texts.len() * BYTES_PER_TEXT
    }

    /// Weighs the words of all texts by their rarity, after which they can be compared.
    #[must_use]
    pub fn finish(self) -> StoryIndex {
        let mut frequencies: AHashMap<u32, u32> = AHashMap::new();
        for word in self.texts.iter().flatten() {
            *frequencies.entry(word.hash >> 2).or_default() += 1;
        }
        let documents = self.texts.len() as f64;
        let rare = f64::from(self.rules.max_document_frequency).max(documents * RARE_SHARE);
        let weigh = |word: &FoundWord| {
            let frequency = f64::from(frequencies.get(&(word.hash >> 2)).copied().unwrap_or(1));
            let rarity = libm::log((documents + OTHER_TEXTS) / frequency);
            let weight = rarity * if word.is_name { NAME } else { 1.0 } * if word.is_opening { OPENING } else { 1.0 };
            let flags = u32::from(word.is_opening) * IS_OPENING + u32::from(frequency <= rare) * IS_RARE;
            (WeightedWord { code: word.hash & !3 | flags, weight: weight as f32 }, frequency > 1.0)
        };
        let texts = parallel::map_owned(self.texts, || (), |words, ()| Weighed::new(words.iter().map(weigh).collect()));
        StoryIndex {
            threshold: self.rules.threshold_for(texts.len()),
            rules: self.rules,
            totals: texts.iter().map(|text| text.totals).collect(),
            texts: texts.into_iter().map(|text| text.words).collect(),
            times: self.times,
            sources: self.sources,
            hasher: self.hasher,
            banding: self.banding,
        }
    }
}

/// The words of a text that others have too, by their hashes, and the weight of all its words.
struct Weighed {
    words: Box<[WeightedWord]>,
    totals: Totals,
}

/// The weight of all words of a text, and of those of its opening.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    all: f64,
    opening: f64,
}

impl Weighed {
    /// Words come with whether another text has them. Those that none has take no memory: they only add to the totals.
    fn new(mut found: Vec<(WeightedWord, bool)>) -> Self {
        found.sort_unstable_by_key(|(word, _)| word.code);
        found.dedup_by_key(|(word, _)| word.hash());
        let weight = |word: &WeightedWord| f64::from(word.weight);
        let totals = Totals {
            all: found.iter().map(|(word, _)| weight(word)).sum(),
            opening: found.iter().map(|(word, _)| word).filter(|word| word.is_opening()).map(weight).sum(),
        };
        let mut words: Vec<WeightedWord> =
            found.into_iter().filter(|(_, shared)| *shared).map(|(word, _)| word).collect();
        if words.len() > MAX_WORDS {
            words.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight).then(a.code.cmp(&b.code)));
            words.truncate(MAX_WORDS);
            words.sort_unstable_by_key(|word| word.code);
        }
        Self { words: words.into_boxed_slice(), totals }
    }
}

/// Texts whose words are weighted. [`StoryFinder::finish`] makes it.
#[derive(Clone, Debug)]
pub struct StoryIndex {
    pub(super) rules: StoryRules,
    pub(super) texts: Vec<Box<[WeightedWord]>>,
    totals: Vec<Totals>,
    pub(super) threshold: f64,
    pub(super) times: Vec<Option<i64>>,
    pub(super) sources: Sources,
    hasher: WeightedMinHasher,
    banding: Banding,
}

/// What two texts share.
#[derive(Clone, Copy, Debug, Default)]
struct Shared {
    weight: f64,
    rare: usize,
    /// The weights of the openings that the other text has.
    openings: (f64, f64),
}

impl StoryIndex {
    /// Returns the least similarity of a pair.
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Compares two texts as a pair, if they are similar enough.
    pub(super) fn pair(&self, left: usize, right: usize) -> Option<StoryPair> {
        let shared = self.shared(left, right);
        let similarity = self.lowered(left, right, shared);
        let share = |shared: f64, text: usize| shared / self.totals[text].opening.max(f64::MIN_POSITIVE);
        let (of_left, of_right) = (share(shared.openings.0, left), share(shared.openings.1, right));
        let opens_alike = of_left.min(of_right) >= OPENING_SHARES.1 || shared.rare >= RARE_OF_FEATURE;
        let opens_alike = opens_alike && of_left.max(of_right) >= OPENING_SHARES.0;
        let pair = StoryPair { left, right, similarity, shared: shared.rare };
        (opens_alike && similarity >= self.threshold).then_some(pair)
    }

    /// Returns the similarity of two texts, 0 to 1.
    pub(super) fn similarity(&self, left: usize, right: usize) -> f64 {
        self.lowered(left, right, self.shared(left, right))
    }

    fn lowered(&self, left: usize, right: usize, shared: Shared) -> f64 {
        let all = self.totals[left].all + self.totals[right].all - shared.weight;
        let rare = shared.rare as f64;
        if shared.weight > 0.0 { (shared.weight / all).min(1.0) * rare / (rare + PRIOR) } else { 0.0 }
    }

    fn shared(&self, left: usize, right: usize) -> Shared {
        let (mut shared, mut rest) = (Shared::default(), &self.texts[right][..]);
        for mine in &self.texts[left] {
            let skipped = rest.iter().take_while(|word| word.hash() < mine.hash()).count();
            rest = &rest[skipped..];
            match rest.first() {
                Some(theirs) if theirs.hash() == mine.hash() => {
                    shared.weight += f64::from(mine.weight.min(theirs.weight));
                    shared.rare += usize::from(mine.is_rare());
                    shared.openings.0 += if mine.is_opening() { f64::from(mine.weight) } else { 0.0 };
                    shared.openings.1 += if theirs.is_opening() { f64::from(theirs.weight) } else { 0.0 };
                }
                Some(_) => {}
                None => break,
            }
        }
        shared
    }

    /// Returns the upper bits of the band keys of a text's sketch.
    pub(super) fn band_keys(&self, text: usize) -> Vec<u32> {
        let weighted = self.texts[text].iter().map(|word| (u64::from(word.hash()), f64::from(word.weight)));
        // Weights are logarithms of small numbers, and signatures those of this banding: neither can be refused.
        let set = WeightedSet::new(weighted).unwrap_or_default();
        let keys = self.banding.keys(&self.hasher.signature(&set)).unwrap_or_default();
        keys.into_iter().map(|key| (key >> 32) as u32).collect()
    }

    /// Returns whether two texts appeared within the window of one another, or are not known not to.
    pub(super) fn is_within_window(&self, left: usize, right: usize) -> bool {
        match (self.rules.window, self.times[left], self.times[right]) {
            (Some(window), Some(left), Some(right)) => left.abs_diff(right) <= window,
            _ => true,
        }
    }
}
