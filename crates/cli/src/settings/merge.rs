//! The order in which settings count: options, the settings file, the preset, defaults.

use anyhow::{Result, bail};

use super::preset::Preset;
use super::{
    BadRecords, DEFAULT_FREQUENCY_LIMIT, DEFAULT_LEAST_WORDS, DEFAULT_MIN_BOILERPLATE_DOCUMENTS, DEFAULT_ONE_IN,
    Settings, defaults,
};
use crate::byte_size::ByteSize;

/// Takes each field from the first settings, or from the second where the first leave it open.
macro_rules! first_set {
    ($first:ident, $second:ident: $($field:ident),*) => {
        Settings { $($field: $first.$field.or($second.$field)),* }
    };
}

/// The largest window of a compressed file that can be read.
const MAX_WINDOW: u64 = 2 << 30;

/// The minimum of `--memory`, whether a command joins or not.
const MIN_MEMORY: u64 = 64 << 20;

impl Settings {
    /// Returns the settings of a run, in which each one with a default is set.
    pub(crate) fn effective(&self) -> Result<Self> {
        self.effective_of(false)
    }

    /// Returns the settings of a run that judges pairs, if the settings or the preset say so.
    pub(crate) fn effective_judged(&self) -> Result<Self> {
        self.effective_of(true)
    }

    /// Returns the settings that are given: by options or by the settings file.
    pub(crate) fn given(&self) -> Result<Self> {
        let file = self.file.as_deref().cloned().unwrap_or_default();
        if file.chars.is_some() && file.words.is_some() {
            bail!("both words and chars are set; choose one");
        }
        Ok(Self { file: None, ..self.clone() }.or_weaker(file))
    }

    /// Takes what these settings leave open of the scheme from others. A preset that is given counts with all that it fixes.
    pub(crate) fn over_scheme_of(self, other: Self) -> Self {
        let of_preset = self.preset.map(|preset| preset.settings(false)).unwrap_or_default();
        let Self { words, num_hashes, .. } = of_preset;
        self.or_weaker(Self { words, num_hashes, ..Self::default() }).or_weaker(other)
    }

    /// Refuses values that contradict each other, or that nothing can be read with.
    fn refuse_contradictions(&self) -> Result<()> {
        if let (Some(delimiter), Some(quote)) = (&self.delimiter, &self.quote)
            && delimiter == quote
        {
            bail!("--delimiter and --quote are both {delimiter:?}; choose another one for either");
        }
        if self.max_record == Some(ByteSize(0)) {
            bail!("--max-record is 0; it must be at least 1");
        }
        if let Some(memory) = self.memory.filter(|memory| memory.0 < MIN_MEMORY) {
            bail!("--memory is {memory}; it must be at least {}", ByteSize(MIN_MEMORY));
        }
        if let Some(window) = self.max_window.filter(|window| window.0 > MAX_WINDOW) {
            bail!("--max-window is {window}; it must be at most {}", ByteSize(MAX_WINDOW));
        }
        Ok(())
    }

    fn effective_of(&self, can_judge: bool) -> Result<Self> {
        let given = self.given()?;
        given.refuse_contradictions()?;
        let is_judged = can_judge && given.relation.unwrap_or(given.preset == Some(Preset::News));
        let preset = given.preset.map(|preset| preset.settings(is_judged)).unwrap_or_default();
        let given = given.or_weaker(preset);
        let defaults = Self {
            threshold: Some(defaults::THRESHOLD),
            words: given.chars.is_none().then_some(defaults::WORDS),
            num_hashes: Some(defaults::NUM_HASHES),
            recall: Some(defaults::RECALL),
            relation: is_judged.then_some(true),
            bucket_limit: Some(defaults::BUCKET_LIMIT),
            boilerplate_least: given.boilerplate.map(|_| DEFAULT_MIN_BOILERPLATE_DOCUMENTS),
            text: Some(vec!["text".to_string()]),
            bad: Some(BadRecords::Stop),
            keep: Some(defaults::KEEP.to_string()),
            contained_one_in: given.contained.map(|_| DEFAULT_ONE_IN),
            contained_frequency_limit: given.contained.map(|_| DEFAULT_FREQUENCY_LIMIT),
            contained_least_words: given.contained.map(|_| DEFAULT_LEAST_WORDS),
            most_of_corpus: Some(defaults::MOST_OF_CORPUS),
            most_of_source: Some(defaults::MOST_OF_SOURCE),
            memory: Some(defaults::MEMORY),
            ..Self::default()
        };
        let effective = given.or(defaults);
        if effective.across_sources == Some(true) && effective.source.is_none() {
            bail!("--across-sources needs --source FIELD");
        }
        if effective.boilerplate_least.is_some() && effective.boilerplate.is_none() {
            bail!("--boilerplate-least needs --boilerplate SHARE");
        }
        let of_contained = [
            ("--contained-one-in", effective.contained_one_in.is_some()),
            ("--contained-frequency-limit", effective.contained_frequency_limit.is_some()),
            ("--contained-least-words", effective.contained_least_words.is_some()),
            ("--cut", effective.cut == Some(true)),
        ];
        if let (None, Some((option, _))) = (effective.contained, of_contained.iter().find(|(_, is_set)| *is_set)) {
            bail!("{option} needs --contained SHARE");
        }
        if let Some(share) = effective.contained.filter(|share| !(*share > 0.0 && *share <= 1.0)) {
            bail!("--contained is {share}; it must be greater than 0 and at most 1");
        }
        for (option, number) in [
            ("--contained-one-in", effective.contained_one_in),
            ("--contained-frequency-limit", effective.contained_frequency_limit),
        ] {
            if number == Some(0) {
                bail!("{option} is 0; it must be at least 1");
            }
        }
        Ok(effective)
    }

    /// Takes what these settings leave open from weaker ones. Words and characters are two forms of one setting, and so are the field of
    /// the id and numbering, and a banding and the recall that one is planned for: where the stronger settings choose one form, the weaker
    /// ones have no say.
    fn or_weaker(self, mut weaker: Self) -> Self {
        if self.words.is_some() || self.chars.is_some() {
            (weaker.words, weaker.chars) = (None, None);
        }
        if self.id.is_some() || self.number.is_some() {
            (weaker.id, weaker.number) = (None, None);
        }
        if self.banding.is_some() || self.recall.is_some() {
            (weaker.banding, weaker.recall) = (None, None);
        }
        self.or(weaker)
    }

    /// Takes each setting that is open here from others.
    pub(crate) fn or(self, other: Self) -> Self {
        first_set!(self, other: preset, threshold, words, chars, normalize, num_hashes, seed, keyed, recall, banding, bucket_limit, relation,
            boilerplate, boilerplate_least, format, id, number,
            text, block, source, across_sources, bad, lossy, max_record, max_window, delimiter, quote,
            keep, group, contained, contained_one_in, contained_frequency_limit, contained_least_words, cut, most_of_corpus, most_of_source,
            against, index, drop_blank, expand, output_per_file, memory, threads, config, file)
    }

    /// Returns whether a run with these settings computes the same as one with the others. The limits to removal do not count, because they
    /// only decide whether its result is used.
    pub(crate) fn same_run(&self, other: &Self) -> bool {
        self.of_run() == other.of_run()
    }

    /// Returns the settings that decide whether a run succeeds and what it writes.
    pub(crate) fn of_result(&self) -> Self {
        Self { memory: None, threads: None, config: None, max_window: None, ..self.clone() }
    }

    /// Returns the settings that decide what a run computes. What it compares the inputs with is told from others by its files.
    pub(crate) fn of_run(&self) -> Self {
        Self {
            most_of_corpus: None,
            most_of_source: None,
            against: None,
            index: None,
            drop_blank: None,
            expand: None,
            output_per_file: None,
            ..self.of_result()
        }
    }
}
