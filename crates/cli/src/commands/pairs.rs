//! `twinprint pairs`.

use anyhow::Result;
use twinprint_documents::Inputs;

use crate::arguments::Pairs;
use crate::corpus::Corpus;
use crate::table::write_pairs;

pub(crate) fn run(command: &Pairs) -> Result<()> {
    let corpus = Corpus::open(&command.corpus, None)?;
    let other = match &command.against[..] {
        [] => None,
        others => Some(Inputs::find(others, &corpus.settings.options())?),
    };
    let joined = corpus.join_against(other.as_ref())?;
    let count = write_pairs(&joined.pairs, other.is_some(), command.output.as_deref())?;
    let megabytes = joined.read.bytes as f64 / 1e6;
    let seconds = (joined.read.seconds + joined.seconds).as_secs_f64();
    tracing::info!("{count} pairs, {seconds:.1} s, {:.1} MB/s", megabytes / seconds);
    Ok(())
}
