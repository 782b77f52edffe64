//! The settings of a run: options, a settings file, a preset and defaults, in that order.

mod build;
mod config_error;
mod defaults;
mod file;
mod merge;
mod normalize;
mod numbers;
mod preset;
mod written;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use twinprint_documents::Format;

use crate::byte_size::ByteSize;
pub(crate) use build::{parse_banding, set_threads};
use normalize::Rule;
pub(crate) use normalize::named_normalization;
pub(crate) use numbers::{document_frequency, number, threads, whole};
pub(crate) use preset::Preset;
pub(crate) use written::{is_incomplete, without_secrets};

/// The default of `--boilerplate-least`.
pub(crate) const DEFAULT_MIN_BOILERPLATE_DOCUMENTS: u64 = 10;

/// The default of `--contained-one-in`.
pub(crate) const DEFAULT_ONE_IN: u32 = 4;

/// The default of `--contained-frequency-limit`, and of `--frequency-limit` of `contained`.
pub(crate) const DEFAULT_FREQUENCY_LIMIT: u32 = 1_000;

/// The default of `--contained-least-words`.
pub(crate) const DEFAULT_LEAST_WORDS: u32 = 5;

/// The settings that are given. [`Settings::effective`] fills in the rest; a run writes that as TOML beside its output.
#[derive(Args, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Settings {
    /// Start from the settings for one kind of text; other options change them.
    #[arg(long, value_enum, help_heading = "Similarity")]
    pub(crate) preset: Option<Preset>,
    /// Minimum Jaccard similarity of two shingle sets, greater than 0 and at most 1 [default: 0.5].
    #[arg(long, value_parser = number, value_name = "T", allow_negative_numbers = true, help_heading = "Similarity")]
    pub(crate) threshold: Option<f64>,
    /// Words per shingle, signs that are content among them [default: 3].
    #[arg(long, value_parser = whole::<u32>, value_name = "N", conflicts_with = "chars", help_heading = "Similarity")]
    pub(crate) words: Option<u32>,
    /// Characters per shingle, instead of words.
    #[arg(long, value_parser = whole::<u32>, value_name = "N", help_heading = "Similarity")]
    pub(crate) chars: Option<u32>,
    /// Differences of writing that do not count either, besides case, quotes and invisible characters; separated by commas.
    #[arg(long, value_enum, value_name = "RULE", value_delimiter = ',', help_heading = "Similarity")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) normalize: Option<Vec<Rule>>,
    /// Hashes per signature. More of them take longer to compute, but give fewer candidates at the same recall [default: 128].
    #[arg(long, value_parser = whole::<u32>, value_name = "K", visible_alias = "num-perm", help_heading = "Similarity", hide_short_help = true)]
    #[serde(alias = "num-perm")]
    pub(crate) num_hashes: Option<u32>,
    /// Seed of the hash functions.
    #[arg(long, value_parser = whole::<u64>, value_name = "SEED", help_heading = "Similarity", hide_short_help = true)]
    pub(crate) seed: Option<u64>,
    /// Derive the hash functions from a secret key, which the work folder keeps, so that nobody can write texts that
    /// share buckets on purpose.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL", help_heading = "Similarity", hide_short_help = true)]
    pub(crate) keyed: Option<bool>,
    /// Share of the pairs at the threshold that must be found; the banding is planned for it [default: 0.99].
    #[arg(long, value_parser = number, value_name = "R", conflicts_with = "banding", help_heading = "Similarity", hide_short_help = true)]
    pub(crate) recall: Option<f64>,
    /// Numbers of bands and rows, such as 16x6, instead of a banding planned for the recall.
    #[arg(long, value_name = "BxR", help_heading = "Similarity", hide_short_help = true)]
    pub(crate) banding: Option<String>,
    /// Maximum number of distinct texts in a bucket that are all compared with one another. A larger bucket is searched by sketches: each
    /// text is compared with up to 32 times this number. A warning says how many pairs were passed over [default: 1000].
    #[arg(long, value_parser = whole::<usize>, value_name = "N", help_heading = "Similarity", hide_short_help = true)]
    pub(crate) bucket_limit: Option<usize>,
    /// Judge by its text what each pair is: copy, edit, contained, template (one form filled in twice), same-story, background or unrelated.
    /// Only copies and edits make clusters and are removed, and contained texts with --contained [default: true with --preset news].
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL", help_heading = "Similarity")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) relation: Option<bool>,
    /// Ignore shingles that occur in at least this share of all documents or, with --source, of the documents of one source.
    /// Reads the inputs two more times.
    #[arg(long, value_parser = number, value_name = "SHARE", help_heading = "Similarity", hide_short_help = true)]
    pub(crate) boilerplate: Option<f64>,
    /// Minimum number of distinct documents that a shingle must occur in to be boilerplate [default: 10].
    #[arg(long, value_parser = whole::<u64>, value_name = "N", help_heading = "Similarity", hide_short_help = true)]
    pub(crate) boilerplate_least: Option<u64>,

    /// Format of the inputs, where neither the name nor the content of a file shows it.
    #[arg(long, value_enum, help_heading = "Input")]
    pub(crate) format: Option<FormatName>,
    /// Field of the id; `meta.url` is the field url inside the field meta [default: id].
    #[arg(long, value_name = "FIELD", help_heading = "Input")]
    pub(crate) id: Option<String>,
    /// Make ids from the file name and the line or row, instead of reading them. Where files share a name, and for texts, ids have the
    /// path as it was given.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL", conflicts_with = "id", help_heading = "Input")]
    pub(crate) number: Option<bool>,
    /// Field of the text. Several fields, such as title,body, are joined, and so are the texts in a list, such as messages[].content
    /// [default: text].
    #[arg(long, value_name = "FIELD", value_delimiter = ',', help_heading = "Input")]
    pub(crate) text: Option<Vec<String>>,
    /// Field, such as the language, in which two documents must agree to be compared. Documents without it are compared with each
    /// other.
    /// Several fields, such as lang,published:month, must all agree. :day, :week, :month or :year after a field takes that part of
    /// its date, in UTC (write name:day: for a field that is called name:day). Dates are written as in RFC 3339, as 20261125, or
    /// as seconds or milliseconds since 1970; with :year, a year alone is accepted.
    #[arg(long, value_name = "FIELD", value_delimiter = ',', help_heading = "Input", hide_short_help = true)]
    pub(crate) block: Option<Vec<String>>,
    /// Field of the source, such as the site, for --keep source:.., --across-sources, --boilerplate and the limit per source.
    #[arg(long, value_name = "FIELD", help_heading = "Input", hide_short_help = true)]
    pub(crate) source: Option<String>,
    /// Never compare two documents of one source; needs --source.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL", help_heading = "Input", hide_short_help = true)]
    pub(crate) across_sources: Option<bool>,
    /// What to do with records that cannot be read [default: stop].
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Input")]
    pub(crate) bad: Option<BadRecords>,
    /// Replace bytes that are not UTF-8, and halves of surrogate pairs in JSON, by U+FFFD.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL", help_heading = "Input", hide_short_help = true)]
    pub(crate) lossy: Option<bool>,
    /// Maximum size of a line, row, value or text file. Longer records are refused before they take memory [default: 64M].
    #[arg(long, value_name = "SIZE", help_heading = "Input")]
    pub(crate) max_record: Option<ByteSize>,
    /// Maximum window of compressed inputs, up to 2G for dumps made with zstd --long=31. It is held in memory besides --memory
    /// [default: 128M].
    #[arg(long, value_name = "SIZE", help_heading = "Input")]
    pub(crate) max_window: Option<ByteSize>,
    /// Byte between the values of a table, such as ; or | or tab [default: a comma for CSV, a tab for TSV].
    #[arg(long, value_name = "BYTE", value_parser = delimiter, help_heading = "Input")]
    pub(crate) delimiter: Option<String>,
    /// Byte that quotes the values of a table, or none [default: "].
    #[arg(long, value_name = "BYTE", value_parser = quote, help_heading = "Input")]
    pub(crate) quote: Option<String>,

    /// Which document of a cluster to keep: first, longest, shortest, score:FIELD (the highest; score:FIELD:asc the lowest),
    /// latest:FIELD or earliest:FIELD (a date, to the second), or source:A,B,C (in order of preference). Several rules, such as
    /// score:quality,longest, count in their order; a document without the field comes last. With none, every document that has a
    /// duplicate is removed [default: first].
    #[arg(long, value_name = "RULES", help_heading = "Removal")]
    pub(crate) keep: Option<String>,
    /// Field of a group, such as the repository: all documents of a group are kept, or all removed. A group is removed if each of its
    /// documents has a duplicate in a group that is kept. --keep orders the groups by their best documents.
    #[arg(long, value_name = "FIELD", help_heading = "Removal", hide_short_help = true)]
    pub(crate) group: Option<String>,
    /// Also remove documents that are inside a kept one, such as a teaser inside its article: at least this share of
    /// their shingles is in the longer one. With --against, remove the inputs that have a text of the other corpus inside, such as a test
    /// question: a passage with at least this share of its shingles.
    #[arg(long, value_parser = number, value_name = "SHARE", help_heading = "Removal")]
    pub(crate) contained: Option<f64>,
    /// Find contained documents by one shingle in K; with 1, also those of ten words. With --against, all shingles are used [default: 4].
    #[arg(long, value_parser = whole::<u32>, value_name = "K", help_heading = "Removal", hide_short_help = true)]
    pub(crate) contained_one_in: Option<u32>,
    /// Maximum document frequency of the shingles by which contained documents are found; a text of which all shingles are in more
    /// documents is not found in these. At most 1048576; with --against, there is no limit [default: 1000].
    #[arg(long, value_parser = document_frequency, value_name = "N", help_heading = "Removal", hide_short_help = true)]
    pub(crate) contained_frequency_limit: Option<u32>,
    /// Words that a text of --against must have to be searched for inside the inputs. Shorter ones, and those shorter than a shingle, are
    /// only compared as a whole [default: 5].
    #[arg(long, value_parser = whole::<u32>, value_name = "N", help_heading = "Removal", hide_short_help = true)]
    pub(crate) contained_least_words: Option<u32>,
    /// Cut the passages that --contained finds with --against out of the documents, instead of removing these. Documents that are similar
    /// to one of the other corpus as a whole are removed.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, value_name = "BOOL", help_heading = "Removal")]
    pub(crate) cut: Option<bool>,
    /// Stop if one cluster would remove more than this share of all documents, where these are 100 or more. With --against, all removed
    /// documents count as one cluster [default: 0.5].
    #[arg(long, value_parser = number, value_name = "SHARE", visible_alias = "max-cluster-share", help_heading = "Removal")]
    #[serde(alias = "max-cluster-share")]
    pub(crate) most_of_corpus: Option<f64>,
    /// Stop if one source would lose more than this share of its documents, where these are 100 or more [default: 1, which never
    /// stops].
    #[arg(long, value_parser = number, value_name = "SHARE", visible_alias = "max-source-share", help_heading = "Removal")]
    #[serde(alias = "max-source-share")]
    pub(crate) most_of_source: Option<f64>,

    // The options of single commands, which put them here. As settings, they are in the settings file of a run, and count again with it.
    /// The corpus that the inputs are compared with.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "written::inputs")]
    pub(crate) against: Option<Vec<String>>,
    /// The index that the inputs are compared with.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "written::path")]
    pub(crate) index: Option<PathBuf>,
    /// Whether blank documents are removed.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) drop_blank: Option<bool>,
    /// Whether all pairs of copies are listed.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expand: Option<bool>,
    /// Whether each input file has an output file of its own.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output_per_file: Option<bool>,

    /// Memory limit of the whole process, at least 64M [default: 1G].
    #[arg(long, value_name = "SIZE", help_heading = "Execution")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memory: Option<ByteSize>,
    /// Number of threads [default: one per core].
    #[arg(long, value_parser = threads, value_name = "N", help_heading = "Execution", hide_short_help = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// TOML file of these settings, with the names of the options. Options take precedence.
    #[arg(long, value_name = "FILE", help_heading = "Execution", hide_short_help = true)]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
    /// What that file says, from when it is read until it counts.
    #[arg(skip)]
    #[serde(skip)]
    pub(super) file: Option<Box<Settings>>,
}

impl Settings {
    /// Returns the corpus that the inputs are compared with; it is empty if there is none.
    pub(crate) fn against(&self) -> &[String] {
        self.against.as_deref().unwrap_or_default()
    }
}

/// Says what to do with records that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BadRecords {
    /// Stop at the first one and report it.
    Stop,
    /// Reject and report them, and continue; dedup and trim keep them in a file.
    Aside,
}

/// Names a format of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FormatName {
    Jsonl,
    Csv,
    Tsv,
    Parquet,
    /// Arrow IPC and Feather version 2.
    Arrow,
    /// A text per file.
    Text,
    /// A text per line.
    Lines,
    /// An archive with a text per file.
    Tar,
    /// Web archives of texts, such as WET files.
    Warc,
}

impl FormatName {
    /// Returns the format.
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Jsonl => Format::JsonLines,
            Self::Csv => Format::Csv,
            Self::Tsv => Format::Tsv,
            Self::Parquet => Format::Parquet,
            Self::Arrow => Format::Arrow,
            Self::Text => Format::Text,
            Self::Lines => Format::Lines,
            Self::Tar => Format::Tar,
            Self::Warc => Format::Warc,
        }
    }
}

/// Parses the byte between values.
fn delimiter(text: &str) -> Result<String, String> {
    match single_byte(text) {
        Some(b'"') => Err("it quotes values; choose another delimiter".to_string()),
        Some(b'\n' | b'\r') => Err("it ends lines; choose another delimiter".to_string()),
        None => Err("it must be one character of ASCII, or tab".to_string()),
        Some(_) => Ok(text.to_string()),
    }
}

/// Parses the byte that quotes values.
fn quote(text: &str) -> Result<String, String> {
    match (text, single_byte(text)) {
        ("none", _) | (_, Some(_)) => Ok(text.to_string()),
        _ => Err("it must be one character of ASCII, or none".to_string()),
    }
}

/// Returns the byte that a setting names.
fn single_byte(text: &str) -> Option<u8> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Some(b'\t'),
        [byte] if byte.is_ascii() => Some(*byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use twinprint::Scheme;

    use super::*;

    #[test]
    fn options_count_more_than_the_preset_and_the_preset_more_than_defaults() {
        let given = Settings { preset: Some(Preset::Web), threshold: Some(0.7), ..Settings::default() };
        let effective = given.effective().expect("sound");
        assert_eq!((effective.words, effective.threshold, effective.num_hashes), (Some(5), Some(0.7), Some(128)));
        assert_eq!(effective.scheme().expect("valid"), Scheme::web());
        let chars = Settings { chars: Some(5), ..given }.effective().expect("sound");
        assert_eq!((chars.words, chars.chars), (None, Some(5)));
        assert_eq!(Settings::default().effective().expect("sound").words, Some(3));
    }

    #[test]
    fn settings_follow_from_their_scheme() {
        let rules = |rules: &[Rule]| Some(rules.to_vec());
        for preset in [None, Some(Preset::News), Some(Preset::Web), Some(Preset::Code)] {
            for (words, chars) in [(Some(3), None), (Some(4), None), (None, Some(5))] {
                for normalize in [
                    None,
                    rules(&[Rule::Vietnamese]),
                    rules(&[Rule::Arabic, Rule::MaskDigits, Rule::Nfkc]),
                    rules(&[Rule::Persian, Rule::MaskDigits]),
                ] {
                    let seed = words.map(|_| 7);
                    let given = Settings { preset, words, chars, normalize, seed, ..Settings::default() };
                    let scheme = given.scheme().expect("valid");
                    let Some(found) = Settings::from_scheme(&scheme) else { panic!("no settings have {given:?}") };
                    assert_eq!(found.scheme().expect("valid"), scheme, "{given:?}");
                    // What is given counts, and what is not is that of the scheme.
                    let merged = |given: Settings| given.over_scheme_of(found.clone()).scheme().expect("valid");
                    assert_eq!(merged(Settings::default()), scheme);
                    assert_eq!(
                        merged(Settings { num_hashes: Some(64), ..Settings::default() }).sketch().num_hashes(),
                        64
                    );
                }
            }
        }
        let own = Scheme::builder().custom_features("numbers").build().expect("valid");
        let fast = Scheme::builder().algorithm(twinprint::scheme::Algorithm::FastSimilarity).build().expect("valid");
        assert_eq!((Settings::from_scheme(&own), Settings::from_scheme(&fast)), (None, None));
    }

    #[test]
    fn effective_settings_can_be_read_again() {
        let given = Settings {
            text: Some(vec!["title".into(), "body".into()]),
            keep: Some("score:meta.score".into()),
            banding: Some("16x6".into()),
            ..Settings::default()
        };
        let effective = given.effective().expect("sound");
        let again: Settings = toml::from_str(&effective.to_toml().expect("TOML")).expect("TOML");
        assert_eq!(again.effective().expect("sound"), effective);
        assert!(toml::from_str::<Settings>("treshold = 0.5").is_err(), "what is misspelled is refused");
    }
}
