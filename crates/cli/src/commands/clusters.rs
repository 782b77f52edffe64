//! `twinprint clusters`.

use anyhow::Result;
use twinprint::Clustering;

use crate::arguments::Clusters;
use crate::corpus::Corpus;
use crate::messages::{self, counted};
use crate::output::Output;
use crate::tables::{TableFormat, write_clusters};

pub(crate) fn run(command: &Clusters) -> Result<()> {
    let corpus = Corpus::open_judged(&command.corpus, None)?;
    corpus.refuse_replacing("--output", command.output.as_deref(), None)?;
    let output = Output::open_result(command.output.as_deref(), command.json)?;
    let joined = corpus.join()?;
    let clustering = if command.components { Clustering::Components } else { Clustering::Leader };
    let (members, mut clusters) = (joined.clusters(clustering)?.by_representative()?, 0_u64);
    write_clusters(&joined.pairs, members, &output, TableFormat::new(command.json), |_| clusters += 1)?;
    tracing::info!("{}", counted(clusters, "cluster", "clusters"));
    if let Some(relations) = &joined.relations {
        relations.warn_of_not_compared(relations.count_not_compared(&joined.pairs)?);
    }
    if let Some(blank) = joined.read.blank_said() {
        messages::result(blank);
    }
    Ok(())
}
