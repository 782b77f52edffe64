//! Reads a file or folder with one call.

use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::fields::Fields;
use crate::inputs::Inputs;
use crate::options::Options;
use crate::reader::Reader;

/// Holds a document in memory; [`read`] returns them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedDocument {
    /// The id: the field `id`, or the name of a text file without its extension.
    pub id: String,
    /// The text.
    pub text: String,
}

/// Holds a corpus in memory; returned by [`read`], which has an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadedCorpus {
    /// The documents, in the order of the lines or of the file names.
    pub documents: Vec<LoadedDocument>,
    /// The errors of the records that could not be read; empty unless [`Options::skip_bad`] is set.
    pub rejected: Vec<Error>,
    /// Bytes read.
    pub bytes: u64,
}

/// Opens a file or a folder of texts, with ids and texts in the fields `id` and `text`.
///
/// It returns before the first document is read. Other names of fields, several files and patterns need [`Inputs`]
/// and [`Fields`].
///
/// ```
/// use twinprint_documents::{Options, open};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// std::fs::write(folder.join("one.txt"), "The ferry was late.")?;
/// std::fs::write(folder.join("two.md"), "# Rain")?;
/// let mut texts = open(folder, &Options::default())?;
/// let mut bytes = 0;
/// while let Some(batch) = texts.next_batch()? {
///     bytes += batch.documents().map(|(_, text)| text.len()).sum::<usize>();
/// }
/// assert_eq!((texts.position().documents, bytes), (2, 25));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Names the file or folder, what is wrong with it and what can be done.
pub fn open(path: &Path, options: &Options) -> Result<Reader, Error> {
    Ok(Inputs::find([path], options)?.read(options, &Fields::default()))
}

/// Reads all documents of a file or a folder of texts into memory.
///
/// It is for corpora that fit there with ease. [`open`] reads batch by batch.
///
/// ```
/// use twinprint_documents::{Options, read};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("a.jsonl");
/// std::fs::write(&path, "{\"id\": 7, \"text\": \"x\"}\n")?;
/// let corpus = read(&path, &Options::default())?;
/// assert_eq!((corpus.documents[0].id.as_str(), corpus.documents[0].text.as_str()), ("7", "x"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Names the file, the line, what is wrong with it and what can be done. An input without any record is an error.
pub fn read(path: &Path, options: &Options) -> Result<LoadedCorpus, Error> {
    let mut corpus = LoadedCorpus::default();
    let mut reader = open(path, options)?;
    while let Some(batch) = reader.next_batch()? {
        let document = |(id, text): (&str, &str)| LoadedDocument { id: id.to_string(), text: text.to_string() };
        corpus.documents.extend(batch.documents().map(document));
        corpus.rejected.extend(batch.rejected.iter().map(|rejected| rejected.error.clone()));
        corpus.bytes += batch.bytes;
    }
    if corpus.documents.is_empty() && corpus.rejected.is_empty() {
        return Err(Error::new(path, ErrorKind::NoRecords));
    }
    Ok(corpus)
}
