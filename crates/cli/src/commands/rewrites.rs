//! `twinprint rewrites`.

use anyhow::Result;
use rayon::prelude::*;
use twinprint::rewrites::RewriteRules;
use twinprint::text::{Normalization, Shingler, Tokenization, UnicodeForm, WordFilter};
use twinprint::{Scheme, ShingleSet};

use super::word_memory;
use crate::arguments::Rewrites;
use crate::corpus::{Corpus, IdCheck, refuse_all_rejected, write_rejected};
use crate::field_check::TextCheck;
use crate::input_error;
use crate::output::{LineSink, Output};
use crate::progress;
use crate::tables::{TableFormat, write_row};

/// The default of `--threshold`. Rewrites of a story have 0.11 to 0.3, unrelated texts 0.03.
const DEFAULT_THRESHOLD: f64 = 0.11;

/// What to do with more words than the memory holds.
const ADVICE: &str =
    "compare the documents of a few days at a time, because rewrites of a story seldom appear far apart";

/// Memory per distinct word of a document, in bytes: eight in its set, and sixteen in the inverted index.
const BYTES_PER_WORD: u64 = 24;

/// Memory per document besides its words and its id, in bytes.
const BYTES_PER_DOCUMENT: u64 = 120;

pub(crate) fn run(command: &Rewrites) -> Result<()> {
    // Not the effective threshold: that of a settings file is meant for shingles of several words.
    let threshold = command.corpus.settings.threshold;
    let rules = RewriteRules::new(threshold.unwrap_or(DEFAULT_THRESHOLD), command.frequency_limit, command.least_rare)?;
    let corpus = Corpus::open(&command.corpus, None)?;
    corpus.refuse_replacing("--output", command.output.as_deref(), None)?;
    let output = Output::open_result(command.output.as_deref(), command.json)?;
    let WordSets { ids, sets } = read(&corpus)?;
    let mut table = LineSink::create(&output)?;
    let format = TableFormat::new(command.json);
    let mut pairs = 0_u64;
    let candidates = rules.find_each(&sets, |pair| {
        pairs += 1;
        let numbers = [("jaccard", format!("{:.6}", pair.overlap.jaccard())), ("rare", pair.rare.to_string())];
        write_row(&mut table, format, [&ids[pair.left], &ids[pair.right]], &numbers)
    })?;
    table.finish()?;
    tracing::info!("{} documents, {candidates} candidates, {pairs} pairs", ids.len());
    Ok(())
}

/// Returns the shingler of content words. It ignores the common words, and differences in marks and punctuation between publishers.
fn content_words() -> Result<Shingler> {
    let loose = Normalization::default().form(UnicodeForm::Nfkc).strip_marks(true).drop_punctuation(true);
    // Signs say nothing about the story.
    let words = Scheme::builder().tokenization(Tokenization::Words).tokens(1).spaceless_tokens(3);
    let scheme = words.normalization(loose).filter(WordFilter::Content);
    Ok(scheme.build()?.shingler()?)
}

/// The ids of all documents, and their sets of content words in the same order.
struct WordSets {
    ids: Vec<String>,
    sets: Vec<ShingleSet>,
}

/// Reads the content words of all documents.
fn read(corpus: &Corpus) -> Result<WordSets> {
    let (fields, options) = corpus.reading()?;
    let fields = fields.without_metadata();
    let words = content_words()?;
    // No join is made, but one document may take as much memory as in a join.
    let join = corpus.settings.join(None)?;
    let mut reader = corpus.inputs.read(&options, &fields);
    let bar = progress::bytes(corpus.inputs.total_bytes());
    let memory = corpus.settings.memory_limit();
    let (mut ids, mut sets, mut rejected, mut bytes) = (Vec::new(), Vec::new(), 0, 0);
    while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(&options))? {
        let documents: Vec<_> = batch.documents().collect();
        let before = ids.len();
        for (id, text) in &documents {
            join.check_document(ids.len() as u32, id, text)?;
            ids.push((*id).to_string());
        }
        sets.par_extend(documents.into_par_iter().map(|(_, text)| words.set(text)));
        let size = |(id, set): (&String, &ShingleSet)| {
            BYTES_PER_DOCUMENT + id.len() as u64 + BYTES_PER_WORD * set.len() as u64
        };
        bytes += ids[before..].iter().zip(&sets[before..]).map(size).sum::<u64>();
        word_memory::check(bytes, memory, ids.len(), ADVICE)?;
        bar.suspend(|| write_rejected(batch, None, &mut rejected))?;
        bar.set_position(reader.position().bytes);
    }
    bar.finish_and_clear();
    refuse_all_rejected(ids.len() as u64, rejected)?;
    let mut text_check = TextCheck::default();
    text_check.add(&reader);
    text_check.check()?;
    let mut id_check = IdCheck::new(memory.0).keeping_ids_of(&corpus.inputs)?;
    ids.iter().try_for_each(|id| id_check.add(id))?;
    id_check.check(&corpus.inputs, &options, &fields)?;
    Ok(WordSets { ids, sets })
}
