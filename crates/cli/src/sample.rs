//! A sample of texts, from which the costs of a run are predicted.

use anyhow::Result;
use rayon::prelude::*;
use twinprint::audit::Sample;
use twinprint::lsh::Banding;
use twinprint::plan::{CorpusMeasure, CorpusPlanner};
use twinprint::{Scheme, ShingleSet};

use crate::boilerplate::BoilerplateFilter;

/// The seed of all samples. It is fixed, so that a plan can be repeated.
const SEED: u64 = 1;

/// Maximum size of a sample, in bytes. If texts are very long, the sample has fewer of them.
const MAX_BYTES: usize = 16 << 20;

/// Maximum size of one text, in bytes. Longer ones are cut, so that any sample can hold at least one text.
const MAX_TEXT_BYTES: usize = MAX_BYTES / 2;

/// A sampled text and its source.
pub(crate) struct SampledText {
    pub(crate) text: String,
    /// The number of its source.
    source: u64,
}

/// Draws a uniform sample of texts of limited size.
pub(crate) struct SampledTexts {
    sample: Sample<SampledText>,
    /// Upper bound of the bytes: those of the last count, and those added since.
    bytes: usize,
}

/// The default number of documents in a sample.
pub(crate) const DEFAULT_SAMPLE: usize = 2_000;

impl Default for SampledTexts {
    fn default() -> Self {
        Self::new(DEFAULT_SAMPLE)
    }
}

impl SampledTexts {
    /// Creates an empty sample of up to `size` texts.
    pub(crate) fn new(size: usize) -> Self {
        Self { sample: Sample::new(SEED, size), bytes: 0 }
    }

    /// Offers the text of a document. The number decides whether it is taken.
    pub(crate) fn offer(&mut self, number: u32, text: &str, source: u64) {
        let text = beginning(text, MAX_TEXT_BYTES);
        if self.sample.offer(number, || SampledText { text: text.to_string(), source }) {
            self.bytes += text.len();
            if self.bytes > MAX_BYTES {
                self.make_room();
            }
        }
    }

    /// Halves the sample until its texts fit.
    fn make_room(&mut self) {
        loop {
            let texts = self.sample.values();
            let (count, bytes) = texts.fold((0, 0), |(count, bytes), sampled| (count + 1, bytes + sampled.text.len()));
            self.bytes = bytes;
            if bytes <= MAX_TEXT_BYTES {
                return;
            }
            self.sample.shrink(count / 2);
        }
    }

    /// Shrinks the sample to at most `size` texts. It stays uniform.
    pub(crate) fn shrunk(mut self, size: usize) -> Self {
        self.sample.shrink(size);
        self
    }

    /// Returns the texts in the order of their documents.
    pub(crate) fn into_texts(self) -> Vec<SampledText> {
        self.sample.into_documents().into_iter().map(|(_, sampled)| sampled).collect()
    }
}

/// Returns the beginning of a text: at most `bytes` bytes, cut between characters.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}

/// Measures the sets and similarities of sampled texts, without their boilerplate. Compares sets of up to `elements` elements in all.
pub(crate) fn measure(
    texts: &[SampledText],
    scheme: &Scheme,
    boilerplate: Option<&BoilerplateFilter>,
    elements: u64,
) -> Result<CorpusMeasure> {
    let shingler = scheme.shingler()?;
    let set = |SampledText { text, source }: &SampledText| match boilerplate {
        Some(boilerplate) => boilerplate.without_boilerplate(text, *source),
        None => shingler.set(text),
    };
    let sets: Vec<ShingleSet> = texts.par_iter().map(set).collect();
    Ok(CorpusMeasure::from_sample_within(&sets, SEED, elements))
}

/// Returns a planner for a join with this banding.
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
            assert!(texts.sample.values().map(|sampled| sampled.text.len()).sum::<usize>() <= MAX_BYTES);
        }
        let numbers: Vec<u32> = texts.sample.into_documents().into_iter().map(|(number, _)| number).collect();
        assert!(!numbers.is_empty());
        assert_eq!(numbers, Sample::numbers(SEED, numbers.len(), 200), "it is uniform");
    }

    #[test]
    fn texts_that_are_too_long_are_cut_and_one_is_left() {
        let mut texts = SampledTexts::new(10);
        let long = "火".repeat(MAX_BYTES / 2);
        (0..5).for_each(|number| texts.offer(number, &long, 0));
        let texts = texts.into_texts();
        assert!(!texts.is_empty());
        assert!(texts.iter().all(|sampled| sampled.text.len() == MAX_TEXT_BYTES / 3 * 3));
        assert_eq!((beginning("é", 1), beginning("é", 2), beginning("", 2)), ("", "é", ""));
    }

    #[test]
    fn a_sample_of_nothing_can_be_planned_with() {
        let scheme = Scheme::web();
        let measure = measure(&[], &scheme, None, u64::MAX).expect("text");
        let banding = Banding::new(8, 4).expect("valid");
        assert!(planner(&scheme, 0.8, banding, 1).plan(&measure).is_ok());
    }
}
