//! A corpus of documents, from the inputs on the command line to its verified pairs.

mod document_reader;
mod hash_runs;
mod id_check;
mod join;
mod joined;
mod passage_search;
mod read_summary;
mod records;
mod rereading;
mod side;
mod work_dir;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use twinprint::SimilarityJoinBuilder;
use twinprint::containment::FracMinHash;
use twinprint::join::{ShardedJoin, work_folder_key};
use twinprint_documents::{Fields, Inputs, Options};

use crate::arguments;
use crate::history::HistorySearch;
use crate::input_error;
use crate::inputs::{self, find_against, refuse_inside_work, refuse_replacing};
use crate::settings::Settings;
pub(crate) use id_check::IdCheck;
pub(crate) use joined::{Joined, Removal};
pub(crate) use read_summary::{OrderedDigest, Passage, ReadSummary};
pub(crate) use records::{REASONS, name_of_rejected, refuse_all_rejected, write_rejected};
pub(crate) use rereading::{CHANGED, Rereading, said};
pub(crate) use side::Side;
use work_dir::WorkDir;

/// A corpus that can be joined.
pub(crate) struct Corpus {
    pub(crate) inputs: Inputs,
    pub(crate) settings: Settings,
    /// The file for records that cannot be read, if they are kept.
    pub(crate) rejected: Option<PathBuf>,
    containment: Option<Containment>,
    /// The share from which contained documents are removed: those inside others or, against another corpus, those with its texts inside.
    removes_contained: Option<f64>,
    /// Whether pairs are judged, so that only copies and edits make clusters.
    judges: bool,
    /// The search for documents that an index has already.
    history: Option<HistorySearch>,
    work: WorkDir,
    /// Whether the files of the join wait for the disk, so that a run continues after a power cut.
    durable: bool,
    /// Whether the costs of the run are predicted from a sample, even if no messages are printed.
    predicts: bool,
    /// Whether the sets are read again when the pairs are found.
    needs_sets: bool,
    /// What shards have done of the join.
    shards: Option<ShardedJoin>,
}

/// The settings of a search for contained texts, which replaces that for similar ones.
struct Containment {
    /// The minimum share of a text's shingles that the other text must have.
    min_share: f64,
    rules: FracMinHash,
}

impl Corpus {
    /// Finds the input files and works out the settings. Writes nothing to a named work folder.
    pub(crate) fn open(corpus: &arguments::Corpus, work: Option<PathBuf>) -> Result<Self> {
        Self::with_settings(corpus, corpus.settings.effective()?, work)
    }

    /// Finds the input files, as [`open`](Self::open) does, of a run whose pairs are judged if the settings say so.
    pub(crate) fn open_judged(corpus: &arguments::Corpus, work: Option<PathBuf>) -> Result<Self> {
        let settings = corpus.settings.effective_judged()?;
        let judges = settings.relation == Some(true);
        Ok(Self { judges, ..Self::with_settings(corpus, settings, work)? })
    }

    /// Finds the input files, as [`open`](Self::open) does, to measure the join of a run whose pairs are judged if the settings say so. A
    /// preset has another threshold for those.
    pub(crate) fn open_before_judging(corpus: &arguments::Corpus) -> Result<Self> {
        Self::with_settings(corpus, corpus.settings.effective_judged()?, None)
    }

    /// Finds the input files, for a run with these settings.
    pub(crate) fn with_settings(corpus: &arguments::Corpus, settings: Settings, work: Option<PathBuf>) -> Result<Self> {
        settings.set_threads()?;
        let inputs = inputs::find(&corpus.inputs, &settings.options())?;
        let work = WorkDir::new(corpus.work.clone().or(work))?;
        Ok(Self {
            inputs,
            settings,
            rejected: None,
            containment: None,
            removes_contained: None,
            judges: false,
            history: None,
            durable: work.is_kept(),
            work,
            predicts: false,
            needs_sets: false,
            shards: None,
        })
    }

    /// Takes the pairs that shards have found, instead of finding them.
    pub(crate) fn of_shards(self, shards: Option<ShardedJoin>) -> Self {
        Self { shards, ..self }
    }

    /// Predicts the costs of the run from a sample, to be put beside the measured ones.
    pub(crate) fn with_prediction(self) -> Self {
        Self { predicts: true, ..self }
    }

    /// Keeps the sets in a temporary folder, too, to be read again.
    pub(crate) fn with_sets(self) -> Self {
        Self { needs_sets: true, ..self }
    }

    /// Says that the work folder, though named, is inside a temporary one.
    pub(crate) fn in_temporary_folder(self) -> Self {
        Self { durable: false, ..self }
    }

    /// Finds the corpus of `--against`, if one is named.
    pub(crate) fn find_against(&self) -> Result<Option<Inputs>> {
        find_against(self.settings.against(), &self.inputs, &self.settings)
    }

    /// Refuses an output that would replace a file that is read, or a work file.
    pub(crate) fn refuse_replacing(&self, option: &str, output: Option<&Path>, against: Option<&Inputs>) -> Result<()> {
        if let WorkDir::Named(work) = &self.work {
            refuse_inside_work(option, output, work)?;
        }
        let against = against.into_iter().flat_map(Inputs::paths);
        refuse_replacing(option, output, self.inputs.paths().chain(against).chain(self.settings.config.as_deref()))
    }

    /// Returns the work folder.
    pub(crate) fn work(&self) -> &Path {
        self.work.path()
    }

    /// Copies standard input and pipes to files without names in the work folder, because they are read more than once.
    pub(crate) fn hold_standard_input(&self) -> Result<()> {
        self.hold(&self.inputs)
    }

    /// Copies those of some inputs to files that can only be read once.
    fn hold(&self, inputs: &Inputs) -> Result<()> {
        if !inputs.can_be_read_again() {
            fs::create_dir_all(self.work()).with_context(|| self.work().display().to_string())?;
            inputs.copy_streams(self.work())?;
        }
        Ok(())
    }

    /// Searches for texts that are contained in others, instead of similar ones.
    pub(crate) fn with_containment(self, min_share: f64, rules: FracMinHash) -> Self {
        Self { containment: Some(Containment { min_share, rules }), ..self }
    }

    /// Also finds the documents that an index has already.
    pub(crate) fn with_history(self, history: Option<HistorySearch>) -> Self {
        Self { history, ..self }
    }

    /// Also finds what `--contained` removes, besides similar documents.
    pub(crate) fn with_contained_removed(self) -> Self {
        Self { removes_contained: self.settings.contained, ..self }
    }

    /// Returns the settings of the join.
    fn builder(&self) -> Result<SimilarityJoinBuilder> {
        let mut builder = self.settings.join(None)?;
        if self.settings.keyed == Some(true) {
            builder = builder.scheme(self.settings.scheme()?.keyed(work_folder_key(self.work())?));
        }
        Ok(match self.containment {
            // Equal sets are grouped before the search, so a threshold of 1 leaves no similar pairs to find.
            Some(Containment { min_share, rules }) => builder.threshold(1.0).containment(min_share, rules),
            None => builder,
        })
    }

    /// Reads the first documents and reports what is wrong with them. Skips standard input and pipes, which can only be read once.
    pub(crate) fn check_first_documents(&self, inputs: &Inputs) -> Result<()> {
        if inputs.can_be_read_again() {
            let (fields, options) = self.reading()?;
            if inputs.read(&options, &fields).next_batch().map_err(input_error::with_remedy(&options))?.is_none() {
                bail!("the inputs hold no documents");
            }
        }
        Ok(())
    }

    /// Returns which fields are read, and how.
    pub(crate) fn reading(&self) -> Result<(Fields, Options)> {
        Ok((self.settings.fields()?, self.settings.options()))
    }
}
