//! Why two texts are called alike: estimate, exact overlap and shared passages.
//!
//! [`Evidence`] is for one pair that somebody asks about: a report shows it beside the two texts. To find pairs, use a
//! [join](crate::SimilarityJoin); to compare many pairs of sets, use [`ShingleSet::overlap`] alone.

use crate::error::Error;
use crate::minhash::Estimate;
use crate::passages::{PassageRules, SharedPassages};
use crate::scheme::Scheme;
use crate::set::{Overlap, ShingleSet};

/// Tells everything about how two texts are alike: for a report, or for a reader who doubts a pair.
///
/// ```
/// use twinprint::Scheme;
/// use twinprint::evidence::Evidence;
/// use twinprint::passages::PassageRules;
///
/// let one = "The ferry to Skelby was cancelled on Monday because of high winds, the operator said.";
/// let two = "SKELBY — The ferry to Skelby was cancelled on Monday because of high winds, the operator said.";
/// let evidence = Evidence::new(&Scheme::news(), one, two, PassageRules::default())?;
/// assert_eq!((evidence.overlap.shared(), evidence.overlap.left(), evidence.overlap.right()), (13, 13, 14));
/// assert_eq!(evidence.overlap.left_in_right(), 1.0);
/// let (low, high) = evidence.estimate.interval(1.96);
/// assert!(low < evidence.overlap.jaccard() && evidence.overlap.jaccard() < high);
/// let passage = &evidence.passages.passages()[0];
/// assert_eq!(format!("{}.", &two[passage.right.clone()]), one);
/// # Ok::<(), twinprint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Evidence {
    /// The Jaccard similarity that the signatures estimate. [`Estimate::interval`] gives its confidence interval.
    pub estimate: Estimate,
    /// The exact counts of different shingles of both texts and of those shared. They give the Jaccard similarity and
    /// the containment both ways.
    pub overlap: Overlap,
    /// The passages that both texts have word for word.
    pub passages: SharedPassages,
}

impl Evidence {
    /// Compares two texts in full.
    ///
    /// It is meant for pairs that are already found. It goes over both texts several times, and makes the shingler and
    /// the hash functions of the scheme anew for each pair. Texts without shingles have similarity 0 to everything: all measures are
    /// 0, and there are no passages.
    ///
    /// # Errors
    /// [`Error::NoTextFeatures`] if the scheme has custom features and cannot read text.
    pub fn new(scheme: &Scheme, left: &str, right: &str, rules: PassageRules) -> Result<Self, Error> {
        let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
        let sets: (ShingleSet, ShingleSet) = (shingler.set(left), shingler.set(right));
        let signatures = (hasher.signature(sets.0.as_slice()), hasher.signature(sets.1.as_slice()));
        Ok(Self {
            estimate: signatures.0.estimate(&signatures.1)?,
            overlap: sets.0.overlap(&sets.1),
            passages: SharedPassages::new(&shingler, left, right, rules),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_parts_are_those_of_the_steps_by_hand() {
        let (left, right) = ("a b c d e f g h i j k", "a b c d e f g h x y z");
        let scheme = Scheme::news();
        let evidence = Evidence::new(&scheme, left, right, PassageRules::default()).expect("text");
        assert_eq!(evidence.overlap, Overlap::from_trusted(9, 9, 6));
        assert_eq!(evidence.overlap.jaccard(), 0.5);
        let (hasher, shingler) = (scheme.minhasher(), scheme.shingler().expect("text"));
        let sign = |text| hasher.signature(&shingler.hashes(text));
        assert_eq!(Ok(evidence.estimate), sign(left).estimate(&sign(right)));
        assert_eq!(evidence.passages.passages()[0].left, 0..15);
    }

    #[test]
    fn texts_without_shingles_are_like_nothing() {
        let evidence = Evidence::new(&Scheme::news(), "", "", PassageRules::default()).expect("text");
        assert_eq!((evidence.estimate.jaccard, evidence.overlap.jaccard()), (0.0, 0.0));
        assert_eq!(evidence.passages, SharedPassages::default());
    }

    #[test]
    fn features_of_the_callers_own_have_no_text() {
        let scheme = Scheme::builder().custom_features("n").build().expect("valid");
        let refused = Evidence::new(&scheme, "a", "a", PassageRules::default());
        assert!(matches!(refused, Err(Error::NoTextFeatures { .. })));
    }
}
