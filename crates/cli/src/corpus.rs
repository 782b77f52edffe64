//! Inputs to verified pairs.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use tempfile::TempDir;
use twinprint::containment::FracMinHash;
use twinprint::lsh::Banding;
use twinprint::plan::PlanCheck;
use twinprint::{DiskJoin, DiskPairs, Facts, JoinStats, Origin, Preference, PreferenceKey, SimilarityJoinBuilder};
use twinprint_documents::{Batch, Fields, Format, Inputs, Options};

use crate::arguments;
use crate::faults;
use crate::inputs::{self, find_other, refuse_replacing};
use crate::left_out::{LeftOut, TOGETHER, source_of};
use crate::named::Named;
use crate::progress;
use crate::sampled::{SampledTexts, measure, planner};
use crate::settings::Settings;

/// The share of documents by which a run is predicted, so that this costs next to nothing of it; and the least number.
const SAMPLED_ONE_IN: usize = 100;
const LEAST_SAMPLE: usize = 200;

/// A corpus that is going to be joined.
pub(crate) struct Corpus {
    pub(crate) inputs: Inputs,
    pub(crate) settings: Settings,
    /// The file for records that could not be read.
    pub(crate) bad: Option<PathBuf>,
    /// What is looked for instead of similar texts: those that stand inside others, to this share.
    containment: Option<(f64, FracMinHash)>,
    work: Work,
}

/// The folder of the join's files.
enum Work {
    /// One that the user named, or that belongs to the output.
    Named(PathBuf),
    /// One that nobody needs afterwards.
    Passing(TempDir),
}

/// What was read of a corpus.
#[derive(Default)]
pub(crate) struct Read {
    pub(crate) documents: u32,
    /// Those of them that are of the other corpus, and come first.
    pub(crate) others: u32,
    /// Bytes of the corpus, and those of the other.
    pub(crate) bytes: u64,
    pub(crate) other_bytes: u64,
    /// Records that could not be read.
    pub(crate) set_aside: u64,
    /// Where each document stands in the order of preference, unless the first is kept.
    pub(crate) keys: Vec<PreferenceKey>,
    /// The source of each document, by its number in `source_names`; empty where there are none.
    sources: Vec<u32>,
    source_names: Vec<String>,
    source_numbers: HashMap<String, u32>,
    pub(crate) seconds: Duration,
    sample: SampledTexts,
}

/// A corpus that was joined.
pub(crate) struct Joined {
    pub(crate) pairs: DiskPairs,
    pub(crate) read: Read,
    /// What was predicted beside what came.
    pub(crate) comparison: Option<PlanCheck>,
    pub(crate) seconds: Duration,
    /// Shingles that were left out, if any were to be.
    pub(crate) left_out: Option<LeftOut>,
    /// Removed when it is dropped, if nobody needs it.
    _work: Work,
}

impl Corpus {
    /// Looks at what is there. Where the work folder is part of an output, nothing is written to it yet.
    pub(crate) fn open(corpus: &arguments::Corpus, work: Option<PathBuf>) -> Result<Self> {
        let settings = corpus.settings.effective()?;
        settings.set_threads()?;
        let inputs = inputs::find(&corpus.inputs, &settings.options())?;
        let work = match corpus.work.clone().or(work) {
            Some(folder) => Work::Named(folder),
            None => Work::Passing(TempDir::with_prefix("twinprint-").context("the folder for temporary files")?),
        };
        Ok(Self { inputs, settings, bad: None, containment: None, work })
    }

    /// The corpus that this one is compared with, if there is to be one.
    pub(crate) fn other(&self, against: &[String]) -> Result<Option<Inputs>> {
        find_other(against, &self.inputs, &self.settings)
    }

    /// Refuses an output that would replace what is read.
    pub(crate) fn refuse_replacing(&self, option: &str, output: Option<&Path>, other: Option<&Inputs>) -> Result<()> {
        let others = other.into_iter().flat_map(Inputs::paths);
        refuse_replacing(option, output, self.inputs.paths().chain(others).chain(self.settings.config.as_deref()))
    }

    /// The folder of the join's files.
    pub(crate) fn work(&self) -> &Path {
        match &self.work {
            Work::Named(folder) => folder,
            Work::Passing(folder) => folder.path(),
        }
    }

    /// Puts the standard input into a file, where it can be read again.
    pub(crate) fn hold_standard_input(&mut self) -> Result<()> {
        if self.inputs.can_be_read_again() {
            return Ok(());
        }
        if self.inputs.paths().count() > 1 {
            bail!("standard input goes with no other input here, because both are read twice; put it into a file");
        }
        let path = self.work().join(format!("standard-input.{}", ending(self.inputs.format())));
        fs::create_dir_all(self.work()).with_context(|| self.work().display().to_string())?;
        let mut file = fs::File::create(&path).with_context(|| path.display().to_string())?;
        std::io::copy(&mut std::io::stdin().lock(), &mut file).with_context(|| path.display().to_string())?;
        self.inputs = Inputs::find([path], &self.settings.options())?;
        Ok(())
    }

    /// Instead of similar texts, those are looked for that stand inside others, at least to this share.
    pub(crate) fn containing(self, least: f64, rules: FracMinHash) -> Self {
        Self { containment: Some((least, rules)), ..self }
    }

    /// The join, but for its folder.
    fn builder(&self) -> Result<SimilarityJoinBuilder> {
        let builder = self.settings.join(None)?;
        Ok(match self.containment {
            // Equal texts stand together anyway.
            Some((least, rules)) => builder.threshold(1.0).containment(least, rules),
            None => builder,
        })
    }

    /// Reads all documents, and finds the pairs.
    pub(crate) fn join(self) -> Result<Joined> {
        self.join_against(None)
    }

    /// The same, with another corpus before it: then only pairs between the two are found.
    pub(crate) fn join_against(mut self, other: Option<&Inputs>) -> Result<Joined> {
        let left_out = self.left_out(other)?;
        let builder = self.builder()?;
        let builder = if other.is_some() { builder.across_sources(true) } else { builder };
        let mut join = builder.build_in(self.work())?;
        if join.stored() > 0 {
            tracing::info!(
                "{}: {} documents are stored already and are not hashed again",
                self.work().display(),
                join.stored()
            );
        }
        let (mut read, mut named) = (Read::default(), Named::of(&self.settings)?);
        let own = if other.is_some() { Side::Own } else { Side::Fields };
        for (side, inputs) in other.into_iter().map(|other| (Side::Other, other)).chain([(own, &self.inputs)]) {
            self.read(inputs, side, (&mut join, left_out.as_ref()), (&mut read, &mut named))?;
            if side == Side::Other {
                if read.documents == 0 {
                    bail!("--against: the other corpus holds no documents to compare with; see its files and --text");
                }
                (read.others, read.set_aside) = (read.documents, 0);
                read.other_bytes = std::mem::take(&mut read.bytes);
            }
        }
        if read.documents == read.others && read.set_aside == 0 {
            bail!("the inputs hold no documents");
        }
        if read.documents > 0 {
            named.check()?;
        }
        tracing::info!("{} documents, {} set aside, read in {:.1?}", read.documents, read.set_aside, read.seconds);
        let started = Instant::now();
        let (bar, show) = progress::stages();
        let banding = join.banding();
        let pairs = join.finish_with(show)?;
        bar.finish_and_clear();
        tracing::info!("{:?}", pairs.stats());
        let (sample, compared) = (std::mem::take(&mut read.sample), Instant::now());
        let comparison = match other {
            None => self.compare(sample, left_out.as_ref(), &pairs.stats(), banding)?,
            Some(_) => None,
        };
        tracing::debug!("predicting from a sample: {:.1?}", compared.elapsed());
        let checked = Instant::now();
        if other.is_none()
            && let Some((earlier, later)) = pairs.repeated_id()?
        {
            let mut ids = pairs.id_lookup()?;
            let id = ids.get(earlier)?;
            bail!(
                "the id {id:?} is that of document {} and of document {}; make ids unique, or number documents with --number",
                earlier + 1,
                later + 1
            );
        }
        tracing::debug!("looking for repeated ids: {:.1?}", checked.elapsed());
        Ok(Joined { pairs, read, comparison, seconds: started.elapsed(), left_out, _work: self.work })
    }

    /// Shingles to be left out, if any are to be. Standard input is put into a file for it.
    fn left_out(&mut self, other: Option<&Inputs>) -> Result<Option<LeftOut>> {
        if self.settings.boilerplate.is_some() {
            self.hold_standard_input()?;
        }
        let corpora: Vec<&Inputs> = other.into_iter().chain([&self.inputs]).collect();
        LeftOut::count(&self.settings, &corpora)
    }

    /// What a sample lets expect beside what came. Where the settings keep some documents apart, or something else is looked for,
    /// nothing is predicted.
    fn compare(
        &self,
        sample: SampledTexts,
        left_out: Option<&LeftOut>,
        stats: &JoinStats,
        banding: Banding,
    ) -> Result<Option<PlanCheck>> {
        let settings = &self.settings;
        if self.containment.is_some() || settings.block.is_some() || settings.across_sources == Some(true) {
            return Ok(None);
        }
        let sample = sample.shrunk((stats.documents as usize / SAMPLED_ONE_IN).max(LEAST_SAMPLE));
        let scheme = settings.scheme()?;
        let planner = planner(&scheme, settings.threshold.unwrap_or(0.5), banding, stats.documents);
        let comparison = planner.plan(&measure(&sample.into_texts(), &scheme, left_out)?)?.compare(stats);
        tracing::info!("predicted from a sample, without the limit to buckets, and what came:\n{comparison}");
        Ok(Some(comparison))
    }

    fn read(
        &self,
        inputs: &Inputs,
        side: Side,
        (join, left_out): (&mut DiskJoin, Option<&LeftOut>),
        (read, named): (&mut Read, &mut Named),
    ) -> Result<()> {
        let started = Instant::now();
        let (fields, options) = self.reading()?;
        let keep = self.settings.preference()?;
        let mut reader = inputs.read(&options, &fields);
        let bar = progress::bytes(inputs.total_bytes());
        while let Some(batch) = reader.next_batch().map_err(faults::refusal)? {
            for (id, text, facts) in batch.records() {
                check_id(id)?;
                if let Some(facts) = facts {
                    named.note(facts);
                }
                read.note(&keep, text, facts);
            }
            match left_out {
                None => join.extend_from(batch.records().map(|(id, text, facts)| (side.origin(facts), id, text)))?,
                Some(left_out) => push_rest(batch, side, join, left_out)?,
            }
            let bad = self.bad.as_deref().filter(|_| side != Side::Other);
            bar.suspend(|| put_aside(batch, bad, &mut read.set_aside))?;
            bar.set_position(reader.position().bytes);
        }
        bar.finish_and_clear();
        read.bytes += reader.position().bytes;
        read.seconds += started.elapsed();
        Ok(())
    }

    /// Reads the first documents, and says what is wrong with them. Standard input, which could not be read again, is not looked at.
    pub(crate) fn read_first(&self, inputs: &Inputs) -> Result<()> {
        if inputs.can_be_read_again() {
            let (fields, options) = self.reading()?;
            if inputs.read(&options, &fields).next_batch().map_err(faults::refusal)?.is_none() {
                bail!("the inputs hold no documents");
            }
        }
        Ok(())
    }

    /// Which fields are read, and how.
    pub(crate) fn reading(&self) -> Result<(Fields, Options)> {
        Ok((self.settings.fields()?, self.settings.options()))
    }
}

/// Adds documents without the shingles that are left out.
fn push_rest(batch: &Batch, side: Side, join: &mut DiskJoin, left_out: &LeftOut) -> Result<()> {
    let documents: Vec<_> = batch.records().collect();
    for documents in documents.chunks(TOGETHER) {
        let rest = documents.par_iter().map(|(_, text, facts)| left_out.rest_of(text, source_of(*facts)));
        for ((id, _, facts), rest) in documents.iter().zip(rest.collect::<Vec<_>>()) {
            join.push_features_from(side.origin(*facts), id, rest.as_slice())?;
        }
    }
    Ok(())
}

/// Names records that could not be read, counts them, and keeps their bytes in a file, if somebody wants them.
pub(crate) fn put_aside(batch: &Batch, bad: Option<&Path>, count: &mut u64) -> Result<()> {
    for (error, bytes) in batch.set_aside() {
        tracing::warn!("set aside: {error}");
        *count += 1;
        if let Some(bad) = bad {
            let mut options = fs::OpenOptions::new();
            let file = if *count == 1 { options.write(true).create(true).truncate(true) } else { options.append(true) };
            let put = |mut file: fs::File| file.write_all(bytes).and_then(|()| file.write_all(b"\n"));
            file.open(bad).and_then(put).with_context(|| bad.display().to_string())?;
        }
    }
    Ok(())
}

/// Refuses an id that would break a line of a table.
pub(crate) fn check_id(id: &str) -> Result<()> {
    if id.contains(['\t', '\n', '\r']) {
        bail!("the id {id:?} holds a tab or a line break, which would break the output; see --id and --number");
    }
    Ok(())
}

/// The ending of a name that says the format.
pub(crate) fn ending(format: Format) -> &'static str {
    match format {
        Format::JsonLines => "jsonl",
        Format::Csv => "csv",
        Format::Tsv => "tsv",
        Format::Parquet => "parquet",
        Format::Text => "txt",
    }
}

/// The second ending of a name, if what is written is compressed: as the first of the inputs is.
pub(crate) fn packing(inputs: &Inputs) -> String {
    let ending = inputs.paths().next().and_then(|path| path.extension()?.to_str());
    ending.filter(|ending| ["gz", "zst"].contains(ending)).map(|ending| format!(".{ending}")).unwrap_or_default()
}

/// Where documents are from, for the rule which ones are compared.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    /// What their fields say.
    Fields,
    /// The corpus that is compared with another.
    Own,
    /// The other.
    Other,
}

impl Side {
    fn origin(self, facts: Option<&twinprint_documents::Facts>) -> Origin {
        let origin = Origin::default().block(&facts.map(twinprint_documents::Facts::block_name).unwrap_or_default());
        match self {
            Self::Fields => origin.source(facts.and_then(|facts| facts.source.as_deref()).unwrap_or_default()),
            Self::Own => origin.source("own"),
            Self::Other => origin.source("other"),
        }
    }
}

impl Read {
    fn note(&mut self, keep: &Preference, text: &str, facts: Option<&twinprint_documents::Facts>) {
        self.sample.offer(self.documents, text, source_of(facts));
        self.documents += 1;
        let source = facts.and_then(|facts| facts.source.as_deref());
        if *keep != Preference::First {
            let facts = Facts {
                length: Some(text.len() as u64),
                score: facts.and_then(|facts| facts.score),
                date: facts.and_then(|facts| facts.date),
                source,
            };
            self.keys.push(keep.key(&facts));
        }
        if let Some(source) = source {
            let number = match self.source_numbers.get(source) {
                Some(&number) => number,
                None => {
                    let number = self.source_names.len() as u32;
                    self.source_numbers.insert(source.to_string(), number);
                    self.source_names.push(source.to_string());
                    number
                }
            };
            self.sources.resize(self.documents as usize - 1, u32::MAX);
            self.sources.push(number);
        }
    }

    /// Whether any document has a source.
    pub(crate) fn has_sources(&self) -> bool {
        !self.sources.is_empty()
    }

    /// The source of a document, if it has one.
    pub(crate) fn source(&self, document: u32) -> Option<&str> {
        let number = *self.sources.get(document as usize)?;
        self.source_names.get(number as usize).map(String::as_str)
    }
}

impl Joined {
    /// Which documents are dropped, by the order of preference.
    pub(crate) fn dropped(&self) -> Result<twinprint::DroppedDocuments> {
        let keys = &self.read.keys;
        Ok(if keys.is_empty() {
            self.pairs.dropped(twinprint::Keep::First)?
        } else {
            self.pairs.dropped_by_key(|document| keys[document as usize])?
        })
    }

    /// The connected components of the pairs, by the same order.
    pub(crate) fn components(&self) -> Result<twinprint::ComponentMembers> {
        let keys = &self.read.keys;
        Ok(if keys.is_empty() {
            self.pairs.components(twinprint::Keep::First)?
        } else {
            self.pairs.components_by_key(|document| keys[document as usize])?
        })
    }
}
