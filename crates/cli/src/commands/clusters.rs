//! `twinprint clusters`.

use anyhow::Result;

use crate::arguments::Clusters;
use crate::corpus::Corpus;
use crate::table::write_clusters;

pub(crate) fn run(command: &Clusters) -> Result<()> {
    let joined = Corpus::open(&command.corpus, None)?.join()?;
    let mut clusters = 0_u64;
    write_clusters(&joined.pairs, joined.dropped()?, command.output.as_deref(), |_| clusters += 1)?;
    tracing::info!("{clusters} clusters");
    Ok(())
}
