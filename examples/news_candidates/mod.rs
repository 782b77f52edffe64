//! Finds the pairs of texts that are compared, by the phrases that they share.

use std::collections::HashMap;

use twinprint::ShingleSet;
use twinprint::containment::{ContainmentIndex, FracMinHash};
use twinprint::relation::NearestPairs;
use twinprint::result::VerifiedPairs;

use super::news_pairs::Numbers;

/// Of a group of more copies, only pairs with the first are listed.
const MANY_COPIES: usize = 100;
/// With how many similar texts each is compared at most. Copies and edits are more similar than items of one form.
const PARTNERS: u32 = 32;
/// The least share of a text's phrases in a page that contains it.
const CONTAINED: f64 = 0.6;

/// Similar texts.
pub(super) struct Similar {
    /// Each text with its most similar ones.
    pub(super) nearest: Vec<Numbers>,
    /// The number of other pairs. One form may fill thousands of texts.
    pub(super) passed_over: usize,
}

/// Returns the pairs that a join found, in which each text has at most its most similar ones.
pub(super) fn similar(joined: &VerifiedPairs<&str>, ids: &[String]) -> Result<Similar, twinprint::Error> {
    let numbers: HashMap<&str, usize> = ids.iter().map(String::as_str).zip(0..).collect();
    let pairs = joined.all_pairs(MANY_COPIES);
    let numbered = || pairs.iter().map(|pair| (numbers[*pair.left], numbers[*pair.right], pair.jaccard()));
    let mut choice = NearestPairs::new(PARTNERS)?;
    numbered().for_each(|(left, right, jaccard)| choice.add(left as u32, right as u32, jaccard));
    let is_near = |&(left, right, _): &(usize, usize, f64)| choice.contains(left as u32, right as u32);
    let nearest: Vec<Numbers> = numbered().filter(is_near).map(|(left, right, _)| (left, right)).collect();
    Ok(Similar { passed_over: pairs.len() - nearest.len(), nearest })
}

/// Returns the texts that are contained in longer ones, by an index of sampled phrases, which no page is too long for.
pub(super) fn contained(phrases: Vec<ShingleSet>) -> Result<Vec<Numbers>, twinprint::Error> {
    let mut index = ContainmentIndex::new(FracMinHash::default());
    for (number, set) in phrases.into_iter().enumerate() {
        index.insert(number, set)?;
    }
    Ok(index.pairs(CONTAINED)?.iter().map(|pair| (*pair.inner, *pair.outer)).collect())
}
