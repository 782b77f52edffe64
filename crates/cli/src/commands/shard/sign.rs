//! `twinprint shard sign`.

use anyhow::Result;
use twinprint::Document;
use twinprint::join::ShardedJoin;

use super::plan_file::Plan;
use crate::field_check::TextCheck;
use crate::input_error;
use crate::progress;

/// Signs the documents of a shard, by its number from 0. Returns what there is to say of it; nothing where it was done before.
pub(super) fn run(plan: &Plan, join: &ShardedJoin, shard: u32) -> Result<Option<String>> {
    let parts = plan.corpora()?.parts(plan.files_of(shard));
    if join.signed(shard)?.is_some() {
        return Ok(None);
    }
    let mut signer = join.sign(shard)?;
    if signer.stored_len() > 0 {
        tracing::info!("{} documents are stored already and are not hashed again", signer.stored_len());
    }
    let (fields, options, mut rejected) = (plan.settings.fields()?, plan.settings.options(), 0);
    let mut text_check = TextCheck::default();
    for (inputs, side) in parts {
        let mut reader = inputs.read(&options, &fields);
        let bar = progress::bytes(inputs.total_bytes());
        while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(&options))? {
            let document = |(id, text, facts)| Document::text(id, text).from(side.origin(facts));
            signer.push_all(batch.records().map(document))?;
            rejected += batch.rejected.len();
            bar.set_position(reader.position().bytes);
        }
        bar.finish_and_clear();
        text_check.add(&reader);
    }
    if let Some(field) = text_check.nowhere() {
        // No error, because the documents of other shards may have it.
        tracing::warn!("shard {}: no document of it has the field {:?} that --text names", shard + 1, field.as_str());
    }
    let documents = signer.finish()?;
    Ok(Some(format!(", {documents} documents, {rejected} rejected")))
}
