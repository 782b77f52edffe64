//! `twinprint dedup`.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};
use serde_json::json;
use twinprint::Preference;
use twinprint::dedup::RemovalCounts;
use twinprint_documents::{Duplicate, Format, Inputs, Split, Splitter, Verdict};

use crate::Stopped;
use crate::arguments::Dedup;
use crate::corpus::{Corpus, Joined, ending, packing};
use crate::folder::{Output, Sides, WORK};
use crate::progress;
use crate::report::{self, Sources};
use crate::sampled;
use crate::table::{Cluster, write_clusters, write_pairs};

/// The file of clusters, which can be looked at when the guard stops too.
const CLUSTERS: &str = "clusters.tsv";

/// Clusters that the summary names.
const LARGEST: usize = 10;

pub(crate) fn run(command: &Dedup) -> Result<()> {
    let started = Instant::now();
    let output = command.output.as_deref().filter(|_| !command.dry_run);
    let mut corpus = Corpus::open(&command.corpus, output.map(|folder| folder.join(WORK)))?;
    let Some(folder) = output else {
        return super::plan::print(&corpus, sampled::ENOUGH);
    };
    // Refused before anything is read.
    corpus.settings.fields()?;
    corpus.settings.guard().counts()?;
    corpus.inputs.check_columns(&corpus.settings.options(), &corpus.settings.fields()?)?;
    let other = match &command.against[..] {
        [] => None,
        _ if corpus.settings.preference()? != Preference::First => {
            bail!(
                "--keep has no meaning with --against: what is removed is always an input, and never one of {}",
                command.against.join(", ")
            )
        }
        others => corpus.other(others)?,
    };
    corpus.refuse_replacing("--report", command.report.as_deref(), other.as_ref())?;
    let read = Sides { own: &corpus.inputs, other: other.as_ref() };
    if command.force {
        // Earlier results go only for a run that can begin.
        other.iter().chain([&corpus.inputs]).try_for_each(|inputs| corpus.read_first(inputs))?;
    }
    let output = Output::open(folder, &corpus.settings, read, command.force)?;
    corpus.hold_standard_input()?;
    let bad = format!("bad.{}", ending(corpus.inputs.format()));
    corpus.bad = Some(folder.join(&bad));
    let settings = corpus.settings.clone();
    let (inputs, (fields, options)) = (corpus.inputs.clone(), corpus.reading()?);
    let sources = Sources { inputs: &inputs, fields: &fields, options: &options };
    let guard = settings.guard();
    let joined = corpus.join_against(other.as_ref())?;
    if let Some(left_out) = &joined.left_out {
        output.write_boilerplate(left_out)?;
    }

    let mut counts = guard.counts()?;
    let mut clusters = Clusters::default();
    write_clusters(&joined.pairs, joined.dropped()?.by_representative()?, Some(&folder.join(CLUSTERS)), |cluster| {
        counts.add_cluster(cluster.representative_id.clone(), cluster.dropped);
        clusters.add(cluster);
    })?;
    count(&joined, &mut counts)?;
    if other.is_some() {
        // Each of the other corpus is a cluster of its own; what counts is how much all of them take away.
        counts.add_cluster("documents like those of --against", clusters.dropped);
    }
    if counts.check().is_err() {
        return Err(stopped(&counts, folder).into());
    }
    let pairs = write_pairs(&joined.pairs, other.is_some(), Some(&folder.join("pairs.tsv")))?;
    let (outcome, files) = split(&joined, &sources, folder)?;

    if let Some(path) = &command.report {
        report::write(path, &joined, &sources, &settings)?;
    }
    let set_aside = joined.read.set_aside;
    let (stats, seconds) = (joined.pairs.stats(), started.elapsed().as_secs_f64());
    let documents = outcome.kept + outcome.removed;
    let against = other
        .as_ref()
        .map(|other| json!({"inputs": other.paths().collect::<Vec<_>>(), "documents": joined.read.others, "bytes": joined.read.other_bytes}));
    // Compared with another corpus, each document stands alone in the join.
    let copies = if other.is_some() { clusters.copies } else { stats.copies };
    let summary = json!({
        "documents": documents, "kept": outcome.kept, "removed": outcome.removed, "set_aside": set_aside,
        "empty": stats.empty, "copies": copies, "clusters": clusters.count, "pairs": pairs,
        "threshold": settings.threshold, "scheme": settings.scheme()?.description().trim().replace('\n', ", "),
        "largest_clusters": clusters.largest, "least_jaccard": clusters.least_jaccard,
        "candidates": stats.candidates, "compared": stats.compared, "verified": stats.verified,
        "oversized_buckets": stats.oversized_buckets, "pairs_passed_over": stats.pairs_passed_over,
        "bytes": joined.read.bytes, "seconds": seconds, "files": files, "plan": joined.comparison, "against": against,
    });
    drop(joined);
    output.finish(&summary)?;
    let set_aside = if set_aside > 0 { format!(", {set_aside} set aside in {bad}") } else { String::new() };
    eprintln!(
        "{} documents: {} kept, {} removed ({} copies){set_aside}, {} clusters; {seconds:.1} s; see {}",
        documents,
        outcome.kept,
        outcome.removed,
        copies,
        clusters.count,
        folder.display()
    );
    Ok(())
}

/// Why the guard stopped, and what can be done.
fn stopped(counts: &RemovalCounts, folder: &Path) -> Stopped {
    let mut reasons: Vec<String> = counts.exceeded().iter().map(ToString::to_string).collect();
    reasons.push(format!(
        "nothing was removed; see {}, and run it again with the limits raised by --most-of-corpus or --most-of-source",
        folder.join(CLUSTERS).display()
    ));
    Stopped(reasons.join("\n"))
}

/// What the summary says of clusters.
#[derive(Default)]
struct Clusters {
    count: u64,
    /// Documents that are not their representatives.
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

/// Counts what each source loses.
fn count(joined: &Joined, counts: &mut RemovalCounts) -> Result<()> {
    if !joined.read.has_sources() {
        (joined.read.others..joined.read.documents).for_each(|_| counts.add_document_without_source());
        return Ok(());
    }
    let mut dropped = joined.dropped()?;
    let mut next = dropped.next().transpose()?;
    for document in joined.read.others..joined.read.documents {
        let is_dropped = next.is_some_and(|next| next.document == document);
        if is_dropped {
            next = dropped.next().transpose()?;
        }
        match joined.read.source(document) {
            Some(source) => counts.add_document(source, is_dropped),
            None => counts.add_document_without_source(),
        }
    }
    Ok(())
}

/// Goes through the inputs again; returns what was written.
fn split(joined: &Joined, sources: &Sources<'_>, folder: &Path) -> Result<(Split, Vec<String>)> {
    let names = file_names(sources.inputs);
    let [kept, removed] = names.each_ref().map(|name| folder.join(name));
    let mut ids = joined.pairs.id_lookup()?;
    let mut dropped = joined.dropped()?;
    let mut next = dropped.next().transpose()?;
    let splitter = Splitter { kept, removed };
    let others = u64::from(joined.read.others);
    let documents = u64::from(joined.read.documents) - others;
    let bar = progress::documents(documents);
    let split = splitter.try_split(sources.inputs, sources.options, sources.fields, Some(documents), |document| {
        bar.set_position(document);
        let Some(duplicate) = next.filter(|next| u64::from(next.document) == others + document) else {
            return Ok(Verdict::Keep);
        };
        next = dropped.next().transpose()?;
        Ok::<_, anyhow::Error>(Verdict::Remove(Duplicate {
            of: ids.get(duplicate.representative)?.to_string(),
            jaccard: duplicate.jaccard(),
            containment: duplicate.overlap.left_in_right(),
        }))
    })?;
    bar.finish_and_clear();
    Ok((split, names.into()))
}

/// What the files are called: in the format of the inputs, and compressed as the first of them.
fn file_names(inputs: &Inputs) -> [String; 2] {
    let packed = packing(inputs);
    match inputs.format() {
        Format::Text => ["kept.tsv".to_string(), "removed.jsonl".to_string()],
        Format::Parquet => ["kept.parquet".to_string(), "removed.parquet".to_string()],
        format => ["kept", "removed"].map(|name| format!("{name}.{}{packed}", ending(format))),
    }
}
