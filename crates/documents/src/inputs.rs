//! Finds the files of a corpus.

use std::fs;
use std::path::{Path, PathBuf};

use crate::columns::FirstColumns;
use crate::content::Content;
use crate::decompress::head_of;
use crate::error::{Error, ErrorKind};
use crate::fields::Fields;
use crate::folder;
use crate::format::Format;
use crate::formats::open_records;
#[cfg(feature = "formats")]
use crate::formats::table::Dialect;
use crate::options::Options;
#[cfg(feature = "formats")]
use crate::pattern::expand;
use crate::records::ReadConfig;
use crate::source::{Source, make_unique};
use crate::stream::STANDARD_INPUT;

/// Holds the files of a corpus, all of one format, in the order in which they are read.
///
/// Finding them reads no more than the first bytes of files. It can be read any number of times with
/// [`read`](Self::read), unless it has standard input or a pipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    pub(crate) sources: Vec<Source>,
    pub(crate) format: Format,
    total: Option<u64>,
    options: Options,
}

impl Inputs {
    /// Finds the files. Each input is a file, a folder, a pattern such as `news/*.jsonl`, or `-` for standard input.
    /// Files of a folder or pattern are sorted by name, so that the order of documents is the same on every machine.
    ///
    /// A folder is read by what it holds: records of one format, or texts of any kind such as Markdown and source code.
    /// Hidden files and marks such as `_SUCCESS` are passed over, and so are files that describe the others, such as
    /// `README.md` beside tables.
    ///
    /// Named pipes, process substitutions and devices are read as standard input is: once, and this waits for their
    /// first bytes to recognize the format.
    ///
    /// ```
    /// use twinprint_documents::{Format, Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// std::fs::write(folder.join("b.txt"), "first")?;
    /// std::fs::write(folder.join("a.txt"), "second")?;
    /// let inputs = Inputs::find([folder], &Options::default())?;
    /// assert_eq!(inputs.format(), Format::Text);
    /// assert!(inputs.paths().eq([folder.join("a.txt"), folder.join("b.txt")]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If a file does not exist, a folder has no file or files of several kinds, a pattern matches nothing, or the
    /// files have different formats, or one that is not read.
    pub fn find<P: AsRef<Path>>(inputs: impl IntoIterator<Item = P>, options: &Options) -> Result<Self, Error> {
        let mut sources = Vec::new();
        let mut format = options.format;
        for input in inputs {
            for path in matching(input.as_ref())? {
                let found = add(&path, options, &mut sources)?;
                match format {
                    Some(first) if first != found => {
                        return Err(Error::new(&path, ErrorKind::MixedFormats(first.name(), found.name())));
                    }
                    _ => format = Some(found),
                }
            }
        }
        make_unique(&mut sources);
        let total = sources.iter().map(Source::size).sum();
        Ok(Self { sources, format: format.unwrap_or(Format::JsonLines), total, options: *options })
    }

    /// Returns the format of all files. Inputs without any file are said to be JSON lines.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Yields the paths of the files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.sources.iter().map(|source| source.path.as_path())
    }

    /// Returns how the values of tables are separated.
    #[cfg(feature = "formats")]
    pub(crate) fn dialect(&self) -> Dialect {
        Dialect::new(self.format, &self.options)
    }

    /// Returns a schema that holds the values of all files.
    #[cfg(feature = "parquet")]
    pub(crate) fn schema(&self) -> Result<Option<arrow_schema::SchemaRef>, Error> {
        let fields = Fields { id: None, text: Vec::new(), ..Fields::default() };
        let config = ReadConfig { options: self.options, fields, ..ReadConfig::default() };
        let mut first = FirstColumns::default();
        for source in &self.sources {
            let columns = open_records(std::slice::from_ref(source), self.format, &config)?.columns();
            first.check(&source.path, columns)?;
        }
        Ok(first.schema())
    }

    /// Returns the size of all files on disk in bytes, compressed ones as they are, or `None` for standard input and
    /// pipes.
    #[must_use]
    pub fn total_bytes(&self) -> Option<u64> {
        self.total
    }

    /// Returns whether the files can be read more than once, which standard input and pipes cannot, unless they were
    /// [copied](Self::copy_streams).
    ///
    /// Ask before the first of two passes, rather than find out after it:
    ///
    /// ```
    /// use twinprint_documents::{Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.jsonl");
    /// std::fs::write(&path, "{\"id\": 1, \"text\": \"x\"}\n")?;
    /// let inputs = Inputs::find([&path], &Options::default())?;
    /// assert_eq!((inputs.can_be_read_again(), inputs.total_bytes()), (true, Some(23)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn can_be_read_again(&self) -> bool {
        self.sources.iter().all(Source::can_be_read_again)
    }

    /// Copies standard input and pipes to files without names in this folder, so that they can be read again. They keep
    /// their paths in messages and ids.
    ///
    /// The folder needs room for all of their bytes. Nothing is left there when the program ends, however it does.
    ///
    /// # Errors
    /// If an input has been read already, or the files cannot be written.
    #[cfg(feature = "formats")]
    pub fn copy_streams(&self, folder: &Path) -> Result<(), Error> {
        self.sources.iter().try_for_each(|source| source.copy_to(folder))
    }

    /// Checks the columns of all tables, without reading rows: the wanted columns must exist, and all tables must have
    /// columns that can be written as one table. Otherwise a long run would find that out only at its end. Standard
    /// input and pipes are not checked. Formats without columns always pass.
    ///
    /// ```
    /// # #[cfg(feature = "formats")] {
    /// use twinprint_documents::{ErrorKind, FieldPath, Fields, Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.csv");
    /// std::fs::write(&path, "id,body\n1,x\n")?;
    /// let options = Options::default();
    /// let inputs = Inputs::find([&path], &options)?;
    /// let refused = inputs.check_columns(&options, &Fields::default()).unwrap_err();
    /// assert!(matches!(refused.kind, ErrorKind::MissingColumn(_)));
    /// let fields = Fields { text: vec![FieldPath::new("body")], ..Fields::default() };
    /// inputs.check_columns(&options, &fields)?;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::MissingColumn`], [`ErrorKind::RepeatedColumn`], [`ErrorKind::MixedColumns`], or if a file cannot be
    /// opened.
    pub fn check_columns(&self, options: &Options, fields: &Fields) -> Result<(), Error> {
        match self.format {
            Format::JsonLines | Format::Text | Format::Lines | Format::Tar | Format::Warc => return Ok(()),
            Format::Csv | Format::Tsv | Format::Parquet | Format::Arrow => {}
        }
        let config = ReadConfig { options: *options, fields: fields.clone(), ..ReadConfig::default() };
        let mut first = FirstColumns::default();
        for source in self.sources.iter().filter(|source| !source.is_stream()) {
            let columns = open_records(std::slice::from_ref(source), self.format, &config)?.columns();
            first.check(&source.path, columns)?;
        }
        Ok(())
    }
}

/// Returns the input itself if it exists, or else the paths that match it as a pattern.
fn matching(input: &Path) -> Result<Vec<PathBuf>, Error> {
    if input.as_os_str() == STANDARD_INPUT {
        return Ok(vec![input.into()]);
    }
    let missing = match fs::metadata(input) {
        Ok(_) => return Ok(vec![input.into()]),
        Err(error) => error,
    };
    if let Some(scheme) = scheme_of(input) {
        return Err(Error::new(input, ErrorKind::Remote(scheme)));
    }
    let error = match expand(input) {
        Some(paths) => return paths,
        None if input.starts_with("~") => {
            let message = "the shell has not replaced ~ by the home folder; write it without quotes";
            Error::new(input, ErrorKind::Io(message.to_string()))
        }
        None => Error::io(input, &missing),
    };
    Err(error)
}

/// Returns the scheme of an address such as `s3://bucket/key`.
fn scheme_of(input: &Path) -> Option<String> {
    let (scheme, _) = input.to_str()?.split_once("://")?;
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

#[cfg(not(feature = "formats"))]
fn expand(_: &Path) -> Option<Result<Vec<PathBuf>, Error>> {
    None
}

/// Adds a file, or the files of a folder, and returns the format.
fn add(path: &Path, options: &Options, sources: &mut Vec<Source>) -> Result<Format, Error> {
    if path.as_os_str() != STANDARD_INPUT && path.is_dir() {
        let (format, found) = folder::files_of(path, options)?;
        sources.extend(found);
        return Ok(format);
    }
    let source = Source::open(path, path.parent().unwrap_or(Path::new("")))?;
    let format = format_of(&source, options)?;
    sources.push(source);
    Ok(format)
}

/// Returns the format of a file. The content decides before the extension does where it is certain, because Parquet
/// files are often called otherwise.
fn format_of(source: &Source, options: &Options) -> Result<Format, Error> {
    if let (Some(format), true) = (options.format, source.is_stream()) {
        return Ok(format);
    }
    let head = source.head()?;
    let content = Content::from_first_bytes(&head);
    if let Content::Foreign(name, remedy) = content {
        let remedy = remedy.replace("FILE", &source.path.display().to_string());
        return Err(Error::new(&source.path, ErrorKind::ForeignFormat(name.to_string(), remedy)));
    }
    if let Some(format) = options.format {
        return Ok(format);
    }
    match content {
        Content::Parquet => return Ok(Format::Parquet),
        Content::Arrow => return Ok(Format::Arrow),
        _ => {}
    }
    if let Some(format) = Format::from_path(&source.path) {
        return Ok(format);
    }
    Ok(match Content::from_first_bytes(&head_of(source, options.max_window)?) {
        Content::Parquet => Format::Parquet,
        Content::Tar => Format::Tar,
        Content::Warc => Format::Warc,
        _ => Format::JsonLines,
    })
}
