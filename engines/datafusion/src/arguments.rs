//! Arguments that the commands of all engines take.

use std::path::PathBuf;

use twinprint::Scheme;

use crate::dedup::Columns;
use crate::settings::Settings;

/// What is deduplicated and how, on a command line.
#[derive(Debug, clap::Args)]
pub struct RunArguments {
    /// Files or folders of Parquet.
    #[arg(required = true)]
    pub inputs: Vec<PathBuf>,
    /// The folder for the stages, kept.parquet and removed.parquet. A run that was interrupted in it goes on.
    #[arg(short, long)]
    pub output: PathBuf,
    /// The column of the text.
    #[arg(long, default_value = "text")]
    text: String,
    /// The column of the id.
    #[arg(long, default_value = "id")]
    id: String,
    /// The column that orders the texts: of similar ones, the first is kept. Defaults to that of the id.
    #[arg(long)]
    order: Option<String>,
    /// The least Jaccard similarity of a pair.
    #[arg(long, default_value_t = 0.5)]
    threshold: f64,
    /// Words per shingle. Defaults to the scheme for news, 3 with 256 hashes.
    #[arg(long)]
    words: Option<u32>,
    /// The most sets of a bucket that are all compared.
    #[arg(long)]
    bucket_limit: Option<usize>,
}

impl RunArguments {
    /// Returns the columns of the inputs.
    #[must_use]
    pub fn columns(&self) -> Columns {
        let order = self.order.as_ref().unwrap_or(&self.id);
        Columns { text: self.text.clone(), id: self.id.clone(), order: order.clone() }
    }

    /// Returns what texts are compared by.
    ///
    /// # Errors
    /// If a shingle cannot have that number of words.
    pub fn settings(&self) -> Result<Settings, twinprint::Error> {
        let scheme = match self.words {
            None => Scheme::news(),
            Some(words) => Scheme::builder().words(words).build()?,
        };
        Ok(Settings { scheme, threshold: self.threshold, bucket_limit: self.bucket_limit, ..Settings::default() })
    }
}
