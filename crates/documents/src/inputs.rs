//! Finds the files of a corpus.

use std::fs;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use crate::columns::FirstColumns;
use crate::decompress::STANDARD_INPUT;
use crate::error::{Error, ErrorKind};
use crate::fields::Fields;
use crate::format::Format;
use crate::formats::open_records;
use crate::options::Options;
use crate::records::ReadConfig;
use crate::source::Source;

/// The files of a corpus, all of one format, in the order in which they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    pub(crate) sources: Vec<Source>,
    pub(crate) format: Format,
    total: Option<u64>,
}

impl Inputs {
    /// Finds the files. Each input is a file, a folder of texts (`.txt`, also compressed), a pattern such as `news/*.jsonl`, or `-`
    /// for standard input. Files of a folder or pattern are sorted by name.
    ///
    /// Unless [`Options::format`] is set, this waits for the first bytes of standard input, to recognize Parquet. It does not consume
    /// them.
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
    /// If a file does not exist, a folder has no text, a pattern matches nothing, or the files have different formats.
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
        let total = sources.iter().map(|source| fs::metadata(&source.path).ok().map(|data| data.len())).sum();
        Ok(Self { sources, format: format.unwrap_or(Format::JsonLines), total })
    }

    /// Returns the format of all files.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Iterates over the paths of the files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.sources.iter().map(|source| source.path.as_path())
    }

    /// Returns the size of all files on disk in bytes, or `None` for standard input.
    #[must_use]
    pub fn total_bytes(&self) -> Option<u64> {
        self.total
    }

    /// Returns whether the files can be read more than once, which standard input cannot.
    #[must_use]
    pub fn can_be_read_again(&self) -> bool {
        self.paths().all(|path| path.as_os_str() != STANDARD_INPUT)
    }

    /// Checks the columns of all tables, without reading rows: the wanted columns must exist, and all tables must have the same
    /// columns, as writing them again requires. Otherwise a long run would find that out only at its end. Standard input is not checked.
    ///
    /// # Errors
    /// [`ErrorKind::MissingColumn`], [`ErrorKind::RepeatedColumn`], [`ErrorKind::MixedColumns`], or if a file cannot be opened.
    pub fn check_columns(&self, options: &Options, fields: &Fields) -> Result<(), Error> {
        if matches!(self.format, Format::JsonLines | Format::Text) {
            return Ok(());
        }
        let config = ReadConfig { options: *options, fields: fields.clone(), ..ReadConfig::default() };
        let mut first = FirstColumns::default();
        for source in self.sources.iter().filter(|source| source.path.as_os_str() != STANDARD_INPUT) {
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
    match fs::metadata(input) {
        Ok(_) => Ok(vec![input.into()]),
        Err(error) => expand(input).unwrap_or_else(|| Err(Error::io(input, &error))),
    }
}

/// Expands a pattern, or returns `None` if the input has no wildcard.
#[cfg(feature = "formats")]
fn expand(input: &Path) -> Option<Result<Vec<PathBuf>, Error>> {
    let pattern = input.to_str().filter(|pattern| pattern.contains(['*', '?', '[']))?;
    let paths = match glob::glob(pattern) {
        Ok(paths) => paths.collect::<Result<Vec<_>, _>>().map_err(|error| Error::io(error.path(), error.error())),
        Err(error) => Err(Error::new(input, ErrorKind::BadFile(error.to_string()))),
    };
    Some(paths.and_then(|mut paths| {
        paths.sort();
        if paths.is_empty() { Err(Error::new(input, ErrorKind::NoMatch)) } else { Ok(paths) }
    }))
}

#[cfg(not(feature = "formats"))]
fn expand(_: &Path) -> Option<Result<Vec<PathBuf>, Error>> {
    None
}

/// Adds a file, or the texts of a folder, and returns the format.
fn add(path: &Path, options: &Options, sources: &mut Vec<Source>) -> Result<Format, Error> {
    if path.is_dir() {
        let before = sources.len();
        add_folder(path, path, options.recursive, sources)?;
        if sources.len() == before {
            return Err(Error::new(path, ErrorKind::EmptyFolder));
        }
        sources[before..].sort_by(|one, other| one.path.cmp(&other.path));
        return Ok(Format::Text);
    }
    let parent = path.parent().unwrap_or(Path::new(""));
    sources.push(Source { path: path.into(), name: name_of(path, parent) });
    match options.format {
        Some(format) => Ok(format),
        None if path.as_os_str() == STANDARD_INPUT => {
            format_of_standard_input().map_err(|error| Error::io(path, &error))
        }
        // The content decides before the extension does, because Parquet files are often called otherwise.
        None if is_parquet(path) => Ok(Format::Parquet),
        None => Ok(Format::from_path(path).unwrap_or(Format::JsonLines)),
    }
}

fn add_folder(root: &Path, folder: &Path, recursive: bool, sources: &mut Vec<Source>) -> Result<(), Error> {
    let refused = |error| Error::io(folder, &error);
    for entry in fs::read_dir(folder).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let path = entry.path();
        // `file_type` does not follow links: a link to a folder may lead back here.
        if recursive && entry.file_type().map_err(refused)?.is_dir() {
            add_folder(root, &path, recursive, sources)?;
        } else if Format::from_path(&path) == Some(Format::Text) && path.is_file() {
            sources.push(Source { name: name_of(&path, root), path });
        }
    }
    Ok(())
}

/// Returns the path from a folder to a file, with slashes on every system and without extensions.
fn name_of(path: &Path, folder: &Path) -> String {
    let mut name = path.strip_prefix(folder).unwrap_or(path).to_path_buf();
    if name.extension().is_some_and(|part| part.eq_ignore_ascii_case("gz") || part.eq_ignore_ascii_case("zst")) {
        name.set_extension("");
    }
    name.set_extension("");
    let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// The first bytes of a Parquet file.
const PARQUET_MAGIC: [u8; 4] = *b"PAR1";

fn is_parquet(path: &Path) -> bool {
    let mut first = [0; 4];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == PARQUET_MAGIC
}

/// Detects the format of standard input by its first bytes.
fn format_of_standard_input() -> io::Result<Format> {
    let is_parquet = io::stdin().lock().fill_buf()?.starts_with(&PARQUET_MAGIC);
    Ok(if is_parquet { Format::Parquet } else { Format::JsonLines })
}
