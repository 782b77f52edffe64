//! `twinprint trim`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::json;
use twinprint::Scheme;
use twinprint::repeated_lines::RepeatedLines;
use twinprint_documents::{DocumentTexts, Fields, Format, Inputs, Rewriter};

use crate::arguments::{Trim, TrimUnit};
use crate::byte_size::ByteSize;
use crate::corpus::{REASONS, name_of_rejected, refuse_all_rejected, write_rejected};
use crate::escape::column;
use crate::field_check::TextCheck;
use crate::file_names::compression_extension;
use crate::input_error;
use crate::inputs;
use crate::interrupt::TemporaryFolder;
use crate::messages::{self, counted};
use crate::output::{OutputDir, Target, copy_to_stream};
use crate::per_file;
use crate::progress;
use crate::top_repeats::{TopRepeats, beginning};

/// Memory for the buffers of reading and writing, in bytes.
const READING: u64 = 64 << 20;

/// Characters of a removed text that `removed.tsv` shows.
const SHOWN: usize = 60;

pub(crate) fn run(command: &Trim) -> Result<()> {
    if !Target::new(&command.output)?.is_stream() {
        return into_folder(command, &command.output, None);
    }
    let scratch = TemporaryFolder::new()?;
    into_folder(command, &scratch.path().join("out"), Some(&command.output))
}

/// Trims a corpus into a folder. With a stream the folder is temporary, and the trimmed documents are copied to the stream.
fn into_folder(command: &Trim, folder: &Path, stream: Option<&Path>) -> Result<()> {
    let started = Instant::now();
    let settings = command.settings.effective()?;
    settings.set_threads()?;
    let options = settings.options();
    let fields = settings.fields()?.without_metadata();
    let inputs = inputs::find(&command.inputs, &options)?;
    inputs::refuse_replacing("--output", stream, inputs.paths())?;
    inputs.check_columns(&options, &fields)?;
    let texts = texts_of(&inputs, &fields);
    if command.output_per_file && stream.is_some() {
        bail!("--output-per-file writes many files, and needs a folder for --output");
    }
    // Is refused before anything is written.
    let parts = if command.output_per_file { per_file::parts(&inputs)? } else { Vec::new() };
    let rules = settings.of_run().to_toml()?;
    let rules = format!("{rules} {} {} {}", command.unit.name(), command.least_words, command.output_per_file);
    let Some(output) = OutputDir::open_for_trim(folder, &rules, &inputs, command.force)? else {
        messages::result(format_args!("{}: an earlier run is complete; nothing was done", folder.display()));
        return Ok(());
    };
    let FileNames { mut trimmed, bad } = file_names(&inputs, stream.is_some());
    if command.output_per_file {
        trimmed = TRIMMED_FOLDER.to_string();
    }
    let whole = parts.is_empty().then(|| Ok((&inputs, output.staged(&trimmed))));
    let parts = parts.iter().map(|part| Ok((&part.inputs, part.create_in(&output.staged(&trimmed))?)));
    let parts = parts.chain(whole).collect::<Result<Vec<_>>>()?;
    let bad_path = output.staged(&bad);

    let mut trimmer = Trimmer::new(command, &output, texts.clone(), settings.memory.unwrap_or(ByteSize(1 << 30)))?;
    let bar = progress::bytes(inputs.total_bytes());
    let (mut rejected_records, mut input_bytes, mut text_check) = (0, 0, TextCheck::default());
    for (inputs, path) in parts {
        let mut reader = inputs.read(&options, &fields).with_raw();
        // The file has another path until it is complete, of which a user knows nothing.
        let named = |error| with_final_path(error, &path, &folder.join(&trimmed));
        let mut rewriter = Rewriter::create(&path, inputs, &fields).map_err(named)?;
        while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(&options))? {
            rewriter.write(batch, |document| trimmer.trim(&document))?;
            bar.suspend(|| write_rejected(batch, Some(&bad_path), &mut rejected_records))?;
            bar.set_position(input_bytes + reader.position().bytes);
        }
        input_bytes += reader.position().bytes;
        rewriter.finish().map_err(named)?;
        text_check.add(&reader);
    }
    bar.finish_and_clear();
    refuse_all_rejected(trimmer.counts.documents, rejected_records)?;
    text_check.check()?;
    let Trimmer { seen, repeated, mut removed, counts, .. } = trimmer;
    removed.flush()?;
    drop(removed);
    let mut files = vec![trimmed.as_str(), REMOVED];
    if rejected_records > 0 {
        files.extend([bad.as_str(), REASONS]);
    }
    // The files of an earlier run stay until all new ones are complete.
    let publish =
        |name: &&str| if *name == TRIMMED_FOLDER { output.publish_folder(name) } else { output.publish(name) };
    files.iter().try_for_each(publish)?;
    output.remove_earlier(&files)?;

    let Counts { documents, changed, emptied, units, bytes, removed } = counts;
    let seconds = started.elapsed().as_secs_f64();
    output.finish(json!({
        "documents": documents, "changed": changed, "emptied": emptied, "set_aside": rejected_records,
        "text_bytes": bytes, "removed_bytes": removed, "removed_units": units,
        "different_units": seen.len(), "repeated_units": repeated.len(), "most_repeated": repeated.most_frequent(),
        "unit": command.unit.name(), "least_words": command.least_words, "text": texts,
        "bytes": input_bytes, "seconds": seconds, "files": [&trimmed, REMOVED],
    }))?;
    if let Some(stream) = stream {
        copy_to_stream(&folder.join(&trimmed), stream)?;
    }
    let in_bad = match stream {
        _ if rejected_records == 0 => String::new(),
        None => format!(", {rejected_records} rejected, in {}", name_of_rejected(&folder.join(&bad))),
        Some(_) => format!(", {rejected_records} rejected"),
    };
    let place = if stream.is_some() { "they were written".to_string() } else { format!("see {}", folder.display()) };
    messages::result(format_args!(
        "{}: {changed} changed, {emptied} of them empty now{in_bad}; {} removed, {:.1} of {:.1} MB; \
         {seconds:.1} s; {place}",
        counted(documents, "document", "documents"),
        counted(units, command.unit.name(), &format!("{}s", command.unit.name())),
        removed as f64 / 1e6,
        bytes as f64 / 1e6,
    ));
    Ok(())
}

/// Puts the path that the file will have in the place of the one that it has now.
fn with_final_path(mut error: twinprint_documents::Error, staged: &Path, path: &Path) -> twinprint_documents::Error {
    if error.path == staged {
        error.path = path.to_path_buf();
    }
    error
}

/// The folder of one trimmed file for each input file.
const TRIMMED_FOLDER: &str = "trimmed";

/// The list of what was removed.
const REMOVED: &str = "removed.tsv";

/// The names of the output files that depend on the format.
struct FileNames {
    trimmed: String,
    /// The file for rejected records.
    bad: String,
}

/// Returns the names of the files for trimmed documents and for rejected records. Plain ones are not compressed.
fn file_names(inputs: &Inputs, plain: bool) -> FileNames {
    let format = inputs.format();
    let compression = if plain { String::new() } else { compression_extension(inputs) };
    FileNames {
        trimmed: format!("trimmed.{}{compression}", format.removed_extension()),
        bad: format!("bad.{}", format.rejected_extension()),
    }
}

/// Returns the names of the texts of a document. A text file is one text, whatever fields are named.
fn texts_of(inputs: &Inputs, fields: &Fields) -> Vec<String> {
    match inputs.format() {
        Format::Text | Format::Lines | Format::Tar => vec!["text".to_string()],
        _ => fields.text.iter().map(|field| field.as_str().to_string()).collect(),
    }
}

/// Removes from texts what occurred earlier in the corpus.
struct Trimmer {
    seen: RepeatedLines,
    repeated: TopRepeats,
    removed: BufWriter<File>,
    /// The names of the texts of a document.
    fields: Vec<String>,
    counts: Counts,
    is_by_line: bool,
    memory: ByteSize,
}

/// Counts for the summary.
#[derive(Default)]
struct Counts {
    documents: u64,
    changed: u64,
    /// Documents whose text became empty.
    emptied: u64,
    /// Lines or paragraphs removed.
    units: u64,
    /// Bytes of all texts.
    bytes: u64,
    /// Bytes removed.
    removed: u64,
}

impl Trimmer {
    fn new(command: &Trim, output: &OutputDir, fields: Vec<String>, memory: ByteSize) -> Result<Self> {
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
    fn trim(&mut self, document: &DocumentTexts<'_>) -> Result<Vec<Option<String>>> {
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
