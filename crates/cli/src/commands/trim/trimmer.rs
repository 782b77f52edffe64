//! What is removed from the texts, and the list of it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;

use anyhow::{Context, Result, bail};
use twinprint::Scheme;
use twinprint::repeated_lines::RepeatedLines;
use twinprint_documents::DocumentTexts;

use super::REMOVED;
use crate::arguments::{Trim, TrimUnit};
use crate::byte_size::ByteSize;
use crate::escape::column;
use crate::output::OutputDir;
use crate::top_repeats::{TopRepeats, beginning};

/// Memory for the buffers of reading and writing, in bytes.
const READING: u64 = 64 << 20;

/// Characters of a removed text that `removed.tsv` shows.
const SHOWN: usize = 60;

/// Removes from texts what occurred earlier in the corpus.
pub(super) struct Trimmer {
    seen: RepeatedLines,
    repeated: TopRepeats,
    removed: BufWriter<File>,
    /// The names of the texts of a document.
    fields: Vec<String>,
    pub(super) counts: Counts,
    is_by_line: bool,
    memory: ByteSize,
}

/// What is known when all documents are trimmed.
pub(super) struct Trimmed {
    pub(super) seen: RepeatedLines,
    pub(super) repeated: TopRepeats,
    pub(super) counts: Counts,
}

/// Counts for the summary.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) documents: u64,
    pub(super) changed: u64,
    /// Documents whose text became empty.
    pub(super) emptied: u64,
    /// Lines or paragraphs removed.
    pub(super) units: u64,
    /// Bytes of all texts.
    pub(super) bytes: u64,
    /// Bytes removed.
    pub(super) removed: u64,
}

impl Trimmer {
    pub(super) fn new(command: &Trim, output: &OutputDir, fields: Vec<String>, memory: ByteSize) -> Result<Self> {
        Ok(Self {
            seen: RepeatedLines::new(Scheme::news().shingler()?, command.unit.unit(), command.least_words),
            repeated: TopRepeats::default(),
            removed: BufWriter::new(File::create(output.staged(REMOVED)).context(REMOVED)?),
            fields,
            counts: Counts::default(),
            is_by_line: matches!(command.unit, TrimUnit::Line),
            memory,
        })
    }

    /// Trims a document. Returns a new text for each field that changed.
    pub(super) fn trim(&mut self, document: &DocumentTexts<'_>) -> Result<Vec<Option<String>>> {
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

    /// Completes the list of what was removed.
    pub(super) fn finish(mut self) -> Result<Trimmed> {
        self.removed.flush()?;
        Ok(Trimmed { seen: self.seen, repeated: self.repeated, counts: self.counts })
    }

    fn trim_text(&mut self, id: &str, field: usize, text: &str) -> Result<Option<String>> {
        self.check_length(id, text)?;
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
        let (id, field) = (column(id), column(&self.fields[field]));
        writeln!(self.removed, "{id}\t{field}\t{bytes}\t{}\t{}", listed(&ranges), column(&first)).context(REMOVED)?;
        Ok(Some(RepeatedLines::without(text, &ranges)))
    }

    /// Refuses a text that takes too much memory by itself: the copies of it, and what is computed of its longest unit.
    fn check_length(&self, id: &str, text: &str) -> Result<()> {
        let ByteSize(memory) = self.memory;
        let at_most = (COPIES + UNIT_COPIES) * text.len() as u64;
        if at_most > memory && COPIES * text.len() as u64 + UNIT_COPIES * longest(text, self.is_by_line) > memory {
            bail!(
                "the document {id:?} with {} MB of text takes more than --memory {} to trim; give about {} MB, or leave the document out",
                text.len() >> 20,
                self.memory,
                (at_most >> 20) + 1
            );
        }
        Ok(())
    }

    /// Refuses a text if its units might no longer fit in memory.
    fn check_memory(&self, text: &str) -> Result<()> {
        let lines = text.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let wanted = (self.seen.memory_to_insert(text) + self.repeated.memory_to_add(lines)) as u64;
        let ByteSize(memory) = self.memory;
        if wanted + READING.min(memory / 2) > memory {
            bail!(
                "{} distinct lines or paragraphs in {} documents fill --memory {}; give more memory, choose --unit paragraph, which \
                 gives fewer units, raise --least-words, or trim the corpus part by part",
                self.seen.len(),
                self.counts.documents,
                self.memory
            );
        }
        Ok(())
    }
}

/// Bytes that are held for each byte of a text, and for each byte of its longest unit.
const COPIES: u64 = 3;
const UNIT_COPIES: u64 = 8;

/// Returns the length of the longest unit in bytes.
fn longest(text: &str, is_by_line: bool) -> u64 {
    let (mut longest, mut current) = (0, 0);
    for line in text.split_inclusive('\n') {
        if is_by_line || line.trim().is_empty() {
            current = 0;
        }
        current += line.len() as u64;
        longest = longest.max(current);
    }
    longest
}

/// Formats half-open ranges of bytes as `start-end`, separated by spaces.
fn listed(ranges: &[Range<usize>]) -> String {
    let ranges = ranges.iter().map(|range| format!("{}-{}", range.start, range.end));
    ranges.collect::<Vec<_>>().join(" ")
}
