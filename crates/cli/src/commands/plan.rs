//! `twinprint plan`, and what `dedup --dry-run` says.

use anyhow::{Result, bail};
use twinprint::plan::CorpusPlanner;

use crate::arguments::Plan;
use crate::corpus::Corpus;
use crate::faults;
use crate::progress;
use crate::sampled::SampledTexts;
use crate::table::Table;

pub(crate) fn run(command: &Plan) -> Result<()> {
    print(&Corpus::open(&command.corpus, None)?, command.sample as usize)
}

/// Reads the corpus once, and prints what a run would be like.
pub(crate) fn print(corpus: &Corpus, size: usize) -> Result<()> {
    let settings = &corpus.settings;
    let mut sample = SampledTexts::new(size);
    let (fields, options) = corpus.reading()?;
    let mut documents = corpus.inputs.read(&options, &fields);
    let bar = progress::bytes(corpus.inputs.total_bytes());
    let (mut count, mut text_bytes) = (0_u32, 0);
    while let Some(batch) = documents.next_batch().map_err(faults::refusal)? {
        for (_, text, _) in batch.records() {
            sample.offer(count, text);
            text_bytes += text.len() as u64;
            count += 1;
        }
        bar.set_position(documents.position().bytes);
    }
    bar.finish_and_clear();
    if count == 0 {
        bail!("the inputs hold no documents");
    }
    let measure = sample.measure(&settings.scheme()?)?;
    let planner = CorpusPlanner::new(settings.threshold.unwrap_or(0.5), u64::from(count));
    let plan = planner.recall(settings.recall.unwrap_or(0.99)).plan(&measure)?;
    let mut out = Table::create(None)?;
    out.line(format_args!("{count} documents, {:.1} MB of text\n{plan}", text_bytes as f64 / 1e6))?;
    let banding = settings.join(None)?.build::<()>()?.banding();
    out.line(format_args!(
        "These settings: {} hashes, {} bands of {} rows; recall {:.4} at the threshold.",
        settings.num_hashes.unwrap_or(128),
        banding.bands(),
        banding.rows(),
        banding.probability(settings.threshold.unwrap_or(0.5))
    ))?;
    out.finish()
}
