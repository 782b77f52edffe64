//! `twinprint dedup`.

mod cluster_statistics;
mod split;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;
use twinprint::Clustering;
use twinprint::dedup::{Preference, RemovalCounts};
use twinprint::result::DiskClusters;
use twinprint_documents::{Inputs, SplitCounts};

use crate::arguments::Dedup;
use crate::corpus::{Corpus, Joined, REASONS};
use crate::exit_status::GuardTripped;
use crate::file_names::compression_extension;
use crate::interrupt::TemporaryFolder;
use crate::messages;
use crate::option_error;
use crate::output::{OutputDir, Replacing, Sides, Target, WORK, copy_to_stream};
use crate::per_file;
use crate::report::{ReportFile, Sources};
use crate::sample;
use crate::tables::{Listing, TableFormat, write_clusters, write_pairs};
use cluster_statistics::ClusterStatistics;
use split::split;

/// The file of clusters. It is written before the limits are checked, so that it shows why they were exceeded.
const CLUSTERS: &str = "clusters.tsv";

pub(crate) fn run(command: &Dedup) -> Result<()> {
    let Some(path) = command.output.as_deref().filter(|_| !command.dry_run) else {
        return crate::commands::plan::print(&Corpus::open(&command.corpus, None)?, sample::DEFAULT_SAMPLE);
    };
    if !Target::new(path)?.is_stream() {
        return into_folder(command, &Destination { folder: path, stream: None });
    }
    // The files are complete before the first document is written, so that nobody reads half a result.
    let scratch = TemporaryFolder::new()?;
    into_folder(command, &Destination { folder: &scratch.path().join("out"), stream: Some(path) })
}

/// Where the results of a run go.
struct Destination<'a> {
    /// The folder of the results.
    folder: &'a Path,
    /// The stream to which the kept documents are copied. The folder is temporary then.
    stream: Option<&'a Path>,
}

fn into_folder(command: &Dedup, to: &Destination<'_>) -> Result<()> {
    let started = Instant::now();
    let own_work = command.corpus.work.is_none();
    let corpus = Corpus::open(&command.corpus, Some(to.folder.join(WORK)))?;
    // Wrong settings are refused before anything is read.
    if command.output_per_file {
        if to.stream.is_some() {
            bail!("--output-per-file writes many files, and needs a folder for --output");
        }
        per_file::parts(&corpus.inputs, &corpus.settings.options())?;
    }
    corpus.settings.fields()?;
    corpus.settings.guard().counts()?;
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
    corpus.refuse_replacing("--output", to.stream, against.as_ref())?;
    let read = Sides { inputs: &corpus.inputs, against: against.as_ref() };
    if command.force {
        // Earlier results are removed only if this run can start.
        against.iter().chain([&corpus.inputs]).try_for_each(|inputs| corpus.check_first_documents(inputs))?;
    }
    let replacing = Replacing { force: command.force, per_file: command.output_per_file };
    let Some(output) = OutputDir::open_for_dedup(to.folder, &corpus.settings, read, replacing)? else {
        return already_complete(command, to.folder);
    };
    let done = claim_work(&output, own_work).and_then(|()| deduplicate(command, corpus, &output, against.as_ref(), to));
    match done {
        Ok(mut done) => {
            done.summary["seconds"] = started.elapsed().as_secs_f64().into();
            let said = done.said(to, started.elapsed());
            output.finish(done.summary)?;
            if let Some(stream) = to.stream {
                copy_to_stream(&to.folder.join(&done.kept), stream)?;
            }
            messages::result(said);
            Ok(())
        }
        Err(error) => {
            output.fail(&error);
            Err(error)
        }
    }
}

fn claim_work(output: &OutputDir, own_work: bool) -> Result<()> {
    if own_work { output.claim_work() } else { Ok(()) }
}

/// Says that there is nothing to do. A report that is missing is something to do.
fn already_complete(command: &Dedup, folder: &Path) -> Result<()> {
    if let Some(report) = command.report.as_deref().filter(|report| !report.exists()) {
        bail!(
            "{}: the folder is not empty: a run with these settings and inputs is complete, but wrote no {}; repeat it with --force",
            folder.display(),
            report.display()
        );
    }
    messages::result(format_args!(
        "{}: a run with these settings and inputs is complete; nothing was done (--force repeats it)",
        folder.display()
    ));
    Ok(())
}

/// A run whose results are written.
struct Done {
    summary: serde_json::Value,
    counts: SplitCounts,
    copies: u64,
    /// Documents with the set of another one, of which copies are some.
    equal_sets: u64,
    clusters: u64,
    /// Blank documents, and whether they were removed.
    blank: (u64, bool),
    rejected: u64,
    /// The file name of the kept documents.
    kept: String,
    /// The file name of the rejected records.
    bad: String,
}

impl Done {
    /// Returns the closing line.
    fn said(&self, to: &Destination<'_>, time: Duration) -> String {
        let Self { counts, copies, clusters, rejected, bad, .. } = self;
        let in_bad = match to.stream {
            _ if *rejected == 0 => String::new(),
            None => format!(", {rejected} rejected, in {bad}"),
            Some(_) => format!(", {rejected} rejected"),
        };
        let same_shingles = match self.equal_sets - copies {
            0 => String::new(),
            others => format!(", {others} more with the same shingles"),
        };
        let blank = match self.blank {
            (0, _) => String::new(),
            (blank, true) => format!(", {blank} blank"),
            (blank, false) => format!("; {blank} of the kept are blank"),
        };
        let (removed_blank, kept_blank) = if self.blank.1 { (blank, String::new()) } else { (String::new(), blank) };
        let place = match to.stream {
            None => format!("see {}", to.folder.display()),
            Some(_) => "the kept ones were written".to_string(),
        };
        format!(
            "{} documents: {} kept, {} removed ({copies} copies{same_shingles}{removed_blank}){in_bad}, {clusters} clusters{kept_blank}; {:.1} s; {place}",
            counts.kept + counts.removed,
            counts.kept,
            counts.removed,
            time.as_secs_f64()
        )
    }
}

/// Finds the duplicates and writes all files but the summary.
fn deduplicate(
    command: &Dedup,
    mut corpus: Corpus,
    output: &OutputDir,
    against: Option<&Inputs>,
    to: &Destination<'_>,
) -> Result<Done> {
    let report = command.report.as_deref().map(ReportFile::open).transpose()?;
    corpus.hold_standard_input()?;
    let bad = format!("bad.{}", corpus.inputs.format().rejected_extension());
    corpus.rejected = Some(output.staged(&bad));
    let settings = corpus.settings.clone();
    let (inputs, (fields, options)) = (corpus.inputs.clone(), corpus.reading()?);
    let sources = Sources { inputs: &inputs, fields: &fields, options: &options };
    let guard = settings.guard();
    let joined = corpus.join_against(against)?;
    let rejected = joined.read.rejected;
    if rejected > 0 {
        output.publish(&bad)?;
        output.publish(REASONS)?;
    }
    if let Some(boilerplate) = &joined.boilerplate {
        output.write("boilerplate.json", &format!("{:#}\n", boilerplate.to_json()))?;
    }

    let mut removals = guard.counts()?;
    let mut clusters = ClusterStatistics::default();
    // Computed once, then read by the table, the limits, the split and the report.
    let leaders = joined.clusters(Clustering::Leader)?;
    write_clusters(
        &joined.pairs,
        leaders.by_representative()?,
        &output.file(CLUSTERS)?,
        TableFormat::Tsv,
        |cluster| {
            removals.add_cluster(cluster.representative_id.clone(), cluster.dropped);
            clusters.add(cluster);
        },
    )?;
    count_by_source(&joined, &leaders, &mut removals)?;
    if against.is_some() {
        // Each document of --against has a cluster of its own. The limit applies to all of them together.
        removals.add_cluster("documents like those of --against", clusters.dropped);
    }
    if removals.check().is_err() {
        return Err(guard_tripped(&removals, to).into());
    }
    let pairs = write_pairs(
        &joined.pairs,
        against.is_some(),
        &output.file("pairs.tsv")?,
        &Listing::new(false, command.expand),
    )?;
    let files = if command.output_per_file {
        ["kept", "removed"].map(String::from)
    } else {
        file_names(&inputs, to.stream.is_some())
    };
    let counts = split(&joined, &leaders, &sources, output, &files, command)?;

    if let Some(report) = &report {
        report.write(&joined, &leaders, &sources, &settings)?;
    }
    let stats = joined.pairs.stats();
    let against_summary = against.map(|against| {
        json!({
            "inputs": against.paths().map(Path::to_string_lossy).collect::<Vec<_>>(), "documents": joined.read.against,
            "bytes": joined.read.against_bytes,
        })
    });
    // Against another corpus, copies within the inputs are not grouped, so the clusters count them.
    let (copies, equal_sets) = match against {
        Some(_) => (clusters.copies, clusters.equal_sets),
        None => (stats.copies, stats.equal_sets),
    };
    // Without boilerplate, the join knows sets and no texts.
    let copies = if joined.boilerplate.is_some() { 0 } else { copies };
    let summary = json!({
        "documents": counts.kept + counts.removed, "kept": counts.kept, "removed": counts.removed, "set_aside": rejected,
        "empty": stats.empty, "blank": joined.read.blank, "blank_removed": command.drop_blank, "copies": copies, "same_shingles": equal_sets - copies,
        "clusters": clusters.count, "pairs": pairs,
        "threshold": settings.threshold, "scheme": settings.scheme()?.description().trim().replace('\n', ", "),
        "largest_clusters": clusters.largest, "least_jaccard": clusters.least_jaccard,
        "candidates": stats.candidates, "compared": stats.compared, "verified": stats.verified,
        "oversized_buckets": stats.oversized_buckets, "pairs_passed_over": stats.pairs_passed_over,
        "bytes": joined.read.bytes, "files": files, "plan": joined.comparison, "against": against_summary,
    });
    let [kept, _] = files;
    let blank = (joined.read.blank, command.drop_blank);
    Ok(Done { summary, counts, copies, equal_sets, clusters: clusters.count, blank, rejected, kept, bad })
}

/// Returns the error that says which limits were exceeded, and what to do.
fn guard_tripped(removals: &RemovalCounts, to: &Destination<'_>) -> GuardTripped {
    let mut reasons: Vec<String> = removals.exceeded().iter().map(option_error::exceeded).collect();
    let limits = "run the command again with higher limits: --most-of-corpus or --most-of-source";
    reasons.push(match to.stream {
        None => format!("nothing was removed; check {}, and {limits}", to.folder.join(CLUSTERS).display()),
        Some(_) => format!("nothing was removed; check what twinprint clusters prints, and {limits}"),
    });
    GuardTripped(reasons.join("\n"))
}

/// Counts the documents that each source loses.
fn count_by_source(joined: &Joined, leaders: &DiskClusters, removals: &mut RemovalCounts) -> Result<()> {
    if !joined.read.has_sources() {
        (joined.read.against..joined.read.documents).for_each(|_| removals.add_document_without_source());
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
            Some(source) => removals.add_document(source, is_dropped),
            None => removals.add_document_without_source(),
        }
    }
    Ok(())
}

/// Returns the names of the two files: in the format of the inputs, compressed like the first of them, unless they must be plain.
fn file_names(inputs: &Inputs, plain: bool) -> [String; 2] {
    let compression = if plain { String::new() } else { compression_extension(inputs) };
    let format = inputs.format();
    [("kept", format.kept_extension()), ("removed", format.removed_extension())]
        .map(|(name, extension)| format!("{name}.{extension}{compression}"))
}
