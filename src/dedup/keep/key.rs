//! Keys that order documents by a preference.

use super::{Facts, Preference};

/// The place of a document in the order of a [`Preference`]. The document with the smallest key is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PreferenceKey(Places);

/// The place by each rule. Most preferences are one rule, whose place takes no memory besides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Places {
    One(Place),
    Several(Box<[Place]>),
}

/// The place by one rule: what is not known comes after what is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    Known(u64),
    NotANumber,
    Missing,
}

impl Preference {
    /// Returns the key of a document. Only keys of the same preference can be compared.
    #[must_use]
    pub fn key(&self, facts: &Facts<'_>) -> PreferenceKey {
        let (mut scores, mut dates) = (facts.scores.iter().copied(), facts.dates.iter().copied());
        let mut place = |rule: &Self| {
            let known = match rule {
                // What comes after the first document was chosen already.
                Self::First | Self::None | Self::InOrder(_) => Some(0),
                Self::Longest => facts.length.map(|length| u64::MAX - length),
                Self::Shortest => facts.length,
                Self::HighestScore { .. } => return Place::of_score(scores.next().flatten(), |rising| !rising),
                Self::LowestScore { .. } => return Place::of_score(scores.next().flatten(), |rising| rising),
                Self::Earliest { .. } => dates.next().flatten().map(rising),
                Self::Latest { .. } => dates.next().flatten().map(|date| !rising(date)),
                Self::Sources(order) => facts.source.and_then(|source| place_of(order, source)),
            };
            known.map_or(Place::Missing, Place::Known)
        };
        PreferenceKey(match self {
            Self::InOrder(_) => Places::Several(self.rules().into_iter().map(&mut place).collect()),
            rule => Places::One(place(rule)),
        })
    }
}

impl PreferenceKey {
    /// Returns bytes that sort as the keys do, for engines outside this crate. They have the same length for all keys of one preference.
    ///
    /// ```
    /// use twinprint::dedup::{Facts, Preference};
    ///
    /// let longest: Preference = "longest".parse()?;
    /// let key = |length| longest.key(&Facts { length: Some(length), ..Facts::default() });
    /// assert!(key(9) < key(5) && key(9).to_sortable_bytes() < key(5).to_sortable_bytes());
    /// # Ok::<(), twinprint::Error>(())
    /// ```
    #[must_use]
    pub fn to_sortable_bytes(&self) -> Vec<u8> {
        let places = match &self.0 {
            Places::One(place) => std::slice::from_ref(place),
            Places::Several(places) => places,
        };
        places.iter().flat_map(|place| place.to_sortable_bytes()).collect()
    }
}

const SIGN: u64 = 1 << 63;

/// Returns a number that rises with the date.
fn rising(date: i64) -> u64 {
    date.cast_unsigned() ^ SIGN
}

impl Place {
    fn to_sortable_bytes(self) -> [u8; 9] {
        let (kind, number) = match self {
            Self::Known(number) => (0, number),
            Self::NotANumber => (1, 0),
            Self::Missing => (2, 0),
        };
        let mut bytes = [kind; 9];
        bytes[1..].copy_from_slice(&number.to_be_bytes());
        bytes
    }

    /// Returns the place of a score; `order` turns a number that rises with the score into its place. Both zeros are one.
    fn of_score(score: Option<f64>, order: impl Fn(u64) -> u64) -> Self {
        match score {
            None => Self::Missing,
            Some(score) if score.is_nan() => Self::NotANumber,
            Some(score) => {
                let bits = (score + 0.0).to_bits();
                // Bits of positive numbers rise with them, those of negative ones fall.
                Self::Known(order(if bits & SIGN == 0 { bits | SIGN } else { !bits }))
            }
        }
    }
}

fn place_of(order: &[String], source: &str) -> Option<u64> {
    order.iter().position(|named| named == source).map(|place| place as u64)
}
