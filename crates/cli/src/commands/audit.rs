//! `twinprint audit`.

use anyhow::Result;
use twinprint::audit::{AuditOptions, audit_disk};

use crate::arguments::Audit;
use crate::corpus::Corpus;
use crate::escape::column;
use crate::output::LineSink;

pub(crate) fn run(command: &Audit) -> Result<()> {
    let corpus = Corpus::open(&command.corpus, None)?;
    let threshold = corpus.settings.threshold.unwrap_or(0.5);
    let joined = corpus.join()?;
    let mut report = audit_disk(&joined.pairs, AuditOptions::new(threshold).sample(command.sample))?;
    let mut out = LineSink::standard()?;
    if command.json {
        out.line(format_args!("{}", serde_json::to_string_pretty(&report)?))?;
        return out.finish();
    }
    // The report names documents by numbers; here they are printed by their ids.
    let missed = std::mem::take(&mut report.missed);
    out.line(format_args!("{report}"))?;
    let mut ids = joined.pairs.id_lookup()?;
    for missed in missed {
        let left = column(ids.get(missed.left)?).into_owned();
        out.line(format_args!("missed\t{left}\t{}\t{:.6}", column(ids.get(missed.right)?), missed.jaccard))?;
    }
    let stats = joined.pairs.stats();
    if stats.oversized_buckets > 0 {
        out.line(format_args!(
            "{} buckets were over the limit: documents in them were compared with the first ones only, and {} other pairs were \
             skipped, which count as missed; see document recall, and --bucket-limit",
            stats.oversized_buckets, stats.pairs_passed_over
        ))?;
    }
    out.finish()
}
