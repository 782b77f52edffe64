//! `twinprint dedup`.

use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::json;
use twinprint_documents::{Removal, Split};

use crate::arguments::Dedup;
use crate::corpus::{Corpus, Joined};
use crate::folder::Output;
use crate::table::{Cluster, write_clusters, write_pairs};
use crate::{Stopped, of_split};

/// Clusters that the summary names.
const LARGEST: usize = 10;

/// Documents that a plan looks at closely.
const SAMPLE: usize = 2_000;

pub(crate) fn run(command: &Dedup) -> Result<()> {
    let started = Instant::now();
    let mut corpus = Corpus::open(&command.corpus, command.output.as_ref().map(|folder| folder.join("work")))?;
    let Some(folder) = command.output.as_deref().filter(|_| !command.dry_run) else {
        return super::plan::print(&corpus, SAMPLE);
    };
    // Refused before anything is read.
    corpus.settings.fields()?;
    corpus.settings.guard().losses()?;
    let output = Output::open(folder, &corpus.settings, &corpus.inputs, command.force)?;
    corpus.hold_standard_input()?;
    let (inputs, settings) = (corpus.inputs.clone(), corpus.settings.clone());
    let guard = settings.guard();
    let joined = corpus.join()?;

    let mut losses = guard.losses()?;
    let mut clusters = Clusters::default();
    write_clusters(&joined.pairs, joined.dropped()?, Some(&folder.join("clusters.tsv")), |cluster| {
        losses.cluster(cluster.representative_id.clone(), cluster.dropped);
        clusters.add(cluster);
    })?;
    count(&joined, &mut losses)?;
    if losses.check().is_err() {
        let excesses = losses.excesses();
        let reasons: Vec<String> = excesses.iter().map(ToString::to_string).collect();
        return Err(Stopped(reasons.join("\n")).into());
    }
    let pairs = write_pairs(&joined.pairs, false, Some(&folder.join("pairs.tsv")))?;
    let outcome = split(&joined, &inputs, &output)?;

    let (stats, seconds) = (joined.pairs.stats(), started.elapsed().as_secs_f64());
    let files: Vec<_> = outcome.files.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    let summary = json!({
        "documents": stats.documents, "kept": outcome.kept, "removed": outcome.removed, "set_aside": outcome.bad,
        "empty": stats.empty, "copies": stats.copies, "clusters": clusters.count, "pairs": pairs,
        "threshold": settings.threshold, "scheme": settings.scheme()?.description(),
        "largest_clusters": clusters.largest, "least_jaccard": clusters.least_jaccard,
        "candidates": stats.candidates, "compared": stats.compared, "verified": stats.verified,
        "oversized_buckets": stats.oversized_buckets, "pairs_passed_over": stats.pairs_passed_over,
        "bytes": joined.read.bytes, "seconds": seconds, "files": files,
    });
    drop(joined);
    output.finish(&summary)?;
    eprintln!(
        "{} documents: {} kept, {} removed ({} copies), {} set aside, {} clusters; {seconds:.1} s; see {}",
        stats.documents,
        outcome.kept,
        outcome.removed,
        stats.copies,
        outcome.bad,
        clusters.count,
        folder.display()
    );
    Ok(())
}

/// What the summary says of clusters.
#[derive(Default)]
struct Clusters {
    count: u64,
    least_jaccard: Option<f64>,
    largest: Vec<serde_json::Value>,
    sizes: Vec<u64>,
}

impl Clusters {
    fn add(&mut self, cluster: &Cluster) {
        self.count += 1;
        self.least_jaccard = Some(self.least_jaccard.unwrap_or(1.0).min(cluster.least_jaccard));
        let size = cluster.dropped + 1;
        let at = self.sizes.partition_point(|&other| other >= size);
        if at < LARGEST {
            let entry = json!({"representative": cluster.representative_id, "documents": size, "least_jaccard": cluster.least_jaccard});
            self.sizes.insert(at, size);
            self.largest.insert(at, entry);
            self.sizes.truncate(LARGEST);
            self.largest.truncate(LARGEST);
        }
    }
}

/// Counts what each source loses.
fn count(joined: &Joined, losses: &mut twinprint::Losses) -> Result<()> {
    let mut dropped = joined.dropped()?;
    let mut next = dropped.next().transpose()?;
    for document in 0..joined.read.documents {
        let is_dropped = next.is_some_and(|next| next.document == document);
        if is_dropped {
            next = dropped.next().transpose()?;
        }
        match joined.read.source(document) {
            Some(source) => losses.document(source, is_dropped),
            None => losses.document_without_source(),
        }
    }
    Ok(())
}

/// Goes through the inputs again.
fn split(
    joined: &Joined,
    inputs: &twinprint_documents::Inputs,
    output: &Output,
) -> Result<twinprint_documents::Outcome> {
    let mut ids = joined.pairs.id_lookup()?;
    let mut dropped = joined.dropped()?;
    let mut next = dropped.next().transpose()?;
    let judge = |document: u32| -> Result<Option<Removal>, twinprint::Error> {
        let Some(removed) = next.filter(|next| next.document == document) else { return Ok(None) };
        next = dropped.next().transpose()?;
        Ok(Some(Removal {
            duplicate_of: ids.get(removed.representative)?.to_string(),
            jaccard: removed.jaccard(),
            containment: removed.overlap.containment(),
        }))
    };
    // What an interrupted run had finished is written anew.
    let kept = output.path().join("kept");
    if kept.is_dir() {
        std::fs::remove_dir_all(&kept).with_context(|| kept.display().to_string())?;
    }
    let split = Split { folder: output.path().into() };
    split.run(inputs, &joined.read.set_aside, joined.read.documents, judge).map_err(of_split)
}
