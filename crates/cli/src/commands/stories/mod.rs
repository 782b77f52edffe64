//! `twinprint stories`.

mod article;
mod check;
mod print;

use anyhow::{Result, bail};
use twinprint::stories::{StoryFinder, StoryIndex, StoryPair, StoryRules, StoryText};
use twinprint_documents::{FieldPath, Fields};

use super::word_memory;
use crate::arguments::Stories;
use crate::byte_size::ByteSize;
use crate::corpus::{Corpus, IdCheck, refuse_all_rejected, write_rejected};
use crate::field_check::{FieldCheck, TextCheck};
use crate::input_error;
use crate::output::Output;
use crate::progress;
use article::Article;

/// What to do with more words than the memory holds.
const ADVICE: &str = "read the documents of a few weeks at a time, because articles of a story seldom appear far apart";

/// Memory per document besides its words, its id and its headline, in bytes.
const BYTES_PER_DOCUMENT: u64 = 120;

pub(crate) fn run(command: &Stories) -> Result<()> {
    // Not the effective threshold: that of a settings file is meant for shingles of several words.
    let threshold = command.corpus.settings.threshold;
    let rules = StoryRules::default();
    let rules = threshold.map_or(rules, |threshold| rules.threshold(threshold));
    let rules = rules.window(command.window.0).infer_order(command.window.0.is_some());
    let finder = StoryFinder::new(rules.max_document_frequency(command.frequency_limit))?;
    let corpus = Corpus::open(&command.corpus, None)?;
    corpus.refuse_replacing("--output", command.output.as_deref(), None)?;
    let output = Output::open_result(command.output.as_deref(), command.json)?;
    corpus.hold_standard_input()?;
    let reading = Reading { corpus: &corpus, fields: fields(&corpus, command)?, command };
    let (articles, index, held) = reading.articles(finder)?;
    let mut found = Found { held, pairs: index.pairs(), templates: 0, background: 0, pages: 0, index, articles };
    check::check_pairs(&mut found, &reading)?;
    print::print(&found, command, &output)
}

/// What was found.
struct Found {
    articles: Vec<Article>,
    /// The bytes that articles and index take at most, once the pairs are found.
    held: u64,
    index: StoryIndex,
    pairs: Vec<StoryPair>,
    /// The number of pairs that were set aside, because they are one template filled in twice.
    templates: usize,
    /// The number of pairs that were set aside, because they share background only.
    background: usize,
    /// The number of pairs that were set aside, because one text is a page of many articles.
    pages: usize,
}

fn fields(corpus: &Corpus, command: &Stories) -> Result<Fields> {
    let fields = corpus.reading()?.0.without_metadata();
    let title = command.title.as_ref().map(FieldPath::new);
    if let Some(title) = title.as_ref().filter(|title| fields.text.contains(title)) {
        bail!("--title {} is a field of --text already; leave --title out", title.as_str());
    }
    Ok(Fields {
        text: title.into_iter().chain(fields.text).collect(),
        dates: command.date.iter().map(FieldPath::new).collect(),
        source: corpus.settings.source.as_ref().map(FieldPath::new),
        ..fields
    })
}

/// The corpus, and which fields are read of it.
struct Reading<'a> {
    corpus: &'a Corpus,
    fields: Fields,
    command: &'a Stories,
}

impl Reading<'_> {
    fn memory(&self) -> ByteSize {
        self.corpus.settings.memory_limit()
    }

    /// Returns a check of the fields that options name.
    fn field_check(&self) -> FieldCheck {
        let title = self.command.title.as_ref().map(FieldPath::new);
        let mut check = FieldCheck::of_texts(TextCheck::with_title(title));
        if let Some(name) = &self.command.date {
            check.name("--date", name, |facts| facts.dates.iter().any(Option::is_some));
        }
        if let Some(name) = &self.corpus.settings.source {
            check.name("--source", name, |facts| facts.source.is_some());
        }
        check
    }

    /// Reads what is printed of each document, and its words.
    fn articles(&self, mut finder: StoryFinder) -> Result<(Vec<Article>, StoryIndex, u64)> {
        let (corpus, memory) = (self.corpus, self.memory());
        let options = corpus.settings.options();
        let mut reader = corpus.inputs.read(&options, &self.fields);
        let bar = progress::bytes(corpus.inputs.total_bytes());
        let (mut articles, mut rejected, mut bytes) = (Vec::new(), 0, 0);
        let mut field_check = self.field_check();
        let mut id_check = IdCheck::new(memory.0).keeping_ids_of(&corpus.inputs)?;
        // No join is made, but one document may take as much memory as in a join.
        let join = corpus.settings.join(None)?;
        while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy_of_stories(&options))? {
            batch.records().filter_map(|(_, _, facts)| facts).for_each(|facts| field_check.add(facts));
            let records: Vec<_> =
                batch.records().map(|(id, text, metadata)| (Article::new(id, text, metadata), text)).collect();
            for (number, (article, text)) in (articles.len() as u32..).zip(&records) {
                join.check_document(number, &article.id, text)?;
            }
            let texts: Vec<StoryText<'_>> = records.iter().map(|(article, text)| article.story_text(text)).collect();
            finder.push_all(&texts);
            for (article, _) in records {
                id_check.add(&article.id)?;
                bytes += BYTES_PER_DOCUMENT + article.bytes();
                articles.push(article);
            }
            word_memory::check(bytes + finder.memory() as u64, memory, articles.len(), ADVICE)?;
            bar.suspend(|| write_rejected(batch, None, &mut rejected))?;
            bar.set_position(reader.position().bytes);
        }
        bar.finish_and_clear();
        refuse_all_rejected(articles.len() as u64, rejected)?;
        field_check.add_texts(&reader);
        if !articles.is_empty() {
            field_check.check()?;
        }
        id_check.check(&corpus.inputs, &options, &self.fields)?;
        // Words as found and the index of rare words are freed by then.
        let held = bytes + finder.memory() as u64 / 2;
        Ok((articles, finder.finish(), held))
    }
}
