//! Which articles tell one story, whatever the outlet and the wording.
//!
//! Rewrites of one story share few phrases. They share names, places and topics: words that few other articles have.
//! [`StoryFinder`] weights words by their rarity (inverse document frequency, K. Sparck Jones 1972), names above other
//! words and the opening above the rest, and compares articles by the weighted Jaccard similarity of these words.
//!
//! ```
//! use twinprint::stories::{StoryFinder, StoryRules, StoryText};
//!
//! let mut finder = StoryFinder::new(StoryRules::default())?;
//! finder.push(StoryText::new(
//!     "Ferry runs aground off Skelby\nThe ferry Halvard ran aground on a sandbank off Skelby on Monday with 212 people on \
//!      board. Lifeboats brought all passengers ashore before noon, the coastguard at Brell said.",
//! ));
//! finder.push(StoryText::new(
//!     "Passengers saved from stranded Halvard\nLifeboats took 212 passengers off the stranded ferry Halvard near Skelby on \
//!      Monday, hours after it struck a sandbank. Nobody was hurt, a spokesman for the Brell coastguard told reporters.",
//! ));
//! finder.push(StoryText::new("Bakers strike over night shifts\nBakers in Orvane walked out over a plan for night shifts."));
//! let index = finder.finish();
//! let stories = index.stories(&index.pairs());
//! assert_eq!(stories.len(), 1);
//! let members: Vec<usize> = stories[0].members.iter().map(|member| member.text).collect();
//! assert_eq!(members, [0, 1]);
//! # Ok::<(), twinprint::Error>(())
//! ```
//!
//! # How it finds them
//!
//! 1. Each text becomes its content words, of which those that other texts have too are kept. Of a word of more than seven
//!    letters the first seven count, because most languages inflect words at the end and join them to longer ones behind. Tables
//!    of figures are left out, but not prose, half of whose words are common ones.
//! 2. Candidates share rare words, or a band of a weighted sketch ([`WeightedMinHasher`](crate::minhash::WeightedMinHasher)),
//!    which finds those of a story so large that its words are not rare. They appeared within the
//!    [window](StoryRules::window) of one another.
//! 3. Each candidate is compared exactly. The similarity is lowered where few rare words carry it, because two short
//!    texts share a few by chance. The opening of each must share words with the other: what only the ends have in common
//!    is background. If many rare words are shared, one of the openings may differ, as that of a feature does.
//! 4. Pairs are joined into stories, the most similar first, if the articles of both sides are similar **on average**
//!    (average linkage; Sokal and Michener 1958). So a chain of pairs is no story. In the end each member must be similar
//!    to the others on average.
//!
//! # Time
//!
//! Templates come back every week, with the same words; stories come in bursts. So give the time of each text, if it is
//! known. If it is not, and the rare words of at least a thousand texts come in bursts along the order of the input, then
//! the order is taken for that of time: [`StoryIndex::order_window`].
//!
//! Pairs may be checked before they are joined: [`TextComparer`](crate::relation::TextComparer) tells templates and
//! background from a story. The command `twinprint stories` and the example `news` do so.
//!
//! # Memory
//!
//! At most 24 bytes for each distinct content word of each text and 500 for the text ([`StoryFinder::memory`]): up to 4 GB for
//! a million articles. BENCHMARKS.md has what was measured.

mod bursts;
mod candidates;
mod index;
#[cfg(test)]
mod language_tests;
mod linkage;
mod profile;
mod rules;
mod search;
mod table;
#[cfg(test)]
mod tests;

pub use index::{StoryFinder, StoryIndex};
pub use profile::{MAX_WORDS, StoryText};
pub use rules::StoryRules;

/// Two texts that may tell one story.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StoryPair {
    /// The number of the text that was pushed first.
    pub left: usize,
    /// The number of the other text.
    pub right: usize,
    /// The weighted Jaccard similarity of their words, 0 to 1, lowered where few rare words are shared.
    pub similarity: f64,
    /// The number of rare words that both have.
    pub shared: usize,
}

/// The texts of one story, the first published first.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredStory"))]
#[non_exhaustive]
pub struct Story {
    /// At least two texts, in the order of time; those without a time come last, in the order of the input.
    pub members: Vec<StoryMember>,
    /// The place in `members` of the text that is most similar to the others.
    pub center: usize,
    /// The different sources of the members, in the same order; empty if none has a source.
    pub sources: Vec<String>,
}

/// A text of a story.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StoryMember {
    /// The number of the text, counted from 0 in the order in which texts were pushed.
    pub text: usize,
    /// Its mean similarity to the other members, 0 to 1; of a large story, to a sample of sixteen.
    pub similarity: f64,
    /// When it appeared, in seconds since 1970, if that was given.
    pub time: Option<i64>,
}

impl Story {
    /// Returns the first time at which a member appeared, if one has a time.
    #[must_use]
    pub fn first_published(&self) -> Option<i64> {
        self.members.iter().filter_map(|member| member.time).min()
    }

    /// Returns the last time at which a member appeared, if one has a time.
    #[must_use]
    pub fn latest(&self) -> Option<i64> {
        self.members.iter().filter_map(|member| member.time).max()
    }
}

/// The fields of a [`Story`] as they are stored, not yet checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct StoredStory {
    members: Vec<StoryMember>,
    center: usize,
    sources: Vec<String>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredStory> for Story {
    type Error = crate::error::Error;

    fn try_from(StoredStory { members, center, sources }: StoredStory) -> Result<Self, crate::error::Error> {
        if center >= members.len() {
            let (value, expected) = (center.to_string(), "the place of a member");
            return Err(crate::error::Error::OutOfRange { field: "center", value, expected });
        }
        Ok(Self { members, center, sources })
    }
}
