//! `twinprint index query`.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::{Result, bail};
use rayon::prelude::*;
use twinprint::SimilarityJoinBuilder;
use twinprint::store::{Prepared, StoreHit, View};
use twinprint_documents::{LineReader, Options};

use super::{memory_rule, named, reading_settings};
use crate::arguments::IndexQuery;
use crate::corpus::{refuse_all_rejected, write_rejected};
use crate::escape;
use crate::field_check::TextCheck;
use crate::output::LineSink;
use crate::settings::{BadRecords, FormatName, Settings};
use crate::{input_error, inputs};

/// What is asked about each document.
enum Question {
    /// Documents from this similarity up.
    Similar(f64),
    /// The most similar documents at any similarity.
    Nearest,
    /// Documents that contain this share of it, or this share of which it contains.
    Contained(f64),
}

/// How questions are answered.
struct Asker<'a> {
    view: View,
    command: &'a IndexQuery,
    question: Question,
    /// The rule which documents are too large for the memory limit.
    memory: SimilarityJoinBuilder,
}

pub(super) fn run(command: &IndexQuery) -> Result<()> {
    if command.top == Some(0) {
        bail!("--top is 0; it must be at least 1");
    }
    let index = &command.folder.index;
    let view = View::open(index)?;
    let settings = reading_settings(&command.settings, view.scheme(), index)?;
    let question = Question::new(command, &view)?;
    if !view.has_sets() {
        tracing::warn!("the index has signatures only, so similarities are estimates");
    }
    let memory = memory_rule(&settings, view.scheme());
    let asker = Asker { view, command, question, memory };
    let is_lines = matches!(settings.format, None | Some(FormatName::Jsonl));
    if is_lines && command.inputs == [Path::new("-")] { asker.filter(&settings) } else { asker.read(&settings) }
}

/// First bytes of what is not read line by line, its name, and what to do with it.
const PACKED: [(&[u8], &str, &str); 6] = [
    (b"\x1f\x8b", "gzip", "decompress it with zcat"),
    (b"\x28\xb5\x2f\xfd", "zstd", "decompress it with zstdcat"),
    (b"BZh", "bzip2", "decompress it with bzcat"),
    (b"\xfd7zXZ", "xz", "decompress it with xzcat"),
    (b"PAR1", "Parquet", "save it to a file"),
    (b"ARROW1", "Arrow IPC", "save it to a file"),
];

/// Refuses input that is compressed or of another format, by its first bytes.
fn refuse_packed(head: &[u8]) -> Result<()> {
    match PACKED.iter().find(|(first, ..)| head.starts_with(first)) {
        Some((_, name, remedy)) => bail!(
            "-: the input is {name}, and index query reads lines of JSON from standard input, to answer each at once; {remedy}, or name \
             the file instead of -"
        ),
        None => Ok(()),
    }
}

impl Question {
    /// Works out what is asked. A similarity and a containment are two forms of one question, so an option for one of them counts more than
    /// a settings file that has the other.
    fn new(command: &IndexQuery, view: &View) -> Result<Self> {
        let of_options = (command.settings.contained, command.settings.threshold);
        let given = command.settings.given()?;
        match if of_options == (None, None) { (given.contained, given.threshold) } else { of_options } {
            (Some(_), Some(_)) if of_options == (None, None) => bail!(
                "the settings file has both contained, which asks for texts inside others, and threshold, which asks for similar ones; give \
                 --contained or --threshold to choose"
            ),
            (Some(_), Some(_)) => bail!(
                "--contained asks for texts inside others, and --threshold for similar ones; leave out one of them"
            ),
            (Some(share), None) if view.has_sets() => Ok(Self::Contained(share)),
            (Some(_), None) => bail!(
                "{}: the index has signatures only, which do not tell what is inside another text; create an index without \
                 --signatures-only",
                command.folder.index.display()
            ),
            (None, None) if command.top.is_some() => Ok(Self::Nearest),
            (None, threshold) => Self::similar(threshold.unwrap_or(view.threshold()), view),
        }
    }

    /// Asks for similar documents. Warns if the index does not find all of them.
    fn similar(threshold: f64, view: &View) -> Result<Self> {
        if !(threshold > 0.0 && threshold <= 1.0) {
            bail!("--threshold is {threshold}; it must be greater than 0 and at most 1");
        }
        if threshold < view.threshold() {
            tracing::warn!(
                "the index was created for similarities from {}; of those at {threshold}, {:.0} % are found",
                view.threshold(),
                100.0 * view.banding().recall(threshold)
            );
        }
        Ok(Self::Similar(threshold))
    }
}

impl Asker<'_> {
    /// Answers all documents of the inputs.
    fn read(&self, settings: &Settings) -> Result<()> {
        let (fields, options) = (settings.fields()?.without_metadata(), settings.options());
        let inputs = inputs::find(&self.command.inputs, &options)?;
        let mut reader = inputs.read(&options, &fields);
        let mut lines = LineSink::standard()?;
        let (mut read, mut rejected) = (0, 0);
        while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(&options))? {
            let documents: Vec<_> = batch.documents().collect();
            for (number, (id, text)) in (read as u32..).zip(&documents) {
                self.memory.check_document(number, id, text)?;
            }
            read += documents.len() as u64;
            for part in documents.chunks(1 << 12) {
                for answer in self.answers(part)? {
                    lines.write(&answer)?;
                }
            }
            write_rejected(batch, None, &mut rejected)?;
        }
        lines.finish()?;
        // Answers of a part of each text are printed by then, but the exit status says that they are none.
        let mut text_check = TextCheck::default();
        text_check.add(&reader);
        text_check.check()?;
        if rejected > 0 { refuse_all_rejected(read, rejected) } else { Ok(()) }
    }

    /// Answers each line of standard input before the next one is read.
    fn filter(&self, settings: &Settings) -> Result<()> {
        let options = Options { skip_bad: true, ..settings.options() };
        let fields = settings.fields()?.without_metadata();
        let mut input = BufReader::new(io::stdin().lock());
        refuse_packed(input.fill_buf()?)?;
        let mut reader = LineReader::new("-", input, fields, options);
        let mut lines = LineSink::standard()?;
        let mut read = 0;
        loop {
            let answer = match reader.next_document() {
                Ok(None) => return lines.finish(),
                Ok(Some((id, text))) => {
                    self.memory.check_document(read, id, text)?;
                    read += 1;
                    self.answers(&[(id, text)])?.concat()
                }
                Err(error) if settings.bad == Some(BadRecords::Aside) && error.line.is_some() => {
                    tracing::warn!("rejected: {error}");
                    continue;
                }
                Err(error) => {
                    lines.finish()?;
                    return Err(input_error::with_remedy(&settings.options())(error));
                }
            };
            lines.write(&answer)?;
            lines.flush()?;
        }
    }

    /// Returns the lines that answer each document, by its id and text.
    fn answers(&self, documents: &[(&str, &str)]) -> Result<Vec<String>> {
        let preparer = self.view.preparer();
        let prepare = |(_, text): &(&str, &str)| preparer.text(text);
        let hits: Result<Vec<Vec<StoreHit>>, twinprint::Error> = match self.question {
            Question::Contained(share) => documents
                .par_iter()
                .map(prepare)
                .collect::<Result<Vec<Prepared>, _>>()
                .and_then(|prepared| self.view.query_contained(&prepared, share)),
            Question::Similar(threshold) => {
                documents.par_iter().map(|document| self.view.query(&prepare(document)?, threshold)).collect()
            }
            Question::Nearest => {
                documents.par_iter().map(|document| self.view.nearest(&prepare(document)?, self.count())).collect()
            }
        };
        let hits = named(hits, &self.command.folder.index)?;
        documents.par_iter().zip(hits).map(|((id, _), hits)| self.lines(id, hits)).collect()
    }

    /// Returns the lines of one document.
    fn lines(&self, id: &str, mut hits: Vec<StoreHit>) -> Result<String> {
        if self.command.skip_same_id {
            hits.retain(|hit| hit.id != id);
        }
        hits.truncate(self.command.top.unwrap_or(usize::MAX));
        let is_contained = matches!(self.question, Question::Contained(_));
        let shares = |hit: &StoreHit| {
            hit.overlap.map_or((0.0, 0.0), |overlap| (overlap.left_in_right(), overlap.right_in_left()))
        };
        let mut lines = String::new();
        if self.command.json {
            let one = |hit: &StoreHit| {
                if is_contained {
                    let (in_match, of_match) = shares(hit);
                    return serde_json::json!({ "id": hit.id, "in_match": in_match, "of_match": of_match });
                }
                serde_json::json!({ "id": hit.id, "jaccard": hit.jaccard })
            };
            let matches: Vec<_> = hits.iter().map(one).collect();
            writeln!(lines, "{}", serde_json::json!({ "id": id, "matches": matches }))?;
            return Ok(lines);
        }
        let id = escape::column(id);
        for hit in hits {
            let other = escape::column(&hit.id);
            if is_contained {
                let (in_match, of_match) = shares(&hit);
                writeln!(lines, "{id}\t{other}\t{in_match:.6}\t{of_match:.6}")?;
            } else {
                writeln!(lines, "{id}\t{other}\t{:.6}", hit.jaccard)?;
            }
        }
        Ok(lines)
    }

    /// Returns how many of the most similar documents are asked for.
    fn count(&self) -> usize {
        // One more, because the document itself may be left out.
        self.command.top.map_or(usize::MAX, |top| top.saturating_add(usize::from(self.command.skip_same_id)))
    }
}
