//! `twinprint trim`.

use std::fs;
use std::ops::Range;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::json;
use twinprint::Scheme;
use twinprint::repeated_lines::RepeatedLines;
use twinprint_documents::{DocumentTexts, Fields, Format, Inputs, Rewriter};

use crate::arguments::Trim;
use crate::corpus::{check_id, ending, packing, put_aside};
use crate::faults;
use crate::folder::Output;
use crate::inputs;
use crate::progress;
use crate::repeated::{Repeated, beginning};
use crate::size::Size;
use crate::table::Table;

/// Memory that reading and writing take.
const READING: u64 = 64 << 20;

/// Characters of what was removed that are shown.
const SHOWN: usize = 60;

pub(crate) fn run(command: &Trim) -> Result<()> {
    let started = Instant::now();
    let settings = command.settings.effective()?;
    settings.set_threads()?;
    let options = settings.options();
    let fields = settings.fields()?.without_facts();
    let inputs = inputs::find(&command.inputs, &options)?;
    inputs.check_columns(&options, &fields)?;
    let texts = texts_of(&inputs, &fields);
    let folder = &command.output;
    let output = Output::begin(folder, &inputs, command.force)?;
    let [trimmed, bad] = file_names(&inputs);
    let trimmed_path = folder.join(&trimmed);
    let bad_path = folder.join(format!("{bad}.unfinished"));

    let mut trimmer = Trimmer::new(command, texts.clone(), settings.memory.unwrap_or(Size(1 << 30)))?;
    let mut reader = inputs.read(&options, &fields).with_raw();
    let mut rewriter = Rewriter::create(&trimmed_path, &inputs, &fields)?;
    let bar = progress::bytes(inputs.total_bytes());
    let mut set_aside = 0;
    while let Some(batch) = reader.next_batch().map_err(faults::refusal)? {
        rewriter.write(batch, |document| trimmer.trim(&document))?;
        bar.suspend(|| put_aside(batch, Some(&bad_path), &mut set_aside))?;
        bar.set_position(reader.position().bytes);
    }
    bar.finish_and_clear();
    if trimmer.counts.documents == 0 && set_aside == 0 {
        bail!("the inputs hold no documents");
    }
    let Trimmer { seen, repeated, removed, counts, .. } = trimmer;
    // What an earlier run wrote stays until all is written.
    rewriter.finish()?;
    removed.finish()?;
    let mut files = vec![trimmed.as_str(), REMOVED];
    if set_aside > 0 {
        fs::rename(&bad_path, folder.join(&bad)).with_context(|| bad_path.display().to_string())?;
        files.push(&bad);
    }
    output.remove_earlier(&files)?;

    let Counts { documents, changed, emptied, units, bytes, removed } = counts;
    let seconds = started.elapsed().as_secs_f64();
    output.complete(&json!({
        "documents": documents, "changed": changed, "emptied": emptied, "set_aside": set_aside,
        "text_bytes": bytes, "removed_bytes": removed, "removed_units": units,
        "different_units": seen.len(), "repeated_units": repeated.len(), "most_repeated": repeated.most_frequent(),
        "unit": command.unit.name(), "least_words": command.least_words, "text": texts,
        "bytes": reader.position().bytes, "seconds": seconds, "files": [trimmed, REMOVED.to_string()],
    }))?;
    let set_aside = if set_aside > 0 { format!(", {set_aside} set aside in {bad}") } else { String::new() };
    eprintln!(
        "{documents} documents: {changed} changed, {emptied} of them empty now{set_aside}; {units} {}s removed, {:.1} of {:.1} MB; \
         {seconds:.1} s; see {}",
        command.unit.name(),
        removed as f64 / 1e6,
        bytes as f64 / 1e6,
        folder.display()
    );
    Ok(())
}

/// The list of what was removed.
const REMOVED: &str = "removed.tsv";

/// What the files of documents are called.
fn file_names(inputs: &Inputs) -> [String; 2] {
    let (ending, packed) = match inputs.format() {
        // Texts become lines.
        Format::Text => (ending(Format::JsonLines), String::new()),
        // Compressed by itself.
        Format::Parquet => (ending(Format::Parquet), String::new()),
        format => (ending(format), packing(inputs)),
    };
    [format!("trimmed.{ending}{packed}"), format!("bad.{}", self::ending(inputs.format()))]
}

/// What the texts of a document are called. A file that is a document has one, whatever fields are named.
fn texts_of(inputs: &Inputs, fields: &Fields) -> Vec<String> {
    match inputs.format() {
        Format::Text => vec!["text".to_string()],
        _ => fields.text.iter().map(|field| field.as_str().to_string()).collect(),
    }
}

/// Takes from texts what the corpus has had before.
struct Trimmer {
    seen: RepeatedLines,
    repeated: Repeated,
    removed: Table,
    /// What the texts of a document are called.
    fields: Vec<String>,
    counts: Counts,
    memory: Size,
}

/// What was done.
#[derive(Default)]
struct Counts {
    documents: u64,
    changed: u64,
    /// Documents that had a text and have none now.
    emptied: u64,
    /// Lines or paragraphs removed.
    units: u64,
    /// Bytes of all texts, and those removed.
    bytes: u64,
    removed: u64,
}

impl Trimmer {
    fn new(command: &Trim, fields: Vec<String>, memory: Size) -> Result<Self> {
        Ok(Self {
            seen: RepeatedLines::new(Scheme::news().shingler()?, command.unit.unit(), command.least_words),
            repeated: Repeated::default(),
            removed: Table::create(Some(&command.output.join(REMOVED)))?,
            fields,
            counts: Counts::default(),
            memory,
        })
    }

    /// The texts of a document that lose something.
    fn trim(&mut self, document: &DocumentTexts<'_>) -> Result<Vec<Option<String>>> {
        check_id(document.id)?;
        self.counts.documents += 1;
        let (mut new, mut had_text, mut has_text) = (Vec::with_capacity(document.texts.len()), false, false);
        for (field, text) in document.texts.iter().enumerate() {
            let text = text.as_deref().unwrap_or_default();
            let left = self.trim_text(document.id, field, text)?;
            had_text |= !text.trim().is_empty();
            has_text |= !left.as_deref().unwrap_or(text).trim().is_empty();
            new.push(left);
        }
        self.counts.changed += u64::from(new.iter().any(Option::is_some));
        self.counts.emptied += u64::from(had_text && !has_text);
        Ok(new)
    }

    fn trim_text(&mut self, id: &str, field: usize, text: &str) -> Result<Option<String>> {
        self.check_memory(text)?;
        let (repeated, counts) = (&mut self.repeated, &mut self.counts);
        counts.bytes += text.len() as u64;
        let ranges = self.seen.insert_with(text, |unit, hash| {
            repeated.add(hash, &text[unit]);
            counts.units += 1;
        });
        let Some(first) = ranges.first() else { return Ok(None) };
        let bytes: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        counts.removed += bytes as u64;
        let first = beginning(&text[first.clone()], SHOWN);
        self.removed.line(format_args!("{id}\t{}\t{bytes}\t{}\t{first}", self.fields[field], listed(&ranges)))?;
        Ok(Some(RepeatedLines::without(text, &ranges)))
    }

    /// Refuses a text with which the units would no longer fit.
    fn check_memory(&self, text: &str) -> Result<()> {
        let lines = text.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let wanted = (self.seen.memory_to_insert(text) + self.repeated.memory_to_add(lines)) as u64;
        let Size(memory) = self.memory;
        if wanted + READING.min(memory / 2) > memory {
            bail!(
                "{} different lines or paragraphs were seen in {} documents, and more of them do not fit in --memory {}; give more \
                 memory, take --unit paragraph, which are fewer, raise --least-words, or trim the corpus part by part",
                self.seen.len(),
                self.counts.documents,
                self.memory
            );
        }
        Ok(())
    }
}

/// Ranges of bytes, from the first to the one behind the last.
fn listed(ranges: &[Range<usize>]) -> String {
    let ranges = ranges.iter().map(|range| format!("{}-{}", range.start, range.end));
    ranges.collect::<Vec<_>>().join(" ")
}
