//! `twinprint clusters`.

use anyhow::Result;
use twinprint::Clustering;

use crate::arguments::Clusters;
use crate::corpus::Corpus;
use crate::tsv::write_clusters;

pub(crate) fn run(command: &Clusters) -> Result<()> {
    let corpus = Corpus::open(&command.corpus, None)?;
    corpus.refuse_replacing("--output", command.output.as_deref(), None)?;
    let joined = corpus.join()?;
    let (mut clusters, to) = (0_u64, command.output.as_deref());
    if command.components {
        write_clusters(&joined.pairs, joined.clusters(Clustering::Components)?.by_representative()?, to, |_| {
            clusters += 1;
        })?;
    } else {
        write_clusters(&joined.pairs, joined.clusters(Clustering::Leader)?.by_representative()?, to, |_| {
            clusters += 1;
        })?;
    }
    tracing::info!("{clusters} clusters");
    Ok(())
}
