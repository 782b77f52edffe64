//! The files that make a corpus.

use std::fs;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use crate::columns::FirstColumns;
use crate::error::{Error, Reason};
use crate::fields::Fields;
use crate::formats::{Format, Terms, begin};
use crate::opened::STANDARD_INPUT;
use crate::options::Options;
use crate::reader::Reader;

/// The files that make a corpus, in the order in which they are read. All are of one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    pub(crate) sources: Vec<Source>,
    pub(crate) format: Format,
    total: Option<u64>,
}

/// A file, and what a document in it is called if the file is all of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
}

/// The path of the file of this number, counted from 1, as it is written.
#[cfg(feature = "formats")]
pub(crate) fn path_of(sources: &[Source], number: u64) -> String {
    let source = usize::try_from(number).ok().and_then(|number| sources.get(number.checked_sub(1)?));
    source.map(|source| source.path.display().to_string()).unwrap_or_default()
}

impl Inputs {
    /// Finds the files: each input is a file, a folder of texts (`.txt`, also compressed), a pattern such as
    /// `news/*.jsonl`, or `-` for standard input. What a folder or a pattern stands for is sorted by name.
    ///
    /// Where no format is said, the first bytes of standard input are waited for and looked at, to know Parquet. They are not taken.
    ///
    /// # Errors
    /// Where there is no such file, a folder has no text, or the files are of different formats.
    pub fn find<P: AsRef<Path>>(inputs: impl IntoIterator<Item = P>, options: &Options) -> Result<Self, Error> {
        let mut sources = Vec::new();
        let mut format = options.format;
        for input in inputs {
            for path in matching(input.as_ref())? {
                let found = add(&path, options, &mut sources)?;
                match format {
                    Some(first) if first != found => {
                        return Err(Error::new(&path, Reason::MixedFormats(first.name(), found.name())));
                    }
                    _ => format = Some(found),
                }
            }
        }
        let total = sources.iter().map(|source| fs::metadata(&source.path).ok().map(|data| data.len())).sum();
        Ok(Self { sources, format: format.unwrap_or(Format::JsonLines), total })
    }

    /// The format of all files.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.sources.iter().map(|source| source.path.as_path())
    }

    /// Bytes of all files as they are on disk; `None` for standard input.
    #[must_use]
    pub fn total_bytes(&self) -> Option<u64> {
        self.total
    }

    /// Whether the files can be read again, as standard input cannot.
    #[must_use]
    pub fn can_be_read_again(&self) -> bool {
        self.paths().all(|path| path.as_os_str() != STANDARD_INPUT)
    }

    /// Looks at the columns of all tables, but not at their rows: what is wanted must be there, and all must have the same columns, as
    /// they must where they are written again. It takes long to find that out at the end of a long run. Standard input is not looked at.
    ///
    /// # Errors
    /// [`Reason::MissingColumn`], [`Reason::MixedColumns`], or where a file cannot be opened.
    pub fn check_columns(&self, options: &Options, fields: &Fields) -> Result<(), Error> {
        if matches!(self.format, Format::JsonLines | Format::Text) {
            return Ok(());
        }
        let terms = Terms { options: *options, fields: fields.clone(), ..Terms::default() };
        let mut first = FirstColumns::default();
        for source in self.sources.iter().filter(|source| source.path.as_os_str() != STANDARD_INPUT) {
            let columns = begin(std::slice::from_ref(source), self.format, &terms)?.columns();
            first.check(&source.path, columns)?;
        }
        Ok(())
    }

    /// Begins to read from the first document on.
    #[must_use]
    pub fn read(&self, options: &Options, fields: &Fields) -> Reader {
        Reader::new(self, options, fields)
    }
}

/// The paths that an input stands for: itself if it exists, or those that match.
fn matching(input: &Path) -> Result<Vec<PathBuf>, Error> {
    if input.as_os_str() == STANDARD_INPUT {
        return Ok(vec![input.into()]);
    }
    match fs::metadata(input) {
        Ok(_) => Ok(vec![input.into()]),
        Err(error) => matched_by(input).unwrap_or_else(|| Err(Error::io(input, &error))),
    }
}

/// What a pattern matches, if it is one.
#[cfg(feature = "formats")]
fn matched_by(input: &Path) -> Option<Result<Vec<PathBuf>, Error>> {
    let pattern = input.to_str().filter(|pattern| pattern.contains(['*', '?', '[']))?;
    let paths = match glob::glob(pattern) {
        Ok(paths) => paths.collect::<Result<Vec<_>, _>>().map_err(|error| Error::io(error.path(), error.error())),
        Err(error) => Err(Error::new(input, Reason::BadFile(error.to_string()))),
    };
    Some(paths.and_then(|mut paths| {
        paths.sort();
        if paths.is_empty() { Err(Error::new(input, Reason::NoMatch)) } else { Ok(paths) }
    }))
}

#[cfg(not(feature = "formats"))]
fn matched_by(_: &Path) -> Option<Result<Vec<PathBuf>, Error>> {
    None
}

/// Adds a file, or the texts of a folder; returns the format.
fn add(path: &Path, options: &Options, sources: &mut Vec<Source>) -> Result<Format, Error> {
    if path.is_dir() {
        let before = sources.len();
        add_folder(path, path, options.recursive, sources)?;
        if sources.len() == before {
            return Err(Error::new(path, Reason::EmptyFolder));
        }
        sources[before..].sort_by(|one, other| one.path.cmp(&other.path));
        return Ok(Format::Text);
    }
    let parent = path.parent().unwrap_or(Path::new(""));
    sources.push(Source { path: path.into(), name: name_of(path, parent) });
    match options.format {
        Some(format) => Ok(format),
        None if path.as_os_str() == STANDARD_INPUT => of_standard_input().map_err(|error| Error::io(path, &error)),
        None if is_parquet(path) => Ok(Format::Parquet),
        None => Ok(Format::of_name(path).unwrap_or(Format::JsonLines)),
    }
}

fn add_folder(root: &Path, folder: &Path, recursive: bool, sources: &mut Vec<Source>) -> Result<(), Error> {
    let refused = |error| Error::io(folder, &error);
    for entry in fs::read_dir(folder).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let path = entry.path();
        // A link to a folder is not followed: it may lead back here.
        if recursive && entry.file_type().map_err(refused)?.is_dir() {
            add_folder(root, &path, recursive, sources)?;
        } else if Format::of_name(&path) == Some(Format::Text) && path.is_file() {
            sources.push(Source { name: name_of(&path, root), path });
        }
    }
    Ok(())
}

/// The way from a folder to a file, without endings.
fn name_of(path: &Path, folder: &Path) -> String {
    let mut name = path.strip_prefix(folder).unwrap_or(path).to_path_buf();
    if name.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz") || ending.eq_ignore_ascii_case("zst")) {
        name.set_extension("");
    }
    name.set_extension("");
    let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// What a file of Parquet begins with.
const PARQUET: [u8; 4] = *b"PAR1";

fn is_parquet(path: &Path) -> bool {
    let mut first = [0; 4];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == PARQUET
}

/// The format that the first bytes of standard input show.
fn of_standard_input() -> io::Result<Format> {
    let is_parquet = io::stdin().lock().fill_buf()?.starts_with(&PARQUET);
    Ok(if is_parquet { Format::Parquet } else { Format::JsonLines })
}
