//! The join of a corpus: reading, candidates, verification.

use std::time::Instant;

use anyhow::{Result, bail};
use tracing::Level;
use twinprint::containment::FracMinHash;
use twinprint::join::JoinStats;
use twinprint::lsh::Banding;
use twinprint::plan::PlanCheck;
use twinprint::result::DiskPairs;
use twinprint_documents::Inputs;

use super::document_reader::DocumentReader;
use super::passage_search::PassageSearch;
use super::side::Side;
use super::{Containment, Corpus, Joined, ReadSummary, refuse_all_rejected};
use crate::boilerplate::BoilerplateFilter;
use crate::interrupt;
use crate::progress;
use crate::relations::Relations;
use crate::sample::{SampledTexts, measure, planner};
use crate::settings::{DEFAULT_FREQUENCY_LIMIT, DEFAULT_ONE_IN};
use crate::statistics;

/// One document in this many is sampled to predict the costs of a run, so that the prediction takes about 1 % of its time.
const DOCUMENTS_PER_SAMPLE: usize = 100;

/// The minimum size of the sample.
const MIN_SAMPLE: usize = 200;

/// Of this many shingles of the corpus, one is compared in the sample: about 1 % of the time of a run, too.
const SHINGLES_PER_COMPARED: u64 = 4;

/// The minimum number of shingles that are compared. They take a few milliseconds.
const MIN_COMPARED: u64 = 4_000_000;

impl Corpus {
    /// Reads all documents and finds the pairs within the corpus.
    pub(crate) fn join(self) -> Result<Joined> {
        self.join_against(None)
    }

    /// Reads all documents and finds the pairs within the corpus or, if another is given, those between the two.
    pub(crate) fn join_against(mut self, against: Option<&Inputs>) -> Result<Joined> {
        if self.judges {
            // Texts are read once more to judge pairs.
            self.hold_standard_input()?;
            against.map_or(Ok(()), |against| self.hold(against))?;
        }
        let boilerplate = self.count_boilerplate(against)?;
        let builder = match (against, self.removes_contained) {
            (Some(_), _) => self.builder()?.across_sources(true),
            (None, Some(share)) => {
                let one_in = self.settings.contained_one_in.unwrap_or(DEFAULT_ONE_IN);
                self.builder()?.containment(share, FracMinHash::new(one_in, self.frequency_limit())?)
            }
            (None, None) => self.builder()?,
        };
        let mut join = match &self.shards {
            Some(shards) => shards.open()?,
            None => {
                // It creates the folder if it is missing, which must not be because the process was interrupted.
                let _section = interrupt::section();
                builder.durable(self.durable).build_on_disk(self.work())?
            }
        };
        if join.stored_len() > 0 && self.shards.is_none() {
            tracing::info!(
                "{}: {} documents are stored already and are not hashed again",
                self.work().display(),
                join.stored_len()
            );
        }
        let mut reader = DocumentReader::new(&self, boilerplate.as_ref(), &mut join)?;
        if let (Some(_), Some(share)) = (against, self.removes_contained) {
            reader.search = Some(PassageSearch::new(&self.settings, share)?);
        }
        let mut read = self.read_sides(reader, against)?;
        boilerplate.as_ref().map_or(Ok(()), BoilerplateFilter::check_unchanged)?;
        tracing::info!("{} documents, {} rejected, read in {:.1?}", read.documents, read.rejected, read.seconds);

        let started = Instant::now();
        let (bar, show) = progress::stages();
        let banding = join.banding();
        let mut pairs = join.finish_with(show)?;
        bar.finish_and_clear();
        tracing::info!("{}", statistics::text(&pairs.stats()));
        if let Some(warning) = statistics::passed_over(&pairs.stats()) {
            tracing::warn!("{warning}");
        }
        let limit = match self.containment {
            Some(Containment { rules, .. }) => ("--frequency-limit", rules.max_document_frequency()),
            None => ("--contained-frequency-limit", self.frequency_limit()),
        };
        if let Some(warning) = statistics::too_common(&pairs.stats(), limit) {
            tracing::warn!("{warning}");
        }
        self.settle_history(&pairs, &mut read)?;
        let relations =
            self.judges.then(|| self.judge(&mut pairs, (against, &read), boilerplate.as_ref())).transpose()?;
        let (sample, compared) = (std::mem::take(&mut read.sample), Instant::now());
        let comparison = match against {
            None => self.compare_with_prediction(sample, boilerplate.as_ref(), &pairs.stats(), banding)?,
            Some(_) => None,
        };
        tracing::debug!("predicting from a sample: {:.1?}", compared.elapsed());
        if !self.needs_sets {
            pairs.discard_sets();
        }
        Ok(Joined { pairs, read, comparison, seconds: started.elapsed(), boilerplate, relations, _work: self.work })
    }

    fn frequency_limit(&self) -> u32 {
        self.settings.contained_frequency_limit.unwrap_or(DEFAULT_FREQUENCY_LIMIT)
    }

    /// Decides which documents take the places of texts of an index, and which are known by the others.
    fn settle_history(&self, pairs: &DiskPairs, read: &mut ReadSummary) -> Result<()> {
        let Some(history) = self.history.as_ref().filter(|_| !read.corrections.is_empty()) else { return Ok(()) };
        let ReadSummary { known, corrections, keys, .. } = read;
        let memory = self.settings.memory_limit().0;
        history.settle(pairs, (known, corrections), |document| keys.get(document as usize), memory)
    }

    /// Judges all pairs by the texts, which are read again.
    fn judge(
        &self,
        pairs: &mut DiskPairs,
        (against, read): (Option<&Inputs>, &ReadSummary),
        boilerplate: Option<&BoilerplateFilter>,
    ) -> Result<Relations> {
        let started = Instant::now();
        let inputs: Vec<&Inputs> = against.into_iter().chain([&self.inputs]).collect();
        let relations = Relations::judge(pairs, (&inputs, &read.keys), &self.settings, (self.work(), boilerplate))?;
        tracing::info!("pairs judged in {:.1?}", started.elapsed());
        Ok(relations)
    }

    /// Reads the corpus of `--against` first, if there is one, then the inputs. The numbers of documents follow that order.
    fn read_sides(&self, mut reader: DocumentReader<'_>, against: Option<&Inputs>) -> Result<ReadSummary> {
        match against {
            None => reader.read(&self.inputs, Side::Within)?,
            Some(against) => {
                reader.read(against, Side::Against)?;
                if reader.summary.documents == 0 {
                    bail!("--against: the other corpus holds no documents to compare with; check its files and --text");
                }
                reader.end_of_against();
                reader.read(&self.inputs, Side::Inputs)?;
            }
        }
        let DocumentReader { summary, field_check, ids, .. } = reader;
        refuse_all_rejected((summary.documents - summary.against).into(), summary.rejected)?;
        field_check.check()?;
        if against.is_none() {
            let (fields, options) = self.reading()?;
            ids.check(&self.inputs, &options, &fields)?;
        }
        Ok(summary)
    }

    /// Counts the shingles that are boilerplate, with `--boilerplate`. Copies standard input to a file for that.
    fn count_boilerplate(&mut self, against: Option<&Inputs>) -> Result<Option<BoilerplateFilter>> {
        if self.settings.boilerplate.is_some() {
            self.hold_standard_input()?;
        }
        let corpora: Vec<&Inputs> = against.into_iter().chain([&self.inputs]).collect();
        BoilerplateFilter::count(&self.settings, &corpora)
    }

    /// Predicts the costs of the join from a sample, and puts them beside the measured ones. Returns nothing where the model does not
    /// hold (with blocks, across sources, and for containment), and where nobody reads it.
    fn compare_with_prediction(
        &self,
        sample: SampledTexts,
        boilerplate: Option<&BoilerplateFilter>,
        stats: &JoinStats,
        banding: Banding,
    ) -> Result<Option<PlanCheck>> {
        let settings = &self.settings;
        if !(self.predicts || tracing::enabled!(Level::INFO))
            || self.containment.is_some()
            || self.removes_contained.is_some()
            || settings.block.is_some()
            || settings.across_sources == Some(true)
        {
            return Ok(None);
        }
        let sample = sample.shrunk((stats.documents as usize / DOCUMENTS_PER_SAMPLE).max(MIN_SAMPLE));
        let scheme = settings.scheme()?;
        let planner = planner(&scheme, settings.threshold(), banding, stats.documents);
        let elements = (stats.shingles / SHINGLES_PER_COMPARED).max(MIN_COMPARED);
        let measure = measure(&sample.into_texts(), &scheme, boilerplate, elements)?;
        let comparison = planner.plan(&measure)?.compare(stats);
        tracing::info!("predicted from a sample, without the bucket limit, and measured:\n{comparison}");
        Ok(Some(comparison))
    }
}
