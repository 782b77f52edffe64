//! `twinprint trim`.

mod trimmer;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use twinprint_documents::{Fields, Format, Inputs, Options, Rewriter};

use crate::arguments::Trim;
use crate::byte_size::ByteSize;
use crate::corpus::{REASONS, name_of_rejected, refuse_all_rejected, write_rejected};
use crate::field_check::TextCheck;
use crate::file_names::compression_extension;
use crate::input_error;
use crate::inputs;
use crate::interrupt::TemporaryFolder;
use crate::messages::{self, counted};
use crate::output::{OutputDir, Target, copy_to_stream};
use crate::per_file::{self, Part};
use crate::progress;
use trimmer::{Counts, Trimmed, Trimmer};

/// The folder of one trimmed file for each input file.
const TRIMMED_FOLDER: &str = "trimmed";

/// The list of what was removed.
const REMOVED: &str = "removed.tsv";

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
    let corpus = Corpus::open(command, stream)?;
    let Some(output) = OutputDir::open_for_trim(folder, &corpus.rules, &corpus.inputs, command.force)? else {
        messages::result(format_args!("{}: an earlier run is complete; nothing was done", folder.display()));
        return Ok(());
    };
    let names = FileNames::new(&corpus.inputs, command.output_per_file, stream.is_some());
    let targets = corpus.targets(&output.staged(&names.trimmed))?;
    let mut trimmer = Trimmer::new(command, &output, corpus.texts.clone(), corpus.memory)?;
    let read = corpus.trim(&mut trimmer, &targets, &names, &output, folder)?;
    let trimmed = trimmer.finish()?;
    let Counts { documents, changed, emptied, units, bytes, removed } = trimmed.counts;
    publish(&output, &names, read.rejected)?;
    let seconds = started.elapsed().as_secs_f64();
    output.finish(summary(command, &corpus, &names, trimmed, &read, seconds))?;
    if let Some(stream) = stream {
        copy_to_stream(&folder.join(&names.trimmed), stream)?;
    }
    let in_bad = match stream {
        _ if read.rejected == 0 => String::new(),
        None => format!(", {} rejected, in {}", read.rejected, name_of_rejected(&folder.join(&names.bad))),
        Some(_) => format!(", {} rejected", read.rejected),
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

/// What is read, and how.
struct Corpus {
    inputs: Inputs,
    options: Options,
    fields: Fields,
    /// The names of the texts of a document.
    texts: Vec<String>,
    memory: ByteSize,
    /// The input files, if each has an output file of its own.
    parts: Vec<Part>,
    /// All that decides what is removed.
    rules: String,
}

/// What the reading found besides documents.
struct Read {
    rejected: u64,
    bytes: u64,
}

impl Corpus {
    /// Finds the inputs. Refuses what is wrong before anything is written.
    fn open(command: &Trim, stream: Option<&Path>) -> Result<Self> {
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
        let parts = if command.output_per_file {
            per_file::parts(&inputs)?
        } else {
            inputs::warn_of_partitions(&inputs);
            Vec::new()
        };
        let rules = settings.of_run().to_toml()?;
        let rules = format!("{rules} {} {} {}", command.unit.name(), command.least_words, command.output_per_file);
        Ok(Self { inputs, options, fields, texts, memory: settings.memory_limit(), parts, rules })
    }

    /// Returns what is written to which unfinished file: everything to this one, or each input file to its own in this folder.
    fn targets(&self, staged: &Path) -> Result<Vec<(&Inputs, PathBuf)>> {
        if self.parts.is_empty() {
            return Ok(vec![(&self.inputs, staged.to_path_buf())]);
        }
        let extension = self.inputs.format().removed_extension();
        self.parts.iter().map(|part| Ok((&part.inputs, part.create_in(staged, extension)?))).collect()
    }

    /// Reads all documents, and writes what is left of them.
    fn trim(
        &self,
        trimmer: &mut Trimmer,
        targets: &[(&Inputs, PathBuf)],
        names: &FileNames,
        output: &OutputDir,
        folder: &Path,
    ) -> Result<Read> {
        let bad = output.staged(&names.bad);
        let bar = progress::bytes(self.inputs.total_bytes());
        let (mut rejected, mut bytes, mut text_check) = (0, 0, TextCheck::default());
        for (inputs, path) in targets {
            let mut reader = inputs.read(&self.options, &self.fields).with_raw();
            // The file has another path until it is complete, of which a user knows nothing.
            let named = |error| with_final_path(error, path, &folder.join(&names.trimmed));
            let mut rewriter = Rewriter::create(path, inputs, &self.fields).map_err(named)?;
            while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(&self.options))? {
                rewriter.write(batch, |document| trimmer.trim(&document))?;
                bar.suspend(|| write_rejected(batch, Some(&bad), &mut rejected))?;
                bar.set_position(bytes + reader.position().bytes);
            }
            bytes += reader.position().bytes;
            rewriter.finish().map_err(named)?;
            text_check.add(&reader);
        }
        bar.finish_and_clear();
        refuse_all_rejected(trimmer.counts.documents, rejected)?;
        text_check.check()?;
        Ok(Read { rejected, bytes })
    }
}

/// Gives the complete files their names. Those of an earlier run stay until all new ones are complete.
fn publish(output: &OutputDir, names: &FileNames, rejected: u64) -> Result<()> {
    let mut files = vec![names.trimmed.as_str(), REMOVED];
    if rejected > 0 {
        files.extend([names.bad.as_str(), REASONS]);
    }
    let publish =
        |name: &&str| if *name == TRIMMED_FOLDER { output.publish_folder(name) } else { output.publish(name) };
    files.iter().try_for_each(publish)?;
    output.remove_earlier(&files)
}

/// Returns the summary of a run.
fn summary(
    command: &Trim,
    corpus: &Corpus,
    names: &FileNames,
    Trimmed { seen, repeated, counts }: Trimmed,
    read: &Read,
    seconds: f64,
) -> Value {
    json!({
        "documents": counts.documents, "changed": counts.changed, "emptied": counts.emptied, "set_aside": read.rejected,
        "text_bytes": counts.bytes, "removed_bytes": counts.removed, "removed_units": counts.units,
        "different_units": seen.len(), "repeated_units": repeated.len(), "most_repeated": repeated.most_frequent(),
        "unit": command.unit.name(), "least_words": command.least_words, "text": corpus.texts,
        "bytes": read.bytes, "seconds": seconds, "files": [&names.trimmed, REMOVED],
    })
}

/// Puts the path that the file will have in the place of the one that it has now.
fn with_final_path(mut error: twinprint_documents::Error, staged: &Path, path: &Path) -> twinprint_documents::Error {
    if error.path == staged {
        error.path = path.to_path_buf();
    }
    error
}

/// The names of the output files that depend on the format.
struct FileNames {
    /// The file of trimmed documents, or the folder of one for each input file.
    trimmed: String,
    /// The file for rejected records.
    bad: String,
}

impl FileNames {
    /// Returns the names. Plain files are not compressed.
    fn new(inputs: &Inputs, per_file: bool, plain: bool) -> Self {
        let format = inputs.format();
        let compression = if plain { String::new() } else { compression_extension(inputs) };
        let trimmed = format!("trimmed.{}{compression}", format.removed_extension());
        Self {
            trimmed: if per_file { TRIMMED_FOLDER.to_string() } else { trimmed },
            bad: format!("bad.{}", format.rejected_extension()),
        }
    }
}

/// Returns the names of the texts of a document. A text file is one text, whatever fields are named.
fn texts_of(inputs: &Inputs, fields: &Fields) -> Vec<String> {
    match inputs.format() {
        Format::Text | Format::Lines | Format::Tar => vec!["text".to_string()],
        _ => fields.text.iter().map(|field| field.as_str().to_string()).collect(),
    }
}
