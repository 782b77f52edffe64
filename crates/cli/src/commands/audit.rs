//! `twinprint audit`.

use anyhow::{Result, bail};
use serde_json::Value;
use twinprint::audit::{AuditOptions, AuditReport, audit_disk};
use twinprint::join::{IdLookup, JoinStats};

use crate::arguments::Audit;
use crate::byte_size::ByteSize;
use crate::corpus::Corpus;
use crate::escape::column;
use crate::output::LineSink;
use crate::settings::Settings;

/// Memory for a shingle of a sampled document, in bytes.
const BYTES_PER_SHINGLE: f64 = 8.0;

pub(crate) fn run(command: &Audit) -> Result<()> {
    let corpus = Corpus::open_before_judging(&command.corpus)?.with_sets();
    refuse_excluded_pairs(&corpus.settings)?;
    let threshold = corpus.settings.threshold();
    let memory = corpus.settings.memory_limit();
    let joined = corpus.join()?;
    check_memory(&joined.pairs.stats(), command.sample, memory)?;
    let mut report = audit_disk(&joined.pairs, AuditOptions::new(threshold).sample(command.sample))?;
    let mut out = LineSink::standard()?;
    // The report names documents by numbers; here they are printed by their ids.
    let mut ids = joined.pairs.id_lookup()?;
    if command.json {
        out.line(format_args!("{:#}", with_ids(&report, &mut ids)?))?;
        return out.finish();
    }
    let missed = std::mem::take(&mut report.missed);
    out.line(format_args!("{report}"))?;
    for missed in missed {
        let left = column(ids.get(missed.left)?).into_owned();
        out.line(format_args!("missed\t{left}\t{}\t{:.6}", column(ids.get(missed.right)?), missed.jaccard))?;
    }
    let stats = joined.pairs.stats();
    if stats.pairs_passed_over > 0 {
        out.line(format_args!(
            "{} buckets were over the limit: up to {} pairs in them were not compared, and those that are similar count as missed; \
             see document recall, and --bucket-limit",
            stats.oversized_buckets, stats.pairs_passed_over
        ))?;
    }
    out.finish()
}

/// Refuses settings that exclude pairs, because an audit would take these for missed ones.
fn refuse_excluded_pairs(settings: &Settings) -> Result<()> {
    let excluding =
        [("--block", settings.block.is_some()), ("--across-sources", settings.across_sources == Some(true))];
    if let Some((option, _)) = excluding.into_iter().find(|(_, is_set)| *is_set) {
        bail!(
            "{option} excludes pairs, and twinprint audit would count them as missed; leave it out: bandings find the other pairs with and \
             without it"
        );
    }
    Ok(())
}

/// Returns the report as JSON, with the ids of the documents that were missed.
fn with_ids(report: &AuditReport, ids: &mut IdLookup) -> Result<Value> {
    let mut json = serde_json::to_value(report)?;
    for (number, missed) in report.missed.iter().enumerate() {
        for (side, document) in [("left", missed.left), ("right", missed.right)] {
            json["missed"][number][side] = ids.get(document)?.into();
        }
    }
    Ok(json)
}

/// Refuses a sample whose sets would take more than half of the memory. The rest is for the comparison.
fn check_memory(stats: &JoinStats, sample: usize, memory: ByteSize) -> Result<()> {
    let sampled = (sample as u64).min(stats.documents);
    let bytes = BYTES_PER_SHINGLE * stats.shingles as f64 * sampled as f64 / (stats.documents.max(1)) as f64;
    if bytes > memory.0 as f64 / 2.0 {
        bail!(
            "the sets of {sampled} sampled documents would take about {:.0} MB, and --memory {memory} leaves {:.0} MB for them; choose a \
             smaller --sample, or more memory (with --work, the join is not repeated)",
            bytes / 1e6,
            memory.0 as f64 / 2e6
        );
    }
    Ok(())
}
