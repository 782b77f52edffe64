//! `twinprint contained`.

use anyhow::Result;
use twinprint::containment::SampleRules;

use crate::arguments::Contained;
use crate::corpus::Corpus;
use crate::table::{GROUP_LIMIT, Table};

pub(crate) fn run(command: &Contained) -> Result<()> {
    let rules = SampleRules::new(command.one_in, command.frequency_limit)?;
    let corpus = Corpus::open(&command.corpus, None)?;
    corpus.refuse_replacing("--output", command.output.as_deref(), None)?;
    let joined = corpus.containing(command.least, rules).join()?;
    let mut ids = joined.pairs.id_lookup()?;
    let mut table = Table::create(command.output.as_deref())?;
    let mut inner = (None, String::new());
    let mut count = 0_u64;
    for pair in joined.pairs.contained(GROUP_LIMIT)? {
        let pair = pair?;
        // Pairs of one inner document stand together.
        if inner.0 != Some(pair.inner) {
            inner = (Some(pair.inner), ids.get(pair.inner)?.to_string());
        }
        let share = pair.overlap.left_in_right();
        table.line(format_args!("{}\t{}\t{share:.6}", inner.1, ids.get(pair.outer)?))?;
        count += 1;
    }
    tracing::info!("{count} texts inside others");
    table.finish()
}
