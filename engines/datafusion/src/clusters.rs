//! Leader clusters by rounds of joins, which hold no more than a bounded number of edges in memory.
//!
//! Nodes are distinct sets, by the numbers of their first texts. An edge has the later and the earlier node.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::{Result, bail};
use datafusion::arrow::array::cast::AsArray;
use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::Int64Type;
use futures::StreamExt;

use crate::stages::Stages;

/// Makes the table `{name}_removed` of `{name}_edges`: `later`, the nodes that leader clusters remove. In the order of their numbers, each
/// node is kept, unless it has an edge to one that was kept before.
///
/// A node's fate is known when that of all its earlier neighbours is. So in each round the nodes without an undecided earlier neighbour
/// are kept, and their later neighbours are removed: the lexicographically first maximal independent set (Blelloch, Fineman, Shun, "Greedy
/// sequential maximal independent set and matching are parallel on average", 2012).
pub(crate) async fn leaders(stages: &mut Stages, name: &str, local_edges: usize) -> Result<()> {
    let mut undecided = format!("{name}_edges");
    let mut count =
        stages.stage(&format!("{name}_undecided"), &format!("SELECT later, earlier FROM {undecided}")).await?;
    let mut removed = Vec::new();
    while count > local_edges {
        let round = format!("{name}_round_{}", removed.len());
        let (now, rest) = (format!("{round}_removed"), format!("{round}_undecided"));
        let query = format!(
            "SELECT DISTINCT u.later FROM {undecided} u LEFT ANTI JOIN {undecided} earlier ON u.earlier = earlier.later"
        );
        stages.stage(&now, &query).await?;
        let query = format!(
            "SELECT u.later, u.earlier FROM {undecided} u LEFT ANTI JOIN {now} gone ON u.later = gone.later \
             LEFT ANTI JOIN {now} gone_too ON u.earlier = gone_too.later"
        );
        count = stages.stage(&rest, &query).await?;
        removed.push(format!("SELECT later FROM {now}"));
        undecided = rest;
    }
    let rest = in_memory(stages, &undecided).await?;
    stages.store(&format!("{name}_rest"), &rest).await?;
    removed.push(format!("SELECT later FROM {name}_rest"));
    stages.stage(&format!("{name}_removed"), &removed.join(" UNION ALL ")).await?;
    Ok(())
}

/// Decides about the last edges, and returns the nodes removed.
async fn in_memory(stages: &Stages, undecided: &str) -> Result<RecordBatch> {
    let query = format!("SELECT later, earlier FROM {undecided} ORDER BY later, earlier");
    let mut batches = stages.context.sql(&query).await?.execute_stream().await?;
    let (mut removed, mut in_order) = (HashSet::new(), Vec::new());
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let [later, earlier] = batch.columns() else { bail!("an edge has two columns") };
        let (later, earlier) = (later.as_primitive::<Int64Type>(), earlier.as_primitive::<Int64Type>());
        for (&later, earlier) in later.values().iter().zip(earlier.values()) {
            if !removed.contains(earlier) && removed.insert(later) {
                in_order.push(later);
            }
        }
    }
    let column: ArrayRef = Arc::new(Int64Array::from(in_order));
    Ok(RecordBatch::try_from_iter([("later", column)])?)
}
