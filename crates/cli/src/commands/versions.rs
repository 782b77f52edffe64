//! `twinprint versions`.

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use twinprint::rewrites::RewriteRules;
use twinprint::text::{Normalization, Shingler, UnicodeForm, WordFilter};
use twinprint::{Scheme, ShingleSet};

use crate::arguments::Versions;
use crate::corpus::{Corpus, check_id, put_aside};
use crate::faults;
use crate::progress;
use crate::size::Size;
use crate::table::Table;

/// The least similarity, where none is said: rewrites of a story have 0.11 to 0.3, and unrelated texts 0.03.
const THRESHOLD: f64 = 0.11;

/// Memory that reading takes.
const READING: u64 = 96 << 20;

/// Bytes a word of a text: eight in its set, and sixteen in the list of which texts have it.
const WORD: u64 = 24;

/// Bytes a document besides: its set, its id and places in lists.
const DOCUMENT: u64 = 120;

pub(crate) fn run(command: &Versions) -> Result<()> {
    // That of a file of settings is of shingles of phrases, which are another thing.
    let said = command.corpus.settings.threshold;
    let rules = RewriteRules::new(said.unwrap_or(THRESHOLD), command.frequency_limit, command.least_rare)
        .context("--threshold, --frequency-limit, --least-rare")?;
    let corpus = Corpus::open(&command.corpus, None)?;
    corpus.refuse_replacing("--output", command.output.as_deref(), None)?;
    let (ids, sets) = read(&corpus)?;
    let mut table = Table::create(command.output.as_deref())?;
    let mut pairs = 0_u64;
    let candidates = rules.find_each(&sets, |pair| {
        pairs += 1;
        let (left, right) = (&ids[pair.left], &ids[pair.right]);
        table.line(format_args!("{left}\t{right}\t{:.6}\t{}", pair.overlap.jaccard(), pair.rare))
    })?;
    table.finish()?;
    tracing::info!("{} documents, {candidates} candidates, {pairs} pairs", ids.len());
    Ok(())
}

/// Single words without the common ones, and without what outlets write differently.
fn content_words() -> Result<Shingler> {
    let loose = Normalization::default().form(UnicodeForm::Nfkc).strip_marks(true).drop_punctuation(true);
    let scheme = Scheme::builder().words(1).normalization(loose).filter(WordFilter::Content).spaceless_tokens(3);
    Ok(scheme.build()?.shingler()?)
}

/// The ids of all documents, and the sets of their words.
fn read(corpus: &Corpus) -> Result<(Vec<String>, Vec<ShingleSet>)> {
    let (fields, options) = corpus.reading()?;
    let words = content_words()?;
    let mut reader = corpus.inputs.read(&options, &fields.without_facts());
    let bar = progress::bytes(corpus.inputs.total_bytes());
    let memory = corpus.settings.memory.unwrap_or(Size(1 << 30));
    let (mut ids, mut sets, mut set_aside, mut bytes) = (Vec::new(), Vec::new(), 0, 0);
    while let Some(batch) = reader.next_batch().map_err(faults::refusal)? {
        let documents: Vec<_> = batch.documents().collect();
        let before = ids.len();
        for (id, _) in &documents {
            check_id(id)?;
            ids.push((*id).to_string());
        }
        sets.par_extend(documents.into_par_iter().map(|(_, text)| words.set(text)));
        let size = |(id, set): (&String, &ShingleSet)| DOCUMENT + id.len() as u64 + WORD * set.len() as u64;
        bytes += ids[before..].iter().zip(&sets[before..]).map(size).sum::<u64>();
        check_memory(bytes, memory, ids.len())?;
        bar.suspend(|| put_aside(batch, None, &mut set_aside))?;
        bar.set_position(reader.position().bytes);
    }
    bar.finish_and_clear();
    if ids.is_empty() && set_aside == 0 {
        bail!("the inputs hold no documents");
    }
    check_unique(&ids)?;
    Ok((ids, sets))
}

/// Refuses ids that come twice, for nobody could tell which is meant.
fn check_unique(ids: &[String]) -> Result<()> {
    let mut order: Vec<u32> = (0..ids.len() as u32).collect();
    order.par_sort_unstable_by_key(|&document| (&ids[document as usize], document));
    let same = |pair: &&[u32]| ids[pair[0] as usize] == ids[pair[1] as usize];
    if let Some(&[earlier, later]) = order.windows(2).find(same) {
        let id = &ids[earlier as usize];
        bail!("the id {id:?} is that of document {} and of document {}; see --id and --number", earlier + 1, later + 1);
    }
    Ok(())
}

fn check_memory(bytes: u64, memory: Size, documents: usize) -> Result<()> {
    if bytes + READING.min(memory.0 / 2) > memory.0 {
        bail!(
            "the words of {documents} documents take all of --memory {memory}, and there are more; give more memory, or compare \
             the documents of some days at a time, for versions of a story are seldom far apart"
        );
    }
    Ok(())
}
