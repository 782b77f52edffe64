//! `twinprint dedup`.

mod cluster_statistics;
mod cut;
mod passages;
mod removed;
mod rules;
mod split;
mod summary;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use twinprint::dedup::RemovalCounts;
use twinprint::join::ShardedJoin;
use twinprint_documents::Inputs;

use crate::arguments::{self, Dedup};
use crate::commands::index::time;
use crate::corpus::{Corpus, Joined, REASONS, name_of_rejected};
use crate::escape::column;
use crate::exit_status::GuardTripped;
use crate::file_names::compression_extension;
use crate::history::{History, Known};
use crate::interrupt::TemporaryFolder;
use crate::messages;
use crate::option_error;
use crate::output::{LineSink, Output, OutputDir, Replacing, Sides, Target, WORK, copy_to_stream, run_name};
use crate::per_file;
use crate::report::{ReportFile, Sources};
use crate::sample;
use crate::settings::Settings;
use crate::tables::{Listing, TableFormat, write_clusters, write_pairs};
use cluster_statistics::ClusterStatistics;
use passages::{PASSAGES, locate, write_passages};
use removed::RemovedDocuments;
use rules::check_options;
pub(crate) use rules::check_rules;
use split::{Outputs, extensions, split};
use summary::{AgainstSummary, Blank, Done, Written, not_applied};

/// The file of clusters. It is written before the limits are checked, so that it shows why they were exceeded.
const CLUSTERS: &str = "clusters.tsv";

/// The file of documents that an index has already.
const HISTORY: &str = "history.tsv";

pub(crate) fn run(command: &Dedup) -> Result<()> {
    run_with(command, None)
}

/// Runs the command, with the pairs that shards have found, if there are such.
pub(crate) fn run_with(command: &Dedup, shards: Option<ShardedJoin>) -> Result<()> {
    let given = command.given()?;
    check_options(command, &given.settings)?;
    let Some(path) = command.output.as_deref().filter(|_| !command.dry_run) else {
        return crate::commands::plan::print(&Corpus::open_judged(&given, None)?, sample::DEFAULT_SAMPLE);
    };
    if !Target::new(path)?.is_stream() {
        return into_folder(command, &given, shards, &Destination { folder: path, stream: None });
    }
    // The files are complete before the first document is written, so that nobody reads half a result.
    let scratch = TemporaryFolder::new()?;
    into_folder(command, &given, shards, &Destination { folder: &scratch.path().join("out"), stream: Some(path) })
}

/// Where the results of a run go.
struct Destination<'a> {
    /// The folder of the results.
    folder: &'a Path,
    /// The stream to which the kept documents are copied. The folder is temporary then.
    stream: Option<&'a Path>,
}

fn into_folder(
    command: &Dedup,
    given: &arguments::Corpus,
    shards: Option<ShardedJoin>,
    to: &Destination<'_>,
) -> Result<()> {
    let started = Instant::now();
    let own_work = given.work.is_none();
    let mut history = open_history(command, &given.settings)?;
    let corpus = open_corpus(given, history.as_ref(), to.folder.join(WORK))?.of_shards(shards).with_prediction();
    let per_file = corpus.settings.output_per_file == Some(true);
    let corpus = if to.stream.is_some() && own_work { corpus.in_temporary_folder() } else { corpus };
    // Wrong settings are refused before anything is read.
    if per_file {
        if to.stream.is_some() {
            bail!("--output-per-file writes many files, and needs a folder for --output");
        }
        per_file::parts(&corpus.inputs)?;
    }
    corpus.settings.fields()?;
    corpus.settings.guard()?.counts()?;
    corpus.inputs.check_columns(&corpus.settings.options(), &corpus.settings.fields()?)?;
    check_rules(corpus.settings.against(), &corpus.settings)?;
    let corpus = corpus.with_contained_removed();
    let against = corpus.find_against()?;
    corpus.refuse_replacing("--report", command.report.as_deref(), against.as_ref())?;
    corpus.refuse_replacing("--output", to.stream, against.as_ref())?;
    let index = history.as_ref().map(History::name);
    let read = Sides { inputs: &corpus.inputs, against: against.as_ref(), index: index.as_deref() };
    if command.force {
        history.as_ref().map_or(Ok(()), |history| refuse_repeating(history, to.folder))?;
        // Earlier results are removed only if this run can start.
        against.iter().chain([&corpus.inputs]).try_for_each(|inputs| corpus.check_first_documents(inputs))?;
    }
    let replacing = Replacing { force: command.force, per_file };
    let is_committed = |run: &str| history.as_ref().is_some_and(|history| history.has_commit(run));
    let opened = OutputDir::open_for_dedup(to.folder, &corpus.settings, read, replacing, &is_committed)?;
    let Some(output) = opened else { return already_complete(command, history.as_ref(), to.folder) };
    let done = claim_work(&output, own_work)
        .and_then(|()| deduplicate(command, corpus, &output, against.as_ref(), to, history.as_mut()));
    match done {
        Ok(mut done) => {
            done.summary["seconds"] = started.elapsed().as_secs_f64().into();
            let said = done.said(to, started.elapsed());
            if let Some(stream) = to.stream {
                copy_to_stream(&to.folder.join(&done.kept), stream)?;
            }
            // When all is written, so that a document that the index has was not lost on the way.
            if let Some(history) = &mut history {
                history.commit(&output.begin_commit(&done.summary)?)?;
            }
            output.finish(done.summary)?;
            messages::result(said);
            Ok(())
        }
        Err(error) => {
            output.fail(&error);
            Err(error)
        }
    }
}

/// Opens the index of `--index`.
fn open_history(command: &Dedup, given: &Settings) -> Result<Option<History>> {
    let Some(index) = &given.index else { return Ok(None) };
    let time = command.time.as_deref().map(|text| time::parse("--time", text)).transpose()?;
    History::open(index, time).map(Some)
}

/// Finds the inputs. With an index, the settings are those of the index.
fn open_corpus(given: &arguments::Corpus, history: Option<&History>, work: PathBuf) -> Result<Corpus> {
    let Some(history) = history else { return Corpus::open_judged(given, Some(work)) };
    let settings = history.settings(&given.settings)?;
    let search = history.search(settings.threshold(), settings.drop_blank == Some(true));
    Ok(Corpus::with_settings(given, settings, Some(work))?.with_history(Some(search)))
}

fn claim_work(output: &OutputDir, own_work: bool) -> Result<()> {
    if own_work { output.claim_work() } else { Ok(()) }
}

/// Says that there is nothing to do. A report that is missing is something to do.
fn already_complete(command: &Dedup, history: Option<&History>, folder: &Path) -> Result<()> {
    if let Some(report) = command.report.as_deref().filter(|report| !report.exists()) {
        bail!(
            "{}: the folder is not empty: a run with these settings and inputs is complete, but wrote no {}; repeat it with --force",
            folder.display(),
            report.display()
        );
    }
    let hint = match history {
        None => "--force repeats it".to_string(),
        Some(history) => format!("its documents are in {}", history.path().display()),
    };
    messages::result(format_args!(
        "{}: a run with these settings and inputs is complete; nothing was done ({hint})",
        folder.display()
    ));
    Ok(())
}

/// Refuses to replace the results of a run whose documents are in the index: the new run would find its own documents there, and remove
/// them all.
fn refuse_repeating(history: &History, folder: &Path) -> Result<()> {
    if folder.is_dir() && run_name(folder)?.is_some_and(|run| history.has_commit(&run)) {
        bail!(
            "{}: --force would remove the kept documents of a run that added them to {}, and as these are in the index, no run keeps them \
             again; choose another --output",
            folder.display(),
            history.path().display()
        );
    }
    Ok(())
}

/// Finds the duplicates and writes all files but the summary.
fn deduplicate(
    command: &Dedup,
    mut corpus: Corpus,
    output: &OutputDir,
    against: Option<&Inputs>,
    to: &Destination<'_>,
    mut history: Option<&mut History>,
) -> Result<Done> {
    let report = command.report.as_deref().map(ReportFile::open).transpose()?;
    corpus.hold_standard_input()?;
    let bad = format!("bad.{}", corpus.inputs.format().rejected_extension());
    corpus.rejected = Some(output.staged(&bad));
    let settings = corpus.settings.clone();
    let (inputs, (fields, options)) = (corpus.inputs.clone(), corpus.reading()?);
    let sources = Sources { inputs: &inputs, fields: &fields, options: &options };
    let guard = settings.guard()?;
    let joined = corpus.join_against(against)?;
    let rejected = joined.read.rejected;
    if rejected > 0 {
        output.publish(&bad)?;
        output.publish(REASONS)?;
    }
    if let Some(boilerplate) = &joined.boilerplate {
        output.write("boilerplate.json", &format!("{:#}\n", boilerplate.to_json()))?;
    }

    let cut = settings.cut == Some(true);
    let per_file = settings.output_per_file == Some(true);
    let drop_blank = settings.drop_blank == Some(true);
    let listing = Listing::new(false, settings.expand == Some(true));
    let mut removals = guard.counts()?;
    let mut clusters = ClusterStatistics::default();
    // Computed once, then read by the table, the limits, the split and the report.
    let removal = joined.removal(&settings)?;
    let representatives = u64::from(removal.keeps_none());
    write_clusters(
        &joined.pairs,
        // Known documents are in clusters of their own.
        removal
            .clusters
            .by_representative()?
            .filter(|member| member.as_ref().map_or(true, |member| joined.read.known(member.document).is_none())),
        &output.file(CLUSTERS)?,
        TableFormat::Tsv,
        |cluster| {
            removals.add_cluster(cluster.representative_id.clone(), cluster.dropped + representatives);
            clusters.add(cluster);
        },
    )?;
    let removed = count_by_source(&joined, RemovedDocuments::new(&joined, &removal, cut)?, &mut removals)?;
    if against.is_some() {
        // Each document of --against has a cluster of its own. The limit applies to all of them together.
        removals.add_cluster("documents like those of --against", removed);
    }
    if history.is_some() {
        write_known(&joined, &output.file(HISTORY)?, &mut removals)?;
    }
    let holds = against.is_some() && settings.contained.is_some();
    if holds {
        write_passages(&joined, &output.file(PASSAGES)?)?;
    }
    if removals.check().is_err() {
        return Err(guard_tripped(&removals, to, history.is_some()).into());
    }
    let (pairs, relations) = write_pairs(&joined, against.is_some(), &output.file("pairs.tsv")?, &listing)?;
    let files =
        if per_file { ["kept", "removed"].map(String::from) } else { file_names(&inputs, to.stream.is_some(), cut) };
    let located = if holds { HashMap::new() } else { locate(&removal, &sources, &settings)? };
    let outputs = Outputs { names: &files, per_file, passages: settings.contained.is_some(), cut, drop_blank, located };
    let (counts, cut) = split(&joined, &removal, &sources, output, &outputs, history.as_deref_mut())?;

    if let Some(report) = &report {
        report.write(&joined, &removal.clusters, &sources, &settings)?;
    }
    let against =
        against.map(|against| AgainstSummary::new(against, &joined, settings.contained.is_some())).transpose()?;
    // Against another corpus, copies within the inputs are not grouped, so the clusters count them.
    let stats = joined.pairs.stats();
    // Known documents are counted by themselves. Across sources, the join does not group equal sets.
    let is_across = settings.across_sources == Some(true);
    let (copies, equal_sets) = match against {
        None if history.is_none() && !is_across => (stats.copies, stats.equal_sets),
        _ => (clusters.copies, clusters.equal_sets),
    };
    // Without boilerplate, the join knows sets and no texts.
    let copies = joined.boilerplate.is_none().then_some(copies);
    let blank = Blank { documents: joined.read.blank, removed: drop_blank };
    let not_applied = not_applied(&removals);
    let written =
        Written { counts, copies, equal_sets, blank, cut, pairs, relations: relations.as_ref(), files: &files };
    let mut summary = summary::json(&joined, &settings, &clusters, &written, against.as_ref())?;
    let known = &joined.read.known;
    if let Some(history) = &history {
        summary["history"] = history.json(known);
    }
    let history = history.map(|history| history.said(known)).unwrap_or_default();
    let [kept, _] = files;
    Ok(Done {
        summary,
        counts,
        copies,
        equal_sets,
        removes_groups: settings.group.is_some(),
        blank,
        cut,
        clusters: clusters.count,
        rejected,
        against,
        history,
        relations,
        not_applied,
        kept,
        bad: name_of_rejected(&to.folder.join(&bad)),
    })
}

/// Returns the error that says which limits were exceeded, and what to do.
fn guard_tripped(removals: &RemovalCounts, to: &Destination<'_>, has_history: bool) -> GuardTripped {
    let mut reasons: Vec<String> = removals.exceeded().iter().map(option_error::exceeded).collect();
    let limits = "run the command again with higher limits: --most-of-corpus or --most-of-source";
    reasons.push(match to.stream {
        None => {
            let history =
                if has_history { format!(" and {}", to.folder.join(HISTORY).display()) } else { String::new() };
            format!("nothing was removed; check {}{history}, and {limits}", to.folder.join(CLUSTERS).display())
        }
        Some(_) => format!("nothing was removed; check what twinprint clusters prints, and {limits}"),
    });
    GuardTripped(reasons.join("\n"))
}

/// Writes a line for each document that the index has already: its id, the id of the most similar document of the index, and their
/// similarity. Counts the documents like one of the index as its cluster.
fn write_known(joined: &Joined, to: &Output, removals: &mut RemovalCounts) -> Result<()> {
    let (mut ids, mut table) = (joined.pairs.id_lookup()?, LineSink::create(to)?);
    let mut clusters = BTreeMap::<&str, u64>::new();
    for Known { document, id, jaccard, .. } in &joined.read.known {
        table.line(format_args!("{}\t{}\t{jaccard:.6}", column(ids.get(*document)?), column(id)))?;
        *clusters.entry(id).or_default() += 1;
    }
    clusters.into_iter().for_each(|(id, removed)| removals.add_cluster(id, removed));
    table.finish()
}

/// Counts the documents that each source loses, and returns how many are removed in all.
fn count_by_source(joined: &Joined, mut removed: RemovedDocuments<'_>, removals: &mut RemovalCounts) -> Result<u64> {
    let mut count = 0;
    for document in joined.read.against..joined.read.documents {
        let is_removed = removed.reason(document)?.is_some();
        count += u64::from(is_removed);
        match joined.read.source(document) {
            Some(source) => removals.add_document(source, is_removed),
            None => removals.add_document_without_source(),
        }
    }
    Ok(count)
}

/// Returns the names of the two files: in the format of the inputs, compressed like the first of them, unless they must be plain.
fn file_names(inputs: &Inputs, plain: bool, cut: bool) -> [String; 2] {
    let compression = if plain { String::new() } else { compression_extension(inputs) };
    let [of_kept, of_removed] = extensions(inputs.format(), cut);
    [("kept", of_kept), ("removed", of_removed)].map(|(name, extension)| format!("{name}.{extension}{compression}"))
}
