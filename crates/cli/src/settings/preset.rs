//! Presets: settings that suit one kind of text.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use twinprint::Scheme;

use super::Settings;

/// Names the settings for one kind of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Preset {
    /// News articles: finds copies, syndicated versions and edits, and tells them from templates and stories by --relation. 3 words per
    /// shingle, 256 hashes, threshold 0.25 (with --relation=false 0.5).
    News,
    /// Web pages and training corpora: finds copies and near-copies. 5 words per shingle, 128 hashes, threshold 0.8.
    Web,
    /// Source code, mathematics and tables: every sign and the case of letters count, spaces and line breaks do not. 10 tokens per shingle,
    /// 128 hashes, threshold 0.7.
    Code,
}

impl Preset {
    /// Returns the settings that the preset fixes. Edits of short items share a quarter of their shingles, and few of the other pairs that
    /// do are duplicates, so the threshold is only as low where pairs are judged.
    pub(super) fn settings(self, is_judged: bool) -> Settings {
        let (words, num_hashes, threshold) = match self {
            Self::News if is_judged => (3, 256, 0.25),
            Self::News => (3, 256, 0.5),
            Self::Web => (5, 128, 0.8),
            Self::Code => (10, 128, 0.7),
        };
        Settings { words: Some(words), num_hashes: Some(num_hashes), threshold: Some(threshold), ..Settings::default() }
    }

    /// Returns the scheme of the preset, which also normalizes the text in its own way.
    pub(super) fn scheme(self) -> Scheme {
        match self {
            Self::News => Scheme::news(),
            Self::Web => Scheme::web(),
            Self::Code => Scheme::code(),
        }
    }
}
