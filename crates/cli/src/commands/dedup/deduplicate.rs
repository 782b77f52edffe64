//! A run, from the reading of the inputs to all files but the summary.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use twinprint::dedup::RemovalCounts;
use twinprint_documents::{Inputs, SplitCounts};

use super::Destination;
use super::cluster_statistics::ClusterStatistics;
use super::passages::{PASSAGES, locate, write_passages};
use super::removed::RemovedDocuments;
use super::split::{Outputs, extensions, split};
use super::summary::{self, AgainstSummary, Blank, Done, Written, not_applied};
use crate::arguments::Dedup;
use crate::corpus::{Corpus, Joined, REASONS, Removal, name_of_rejected};
use crate::escape::column;
use crate::exit_status::GuardTripped;
use crate::file_names::compression_extension;
use crate::history::{History, Known};
use crate::option_error;
use crate::output::{LineSink, Output, OutputDir};
use crate::relations::RelationCounts;
use crate::report::{ReportFile, Sources};
use crate::settings::Settings;
use crate::tables::{Listing, TableFormat, write_clusters, write_pairs};

/// The file of clusters. It is written before the limits are checked, so that it shows why they were exceeded.
const CLUSTERS: &str = "clusters.tsv";

/// The file of documents that an index has already.
const HISTORY: &str = "history.tsv";

/// Finds the duplicates and writes all files but the summary.
pub(super) fn deduplicate(
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
    let joined = corpus.join_against(against)?;
    publish_found(&joined, output, &bad)?;

    // Computed once, then read by the table, the limits, the split and the report.
    let removal = joined.removal(&settings)?;
    let has_history = history.is_some();
    let run = Run { settings: &settings, sources: &sources, against, output, to, has_history };
    let judged = run.judge(&joined, &removal)?;
    let results = run.write(&joined, &removal, history.as_deref_mut())?;
    if let Some(report) = &report {
        report.write(&joined, &removal.clusters, &sources, &settings)?;
    }
    run.sum_up(&joined, &judged, results, history.as_deref(), &bad)
}

/// What a run reads, and where its results go.
struct Run<'a> {
    settings: &'a Settings,
    sources: &'a Sources<'a>,
    against: Option<&'a Inputs>,
    output: &'a OutputDir,
    to: &'a Destination<'a>,
    has_history: bool,
}

/// What is removed, in numbers.
struct Judged {
    clusters: ClusterStatistics,
    removals: RemovalCounts,
}

/// What was written.
struct Results {
    files: [String; 2],
    counts: SplitCounts,
    /// Kept documents from which a passage was cut.
    cut: u64,
    pairs: u64,
    relations: Option<RelationCounts>,
}

impl Run<'_> {
    fn cuts(&self) -> bool {
        self.settings.cut == Some(true)
    }

    fn drops_blank(&self) -> bool {
        self.settings.drop_blank == Some(true)
    }

    /// Whether texts of another corpus are searched for inside the inputs.
    fn searches_inside(&self) -> bool {
        self.against.is_some() && self.settings.contained.is_some()
    }

    /// Writes the tables of what is removed, and checks the limits.
    fn judge(&self, joined: &Joined, removal: &Removal) -> Result<Judged> {
        let mut removals = self.settings.guard()?.counts()?;
        let mut clusters = ClusterStatistics::default();
        let representatives = u64::from(removal.keeps_none());
        write_clusters(
            &joined.pairs,
            // Known documents are in clusters of their own.
            removal
                .clusters
                .by_representative()?
                .filter(|member| member.as_ref().map_or(true, |member| joined.read.known(member.document).is_none())),
            &self.output.file(CLUSTERS)?,
            TableFormat::Tsv,
            |cluster| {
                removals.add_cluster(cluster.representative_id.clone(), cluster.dropped + representatives);
                clusters.add(cluster);
            },
        )?;
        let removed = count_by_source(joined, RemovedDocuments::new(joined, removal, self.cuts())?, &mut removals)?;
        if self.against.is_some() {
            // Each document of --against has a cluster of its own. The limit applies to all of them together.
            removals.add_cluster("documents like those of --against", removed);
        }
        if self.has_history {
            write_known(joined, &self.output.file(HISTORY)?, &mut removals)?;
        }
        if self.searches_inside() {
            write_passages(joined, &self.output.file(PASSAGES)?)?;
        }
        if removals.check().is_err() {
            return Err(guard_tripped(&removals, self.to, self.has_history).into());
        }
        Ok(Judged { clusters, removals })
    }

    /// Writes the pairs, and the kept and removed documents.
    fn write(&self, joined: &Joined, removal: &Removal, history: Option<&mut History>) -> Result<Results> {
        let listing = Listing::new(false, self.settings.expand == Some(true));
        let pairs = self.output.file("pairs.tsv")?;
        let (pairs, relations) = write_pairs(joined, self.against.is_some(), &pairs, &listing)?;
        let per_file = self.settings.output_per_file == Some(true);
        let files = match per_file {
            true => ["kept", "removed"].map(String::from),
            false => file_names(self.sources.inputs, self.to.stream.is_some(), self.cuts()),
        };
        let located =
            if self.searches_inside() { HashMap::new() } else { locate(removal, self.sources, self.settings)? };
        let outputs = Outputs {
            names: &files,
            per_file,
            passages: self.settings.contained.is_some(),
            cut: self.cuts(),
            drop_blank: self.drops_blank(),
            located,
        };
        let (counts, cut) = split(joined, removal, self.sources, self.output, &outputs, history)?;
        drop(outputs);
        Ok(Results { files, counts, cut, pairs, relations })
    }

    /// Returns the summary, and what the closing line says.
    fn sum_up(
        &self,
        joined: &Joined,
        Judged { clusters, removals }: &Judged,
        results: Results,
        history: Option<&History>,
        bad: &str,
    ) -> Result<Done> {
        let Results { files, counts, cut, pairs, relations } = results;
        let is_inside = self.settings.contained.is_some();
        let against = self.against.map(|against| AgainstSummary::new(against, joined, is_inside)).transpose()?;
        let (copies, equal_sets) = self.equal_documents(joined, clusters);
        let blank = Blank { documents: joined.read.blank, removed: self.drops_blank() };
        let relations_of_pairs = relations.as_ref();
        let written =
            Written { counts, copies, equal_sets, blank, cut, pairs, relations: relations_of_pairs, files: &files };
        let mut summary = summary::json(joined, self.settings, clusters, &written, against.as_ref())?;
        if let Some(history) = history {
            summary["history"] = history.json(&joined.read.known);
        }
        let [kept, _] = files;
        Ok(Done {
            summary,
            counts,
            copies,
            equal_sets,
            removes_groups: self.settings.group.is_some(),
            blank,
            cut,
            clusters: clusters.count,
            rejected: joined.read.rejected,
            against,
            history: history.map(|history| history.said(&joined.read.known)).unwrap_or_default(),
            relations,
            not_applied: not_applied(removals),
            kept,
            bad: name_of_rejected(&self.to.folder.join(bad)),
        })
    }

    /// Returns the numbers of copies, and of documents with the set of another one.
    fn equal_documents(&self, joined: &Joined, clusters: &ClusterStatistics) -> (Option<u64>, u64) {
        let stats = joined.pairs.stats();
        // Against another corpus, copies within the inputs are not grouped, so the clusters count them. Known documents are counted by
        // themselves. Across sources, the join does not group equal sets.
        let is_across = self.settings.across_sources == Some(true);
        let are_grouped = self.against.is_none() && !self.has_history && !is_across;
        let (copies, equal_sets) =
            if are_grouped { (stats.copies, stats.equal_sets) } else { (clusters.copies, clusters.equal_sets) };
        // Without boilerplate, the join knows sets and no texts.
        (joined.boilerplate.is_none().then_some(copies), equal_sets)
    }
}

/// Gives the rejected records and the boilerplate their names.
fn publish_found(joined: &Joined, output: &OutputDir, bad: &str) -> Result<()> {
    if joined.read.rejected > 0 {
        output.publish(bad)?;
        output.publish(REASONS)?;
    }
    if let Some(boilerplate) = &joined.boilerplate {
        output.write("boilerplate.json", &format!("{:#}\n", boilerplate.to_json()))?;
    }
    Ok(())
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
