//! What the library is given for the settings: scheme, join, fields, options, limits.

use std::num::NonZeroUsize;

use anyhow::{Result, bail};
use twinprint::dedup::{Preference, RemovalLimits};
use twinprint::lsh::Banding;
use twinprint::scheme::{FeatureScheme, Tokenization};
use twinprint::{Scheme, SimilarityJoin, SimilarityJoinBuilder};
use twinprint_documents::{BlockField, FieldPath, Fields, Options, Quote};

use super::{BadRecords, FormatName, Preset, Rule, Settings, defaults, single_byte};
use crate::byte_size::ByteSize;

/// The maximum of `--threads`. More help on no machine, and take long to start.
pub(super) const MAX_THREADS: usize = 1_024;

/// The share of `--memory` for what is decompressed ahead, and for rows that wait to be written. The join takes most of it.
const BUFFER_SHARE: u64 = 16;

impl Settings {
    /// Returns the scheme: that of the preset, with the settings that were changed.
    pub(crate) fn scheme(&self) -> Result<Scheme> {
        let preset = self.preset.map_or_else(Scheme::news, Preset::scheme);
        let FeatureScheme::Text(of_preset) = preset.features() else { bail!("the preset has no rules for text") };
        let rules = self.normalize.as_deref().unwrap_or_default();
        let builder = Scheme::builder()
            .num_hashes(self.num_hashes())
            .normalization(Rule::add_all(rules, of_preset.normalization()));
        let builder = match (self.chars, self.words) {
            (Some(chars), _) => builder.characters(chars),
            (None, words) => {
                let words = words.unwrap_or(defaults::WORDS);
                let builder = builder.tokenization(of_preset.tokenization()).tokens(words);
                // A preset has its own number of letters where no spaces are written, for its number of words.
                let of_its_words = self.preset.is_some() && words == of_preset.tokens();
                if of_its_words { builder.spaceless_tokens(of_preset.spaceless_tokens()) } else { builder }
            }
        };
        let builder = self.seed.map_or(builder.clone(), |seed| builder.seed(seed));
        Ok(builder.build()?)
    }

    /// Builds the scheme by whose shingles pairs are judged: the rules were chosen for those of news, so they are used whatever the shingles
    /// of the join. Differences of writing that do not count there do not count here either.
    pub(crate) fn scheme_of_relations(&self) -> Result<Scheme> {
        let news = Self { preset: Some(Preset::News), normalize: self.normalize.clone(), ..Self::default() };
        news.scheme()
    }

    /// Returns settings with this scheme, and all others open; nothing if no settings have it.
    pub(crate) fn from_scheme(scheme: &Scheme) -> Option<Self> {
        let FeatureScheme::Text(text) = scheme.features() else { return None };
        let sketch = scheme.sketch();
        let (tokens, has_words) = (text.tokens(), text.tokenization() != Tokenization::Characters);
        let default_seed = Scheme::news().sketch().seed();
        let mut presets = [None, Some(Preset::News), Some(Preset::Web), Some(Preset::Code)].into_iter();
        presets.find_map(|preset| {
            let FeatureScheme::Text(of_preset) = preset.map_or_else(Scheme::news, Preset::scheme).features().clone()
            else {
                return None;
            };
            let of_preset = of_preset.normalization();
            // Shingles of characters always have single spaces.
            let from = if has_words { of_preset } else { of_preset.collapse_white_space(true) };
            let rules = Rule::between(from, text.normalization())?;
            let settings = Self {
                preset,
                words: has_words.then_some(tokens),
                chars: (!has_words).then_some(tokens),
                normalize: (!rules.is_empty()).then_some(rules),
                num_hashes: Some(sketch.num_hashes()),
                seed: (sketch.seed() != default_seed).then_some(sketch.seed()),
                ..Self::default()
            };
            settings.scheme().is_ok_and(|other| other == *scheme).then_some(settings)
        })
    }

    /// Returns whether an option is given that is part of the scheme.
    pub(crate) fn asks_for_scheme(&self) -> bool {
        let numbers = [self.words, self.chars, self.num_hashes].iter().any(Option::is_some);
        numbers || self.preset.is_some() || self.normalize.is_some() || self.seed.is_some()
    }

    /// Returns the builder of the join; the number of documents makes its plan more precise, where it is known.
    pub(crate) fn join(&self, documents: Option<u64>) -> Result<SimilarityJoinBuilder> {
        let mut builder = SimilarityJoin::builder(&self.scheme()?)
            .threshold(self.threshold())
            .recall(self.recall())
            .bucket_limit(self.bucket_limit())
            .within_blocks(self.block.is_some())
            .across_sources(self.across_sources == Some(true))
            .memory_limit(self.memory_limit().0);
        if let Some(documents) = documents {
            builder = builder.documents(documents);
        }
        Ok(match &self.banding {
            Some(banding) => builder.banding(parse_banding(banding)?),
            None => builder,
        })
    }

    /// Returns the fields that are read.
    pub(crate) fn fields(&self) -> Result<Fields> {
        let keep = self.preference()?;
        if keep.needs_source() && self.source.is_none() {
            bail!("--keep source:.. needs --source FIELD");
        }
        let text = self.text.as_deref().unwrap_or_default();
        if self.text.as_ref().is_some_and(Vec::is_empty) {
            bail!("text names no field; name the fields of the text, such as [\"title\", \"body\"]");
        }
        if text.iter().any(String::is_empty) {
            bail!("--text names a field without a name; leave out the comma at the end, or the one too many");
        }
        // A field named twice would put its text into the document twice.
        if let Some((_, name)) = text.iter().enumerate().find(|&(at, name)| text[..at].contains(name)) {
            bail!("--text names the field {name:?} twice; name each field once");
        }
        Ok(Fields {
            id: if self.number == Some(true) { None } else { Some(FieldPath::new(self.id.as_deref().unwrap_or("id"))) },
            text: text.iter().map(FieldPath::new).collect(),
            block: self.block.iter().flatten().map(|field| BlockField::parse(field)).collect(),
            source: self.source.as_ref().map(FieldPath::new),
            scores: keep.score_fields().into_iter().map(FieldPath::new).collect(),
            dates: keep.date_fields().into_iter().map(FieldPath::new).collect(),
            group: self.group.as_ref().map(FieldPath::new),
            ..Fields::default()
        })
    }

    /// Returns how files are read.
    pub(crate) fn options(&self) -> Options {
        let defaults = Options::default();
        let size = |size: Option<ByteSize>| size.map(|size| size.0);
        let bytes = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let buffer = size(self.memory).map(|memory| bytes(memory / BUFFER_SHARE));
        Options {
            lossy: self.lossy == Some(true),
            skip_bad: self.bad == Some(BadRecords::Aside),
            repeated_ids: true,
            recursive: true,
            format: self.format.map(FormatName::format),
            max_record: size(self.max_record).map_or(defaults.max_record, bytes),
            max_window: size(self.max_window).unwrap_or(defaults.max_window),
            read_ahead: buffer.unwrap_or(defaults.read_ahead),
            row_group: buffer.unwrap_or(defaults.row_group),
            delimiter: self.delimiter.as_deref().and_then(single_byte),
            quote: match self.quote.as_deref() {
                Some("none") => Quote::None,
                quote => quote.and_then(single_byte).map_or(defaults.quote, Quote::Byte),
            },
        }
    }

    /// Returns the rule that chooses the document to keep.
    pub(crate) fn preference(&self) -> Result<Preference> {
        Ok(self.keep.as_deref().unwrap_or(defaults::KEEP).parse()?)
    }

    /// Returns the limits to what a run may remove.
    pub(crate) fn guard(&self) -> Result<RemovalLimits> {
        let of_source = self.most_of_source.unwrap_or(defaults::MOST_OF_SOURCE);
        // A share of 1 limits nothing.
        if of_source < 1.0 && self.source.is_none() {
            bail!("--most-of-source needs --source FIELD");
        }
        Ok(RemovalLimits::new()
            .max_cluster_share(self.most_of_corpus.unwrap_or(defaults::MOST_OF_CORPUS))
            .max_source_share(of_source))
    }

    /// Sets the number of threads for the whole process.
    pub(crate) fn set_threads(&self) -> Result<()> {
        set_threads(self.threads)
    }
}

/// Sets the number of threads for the whole process, if one is given.
pub(crate) fn set_threads(threads: Option<NonZeroUsize>) -> Result<()> {
    if let Some(threads) = threads {
        if threads.get() > MAX_THREADS {
            bail!("--threads is {threads}; it must be at most {MAX_THREADS}");
        }
        rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global()?;
    }
    Ok(())
}

/// Parses the value of `--banding`.
pub(crate) fn parse_banding(text: &str) -> Result<Banding> {
    let numbers = text.split_once('x').and_then(|(bands, rows)| Some((bands.parse().ok()?, rows.parse().ok()?)));
    let Some((bands, rows)) = numbers else {
        bail!("--banding is {text:?}; give the numbers of bands and rows, such as 16x6");
    };
    Ok(Banding::new(bands, rows)?)
}
