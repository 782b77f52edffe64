//! What a run is made with: a preset, a file of settings, and options, of which the later ones count.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use twinprint::dedup::RemovalLimits;
use twinprint::lsh::Banding;
use twinprint::{Preference, Scheme, SimilarityJoin, SimilarityJoinBuilder};
use twinprint_documents::{BlockField, FieldPath, Fields, Format, Options};

use crate::left_out::LEAST;
use crate::size::Size;

/// Settings, as far as they are said. The effective ones are written as TOML beside the output.
#[derive(Args, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Settings {
    /// Where the other settings begin.
    #[arg(long, value_enum, help_heading = "What is alike")]
    pub(crate) preset: Option<Preset>,
    /// The least Jaccard similarity of shingle sets, greater than 0 and at most 1 [default: 0.5].
    #[arg(long, value_name = "T", allow_negative_numbers = true, help_heading = "What is alike")]
    pub(crate) threshold: Option<f64>,
    /// Words a shingle [default: 3].
    #[arg(long, value_name = "N", conflicts_with = "chars", help_heading = "What is alike")]
    pub(crate) words: Option<u32>,
    /// Characters a shingle, instead of words.
    #[arg(long, value_name = "N", help_heading = "What is alike")]
    pub(crate) chars: Option<u32>,
    /// Hashes of a signature: more of them cost time, and need fewer candidates for the same recall [default: 128].
    #[arg(long, value_name = "K", help_heading = "What is alike")]
    pub(crate) num_hashes: Option<u32>,
    /// Another seed makes other signatures.
    #[arg(long, value_name = "SEED", help_heading = "What is alike")]
    pub(crate) seed: Option<u64>,
    /// The share of pairs at the threshold that must be found [default: 0.99].
    #[arg(long, value_name = "R", help_heading = "What is alike")]
    pub(crate) recall: Option<f64>,
    /// Bands and rows, as 16x6, instead of those planned for the recall.
    #[arg(long, value_name = "BxR", help_heading = "What is alike")]
    pub(crate) banding: Option<String>,
    /// Distinct texts of a bucket that are all compared with one another; in larger ones only with the first [default: 1000].
    #[arg(long, value_name = "N", help_heading = "What is alike")]
    pub(crate) bucket_limit: Option<usize>,
    /// Leave out shingles that at least this share of the documents has, or of those of one --source; reads the inputs twice more.
    #[arg(long, value_name = "SHARE", help_heading = "What is alike")]
    pub(crate) boilerplate: Option<f64>,
    /// Only shingles that at least so many documents have are left out; equal ones count once [default: 10].
    #[arg(long, value_name = "N", help_heading = "What is alike")]
    pub(crate) boilerplate_least: Option<u64>,

    /// The format, where neither the name nor the content of a file shows it.
    #[arg(long, value_enum, help_heading = "What is read")]
    pub(crate) format: Option<FormatName>,
    /// The field of the id; `meta.url` is the field url of the field meta [default: id].
    #[arg(long, value_name = "FIELD", help_heading = "What is read")]
    pub(crate) id: Option<String>,
    /// Make ids of the file's name and the line or row, instead of reading them.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL", conflicts_with = "id", help_heading = "What is read")]
    pub(crate) number: Option<bool>,
    /// The field of the text; several, as title,body, are put together [default: text].
    #[arg(long, value_name = "FIELD", value_delimiter = ',', help_heading = "What is read")]
    pub(crate) text: Option<Vec<String>>,
    /// A field, such as the language: only documents that agree in it are compared; those without it are a block of their own.
    /// Several, as lang,published:month, are one block; :day, :week, :month or :year behind a field takes that of its date, in
    /// UTC (write name:day: if that is all of a name). Dates are as in RFC 3339 or as 20261125, seconds since 1970, or for
    /// :year a year.
    #[arg(long, value_name = "FIELD", value_delimiter = ',', help_heading = "What is read")]
    pub(crate) block: Option<Vec<String>>,
    /// The field of the source, for --keep source:.., for the guard, for --across-sources and for --boilerplate.
    #[arg(long, value_name = "FIELD", help_heading = "What is read")]
    pub(crate) source: Option<String>,
    /// Never compare documents of one source; needs --source.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL", help_heading = "What is read")]
    pub(crate) across_sources: Option<bool>,
    /// What is done with records that cannot be read [default: stop].
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "What is read")]
    pub(crate) bad: Option<Bad>,
    /// Replace bytes that are not UTF-8.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL", help_heading = "What is read")]
    pub(crate) lossy: Option<bool>,

    /// Which of alike documents is kept: first, longest, score:FIELD (highest), earliest:FIELD (a date) or source:A,B,C [default: first].
    #[arg(long, value_name = "RULE", help_heading = "What is kept")]
    pub(crate) keep: Option<String>,
    /// Stop when one cluster (with --against, all of them together) would lose more than this share of all documents [default: 0.5].
    #[arg(long, value_name = "SHARE", help_heading = "What is kept")]
    pub(crate) most_of_corpus: Option<f64>,
    /// Stop when one source would lose more than this share of its documents [default: 1, never].
    #[arg(long, value_name = "SHARE", help_heading = "What is kept")]
    pub(crate) most_of_source: Option<f64>,

    /// Memory to take, all in all, at least 64M [default: 1G].
    #[arg(long, value_name = "SIZE", help_heading = "How it runs")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memory: Option<Size>,
    /// Threads [default: one for each core].
    #[arg(long, value_name = "N", help_heading = "How it runs")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// A TOML file of these settings, named as the options are; options count more.
    #[arg(long, value_name = "FILE", help_heading = "How it runs")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
}

/// What suits a kind of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Preset {
    /// Copies, syndicated versions and edits of articles: words in threes, 256 hashes, threshold 0.5.
    News,
    /// Copies and near-copies of pages, training corpora: words in fives, 128 hashes, threshold 0.8.
    Web,
}

/// What to do with records that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Bad {
    /// Stop at the first, and name it.
    Stop,
    /// Name them, count them and go on; dedup keeps them in a file.
    Aside,
}

/// How documents are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FormatName {
    Jsonl,
    Csv,
    Tsv,
    Parquet,
    Text,
}

impl FormatName {
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Jsonl => Format::JsonLines,
            Self::Csv => Format::Csv,
            Self::Tsv => Format::Tsv,
            Self::Parquet => Format::Parquet,
            Self::Text => Format::Text,
        }
    }
}

/// Field by field, what the first says, else what the second says.
macro_rules! first_said {
    ($first:ident, $second:ident: $($field:ident),*) => {
        Settings { $($field: $first.$field.or($second.$field)),* }
    };
}

impl Settings {
    /// All settings that count, each of them said: options, then the file of settings, then the preset, then defaults.
    pub(crate) fn effective(&self) -> Result<Self> {
        let file = self.config.as_deref().map(Self::read).transpose()?.unwrap_or_default();
        if file.chars.is_some() && file.words.is_some() {
            bail!("both words and chars are set; choose one");
        }
        let said = self.clone().or_weaker(file);
        let preset = said.preset.map(Preset::settings).unwrap_or_default();
        let said = said.or_weaker(preset);
        let words = said.chars.is_none().then_some(3);
        let defaults = Self {
            threshold: Some(0.5),
            words,
            num_hashes: Some(128),
            recall: Some(0.99),
            bucket_limit: Some(1_000),
            boilerplate_least: said.boilerplate.map(|_| LEAST),
            text: Some(vec!["text".to_string()]),
            bad: Some(Bad::Stop),
            keep: Some("first".to_string()),
            most_of_corpus: Some(0.5),
            most_of_source: Some(1.0),
            memory: Some(Size(1 << 30)),
            ..Self::default()
        };
        let said = said.or(defaults);
        if said.across_sources == Some(true) && said.source.is_none() {
            bail!("--across-sources needs --source FIELD");
        }
        if said.boilerplate_least.is_some() && said.boilerplate.is_none() {
            bail!("--boilerplate-least needs --boilerplate SHARE");
        }
        Ok(said)
    }

    /// Field by field, these settings, and what they do not say from others. Words and characters are one setting, and so
    /// are where ids stand and that they are made.
    fn or_weaker(self, mut other: Self) -> Self {
        if self.words.is_some() || self.chars.is_some() {
            (other.words, other.chars) = (None, None);
        }
        if self.id.is_some() || self.number.is_some() {
            (other.id, other.number) = (None, None);
        }
        self.or(other)
    }

    /// Whether each setting is said that has a default, as in a file that a run writes.
    pub(crate) fn is_effective(&self) -> bool {
        self.effective().is_ok_and(|all| Self { memory: self.memory, ..all } == *self)
    }

    /// Reads a file of settings.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    fn or(self, other: Self) -> Self {
        first_said!(self, other: preset, threshold, words, chars, num_hashes, seed, recall, banding, bucket_limit,
            boilerplate, boilerplate_least, format, id, number,
            text, block, source, across_sources, bad, lossy, keep, most_of_corpus, most_of_source, memory, threads, config)
    }

    /// As TOML, without what changes nothing but time.
    pub(crate) fn to_toml(&self) -> Result<String> {
        Ok(toml::to_string(&Self { memory: None, threads: None, ..self.clone() })?)
    }

    /// Whether a run with these settings does what one with the others does, as far as the guard lets it.
    pub(crate) fn same_run(&self, other: &Self) -> bool {
        let of_run = |settings: &Self| Self {
            memory: None,
            threads: None,
            config: None,
            most_of_corpus: None,
            most_of_source: None,
            ..settings.clone()
        };
        of_run(self) == of_run(other)
    }

    pub(crate) fn scheme(&self) -> Result<Scheme> {
        let preset = match self.preset {
            Some(Preset::News) => Some(Scheme::news()),
            Some(Preset::Web) => Some(Scheme::web()),
            None => None,
        };
        let own = Self { preset: None, ..self.clone() }.or(self.preset.map(Preset::settings).unwrap_or_default());
        // A preset has more to it than the number of words, as long as that is its own.
        if let Some(scheme) = preset
            && self.preset.is_some_and(|preset| preset.settings().same_scheme(&own))
        {
            return Ok(scheme);
        }
        let builder = Scheme::builder().num_hashes(self.num_hashes.unwrap_or(128));
        let builder = match (self.chars, self.words) {
            (Some(chars), _) => builder.characters(chars),
            (None, words) => builder.words(words.unwrap_or(3)),
        };
        let builder = self.seed.map_or(builder.clone(), |seed| builder.seed(seed));
        Ok(builder.build()?)
    }

    fn same_scheme(&self, other: &Self) -> bool {
        (self.words, self.chars, self.num_hashes, self.seed) == (other.words, other.chars, other.num_hashes, other.seed)
    }

    /// The join, but for its memory.
    pub(crate) fn join(&self, documents: Option<u64>) -> Result<SimilarityJoinBuilder> {
        let mut builder = SimilarityJoin::builder(&self.scheme()?)
            .threshold(self.threshold.unwrap_or(0.5))
            .recall(self.recall.unwrap_or(0.99))
            .bucket_limit(self.bucket_limit.unwrap_or(1_000))
            .within_blocks(self.block.is_some())
            .across_sources(self.across_sources == Some(true))
            .memory_limit(self.memory.map_or(1 << 30, |size| size.0));
        if let Some(documents) = documents {
            builder = builder.documents(documents);
        }
        Ok(match &self.banding {
            Some(banding) => builder.banding(parse_banding(banding)?),
            None => builder,
        })
    }

    pub(crate) fn fields(&self) -> Result<Fields> {
        let path = |name: &Option<String>| name.as_ref().map(FieldPath::new);
        let keep = self.preference()?;
        let of_keep = |wanted: bool| keep.field().filter(|_| wanted).map(FieldPath::new);
        if matches!(keep, Preference::Sources(_)) && self.source.is_none() {
            bail!("--keep source:.. needs --source FIELD");
        }
        let text = self.text.as_deref().unwrap_or_default();
        // The second reading of a field would be a repetition of the first.
        if let Some((_, name)) = text.iter().enumerate().find(|&(at, name)| text[..at].contains(name)) {
            bail!("--text names the field {name:?} twice; name each field once");
        }
        Ok(Fields {
            id: if self.number == Some(true) { None } else { Some(FieldPath::new(self.id.as_deref().unwrap_or("id"))) },
            text: text.iter().map(FieldPath::new).collect(),
            block: self.block.iter().flatten().map(|field| BlockField::parse(field)).collect(),
            source: path(&self.source),
            score: of_keep(matches!(keep, Preference::HighestScore { .. })),
            date: of_keep(matches!(keep, Preference::Earliest { .. })),
            ..Fields::default()
        })
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            lossy: self.lossy == Some(true),
            skip_bad: self.bad == Some(Bad::Aside),
            repeated_ids: true,
            recursive: true,
            format: self.format.map(FormatName::format),
        }
    }

    pub(crate) fn preference(&self) -> Result<Preference> {
        Ok(self.keep.as_deref().unwrap_or("first").parse()?)
    }

    pub(crate) fn guard(&self) -> RemovalLimits {
        let guard = RemovalLimits::new().max_cluster_share(self.most_of_corpus.unwrap_or(0.5));
        guard.max_source_share(self.most_of_source.unwrap_or(1.0))
    }

    /// Threads for everything that follows.
    pub(crate) fn set_threads(&self) -> Result<()> {
        if let Some(threads) = self.threads {
            if threads.get() > MOST_THREADS {
                bail!("--threads is {threads}; it must be at most {MOST_THREADS}");
            }
            rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global()?;
        }
        Ok(())
    }
}

/// More threads than this serve no machine, and take long to start.
const MOST_THREADS: usize = 1_024;

impl Preset {
    fn settings(self) -> Settings {
        let (words, num_hashes, threshold) = match self {
            Self::News => (3, 256, 0.5),
            Self::Web => (5, 128, 0.8),
        };
        Settings { words: Some(words), num_hashes: Some(num_hashes), threshold: Some(threshold), ..Settings::default() }
    }
}

fn parse_banding(text: &str) -> Result<Banding> {
    let numbers = text.split_once('x').and_then(|(bands, rows)| Some((bands.parse().ok()?, rows.parse().ok()?)));
    let Some((bands, rows)) = numbers else { bail!("banding is {text:?}; say bands and rows, as 16x6") };
    Ok(Banding::new(bands, rows)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_count_more_than_the_preset_and_the_preset_more_than_defaults() {
        let said = Settings { preset: Some(Preset::Web), threshold: Some(0.7), ..Settings::default() };
        let effective = said.effective().expect("sound");
        assert_eq!((effective.words, effective.threshold, effective.num_hashes), (Some(5), Some(0.7), Some(128)));
        assert_eq!(effective.scheme().expect("valid"), Scheme::web());
        let chars = Settings { chars: Some(5), ..said }.effective().expect("sound");
        assert_eq!((chars.words, chars.chars), (None, Some(5)));
        assert_eq!(Settings::default().effective().expect("sound").words, Some(3));
    }

    #[test]
    fn effective_settings_can_be_read_again() {
        let said = Settings {
            text: Some(vec!["title".into(), "body".into()]),
            keep: Some("score:meta.score".into()),
            banding: Some("16x6".into()),
            ..Settings::default()
        };
        let effective = said.effective().expect("sound");
        let again: Settings = toml::from_str(&effective.to_toml().expect("TOML")).expect("TOML");
        assert_eq!(again.effective().expect("sound"), effective);
        assert!(toml::from_str::<Settings>("treshold = 0.5").is_err(), "what is misspelled is refused");
    }
}
