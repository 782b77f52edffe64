//! Sampled texts, and how they become a plan.

use anyhow::Result;
use rayon::prelude::*;
use twinprint::audit::Sample;
use twinprint::lsh::Banding;
use twinprint::plan::{CorpusMeasure, CorpusPlanner};
use twinprint::{Scheme, ShingleSet};

use crate::left_out::LeftOut;

/// All samples are drawn with one seed, so that a plan can be repeated.
const SEED: u64 = 1;

/// Bytes of texts that are held. Of very long ones fewer are taken.
const MOST_BYTES: usize = 16 << 20;

/// Bytes of one text that are held: so many that there is always room for one.
const LONGEST: usize = MOST_BYTES / 2;

/// A text of the sample.
pub(crate) struct SampledText {
    pub(crate) text: String,
    /// The number of its source.
    source: u64,
}

/// A uniform sample of texts that takes little memory.
pub(crate) struct SampledTexts {
    sample: Sample<SampledText>,
    /// Bytes when they were last counted, and those taken in since.
    bytes: usize,
}

/// Documents that are plenty for a plan.
pub(crate) const ENOUGH: usize = 2_000;

impl Default for SampledTexts {
    fn default() -> Self {
        Self::new(ENOUGH)
    }
}

impl SampledTexts {
    /// A sample of up to so many texts.
    pub(crate) fn new(size: usize) -> Self {
        Self { sample: Sample::new(SEED, size), bytes: 0 }
    }

    /// Offers the text of a document by its number, with that of its source.
    pub(crate) fn offer(&mut self, number: u32, text: &str, source: u64) {
        let text = beginning(text, LONGEST);
        if self.sample.offer(number, || SampledText { text: text.to_string(), source }) {
            self.bytes += text.len();
            if self.bytes > MOST_BYTES {
                self.make_room();
            }
        }
    }

    fn make_room(&mut self) {
        loop {
            let texts = self.sample.values();
            let (count, bytes) = texts.fold((0, 0), |(count, bytes), sampled| (count + 1, bytes + sampled.text.len()));
            self.bytes = bytes;
            if bytes <= LONGEST {
                return;
            }
            self.sample.shrink(count / 2);
        }
    }

    /// No more than so many of the texts.
    pub(crate) fn shrunk(mut self, size: usize) -> Self {
        self.sample.shrink(size);
        self
    }

    /// The texts, in the order of their documents.
    pub(crate) fn into_texts(self) -> Vec<SampledText> {
        self.sample.into_documents().into_iter().map(|(_, sampled)| sampled).collect()
    }
}

/// As much of a text as so many bytes hold.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}

/// What sampled texts are like, without what is left out of them.
pub(crate) fn measure(texts: &[SampledText], scheme: &Scheme, left_out: Option<&LeftOut>) -> Result<CorpusMeasure> {
    let shingler = scheme.shingler()?;
    let set = |SampledText { text, source }: &SampledText| match left_out {
        Some(left_out) => left_out.rest_of(text, *source),
        None => shingler.set(text),
    };
    let sets: Vec<ShingleSet> = texts.par_iter().map(set).collect();
    Ok(CorpusMeasure::from_sample(&sets, SEED))
}

/// Plans a join with this banding.
pub(crate) fn planner(scheme: &Scheme, threshold: f64, banding: Banding, documents: u64) -> CorpusPlanner {
    CorpusPlanner::new(threshold, documents).num_hashes([scheme.sketch().num_hashes()]).banding(banding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_make_the_sample_smaller_and_nothing_else() {
        let mut texts = SampledTexts::new(1_000);
        let long = "x".repeat(1 << 20);
        for number in 0..200 {
            texts.offer(number, &long, 0);
            assert!(texts.sample.values().map(|sampled| sampled.text.len()).sum::<usize>() <= MOST_BYTES);
        }
        let numbers: Vec<u32> = texts.sample.into_documents().into_iter().map(|(number, _)| number).collect();
        assert!(!numbers.is_empty());
        assert_eq!(numbers, Sample::numbers(SEED, numbers.len(), 200), "it is uniform");
    }

    #[test]
    fn texts_that_are_too_long_are_cut_and_one_is_left() {
        let mut texts = SampledTexts::new(10);
        let long = "火".repeat(MOST_BYTES / 2);
        (0..5).for_each(|number| texts.offer(number, &long, 0));
        let texts = texts.into_texts();
        assert!(!texts.is_empty());
        assert!(texts.iter().all(|sampled| sampled.text.len() == LONGEST / 3 * 3));
        assert_eq!((beginning("é", 1), beginning("é", 2), beginning("", 2)), ("", "é", ""));
    }

    #[test]
    fn a_sample_of_nothing_can_be_planned_with() {
        let scheme = Scheme::web();
        let measure = measure(&[], &scheme, None).expect("text");
        let banding = Banding::new(8, 4).expect("valid");
        assert!(planner(&scheme, 0.8, banding, 1).plan(&measure).is_ok());
    }
}
