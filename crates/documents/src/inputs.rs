//! Finds the files of a corpus.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::columns::FirstColumns;
use crate::compression::Compression;
use crate::content::Content;
use crate::decompress::head_of;
use crate::error::{Error, ErrorKind};
use crate::fields::Fields;
use crate::folder::{self, Selected};
use crate::format::Format;
use crate::formats::open_records;
#[cfg(feature = "formats")]
use crate::formats::table::Dialect;
use crate::options::Options;
#[cfg(feature = "formats")]
use crate::pattern::expand;
use crate::records::ReadConfig;
#[cfg(feature = "remote")]
use crate::remote::{self, Found, RemoteObject, Stores};
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
    links: Vec<PathBuf>,
    descriptions: Vec<PathBuf>,
}

impl Inputs {
    /// Finds the files. Each input is a file, a folder, a pattern such as `news/*.jsonl`, or `-` for standard input.
    /// Files of a folder or pattern are sorted by name, so that the order of documents is the same on every machine.
    ///
    /// A folder is read by what it holds: records of one format, or texts of any kind such as Markdown and source code.
    /// Hidden files and marks such as `_SUCCESS` are passed over, and so are files that describe the others, such as
    /// `README.md` beside tables. Links to files are followed; links to folders are [passed over](Self::links_passed_over).
    ///
    /// Named pipes, process substitutions and devices are read as standard input is: once, and this waits for their
    /// first bytes to recognize the format.
    ///
    /// With the feature `remote`, an input may also be an address such as `s3://bucket/news/*.jsonl`: an object, a prefix, which is read
    /// as a folder is, or a pattern. Objects are streamed, and one that changes between two readings is an error.
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
        let (mut finder, mut links, mut descriptions) = (Finder::default(), Vec::new(), Vec::new());
        for input in inputs {
            for Group { path, selected } in finder.find(input.as_ref(), options)? {
                let found = selected.format;
                match format {
                    Some(first) if first != found => {
                        return Err(Error::new(&path, ErrorKind::MixedFormats(first.name(), found.name())));
                    }
                    _ => format = Some(found),
                }
                sources.extend(selected.sources);
                links.extend(selected.links);
                descriptions.extend(selected.descriptions);
            }
        }
        make_unique(&mut sources);
        let total = sources.iter().map(Source::size).sum();
        Ok(Self { sources, format: format.unwrap_or(Format::JsonLines), total, options: *options, links, descriptions })
    }

    /// Returns the format of all files. Inputs without any file are said to be JSON lines.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns the options with which the files were found.
    #[cfg(feature = "parquet")]
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Yields the paths of the files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.sources.iter().map(|source| source.path.as_path())
    }

    /// Returns the links in folders that lead to other folders or to nothing, and so were passed over: a link to a folder may lead back to
    /// where it is. Name such a link as an input to read the folder behind it. Links to folders that are read anyhow are none of these, nor
    /// are links to folders where folders below the inputs are not read.
    ///
    /// ```
    /// use twinprint_documents::{Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// # #[cfg(unix)] {
    /// std::fs::create_dir_all(folder.join("real"))?;
    /// std::fs::create_dir_all(folder.join("data"))?;
    /// std::fs::write(folder.join("data/a.txt"), "first")?;
    /// std::os::unix::fs::symlink(folder.join("real"), folder.join("data/link"))?;
    /// let inputs = Inputs::find([folder.join("data")], &Options { recursive: true, ..Options::default() })?;
    /// assert_eq!(inputs.links_passed_over(), [folder.join("data/link")]);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn links_passed_over(&self) -> &[PathBuf] {
        &self.links
    }

    /// Returns the files of records, such as `metadata.jsonl`, that were passed over because they seem to describe the texts beside them.
    /// Tell of them: if their records are the documents, the texts were not meant.
    ///
    /// ```
    /// use twinprint_documents::{Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// std::fs::write(folder.join("LICENSE.txt"), "Copying is allowed.")?;
    /// std::fs::write(folder.join("metadata.jsonl"), "{\"id\": 1, \"text\": \"x\"}\n")?;
    /// let inputs = Inputs::find([folder], &Options::default())?;
    /// assert_eq!(inputs.descriptions_passed_over(), [folder.join("metadata.jsonl")]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn descriptions_passed_over(&self) -> &[PathBuf] {
        &self.descriptions
    }

    /// Yields the sizes of the files in bytes, in order, as they are on disk or in their stores; `None` for standard input and pipes.
    pub fn sizes(&self) -> impl Iterator<Item = Option<u64>> + '_ {
        self.sources.iter().map(Source::size)
    }

    /// Yields what tells each object of a store from earlier and later ones at its address, such as its `ETag`, in order; `None` for files.
    pub fn versions(&self) -> impl Iterator<Item = Option<&str>> {
        self.sources.iter().map(Source::version)
    }

    /// Yields each file as inputs of its own, with the ids that it has among the others.
    ///
    /// ```
    /// use twinprint_documents::{Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// std::fs::write(folder.join("a.txt"), "first")?;
    /// std::fs::write(folder.join("b.txt"), "second one")?;
    /// let inputs = Inputs::find([folder], &Options::default())?;
    /// assert!(inputs.per_file().map(|file| file.total_bytes()).eq([Some(5), Some(10)]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn per_file(&self) -> impl Iterator<Item = Self> + '_ {
        self.sources.iter().map(|source| self.with_sources(vec![source.clone()]))
    }

    /// Returns some of the files as inputs of their own, by their places in the order of [`paths`](Self::paths), with the ids that they
    /// have among the others. Places beyond the last file are left out.
    ///
    /// ```
    /// use twinprint_documents::{Inputs, Options};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// for name in ["a.txt", "b.txt", "c.txt"] {
    ///     std::fs::write(folder.join(name), name)?;
    /// }
    /// let inputs = Inputs::find([folder], &Options::default())?;
    /// assert!(inputs.of_files(1..3).paths().eq([folder.join("b.txt"), folder.join("c.txt")]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_files(&self, files: Range<usize>) -> Self {
        let end = files.end.min(self.sources.len());
        self.with_sources(self.sources[files.start.min(end)..end].to_vec())
    }

    /// Returns inputs of some of the files.
    fn with_sources(&self, sources: Vec<Source>) -> Self {
        let total = sources.iter().map(Source::size).sum();
        Self { sources, total, links: Vec::new(), descriptions: Vec::new(), ..*self }
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

/// Files of one format that an input names.
struct Group {
    path: PathBuf,
    selected: Selected,
}

/// Finds the files of inputs, one input after another.
#[derive(Default)]
struct Finder {
    #[cfg(feature = "remote")]
    stores: Stores,
}

impl Finder {
    /// Finds what an input names: a file, a folder, what matches a pattern, or objects of a store.
    fn find(&mut self, input: &Path, options: &Options) -> Result<Vec<Group>, Error> {
        // A path of this machine may look like an address.
        #[cfg(feature = "remote")]
        if !input.exists()
            && let Some(found) = self.find_objects(input, options)
        {
            return found;
        }
        matching(input)?.into_iter().map(|path| group(path, options)).collect()
    }

    /// Finds objects, or returns `None` if the input is no address.
    #[cfg(feature = "remote")]
    fn find_objects(&mut self, input: &Path, options: &Options) -> Option<Result<Vec<Group>, Error>> {
        let one = |object: RemoteObject| {
            let folder = object.path().parent().unwrap_or(Path::new("")).to_path_buf();
            group_of(Source::of_object(object, &folder), options)
        };
        let found = match remote::find(input, options.recursive, &mut self.stores)? {
            Ok(Found::Object(object)) => one(object).map(|group| vec![group]),
            Ok(Found::Matches(objects)) => objects.into_iter().map(one).collect(),
            Ok(Found::Folder(objects)) => {
                let sources = objects.into_iter().map(|object| Source::of_object(object, input)).collect();
                folder::of_one_format(input, sources, options)
                    .map(|selected| vec![Group { path: input.into(), selected }])
            }
            Err(error) => Err(error),
        };
        Some(found)
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
        return Err(Error::new(&without_secrets(input), ErrorKind::Remote(scheme)));
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

/// Drops the user, the password and the query of an address.
fn without_secrets(input: &Path) -> PathBuf {
    let text = input.to_string_lossy();
    let text = text.split('?').next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let (server, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let server = server.rsplit('@').next().unwrap_or_default();
    PathBuf::from(format!("{scheme}://{server}{path}"))
}

#[cfg(not(feature = "formats"))]
fn expand(_: &Path) -> Option<Result<Vec<PathBuf>, Error>> {
    None
}

/// Takes a file, or the files of a folder.
fn group(path: PathBuf, options: &Options) -> Result<Group, Error> {
    if path.as_os_str() != STANDARD_INPUT && path.is_dir() {
        return Ok(Group { selected: folder::files_of(&path, options)?, path });
    }
    group_of(Source::open(&path, path.parent().unwrap_or(Path::new("")))?, options)
}

/// Takes a single file.
fn group_of(source: Source, options: &Options) -> Result<Group, Error> {
    let format = format_of(&source, options)?;
    let path = source.path.clone();
    let selected = Selected { format, sources: vec![source], descriptions: Vec::new(), links: Vec::new() };
    Ok(Group { path, selected })
}

/// Refuses what a compressed file must not hold.
fn refuse_compressed(source: &Source, compression: Compression, inner: &[u8]) -> Result<(), Error> {
    let program = match compression {
        Compression::Zstandard => "zstd",
        Compression::Xz => "xz",
        Compression::Bzip2 => "bzip2",
        Compression::Lz4 => "lz4",
        Compression::Gzip | Compression::None => "gzip",
    };
    let name = match (Content::from_first_bytes(inner), Compression::from_first_bytes(inner)) {
        (Content::Parquet, _) => "a Parquet file",
        (Content::Arrow, _) => "an Arrow IPC file",
        (Content::Foreign(name, _), _) => name,
        (_, Compression::None) => return Ok(()),
        (_, second) => second.name(),
    };
    let name = format!("{name} inside {}", compression.name());
    Err(foreign(source, &name, &format!("decompress it first: {program} -dc FILE > OTHER-FILE")))
}

/// Says that a format is not read. The remedy has the word `FILE` in place of the path. What comes through a pipe or from an address has no
/// file that a program could be given.
fn foreign(source: &Source, name: &str, remedy: &str) -> Error {
    let after = |step: &str| format!("{step}, then {}", remedy.replacen(" first", "", 1));
    let remedy = match remedy.contains("FILE") {
        false => remedy.to_string(),
        true if source.is_stream() => after("save it to a file"),
        true if !source.is_file() => after("download it to a file"),
        true => remedy.replacen("FILE", &source.path.display().to_string(), 1),
    };
    Error::new(&source.path, ErrorKind::ForeignFormat(name.to_string(), remedy))
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
        return Err(foreign(source, name, remedy));
    }
    let compression = Compression::from_first_bytes(&head);
    #[cfg(feature = "formats")]
    if (content, compression) == (Content::Binary, Compression::None)
        && source.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
        && let Some((name, remedy)) = crate::deflated::recognized(&head)
    {
        return Err(foreign(source, name, remedy));
    }
    let inner = match compression {
        Compression::None => head,
        _ => head_of(source, options.max_window)?,
    };
    if compression != Compression::None && cfg!(feature = "formats") {
        refuse_compressed(source, compression, &inner)?;
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
    Ok(match Content::from_first_bytes(&inner) {
        Content::Parquet => Format::Parquet,
        Content::Tar => Format::Tar,
        Content::Warc => Format::Warc,
        _ => Format::JsonLines,
    })
}
