//! `twinprint plan`, which is also `dedup --dry-run`.

use std::time::{Duration, Instant};

use anyhow::Result;
use twinprint::plan::{Choice, CorpusPlanner, CostModel};

use crate::arguments::Plan;
use crate::boilerplate::{BoilerplateFilter, source_of};
use crate::corpus::{Corpus, refuse_all_rejected, write_rejected};
use crate::field_check::FieldCheck;
use crate::input_error;
use crate::messages::counted;
use crate::output::LineSink;
use crate::progress;
use crate::sample::{SampledText, SampledTexts, beginning, measure, planner};
use crate::settings::Settings;

pub(crate) fn run(command: &Plan) -> Result<()> {
    print(&Corpus::open_before_judging(&command.corpus)?, command.sample as usize)
}

/// Reads the corpus once, and prints the predicted costs of a run.
pub(crate) fn print(corpus: &Corpus, size: usize) -> Result<()> {
    let settings = &corpus.settings;
    let boilerplate = BoilerplateFilter::count(settings, &[&corpus.inputs])?;
    let Read { sample, documents, text_bytes, time } = read(corpus, size)?;
    let (scheme, texts) = (settings.scheme()?, sample.into_texts());
    let measure = measure(&texts, &scheme, boilerplate.as_ref(), u64::MAX)?;
    let threshold = settings.threshold();
    let plan = CorpusPlanner::new(threshold, u64::from(documents)).recall(settings.recall()).plan(&measure)?;
    let mut out = LineSink::standard()?;
    out.line(format_args!(
        "{}, {:.1} MB of text\n{plan}",
        counted(documents, "document", "documents"),
        text_bytes as f64 / 1e6
    ))?;
    let banding = settings.join(None)?.planned_banding()?;
    out.line(format_args!(
        "These settings: {}, {} of {}; recall {:.4} at the threshold.",
        counted(settings.num_hashes(), "hash", "hashes"),
        counted(banding.bands(), "band", "bands"),
        counted(banding.rows(), "row", "rows"),
        banding.probability(threshold)
    ))?;
    let cost_model = CostModel::measured(&scheme, &first_texts(&texts))?;
    let plan = planner(&scheme, threshold, banding, u64::from(documents)).cost_model(cost_model).plan(&measure)?;
    if settings.block.is_some() || settings.across_sources == Some(true) {
        out.line(format_args!("The pairs are all those of the corpus: --block and --across-sources leave fewer."))?;
    }
    let per_pair = f64::from(plan.num_hashes()) * cost_model.filter + 2.0 * measure.mean_size() * cost_model.compare;
    out.line(format_args!("{}", said_of_time(&plan.chosen(), settings, time, per_pair)))?;
    out.finish()
}

/// What one reading of the corpus gave.
struct Read {
    sample: SampledTexts,
    documents: u32,
    text_bytes: u64,
    time: Duration,
}

/// Reads the corpus, and refuses what the run would refuse.
fn read(corpus: &Corpus, size: usize) -> Result<Read> {
    let mut sample = SampledTexts::new(size);
    let (fields, options) = corpus.reading()?;
    let mut field_check = FieldCheck::new(&corpus.settings)?;
    let mut reader = corpus.inputs.read(&options, &fields);
    let bar = progress::bytes(corpus.inputs.total_bytes());
    let (mut documents, mut text_bytes, mut rejected) = (0, 0, 0);
    let join = corpus.settings.join(None)?;
    let mut time = Duration::ZERO;
    loop {
        let started = Instant::now();
        let batch = reader.next_batch().map_err(input_error::with_remedy(&options))?;
        time += started.elapsed();
        let Some(batch) = batch else { break };
        for (id, text, facts) in batch.records() {
            join.check_document(documents, id, text)?;
            if let Some(facts) = facts {
                field_check.add(facts);
            }
            sample.offer(documents, text, source_of(facts));
            text_bytes += text.len() as u64;
            documents += 1;
        }
        bar.suspend(|| write_rejected(batch, None, &mut rejected))?;
        bar.set_position(reader.position().bytes);
    }
    bar.finish_and_clear();
    refuse_all_rejected(documents.into(), rejected)?;
    field_check.add_texts(&reader);
    field_check.check()?;
    Ok(Read { sample, documents, text_bytes, time })
}

/// Says how long the run takes, with this time of reading, and this time of the comparison of a pair.
fn said_of_time(chosen: &Choice, settings: &Settings, reading: Duration, per_pair: f64) -> String {
    let threads = rayon::current_num_threads();
    let spared = chosen.pairs_spared(settings.bucket_limit());
    let divided = reading.as_secs_f64() * threads as f64 + chosen.seconds - spared * per_pair;
    let seconds = |threads: usize| divided / threads as f64 + SECONDS_PER_WORK_BYTE * chosen.disk_bytes;
    let with_all = if threads > 1 { format!(", {:.1} s on {threads}", seconds(threads)) } else { String::new() };
    let without = if settings.relation == Some(true) { " Judging the pairs comes on top." } else { "" };
    format!(
        "Time: about {:.1} s on one thread{with_all}; by this machine's speed with some of the texts.{without}",
        seconds(1)
    )
}

/// Maximum size of the texts on which the machine's speed is measured, in bytes.
const MEASURED_BYTES: usize = 2 << 20;

/// Returns the first texts, up to [`MEASURED_BYTES`]; the last one is cut.
fn first_texts(texts: &[SampledText]) -> Vec<&str> {
    let mut room = MEASURED_BYTES;
    let first = texts.iter().map_while(|sampled| {
        let text = (room > 0).then(|| beginning(&sampled.text, room))?;
        room -= text.len();
        Some(text)
    });
    first.collect()
}

/// Seconds per byte of the work folder. More threads do not make writing and reading faster.
const SECONDS_PER_WORK_BYTE: f64 = 2e-9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_measured_with_texts_of_any_length() {
        let lengths = |lengths: &[usize]| -> Vec<usize> {
            let mut sample = SampledTexts::new(lengths.len());
            (0..).zip(lengths).for_each(|(number, &length)| sample.offer(number, &"é".repeat(length / 2), 0));
            first_texts(&sample.into_texts()).into_iter().map(str::len).collect()
        };
        assert_eq!(lengths(&[MEASURED_BYTES + 2]), [MEASURED_BYTES]);
        assert_eq!(lengths(&[0, 10, MEASURED_BYTES, 10]), [0, 10, MEASURED_BYTES - 10]);
        assert_eq!(lengths(&[20 << 20]), [MEASURED_BYTES], "longer than what a sample holds");
        assert_eq!(lengths(&[6, 0, 8]), [6, 0, 8]);
    }
}
