//! `twinprint dedup`.

mod cluster_statistics;
mod cut;
mod deduplicate;
mod passages;
mod removed;
mod rules;
mod split;
mod summary;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use twinprint::join::ShardedJoin;

use crate::arguments::{self, Dedup};
use crate::commands::index::time;
use crate::corpus::Corpus;
use crate::history::History;
use crate::inputs;
use crate::interrupt::TemporaryFolder;
use crate::messages;
use crate::output::{OutputDir, Replacing, Sides, Target, WORK, copy_to_stream, run_name};
use crate::per_file;
use crate::sample;
use crate::settings::Settings;
use deduplicate::deduplicate;
use rules::check_options;
pub(crate) use rules::check_rules;

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
    let corpus = if to.stream.is_some() && own_work { corpus.in_temporary_folder() } else { corpus };
    check_settings(&corpus, to)?;
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
    let replacing = Replacing { force: command.force, per_file: corpus.settings.output_per_file == Some(true) };
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

/// Refuses wrong settings before anything is read.
fn check_settings(corpus: &Corpus, to: &Destination<'_>) -> Result<()> {
    let settings = &corpus.settings;
    if settings.output_per_file == Some(true) {
        if to.stream.is_some() {
            bail!("--output-per-file writes many files, and needs a folder for --output");
        }
        per_file::parts(&corpus.inputs)?;
    } else {
        inputs::warn_of_partitions(&corpus.inputs);
    }
    let fields = settings.fields()?;
    settings.guard()?.counts()?;
    corpus.inputs.check_columns(&settings.options(), &fields)?;
    check_rules(settings.against(), settings)
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
