//! Hands out the documents of a corpus in batches.

use std::collections::HashMap;
use std::path::Path;

use crate::ahead::Ahead;
use crate::batch::{Batch, LARGE_BATCH};
use crate::error::{Error, ErrorKind};
use crate::field_path::FieldPath;
use crate::fields::Fields;
use crate::file_sequence::{FileSequence, Progress, place};
use crate::inputs::Inputs;
use crate::options::Options;
use crate::place::RecordPlace;
use crate::seen_ids::RecordLocation;

/// Reads the documents of a corpus batch by batch, so the corpus may be larger than memory.
///
/// A batch covers about 4 MB of input, or one record if that is longer. To find repeated ids, a 128-bit hash of each id
/// is kept, unless [ids may repeat](Options::repeated_ids).
///
/// From the second batch on, the current thread pool reads, decompresses and parses the next batch while the caller works on
/// the one before. So two batches are in memory. Nothing is read ahead with one thread, with [raw records](Self::with_raw), or
/// beside a batch of more than 16 MB. With four threads or more, frames of Zstandard files and rows of Parquet files are
/// decompressed by several of them, in memory of at most [`Options::read_ahead`]. The documents and errors are the same.
///
/// ```
/// use twinprint_documents::{Fields, Inputs, Options};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, "{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2}\n")?;
/// let options = Options { skip_bad: true, ..Options::default() };
/// let mut reader = Inputs::find([&path], &options)?.read(&options, &Fields::default());
/// while let Some(batch) = reader.next_batch()? {
///     assert!(batch.documents().eq([("1", "x")]));
///     let error = batch.rejected[0].error.to_string();
///     assert!(error.contains("line 2: the field \"text\" is missing; there are \"id\""), "{error}");
/// }
/// assert_eq!(reader.position().documents, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    reading: Reading,
    batch: Batch,
    /// A batch that can be filled again.
    spare: Batch,
    /// Whether a batch was asked for before.
    begun: bool,
    total_bytes: Option<u64>,
    texts: Vec<FieldPath>,
    progress: Progress,
}

/// Tells how far a corpus has been read, for a progress bar. Bytes are those on disk, so that a compressed file
/// ends at its size.
///
/// ```
/// use twinprint_documents::{Options, open};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, "{\"id\": 1, \"text\": \"x\"}\n")?;
/// let mut reader = open(&path, &Options::default())?;
/// assert_eq!((reader.position().bytes, reader.position().total_bytes), (0, Some(23)));
/// while reader.next_batch()?.is_some() {}
/// let position = reader.position();
/// assert_eq!((position.bytes, position.documents, position.passed_over), (23, 1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// Bytes read so far, as they are on disk.
    pub bytes: u64,
    /// The size of all files on disk in bytes, or `None` for standard input.
    pub total_bytes: Option<u64>,
    /// Documents read so far.
    pub documents: u64,
    /// Records read so far that are no documents because they hold no text, such as the web pages of a WARC file. Tell of them, since
    /// nobody would miss them.
    pub passed_over: u64,
}

/// Where the files are being read.
#[derive(Debug, Default)]
enum Reading {
    /// By the caller, when it asks for the next batch.
    Here(Box<FileSequence>),
    /// By the thread pool, while the caller works on the batch before.
    Ahead(Ahead<Filled>),
    #[default]
    Ended,
}

/// A batch that was read, and the files behind it.
#[derive(Debug)]
struct Filled {
    files: Box<FileSequence>,
    batch: Batch,
    /// Whether there are documents, or rejected records, in the batch.
    read: Result<bool, Error>,
}

impl Inputs {
    /// Returns a reader that begins with the first document.
    ///
    /// Pass the options that the files were found with, because their format was judged by these.
    #[must_use]
    pub fn read(&self, options: &Options, fields: &Fields) -> Reader {
        let files = Box::new(FileSequence::new(self, options, fields));
        Reader {
            total_bytes: self.total_bytes(),
            texts: fields.text.clone(),
            progress: files.progress(),
            reading: Reading::Here(files),
            batch: Batch::default(),
            spare: Batch::default(),
            begun: false,
        }
    }
}

impl Reader {
    /// Keeps the records as they are in the input too, which costs a copy; see [`Batch::raw`]. Tables are then meant to
    /// be written as one, so a table whose columns differ from those of the first is an error.
    ///
    /// It is needed to write records again, by a `Splitter` (which asks for it by itself) or a `Rewriter`. Call it
    /// before the first batch is read.
    #[must_use]
    pub fn with_raw(mut self) -> Self {
        if let Reading::Here(files) = &mut self.reading {
            files.keep_raw();
        }
        self
    }

    /// Returns how far the corpus has been read, up to the end of the batch that was returned last. It may be asked for
    /// after each batch, and costs nothing.
    #[must_use]
    pub fn position(&self) -> Position {
        let Progress { bytes, documents, passed_over, .. } = self.progress;
        Position { bytes, total_bytes: self.total_bytes, documents, passed_over }
    }

    /// Yields the text fields that documents lacked and none so far had. One text of several may be missing in a record, so a
    /// misspelt name is no error by itself; ask at the end, and refuse what would compare documents by a part of their texts.
    ///
    /// ```
    /// use twinprint_documents::{FieldPath, Fields, Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.jsonl");
    /// std::fs::write(&path, "{\"id\": 1, \"title\": \"Ferry\", \"body\": \"It was late.\"}\n")?;
    /// let fields = Fields { text: ["title", "bdy"].map(FieldPath::new).to_vec(), ..Fields::default() };
    /// let mut reader = Inputs::find([&path], &Options::default())?.read(&Options::default(), &fields);
    /// while reader.next_batch()?.is_some() {}
    /// assert!(reader.texts_nowhere().eq([&FieldPath::new("bdy")]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn texts_nowhere(&self) -> impl Iterator<Item = &FieldPath> {
        let texts = self.texts.iter().enumerate();
        texts.filter(|(number, _)| self.progress.text_fields.is_nowhere(*number)).map(|(_, path)| path)
    }

    /// Reads the next documents, or returns `None` at the end. A batch may hold rejected records alone. Each call
    /// reuses the memory of the batch before.
    ///
    /// # Errors
    /// Names the file, the line, what is wrong with it and what can be done. After an error, reading ends.
    ///
    /// The ids, texts and metadata of a batch are borrowed from it, so copy what is needed longer.
    pub fn next_batch(&mut self) -> Result<Option<&Batch>, Error> {
        let filled = match std::mem::take(&mut self.reading) {
            Reading::Ended => return Ok(None),
            Reading::Here(files) => {
                let batch = std::mem::take(&mut self.batch);
                // Beside the memory of a long document no second batch would ever be held.
                fill(files, if has_more_threads() { batch.unless_larger_than(LARGE_BATCH) } else { batch })
            }
            Reading::Ahead(ahead) => {
                self.spare = std::mem::take(&mut self.batch);
                ahead.finish()
            }
        };
        self.progress = filled.files.progress();
        self.batch = filled.batch;
        if !filled.read? {
            return Ok(None);
        }
        self.reading = self.go_on(filled.files);
        Ok(Some(&self.batch))
    }

    /// Begins to read the next batch, unless this is the first one or the only thread is that of the caller. A caller
    /// that asks for the first documents alone has nothing read that it does not use.
    fn go_on(&mut self, files: Box<FileSequence>) -> Reading {
        let is_first = !std::mem::replace(&mut self.begun, true);
        if is_first || !has_more_threads() {
            return Reading::Here(files);
        }
        // Of long documents one batch is held at a time, and its memory is not kept for shorter ones.
        let spare = std::mem::take(&mut self.spare).unless_larger_than(LARGE_BATCH);
        // Raw records double a batch, and allocators keep what they took for two of them.
        if files.keeps_raw() || self.batch.memory() > LARGE_BATCH {
            return Reading::Here(files);
        }
        Reading::Ahead(Ahead::spawn(move || fill(files, spare)))
    }

    /// Returns the place of a document of the batch that was read last, by its number in the batch.
    fn place_in_batch(&self, inputs: &Inputs, mut number: u64) -> Option<RecordPlace> {
        let Progress { file, unit, .. } = self.progress;
        for part in &self.batch.parts {
            let documents = part.documents.len() as u64;
            if number < documents {
                let record = part.documents.get(usize::try_from(number).ok()?)?;
                let location = RecordLocation { file, line: record.line };
                let id = part.document(record).0.to_string();
                return Some(RecordPlace { id, ..place(inputs, location, unit) });
            }
            number -= documents;
        }
        None
    }
}

impl Inputs {
    /// Returns the places of documents, by their numbers, counted from 0 in the order of reading. Reads the corpus up
    /// to the last of them again, with the same options and fields as before.
    ///
    /// ```
    /// use twinprint_documents::{Fields, Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.jsonl");
    /// std::fs::write(&path, "{\"id\": 1, \"text\": \"x\"}\n\n{\"id\": 2, \"text\": \"y\"}\n")?;
    /// let inputs = Inputs::find([&path], &Options::default())?;
    /// let places = inputs.places(&Options::default(), &Fields::default(), &[1])?;
    /// assert_eq!(places[0].line, Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the corpus cannot be read again, or has fewer documents.
    ///
    /// It is meant for messages about few documents, such as those of a pair that somebody asks about.
    pub fn places(&self, options: &Options, fields: &Fields, documents: &[u64]) -> Result<Vec<RecordPlace>, Error> {
        let mut wanted: Vec<_> = documents.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut places = HashMap::with_capacity(wanted.len());
        let mut reader = self.read(options, fields);
        let (mut wanted, mut before) = (wanted.into_iter().peekable(), 0);
        while wanted.peek().is_some() && reader.next_batch()?.is_some() {
            let after = reader.position().documents;
            while let Some(document) = wanted.next_if(|&document| document < after) {
                places.extend(reader.place_in_batch(self, document - before).map(|place| (document, place)));
            }
            before = after;
        }
        let place = |document: &u64| places.get(document).cloned();
        documents.iter().map(place).collect::<Option<Vec<_>>>().ok_or_else(|| {
            let expected = documents.iter().max().map_or(0, |last| last + 1);
            let first = self.paths().next().unwrap_or(Path::new("-"));
            Error::new(first, ErrorKind::ChangedInput { expected, found: before })
        })
    }
}

/// Returns whether there are threads to read ahead besides that of the caller.
fn has_more_threads() -> bool {
    rayon::current_num_threads() > 1
}

/// Reads the next documents into a batch that is filled again.
fn fill(mut files: Box<FileSequence>, mut batch: Batch) -> Filled {
    let read = files.read(&mut batch);
    Filled { files, batch, read }
}

#[cfg(test)]
mod tests {
    use rayon::ThreadPoolBuilder;

    use super::*;

    /// Ids and lengths of texts in the order of reading, places of rejected records, and what was known at the end.
    type Found = (Vec<(String, usize)>, Vec<String>, Position, Option<String>);

    fn read_all(inputs: &Inputs, options: &Options, threads: usize) -> Found {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let mut reader = inputs.read(options, &Fields::default());
            let (mut documents, mut rejected, mut failed) = (Vec::new(), Vec::new(), None);
            loop {
                match reader.next_batch() {
                    Ok(Some(batch)) => {
                        documents.extend(batch.documents().map(|(id, text)| (id.to_string(), text.len())));
                        rejected.extend(batch.rejected.iter().map(|rejected| rejected.error.to_string()));
                        assert_eq!(reader.position().documents, documents.len() as u64);
                    }
                    Ok(None) => break,
                    Err(error) => failed = Some(error.to_string()),
                }
            }
            (documents, rejected, reader.position(), failed)
        })
    }

    /// Lines of several batches. There is one without a text, and ids repeat between files.
    fn lines(name: &str, long: Option<usize>) -> String {
        let mut lines = String::new();
        for number in 0..40_000 {
            let words = if long == Some(number) { 2_000_000 } else { 40 };
            match number {
                33_333 => lines += "{\"id\": 5}\n",
                number if number % 10_000 == 0 => lines += &format!("{{\"id\": {number}, \"text\": \"repeated\"}}\n"),
                _ => {
                    let text = "some words ".repeat(words);
                    lines += &format!("{{\"id\": \"{name}{number}\", \"text\": \"{text}\"}}\n");
                }
            }
        }
        lines
    }

    #[test]
    fn what_is_read_is_the_same_for_any_number_of_threads() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        // A text of 22 MB is a batch beside which no other is held.
        std::fs::write(path("a.jsonl"), lines("a", Some(20_000))).expect("written");
        std::fs::write(path("b.jsonl"), "").expect("written");
        std::fs::write(path("c.jsonl"), lines("c", None)).expect("written");
        let options = Options { skip_bad: true, ..Options::default() };
        let inputs = Inputs::find(["a.jsonl", "b.jsonl", "c.jsonl"].map(path), &options).expect("found");
        let alone = read_all(&inputs, &options, 1);
        assert_eq!((alone.0.len(), alone.1.len(), &alone.3), (79_994, 6, &None));
        assert_eq!(Some(alone.2.bytes), alone.2.total_bytes);
        let strict = Options::default();
        let failed = read_all(&inputs, &strict, 1);
        assert!(failed.3.as_ref().is_some_and(|error| error.contains("a.jsonl, line 33334")), "{:?}", failed.3);
        for threads in [2, 3, 8] {
            assert_eq!(read_all(&inputs, &options, threads), alone, "{threads} threads");
            assert_eq!(read_all(&inputs, &strict, threads), failed, "{threads} threads");
        }
    }

    #[test]
    fn a_reader_that_is_dropped_early_leaves_the_pool_free() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, lines("a", None)).expect("written");
        let options = Options { skip_bad: true, ..Options::default() };
        let inputs = Inputs::find([path], &options).expect("found");
        let pool = ThreadPoolBuilder::new().num_threads(2).build().expect("a pool");
        pool.install(|| {
            for batches in 0..4 {
                let mut reader = inputs.read(&options, &Fields::default());
                for _ in 0..batches {
                    assert!(reader.next_batch().expect("read").is_some());
                }
            }
        });
        assert_eq!(read_all(&inputs, &options, 2), read_all(&inputs, &options, 1));
    }
}
