//! `twinprint dedup`.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};
use serde_json::json;
use twinprint::Clustering;
use twinprint::dedup::{Losses, Preference};
use twinprint::result::DiskClusters;
use twinprint_documents::{Decision, DuplicateOf, Inputs, SplitCounts, Splitter};

use crate::arguments::Dedup;
use crate::corpus::{Corpus, Joined};
use crate::exit_status::GuardTripped;
use crate::file_names::compression_extension;
use crate::output_dir::{OutputDir, Sides, WORK};
use crate::progress;
use crate::report::{self, Sources};
use crate::sample;
use crate::tsv::{Cluster, write_clusters, write_pairs};

/// The file of clusters. It is written before the limits are checked, so that it shows why they were exceeded.
const CLUSTERS: &str = "clusters.tsv";

/// Number of clusters that the summary lists.
const LARGEST: usize = 10;

pub(crate) fn run(command: &Dedup) -> Result<()> {
    let started = Instant::now();
    let output = command.output.as_deref().filter(|_| !command.dry_run);
    let mut corpus = Corpus::open(&command.corpus, output.map(|folder| folder.join(WORK)))?;
    let Some(folder) = output else {
        return super::plan::print(&corpus, sample::DEFAULT_SAMPLE);
    };
    // Wrong settings are refused before anything is read.
    corpus.settings.fields()?;
    corpus.settings.guard().losses()?;
    corpus.inputs.check_columns(&corpus.settings.options(), &corpus.settings.fields()?)?;
    let against = match &command.against[..] {
        [] => None,
        _ if corpus.settings.preference()? != Preference::First => {
            bail!(
                "--keep has no meaning with --against: only inputs are removed, and never a document of {}",
                command.against.join(", ")
            )
        }
        against => corpus.find_against(against)?,
    };
    corpus.refuse_replacing("--report", command.report.as_deref(), against.as_ref())?;
    let read = Sides { inputs: &corpus.inputs, against: against.as_ref() };
    if command.force {
        // Earlier results are removed only if this run can start.
        against.iter().chain([&corpus.inputs]).try_for_each(|inputs| corpus.check_first_documents(inputs))?;
    }
    let output = OutputDir::open_for_dedup(folder, &corpus.settings, read, command.force)?;
    corpus.hold_standard_input()?;
    let bad = format!("bad.{}", corpus.inputs.format().rejected_extension());
    corpus.rejected = Some(folder.join(&bad));
    let settings = corpus.settings.clone();
    let (inputs, (fields, options)) = (corpus.inputs.clone(), corpus.reading()?);
    let sources = Sources { inputs: &inputs, fields: &fields, options: &options };
    let guard = settings.guard();
    let joined = corpus.join_against(against.as_ref())?;
    if let Some(boilerplate) = &joined.boilerplate {
        output.write_boilerplate(boilerplate)?;
    }

    let mut losses = guard.losses()?;
    let mut clusters = Clusters::default();
    // Computed once, then read by the table, the limits, the split and the report.
    let leaders = joined.clusters(Clustering::Leader)?;
    write_clusters(&joined.pairs, leaders.by_representative()?, Some(&folder.join(CLUSTERS)), |cluster| {
        losses.cluster(cluster.representative_id.clone(), cluster.dropped);
        clusters.add(cluster);
    })?;
    count_by_source(&joined, &leaders, &mut losses)?;
    if against.is_some() {
        // Each document of --against has a cluster of its own. The limit applies to all of them together.
        losses.cluster("documents like those of --against", clusters.dropped);
    }
    if losses.check().is_err() {
        return Err(guard_tripped(&losses, folder).into());
    }
    let pairs = write_pairs(&joined.pairs, against.is_some(), Some(&folder.join("pairs.tsv")))?;
    let (outcome, files) = split(&joined, &leaders, &sources, folder)?;

    if let Some(path) = &command.report {
        report::write(path, &joined, &leaders, &sources, &settings)?;
    }
    let rejected = joined.read.rejected;
    let (stats, seconds) = (joined.pairs.stats(), started.elapsed().as_secs_f64());
    let documents = outcome.kept + outcome.removed;
    let against_summary = against.as_ref().map(|against| {
        json!({
            "inputs": against.paths().map(Path::to_string_lossy).collect::<Vec<_>>(), "documents": joined.read.against,
            "bytes": joined.read.against_bytes,
        })
    });
    // Against another corpus, copies within the inputs are not grouped, so the clusters count them.
    let copies = if against.is_some() { clusters.copies } else { stats.copies };
    let summary = json!({
        "documents": documents, "kept": outcome.kept, "removed": outcome.removed, "set_aside": rejected,
        "empty": stats.empty, "copies": copies, "clusters": clusters.count, "pairs": pairs,
        "threshold": settings.threshold, "scheme": settings.scheme()?.description().trim().replace('\n', ", "),
        "largest_clusters": clusters.largest, "least_jaccard": clusters.least_jaccard,
        "candidates": stats.candidates, "compared": stats.compared, "verified": stats.verified,
        "oversized_buckets": stats.oversized_buckets, "pairs_passed_over": stats.pairs_passed_over,
        "bytes": joined.read.bytes, "seconds": seconds, "files": files, "plan": joined.comparison, "against": against_summary,
    });
    drop(leaders);
    drop(joined);
    output.finish(&summary)?;
    let in_bad = if rejected > 0 { format!(", {rejected} rejected, in {bad}") } else { String::new() };
    eprintln!(
        "{} documents: {} kept, {} removed ({} copies){in_bad}, {} clusters; {seconds:.1} s; see {}",
        documents,
        outcome.kept,
        outcome.removed,
        copies,
        clusters.count,
        folder.display()
    );
    Ok(())
}

/// Returns the error that says which limits were exceeded, and what to do.
fn guard_tripped(losses: &Losses, folder: &Path) -> GuardTripped {
    let mut reasons: Vec<String> = losses.excesses().iter().map(ToString::to_string).collect();
    reasons.push(format!(
        "nothing was removed; check {}, and run the command again with higher limits: --most-of-corpus or --most-of-source",
        folder.join(CLUSTERS).display()
    ));
    GuardTripped(reasons.join("\n"))
}

/// Statistics of the clusters for the summary.
#[derive(Default)]
struct Clusters {
    count: u64,
    /// Documents besides the representatives.
    dropped: u64,
    /// Documents whose sets equal the representative's.
    copies: u64,
    least_jaccard: Option<f64>,
    largest: Vec<serde_json::Value>,
    sizes: Vec<u64>,
}

impl Clusters {
    fn add(&mut self, cluster: &Cluster) {
        self.count += 1;
        self.dropped += cluster.dropped;
        self.copies += cluster.copies;
        self.least_jaccard = self.least_jaccard.into_iter().chain(cluster.least_jaccard).reduce(f64::min);
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

/// Counts the documents that each source loses.
fn count_by_source(joined: &Joined, leaders: &DiskClusters, losses: &mut Losses) -> Result<()> {
    if !joined.read.has_sources() {
        (joined.read.against..joined.read.documents).for_each(|_| losses.document_without_source());
        return Ok(());
    }
    let mut dropped = leaders.members()?;
    let mut next = dropped.next().transpose()?;
    for document in joined.read.against..joined.read.documents {
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

/// Reads the inputs again, and writes each document to the kept or the removed ones. Returns the counts and the names of the files.
fn split(
    joined: &Joined,
    leaders: &DiskClusters,
    sources: &Sources<'_>,
    folder: &Path,
) -> Result<(SplitCounts, Vec<String>)> {
    let names = file_names(sources.inputs);
    let [kept, removed] = names.each_ref().map(|name| folder.join(name));
    let mut ids = joined.pairs.id_lookup()?;
    let mut dropped = leaders.members()?;
    let mut next = dropped.next().transpose()?;
    let splitter = Splitter { kept, removed };
    let against = u64::from(joined.read.against);
    let documents = u64::from(joined.read.documents) - against;
    let bar = progress::documents(documents);
    let split = splitter.try_split(sources.inputs, sources.options, sources.fields, Some(documents), |document| {
        bar.set_position(document);
        let Some(duplicate) = next.filter(|next| u64::from(next.document) == against + document) else {
            return Ok(Decision::Keep);
        };
        next = dropped.next().transpose()?;
        Ok::<_, anyhow::Error>(Decision::Remove(DuplicateOf {
            id: ids.get(duplicate.representative)?.to_string(),
            jaccard: duplicate.jaccard().unwrap_or_default(),
            containment: duplicate.overlap.map_or(0.0, |overlap| overlap.left_in_right()),
        }))
    })?;
    bar.finish_and_clear();
    Ok((split, names.into()))
}

/// Returns the names of the two files: in the format of the inputs, compressed like the first of them.
fn file_names(inputs: &Inputs) -> [String; 2] {
    let (format, compression) = (inputs.format(), compression_extension(inputs));
    [("kept", format.kept_extension()), ("removed", format.removed_extension())]
        .map(|(name, extension)| format!("{name}.{extension}{compression}"))
}
